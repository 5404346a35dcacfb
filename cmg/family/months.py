"""The months of a family as it reads them: what was declared, what counts now, what left and what will, what waits."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from cmg.closing.issuing import leaving_of
from cmg.closing.trial import try_month
from cmg.declaring.cares import family_known
from cmg.declaring.usual import left_to_declare
from cmg.family.household import Household, listed, moment_on, of
from cmg.family.movements import Movement, ordered, planned
from cmg.models import Declaration, Repair, Report, Settlement
from cmg.operations import ISSUED_STATES, KIND
from cmg.reconciliation.catalogue import HOLDING, catalogue
from cmg.remedies.reports import OPEN_REPORTS, is_stoppable
from portal.batches.models import Run, RunState

MONTHS_SHOWN = 24
NOT_DECLARED, DECLARED, HELD, PARTLY, STOPPED, READY, SENT, DONE, FAILED, NOTHING = (
    "NOT_DECLARED", "DECLARED", "HELD", "PARTLY", "STOPPED", "READY", "SENT", "DONE", "FAILED", "NOTHING",
)  # fmt: skip
WORDS = {
    NOT_DECLARED: ("à déclarer", ""), DECLARED: ("déclaré, calcul à venir", ""), HELD: ("en vérification", "stop"),
    PARTLY: ("en partie en vérification", "stop"), STOPPED: ("prélèvement arrêté", "stop"), READY: ("prêt", "ok"),
    SENT: ("envoyé à la banque", "wait"), DONE: ("réglé", "ok"), FAILED: ("un mouvement est revenu", "stop"),
    NOTHING: ("rien à prélever, rien à verser", "ok"),
}  # fmt: skip
BEFORE_ISSUE = (RunState.TO_SIGN, RunState.SIGNED)


@dataclass(frozen=True)
class OwnMonth:
    """One care month. `rows`: what counts now, one a declaration; `movements` what left or will; `run` its last whole run.

    `report` is an open report that keeps the debit from leaving; `correction` the movements of a correction being
    prepared; `checking` says that a month already paid is looked at again.
    """

    month: date
    declarations: list[Declaration] = field(default_factory=list)
    rows: list[Settlement] = field(default_factory=list)
    movements: list[Movement] = field(default_factory=list)
    correction: list[Movement] = field(default_factory=list)
    run: Run | None = None
    report: Report | None = None
    checking: bool = False
    computing: bool = False

    @property
    def held(self) -> list[Settlement]:
        return [row for row in self.rows if row.status == "HELD"]

    @property
    def settled(self) -> list[Settlement]:
        return [row for row in self.rows if row.status == "SETTLED"]

    @property
    def state(self) -> str:
        if not self.declarations and not self.rows:
            return NOT_DECLARED
        if self.report is not None and not self.held and self._is_open:
            return STOPPED
        if self.held:
            return PARTLY if self.settled else HELD
        if any(one.failed for one in self.movements):
            return FAILED
        if not self.rows or self.computing:
            return DECLARED
        if self._is_open:
            return READY
        if not self.movements:
            return NOTHING
        return SENT if any(one.is_coming for one in self.movements) else DONE

    @property
    def _is_open(self) -> bool:
        return self.run is not None and self.run.state in BEFORE_ISSUE

    @property
    def words(self) -> str:
        return WORDS[self.state][0]

    @property
    def tone(self) -> str:
        return WORDS[self.state][1]

    @property
    def is_single(self) -> bool:
        """Pajemploi+: one movement for pay, contributions and aid."""
        return any(row.all_in_one for row in self.rows)

    @property
    def stopped_cents(self) -> int:
        """What would have been debited of the declarations that are held."""
        return sum(row.held_debit_cents for row in self.held)

    @property
    def awaited_cents(self) -> int | None:
        """The aid of what is held, by the best-known right; None when no right is known: it is not zero."""
        if any(is_unknown(row) for row in self.held):
            return None
        return sum(row.payout_cents for row in self.held)

    @property
    def due_cents(self) -> int | None:
        """What the held declarations would still cost by bank debit once settled; None when no right is known."""
        if any(is_unknown(row) for row in self.held):
            return None
        return sum(row.debit_cents for row in self.held)

    @property
    def codes(self) -> list[str]:
        """Why it is held, the codes that hold first."""
        found = {code for row in self.held for code in row.anomaly_codes.split("|") if code}
        return sorted(found, key=lambda code: (catalogue()[code].effect not in HOLDING, code))

    @property
    def child_ids(self) -> list[str]:
        of_rows = [child for one in self.declarations for child in one.child_ids.split("|")]
        return list(dict.fromkeys(child for child in of_rows if child))

    @property
    def nothing_debited(self) -> bool:
        """Said in so many words once the month is settled: an amount that is missing is not an amount of zero."""
        return bool(self.settled) and not self.held and not any(one.is_debit for one in self.movements)

    @property
    def coming(self) -> list[Movement]:
        return [one for one in self.movements if one.is_coming]

    def total(self, *, debits: bool) -> int:
        """Cents debited, or paid, of what left or will leave; what failed does not count."""
        counted = (one for one in self.movements if one.is_debit == debits and not one.failed and not one.resent)
        return sum(one.cents for one in counted)


def is_unknown(row: Settlement) -> bool:
    """A held declaration whose right nobody knows: its amounts mean nothing yet."""
    return '"has_right":true' not in row.facts.replace(" ", "") or row.refusal.startswith("cmg.missing_")


def own_months(home: Household, day: date) -> list[OwnMonth]:
    """The family's months of the last two years, the latest first, whatever came in. A fixed number of queries, and a
    few for each month that is not sent yet."""
    first = date(day.year - 2, day.month, 1)
    rows = _rows(home.employer_no, first)
    declared = _declared(home.employer_no, first)
    months = sorted({*declared, *(row.care_month for row in rows)}, reverse=True)[:MONTHS_SHOWN]
    runs, reports = _whole_runs(months), _stopping(home.employer_no)
    money = ordered(home.subject, {row.pk: row.care_month for row in rows}, home.account)
    home.learn_names({child for one in declared.values() for row in one for child in row.child_ids.split("|")})
    found = []
    for month in months:
        own = [row for row in rows if row.care_month == month]
        standing, checking = standing_of(own)
        run = runs.get(month)
        found.append(
            OwnMonth(
                month,
                declared.get(month, []),
                standing,
                [one for one in money if one.month == month][::-1],
                run=run,
                report=next((one for one in reports if month in one.months), None),
                checking=checking,
                computing=run is not None and run.state == RunState.RUNNING,
            )  # fmt: skip
        )
    return [_with_planned(one, rows, home, day) for one in found]


def own_month(home: Household, month: date, day: date) -> OwnMonth:
    """One month of the family; an empty one when nothing was declared."""
    return next((one for one in own_months(home, day) if one.month == month), OwnMonth(month))


def _rows(employer_no: str, first: date) -> list[Settlement]:
    found = Settlement.objects.filter(employer_no=employer_no, care_month__gte=first, run__dry_run=False)
    found = found.exclude(run__state__in=[RunState.SUPERSEDED, RunState.RUNNING]).exclude(status="SUPERSEDED")
    return list(found.select_related("run", "declaration").order_by("run__ordinal", "version", "pk"))


def _declared(employer_no: str, first: date) -> dict[date, list[Declaration]]:
    """The last version of each declaration, by month; cancelled ones are left out."""
    found = Declaration.objects.filter(employer_no=employer_no, care_month__gte=first)
    last = found.order_by("declaration_no", "-version").distinct("declaration_no")
    by_month: dict[date, list[Declaration]] = defaultdict(list)
    for one in last:
        if one.kind != "CANCELLATION":
            by_month[one.care_month].append(one)
    return by_month


def _whole_runs(months: list[date]) -> dict[date, Run]:
    found = Run.objects.filter(kind=KIND, month__in=months, dry_run=False, scope__isnull=True)
    return {run.month: run for run in found.exclude(state=RunState.SUPERSEDED).order_by("ordinal")}


def _stopping(employer_no: str) -> list[Report]:
    found = Report.objects.filter(employer_no=employer_no, stops_debit=True, state__in=OPEN_REPORTS)
    return list(found.order_by("pk"))


def standing_of(rows: list[Settlement]) -> tuple[list[Settlement], bool]:
    """What counts now of each declaration, and whether a month that left is looked at again.

    A hold that follows an issued settlement moves nothing: the settlement stands. A correction that is only proposed
    does not stand yet.
    """
    standing: dict[str, Settlement] = {}
    checking = False
    for row in rows:
        former = standing.get(row.declaration_no)
        left = former is not None and former.status == "SETTLED" and former.run.state in ISSUED_STATES
        if row.run.scope is not None and row.run.state not in ISSUED_STATES:
            continue
        if left and row.status == "HELD":
            checking = True
            continue
        standing[row.declaration_no] = row
    return [row for row in standing.values() if row.status in ("SETTLED", "HELD")], checking


def standing_in(employer_no: str, months: Sequence[date]) -> list[Settlement]:
    """What counts now of some months of a family. One query."""
    return standing_of([row for row in _rows(employer_no, min(months, default=date.max)) if row.care_month in months])[
        0
    ]


def takes_money(row: Settlement) -> bool:
    """Whether a settlement lets money leave the family's account."""
    taken = row.total_debit_cents if row.all_in_one else row.debit_cents
    return row.status == "SETTLED" and taken > 0


