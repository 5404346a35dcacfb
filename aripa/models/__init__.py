"""Tables of intermediation: what was received from courts, parents and banks."""

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
    "EndCondition",
    "Event",
    "EventKind",
    "IndexSeries",
    "Indexation",
    "Parent",
    "Party",
    "PaymentMeans",
    "Price",
    "Rounding",
    "Sender",
    "Title",
    "TitleKind",
]
