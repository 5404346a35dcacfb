"""What a family may ask for now: the advance proposed with its months, the months where something was debited."""

import re
from dataclasses import dataclass
from datetime import date

from cmg.family.household import Household
from cmg.family.months import OwnMonth
from cmg.models import AdvanceMonth, Settlement
from cmg.operations import ISSUED_STATES
from cmg.remedies.advances import MONTHS_MOST, estimate
from cmg.remedies.refunds import debited_rows

EUROS = re.compile(r"(\d{1,6})(?:[.,](\d{1,2}))?")


@dataclass(frozen=True)
class Offer:
    """An advance that may be asked for. No month: `why` says so in words."""

    months: list[date]
    cents: int
    why: str = ""


def advance_offer(home: Household, months: list[OwnMonth]) -> Offer:
    """The held months that no advance covers yet, and what the family waits for."""
    held = [one.month for one in months if one.held or one.state == "STOPPED"]
    if not held:
        return Offer([], 0, "Aucune aide n’attend : il n’y a pas d’avance à demander.")
    covered = AdvanceMonth.objects.filter(employer_no=home.employer_no, is_live=True, care_month__in=held)
    known = set(covered.values_list("care_month", flat=True))
    free = sorted(month for month in held if month not in known)[-MONTHS_MOST:]
    if not free:
        return Offer([], 0, "Une avance est déjà demandée ou versée pour ces mois.")
    cents = estimate(home.employer_no, free)
    if not cents:
        return Offer([], 0, "Nous ne pouvons pas encore estimer votre aide : votre droit n’est pas connu.")
    return Offer(free, cents)


def refundable_months(home: Household) -> list[date]:
    """Issued months where a debit left, the latest first."""
    found = Settlement.objects.filter(
        employer_no=home.employer_no, run__state__in=ISSUED_STATES, run__dry_run=False, status="SETTLED",
        debit_cents__gt=0,
    )  # fmt: skip
    months = found.order_by("-care_month").values_list("care_month", flat=True).distinct()[:24]
    return [month for month in months if debited_rows(home.employer_no, month)]


def parse_euros(text: str) -> int | None:
    """Cents of ``461,53``, ``1 200`` or ``80.5 €``; None for anything else. No float enters."""
    found = EUROS.fullmatch(re.sub(r"[\s€]", "", text))
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else None
