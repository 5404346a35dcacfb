"""A sum paid in excess is remitted, whole or in part (CSS L. 553-2): by one person, and by a second one from a threshold on."""

from datetime import date

from django.db import transaction

from portal.benefits.models import BenefitOverpayment, OverpaymentAct, OverpaymentActKind, OverpaymentState
from portal.benefits.rules.figures import benefit_parameters
from portal.benefits.small.debt_letters import tell_remission_refused, tell_remitted
from portal.benefits.small.owed import DebtRefused, Told, check_day, decide, first_of, give_up, locked

ANSWERS = (OverpaymentActKind.PROPOSED, OverpaymentActKind.REFUSED, OverpaymentActKind.REMITTED)
OPEN = (OverpaymentState.TO_RECOVER, OverpaymentState.CONTESTED)
LABEL = "Versé en trop : remise accordée"


def four_eyes_from(on: date) -> int:
    """The cents from which a remission is decided by two people. Raises NoParameterInForce."""
    return int(benefit_parameters().value("overpayments.four_eyes_threshold", on) * 100)


def needs_two(debt: BenefitOverpayment, cents: int, on: date) -> bool:
    """What was remitted before counts: a remission in two parts is still one."""
    return debt.remitted_cents + cents >= four_eyes_from(on)


def proposal_of(debt: BenefitOverpayment) -> OverpaymentAct | None:
    """The remission that waits for a second person."""
    last = debt.acts.filter(kind__in=ANSWERS).order_by("pk").last()
    return last if last is not None and last.kind == OverpaymentActKind.PROPOSED and debt.state in OPEN else None


def remit(*, overpayment_pk: int, cents: int, told: Told) -> tuple[OverpaymentAct, bool]:
    """Remit `cents`; from the threshold on, the first person proposes them and another one decides the same amount. Which of both
    was done is the kind of the act. A second sending gives the first and True. Raises DebtRefused, NoParameterInForce."""
    with transaction.atomic():
        debt = locked(overpayment_pk)
        if (first := first_of(told.form_key)) is not None:
            return first, True
        check_remission(debt, cents, told)
        proposed = proposal_of(debt)
        if needs_two(debt, cents, told.on) and proposed is None:
            return decide(debt, OverpaymentActKind.PROPOSED, told, cents=cents, proposed_by=told.by), False
        return _remit(debt, cents, proposed.done_by if proposed else "", told), False


def check_remission(debt: BenefitOverpayment, cents: int, told: Told) -> None:
    """Raises DebtRefused."""
    check_day(told)
    if debt.state not in OPEN:
        raise DebtRefused(f"Cette somme est « {debt.get_state_display()} » : il n’y a rien à remettre.")
    if not 0 < cents <= debt.left_cents:
        raise DebtRefused("Écrivez ce qui est remis : plus que rien, et au plus ce qui reste à rendre.")
    proposed = proposal_of(debt)
    if proposed is None:
        return
    if proposed.done_by == told.by:
        raise DebtRefused("Vous l’avez proposé : à partir de ce montant, une autre personne décide.")
    if proposed.amount_cents != cents:
        raise DebtRefused("Le montant n’est pas celui qui est proposé : accordez-le, ou refusez-le.")


def _remit(debt: BenefitOverpayment, cents: int, proposed_by: str, told: Told) -> OverpaymentAct:
    act = decide(
        debt, OverpaymentActKind.REMITTED, told, to=OverpaymentState.REMITTED if cents == debt.left_cents else None,
        cents=cents, four_eyes=needs_two(debt, cents, told.on), proposed_by=proposed_by,
        remitted_cents=debt.remitted_cents + cents,
    )  # fmt: skip
    give_up(debt, act, LABEL)
    tell_remitted(debt, act)
    return act


def refuse_remission(*, overpayment_pk: int, told: Told) -> tuple[OverpaymentAct, bool]:
    """The family asked, and nothing is remitted: it is told why, and how to contest. A second sending gives the first and True.
    Raises DebtRefused."""
    with transaction.atomic():
        debt = locked(overpayment_pk)
        if (first := first_of(told.form_key)) is not None:
            return first, True
        check_day(told)
        if debt.state not in OPEN:
            raise DebtRefused(f"Cette somme est « {debt.get_state_display()} » : il n’y a rien à remettre.")
        act = decide(debt, OverpaymentActKind.REFUSED, told)
        tell_remission_refused(debt, act)
    return act, False
