"""What the pages of a month read. Lists are bounded, paged by key, and limited to the funds of the user's posting."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import Substr

from cmg.models import Account, Anomaly, Declaration, Right, Settlement
from cmg.operations import KIND
from cmg.reconciliation.catalogue import HOLDING, catalogue
from cmg.words import PURPOSES
from portal.accounts.models import User
from portal.accounts.permissions import funds_on, today
from portal.banking.models import BankMessage, OpenItem, OrderState, PaymentOrder
from portal.batches.models import Run, RunState
from portal.casework.models import Dossier
from portal.casework.selectors import CLOSED, OPEN, visible
from portal.exchange import lots
from portal.exchange.models import FileOrigin, FileState, ReceivedFile
from portal.exchange.selectors import files_of
from portal.organisations.serving import names_on
from portal.people.identity import name_key

SUBJECT = "cmg:employer:"
OWNERS = {"nobody": Q(owner__isnull=True)}
# How long the family's dossier has been open.
AGES: dict[str, Callable[[date], Q]] = {
    "new": lambda day: Q(opened_on__gte=day),
    "week": lambda day: Q(opened_on__lt=day, opened_on__gte=day - timedelta(days=7)),
    "old": lambda day: Q(opened_on__lt=day - timedelta(days=7)),
}
AGE_WORDS = [("new", "ouvert aujourd’hui"), ("week", "7 jours au plus"), ("old", "plus de 7 jours")]


def funds_of(user: User, day: date) -> list[str] | None:
    """As `funds_on`, asked of the database once: a request has a user of its own, and its lists all need the same."""
    known = user.__dict__.setdefault("_funds_of", {})
    if day not in known:
        known[day] = funds_on(user, day)
    return list(known[day]) if known[day] is not None else None


def runs_of(month: date) -> QuerySet[Run]:
    """The runs of a month, the last first: dry runs, replaced ones and those that correct named families left out."""
    return _whole_runs().filter(month=month).order_by("-ordinal")


def last_runs(months: list[date]) -> dict[date, Run]:
    """The last run of each month, in one query."""
    return {run.month: run for run in _whole_runs().filter(month__in=months).order_by("ordinal")}


def _whole_runs() -> QuerySet[Run]:
    found = Run.objects.filter(kind=KIND, dry_run=False, scope__isnull=True)
    return found.exclude(state=RunState.SUPERSEDED)


def months() -> list[date]:
    """Every month with declarations, the latest first."""
    with connection.cursor() as cursor:
        # A loose index scan: the months are few, the declarations many.
        cursor.execute(
            """
            WITH RECURSIVE month AS (
                (SELECT care_month FROM cmg_declaration ORDER BY care_month DESC LIMIT 1)
                UNION ALL
                SELECT (SELECT d.care_month FROM cmg_declaration d WHERE d.care_month < month.care_month
                        ORDER BY d.care_month DESC LIMIT 1)
                FROM month WHERE month.care_month IS NOT NULL)
            SELECT care_month FROM month WHERE care_month IS NOT NULL
            """
        )
        return [row[0] for row in cursor.fetchall()]


def is_declared(month: date) -> bool:
    """Whether any declaration was received for the month."""
    return Declaration.objects.filter(care_month=month).exists()


def _visible(user: User, day: date) -> Q:
    """Settlements that the user may see: all for national postings, those of their funds otherwise."""
    funds = funds_of(user, day)
    return Q() if funds is None else Q(fund__in=funds)


def last_files(origin: FileOrigin = FileOrigin.FLOW) -> dict[str, Any]:
    """Files received: counts by state, missing lots apart. What families and agents enter here is no file of a body."""
    return (
        files_of("cmg")
        .filter(origin=origin)
        .aggregate(
            total=Count("pk"),
            applied=Count("pk", filter=Q(state=FileState.APPLIED)),
            refused=Count("pk", filter=Q(state=FileState.REFUSED)),
            rejected_rows=Sum("rows_rejected", default=0),
        )
    )


@dataclass(frozen=True)
class MissingLot:
    """A number that never came, and the highest that did, from whom."""

    sender: str
    number: int | None
    highest: int


def missing_lots() -> list[MissingLot]:
    """The lots that never came, each with the highest number received from its sender. Two queries."""
    numbers = files_of("cmg").filter(sequence_no__isnull=False).values("kind", "sender").order_by()
    highest = {(row["kind"], row["sender"]): row["last"] for row in numbers.annotate(last=Max("sequence_no"))}
    missing = lots.missing_lots()
    names = names_on((lot.sender for lot in missing), today())
    return [
        MissingLot(names[lot.sender], lot.number, highest[lot.kind, lot.sender])
        for lot in missing
        if (lot.kind, lot.sender) in highest
    ]


def movements_of(run: Run) -> list[dict[str, Any]]:
    """Payment orders of a run by purpose and state, in words: count and cents."""
    found = (
        PaymentOrder.objects.filter(run=run)
        .values("purpose", "state")
        .annotate(count=Count("pk"), cents=Sum("amount_cents"))
        .order_by("purpose", "state")
    )
    return [
        line | {"purpose": PURPOSES.get(line["purpose"], line["purpose"]), "state": OrderState(line["state"]).label}
        for line in found
    ]


def open_items(user: User, day: date) -> QuerySet[OpenItem]:
    """What the bank said that matches nothing, or came back: the oldest first, those of the user's funds only."""
    found = OpenItem.objects.filter(closed_on__isnull=True).select_related("owner").order_by("opened_on", "pk")
    funds = funds_of(user, day)
    if funds is None:
        return found
    return found.filter(order__settlement_id__in=Settlement.objects.filter(fund__in=funds).values("pk"))


