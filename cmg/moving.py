"""What the CMG holds open, told to joint funds: their first day notes it, and proves that nothing of it is lost."""

from typing import Any

from django.db.models import Q, Value
from django.db.models.functions import Concat

from cmg.models import Account, Advance, BoardCase, Overpayment, Refund, Regularisation, Report
from portal.banking.models import OpenItem, PaymentOrder
from portal.casework.models import Dossier
from portal.casework.selectors import OPEN
from portal.exchange.received import CURRENT
from portal.letters.models import LetterJob
from portal.organisations.joint.moving import Holding, register_holding

SUBJECT = "cmg:employer:"
ON_ITS_WAY = Q(state__in=["PREPARED", "SENT", "ACCEPTED"])


def register_holdings() -> None:
    for one in (*_of_families(), *_of_remedies(), *_of_money()):
        register_holding(one)


def subjects_of(code: str) -> Any:
    """``cmg:employer:00123`` of each family of a fund."""
    found = Account.objects.filter(CURRENT, fund=code)
    return found.values(told=Concat(Value(SUBJECT), "employer_no"))


def _of_families() -> list[Holding]:
    return [
        Holding(
            "cmg.family", "famille du CMG,familles du CMG", lambda: Account.objects.filter(CURRENT), Q(), key="employer_no",
            subject=lambda _former: SUBJECT,
        ),
        # What Pajemploi treats stays Pajemploi's.
        Holding(
            "cmg.dossier", "dossier CMG,dossiers CMG", Dossier.objects.all, OPEN, deadline="deadline",
            of=lambda code: Q(fund=code, body="FUND"),
        ),
        Holding(
            "cmg.report", "signalement d’une famille,signalements de familles", Report.objects.all,
            Q(state__in=["OPEN", "LINKED", "NEW_ANOMALY"]), key="number", deadline="first_answer_by",
        ),
    ]  # fmt: skip


def _of_remedies() -> list[Holding]:
    return [
        Holding(
            "cmg.advance", "avance,avances", Advance.objects.all,
            Q(state__in=["PROPOSED", "GRANTED", "PAID", "PARTLY_NETTED"]),
        ),
        Holding(
            "cmg.refund", "remboursement,remboursements", Refund.objects.all, ~Q(state__in=["CLOSED", "REJECTED"]),
            deadline="deadline",
        ),
        # Contested or not: a contest begun against the former body is answered by the joint fund, on the same day.
        Holding(
            "cmg.overpayment", "somme versée en trop,sommes versées en trop", Overpayment.objects.all,
            Q(state__in=["OPENED", "NOTIFIED", "CONTESTED", "CONFIRMED", "RECOVERING"]), deadline="rectification_until",
        ),
        Holding(
            "cmg.board", "demande d’aide d’urgence,demandes d’aide d’urgence", BoardCase.objects.all,
            ~Q(state__in=["REFUSED", "CLOSED"]),
        ),
        Holding(
            "cmg.regularisation", "régularisation,régularisations", Regularisation.objects.all,
            Q(state__in=["PROPOSED", "APPROVED"]),
        ),
    ]  # fmt: skip


def _of_money() -> list[Holding]:
    return [
        Holding(
            "cmg.letter", "courrier à écrire du CMG,courriers à écrire du CMG", LetterJob.objects.all, ~Q(state="DONE"),
            of=_about,
        ),
        Holding(
            "cmg.order", "ordre de paiement du CMG,ordres de paiement du CMG", PaymentOrder.objects.all, ON_ITS_WAY,
            of=_about, key="end_to_end_id", deadline="due_on",
        ),
        Holding(
            "cmg.open_item", "ligne de banque ouverte du CMG,lignes de banque ouvertes du CMG", OpenItem.objects.all,
            Q(closed_on=None), of=lambda code: Q(order__subject__in=subjects_of(code)),
        ),
    ]  # fmt: skip


def _about(code: str) -> Q:
    return Q(subject__in=subjects_of(code))
