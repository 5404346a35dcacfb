"""Tables of intermediation: what was received from courts, parents and banks, and what the days left."""

from aripa.models.agreed import Agreement, AgreementAsk, AgreementSignature, AgreementState
from aripa.models.banked import BankMove, Waits
from aripa.models.handled import Act, Disclosure, Referent
from aripa.models.lived import AsfMonth, Case, Household, Movement, Notice, Order, Term, Worry
from aripa.models.outside import GarnisheeAnswer, GarnisheeAnswerKind, OrderLink, SentTitle, TitleReceipt
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
    "Agreement",
    "AgreementAsk",
    "AgreementSignature",
    "AgreementState",
    "AnswerKind",
    "AsfMonth",
    "BankMove",
    "Case",
    "Disclosure",
    "EndCondition",
    "Event",
    "EventKind",
    "GarnisheeAnswer",
    "GarnisheeAnswerKind",
    "Household",
    "IndexSeries",
    "Indexation",
    "Movement",
    "Notice",
    "Order",
    "OrderLink",
    "Parent",
    "ParentAct",
    "Party",
    "PaymentMeans",
    "Price",
    "Referent",
    "RequestDraft",
    "Rounding",
    "Sender",
    "SentTitle",
    "Term",
    "Title",
    "TitleKind",
    "TitleReceipt",
    "Waits",
    "Worry",
]
