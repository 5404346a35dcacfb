"""Issued months put right after a repair: proposed as a list, approved, executed by runs of that family alone.

Each month is settled again by a run that names the family; issuing it moves the difference from what was issued, like
any run. A month whose whole run is still open needs nothing: the repair enters with it.
"""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from django.db import IntegrityError, transaction
from django.db.models import Case, When
from django.utils import timezone

from cmg import operations
from cmg.closing.ending import close_corrected
from cmg.closing.unchanged import Difference, changes_of, moves_something
from cmg.models import Regularisation, RegularisationState, RegularisedMonth, Settlement
from cmg.remedies.limits import RemedyRefused, needs_four_eyes
from cmg.remedies.payments import SUBJECT
from cmg.repairs.previewing import months_of, time_barred
from cmg.rules.figures import cmg_parameters
from cmg.rules.limitation import last_day_for_contributions
from portal.accounts.permissions import moment_on
from portal.audit.operations import journal
from portal.batches import operations as batches
from portal.batches.models import Run, RunState
from portal.casework.models import Dossier
from portal.casework.moves import move


def propose_regularisation(
    *, employer_no: str, reason: str, by: str, on: date, dossier: Dossier | None = None, claimed: Iterable[date] = ()
) -> Regularisation | None:
    """The issued months of the family that come out different now, each computed by its run; None when none does.

    The author's signature stands on each month. Months `claimed` in time by an earlier proposal stay so (L. 553-1).
    Raises RemedyRefused while another one is open.
    """
    try:
        with transaction.atomic():
            found = Regularisation.objects.create(
                employer_no=employer_no, reason=reason[:300], proposed_by=by, proposed_on=on, dossier=dossier
            )
            months = [_month(found, month, on) for month in issued_months(employer_no, on, claimed)]
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


def issued_months(employer_no: str, on: date, claimed: Iterable[date] = ()) -> list[date]:
    """Declared months already issued whose whole run is not open again, the earliest first."""
    months = {*months_of(employer_no, on), *claimed}
    whole = Run.objects.filter(kind=operations.KIND, month__in=months, dry_run=False, scope__isnull=True)
    issued = set(whole.filter(state__in=operations.ISSUED_STATES).values_list("month", flat=True))
    open_again = set(whole.filter(state__in=operations.OPEN_STATES).values_list("month", flat=True))
    return sorted(issued - open_again)


def why_left_out(employer_no: str, on: date) -> str:
    """What is said of the issued months that are too old to be put right; empty when there is none."""
    months = [month for month in time_barred(employer_no, on) if position(employer_no, month) != (0, 0)]
    if not months:
        return ""
    still = [month for month in months if on <= last_day_for_contributions(month, cmg_parameters())]
    named = (
        f"{len(months)} mois {'sont' if len(months) > 1 else 'est'} trop {'anciens' if len(months) > 1 else 'ancien'}"
    )
    until = f"{months[0]:%m/%Y} et avant" if len(months) > 1 else f"{months[0]:%m/%Y}"
    sentence = f"{named} ({until}) : l’aide se réclame pendant deux ans (article L. 553-1)."
    if still:
        last = last_day_for_contributions(still[-1], cmg_parameters())
        sentence += f" Les cotisations de {still[-1]:%m/%Y} se revoient jusqu’au {last:%d/%m/%Y} (article L. 244-3)."
    return sentence


def _month(regularisation: Regularisation, month: date, on: date) -> RegularisedMonth | None:
    before = position(regularisation.employer_no, month)
    with transaction.atomic():
        run = operations.settle_named(month=month, employers=[regularisation.employer_no], on=on)
        if run is None or not moves_something(run):
            transaction.set_rollback(True)
            return None
    after = position(regularisation.employer_no, month, run=run)
    return RegularisedMonth.objects.create(
        regularisation=regularisation, run=run, care_month=month, debited_cents=before[0], debit_due_cents=after[0],
        paid_cents=before[1], payout_due_cents=after[1],
    )  # fmt: skip


def position(employer_no: str, month: date, *, run: Run | None = None) -> tuple[int, int]:
    """(debited, paid) cents of a family and month: as last issued, or as they will be once `run` is issued.

    A hold after a settlement moves nothing: what was settled before it stands.
    """
    rows = Settlement.objects.filter(employer_no=employer_no, care_month=month, run__dry_run=False)
    issued = rows.filter(run__state__in=operations.ISSUED_STATES)
    counted = issued | rows.filter(run=run) if run is not None else issued
    held = Case(When(status="HELD", then=1), default=0)
    last = counted.order_by("declaration_no", held, "-run__ordinal", "-version").distinct("declaration_no")
    living = [row for row in last if row.status == "SETTLED"]
    return (
        sum(row.debit_cents for row in living),
        sum(row.payout_cents for row in living if not row.payout_blocked),
    )


def _fix(found: Regularisation, months: list[RegularisedMonth], by: str, on: date) -> None:
    """What moves, whether a second person is needed, and the author's signature on each month."""
    cents = _moved_cents(months)
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


