"""One step of a penalty: checked against its table, written, the case following."""

from collections.abc import Iterator
from contextlib import contextmanager

from fraud.cases.acting import Act, AtWork, at_work, refuse
from fraud.models import (
    PENALTY_FALLEN,
    PENALTY_MOVES,
    CaseOutcome,
    ControlCase,
    Penalty,
    PenaltyMove,
    PenaltyState,
)
from fraud.rncps.confirming import LeadNotConfirmed, refuse_unconfirmed
from portal.accounts.rights import Right

# What tells or makes the person pay: a look-up made since the case was decided stops it too.
ADVERSE = frozenset({PenaltyState.NOTIFIED, PenaltyState.DECIDED, PenaltyState.WARNED, PenaltyState.UPHELD})


@contextmanager
def at_penalty(
    *, penalty_pk: int, act: Act, action: str, right: Right = Right.DIRECT_CONTROL
) -> Iterator[tuple[AtWork, Penalty]]:
    """A penalty and its case, locked, in the hands of somebody who may sign: never who proposed it. Raises what `at_work` does."""
    seen = Penalty.objects.get(pk=penalty_pk)
    if right == Right.DIRECT_CONTROL and act.by_pk is not None and act.by_pk == seen.proposed_by_id:
        raise refuse("control.signed_by_proposer", "Vous l’avez proposée : une autre personne la signe.")
    with at_work(case_pk=seen.case_id, act=act, action=action, right=right, detail={"penalty": penalty_pk}) as work:
        yield work, Penalty.objects.select_for_update(of=("self",)).get(pk=penalty_pk)


def move_penalty(penalty: Penalty, to: PenaltyState, work: AtWork, reason: str, **changes: object) -> None:
    """Take one step, with its row; a case whose penalty fell has the outcome that is left."""
    if to not in PENALTY_MOVES[PenaltyState(penalty.state)]:
        words = f"La pénalité est « {penalty.get_state_display()} » : elle ne peut pas devenir « {to.label} »."
        raise refuse("control.move_not_allowed", words)
    if to in ADVERSE:
        _refuse_lead(penalty.case_id)
    PenaltyMove.objects.create(
        penalty=penalty, from_state=penalty.state, to_state=to, at=work.act.at, dated=work.act.on, by=work.by,
        reason=reason[:500],
    )  # fmt: skip
    for name, value in changes.items():
        setattr(penalty, name, value)
    penalty.state = to
    penalty.save(update_fields=["state", *changes])
    if to in PENALTY_FALLEN and work.case.outcome != CaseOutcome.COMPLAINT:
        work.change(outcome=outcome_without_penalty(work.case))


def _refuse_lead(case_pk: int) -> None:
    try:
        refuse_unconfirmed(case_pk=case_pk)
    except LeadNotConfirmed as waiting:
        raise refuse("control.lead_unconfirmed", str(waiting)) from waiting


def outcome_without_penalty(case: ControlCase) -> CaseOutcome:
    """What is left of a decision when its penalty fell."""
    return CaseOutcome.OVERPAYMENT if case.owed_by_cents else CaseOutcome.NO_ACTION
