"""Reads of the runs' pages: bounded queries, of the user's funds alone where families are named."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from portal.accounts.models import User
from portal.accounts.permissions import funds_on
from portal.accounts.rights import Right
from portal.banking.models import OpenItem, OrderState, PaymentOrder
from portal.batches.models import Run, RunState
from portal.benefits.models import (
    Award,
    AwardStatus,
    EnteredAct,
    EnteredFacts,
    FamilyFile,
    Schooling,
    UpratingLine,
)
from portal.benefits.persons.selectors import SUBJECT
from portal.benefits.running.kinds import ARS, KINDS, kind_of, title_of
from portal.benefits.running.reasons import reason_of
from portal.exchange.received import CURRENT
from portal.organisations import directory
from portal.people.searching import words_begun, words_of

SHOWN_RUNS, SHOWN_TERMS = 24, 4
OUTLIERS = 5
WAITS_FOR = {
    RunState.RUNNING: "le calcul", RunState.TO_SIGN: "une signature", RunState.SIGNED: "l’émission",
    RunState.ISSUED: "la banque", RunState.RECONCILED: "rien", RunState.DONE: "rien",
}  # fmt: skip
UNDER_WAY = (RunState.RUNNING, RunState.TO_SIGN, RunState.SIGNED)
TERRITORIES = {"METROPOLE": "Métropole", "OVERSEAS": "Outre-mer", "MAYOTTE": "Mayotte"}


@dataclass(frozen=True)
class RunLine:
    """A run in a list, and what it waits for."""

    run: Run
    title: str
    waits_for: str


def runs() -> QuerySet[Run]:
    """Every run of ARS and AEEH that counts."""
    return Run.objects.filter(kind__in=KINDS, dry_run=False).exclude(state=RunState.SUPERSEDED)


def latest_runs() -> list[RunLine]:
    """What is under way first, then the latest."""
    found = list(runs().order_by("-month", "kind", "-ordinal")[:SHOWN_RUNS])
    found.sort(key=lambda run: run.state not in UNDER_WAY)
    return [RunLine(run, title_of(run), WAITS_FOR[RunState(run.state)]) for run in found]


def former_runs(run: Run) -> list[Run]:
    """The other runs of its period, the latest first."""
    same = runs().filter(kind=run.kind, month=run.month).exclude(pk=run.pk)
    return list(same.order_by("-ordinal")[:SHOWN_RUNS])


@dataclass(frozen=True)
class ReasonLine:
    """Why families are not paid, or not wholly: how many, and the words."""

    status: str
    label: str
    code: str
    sentence: str
    families: int


def reason_lines(run: Run) -> list[ReasonLine]:
    """By status, the most numerous first."""
    found = [
        ReasonLine(status, AwardStatus(status).label, code, reason_of(status, code), families)
        for status, reasons in run.totals.get("reasons", {}).items()
        for code, families in reasons.items()
    ]
    order = list(AwardStatus.values)
    return sorted(found, key=lambda one: (order.index(one.status), -one.families, one.code))


def status_lines(run: Run) -> list[dict[str, Any]]:
    """Families and cents by status, in the order of the table of statuses."""
    counted = run.totals.get("statuses", {})
    return [{"code": one.value, "label": one.label} | counted[one.value] for one in AwardStatus if one.value in counted]


def territory_lines(run: Run) -> list[dict[str, Any]]:
    counted = run.totals.get("territories", {})
    return [{"code": code, "label": label} | counted[code] for code, label in TERRITORIES.items() if code in counted]


def awards_seen(run: Run, user: User, day: date, values: Mapping[str, str]) -> QuerySet[Award]:
    """The awards of a run in the funds of the user, through the filters of the page."""
    found = _of_funds(Award.objects.filter(run=run), user, day)
    for name, column in (("status", "status"), ("reason", "refusal"), ("territory", "territory"), ("fund", "fund")):
        if values.get(name):
            found = found.filter(**{column: values[name]})
    if values.get("kind") == "differential":
        found = found.filter(is_differential=True)
    if values.get("kind") == "excess":
        found = found.filter(already_cents__gt=F("net_cents"), paid_cents=0).exclude(status=AwardStatus.HELD)
    return _matching(found, values.get("q", ""))


def award_seen(user: User, day: date, pk: int) -> Award | None:
    """One award of a run that counts, in the funds of the user."""
    return _of_funds(Award.objects.filter(pk=pk, run__in=runs()), user, day).select_related("run").first()


def _of_funds(found: QuerySet[Award], user: User, day: date) -> QuerySet[Award]:
    funds = funds_on(user, day, Right.SEE_BENEFITS)
    return found if funds is None else found.filter(fund__in=funds)


def _matching(found: QuerySet[Award], text: str) -> QuerySet[Award]:
    """A number, or the beginning of words of a name."""
    if not text:
        return found
    words = words_of(text)
    if not words:
        return found.filter(beneficiary_no=text)
    same = {"fund": OuterRef("fund"), "beneficiary_no": OuterRef("beneficiary_no")}
    named = FamilyFile.objects.filter(CURRENT, words_begun(words), **same)
    return found.filter(Q(beneficiary_no=text) | Exists(named))


def answers_waiting(run: Run, user: User, day: date) -> QuerySet[EnteredFacts]:
    """What was told through pages of the schooling of the start of term of `run`, its last one, since it was calculated, in the
    funds of the user: another run takes it up. The counterpart of `kinds.knew`."""
    begins, ends = (timezone.make_aware(datetime.combine(run.day + timedelta(days=more), time.min)) for more in (0, 1))
    same = {name: OuterRef(name) for name in ("fund", "beneficiary_no", "file_id")}
    found = EnteredFacts.objects.filter(
        Q(done_at__gte=ends) | Q(done_at__gte=begins, done_at__gt=run.started_at),
        Exists(Schooling.objects.filter(CURRENT, school_year=run.month.year, **same)), act=EnteredAct.SCHOOLING,
    )  # fmt: skip
    funds = funds_on(user, day, Right.SEE_BENEFITS)
    return found if funds is None else found.filter(fund__in=funds)


def last_runs_of_terms() -> list[Run]:
    """The last run of each of the latest starts of term, the latest first."""
    found = runs().filter(kind=ARS.code).order_by("-month", "-ordinal").distinct("month")
    return list(found[:SHOWN_TERMS])


def names_of(awards: Iterable[Award | UpratingLine]) -> dict[str, str]:
    """By « fund/number », the names of the families of a page, in one query."""
    rows = list(awards)
    files = FamilyFile.objects.filter(
        CURRENT, beneficiary_no__in={one.beneficiary_no for one in rows}, fund__in={one.fund for one in rows}
    )
    return {f"{one.fund}/{one.beneficiary_no}": f"{one.last_name} {one.first_names}" for one in files}


def funds_shown(user: User, day: date) -> list[str]:
    """The funds to choose from: those of the user, or all that pay families."""
    funds = funds_on(user, day, Right.SEE_BENEFITS)
    return sorted(code for code, one in directory.funds().items() if one.body != "URSSAF") if funds is None else funds


def largest(run: Run) -> list[Award]:
    """The largest amounts that would leave."""
    return list(Award.objects.filter(run=run, paid_cents__gt=0).order_by("-paid_cents", "pk")[:OUTLIERS])


def movements_of(run: Run) -> list[dict[str, Any]]:
    """The orders of a run by state, in words."""
    found = PaymentOrder.objects.filter(run=run).values("state").annotate(count=Count("pk"), cents=Sum("amount_cents"))
    return [line | {"words": OrderState(line["state"]).label} for line in found.order_by("state")]


@dataclass(frozen=True)
class ToSettle:
    """An open item with the family and the order that it is about."""

    item: OpenItem
    fund: str
    number: str
    reference: str


def to_settle(items: Iterable[OpenItem]) -> list[ToSettle]:
    """What lacks an account names its family in its reference; what came back, in its order."""
    found = []
    for one in items:
        lacking, _, reference = one.reference.rpartition(" ")
        subject = one.order.subject if one.order else lacking
        fund, _, number = subject.removeprefix(SUBJECT).partition("/")
        found.append(ToSettle(one, fund, number, reference))
    return found


def open_items_of(run: Run, user: User, day: date) -> QuerySet[OpenItem]:
    """What of a run is still to settle, in the funds of the user: refused, come back, or without an account; oldest first."""
    lacking = Q(reference__startswith=SUBJECT, reference__contains=f" {kind_of(run).reference(run)}")
    found = OpenItem.objects.filter(Q(order__run=run) | lacking, closed_on__isnull=True)
    funds = funds_on(user, day, Right.SEE_BENEFITS)
    if funds is not None:
        named = [f"{SUBJECT}{fund}/" for fund in funds]
        mine = [Q(reference__startswith=one) | Q(order__subject__startswith=one) for one in named]
        found = found.filter(reduce(or_, mine, Q(pk__in=[])))
    return found.select_related("owner", "order").order_by("opened_on", "pk")