def _with_planned(one: OwnMonth, rows: list[Settlement], home: Household, day: date) -> OwnMonth:
    """The month with what is to leave, as the issue would order it."""
    proposed = {row.run_id: row.run for row in rows if row.care_month == one.month and row.run.scope is not None}
    correction = [
        movement
        for run in proposed.values()
        if run.state in BEFORE_ISSUE
        for movement in planned(leaving_of(run, home.employer_no, day), one.month, home.account)
    ]
    if one.run is None or one.run.state not in BEFORE_ISSUE or one.report is not None:
        return replace(one, correction=correction)
    coming = planned(leaving_of(one.run, home.employer_no, max(day, one.run.day)), one.month, home.account)
    return replace(one, movements=one.movements + coming, correction=correction)


def left_of(home: Household, day: date) -> dict[date, int]:
    """How many cares are still to be declared, in the months that may be declared in time (`left_to_declare`)."""
    return left_to_declare(family_known(home.account), day) if home.account is not None else {}


def months_to_declare(months: list[OwnMonth], left: dict[date, int]) -> list[date]:
    """Of the months with cares left, those of which nothing is declared."""
    known = {one.month for one in months if one.state != NOT_DECLARED}
    return [month for month in left if month not in known]


@dataclass(frozen=True)
class Tried:
    """What a month gives now, on what is known today; nothing is decided yet."""

    held: bool
    debit_cents: int
    payout_cents: int
    rows: list[dict]


