"""What the pages of remedies read, limited to the families that the user may see; lists are paged by key."""

from collections.abc import Mapping
from datetime import date

from django.db.models import Model, Q, QuerySet, Value
from django.db.models.functions import Concat

from cmg.models import Account, BoardCase, Settlement
from cmg.models.remedies import (
    Advance,
    AdvanceState,
    BoardState,
    Overpayment,
    Refund,
    RefundState,
    Report,
)
from cmg.remedies.following import returned_orders
from cmg.remedies.overpayments import CLOSED_STATES
from cmg.remedies.reports import OPEN_REPORTS
from cmg.selectors import SUBJECT, funds_of
from portal.accounts.models import User
from portal.banking.models import PaymentOrder
from portal.people.identity import name_key

MONTHS_SHOWN = 6
# What waits for money or for a decision, by list.
OPEN = {
    "advances": Q(
        state__in=[AdvanceState.PROPOSED, AdvanceState.GRANTED, AdvanceState.PAID, AdvanceState.PARTLY_NETTED]
    ),
    "refunds": ~Q(state__in=[RefundState.PAID, RefundState.CLOSED, RefundState.REJECTED]),
    "overpayments": ~Q(state__in=CLOSED_STATES),
    "returned": Q(),
    "reports": Q(state__in=OPEN_REPORTS),
    "board": ~Q(state__in=[BoardState.CLOSED, BoardState.PAID, BoardState.REFUSED]),
}
MODELS: dict[str, type[Model]] = {
    "advances": Advance, "refunds": Refund, "overpayments": Overpayment, "reports": Report, "board": BoardCase,
}  # fmt: skip
# The oldest wait first.
ORDER = {
    "advances": ("proposed_on", "pk"), "refunds": ("deadline", "pk"), "overpayments": ("opened_on", "pk"),
    "returned": ("pk",), "reports": ("first_answer_by", "pk"), "board": ("referred_on", "pk"),
}  # fmt: skip


def visible(name: str, user: User, day: date) -> QuerySet:
    """The rows of a list that the user may see, open or not."""
    funds = funds_of(user, day)
    if name == "returned":
        return returned_orders() if funds is None else returned_orders().filter(subject__in=_subjects(funds))
    found = MODELS[name]._default_manager.all()
    return found if funds is None else found.filter(fund__in=funds)


def orders(user: User, day: date) -> QuerySet:
    """The payment orders of the families that the user may see, whatever became of them since."""
    funds, found = funds_of(user, day), PaymentOrder.objects.filter(subject__startswith=SUBJECT)
    return found if funds is None else found.filter(subject__in=_subjects(funds))


def _subjects(funds: list[str]) -> QuerySet:
    here = Account.objects.filter(known_until__isnull=True, fund__in=funds)
    return here.annotate(subject=Concat(Value(SUBJECT), "employer_no")).values("subject")


def waiting(name: str, user: User, day: date, filters: Mapping[str, str]) -> QuerySet:
    """A list as filtered: the open rows, or those of the state asked for, of a family searched by name or number."""
    found = visible(name, user, day)
    found = found.filter(state=filters["state"]) if filters.get("state") else found.filter(OPEN[name])
    if filters.get("symptom"):
        found = found.filter(symptom=filters["symptom"])
    text = filters.get("q", "")
    return found.filter(_of_family(name, text)) if text else found


def _of_family(name: str, text: str) -> Q:
    named = Q(known_until__isnull=True)
    for word in name_key(text).split() or ["–"]:
        named &= Q(name_key__contains=word)
    accounts = Account.objects.filter(named)
    if name == "returned":
        subjects = accounts.annotate(subject=Concat(Value(SUBJECT), "employer_no")).values("subject")
        return Q(subject=SUBJECT + text) | Q(subject__in=subjects)
    found = Q(employer_no=text) | Q(employer_no__in=accounts.values("employer_no"))
    return found | Q(number=text) if name == "reports" else found


def counts(user: User, day: date, names: tuple[str, ...]) -> dict[str, int]:
    """How many rows each list shows without filter."""
    return {name: waiting(name, user, day, {}).count() for name in names}


def get_one(name: str, pk: int, user: User, day: date) -> Model:
    """One row. Raises its DoesNotExist, also when the user may not see its family."""
    return visible(name, user, day).get(pk=pk)


def of_family(name: str, employer_no: str) -> list:
    """Every row of a list for one family, the latest first; the caller has checked that the user may see it."""
    if name == "returned":
        return list(returned_orders().filter(subject=SUBJECT + employer_no).order_by("pk"))
    found = MODELS[name]._default_manager.filter(employer_no=employer_no).order_by("-pk")
    return list((found.select_related("session") if name == "board" else found)[:50])


def declared_months(employer_no: str) -> list[date]:
    """The last months that the family declared and that a run computed, the latest first."""
    found = Settlement.objects.filter(employer_no=employer_no, run__dry_run=False).exclude(run__state="SUPERSEDED")
    return list(found.order_by("-care_month").values_list("care_month", flat=True).distinct()[:MONTHS_SHOWN])


def order_of(end_to_end_id: str) -> PaymentOrder | None:
    """The bank order of a remedy, if it has one."""
    return PaymentOrder.objects.filter(end_to_end_id=end_to_end_id).first() if end_to_end_id else None
