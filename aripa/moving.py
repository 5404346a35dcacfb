"""What ARIPA holds open, told to joint funds. Its numbers are never listed: which fund follows a pension may say where a
parent lives."""

from collections.abc import Callable
from typing import Any

from django.db.models import CharField, F, Func, Q, QuerySet, Value
from django.db.models.functions import Concat

from aripa.models import Agreement, Case
from portal.banking.models import OpenItem, PaymentOrder
from portal.letters.models import LetterJob
from portal.organisations.joint.moving import Holding, bears, register_holding

SUBJECT = "aripa:case:"
OVER = ("ENDED", "REJECTED")
ON_ITS_WAY = Q(state__in=["PREPARED", "SENT", "ACCEPTED"])


def register_holdings() -> None:
    """Cases, agreements filed, letters, orders and lines of the bank."""
    _register(
        "case", "dossier de pension,dossiers de pension", Case.objects.all, ~Q(state__in=OVER), deadline="control_by",
        subject=lambda _former: SUBJECT,
    )  # fmt: skip
    _register(
        "agreement", "accord à homologuer,accords à homologuer", Agreement.objects.all, Q(state="FILED"),
        deadline="answer_by",
    )  # fmt: skip
    _register(
        "letter", "courrier à écrire de pension,courriers à écrire de pension", _letters, ~Q(state="DONE"),
        of=lambda code: Q(case_no__in=Case.objects.filter(fund=code).values("case_no")),
    )  # fmt: skip
    _register(
        "order", "ordre de paiement de pension,ordres de paiement de pension", PaymentOrder.objects.all, ON_ITS_WAY,
        of=lambda code: Q(subject__in=_subjects(code)), key="end_to_end_id", deadline="due_on",
    )  # fmt: skip
    _register(
        "open_item", "ligne de banque ouverte de pension,lignes de banque ouvertes de pension", OpenItem.objects.all,
        Q(closed_on=None), of=lambda code: Q(order__subject__in=_subjects(code)),
    )  # fmt: skip


def _register(
    kind: str, label: str, rows: Callable[[], QuerySet[Any]], is_open: Q, *, of: Callable[[str], Q] = bears,
    key: str = "pk", deadline: str = "", subject: Callable[[str], str] | None = None,
) -> None:  # fmt: skip
    register_holding(
        Holding(
            f"aripa.{kind}", label, rows, is_open, of=of, key=key, deadline=deadline, subject=subject, tells_keys=False
        )
    )


def _letters() -> QuerySet[LetterJob]:
    """Letters of cases, ``aripa:{case}:{to}``, with the number of the case."""
    part = Func(F("subject"), Value(":"), Value(2), function="split_part", output_field=CharField())
    return LetterJob.objects.filter(subject__startswith="aripa:").annotate(case_no=part)


def _subjects(code: str) -> Any:
    return Case.objects.filter(fund=code).values(told=Concat(Value(SUBJECT), "case_no"))