def tried_now(home: Household, one: OwnMonth, day: date) -> Tried | None:
    """For a month that no run has computed, or that was repaired since: what it would give. None otherwise."""
    if not one.declarations or not (one.state == DECLARED or (one.held and _repaired_since(home.employer_no, one))):
        return None
    rows = try_month(one.month, [home.employer_no], on=day).settlements.filter(
        (pl.col("employer_no") == home.employer_no) & pl.col("status").is_in(["SETTLED", "HELD"])
    )
    if rows.is_empty():
        return None
    held = bool((rows["status"] == "HELD").any())
    return Tried(held, int(rows["debit_cents"].sum()), int(rows["payout_cents"].sum()), rows.to_dicts())


def _repaired_since(employer_no: str, one: OwnMonth) -> bool:
    since = one.run.started_at if one.run is not None else None
    found = Repair.objects.filter(employer_no=employer_no)
    return (found.filter(done_at__gt=since) if since else found).exists()


def may_stop(one: OwnMonth, day: date) -> bool:
    """Whether a report made now keeps the month's debit from leaving."""
    return bool(one.declarations) and one.report is None and is_stoppable(one.month, moment_on(day))


def care_of(home: Household, one: OwnMonth) -> str:
    """``garde de Noé``."""
    names = [home.child(child) for child in one.child_ids if home.child(child)]
    return f"garde {of(listed(names))}" if names else "garde de votre enfant"
