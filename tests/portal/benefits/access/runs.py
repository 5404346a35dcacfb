"""The runs of ARS and AEEH in the table of access."""

from pathlib import Path
from typing import Any

from portal.accounts.models import Posting, Role, User
from portal.accounts.rights import Right, holders
from portal.batches.operations import sign
from portal.benefits.models import Award
from portal.benefits.running.closing import close_ars
from portal.benefits.running.issuing import issue_run
from tests.portal.access import DAY, Line

SEE, CLOSE = holders(Right.SEE_BENEFITS), holders(Right.CLOSE_MONTH)
SIGN, EXPORT = holders(Right.SIGN_FIRST, Right.SIGN_SECOND), holders(Right.EXPORT) & SEE
PARENTS = holders(Right.OWN_FAMILY)
RUN = {"run": "benefit_run"}
LINES: dict[str, Line] = {
    "benefits:runs": Line(SEE),
    "benefits:close": Line(CLOSE, None, 409),
    "benefits:run": Line(SEE, own=RUN),
    "benefits:progress": Line(SEE, 302, own=RUN),
    "benefits:signature": Line(SIGN, 200, 409, own=RUN),
    "benefits:issue": Line(CLOSE, None, 302, own=RUN),
    "benefits:bank": Line(SEE, own=RUN),
    "benefits:run_families": Line(SEE, own=RUN),
    "benefits:export_families": Line(EXPORT, None, 302, own=RUN),
    "benefits:award": Line(SEE, own={"award": "award_here"}, others={"award": "award_elsewhere"}),
    "benefits:own_award": Line(PARENTS, own={"award": "award_here"}, others={"award": "award_elsewhere"}, never=True),
}


def objects(folder: Path, known: dict[str, Any]) -> dict[str, Any]:
    """The ARS of 2026 of a family of each fund, issued; that of 2025, to sign."""
    run = close_ars(school_year=DAY.year, on=DAY)
    for name, role in (("first-officer", Role.AUTHORISING_OFFICER), ("second-officer", Role.ACCOUNTING_OFFICER)):
        Posting.objects.create(user=User.objects.create(username=name), role=role, starts_on=DAY)
        sign(run_pk=run.pk, username=name, on=DAY)
    issue_run(run_pk=run.pk, out=folder / "bank", on=DAY, by="first-officer")
    awards = {one.beneficiary_no: one.pk for one in Award.objects.filter(run=run)}
    found = {f"award_{place}": awards[known[f"benefit_no_{place}"]] for place in ("here", "elsewhere")}
    return found | {"benefit_run": close_ars(school_year=DAY.year - 1, on=DAY).pk}
