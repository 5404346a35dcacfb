"""Issued months put right after a repair: proposed as a list, approved, executed by runs of that family alone.

Each month is settled again by a run that names the family; issuing it moves the difference from what was issued, like
any run. A month whose whole run is still open needs nothing: the repair enters with it.
"""

from datetime import date
from pathlib import Path

from django.db import IntegrityError, transaction

from cmg import operations
from cmg.closing.ending import close_corrected
from cmg.models import Regularisation, RegularisationState, RegularisedMonth, Settlement
from cmg.remedies.limits import RemedyRefused, needs_four_eyes
from cmg.remedies.payments import SUBJECT
from cmg.repairs.previewing import months_of
from portal.accounts.permissions import moment_on
from portal.audit.operations import journal
from portal.batches import operations as batches
from portal.batches.models import Run, RunState
from portal.casework.models import Dossier
from portal.casework.moves import move


def propose_regularisation(
    *, employer_no: str, reason: str, by: str, on: date, dossier: Dossier | None = None
) -> Regularisation | None:
    """The issued months of the family that come out different now, each computed by its run; None when none does.

    The author's signature stands on each month. Raises RemedyRefused while another one is open.
    """
    try:
        with transaction.atomic():
            found = Regularisation.objects.create(
                employer_no=employer_no, reason=reason[:300], proposed_by=by, proposed_on=on, dossier=dossier
            )
            months = [_month(found, month, on) for month in issued_months(employer_no, on)]
            changed = [one for one in months if one is not None]
            if not changed:
                transaction.set_rollback(True)
                return None
            _fix(found, changed, by, on)
    except IntegrityError as refused:
        raise RemedyRefused(
            "Une correction est déjà proposée pour cette famille : approuvez-la ou écartez-la."
        ) from refused
    return found


def issued_months(employer_no: str, on: date) -> list[date]:
    """Declared months already issued whose whole run is not open again, the earliest first."""
    months = months_of(employer_no, on)
    whole = Run.objects.filter(kind=operations.KIND, month__in=months, dry_run=False, scope__isnull=True)
    issued = set(whole.filter(state__in=operations.ISSUED_STATES).values_list("month", flat=True))
    open_again = set(whole.filter(state__in=operations.OPEN_STATES).values_list("month", flat=True))
    return sorted(issued - open_again)


def _month(regularisation: Regularisation, month: date, on: date) -> RegularisedMonth | None:
    before = position(regularisation.employer_no, month)
    run = operations.settle_named(month=month, employers=[regularisation.employer_no], on=on)
    if run is None:
        return None
    after = position(regularisation.employer_no, month, run=run)
    return RegularisedMonth.objects.create(
        regularisation=regularisation, run=run, care_month=month, debited_cents=before[0], debit_due_cents=after[0],
        paid_cents=before[1], payout_due_cents=after[1],
    )  # fmt: skip


def position(employer_no: str, month: date, *, run: Run | None = None) -> tuple[int, int]:
    """(debited, paid) cents of a family and month: as last issued, or as they will be once `run` is issued."""
    rows = Settlement.objects.filter(employer_no=employer_no, care_month=month, run__dry_run=False)
    issued = rows.filter(run__state__in=operations.ISSUED_STATES)
    counted = issued | rows.filter(run=run) if run is not None else issued
    last = counted.order_by("declaration_no", "-run__ordinal", "-version").distinct("declaration_no")
    living = [row for row in last if row.status == "SETTLED"]
    return (
        sum(row.debit_cents for row in living),
        sum(row.payout_cents for row in living if not row.payout_blocked),
    )


def _fix(found: Regularisation, months: list[RegularisedMonth], by: str, on: date) -> None:
    """What moves, whether a second person is needed, and the author's signature on each month."""
    cents = sum(
        abs(one.debited_cents - one.debit_due_cents) + abs(one.payout_due_cents - one.paid_cents) for one in months
    )
    found.moved_cents, found.four_eyes = cents, needs_four_eyes(cents, on)
    found.fund = Settlement.objects.filter(run=months[0].run).values_list("fund", flat=True).first() or ""
    found.save(update_fields=["moved_cents", "four_eyes", "fund"])
    for one in months:
        Run.objects.filter(pk=one.run_id).update(four_eyes=found.four_eyes)
        batches.sign_named(run_pk=one.run_id, username=by, on=on)
    journal(
        actor=by, action="cmg.regularisation.proposed", subject=SUBJECT + found.employer_no,
        detail={"regularisation": found.pk, "cents": cents, "months": [str(one.care_month) for one in months]},
    )  # fmt: skip
    if not found.four_eyes:
        move(found, RegularisationState.APPROVED, by=by, reason="sous le seuil du double regard", decided_by=by)


def approve_regularisation(*, regularisation_pk: int, by: str, on: date) -> Regularisation:
    """The second person signs each month. Raises SignatureRefused for the author or the wrong role."""
    with transaction.atomic():
        found = Regularisation.objects.select_for_update(of=("self",)).get(pk=regularisation_pk)
        if found.state == RegularisationState.PROPOSED:
            for run_pk in found.months.order_by("care_month").values_list("run_id", flat=True):
                batches.sign_named(run_pk=run_pk, username=by, on=on)
        move(found, RegularisationState.APPROVED, by=by, reason="approuvée", decided_by=by)
    return found


def execute_regularisation(*, regularisation_pk: int, out: Path, by: str, on: date) -> Regularisation:
    """Issue each month: ledger, orders, bank files. Killed in the middle, a second call does what is left.

    Raises RunNotIssuable when what is known has changed since the proposal: it is then dropped and proposed again.
    """
    found = Regularisation.objects.get(pk=regularisation_pk)
    if found.state == RegularisationState.EXECUTED:
        return found
    if found.state != RegularisationState.APPROVED:
        raise RemedyRefused("Cette correction attend l’approbation d’une autre personne.")
    for run_pk in found.months.order_by("care_month").values_list("run_id", flat=True):
        operations.issue_run(run_pk=run_pk, out=out, on=on, by=by)
    with transaction.atomic():
        found = Regularisation.objects.select_for_update(of=("self",)).get(pk=regularisation_pk)
        if found.state == RegularisationState.APPROVED:
            move(found, RegularisationState.EXECUTED, by=by, reason="exécutée", executed_on=on)
            close_corrected(families=[found.employer_no], on=on, at=moment_on(on))
    return found


def drop_regularisation(*, regularisation_pk: int, reason: str, by: str) -> Regularisation:
    """Nothing of it moves: its runs are replaced by nothing. Raises MoveNotAllowed once executed."""
    with transaction.atomic():
        found = Regularisation.objects.select_for_update(of=("self",)).get(pk=regularisation_pk)
        move(found, RegularisationState.DROPPED, by=by, reason=reason)
        for run_pk in found.months.values_list("run_id", flat=True):
            run = Run.objects.get(pk=run_pk)
            if run.state in operations.OPEN_STATES:
                batches.void_signatures(run_pk=run_pk, reason=reason)
                batches.move_run(run_pk=run_pk, to=RunState.SUPERSEDED, by=by, reason=reason)
    return found
