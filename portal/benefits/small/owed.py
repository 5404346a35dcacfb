"""What acts on sums paid in excess share: the row locked, the decision kept once with its row of the journal, the books."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from portal.audit.operations import journal
from portal.benefits.holding import hold_standings
from portal.benefits.models import BenefitOverpayment, OverpaymentAct, OverpaymentActKind, OverpaymentState
from portal.benefits.persons.selectors import subject_of
from portal.ledger.models import Account
from portal.ledger.operations import post


class DebtRefused(Exception):
    """Why this cannot be done with a sum paid in excess, in French; nothing was changed."""


@dataclass(frozen=True)
class Told:
    """Who acts, when, in whose words, with the key of the form; `told_on` is the day of what happened."""

    words: str
    told_on: date
    form_key: UUID
    by: str
    on: date


def locked(overpayment_pk: int) -> BenefitOverpayment:
    """The debt, for whoever changes it: after the turn of all that moves what families owe."""
    hold_standings()
    return BenefitOverpayment.objects.select_for_update(of=("self",)).get(pk=overpayment_pk)


def subject_of_debt(debt: BenefitOverpayment) -> str:
    return subject_of(debt.fund, debt.beneficiary_no)


def first_of(form_key: UUID) -> OverpaymentAct | None:
    """What this form already did: asked once the debt is locked."""
    return OverpaymentAct.objects.filter(form_key=form_key).first()


def check_day(told: Told, *, since: date | None = None) -> None:
    """Raises DebtRefused for a day that has not come, or before the one it answers."""
    if told.told_on > told.on:
        raise DebtRefused("Cette date n’est pas encore venue.")
    if since is not None and told.told_on < since:
        raise DebtRefused(f"Cette date est avant le {since:%d/%m/%Y} : vérifiez-la.")


def decide(
    debt: BenefitOverpayment, kind: OverpaymentActKind, told: Told, *, to: OverpaymentState | None = None, cents: int = 0,
    four_eyes: bool = False, proposed_by: str = "", **changes: object,
) -> OverpaymentAct:  # fmt: skip
    """Keep a decision on a locked debt, bring it to the state `to` when there is one, and journal both. Raises DebtRefused."""
    before = OverpaymentState(debt.state)
    if to is not None and to not in debt.MOVES[before]:
        raise DebtRefused(f"Cette somme est « {before.label} » : elle ne peut pas devenir « {to.label} ».")
    act = OverpaymentAct.objects.create(
        overpayment=debt, kind=kind, amount_cents=cents, words=told.words[:300], told_on=told.told_on, four_eyes=four_eyes,
        proposed_by=proposed_by, form_key=told.form_key, done_by=told.by, done_on=told.on,
    )  # fmt: skip
    for name, value in ({"state": to or before} | changes).items():
        setattr(debt, name, value)
    debt.save(update_fields=["state", *changes])
    detail = {"overpayment": debt.pk, "act": act.pk, "cents": cents, "from": before.value, "to": str(debt.state)}
    journal(actor=told.by, action=f"benefits.overpayment.{kind.lower()}", subject=subject_of_debt(debt), detail=detail)
    return act


def give_up(debt: BenefitOverpayment, act: OverpaymentAct, label: str) -> None:
    """The cents of `act` are no longer asked for."""
    post(
        key=f"benefits:overpayment:{debt.pk}:given-up-{act.pk}", subject=subject_of_debt(debt), dated=act.done_on, label=label,
        legs={Account.WRITTEN_OFF: act.amount_cents, Account.BENEFIT_OVERPAYMENT: -act.amount_cents},
    )  # fmt: skip
