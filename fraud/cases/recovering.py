"""A final penalty that is not paid: formal notice, then the surcharge, then the contrainte, each signed and each after its delay.

Nothing is asked while an appeal is possible, and nothing is added before the person received the formal notice and had their
month. No money moves here: what is paid is noted from the accounts.
"""

from datetime import date

from django.db.models import Sum

from fraud.cases.acting import Act, refuse
from fraud.cases.letters import send_paper
from fraud.cases.penalty_moves import at_penalty
from fraud.cases.receiving import APPEALED
from fraud.models import (
    DemandKind,
    PaperDelivery,
    PaperKind,
    Penalty,
    PenaltyDemand,
    PenaltyPayment,
    PenaltyState,
)
from fraud.rules.figures import control_parameters
from fraud.rules.recovery import surcharge_cents
from portal.accounts.rights import Right
from portal.legislation.words import day_in_words


def due_of(penalty: Penalty) -> int:
    """What is left of the penalty itself, in cents."""
    paid = penalty.payments.aggregate(cents=Sum("cents"))["cents"] or 0
    return max(0, (penalty.decided_cents or 0) - paid)


def surcharge_of(penalty: Penalty) -> int:
    found = penalty.demands.filter(kind=DemandKind.SURCHARGE).first()
    return found.surcharge_cents if found is not None else 0


def left_of(penalty: Penalty) -> int:
    """What is left to pay, surcharge included."""
    paid = penalty.payments.aggregate(cents=Sum("cents"))["cents"] or 0
    return max(0, (penalty.decided_cents or 0) + surcharge_of(penalty) - paid)


def note_payment(*, penalty_pk: int, received_on: date, cents: int, reference: str, act: Act) -> PenaltyPayment:
    """Money came for the penalty, as the accounts say."""
    if cents <= 0 or not reference.strip() or received_on > act.on:
        raise refuse("control.payment_incomplete", "Un paiement a un montant, un jour passé et une référence.")
    treat = Right.TREAT_CONTROL
    with at_penalty(penalty_pk=penalty_pk, act=act, action="control.penalty_paid", right=treat) as (work, penalty):
        if cents > left_of(penalty):
            raise refuse(
                "control.payment_too_much",
                "C’est plus que ce qui reste dû : le surplus se rend, il ne se note pas ici.",
            )
        return PenaltyPayment.objects.create(
            penalty=penalty,
            received_on=received_on,
            cents=cents,
            reference=reference.strip()[:80],
            by=work.by,
            at=act.at,
        )


def send_demand(*, penalty_pk: int, act: Act) -> PenaltyDemand:
    """The formal notice to pay: only a final penalty, only what is left of it."""
    with at_penalty(penalty_pk=penalty_pk, act=act, action="control.penalty_demanded") as (work, penalty):
        due = _due(penalty)
        _check_appeal_over(penalty, act.on)
        paper = send_paper(work, PaperKind.PENALTY_DEMAND, demand_facts(penalty, due))
        return PenaltyDemand.objects.create(
            penalty=penalty, kind=DemandKind.FORMAL_NOTICE, dated=act.on, due_cents=due, paper=paper, signed_by=work.person,
            at=act.at,
        )  # fmt: skip


def add_surcharge(*, penalty_pk: int, act: Act) -> PenaltyDemand:
    """One tenth of what is left, once the month of the formal notice is over."""
    with at_penalty(penalty_pk=penalty_pk, act=act, action="control.penalty_surcharged") as (work, penalty):
        due = _due(penalty)
        _check_month(penalty, act.on)
        return PenaltyDemand.objects.create(
            penalty=penalty, kind=DemandKind.SURCHARGE, dated=act.on, due_cents=due, signed_by=work.person, at=act.at,
            surcharge_cents=surcharge_cents(due, act.on, control_parameters()),
        )  # fmt: skip


def issue_contrainte(*, penalty_pk: int, act: Act) -> PenaltyDemand:
    """The contrainte: the person may object before the court within fifteen days of receiving it."""
    with at_penalty(penalty_pk=penalty_pk, act=act, action="control.penalty_contrainte") as (work, penalty):
        due = _due(penalty)
        _check_month(penalty, act.on)
        extra = min(surcharge_of(penalty), left_of(penalty))
        paper = send_paper(work, PaperKind.CONTRAINTE, contrainte_facts(penalty, due, extra))
        return PenaltyDemand.objects.create(
            penalty=penalty, kind=DemandKind.CONTRAINTE, dated=act.on, due_cents=due, surcharge_cents=extra, paper=paper,
            signed_by=work.person, at=act.at,
        )  # fmt: skip


def demand_facts(penalty: Penalty, due: int) -> dict[str, object]:
    return {"decided_on": _day(penalty.decided_on), "amount_cents": penalty.decided_cents, "due_cents": due}


def contrainte_facts(penalty: Penalty, due: int, surcharge: int) -> dict[str, object]:
    return demand_facts(penalty, due) | {"surcharge_cents": surcharge, "total_cents": due + surcharge}


def _due(penalty: Penalty) -> int:
    if penalty.state != PenaltyState.FINAL or penalty.decided_cents is None:
        raise refuse("control.penalty_not_final", "La pénalité n’est pas définitive : rien n’est mis en demeure avant.")
    due = due_of(penalty)
    if due == 0:
        raise refuse("control.penalty_paid", "La pénalité est payée : il ne reste rien à demander.")
    return due


def _check_appeal_over(penalty: Penalty, on: date) -> None:
    """The decision reached the person, and their two months from that day are over: final on paper is not enough."""
    told = penalty.case.papers.filter(kind__in=APPEALED).order_by("-pk").first()
    received = PaperDelivery.objects.filter(paper=told).first()
    if received is None or received.until is None:
        raise refuse(
            "control.decision_not_received",
            "Notez d’abord quand la personne a reçu la décision : son recours court de ce jour.",
        )
    if on <= received.until:
        words = f"Le recours est ouvert jusqu’au {day_in_words(received.until)} : pas de mise en demeure avant."
        raise refuse("control.appeal_open", words)


def _check_month(penalty: Penalty, on: date) -> None:
    received = PaperDelivery.objects.filter(
        paper__demand__penalty=penalty, paper__demand__kind=DemandKind.FORMAL_NOTICE
    ).first()
    if received is None or received.until is None:
        raise refuse(
            "control.demand_not_received", "Notez d’abord quand la mise en demeure a été reçue : le mois court depuis."
        )
    if on <= received.until:
        words = f"La personne peut payer sans majoration jusqu’au {day_in_words(received.until)}."
        raise refuse("control.demand_month", words)


def _day(day: date | None) -> str:
    return day.isoformat() if day is not None else ""
