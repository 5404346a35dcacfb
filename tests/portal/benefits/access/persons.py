"""The pages about persons in the table of access."""

from pathlib import Path
from typing import Any

from portal.accounts.rights import Right, holders
from portal.exchange.models import RejectedRow
from tests.portal.access import Line
from tests.portal.benefits.rows import family_in, row, take_in

SEE, TREAT = holders(Right.SEE_BENEFITS), holders(Right.TREAT_BENEFITS)
FAMILY: dict[str, Any] = {
    "own": {"fund": "benefit_fund_here", "number": "benefit_no_here"},
    "others": {"fund": "benefit_fund_elsewhere", "number": "benefit_no_elsewhere"},
}
LINES: dict[str, Line] = {
    "benefits:persons": Line(SEE, 200, 200),
    "benefits:family": Line(SEE, **FAMILY),
    # A form without its key is none of ours.
    "benefits:schooling": Line(TREAT, 200, 404, **FAMILY),
    "benefits:decision": Line(TREAT, 200, 404, **FAMILY),
    "benefits:files": Line(SEE),
    "benefits:refused_rows": Line(SEE, own={"file": "benefit_file_here"}, others={"file": "benefit_file_elsewhere"}),
    "benefits:refused_row": Line(
        TREAT, 200, 422, own={"row": "benefit_row_here"}, others={"row": "benefit_row_elsewhere"}
    ),
}


def objects(folder: Path, known: dict[str, Any]) -> dict[str, Any]:
    """A family of each of the two funds, of the same shape, and a row that was refused."""
    found: dict[str, Any] = {}
    for where, fund in (("here", "CAF63"), ("elsewhere", "CAF59")):
        number = f"9000{where}"
        family_in(folder / "benefits", number, fund)
        found |= {f"benefit_fund_{where}": fund, f"benefit_no_{where}": number}
        wrong = row("boarding-periods", fund=fund, beneficiary_no=number, starts_on="hier")
        take_in(folder / "benefits" / where, "boarding-periods", wrong)
        refused = RejectedRow.objects.latest("pk")
        found |= {f"benefit_file_{where}": refused.file_id, f"benefit_row_{where}": refused.pk}
    return found
