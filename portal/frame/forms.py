"""What every form of the portal bears."""

from uuid import UUID

from django.http import Http404, HttpRequest


def form_key(request: HttpRequest) -> UUID:
    """The key of the form that was sent: a second sending shows the first receipt. A form without one is not ours."""
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError as wrong:
        raise Http404 from wrong
