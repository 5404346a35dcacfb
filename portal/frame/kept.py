"""What somebody had typed in a form that cannot be taken in: given back to them, kept nowhere else."""

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

# What is no text of theirs, whatever it contains.
NOT_TYPED = frozenset({"csrfmiddlewaretoken", "form_key", "key", "digest", "password", "code"})
LONGEST = 5_000


def typed_texts(request: HttpRequest) -> list[str]:
    """The texts of a form: what has more than one word, as typed."""
    if request.method != "POST":
        return []
    values = [value for name, value in request.POST.items() if name not in NOT_TYPED]
    return [value[:LONGEST] for value in values if isinstance(value, str) and len(value.split()) > 1]


def is_page_of_ours(request: HttpRequest, address: str) -> bool:
    """Whether `address` is the path of a page here. « entree » is none: Django would take it for the name of a view."""
    ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address.startswith("/") and ours


def page_of_form(request: HttpRequest) -> str:
    """The address to come back to: the page asked for or, for a form, the page that held it."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    came_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure()):
        return "/"
    parts = urlsplit(came_from)
    return parts.path + (f"?{parts.query}" if parts.query else "")
