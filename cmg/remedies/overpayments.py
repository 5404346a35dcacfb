"""Sums paid in excess (indus), CSS L. 553-2: notice, twenty days to answer, then instalments agreed, or remission.

Nothing is recovered below the threshold, past two years, before the notice, before the twenty days, or while the family
contests. Nothing is ever withheld on later benefits: the bands of D. 553-1 are not known (docs/decisions/0019).
"""

import logging
from collections.abc import Sequence
from datetime import date

import polars as pl
from django.db import transaction

from cmg.models.remedies import Instalment, Overpayment, OverpaymentOrigin, OverpaymentState
from cmg.remedies import payments, telling
from cmg.remedies.limits import RemedyRefused, check_decider, check_within_a_year, count_on, needs_four_eyes
from cmg.rules.figures import cmg_parameters
from cmg.rules.limitation import last_day_to_recover
from cmg.rules.remedies import is_overpayment_recovered
from portal.audit.operations import journal
from portal.banking.models import OrderState, PaymentOrder
from portal.batches.models import Run
from portal.casework.moves import move
from portal.ledger.models import Account as Ledger
from portal.ledger.operations import post
from portal.legislation.calendar import nth_business_day

logger = logging.getLogger(__name__)
CAME_BACK = (OrderState.REJECTED, OrderState.RETURNED)
CLOSED_STATES = (
    OverpaymentState.SETTLED, OverpaymentState.ABANDONED, OverpaymentState.REMITTED, OverpaymentState.CANCELLED,
)  # fmt: skip


def open_overpayments(run: Run, delta: pl.DataFrame, *, on: date) -> int:
    """What the issue of `run` leaves as paid in excess, one row a declaration; and what it takes back of former ones.

    `delta`: declaration_no, employer_no, fund, version, due_payout_cents, old_settled_payout_cents, excess, cancelled,
    kept and OVERPAYMENT, in cents. In the transaction that issues the run. Returns how many were opened.
    """
    excess = delta.filter(pl.col("OVERPAYMENT") > 0).to_dicts()
    for row in delta.filter(pl.col("OVERPAYMENT") < 0).to_dicts():
        kept = row["kept"] - min(row["kept"], row["excess"])
        take_back(row["declaration_no"], row["cancelled"], kept, run, on)
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


def take_back(declaration_no: str, cancelled: int, kept: int, run: Run, on: date) -> None:
    """What of former excesses is no longer owed: `cancelled` by an aid that rises, `kept` on contributions given back.

    An aid that rises was in excess by so much less: what nobody contests comes first, then what the family contests,
    less what the bank was already asked for; then what was given up, whose books are opened again for that part. What
    is kept comes only of what nobody contests.
    """
    found = list(
        Overpayment.objects.select_for_update(of=("self",)).filter(declaration_no=declaration_no).order_by("pk")
    )
    living = [one for one in found if one.state not in CLOSED_STATES]
    contested = [one for one in living if one.state == OverpaymentState.CONTESTED]
    free = [one for one in living if one not in contested]
    left = _take_back_living([*free, *contested], cancelled)
    for overpayment in found:
        taken = min(left, overpayment.remitted_cents)
        left -= taken
        _take_back_given_up(overpayment, taken, run, on)
    _take_back_living(free, kept)


def _take_back_living(living: Sequence[Overpayment], cents: int) -> int:
    """Takes `cents` of what is still owed; returns what is left of them."""
    for overpayment in living:
        taken = min(cents, overpayment.outstanding_cents - in_flight_cents(overpayment))
        if not taken:
            continue
        cents -= taken
        overpayment.repaid_cents += taken
        overpayment.save(update_fields=["repaid_cents"])
        _settle_or_trim(overpayment)
    return cents


def _settle_or_trim(overpayment: Overpayment) -> None:
    if overpayment.outstanding_cents == 0:
        can_settle = OverpaymentState.SETTLED in overpayment.MOVES[overpayment.state]
        to = OverpaymentState.SETTLED if can_settle else OverpaymentState.CANCELLED
        move(overpayment, to, by="portail", reason="l’aide du mois a été revue à la hausse")
    _trim_plan(overpayment)


def _take_back_given_up(overpayment: Overpayment, taken: int, run: Run, on: date) -> None:
    if not taken:
        return
    overpayment.repaid_cents += taken
    overpayment.remitted_cents -= taken
    overpayment.save(update_fields=["repaid_cents", "remitted_cents"])
    post(
        key=f"cmg:remedy:OVP-{overpayment.pk}:run{run.pk}", subject=overpayment.subject, dated=on,
        label="Somme abandonnée, reprise sur l’aide revue", legs={Ledger.OVERPAYMENT: taken, Ledger.WRITTEN_OFF: -taken},
    )  # fmt: skip


def in_flight_cents(overpayment: Overpayment) -> int:
    """Instalments that the bank was asked for and that it has neither taken nor sent back."""
    asked = overpayment.instalments.filter(paid_on__isnull=True).exclude(end_to_end_id="")
    cents = dict(asked.values_list("end_to_end_id", "amount_cents"))
    gone = PaymentOrder.objects.filter(end_to_end_id__in=list(cents), state__in=CAME_BACK)
    return sum(cents.values()) - sum(cents[reference] for reference in gone.values_list("end_to_end_id", flat=True))