def last_bank_message() -> BankMessage | None:
    """The last message received from the bank: nothing is reconciled after it."""
    return BankMessage.objects.defer("content").order_by("-received_at").first()


@dataclass(frozen=True)
class CodeLine:
    """One disagreement in a run: how many families, repaired alone, held, the cents that do not leave, and since when
    the oldest dossier that it opened waits."""

    code: str
    label: str
    effect: str
    families: int
    repaired: int
    held: int
    held_cents: int | None
    oldest: date | None = None


OLDEST_OF_CODES = """
SELECT code, min(d.opened_on)
FROM casework_dossier d CROSS JOIN LATERAL unnest(string_to_array(d.reasons, '|')) AS code
WHERE d.state IN ('OPEN', 'ESCALATED') AND (%(funds)s::text[] IS NULL OR d.fund = ANY (%(funds)s)) GROUP BY code
"""
CODES_OF_FUNDS = """
SELECT n.code, count(DISTINCT n.employer_no), count(DISTINCT n.employer_no) FILTER (WHERE n.repaired),
       count(DISTINCT n.employer_no) FILTER (WHERE n.held),
       coalesce(sum(s.held_debit_cents) FILTER (WHERE s.status = 'HELD'), 0)
FROM (SELECT declaration_id, employer_no, status, held_debit_cents FROM cmg_settlement
      WHERE run_id = %(run)s AND fund = ANY (%(funds)s) AND NOT (anomaly_codes = '')) s
CROSS JOIN LATERAL (
    SELECT a.code, a.employer_no, bool_or(a.state = 'RESOLVED') AS repaired,
           bool_or(a.debit_effect = ANY (%(holding)s)) AS held
    FROM cmg_anomaly a
    WHERE a.employer_no = s.employer_no AND a.run_id = %(run)s AND a.declaration_id = s.declaration_id
    GROUP BY a.code, a.employer_no) n
GROUP BY n.code ORDER BY n.code
"""


def code_lines(run: Run, funds: list[str] | None = None) -> list[CodeLine]:
    """The disagreements of a run: from its totals, or counted among `funds` when they are given."""
    if funds is None:
        found = [
            (code, count["families"], count["repaired"], count["held"], count.get("held_cents"))
            for code, count in sorted(run.totals.get("codes", {}).items())
        ]
    else:
        with connection.cursor() as cursor:
            cursor.execute(CODES_OF_FUNDS, {"run": run.pk, "funds": funds, "holding": list(HOLDING)})
            found = [(code, *map(int, figures)) for code, *figures in cursor.fetchall()]
    lines, oldest = catalogue(), _oldest_of_codes(funds)
    return [
        CodeLine(code, lines[code].label, lines[code].effect, *figures, oldest.get(code)) for code, *figures in found
    ]


