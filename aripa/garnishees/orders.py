"""An order as its garnishee may read it: whom, how much, until when, to which account; nothing of the parent who receives.

The title is named without who gave it: a court is near a home, and so nothing differs when somebody is protected.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from aripa.casefile import read_case
from aripa.ladder import floor_on
from aripa.letters.facts import full_name, title_words
from aripa.models import Case, GarnisheeAnswer, GarnisheeAnswerKind, Notice, Order, OrderLink, Parent, Title
from aripa.rules.calendar import garnishee_answer_by
from aripa.rules.figures import cents_on, first_day_of, number_on

OPEN = ("SENT", "ACCEPTED", "PAUSED")
TOOL = "DIRECT_PAYMENT"


class Standing(StrEnum):
    """Where an order stands for who must pay it."""

    ASKED = "ASKED"
    ANSWERED = "ANSWERED"
    SAID_OVER = "SAID_OVER"
    RELEASED = "RELEASED"
    OVER = "OVER"
    REPLACED = "REPLACED"


@dataclass(frozen=True)
class Shown:
    """One order, as its garnishee reads it. Cents."""

    link: OrderLink
    order: Order
    standing: Standing
    answers: list[GarnisheeAnswer]
    debtor: str
    title: str
    due_day: int
    today: date

    @property
    def last(self) -> GarnisheeAnswer | None:
        return self.answers[-1] if self.answers else None

    @property
    def monthly(self) -> int:
        """What is asked for each month while arrears last."""
        return monthly_of(self.order)

    @property
    def floor(self) -> int:
        return floor_on(self.order.decided_on)

    @property
    def fine(self) -> int:
        return cents_on("garnishee_fine_max", max(self.order.decided_on, first_day_of("garnishee_fine_max")))

    @property
    def answer_by(self) -> date:
        return garnishee_answer_by(self.order.decided_on)

    @property
    def is_late(self) -> bool:
        return self.standing == Standing.ASKED and self.today > self.answer_by

    @property
    def may_answer(self) -> bool:
        return self.standing in (Standing.ASKED, Standing.ANSWERED)


def monthly_of(order: Order) -> int:
    return order.current_cents + (order.instalment_cents or 0)


def get_order(link: OrderLink) -> Order:
    """Raises Order.DoesNotExist."""
    return Order.objects.get(case_id=link.case_no, number=link.number)


def standing_of(order: Order, last: GarnisheeAnswer | None) -> Standing:
    """From the order as the days left it, and what the garnishee said since."""
    if last is not None and last.kind in (GarnisheeAnswerKind.NO, GarnisheeAnswerKind.ENDED):
        return Standing.SAID_OVER
    if order.state not in OPEN:
        return Standing.RELEASED if _is_released(order) else Standing.OVER
    if Order.objects.filter(case_id=order.case_id, ref=order.ref, number__gt=order.number, state__in=OPEN).exists():
        return Standing.REPLACED
    return Standing.ASKED if last is None and order.state != "ACCEPTED" else Standing.ANSWERED


def _is_released(order: Order) -> bool:
    return Notice.objects.filter(case_id=order.case_id, code="L12", to="GARNISHEE", day=order.closed_on).exists()


def is_expired(order: Order, today: date) -> bool:
    """Whether the page is closed: some time after the order has ended."""
    if order.closed_on is None:
        return False
    days = number_on("choice.garnishee_link_days", max(order.closed_on, first_day_of("choice.garnishee_link_days")))
    return today > order.closed_on + timedelta(days=days)


def shown(link: OrderLink, *, lived: date, today: date) -> Shown:
    """Everything that the page and the API say of an order. Raises Order.DoesNotExist, Case.DoesNotExist."""
    order, answers = get_order(link), list(link.answers.order_by("pk"))
    file = read_case(Case.objects.select_related("household").get(pk=link.case_no), day=lived, today=today)
    return Shown(
        link=link, order=order, standing=standing_of(order, answers[-1] if answers else None), answers=answers,
        debtor=_name(file.debtor, file.state.debtor), title=_title(file.title), due_day=file.due_day or 1, today=today,
    )  # fmt: skip


def _name(debtor: Parent | None, number: str) -> str:
    return (full_name(debtor) if debtor else "") or f"Parent {number}"


def _title(row: Title | None) -> str:
    return title_words(row, with_issuer=False)
