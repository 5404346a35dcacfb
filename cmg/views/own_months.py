"""A family's months: the list, and one month with its amounts, its reason, its dates and its calculation."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from cmg.closing.prepare import month_of
from cmg.declaring.comparing import differences_of, waiting_changes
from cmg.declaring.windows import window_of
from cmg.family.costs import costs_of
from cmg.family.history import history_of
from cmg.family.holds import hold_of
from cmg.family.household import Household
from cmg.family.months import NOT_DECLARED, care_of, left_of, may_stop, months_to_declare, own_months, tried_now
from cmg.family.neighbours import address_of
from cmg.family.people import owner_of
from cmg.family.why import why_of
from cmg.remedies.limits import count_on
from cmg.views.access import today
from cmg.views.own import own_family, page


@require_GET
@own_family
def month_list(request: HttpRequest, home: Household) -> HttpResponse:
    """Every month, where it stands."""
    found = own_months(home, today())
    context = {
        "months": found,
        "to_declare": months_to_declare(found, left_of(home, today())),
        "declare_link": address_of("declare"),
    }
    return page(request, home, "cmg/family_space/months.html", context)


@require_GET
@own_family
def month(request: HttpRequest, home: Household, month: str) -> HttpResponse:
    """One month. What was never declared, and cannot be now, is a page that is not there."""
    day, asked = today(), _month(month)
    months = own_months(home, day)
    found = next((one for one in months if one.month == asked), None)
    if found is None and asked not in months_to_declare(months, left_of(home, day)):
        raise Http404
    owner = owner_of(home.subject, day)
    context: dict[str, object] = {"month": asked, "owner": owner, "declare_link": address_of("declare")}
    if found is not None and found.state != NOT_DECLARED:
        context |= {
            "one": found,
            "care": care_of(home, found),
            "differences": differences_of(found.declarations, on=day),
            "changes": waiting_changes(home.employer_no, asked) if found.rows else [],
            "hold": hold_of(home, found, owner),
            "tried": tried_now(home, found, day),
            "whys": [why for row in found.rows if (why := why_of(home, row)) is not None],
            "costs": costs_of(found),
            "may_stop": may_stop(found, day),
            "cutoff_hour": count_on("policy.report_cutoff_hour", day),
            "history": history_of(home, found, owner, day),
        }
    else:
        context["last_day"] = window_of(asked, day).last_day
    return page(request, home, "cmg/family_space/month.html", context)


def _month(text: str) -> date:
    try:
        return month_of(text)
    except ValueError as wrong:
        raise Http404 from wrong