def _moved_cents(months: Iterable[RegularisedMonth]) -> int:
    return sum(
        abs(one.debited_cents - one.debit_due_cents) + abs(one.payout_due_cents - one.paid_cents) for one in months
    )


def approve_regularisation(*, regularisation_pk: int, by: str, on: date) -> Regularisation:
    """The second person signs each month. Raises SignatureRefused for the author or the wrong role, and
    ProposalOutdated when a cent is no longer the one proposed."""
    with transaction.atomic():
        found = Regularisation.objects.select_for_update(of=("self",)).get(pk=regularisation_pk)
        _check_current(found)
        if found.state == RegularisationState.PROPOSED:
            for run_pk in found.months.order_by("care_month").values_list("run_id", flat=True):
                batches.sign_named(run_pk=run_pk, username=by, on=on)
        move(found, RegularisationState.APPROVED, by=by, reason="approuvée", decided_by=by)
    return found


def execute_regularisation(*, regularisation_pk: int, out: Path, by: str, on: date) -> Regularisation:
    """Issue each month: ledger, orders, bank files. Killed in the middle, a second call does what is left.

    Raises ProposalOutdated when a cent is no longer the one approved: nothing moves, and the list is renewed.
    """
    found = Regularisation.objects.get(pk=regularisation_pk)
    if found.state == RegularisationState.EXECUTED:
        return found
    if found.state != RegularisationState.APPROVED:
        raise RemedyRefused("Cette correction attend l’approbation d’une autre personne.")
    _check_current(found)
    for run_pk in found.months.order_by("care_month").values_list("run_id", flat=True):
        operations.issue_run(run_pk=run_pk, out=out, on=on, by=by)
    with transaction.atomic():
        found = Regularisation.objects.select_for_update(of=("self",)).get(pk=regularisation_pk)
        if found.state == RegularisationState.APPROVED:
            move(found, RegularisationState.EXECUTED, by=by, reason="exécutée", executed_on=on)
            close_corrected(families=[found.employer_no], on=on, at=moment_on(on))
    return found


def _open_runs(found: Regularisation) -> list[Run]:
    """The months of an open correction that have not left yet, the earliest first."""
    runs = Run.objects.filter(pk__in=found.months.values("run_id"), state__in=operations.OPEN_STATES)
    return list(runs.order_by("month"))


def _check_current(found: Regularisation) -> None:
    """All of its months or none: one that changed keeps the others from leaving alone."""
    for run in _open_runs(found):
        operations.check_named(run)


def changes_since(found: Regularisation) -> list[Difference]:
    """What differs now from what the open months of a correction say; empty when no cent does."""
    return [change for run in _open_runs(found) for change in changes_of(run)]


def settled_since(found: Regularisation) -> list[date]:
    """The months of an open correction that another run settled since."""
    return [run.month for run in _open_runs(found) if operations.issued_since(run)]


def renew_regularisation(*, regularisation_pk: int, by: str, on: date) -> Regularisation | None:
    """Give up a correction that is no longer true, and propose what is: the same reason, by the person who asks.

    None when nothing is left to put right. Raises MoveNotAllowed once executed or dropped, RemedyRefused.
    """
    with transaction.atomic():
        claimed = [run.month for run in _open_runs(Regularisation.objects.get(pk=regularisation_pk))]
        former = drop_regularisation(
            regularisation_pk=regularisation_pk, reason="remplacée : ce qui est connu a changé", by=by
        )
        return propose_regularisation(
            employer_no=former.employer_no, reason=former.reason, by=by, on=on, dossier=former.dossier, claimed=claimed
        )


def drop_regularisation(*, regularisation_pk: int, reason: str, by: str) -> Regularisation:
    """Nothing more of it moves: its runs are replaced by nothing. Raises MoveNotAllowed once executed.

    When a month has left already (an execution killed in the middle), the correction is that month, executed.
    """
    with transaction.atomic():
        found = Regularisation.objects.select_for_update(of=("self",)).get(pk=regularisation_pk)
        # Whoever issues a month holds its run: nothing of it has left, or its move is seen here.
        named = Run.objects.select_for_update(of=("self",)).filter(pk__in=found.months.values("run_id"))
        runs = list(named.order_by("pk"))
        left = [run for run in runs if run.state in operations.ISSUED_STATES]
        if left:
            _end_with(found, left, by=by, reason=reason)
        else:
            move(found, RegularisationState.DROPPED, by=by, reason=reason)
        for run in runs:
            if run.state in operations.OPEN_STATES:
                batches.void_signatures(run_pk=run.pk, reason=reason)
                batches.move_run(run_pk=run.pk, to=RunState.SUPERSEDED, by=by, reason=reason)
    return found


def _end_with(found: Regularisation, left: list[Run], *, by: str, reason: str) -> None:
    """The correction holds the months that have left, and no other."""
    found.months.exclude(run__in=left).delete()
    days = [timezone.localdate(run.issued_at) for run in left if run.issued_at is not None]
    move(
        found, RegularisationState.EXECUTED, by=by, reason=f"le reste est abandonné : {reason}", executed_on=max(days),
        moved_cents=_moved_cents(found.months.all()),
    )  # fmt: skip