def _oldest_of_codes(funds: list[str] | None) -> dict[str, date]:
    with connection.cursor() as cursor:
        cursor.execute(OLDEST_OF_CODES, {"funds": funds})
        return dict(cursor.fetchall())


def anomalies_of(run: Run, user: User, day: date, filters: dict[str, str]) -> QuerySet[Anomaly]:
    """Anomalies of a run, filtered by code, effect, state, fund and a search of a name or number."""
    found = Anomaly.objects.filter(run=run)
    # Every declaration that has an anomaly bears its code: the index of those rows is small.
    settled = Settlement.objects.filter(_visible(user, day), ~Q(anomaly_codes=""), run=run)
    if filters.get("fund"):
        settled = settled.filter(fund=filters["fund"])
    if filters.get("fund") or funds_of(user, day) is not None:
        found = found.filter(declaration_id__in=settled.values("declaration_id"))
    for name, column in (("code", "code"), ("effect", "debit_effect"), ("state", "state")):
        if filters.get(name):
            found = found.filter(**{column: filters[name]})
    return found.filter(_followed(filters, day)).filter(_matching(filters.get("q", "")))


def held_of(run: Run, user: User, day: date, filters: dict[str, str]) -> QuerySet[Settlement]:
    """Held settlements of a run, filtered by code, fund and a search of a name or number."""
    found = Settlement.objects.filter(_visible(user, day), run=run, status="HELD")
    if filters.get("code"):
        found = found.filter(anomaly_codes__contains=filters["code"])
    if filters.get("fund"):
        found = found.filter(fund=filters["fund"])
    return found.filter(_followed(filters, day)).filter(_matching(filters.get("q", "")))


def _followed(filters: Mapping[str, str], day: date) -> Q:
    """Rows whose family's open dossier has the owner or the age asked for."""
    asked = OWNERS.get(filters.get("owner", ""), Q())
    if filters.get("owner", "").isdecimal():
        asked = Q(owner_id=int(filters["owner"]))
    if filters.get("age") in AGES:
        asked &= AGES[filters["age"]](day)
    if not asked:
        return Q()
    numbers = Dossier.objects.filter(OPEN & asked).annotate(number=Substr("subject", len(SUBJECT) + 1))
    return Q(employer_no__in=numbers.values("number"))


def owners_of_dossiers(user: User, day: date) -> list[tuple[str, str]]:
    """Those who own an open dossier that the user may see, and nobody: choices of a filter. One query."""
    found = visible(user, day).filter(OPEN, owner__isnull=False).order_by("owner__last_name", "owner_id")
    owners = found.values_list("owner_id", "owner__first_name", "owner__last_name").distinct()
    return [*((str(pk), f"{first} {last}") for pk, first, last in owners), ("nobody", "Personne")]


def anomaly_counts(found: QuerySet[Anomaly]) -> dict[str, int]:
    """How many disagreements a list has, and of how many families."""
    return found.order_by().aggregate(rows=Count("pk"), families=Count("employer_no", distinct=True))


def held_by_declaration(run: Run, declarations: list[int]) -> dict[int, Settlement]:
    """The settlement of each declaration in a run, in one query."""
    return {row.declaration_id: row for row in Settlement.objects.filter(run=run, declaration_id__in=declarations)}


def held_sums(found: QuerySet[Settlement]) -> dict[str, int]:
    """How many families a list of held declarations has, and the cents that do not leave."""
    return found.aggregate(families=Count("employer_no", distinct=True), cents=Sum("held_debit_cents", default=0))


def _matching(text: str) -> Q:
    """Rows of a family found by employer number, declaration number or the words of its name, in any order.

    What has no figure is a name, or an employer number made of letters: one search of accounts, which an OR with the
    rows' own columns would turn into a reading of every row.
    """
    if not text:
        return Q()
    words = name_key(text).split()
    if not words or any(char.isdigit() for char in text):
        return Q(employer_no=text) | Q(declaration_no=text)
    accounts = Account.objects.filter(words_begun(words) | Q(employer_no=text), known_until__isnull=True)
    return Q(employer_no__in=accounts.values("employer_no"))


