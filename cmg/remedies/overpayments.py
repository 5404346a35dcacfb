"""Sums paid in excess (indus), CSS L. 553-2: notice, twenty days to answer, then instalments, withholding or remission.

Nothing is recovered below the threshold, before the notice, before the twenty days, or while the family contests.
"""

from datetime import date, timedelta

import polars as pl
from django.db import transaction

from cmg.models.remedies import Instalment, Overpayment, OverpaymentOrigin, OverpaymentState
from cmg.remedies import payments
from cmg.remedies.limits import RemedyRefused, check_decider, count_on, needs_four_eyes
from cmg.rules.figures import cmg_parameters
from cmg.rules.remedies import is_overpayment_recovered
from portal.batches.models import Run
from portal.casework.moves import move
from portal.ledger.models import Account as Ledger
from portal.ledger.operations import post

CLOSED_STATES = (
    OverpaymentState.SETTLED, OverpaymentState.ABANDONED, OverpaymentState.REMITTED, OverpaymentState.CANCELLED,
)  # fmt: skip


def open_overpayments(run: Run, delta: pl.DataFrame, *, on: date) -> int:
    """What the issue of `run` leaves as paid in excess, one row a declaration; and what it takes back of former ones.

    `delta`: declaration_no, employer_no, fund, version, due_payout_cents, old_settled_payout_cents and OVERPAYMENT, in
    cents. In the transaction that issues the run. Returns how many were opened.
    """
    excess = delta.filter(pl.col("OVERPAYMENT") > 0).to_dicts()
    for row in delta.filter(pl.col("OVERPAYMENT") < 0).to_dicts():
        _take_back(row["declaration_no"], -row["OVERPAYMENT"])
    Overpayment.objects.bulk_create(
        Overpayment(
            employer_no=row["employer_no"], fund=row["fund"] or "", care_month=run.month, run=run,
            declaration_no=row["declaration_no"], paid_cents=row["old_settled_payout_cents"],
            due_cents=row["due_payout_cents"], amount_cents=row["OVERPAYMENT"],
            origin=OverpaymentOrigin.FAMILY if row["version"] > 1 else OverpaymentOrigin.AGENCY,
            cause="La déclaration du mois a été corrigée." if row["version"] > 1 else "Le droit du mois a changé.",
            opened_on=on,
        )
        for row in excess
    )  # fmt: skip
    return len(excess)


def _take_back(declaration_no: str, cents: int) -> None:
    """A payout that rises again pays back first what an earlier correction had left in excess."""
    found = Overpayment.objects.select_for_update(of=("self",)).filter(declaration_no=declaration_no)
    for overpayment in found.exclude(state__in=CLOSED_STATES).order_by("pk"):
        taken = min(cents, overpayment.outstanding_cents)
        cents -= taken
        overpayment.repaid_cents += taken
        overpayment.save(update_fields=["repaid_cents"])
        if overpayment.outstanding_cents == 0:
            to = (
                OverpaymentState.SETTLED
                if "SETTLED" in overpayment.MOVES[overpayment.state]
                else OverpaymentState.CANCELLED
            )
            move(overpayment, to, by="portail", reason="l’aide du mois a été revue à la hausse")


def notify_overpayment(*, overpayment_pk: int, by: str, on: date) -> Overpayment:
    """Tell the family, with reason, dates and amounts; below the threshold, give up instead (CSS D. 133-2).

    The letter is the caller's. Raises MoveNotAllowed on a second call.
    """
    with transaction.atomic():
        found = _locked(overpayment_pk)
        if not is_overpayment_recovered(found.amount_cents, on, cmg_parameters()):
            move(found, OverpaymentState.ABANDONED, by=by, reason="sous le seuil de recouvrement")
            _write_off(found, found.outstanding_cents, "abandoned", on)
            return found
        until = on + timedelta(days=count_on("overpayment.rectification_days", on))
        move(found, OverpaymentState.NOTIFIED, by=by, reason="notification", notified_on=on, rectification_until=until)
    return found


def contest_overpayment(*, overpayment_pk: int, words: str, by: str, on: date) -> Overpayment:
    """The family says that it is wrong, within twenty days (CSS R. 133-9-2): everything waits. Raises RemedyRefused."""
    with transaction.atomic():
        found = _locked(overpayment_pk)
        if found.rectification_until is not None and on > found.rectification_until:
            raise RemedyRefused(f"Le délai de réponse a pris fin le {found.rectification_until:%d/%m/%Y}.")
        move(found, OverpaymentState.CONTESTED, by=by, reason=words[:300], contest_words=words[:1000])
    return found


def confirm_overpayment(*, overpayment_pk: int, reason: str, by: str, on: date) -> Overpayment:
    """The sum is due: the twenty days are over, or the contest was answered. Raises RemedyRefused before that."""
    with transaction.atomic():
        found = _locked(overpayment_pk)
        waiting = found.state == OverpaymentState.NOTIFIED
        if waiting and found.rectification_until is not None and on <= found.rectification_until:
            raise RemedyRefused(f"La famille peut encore répondre jusqu’au {found.rectification_until:%d/%m/%Y}.")
        move(found, OverpaymentState.CONFIRMED, by=by, reason=reason)
    return found


