"""Small sums and what was paid in excess in the table of access."""

from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from portal.accounts.models import Role
from portal.accounts.permissions import moment_on
from portal.accounts.rights import Right, holders
from portal.benefits.persons.selectors import subject_of
from portal.benefits.small.agreeing import agree
from portal.benefits.small.letters import TO_RECOVER
from portal.benefits.small.overpaying import Overpaid, note
from portal.benefits.small.owed import Told
from portal.letters.models import Letter, LetterJob
from portal.people.vault import encrypt
from tests.portal.access import DAY, Line
from tests.portal.benefits.access.persons import FAMILY
from tests.portal.benefits.small.world import lived

SEE, TREAT, EXPORT = holders(Right.SEE_BENEFITS), holders(Right.TREAT_BENEFITS), holders(Right.EXPORT)
PARENT = frozenset({Role.PARENT})
FUND: dict[str, Any] = {"own": {"fund": "benefit_fund_here"}, "others": {"fund": "benefit_fund_elsewhere"}}
LINES: dict[str, Line] = {
    "benefits:small_sums": Line(SEE),
    # Without a reason, back to the list.
    "benefits:small_export": Line(SEE & EXPORT, None, 302),
    "benefits:small_policy_of": Line(SEE, 302),
    # A form without its key is none of ours.
    "benefits:small_policy": Line(SEE, 200, 404, **FUND),
    "benefits:overpaid": Line(SEE),
    "benefits:note_overpaid": Line(TREAT, 200, 404, **FAMILY),
    "benefits:overpaid_debt": Line(SEE, own={"pk": "benefit_debt_here"}, others={"pk": "benefit_debt_elsewhere"}),
    "benefits:overpaid_act": Line(
        TREAT,
        200,
        404,
        own={"pk": "benefit_debt_here", "name": "benefit_debt_act"},
        others={"pk": "benefit_debt_elsewhere", "name": "benefit_debt_act"},
    ),
    "benefits:own_withdraw": Line(
        PARENT, 200, 404, own={"pk": "benefit_agreement_here"}, others={"pk": "benefit_agreement_elsewhere"}, never=True
    ),
    "benefits:own_letters": Line(PARENT),
    "benefits:own_letter": Line(
        PARENT, own={"pk": "benefit_letter_here"}, others={"pk": "benefit_letter_elsewhere"}, never=True
    ),
}


def objects(folder: Path, known: dict[str, Any]) -> dict[str, Any]:
    """A sum that waits, one given up and one to recover for each of the two families; the letter of the last."""
    families = [(known[f"benefit_fund_{where}"], known[f"benefit_no_{where}"]) for where in ("here", "elsewhere")]
    lived(date(2025, 11, 1), *((*family, 12_00) for family in families))
    for family in families:
        for cents in (11_00, 40_00):
            what = Overpaid(*family, "AEEH", "RIGHT_ENDED", cents, DAY.replace(day=1))
            note(what=what, reason="droit terminé", form_key=uuid4(), by="portail", on=DAY)
    found: dict[str, Any] = {"benefit_debt_act": "contester"}
    for where, (fund, number) in zip(("here", "elsewhere"), families, strict=True):
        told = Told("vingt euros par mois, dit au téléphone", DAY, uuid4(), "portail", DAY)
        agreed, _again = agree(fund=fund, beneficiary_no=number, benefit="AEEH", each_cents=20_00, told=told)
        found |= {f"benefit_agreement_{where}": agreed.pk, f"benefit_debt_{where}": agreed.overpayments.latest("pk").pk}
    return found | {
        f"benefit_letter_{where}": _letter(subject_of(*family))
        for where, family in zip(("here", "elsewhere"), families, strict=True)
    }


def _letter(subject: str) -> int:
    """The letter asked for, as written: nobody else's is written here."""
    job = LetterJob.objects.get(subject=subject, kind=TO_RECOVER)
    pdf = b"%PDF-1.7 x"
    return Letter.objects.create(
        job=job, number=f"b-{job.pk}", kind=job.kind, title="x", subject=subject, dated=job.dated, pages=1,
        written_at=moment_on(DAY), sha256=sha256(pdf).hexdigest(), pdf=encrypt(pdf), text=encrypt(b"<p>x</p>"),
    ).pk  # fmt: skip
