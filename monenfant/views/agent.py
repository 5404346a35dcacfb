"""`/agent/enfance/`: childcare as the funds follow it: campaigns, what waits for a person, structures, the offer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from monenfant.access import followed_by
from monenfant.appointments.selectors import departements_of, late_requests
from monenfant.duties import living, selectors
from monenfant.rules import follow_up as rules
from monenfant.views.agent_common import SEE
from portal.accounts.permissions import for_roles, today
from portal.frame.paging import count_up_to


@require_GET
@for_roles(SEE)
def childcare(request: HttpRequest) -> HttpResponse:
    """Where the campaign stands, and what waits for a person."""
    user, day = request.user, today()
    campaigns = selectors.campaigns(user, day)  # type: ignore[arg-type]
    silent = selectors.silences(user, day)  # type: ignore[arg-type]
    awaited = selectors.awaited_structures(user, day)  # type: ignore[arg-type]
    followed = selectors.follow_ups(user, day)  # type: ignore[arg-type]
    boxes = selectors.boxes(day)
    silent_count = silent.count()
    context = {
        "count": followed_by(user, day).count(),  # type: ignore[arg-type]
        "campaigns": [(deadline, rules.campaign_opens(deadline), counts) for deadline, counts in campaigns.items()],
        "on": day, "lived": living.last_day(), "silent": silent_count, "awaited": awaited,
        "reporting": 100 * (awaited - silent_count) // awaited if awaited else None,
        "mine": silent.filter(adviser=user, called_on=None).count(),
        "to_note": count_up_to(followed.filter(boxes["to_note"])),
        "warned": count_up_to(followed.filter(boxes["warned"])),
        "helped": count_up_to(selectors.referrals(user, day)),  # type: ignore[arg-type]
        "files": selectors.offer_files(user, day).count(),  # type: ignore[arg-type]
        "late": count_up_to(late_requests(departements_of(user, day), day)),  # type: ignore[arg-type]
        "stops": count_up_to(selectors.stops(user, day)),  # type: ignore[arg-type]
        "decisions": selectors.suspensions(user, day).count() + selectors.withdrawals(user, day).count(),  # type: ignore[arg-type]
    }  # fmt: skip
    return render(request, "monenfant/childcare.html", context)
