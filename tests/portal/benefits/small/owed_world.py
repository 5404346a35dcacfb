"""One family with sums paid in excess of AEEH, noted on 1 May 2026: its time to contest ends with July."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from portal.benefits.models import BenefitOverpayment, RepaymentAgreement
from portal.benefits.small.agreeing import agree
from portal.benefits.small.overpaying import Overpaid, note
from portal.benefits.small.owed import Told
from portal.benefits.small.proof import check_small_sums
from portal.ledger.models import Account
from portal.ledger.operations import balance
from portal.letters.models import Letter
from portal.letters.operations import write_letters
from portal.people.vault import decrypt
from tests.portal.benefits.small.world import FUND, NUMBER

MAY, JUNE, JULY, AUGUST, SEPTEMBER = (date(2026, month, 1) for month in (5, 6, 7, 8, 9))
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
US, SUBJECT = (FUND, NUMBER), f"family:{FUND}/{NUMBER}"


def overpaid(cents: int, on: date = MAY, **facts: Any) -> BenefitOverpayment:
    values = {"benefit": "AEEH", "cause": "RIGHT_ENDED", "month": on.replace(day=1)} | facts
    what = Overpaid(*US, amount_cents=cents, **values)
    return note(what=what, reason="droit fini en avril", form_key=uuid4(), by="nathalie", on=on)[0]


def told(
    on: date = MAY,
    *,
    by: str = "nathalie",
    key: UUID | None = None,
    day: date | None = None,
    words: str = "dit au téléphone",
) -> Told:
    return Told(words, day or on, key or uuid4(), by, on)


def agreed(cents: int, on: date = MAY, benefit: str = "AEEH") -> RepaymentAgreement:
    return agree(fund=FUND, beneficiary_no=NUMBER, benefit=benefit, each_cents=cents, told=told(on))[0]


def left() -> list[tuple[str, int, int]]:
    """State, recovered and given up, of each sum."""
    rows = BenefitOverpayment.objects.order_by("pk")
    return [(one.state, one.recovered_cents, one.remitted_cents) for one in rows]


def books() -> tuple[int, int]:
    """What is to recover, and what was given up, in the books; which agree with the rows."""
    assert check_small_sums() == []
    return balance(Account.BENEFIT_OVERPAYMENT, subject=SUBJECT), balance(Account.WRITTEN_OFF, subject=SUBJECT)


def last_letter() -> str:
    write_letters()
    return " ".join(decrypt(Letter.objects.latest("pk").text).decode().replace("\u00a0", " ").split())
