"""A family's rights: until when, for which child, on what income, and what they give with today's values."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from cmg.declaring.cares import family_known
from cmg.declaring.rights import ChildRight, facts_for_simulator, next_change, rights_of_children
from cmg.declaring.simulating import Simulated, simulated
from cmg.family.household import Household
from cmg.models import Account
from cmg.periods import family_rows
from cmg.selectors import family_settlements
from cmg.views.access import today
from cmg.views.own import own_account, page
from portal.audit.operations import journal
from portal.frame.periods import draw


@require_GET
@own_account
def rights(request: HttpRequest, home: Household, account: Account) -> HttpResponse:
    """Each right with what comes next, the picture of the periods, and the calculation with today's values."""
    day = today()
    journal(actor=request.user.get_username(), action="cmg.family.read", subject=f"cmg:employer:{account.employer_no}",
            detail={"page": "rights"})  # fmt: skip
    family = family_known(account)
    children = rights_of_children(family, day)
    worked: list[tuple[ChildRight, dict[str, str], Simulated]] = []
    for one in children:
        if one.is_open:
            facts = facts_for_simulator(one.right, family, day)
            worked.append((one, facts, simulated(facts, day)))
    context = {
        "children": children, "change": next_change(children), "worked": worked,
        "bar": draw(family_rows(family.rights, family_settlements(account.employer_no)), day),
    }  # fmt: skip
    return page(request, home, "cmg/declare/rights.html", context)
