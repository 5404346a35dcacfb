"""What only the demo shows: the code of the demo people who have an application, and the e-mails that left."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from portal.accounts import factors
from portal.accounts.views.doors import demo_people
from portal.notices.mailbox import last_mails

LAST = 5


@never_cache
@require_GET
def helper(request: HttpRequest) -> HttpResponse:
    """The telephone and the mailbox of the demo people."""
    if not settings.PORTAL_DEMO:
        raise Http404
    names = [card.username for card in demo_people()]
    apps = Authenticator.objects.filter(type=Authenticator.Type.TOTP, user__username__in=names).select_related("user")
    context = {
        "apps": [(one.user, factors.code_shown(one)) for one in apps.order_by("user__username")],
        "mails": last_mails(LAST),
    }
    return render(request, "accounts/demo_helper.html", context)
