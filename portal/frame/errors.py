"""Pages of what goes wrong: not found or not for you, done meanwhile by somebody else, our own fault."""

import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string

from portal.frame.context import theme_of
from portal.frame.kept import page_of_form, typed_texts

logger = logging.getLogger(__name__)
BODY_MOST = 50 * 1024 * 1024


@dataclass(frozen=True)
class Version:
    """One thing on which two people differ: what is stored, and what the second had typed."""

    label: str
    theirs: str
    yours: str


class Conflict(Exception):
    """What was asked can no longer be done: its sentence says by whom it was done, or why, in French.

    `link` and `action` lead to where things stand; `versions` show what is stored (`theirs` heads it) beside what the
    person had typed.
    """

    def __init__(
        self,
        sentence: str,
        *,
        link: str = "/",
        action: str = "Revenir à l’accueil",
        versions: Sequence[Version] = (),
        theirs: str = "Ce qui est enregistré",
    ) -> None:
        super().__init__(sentence)
        self.link, self.action, self.versions, self.theirs = link, action, versions, theirs


class ConflictMiddleware:
    """A view that raises `Conflict` answers 409, with its sentence and where to go."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Conflict):
            return None
        context = {
            "sentence": str(exception),
            "link": exception.link,
            "action": exception.action,
            "versions": exception.versions,
            "theirs": exception.theirs,
        }
        return render(request, "409.html", context, status=409)


class NotTooMuch:
    """What is announced larger than anything of ours is refused unread: else anybody fills the disk before signing in.

    A paper somewhat too large still reaches its form, which says so and keeps the words typed beside it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if announced.isdecimal() and int(announced) > BODY_MOST:
            return too_much(request)
        return self.get_response(request)


class NoNul:
    """An address with a NUL names nothing, and nobody types one: the database would refuse to look for it, or keep it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable, args: Sequence[object], kwargs: dict[str, object]
    ) -> None:  # fmt: skip
        if "\0" in request.path:
            raise Http404
        request.GET = _without_nul(request.GET)  # type: ignore[assignment]
        # What takes no form of ours, the API, reads its body itself.
        if not getattr(view, "csrf_exempt", False):
            request.POST = _without_nul(request.POST)  # type: ignore[assignment]


def _without_nul(sent: QueryDict) -> QueryDict:
    """What was sent, itself when it holds no NUL."""
    if not any("\0" in value for _name, values in sent.lists() for value in values):
        return sent
    clean = QueryDict(mutable=True)
    for name, values in sent.lists():
        clean.setlist(name, [value.replace("\0", "") for value in values])
    return clean


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A page that is not there, and one that is refused: the same words and status, so that nothing is learned."""
    return render(request, "404.html", {"lost": True}, status=404)


def too_much(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A form larger than any of ours, or not made as a browser makes one: nothing of it was read."""
    return HttpResponse(render_to_string("400.html", _installation(request)), status=400)


def form_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that no longer belongs to the session: nothing was taken in, what was typed is given back."""
    return render(request, "403.html", {"texts": typed_texts(request), "page": page_of_form(request)}, status=403)


def our_fault(request: HttpRequest) -> HttpResponse:
    """The service failed. The page asks nothing of the database, and its reference is the one in the log."""
    reference = f"E-{secrets.token_hex(2).upper()}"
    logger.error("reference %s: %s %s", reference, request.method, request.path)
    return HttpResponse(render_to_string("500.html", _installation(request) | {"reference": reference}), status=500)


def _installation(request: HttpRequest) -> dict[str, object]:
    """What a page says of this installation without asking anybody: neither the session nor the database is there."""
    return {
        "portal_name": settings.PORTAL_NAME,
        "portal_phone": settings.PORTAL_PHONE,
        "portal_hours": settings.PORTAL_HOURS,
        "theme": theme_of(request),
    }
