"""Tables of intermediation: what was received from courts, parents and banks, and what the days left."""

from aripa.models.handled import Act, Disclosure, Referent
from aripa.models.lived import AsfMonth, Case, Household, Movement, Notice, Order, Term, Worry
from aripa.models.own import ActKind, AnswerKind, ParentAct, RequestDraft
from aripa.models.received import (
    EndCondition,
    Event,
    EventKind,
    Indexation,
    IndexSeries,
    Parent,
    Party,
    PaymentMeans,
    Price,
    Rounding,
    Sender,
    Title,
    TitleKind,
)

__all__ = [
    "Act",
    "ActKind",
    "AnswerKind",
    "AsfMonth",
    "Case",
    "Disclosure",
    "EndCondition",
    "Event",
    "EventKind",
    "Household",
    "IndexSeries",
    "Indexation",
    "Movement",
    "Notice",
    "Order",
    "Parent",
    "ParentAct",
    "Party",
    "PaymentMeans",
    "Price",
    "Referent",
    "RequestDraft",
    "Rounding",
    "Sender",
    "Term",
    "Title",
    "TitleKind",
    "Worry",
]