def _trim_plan(overpayment: Overpayment) -> None:
    """A plan never asks for more than what is left: its last instalments shrink or go."""
    left = overpayment.outstanding_cents - in_flight_cents(overpayment)
    for part in overpayment.instalments.filter(end_to_end_id="").order_by("number"):
        part.amount_cents = min(part.amount_cents, left)
        left -= part.amount_cents
        part.save(update_fields=["amount_cents"]) if part.amount_cents else part.delete()


def notify_overpayment(*, overpayment_pk: int, by: str, on: date, claimed_since: date | None = None) -> Overpayment:
    """Tell the family, with reason, dates and amounts; below the threshold (CSS D. 133-2) or past two years (L. 553-1),
    give up instead. `claimed_since`: the oldest payment that may be claimed, when it is not two years back.
    Raises MoveNotAllowed on a second call.
    """
    with transaction.atomic():
        found = _locked(overpayment_pk)
        if why := why_given_up(found, on, claimed_since):
            cents = found.outstanding_cents
            move(found, OverpaymentState.ABANDONED, by=by, reason=why, remitted_cents=found.remitted_cents + cents)
            _write_off(found, cents, "abandoned", on)
            return found
        until = telling.notice_until(on)
        move(found, OverpaymentState.NOTIFIED, by=by, reason="notification", notified_on=on, rectification_until=until)
        telling.tell_overpayment(found, by=by, on=on)
    return found


def why_given_up(found: Overpayment, on: date, claimed_since: date | None = None) -> str:
    """The reason for which the sum is not asked; empty when it is, or when no order of ours says when it was paid."""
    if not is_overpayment_recovered(found.outstanding_cents, on, cmg_parameters()):
        return "sous le seuil de recouvrement"
    paid_on = telling.paid_on(found)
    if paid_on is None:
        return ""
    if claimed_since is not None:
        return f"versée le {paid_on:%d/%m/%Y} : prescrite" if paid_on < claimed_since else ""
    late = on > last_day_to_recover(paid_on, cmg_parameters())
    return f"versée le {paid_on:%d/%m/%Y} : prescrite par deux ans" if late else ""


def note_notice_received(*, overpayment_pk: int, received_on: date, by: str) -> Overpayment:
    """The notice reached the family that day: its twenty days run from there, and only grow. A second call changes nothing,
    nor one after the family answered or the sum was confirmed."""
    with transaction.atomic():
        found, until = _locked(overpayment_pk), telling.notice_until(received_on)
        if found.state != OverpaymentState.NOTIFIED or until <= (found.rectification_until or until):
            return found
        found.rectification_until = until
        found.save(update_fields=["rectification_until"])
        detail = {"received_on": received_on.isoformat(), "until": until.isoformat()}
        journal(actor=by, action="cmg.overpayment.received", subject=f"cmg.overpayment:{found.pk}", detail=detail)
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
    check_within_a_year(first_due_on, on)
    with transaction.atomic():
        found = _locked(overpayment_pk)
        if found.outstanding_cents < months:
            raise RemedyRefused("Il reste trop peu pour autant d’échéances.")
        move(found, OverpaymentState.RECOVERING, by=by, reason=f"remboursement en {months} mois")
        part = found.outstanding_cents // months
        amounts = [part] * (months - 1) + [found.outstanding_cents - part * (months - 1)]
        parts = Instalment.objects.bulk_create(
            Instalment(
                overpayment=found, number=number, due_on=_months_later(first_due_on, number - 1), amount_cents=cents
            )
            for number, cents in enumerate(amounts, start=1)
        )
        telling.tell_instalments(found, parts, by=by, on=on)
    return parts


def collect_instalments(*, on: date) -> int:
    """Order the bank debits of the instalments that fall by the next business day; a second call orders none again.

    What cannot be asked (no mandate any more) is left for a person, and holds up no other family.
    """
    due = Instalment.objects.filter(
        due_on__lte=nth_business_day(on, 1), end_to_end_id="", overpayment__state=OverpaymentState.RECOVERING
    ).order_by("pk")
    return sum(_collect(pk, on) for pk in due.values_list("pk", flat=True))


def _collect(instalment_pk: int, on: date) -> int:
    try:
        with transaction.atomic():
            found = _locked_part(instalment_pk)
            if found.end_to_end_id or found.overpayment.state != OverpaymentState.RECOVERING:
                return 0
            found.end_to_end_id = payments.collect(
                employer_no=found.overpayment.employer_no, cents=found.amount_cents, purpose="CMG_INSTALMENT",
                reference=f"INS-{found.pk}", against=Ledger.OVERPAYMENT,
                due_on=max(found.due_on, nth_business_day(on, 1)),
            )  # fmt: skip
            found.save(update_fields=["end_to_end_id"])
    except RemedyRefused as refused:
        logger.warning("instalment %s not asked for: %s", instalment_pk, refused)
        return 0
    return 1