def agree_instalments(*, overpayment_pk: int, months: int, first_due_on: date, by: str, on: date) -> list[Instalment]:
    """A repayment in `months` parts, from one to twelve; the last one takes what division leaves.

    An error of our own making is never recovered without a person's decision: this is one. Raises RemedyRefused.
    """
    most = count_on("policy.instalments_max", on)
    if not 1 <= months <= most:
        raise RemedyRefused(f"Le remboursement se fait en {most} mois au plus.")
    if first_due_on <= on:
        raise RemedyRefused("La première échéance est à venir.")
    with transaction.atomic():
        found = _locked(overpayment_pk)
        move(found, OverpaymentState.RECOVERING, by=by, reason=f"remboursement en {months} mois")
        part = found.outstanding_cents // months
        amounts = [part] * (months - 1) + [found.outstanding_cents - part * (months - 1)]
        return Instalment.objects.bulk_create(
            Instalment(
                overpayment=found, number=number, due_on=_months_later(first_due_on, number - 1), amount_cents=cents
            )
            for number, cents in enumerate(amounts, start=1)
        )


def collect_instalments(*, on: date) -> int:
    """Order the bank debits of the instalments due by `on`; returns how many. A second call orders none again."""
    due = Instalment.objects.filter(
        due_on__lte=on, end_to_end_id="", overpayment__state=OverpaymentState.RECOVERING
    ).order_by("pk")
    return sum(_collect(pk, on) for pk in due.values_list("pk", flat=True))


def _collect(instalment_pk: int, on: date) -> int:
    with transaction.atomic():
        found = Instalment.objects.select_for_update(of=("self",)).select_related("overpayment").get(pk=instalment_pk)
        if found.end_to_end_id:
            return 0
        found.end_to_end_id = payments.collect(
            employer_no=found.overpayment.employer_no, cents=found.amount_cents, purpose="CMG_INSTALMENT",
            reference=f"INS-{found.pk}", against=Ledger.OVERPAYMENT, due_on=max(found.due_on, on),
        )  # fmt: skip
        found.save(update_fields=["end_to_end_id"])
    return 1


def note_repaid(*, instalment_pk: int, on: date, by: str) -> Overpayment:
    """The bank took an instalment; the last one settles the sum. A second call changes nothing."""
    with transaction.atomic():
        part = Instalment.objects.select_for_update(of=("self",)).get(pk=instalment_pk)
        found = _locked(part.overpayment_id)
        if part.paid_on is not None:
            return found
        part.paid_on = on
        part.save(update_fields=["paid_on"])
        found.repaid_cents += part.amount_cents
        found.save(update_fields=["repaid_cents"])
        if found.outstanding_cents == 0:
            move(found, OverpaymentState.SETTLED, by=by, reason="dernière échéance payée")
    return found


def propose_remission(*, overpayment_pk: int, by: str) -> Overpayment:
    """Somebody proposes to give the sum up: precarious and of good faith (CSS L. 553-2)."""
    with transaction.atomic():
        found = _locked(overpayment_pk)
        if OverpaymentState.REMITTED not in found.MOVES[found.state]:
            raise RemedyRefused(f"C’est « {found.get_state_display()} » : il n’y a rien à remettre.")
        found.proposed_by = by
        found.save(update_fields=["proposed_by"])
    return found


def remit_overpayment(*, overpayment_pk: int, reason: str, by: str, on: date) -> Overpayment:
    """Give up what is left; above the threshold, decided by somebody else than whoever proposed it."""
    with transaction.atomic():
        found = _locked(overpayment_pk)
        cents = found.outstanding_cents
        four_eyes = needs_four_eyes(cents, on)
        if four_eyes and not found.proposed_by:
            raise RemedyRefused("À partir de ce montant, une personne propose la remise et une autre la décide.")
        check_decider(four_eyes=four_eyes, proposed_by=found.proposed_by, decided_by=by)
        move(
            found, OverpaymentState.REMITTED, by=by, reason=reason, four_eyes=four_eyes, decided_by=by,
            remitted_cents=found.remitted_cents + cents,
        )  # fmt: skip
        _write_off(found, cents, "remitted", on)
    return found


def cancel_overpayment(*, overpayment_pk: int, reason: str, by: str, on: date) -> Overpayment:
    """The sum was not paid in excess after all: what is left is no longer asked, what was repaid is another matter."""
    with transaction.atomic():
        found = _locked(overpayment_pk)
        if found.repaid_cents:
            raise RemedyRefused("Une part est déjà remboursée : il faut la rendre d’abord.")
        cents = found.outstanding_cents
        move(found, OverpaymentState.CANCELLED, by=by, reason=reason)
        _write_off(found, cents, "cancelled", on)
    return found


def is_automatic_recovery_allowed(overpayment: Overpayment) -> bool:
    """An error of our services is never recovered by itself: a person decides."""
    return overpayment.origin != OverpaymentOrigin.AGENCY


def _write_off(found: Overpayment, cents: int, word: str, on: date) -> None:
    post(
        key=f"cmg:remedy:OVP-{found.pk}:{word}", subject=found.subject, dated=on, label="Somme versée en trop, soldée",
        legs={Ledger.WRITTEN_OFF: cents, Ledger.OVERPAYMENT: -cents},
    )  # fmt: skip


def _months_later(day: date, count: int) -> date:
    index = day.year * 12 + day.month - 1 + count
    return date(index // 12, index % 12 + 1, min(day.day, 28))


def _locked(overpayment_pk: int) -> Overpayment:
    return Overpayment.objects.select_for_update(of=("self",)).get(pk=overpayment_pk)
