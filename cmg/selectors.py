"""What the pages of a month read. Lists are bounded, keyset-paginated, and limited to the funds of the user's posting."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum

from cmg.models import Account, Anomaly, Right, Settlement
from cmg.operations import KIND
from cmg.reconciliation.catalogue import catalogue
from portal.accounts.models import User
from portal.accounts.permissions import funds_on
from portal.banking.models import OpenItem, PaymentOrder
from portal.batches.models import Run, RunState
from portal.exchange.models import FileState, ReceivedFile
from portal.people.identity import name_key, normalised_nir
from portal.people.vault import lookup_key

PAGE = 25


def runs_of(month: date) -> QuerySet[Run]:
    """The runs of a month, the last first; dry runs and replaced ones left out."""
    found = Run.objects.filter(kind=KIND, month=month, dry_run=False).exclude(state=RunState.SUPERSEDED)
    return found.order_by("-ordinal")


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


def _visible(user: User, day: date) -> Q:
    """Settlements that the user may see: all for national postings, those of their funds otherwise."""
    funds = funds_on(user, day)
    return Q() if funds is None else Q(fund__in=funds)


def last_files() -> dict[str, Any]:
    """Files received: counts by state, missing lots apart."""
    return ReceivedFile.objects.aggregate(
        total=Count("pk"),
        applied=Count("pk", filter=Q(state=FileState.APPLIED)),
        refused=Count("pk", filter=Q(state=FileState.REFUSED)),
        rejected_rows=Sum("rows_rejected", default=0),
    )


def movements_of(run: Run) -> list[dict[str, Any]]:
    """Payment orders of a run by purpose and state: count and cents."""
    return list(
        PaymentOrder.objects.filter(run=run)
        .values("purpose", "state")
        .annotate(count=Count("pk"), cents=Sum("amount_cents"))
        .order_by("purpose", "state")
    )


def open_items() -> QuerySet[OpenItem]:
    """What the bank said that matches nothing, or came back: the oldest first."""
    return (
        OpenItem.objects.filter(closed_on__isnull=True)
        .select_related("message", "order", "owner")
        .order_by("opened_on", "pk")
    )


@dataclass(frozen=True)
class CodeLine:
    """One disagreement in a run: how many families, repaired alone, held."""

    code: str
    label: str
    effect: str
    families: int
    repaired: int
    held: int


def code_lines(run: Run) -> list[CodeLine]:
    """The disagreements of a run, from its totals."""
    lines = catalogue()
    return [
        CodeLine(code, lines[code].label, lines[code].effect, count["families"], count["repaired"], count["held"])
        for code, count in sorted(run.totals.get("codes", {}).items())
    ]


def anomalies_of(run: Run, user: User, day: date, filters: dict[str, str]) -> QuerySet[Anomaly]:
    """Anomalies of a run, filtered by code, effect, state and a search of employer or declaration number."""
    found = Anomaly.objects.filter(run=run).order_by("pk")
    funds = funds_on(user, day)
    if funds is not None:
        visible = Settlement.objects.filter(run=run, fund__in=funds)
        found = found.filter(employer_no__in=visible.values("employer_no"))
    if filters.get("code"):
        found = found.filter(code=filters["code"])
    if filters.get("effect"):
        found = found.filter(debit_effect=filters["effect"])
    if filters.get("state"):
        found = found.filter(state=filters["state"])
    if filters.get("q"):
        found = found.filter(Q(employer_no=filters["q"]) | Q(declaration_no=filters["q"]))
    if filters.get("after", "").isdigit():
        found = found.filter(pk__gt=int(filters["after"]))
    return found


def held_of(run: Run, user: User, day: date, filters: dict[str, str]) -> QuerySet[Settlement]:
    """Held settlements of a run."""
    found = Settlement.objects.filter(_visible(user, day), run=run, status="HELD").order_by("pk")
    if filters.get("code"):
        found = found.filter(anomaly_codes__contains=filters["code"])
    if filters.get("fund"):
        found = found.filter(fund=filters["fund"])
    if filters.get("q"):
        found = found.filter(Q(employer_no=filters["q"]) | Q(declaration_no=filters["q"]))
    if filters.get("after", "").isdigit():
        found = found.filter(pk__gt=int(filters["after"]))
    return found


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


def get_account(employer_no: str, user: User, day: date) -> Account:
    """The family's account. Raises Account.DoesNotExist, also when the user's posting does not cover it."""
    found = Account.objects.filter(employer_no=employer_no, known_until__isnull=True)
    funds = funds_on(user, day)
    if funds is not None:
        of_rights = Right.objects.filter(employer_no=employer_no, known_until__isnull=True, fund__in=funds)
        if not of_rights.exists():
            found = found.filter(fund__in=funds)
    return found.get()


def get_settlement(pk: int, user: User, day: date) -> Settlement:
    """A settlement that the user may see. Raises Settlement.DoesNotExist."""
    return Settlement.objects.select_related("run", "declaration").get(_visible(user, day), pk=pk)


def family_settlements(employer_no: str, count: int = 60) -> list[Settlement]:
    """The family's settlements, the latest month first."""
    found = Settlement.objects.filter(employer_no=employer_no, run__dry_run=False).select_related("run", "declaration")
    return list(found.exclude(run__state=RunState.SUPERSEDED).order_by("-care_month", "declaration_no", "-pk")[:count])


def search_families(text: str, user: User, day: date) -> list[tuple[Account, str]]:
    """Families found by employer number, beneficiary number, NIR or name, with what matched; at most fifty-one."""
    text = text.strip()
    if len(text) < 2:
        return []
    matches = [("numéro d’employeur", Q(employer_no=text)), ("numéro allocataire", Q(beneficiary_no=text))]
    nir = normalised_nir(text)
    if nir:
        matches.append(("numéro de sécurité sociale", Q(nir_key=lookup_key(nir, "NIR"))))
    words = name_key(text).split()
    if words:
        named = Q(name_key__startswith=words[0])
        for word in words:
            named &= Q(name_key__contains=word)
        matches.append(("nom", named))
    funds = funds_on(user, day)
    visible = Q(known_until__isnull=True) if funds is None else Q(known_until__isnull=True, fund__in=funds)
    found: dict[int, tuple[Account, str]] = {}
    for reason, condition in matches:
        for account in Account.objects.filter(visible & condition).order_by("name_key", "pk")[:51]:
            found.setdefault(account.pk, (account, reason))
    return list(found.values())[:51]