def _locked_part(instalment_pk: int) -> Instalment:
    found = Instalment.objects.select_for_update(of=("self",)).select_related("overpayment")
    return found.get(pk=instalment_pk)


def present_again(*, instalment_pk: int, due_on: date, by: str, on: date) -> Instalment:
    """A person asks again for an instalment that the bank refused or sent back: one more line of the plan, once.

    Never by itself. Raises RemedyRefused while the bank has not, when it was already put off, or past twelve lines.
    """
    with transaction.atomic():
        part = _locked_part(instalment_pk)
        found = _locked(part.overpayment_id)
        order = PaymentOrder.objects.filter(end_to_end_id=part.end_to_end_id or "–").first()
        if order is None or order.state not in CAME_BACK or found.state != OverpaymentState.RECOVERING:
            raise RemedyRefused("Cette échéance n’est pas revenue de la banque : elle ne se présente pas à nouveau.")
        if part.amount_cents > _unplanned_cents(found):
            raise RemedyRefused("Cette échéance est déjà reportée.")
        number = found.instalments.count() + 1
        if number > count_on("policy.instalments_max", on):
            raise RemedyRefused("Ce plan a déjà douze lignes : voyez avec la famille un virement ou une remise.")
        if due_on <= on:
            raise RemedyRefused("La nouvelle date est à venir.")
        check_within_a_year(due_on, on)
        again = Instalment.objects.create(
            overpayment=found, number=number, due_on=due_on, amount_cents=part.amount_cents
        )
        journal(
            actor=by, action="cmg.instalment.again", subject=f"cmg.overpayment:{found.pk}", detail={"number": number}
        )
    return again


def _unplanned_cents(overpayment: Overpayment) -> int:
    """What is left and that no line of the plan asks for."""
    planned = sum(overpayment.instalments.filter(end_to_end_id="").values_list("amount_cents", flat=True))
    return overpayment.outstanding_cents - in_flight_cents(overpayment) - planned


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
        if found.outstanding_cents == 0 and found.state == OverpaymentState.RECOVERING:
            move(found, OverpaymentState.SETTLED, by=by, reason="dernière échéance payée")
    return found


def note_came_back(*, instalment_pk: int, by: str) -> Overpayment:
    """The bank refused an instalment, or sent it back: the sum is owed again. A second call changes nothing."""
    with transaction.atomic():
        part = _locked_part(instalment_pk)
        order = PaymentOrder.objects.get(end_to_end_id=part.end_to_end_id)
        found = _locked(part.overpayment_id)
        returned = order.state == OrderState.RETURNED
        post(
            key=f"cmg:remedy:{part.end_to_end_id.removeprefix('CMG-')}:back", subject=found.subject,
            dated=order.settled_on or order.due_on, label="Échéance revenue de la banque",
            legs={
                Ledger.OVERPAYMENT: part.amount_cents,
                Ledger.UNPAID_DEBIT if returned else Ledger.FAMILY_DEBIT: -part.amount_cents,
            },
        )  # fmt: skip
        if part.paid_on is not None:
            part.paid_on = None
            part.save(update_fields=["paid_on"])
            found.repaid_cents -= part.amount_cents
            found.save(update_fields=["repaid_cents"])
            if found.state in (OverpaymentState.SETTLED, OverpaymentState.REMITTED):
                move(found, OverpaymentState.RECOVERING, by=by, reason="échéance revenue de la banque")
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
        _check_none_at_the_bank(found)
        cents = found.outstanding_cents
        four_eyes = needs_four_eyes(cents, on)
        if four_eyes and not found.proposed_by:
            raise RemedyRefused("À partir de ce montant, une personne propose la remise et une autre la décide.")
        check_decider(four_eyes=four_eyes, proposed_by=found.proposed_by, decided_by=by)
        move(
            found, OverpaymentState.REMITTED, by=by, reason=reason, four_eyes=four_eyes, decided_by=by,
            remitted_cents=found.remitted_cents + cents,
        )  # fmt: skip
        _write_off(found, cents, f"remitted{found.remitted_cents}", on)
        telling.tell_remission(found, cents, reason, by=by, on=on)
    return found


def cancel_overpayment(*, overpayment_pk: int, reason: str, by: str, on: date) -> Overpayment:
    """The sum was not paid in excess after all: what is left is no longer asked, what was repaid is another matter."""
    with transaction.atomic():
        found = _locked(overpayment_pk)
        if found.repaid_cents:
            raise RemedyRefused("Une part est déjà remboursée : il faut la rendre d’abord.")
        _check_none_at_the_bank(found)
        cents = found.outstanding_cents
        move(found, OverpaymentState.CANCELLED, by=by, reason=reason, remitted_cents=found.remitted_cents + cents)
        _write_off(found, cents, "cancelled", on)
    return found


def _check_none_at_the_bank(found: Overpayment) -> None:
    """What the bank was asked for is neither given up nor lost: its answer comes first."""
    if in_flight_cents(found):
        raise RemedyRefused("Une échéance est à la banque : attendez sa réponse, puis décidez de ce qui reste.")


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
