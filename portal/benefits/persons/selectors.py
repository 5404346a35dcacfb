"""A family as it is known: people, children, resources, schooling, decisions, boarding, awards. Bounded queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse

from portal.accounts.models import User
from portal.accounts.rights import Right
from portal.benefits.models import (
    Award,
    BoardingPeriod,
    CommissionDecision,
    FamilyChild,
    FamilyFile,
    FamilyResources,
    Numbered,
    PeriodPlace,
    Schooling,
)
from portal.benefits.persons.finding import visible
from portal.benefits.rules.ars_figures import resource_year
from portal.benefits.rules.figures import benefit_parameters
from portal.exchange.received import CURRENT
from portal.frame.periods import Bar, Period, draw

SUBJECT = "family:"
# A family has few of each; what is more than a page shows is said to be left out, never silently.
CHILDREN_MOST, YEARS_MOST, DECISIONS_MOST, PERIODS_MOST, AWARDS_MOST = 30, 12, 60, 60, 36
Row = TypeVar("Row", bound=Numbered)


def subject_of(fund: str, beneficiary_no: str) -> str:
    return f"{SUBJECT}{fund}/{beneficiary_no}"


def numbers_of(subject: str) -> tuple[str, str]:
    """The fund and the number of a family's subject; the number may hold any sign."""
    fund, _, number = subject.removeprefix(SUBJECT).partition("/")
    return fund, number


@dataclass(frozen=True)
class Child:
    """A child, with what is told of them; the latest first in each list."""

    row: FamilyChild
    schooling: list[Schooling]
    decisions: list[CommissionDecision]
    stays: list[BoardingPeriod]

    @property
    def name(self) -> str:
        return self.row.first_name or "enfant"

    def is_dependent_on(self, day: date) -> bool:
        return self.row.dependent_from <= day and (self.row.dependent_until is None or day < self.row.dependent_until)

    def told_for(self, school_year: int) -> Schooling | None:
        return next((one for one in self.schooling if one.school_year == school_year), None)


@dataclass(frozen=True)
class Family:
    """Everything current about one family."""

    file: FamilyFile
    children: list[Child]
    resources: list[FamilyResources]

    @property
    def subject(self) -> str:
        return subject_of(self.file.fund, self.file.beneficiary_no)

    def child(self, child_id: str) -> Child | None:
        return next((one for one in self.children if one.row.child_id == child_id), None)

    @property
    def has_disability(self) -> bool:
        return any(one.decisions or one.stays for one in self.children)


def family_seen(
    user: User, day: date, fund: str, beneficiary_no: str, right: Right = Right.SEE_BENEFITS
) -> Family | None:
    """One of the families where the user holds `right`; None for one that is not there or not theirs."""
    return family_of(visible(user, day, right).filter(fund=fund, beneficiary_no=beneficiary_no).first())


def own_family(subject: str) -> Family | None:
    """A parent's own family; None when no file names it (any more)."""
    fund, number = numbers_of(subject)
    return family_of(FamilyFile.objects.filter(CURRENT, fund=fund, beneficiary_no=number).first())


def family_of(file: FamilyFile | None) -> Family | None:
    if file is None:
        return None
    children = _own(FamilyChild, file).order_by("birth_date", "child_id")[:CHILDREN_MOST]
    schooling = list(_own(Schooling, file).order_by("-school_year", "child_id")[: CHILDREN_MOST * YEARS_MOST])
    decisions = list(_own(CommissionDecision, file).order_by("-starts_on", "-pk")[:DECISIONS_MOST])
    stays = list(_own(BoardingPeriod, file).order_by("-starts_on", "-pk")[:PERIODS_MOST])
    resources = list(_own(FamilyResources, file).order_by("-resource_year")[:YEARS_MOST])
    of = [
        Child(one, _of(one, schooling)[:YEARS_MOST], _of(one, decisions), _of(one, stays)) for one in children
    ]  # fmt: skip
    return Family(file, of, resources)


def _own(model: type[Row], file: FamilyFile) -> QuerySet[Row]:
    return model._default_manager.filter(CURRENT, fund=file.fund, beneficiary_no=file.beneficiary_no)


def _of(child: FamilyChild, rows: Iterable[Row]) -> list[Row]:
    return [one for one in rows if one.child_id == child.child_id]  # type: ignore[attr-defined]


# ---- periods ------------------------------------------------------------------------------------------------------


def periods_of(family: Family, day: date) -> Bar | None:
    """The decisions of the commission and the days boarded, a row each; None for a family without any."""
    rows: list[tuple[str, list[Period]]] = []
    for child in family.children:
        if child.decisions:
            rows.append((f"CDAPH, {child.name}"[:40], [_decided(one) for one in child.decisions]))
        if child.stays:
            rows.append((f"Internat, {child.name}"[:40], [_stayed(one) for one in child.stays if _is(one, "BOARDED")]))
            rows.append((f"Au foyer, {child.name}"[:40], [_stayed(one) for one in child.stays if _is(one, "HOME")]))
    return draw(rows, day) if rows else None


def _is(stay: BoardingPeriod, place: str) -> bool:
    return stay.place == PeriodPlace[place]


def _decided(one: CommissionDecision) -> Period:
    words = f"taux {one.incapacity_rate} %" + (f", complément {one.complement}" if one.complement else "")
    return Period(one.starts_on, one.ends_on, "open", words)


def _stayed(one: BoardingPeriod) -> Period:
    kind = "held" if one.place == PeriodPlace.BOARDED else "declared"
    return Period(one.starts_on, one.ends_on, kind, one.get_place_display())


# ---- awards -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """What a run decided for a family, and the address of its explanation when there is one."""

    award: Award
    why: str


def awards_of(file: FamilyFile, *, issued: bool = False) -> list[Shown]:
    """The latest awards, run by run; a parent sees those that are `issued` alone."""
    found = Award.objects.filter(fund=file.fund, beneficiary_no=file.beneficiary_no, run__dry_run=False)
    found = found.filter(run__issued_at__isnull=False) if issued else found.exclude(run__state="SUPERSEDED")
    rows = found.select_related("run").order_by("-month", "-run__ordinal", "benefit")[:AWARDS_MOST]
    return [Shown(one, explanation_of(one, "own_award" if issued else "award")) for one in rows]


def explanation_of(award: Award, page: str) -> str:
    """The page that explains an award; nothing until the runs have one."""
    try:
        return reverse(f"benefits:{page}", args=[award.pk])
    except NoReverseMatch:
        return ""


def resources_for(family: Family, school_year: int) -> FamilyResources | None:
    """What the start of term reads: the year N−2."""
    year = resource_year(school_year, benefit_parameters())
    return next((one for one in family.resources if one.resource_year == year), None)


def former_versions(rows: Sequence[Numbered]) -> dict[int, int]:
    """How many versions each current decision replaced, in one query."""
    found: dict[int, int] = {}
    numbers = {one.decision_no: one.pk for one in rows if isinstance(one, CommissionDecision)}
    if not numbers:
        return found
    fund = rows[0].fund
    ended = CommissionDecision.objects.filter(fund=fund, decision_no__in=numbers, known_until__isnull=False)
    for number in ended.values_list("decision_no", flat=True):
        found[numbers[number]] = found.get(numbers[number], 0) + 1
    return found
