"""A sum paid in excess is noted: under the threshold it is given up and counted, with others of its cause it is to recover.

To recover is not to withhold: nothing is taken before the family agreed to it (`agreeing`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from portal.audit.operations import journal
from portal.benefits.holding import hold_standings
from portal.benefits.models import Benefit, BenefitOverpayment, OverpaymentCause, OverpaymentState
from portal.benefits.persons.selectors import subject_of
from portal.benefits.rules.figures import benefit_parameters
from portal.benefits.rules.small_payments import months_back, small_overpayment_of
from portal.benefits.small.letters import tell_to_recover
from portal.ledger.models import Account, Entry
from portal.ledger.operations import post
from portal.organisations.directory import territory_of

# At whose charge each benefit was, which the sum paid in excess lightens.
CHARGES = {Benefit.ARS: Account.BACK_TO_SCHOOL_ALLOWANCE, Benefit.AEEH: Account.DISABLED_CHILD_ALLOWANCE}
TAKEN_UP = "taken-up"
# Who notes what a run finds, and pays it.
BY_RUNS = "portail"
OWED, GIVEN_UP = Account.BENEFIT_OVERPAYMENT, Account.WRITTEN_OFF
# Decided to the end: they stay what they are while something of the decision stays.
GIVEN_BACK = (OverpaymentState.REMITTED, OverpaymentState.CANCELLED)


class PaidBy(StrEnum):
    """What shows that a sum noted in excess is owed by nobody: `value` is how the journal calls it."""

    CAME_BACK = "came_back"
    DUE_AGAIN = "due_again"


LABELS = {
    PaidBy.CAME_BACK: "Versement revenu : ce qui avait été noté en trop n’a pas été reçu",
    PaidBy.DUE_AGAIN: "Mois corrigé de nouveau : ce qui avait été noté en trop est dû",
}


class OverpaymentRefused(Exception):
    """Why this cannot be noted, in French: nothing is then claimed from anybody."""


@dataclass(frozen=True)
class Overpaid:
    """What was paid in excess to whom: a month, a cause, cents."""

    fund: str
    beneficiary_no: str
    benefit: str
    cause: str
    amount_cents: int
    month: date

    @property
    def subject(self) -> str:
        return subject_of(self.fund, self.beneficiary_no)


def note(
    *, what: Overpaid, reason: str, form_key: UUID, by: str, on: date, run_pk: int | None = None
) -> tuple[BenefitOverpayment, bool]:  # fmt: skip
    """Note a sum, given up or to recover, with its entries; a second sending gives the first and True. `run_pk` is the run that
    found it, none when a person notes it.

    Reaching the threshold with others of the same cause, it takes up those given up within the two years of L. 553-1; the
    family is then told, and nothing is withheld without its agreement. Raises OverpaymentRefused.
    """
    with transaction.atomic():
        # Two sums of one family, tested side by side, would each miss the threshold that they reach together.
        hold_standings()
        first = BenefitOverpayment.objects.filter(form_key=form_key).first()
        if first is not None:
            return first, True
        _check(what, on)
        earlier = list(earlier_of(what, on).select_for_update(of=("self",)))
        noted = _keep(what, earlier, reason, form_key, by, on, run_pk)
    return noted, False


def _check(what: Overpaid, on: date) -> None:
    if what.benefit not in Benefit.values or what.cause not in OverpaymentCause.values:
        raise OverpaymentRefused("Choisissez la prestation et la cause.")
    if what.amount_cents <= 0:
        raise OverpaymentRefused("Écrivez le montant versé en trop, par exemple 22,00.")
    if what.month > on.replace(day=1):
        raise OverpaymentRefused("Ce mois n’est pas encore venu.")
    if what.month < oldest_claimed(on):
        raise OverpaymentRefused("Ce versement a plus de deux ans : il ne se réclame plus (CSS L. 553-1).")


def oldest_claimed(on: date) -> date:
    return months_back(on, int(benefit_parameters().value("overpayments.limitation_months", on)))


def earlier_of(what: Overpaid, on: date) -> QuerySet[BenefitOverpayment]:
    """What was given up before for the same cause and may still be claimed. A cause that nobody said is not the same as any
    other."""
    if what.cause == OverpaymentCause.CORRECTED:
        return BenefitOverpayment.objects.none()
    rows = BenefitOverpayment.objects.filter(
        fund=what.fund, beneficiary_no=what.beneficiary_no, benefit=what.benefit, cause=what.cause,
        state=OverpaymentState.WRITTEN_OFF, month__gte=oldest_claimed(on),
    )  # fmt: skip
    return rows.order_by("pk")


def is_recovered(what: Overpaid, earlier: Iterable[BenefitOverpayment], on: date) -> bool:
    """Whether a sum reaches the threshold of the day, with `earlier`. Raises NoParameterInForce."""
    row = small_overpayment_of(
        what.amount_cents, day=on, benefit=what.benefit, territory=territory_of(what.fund),
        earlier_cents=sum(one.left_cents for one in earlier),
    )  # fmt: skip
    return bool(row["decision"] == "RECOVER")


def _keep(
    what: Overpaid, earlier: list[BenefitOverpayment], reason: str, form_key: UUID, by: str, on: date, run_pk: int | None
) -> BenefitOverpayment:  # fmt: skip
    recovers = is_recovered(what, earlier, on)
    noted = BenefitOverpayment.objects.create(
        fund=what.fund, beneficiary_no=what.beneficiary_no, benefit=what.benefit, cause=what.cause,
        amount_cents=what.amount_cents, month=what.month, reason=reason[:300], form_key=form_key, noted_by=by, noted_on=on,
        state=OverpaymentState.TO_RECOVER if recovers else OverpaymentState.WRITTEN_OFF,
        deductible_from=deductible_from(on) if recovers else None, run_id=run_pk,
    )  # fmt: skip
    _book(noted, "noted", on, {OWED: noted.amount_cents, CHARGES[Benefit(what.benefit)]: -noted.amount_cents})
    if recovers:
        take_up([*earlier, noted], by=by, on=on)
    else:
        _book(noted, "written-off", on, {GIVEN_UP: noted.amount_cents, OWED: -noted.amount_cents})
    detail = {"overpayment": noted.pk, "state": noted.state, "with": [one.pk for one in earlier] if recovers else []}
    journal(actor=by, action="benefits.overpayment.noted", subject=what.subject, detail=detail)
    return noted


def note_unclaimed(
    *, what: Overpaid, why: str, form_key: UUID, by: str, on: date, run_pk: int | None, rests_on: int | None = None
) -> BenefitOverpayment:  # fmt: skip
    """Keep what cannot be claimed, for `why`: it stays at the fund's charge, and its money may still come back. `rests_on` is the
    debt that a decision had given up."""
    with transaction.atomic():
        noted, created = BenefitOverpayment.objects.get_or_create(
            form_key=form_key,
            defaults={"fund": what.fund, "beneficiary_no": what.beneficiary_no, "benefit": what.benefit, "cause": what.cause,
                      "amount_cents": what.amount_cents, "month": what.month, "reason": why[:300], "noted_by": by,
                      "noted_on": on, "state": OverpaymentState.UNCLAIMED, "run_id": run_pk, "rests_on_id": rests_on},
        )  # fmt: skip
        if created:
            detail = {"overpayment": noted.pk, "cents": what.amount_cents, "why": why}
            journal(actor=by, action="benefits.overpayment.not_claimed", subject=what.subject, detail=detail)
    return noted


def pay_back(
    *, debt: BenefitOverpayment, key: str, legs: dict[Account, int], why: PaidBy, by: str, on: date, run_pk: int | None = None
) -> None:  # fmt: skip
    """What a debt rested on came back, or is due after all: `legs` say where that money stood, and their sum lightens the debt,
    in whatever state it is; then what was remitted or cancelled of it, which is then no gift either. `debt` is locked by the
    caller. Called once a key."""
    cents = sum(legs.values())
    subject = subject_of(debt.fund, debt.beneficiary_no)
    undone = max(cents - debt.left_cents, 0)
    sides = _lightened(debt, cents, undone, legs)
    post(key=key, subject=subject, dated=on, label=LABELS[why], legs=sides, run_pk=run_pk)
    before = debt.state
    debt.recovered_cents, debt.remitted_cents = debt.recovered_cents + cents, debt.remitted_cents - undone
    if not debt.left_cents and not (before in GIVEN_BACK and debt.remitted_cents):
        debt.state = OverpaymentState.RECOVERED
    if why == PaidBy.DUE_AGAIN:
        debt.given_again_cents += undone if debt.rests_on_id is None else cents
    debt.save(update_fields=["recovered_cents", "remitted_cents", "given_again_cents", "state"])
    detail = {"overpayment": debt.pk, "cents": cents, "from": before, "to": debt.state}
    journal(actor=by, action=f"benefits.overpayment.{why}", subject=subject, detail=detail)


def payments_of(debt: BenefitOverpayment) -> QuerySet[Entry]:
    """What `pay_back` booked of a debt, the last first: its turnover is what it paid."""
    subject = subject_of(debt.fund, debt.beneficiary_no)
    return Entry.objects.filter(subject=subject, key__endswith=f":debt-{debt.pk}").order_by("-pk")


def _lightened(debt: BenefitOverpayment, cents: int, undone: int, legs: dict[Account, int]) -> dict[Account, int]:
    """`legs` with their other sides: where what is left of the debt stands, and what had been remitted."""
    owed = {OverpaymentState.WRITTEN_OFF: GIVEN_UP, OverpaymentState.UNCLAIMED: CHARGES[Benefit(debt.benefit)]}
    account = owed.get(OverpaymentState(debt.state), OWED)
    sides = {account: -(cents - undone)}
    sides[GIVEN_UP] = sides.get(GIVEN_UP, 0) - undone
    return {**legs, **sides}


def deductible_from(on: date) -> date:
    """The first day on which something may be withheld, if the family agrees: its time to contest is over."""
    months = int(benefit_parameters().value("overpayments.months_before_deduction", on))
    return months_back(on, -(months + 1))


def take_up(debts: list[BenefitOverpayment], *, by: str, on: date) -> None:
    """What reached the threshold together is to recover, and the family is told; those that were given up are so no longer."""
    for one in debts:
        if one.state == OverpaymentState.WRITTEN_OFF:
            one.state, one.deductible_from = OverpaymentState.TO_RECOVER, deductible_from(on)
            one.save(update_fields=["state", "deductible_from"])
            _book(one, TAKEN_UP, on, {OWED: one.left_cents, GIVEN_UP: -one.left_cents})
    tell_to_recover(debts, by=by, on=on)


def _book(one: BenefitOverpayment, what: str, on: date, legs: dict[Account, int]) -> None:
    label = {"noted": "Versé en trop", "written-off": "Versé en trop, sous le seuil : abandonné",
             TAKEN_UP: "Versé en trop, seuil atteint avec d’autres : repris"}[what]  # fmt: skip
    post(key=entry_key(one, what), subject=subject_of(one.fund, one.beneficiary_no), dated=on, label=label, legs=legs)


def entry_key(one: BenefitOverpayment, what: str) -> str:
    """The entry that booked one step of a sum."""
    return f"benefits:overpayment:{one.pk}:{what}"
