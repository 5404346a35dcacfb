"""The disagreements of a family that still stand, month by month, with what people already decided of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from cmg.models import Anomaly, AnomalyState, PersonVerdict, Settlement, VerdictKind
from cmg.reconciliation.catalogue import Disagreement, catalogue
from cmg.selectors import funds_of
from portal.accounts.models import User

REPAIRED = (AnomalyState.RESOLVED, AnomalyState.REGULARISED, AnomalyState.CLOSED)
CHILD_MOST = 40


@dataclass(frozen=True)
class Standing:
    """One disagreement of one month. `child_id` is empty when it concerns every child of the declaration."""

    month: date
    line: Disagreement
    child_id: str
    effect: str
    verdict: PersonVerdict | None


@dataclass(frozen=True)
class HeldMonth:
    """What does not leave for one month, and the release that somebody proposed or decided."""

    month: date
    held_cents: int
    awaited_cents: int
    verdict: PersonVerdict | None


def latest(settlements: Sequence[Settlement]) -> list[Settlement]:
    """The row that speaks for each declaration: of its last run, then its last version."""
    found: dict[str, Settlement] = {}
    for row in settlements:
        known = found.get(row.declaration_no)
        if known is None or (row.run.ordinal, row.version) > (known.run.ordinal, known.version):
            found[row.declaration_no] = row
    return list(found.values())


def standing_of(employer_no: str, settlements: Sequence[Settlement]) -> list[Standing]:
    """From the family's settlements, the latest month first. Two queries."""
    speaking = {(row.run_id, row.declaration_id) for row in latest(settlements)}
    verdicts = verdicts_of(employer_no)
    rows = Anomaly.objects.filter(employer_no=employer_no).exclude(state__in=REPAIRED).select_related("run")
    found: dict[tuple[date, str, str], Standing] = {}
    for one in rows.order_by("-run__month", "code", "pk")[:500]:
        if (one.run_id, one.declaration_id) in speaking and one.code in catalogue():
            month, child = one.run.month, _child(one.child_id)
            verdict = verdicts.get((month, one.code, child)) or verdicts.get((month, one.code, ""))
            found[month, one.code, child] = Standing(month, catalogue()[one.code], child, one.debit_effect, verdict)
    return list(found.values())


def _child(text: str) -> str:
    return "" if "|" in text or len(text) > CHILD_MOST else text


def concerns(employer_no: str, child_id: str) -> bool:
    """Whether a disagreement was found about this child in this family: of no other child is anything decided, or said."""
    return Anomaly.objects.filter(employer_no=employer_no, child_id=child_id).exists()


def held_months(employer_no: str, settlements: Sequence[Settlement]) -> list[HeldMonth]:
    """The months of which something is held, the latest first. One query."""
    verdicts = verdicts_of(employer_no)
    months: dict[date, list[Settlement]] = {}
    for row in latest(settlements):
        if row.status == "HELD":
            months.setdefault(row.care_month, []).append(row)
    return [
        HeldMonth(
            month, sum(row.held_debit_cents for row in rows), sum(row.payout_cents for row in rows),
            verdicts.get((month, "", "")),
        )
        for month, rows in sorted(months.items(), reverse=True)
    ]  # fmt: skip


def verdicts_of(employer_no: str) -> dict[tuple[date, str, str], PersonVerdict]:
    """The living decisions of people about a family, by month, code and child. One query."""
    found = PersonVerdict.objects.filter(employer_no=employer_no, withdrawn_at__isnull=True)
    return {(one.care_month, one.code, one.child_id): one for one in found.order_by("pk")}


def releases_to_approve(user: User, day: date) -> QuerySet[PersonVerdict]:
    """Releases that wait for a second person, among the families of the user's funds."""
    found = PersonVerdict.objects.filter(
        kind=VerdictKind.RELEASED, four_eyes=True, decided_by="", withdrawn_at__isnull=True
    )
    funds = funds_of(user, day)
    if funds is None:
        return found
    return found.filter(employer_no__in=Settlement.objects.filter(fund__in=funds, status="HELD").values("employer_no"))
