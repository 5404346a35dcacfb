"""The days of the cases, lived in order, each once: opinions deemed given, silent procedures abandoned, delays that ended,
documents asked again once, repayments read from the families' accounts, cases that forget.

Killed anywhere and begun again, a day does what was left of it: each step reads rows, is one transaction, and its form key
is made of what it does, so that it is done once. A day that was skipped is lived as of its date.
"""

import json
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from fraud.cases import appeals
from fraud.cases.acting import PORTAL, Act, AlreadyDone
from fraud.cases.forgetting import forget_due
from fraud.cases.informing import DOCUMENTS_CAME, OPEN_TO_FINDINGS, remind_documents
from fraud.models import CaseOverpayment, CasePaper, CaseRecovery, ControlDay, PaperKind, Penalty, PenaltyState
from fraud.rules.figures import control_parameters
from portal.accounts.permissions import moment_on
from portal.audit.operations import journal
from portal.people.vault import decrypt

ONE = timedelta(days=1)
NOTHING_ASKED = "aucun document"
KEYS = UUID("7f1d5a52-0d9b-4c55-9a43-5d3c1f2f8f10")


def live_days(*, until: date) -> list[date]:
    """Live every day not lived yet, up to `until`; the very first is `until` itself. A second call does nothing."""
    last = ControlDay.objects.aggregate(last=Max("day"))["last"]
    day, lived = until if last is None else last + ONE, []
    while day <= until:
        live_day(day=day)
        lived.append(day)
        day += ONE
    return lived


def live_day(*, day: date) -> None:
    """One day of every case. Done already, nothing is left to do."""
    at, counts = moment_on(day), Counter[str]()
    for name, found, operation in _steps(day):
        for penalty_pk in found.order_by("pk").values_list("pk", flat=True):
            counts[name] += _once(operation, penalty_pk, name, day, at)
    for case_pk in reminders_due(day):
        counts["reminders"] += _remind(case_pk, day, at)
    counts["recoveries"] += read_recoveries(on=day)
    counts["forgotten"] += forget_due(on=day, at=at)
    _end(day, counts)


Operation = Callable[..., Penalty]


def _steps(day: date) -> list[tuple[str, QuerySet[Penalty], Operation]]:
    """An opinion deemed given comes before the silence that it may begin: a day lived late does both, in order."""
    live = Penalty.objects
    return [
        ("deemed", live.filter(state=PenaltyState.APPEALED, opinion_until__lt=day), appeals.deem_opinion_given),
        ("abandoned", live.filter(state=PenaltyState.OPINION_GIVEN, director_until__lt=day), appeals.abandon_penalty),
        (
            "final",
            live.filter(
                state__in=(PenaltyState.DECIDED, PenaltyState.WARNED, PenaltyState.UPHELD), appeal_until__lt=day
            ),
            appeals.make_final,
        ),
    ]


def _once(operation: Operation, penalty_pk: int, name: str, day: date, at: datetime) -> int:
    try:
        operation(penalty_pk=penalty_pk, act=Act(None, day, at, uuid5(KEYS, f"{name}:{penalty_pk}")))
    except AlreadyDone:
        return 0
    return 1


def read_recoveries(*, on: date) -> int:
    """What came back on the accounts of the families of the CMG since the last reading, a row a day and a sum."""
    done = 0
    for pk in CaseOverpayment.objects.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=500):
        with transaction.atomic():
            tied = CaseOverpayment.objects.select_for_update(of=("self",)).select_related("overpayment").get(pk=pk)
            prefix = f"overpayment:{tied.overpayment_id}:"
            known = CaseRecovery.objects.filter(case_id=tied.case_id, reference__startswith=prefix)
            cents = tied.overpayment.repaid_cents - sum(known.values_list("cents", flat=True))
            if cents:
                _row, is_new = CaseRecovery.objects.get_or_create(
                    case_id=tied.case_id, reference=f"{prefix}{on}", defaults={"received_on": on, "cents": cents}
                )
                done += is_new
    return done


def reminders_due(on: date) -> list[int]:
    """Cases told of the check long enough ago, of which no document came and nothing was asked again."""
    days = int(control_parameters().value("case.reminder_days", on))
    told = CasePaper.objects.filter(
        kind=PaperKind.INFORMATION, sent_on__lte=on - days * ONE, case__state__in=OPEN_TO_FINDINGS
    )
    waiting = told.exclude(case__papers__kind=PaperKind.DOCUMENTS).exclude(case__acts__action=DOCUMENTS_CAME)
    return list(waiting.order_by("case_id").values_list("case_id", flat=True))


def _remind(case_pk: int, day: date, at: datetime) -> int:
    """Ask again for what the first letter asked for; nothing when it asked for nothing. It stops nothing."""
    asked = json.loads(decrypt(CasePaper.objects.get(case_id=case_pk, kind=PaperKind.INFORMATION).job.facts))[
        "documents"
    ]
    documents = "\n".join(one for one in asked if not one.lower().startswith(NOTHING_ASKED))
    if not documents:
        return 0
    try:
        remind_documents(
            case_pk=case_pk, documents=documents, act=Act(None, day, at, uuid5(KEYS, f"reminder:{case_pk}"))
        )
    except AlreadyDone:
        return 0
    return 1


def _end(day: date, counts: Counter[str]) -> None:
    """The day was lived by all; of two workers, the first says so."""
    with transaction.atomic():
        _day, is_new = ControlDay.objects.get_or_create(
            day=day, defaults={"counts": dict(counts), "ended_at": timezone.now()}
        )
        if is_new:
            detail = {"day": day.isoformat(), **counts}
            journal(actor=PORTAL, action="control.day", subject="control:cases", detail=detail)
