"""The pages of uprating day in the table of access."""

from pathlib import Path
from typing import Any

from portal.accounts.rights import Right, holders
from portal.benefits.models import UpratingLine
from portal.benefits.uprating import previewing
from portal.benefits.uprating.operations import ask_preview
from tests.portal.access import DAY, Line
from tests.portal.benefits.rows import row, take_in
from tests.portal.benefits.uprating.worlds import november

SEE, RUN = holders(Right.SEE_BENEFITS), holders(Right.CLOSE_MONTH)
ONE: dict[str, Any] = {"own": {"number": "uprating"}}
FAMILY: dict[str, Any] = {
    "own": {"number": "uprating", "line": "uprating_line_here"},
    "others": {"number": "uprating", "line": "uprating_line_elsewhere"},
}
LINES: dict[str, Line] = {
    # A form without its key is none of ours.
    "benefits:upratings": Line(SEE, 200, 404),
    "benefits:uprating": Line(SEE, 200, **ONE),
    "benefits:uprating_progress": Line(SEE, 302, **ONE),
    "benefits:uprating_families": Line(SEE, 200, **ONE),
    "benefits:export_uprating_families": Line(holders(Right.EXPORT) & SEE, None, 302, **ONE),
    "benefits:uprating_family": Line(SEE, 200, **FAMILY),
    # After the families: a new preview forgets those of the former. What cannot be done now is said on the page that one goes back to.
    "benefits:uprating_preview": Line(RUN, None, 302, **ONE),
    "benefits:uprating_confirm": Line(holders(Right.SIGN_FIRST), None, 302, **ONE),
    "benefits:uprating_in_force": Line(RUN, None, 302, **ONE),
    "benefits:uprating_withdraw": Line(RUN, None, 302, **ONE),
    "benefits:uprating_month": Line(RUN, None, 302, **ONE),
}


def objects(folder: Path, known: dict[str, Any]) -> dict[str, Any]:
    """A preview of November, with a family of each of the two funds."""
    for where in ("here", "elsewhere"):
        own = {"fund": known[f"benefit_fund_{where}"], "beneficiary_no": known[f"benefit_no_{where}"]}
        told = row("commission-decisions", decision_no=f"D{where}", **own)
        assert not take_in(folder / "upratings" / where, "commission-decisions", told).errors
    uprating = november()
    previewing.work(ask_preview(uprating_pk=uprating.pk, on=DAY, by="helene").pk)
    lines = UpratingLine.objects.filter(run__kind=previewing.KIND, benefit="AEEH")
    return {"uprating": uprating.pk} | {
        f"uprating_line_{where}": lines.get(beneficiary_no=known[f"benefit_no_{where}"]).pk
        for where in ("here", "elsewhere")
    }
