"""A family agrees to give back what it was paid in excess on its next awards, so much each time; and takes its agreement back.

This is the only way in which anything is withheld (docs/decisions/0019 and 0059). The agreement counts for the sums that the
family knows on that day, never for a later one.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from portal.audit.operations import journal
from portal.benefits.holding import hold_standings
from portal.benefits.models import (
    Benefit,
    BenefitOverpayment,
    OverpaymentAct,
    OverpaymentActKind,
    OverpaymentState,
    RepaymentAgreement,
)
from portal.benefits.persons.selectors import subject_of
from portal.benefits.rules.figures import benefit_parameters
from portal.benefits.rules.small_payments import months_back
from portal.benefits.small.debt_letters import tell_agreed, tell_withdrawn
from portal.benefits.small.overpaying import TAKEN_UP, entry_key
from portal.benefits.small.owed import DebtRefused, Told, check_day
from portal.ledger.models import Entry

REPLACED, TERM_MONTH = "remplacé par un nouvel accord", 8


@dataclass(frozen=True)
class Schedule:
    """What an agreement would take: of which sums, from when, how many times, until when."""

    debts: list[BenefitOverpayment]
    left_cents: int
    each_cents: int
    first: date
    times: int
    last: date
    last_cents: int
    replaces: RepaymentAgreement | None


def least_agreed(on: date) -> int:
    """The least that is worth withholding each time, in cents. Raises NoParameterInForce."""
    return int(benefit_parameters().value("overpayments.agreed_least", on) * 100)


def schedule(*, fund: str, beneficiary_no: str, benefit: str, each_cents: int, on: date) -> Schedule:
    """Until when `each_cents` would be withheld, if every award is at least as much. Raises DebtRefused; nothing is written."""
    debts = list(_to_recover(fund, beneficiary_no, benefit))
    if not debts:
        raise DebtRefused("Aucune somme de cette prestation n’est à récupérer : il n’y a rien à convenir.")
    left = sum(one.left_cents for one in debts)
    if each_cents < min(least_agreed(on), left):
        raise DebtRefused(f"Au moins {least_agreed(on) // 100} € à chaque fois.")
    if each_cents > left:
        raise DebtRefused("C’est plus que ce qui reste à rendre.")
    taken = months_taken(debts, benefit, each_cents, on)
    return Schedule(
        debts, left, each_cents, taken[0][0], len(taken), *taken[-1], live_of(fund, beneficiary_no, benefit)
    )  # fmt: skip


def _to_recover(fund: str, beneficiary_no: str, benefit: str) -> QuerySet[BenefitOverpayment]:
    return BenefitOverpayment.objects.filter(
        fund=fund, beneficiary_no=beneficiary_no, benefit=benefit, state=OverpaymentState.TO_RECOVER
    ).order_by("pk")


def months_taken(debts: list[BenefitOverpayment], benefit: str, each_cents: int, on: date) -> list[tuple[date, int]]:
    """The months in which something is withheld, and how much: of the sums whose time to contest is then over."""
    yearly = benefit == Benefit.ARS
    month = date(on.year + (on.month > TERM_MONTH), TERM_MONTH, 1) if yearly else on.replace(day=1)
    taken: list[tuple[date, int]] = []
    left = sum(one.left_cents for one in debts)
    while left:
        open_cents = sum(one.left_cents for one in debts if one.deductible_from and one.deductible_from <= month)
        cents = min(each_cents, open_cents - sum(before for _month, before in taken))
        if cents > 0:
            taken.append((month, cents))
            left -= cents
        month = months_back(month, -12 if yearly else -1)
    return taken


def live_of(fund: str, beneficiary_no: str, benefit: str) -> RepaymentAgreement | None:
    return RepaymentAgreement.objects.filter(
        fund=fund, beneficiary_no=beneficiary_no, benefit=benefit, withdrawn_on__isnull=True
    ).first()


def agree(
    *, fund: str, beneficiary_no: str, benefit: str, each_cents: int, told: Told
) -> tuple[RepaymentAgreement, bool]:
    """Record what the family agreed to on `told.told_on`, in its words, for each of its sums of this benefit that is to recover
    today; a former agreement ends. A second sending gives the first and True. Raises DebtRefused, NoParameterInForce."""
    with transaction.atomic():
        hold_standings()
        first = RepaymentAgreement.objects.filter(form_key=told.form_key).first()
        if first is not None:
            return first, True
        check_day(told)
        list(_to_recover(fund, beneficiary_no, benefit).select_for_update(of=("self",)))
        planned = schedule(
            fund=fund, beneficiary_no=beneficiary_no, benefit=benefit, each_cents=each_cents, on=told.on
        )  # fmt: skip
        # Nobody agrees to give back what they do not know of.
        check_day(told, since=_known_since(planned.debts))
        if planned.replaces is not None:
            _end(planned.replaces, REPLACED, told.form_key, told)
        agreed = RepaymentAgreement.objects.create(
            fund=fund, beneficiary_no=beneficiary_no, benefit=benefit, each_cents=each_cents, words=told.words[:300],
            agreed_on=told.told_on, form_key=told.form_key, recorded_by=told.by, recorded_on=told.on,
        )  # fmt: skip
        BenefitOverpayment.objects.filter(pk__in=[one.pk for one in planned.debts]).update(agreement=agreed)
        detail = {
            "agreement": agreed.pk,
            "benefit": benefit,
            "each_cents": each_cents,
            "sums": [one.pk for one in planned.debts],
        }
        journal(
            actor=told.by, action="benefits.repayment.agreed", subject=subject_of(fund, beneficiary_no), detail=detail
        )
        tell_agreed(agreed, planned.left_cents, planned.first, planned.last, by=told.by, on=told.on)
    return agreed, False


def _known_since(debts: list[BenefitOverpayment]) -> date:
    """The day from which the family knows of every one of them: noted, taken up with others, or confirmed by the committee."""
    taken_up = Entry.objects.filter(key__in=[entry_key(one, TAKEN_UP) for one in debts])
    confirmed = OverpaymentAct.objects.filter(overpayment__in=debts, kind=OverpaymentActKind.CONFIRMED)
    later = [*taken_up.values_list("dated", flat=True), *confirmed.values_list("told_on", flat=True)]
    return max([*(one.noted_on for one in debts), *later])


def withdraw(*, agreement_pk: int, words: str, form_key: UUID, by: str, on: date) -> tuple[RepaymentAgreement, bool]:
    """The family takes its agreement back: from now on nothing is withheld, not even by a run that is computed and not issued
    yet. A second call gives the same and True. Raises RepaymentAgreement.DoesNotExist."""
    with transaction.atomic():
        hold_standings()
        agreed = RepaymentAgreement.objects.select_for_update(of=("self",)).get(pk=agreement_pk)
        if (first := RepaymentAgreement.objects.filter(withdrawn_key=form_key).first()) is not None:
            return first, True
        if not agreed.is_live:
            return agreed, True
        _end(agreed, words, form_key, Told(words, on, form_key, by, on))
        tell_withdrawn(agreed, by=by, on=on)
    return agreed, False


def _end(agreed: RepaymentAgreement, words: str, key: UUID, told: Told) -> None:
    agreed.withdrawn_words, agreed.withdrawn_key = words[:300], key
    agreed.withdrawn_by, agreed.withdrawn_on = told.by, told.on
    agreed.save(update_fields=["withdrawn_words", "withdrawn_key", "withdrawn_by", "withdrawn_on"])
    detail = {"agreement": agreed.pk}
    subject = subject_of(agreed.fund, agreed.beneficiary_no)
    journal(actor=told.by, action="benefits.repayment.withdrawn", subject=subject, detail=detail)
