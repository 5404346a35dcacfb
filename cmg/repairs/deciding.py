"""What a person decides of a disagreement: confirmed, without object, or the hold of a month released.

A hold never ends by itself into a debit. A release is the recorded decision of a person; from the threshold, two.
"""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Min
from django.utils import timezone

from cmg.models import Declaration, PersonVerdict, Settlement, VerdictKind
from cmg.reconciliation.catalogue import catalogue
from cmg.remedies.limits import RemedyRefused, check_decider, needs_four_eyes
from cmg.rules.figures import cmg_parameters
from cmg.rules.limitation import last_day_for_contributions
from portal.audit.operations import journal


def set_aside(
    *, employer_no: str, month: date, code: str, child_id: str = "", reason: str, by: str, at: datetime
) -> PersonVerdict:  # fmt: skip
    """A disagreement is without object for this family and month: it counts no more (FALSE_POSITIVE)."""
    return _decide(VerdictKind.FALSE_POSITIVE, employer_no, month, code, child_id, reason, by, at, 0)


def confirm(
    *, employer_no: str, month: date, code: str, child_id: str = "", reason: str, by: str, at: datetime
) -> PersonVerdict:  # fmt: skip
    """Somebody looked and the disagreement is real."""
    return _decide(VerdictKind.CONFIRMED, employer_no, month, code, child_id, reason, by, at, 0)


def release(*, employer_no: str, month: date, reason: str, by: str, at: datetime) -> PersonVerdict:
    """Let a held month be settled with what is known; what would be debited decides whether a second person is needed.

    Raises RemedyRefused when nothing of the month is held, or when it was declared too late for its contributions.
    """
    held = Settlement.objects.filter(employer_no=employer_no, care_month=month, status="HELD", run__dry_run=False)
    last = held.exclude(run__state="SUPERSEDED").order_by("-run__ordinal").values_list("run_id", flat=True).first()
    if last is None:
        raise RemedyRefused("Rien n’est retenu pour ce mois.")
    first = Declaration.objects.filter(employer_no=employer_no, care_month=month).aggregate(first=Min("received_at"))[
        "first"
    ]
    if first is not None and timezone.localdate(first) > last_day_for_contributions(month, cmg_parameters()):
        raise RemedyRefused(
            "Ce mois a été déclaré trop tard : ses cotisations ne se demandent plus (article L. 244-3)."
        )
    cents = sum(int(row.held_debit_cents) for row in held.filter(run_id=last))
    return _decide(VerdictKind.RELEASED, employer_no, month, "", "", reason, by, at, cents)


def _decide(
    kind: VerdictKind, employer_no: str, month: date, code: str, child_id: str, reason: str, by: str, at: datetime,
    cents: int,
) -> PersonVerdict:  # fmt: skip
    if not reason.strip():
        raise RemedyRefused("Dites en une ligne pourquoi : cette décision sera relue.")
    if code and code not in catalogue():
        raise RemedyRefused(f"Ce motif n’existe pas : {code}.")
    four_eyes = needs_four_eyes(cents, timezone.localdate(at))
    key = {"employer_no": employer_no, "care_month": month, "code": code, "child_id": child_id}
    try:
        with transaction.atomic():
            PersonVerdict.objects.filter(**key, withdrawn_at__isnull=True).exclude(kind=kind).update(withdrawn_at=at)
            found = PersonVerdict.objects.create(
                **key, kind=kind, reason=reason[:300], four_eyes=four_eyes, proposed_by=by, proposed_at=at,
                decided_by="" if four_eyes else by, decided_at=None if four_eyes else at,
            )  # fmt: skip
            journal(
                actor=by, action=f"cmg.verdict.{kind.lower()}", subject=f"cmg:employer:{employer_no}",
                detail={"code": code, "month": str(month), "reason": reason[:300]}, at=at,
            )  # fmt: skip
    except IntegrityError as refused:
        raise RemedyRefused("C’est déjà décidé : la page montre par qui.") from refused
    return found


def approve_release(*, verdict_pk: int, by: str, at: datetime) -> PersonVerdict:
    """The second person of a release under four eyes. Raises RemedyRefused for its author, or a second time."""
    with transaction.atomic():
        found = PersonVerdict.objects.select_for_update(of=("self",)).get(pk=verdict_pk)
        if found.decided_by or found.withdrawn_at is not None:
            raise RemedyRefused("C’est déjà décidé.")
        check_decider(four_eyes=found.four_eyes, proposed_by=found.proposed_by, decided_by=by)
        found.decided_by, found.decided_at = by, at
        found.save(update_fields=["decided_by", "decided_at"])
        journal(
            actor=by, action="cmg.verdict.approved", subject=f"cmg:employer:{found.employer_no}",
            detail={"verdict": found.pk}, at=at,
        )  # fmt: skip
    return found


def withdraw(*, verdict_pk: int, reason: str, by: str, at: datetime) -> PersonVerdict:
    """Somebody goes back on a decision: from the next closing it counts no more."""
    with transaction.atomic():
        found = PersonVerdict.objects.select_for_update(of=("self",)).get(pk=verdict_pk)
        if found.withdrawn_at is not None:
            raise RemedyRefused("Cette décision est déjà retirée.")
        found.withdrawn_at = at
        found.save(update_fields=["withdrawn_at"])
        journal(
            actor=by, action="cmg.verdict.withdrawn", subject=f"cmg:employer:{found.employer_no}",
            detail={"verdict": found.pk, "reason": reason[:300]}, at=at,
        )  # fmt: skip
    return found