def words_begun(words: Sequence[str]) -> Q:
    """Names of which each word, in any order, begins a word."""
    found = Q()
    for word in words:
        found &= Q(name_key__startswith=word) | Q(name_key__contains=f" {word}")
    return found


def funds_held(run: Run, user: User, day: date) -> list[str]:
    """The funds that have held declarations in a run, among those the user may see."""
    found = Settlement.objects.filter(_visible(user, day), run=run, status="HELD").exclude(fund="")
    return list(found.order_by("fund").values_list("fund", flat=True).distinct())


def files_with_rows(user: User, day: date) -> QuerySet[ReceivedFile]:
    """Files whose refused rows the user may read: all of them, or those that speak for the user's funds only."""
    found = files_of("cmg")
    funds = funds_of(user, day)
    return found if funds is None else found.filter(scope__contained_by=funds).exclude(scope=[])


def largest_debits(run: Run, count: int = 3) -> list[Settlement]:
    """The largest debits of a run: to look at before signing."""
    found = Settlement.objects.filter(run=run, status="SETTLED", debit_cents__gt=0)
    return list(found.order_by("-debit_cents", "pk")[:count])


def settlements_by_declaration(run: Run, declarations: list[int]) -> dict[int, int]:
    """The settlement's key of each declaration in a run, in one query."""
    found = Settlement.objects.filter(run=run, declaration_id__in=declarations)
    return dict(found.values_list("declaration_id", "pk"))


def names_of(employer_numbers: list[str]) -> dict[str, str]:
    """Family names by employer number, in one query."""
    found = Account.objects.filter(employer_no__in=employer_numbers, known_until__isnull=True)
    return {row.employer_no: f"{row.last_name} {row.first_names}" for row in found}


def first_names_of(child_ids: list[str]) -> list[str]:
    """The first names of children, in the order given; those that no current right names are left out. One query."""
    found = dict(children_names(child_ids))
    return [found[child] for child in child_ids if child in found]


def children_names(child_ids: list[str]) -> dict[str, str]:
    """First names by child, in one query."""
    found = Right.objects.filter(child_id__in=child_ids, known_until__isnull=True, child_first_name__isnull=False)
    return dict(found.order_by("-side", "pk").values_list("child_id", "child_first_name"))


def full_names(usernames: list[str]) -> dict[str, str]:
    """Full names by user name, in one query; what is no user (« portail ») is left out."""
    found = User.objects.filter(username__in=usernames)
    return {user.username: user.full_name for user in found}


def get_account(employer_no: str, user: User, day: date) -> Account:
    """The family's account. Raises Account.DoesNotExist, also when the user's posting does not cover it.

    A dossier that is on somebody's list opens: after a move neither the account nor a right may name its fund yet.
    """
    found = Account.objects.filter(employer_no=employer_no, known_until__isnull=True)
    funds = funds_of(user, day)
    if funds is not None:
        of_rights = Right.objects.filter(employer_no=employer_no, known_until__isnull=True, fund__in=funds)
        listed = visible(user, day).filter(~CLOSED, subject=SUBJECT + employer_no)
        if not of_rights.exists() and not listed.exists():
            found = found.filter(fund__in=funds)
    return found.get()


def get_settlement(pk: int, user: User, day: date) -> Settlement:
    """A settlement that the user may see. Raises Settlement.DoesNotExist."""
    return Settlement.objects.select_related("run", "declaration").get(_visible(user, day), pk=pk)


def family_settlements(employer_no: str, count: int = 60) -> list[Settlement]:
    """The family's settlements, the latest month first."""
    found = Settlement.objects.filter(employer_no=employer_no, run__dry_run=False).select_related("run", "declaration")
    return list(found.exclude(run__state=RunState.SUPERSEDED).order_by("-care_month", "declaration_no", "-pk")[:count])
