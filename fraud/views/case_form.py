"""What an act on a case is, as a form: who may, when it is offered, what it asks, what it runs, the letter that it sends."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from fraud.cases.acting import Act
from fraud.cases.letters import code_of, common_facts
from fraud.cases.notifying import Draft
from fraud.cases.selectors import live_penalty
from fraud.models import CaseState, ControlCase, PaperKind, Penalty, PenaltyState, SuspensionProposal
from fraud.views.case_common import Field
from portal.accounts.rights import Right

S, P = CaseState, PenaltyState
Values = Mapping[str, Any]
Letter = tuple[PaperKind, dict[str, Any]]
ONE = timedelta(days=1)
TREAT, DIRECT = Right.TREAT_CONTROL, Right.DIRECT_CONTROL
REASON = Field("reason", "Pourquoi", "long", "Ce que vous écrivez est gardé au dossier.")
HEARD = frozenset({S.FINDINGS_SENT, S.ADVERSARIAL, S.DECISION, S.OVERPAYMENT, S.PENALTY_PROCEDURE, S.COMPLAINT})
LIVE = frozenset(state for state in S if state != S.CLOSED)


@dataclass(frozen=True)
class CaseForm:
    """One act: its words, who may, in which states of the case (and of its penalty) it is offered, its fields, what it runs.

    `answers`: what somebody proposed and this act signs, decides or declines; who proposed it is not offered the act.
    `letter` gives what is about to leave, shown before it does; `drafts` does when there may be several letters, or another
    service's.
    """

    slug: str
    title: str
    effect: str
    run: Callable[[ControlCase, Values, Act], object]
    states: frozenset[CaseState]
    fields: Callable[[ControlCase, date], list[Field]] = lambda case, day: []
    letter: Callable[[ControlCase, Values, date], Letter] | None = None
    right: Right = TREAT
    penalty: frozenset[PenaltyState] = frozenset()
    only: Callable[[ControlCase], bool] = lambda case: True
    drafts: Callable[[ControlCase, date], list[Draft]] | None = None
    answers: Callable[[ControlCase], Penalty | SuspensionProposal | None] = lambda case: None

    @property
    def is_letter(self) -> bool:
        return self.letter is not None or self.drafts is not None

    def letters(self, case: ControlCase, values: Values, day: date) -> list[Draft]:
        """The letters as they would leave. Raises ActRefused."""
        if self.drafts is not None:
            return self.drafts(case, day)
        assert self.letter is not None
        kind, facts = self.letter(case, values, day)
        return [(code_of(kind), common_facts(case) | facts)]

    def is_offered(self, case: ControlCase, penalty: Penalty | None) -> bool:
        if case.state not in self.states or not self.only(case):
            return False
        return not self.penalty or (penalty is not None and penalty.state in self.penalty)

    def is_ones_own(self, case: ControlCase, penalty: Penalty | None, user_pk: int) -> bool:
        """Whether it would sign what that very person proposed."""
        proposed = penalty if self.penalty and self.right == DIRECT else self.answers(case)
        return proposed is not None and proposed.proposed_by_id == user_pk


def asked(*fields: Field) -> Callable[[ControlCase, date], list[Field]]:
    return lambda case, day: list(fields)


def penalty_of(case: ControlCase) -> Penalty:
    found = live_penalty(case)
    if found is None:
        raise Penalty.DoesNotExist
    return found
