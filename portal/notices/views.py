"""The demonstration's mailbox: what would have been sent, read on the spot."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from portal.notices.mailbox import last_mails

SHOWN_MOST = 30


@never_cache
@require_GET
def demo_mails(request: HttpRequest) -> HttpResponse:
    """The last e-mails; a page that is not there outside the demonstration."""
    if not settings.PORTAL_DEMO:
        raise Http404
    return render(request, "notices/demo_mails.html", {"mails": last_mails(SHOWN_MOST)})
