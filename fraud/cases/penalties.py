"""The penalty: proposed by one, signed by another, the person heard for a month before anything is decided."""

from dataclasses import dataclass
from datetime import date

from fraud.cases.acting import Act, at_work, check_words, refuse
from fraud.cases.informing import check_known_figures
from fraud.cases.letters import send_paper
from fraud.cases.penalty_letters import DROPPED, decided_facts, ended_facts, hearing_facts, notified_facts
from fraud.cases.penalty_moves import at_penalty, move_penalty
from fraud.cases.standing import last_paper, papers_of, qualification_of
from fraud.models import (
    PENALTY_FALLEN,
    CaseOutcome,
    CaseState,
    ControlCase,
    PaperDelivery,
    PaperKind,
    Penalty,
    PenaltyMove,
    PenaltyState,
    QualificationOutcome,
)
from fraud.rules import delays
from fraud.rules.figures import control_parameters
from fraud.rules.penalty import (
    PenaltyFacts,
    PenaltyGround,
    PenaltyScale,
    Sanction,
    exclude_penalty,
    penalty_scale,
    refuse_penalty,
)
from fraud.rules.procedure import missing_notice
from portal.legislation.words import day_in_words


@dataclass(frozen=True)
class Proposed:
    """What is proposed; `amount_cents` is None for a warning."""

    ground: str
    since: date
    until: date
    amount_cents: int | None
    reason: str
    is_organised_gang: bool = False
    is_acquitted: bool = False


def facts_of(case: ControlCase, proposed: Proposed) -> PenaltyFacts:
    """The facts as the rule reads them: what the panel said, what was already sanctioned."""
    qualified = qualification_of(case)
    outcome = qualified.outcome if qualified is not None else ""
    return PenaltyFacts(
        ground=PenaltyGround(proposed.ground), since=proposed.since, until=proposed.until,
        has_intent=outcome == QualificationOutcome.FRAUD, is_good_faith=outcome == QualificationOutcome.GOOD_FAITH,
        is_organised_gang=proposed.is_organised_gang, is_acquitted=proposed.is_acquitted or hasattr(case, "acquittal"),
        is_overpayment_annulled=case.annulled_on is not None, overpayment_cents=case.owed_by_cents or 0,
        earlier=earlier_sanctions(case),
    )  # fmt: skip


def earlier_sanctions(case: ControlCase) -> tuple[Sanction, ...]:
    """Those of the same person, of this case or another, that did not fall."""
    found = Penalty.objects.filter(case__subject=case.subject).exclude(state__in=PENALTY_FALLEN)
    return tuple(Sanction(PenaltyGround(one.ground), one.since, one.until, one.final_on) for one in found)


def scale_of(case: ControlCase, proposed: Proposed) -> PenaltyScale:
    return penalty_scale(facts_of(case, proposed), control_parameters())


def propose_penalty(*, case_pk: int, proposed: Proposed, act: Act) -> Penalty:
    """Propose an amount within the scale of the day of the facts, or a warning. Raises ActRefused with the rule's refusal."""
    if proposed.until <= proposed.since or not proposed.reason.strip():
        raise refuse("control.penalty_incomplete", "Une pénalité a une période et des raisons.")
    check_words(proposed.reason)
    check_known_figures(proposed.since)
    with at_work(case_pk=case_pk, act=act, action="control.penalty_proposed") as work:
        qualified = qualification_of(work.case)
        if work.case.state != CaseState.PENALTY_PROCEDURE or qualified is None:
            raise refuse(
                "control.panel_missing", "Une pénalité se propose après la commission, dans une procédure ouverte."
            )
        facts, parameters = facts_of(work.case, proposed), control_parameters()
        refused = (
            exclude_penalty(facts)
            if proposed.amount_cents is None
            else refuse_penalty(facts, proposed.amount_cents, parameters)
        )
        if refused is not None:
            raise refuse(refused.code, refused.sentence)
        scale = penalty_scale(facts, parameters)
        penalty = Penalty.objects.create(
            case=work.case, qualification=qualified, ground=proposed.ground, since=proposed.since, until=proposed.until,
            has_intent=facts.has_intent, is_organised_gang=proposed.is_organised_gang, minimum_cents=scale.minimum_cents,
            maximum_cents=scale.maximum_cents, scale_source=scale.article[:200], amount_cents=proposed.amount_cents,
            reason=proposed.reason.strip()[:1000], proposed_by=work.person, proposed_on=act.on,
        )  # fmt: skip
        PenaltyMove.objects.create(
            penalty=penalty, to_state=PenaltyState.PROPOSED, at=act.at, dated=act.on, by=work.by, reason="proposée"
        )
    return penalty


def sign_notification(*, penalty_pk: int, act: Act) -> Penalty:
    """The director notifies the facts and the amount planned: one month to be heard or to write."""
    with at_penalty(penalty_pk=penalty_pk, act=act, action="control.penalty_notified") as (work, penalty):
        until = delays.penalty_reply_until(act.on, control_parameters())
        move_penalty(
            penalty, PenaltyState.NOTIFIED, work, "notifiée", signed_by=work.user, notified_on=act.on, reply_until=until
        )
        send_paper(work, PaperKind.PENALTY_NOTIFIED, notified_facts(penalty, until), until=until)
    return penalty


def note_hearing(*, penalty_pk: int, heard_on: date, act: Act) -> Penalty:
    """The person asked to be heard, and was, or will be that day: the letter says when, and that somebody may come along."""
    seen = Penalty.objects.get(pk=penalty_pk)
    with at_work(case_pk=seen.case_id, act=act, action="control.penalty_hearing") as work:
        penalty = Penalty.objects.select_for_update(of=("self",)).get(pk=penalty_pk)
        if penalty.state != PenaltyState.NOTIFIED or heard_on < act.on:
            raise refuse("control.hearing_wrong", "Un entretien se fixe à venir, entre la notification et la décision.")
        penalty.heard_on = heard_on
        penalty.save(update_fields=["heard_on"])
        send_paper(work, PaperKind.PENALTY_HEARING, hearing_facts(penalty, heard_on))
    return penalty


def decide_penalty(*, penalty_pk: int, amount_cents: int, reason: str, act: Act) -> Penalty:
    """Pronounce it, after the month: the amount told, or less, never under the minimum."""
    with at_penalty(penalty_pk=penalty_pk, act=act, action="control.penalty_decided") as (work, penalty):
        _check_heard(penalty, act.on)
        most = penalty.amount_cents
        if most is None or not max(penalty.minimum_cents, 1) <= amount_cents <= most:
            raise refuse(
                "control.penalty_amount",
                "Le montant est celui qui a été notifié, ou moins, sans passer sous le minimum.",
            )
        until = delays.appeal_until(act.on, control_parameters())
        move_penalty(
            penalty, PenaltyState.DECIDED, work, reason, decided_by=work.user, decided_on=act.on, decided_cents=amount_cents,
            appeal_until=until,
        )  # fmt: skip
        work.change(outcome=CaseOutcome.PENALTY)
        send_paper(work, PaperKind.PENALTY_DECIDED, decided_facts(penalty, reason, until), until=until)
    return penalty


def warn(*, penalty_pk: int, reason: str, act: Act) -> Penalty:
    """Give a warning instead of money."""
    with at_penalty(penalty_pk=penalty_pk, act=act, action="control.penalty_warned") as (work, penalty):
        _check_heard(penalty, act.on)
        until = delays.appeal_until(act.on, control_parameters())
        move_penalty(
            penalty, PenaltyState.WARNED, work, reason, decided_by=work.user, decided_on=act.on, appeal_until=until
        )
        work.change(outcome=CaseOutcome.PENALTY)
        send_paper(work, PaperKind.PENALTY_WARNING, decided_facts(penalty, reason, until), until=until)
    return penalty


def drop_penalty(*, penalty_pk: int, reason: str, act: Act) -> Penalty:
    """Give it up; the person is told when they knew of it."""
    with at_penalty(penalty_pk=penalty_pk, act=act, action="control.penalty_dropped") as (work, penalty):
        was_told = penalty.notified_on is not None
        move_penalty(penalty, PenaltyState.DROPPED, work, reason)
        if was_told:
            send_paper(work, PaperKind.PENALTY_ENDED, ended_facts(DROPPED))
    return penalty


def _check_heard(penalty: Penalty, on: date) -> None:
    """Nothing is pronounced before the month, the hearing, and the notice of what others said since the case was decided."""
    if gaps := missing_notice(papers_of(penalty.case, on)):
        raise refuse(gaps[0].code, " ".join(one.sentence for one in gaps))
    if penalty.state != PenaltyState.NOTIFIED or penalty.reply_until is None:
        raise refuse("control.penalty_not_notified", "La pénalité n’est pas notifiée : la personne ne la connaît pas.")
    told = last_paper(penalty.case, PaperKind.PENALTY_NOTIFIED)
    if told is None or not PaperDelivery.objects.filter(paper=told).exists():
        raise refuse(
            "control.receipt_missing",
            "Notez d’abord quand la personne a reçu la notification : son mois court depuis ce jour-là, pas depuis l’envoi.",
        )
    if on <= penalty.reply_until:
        raise refuse(
            "control.penalty_month",
            f"La personne peut écrire ou être entendue jusqu’au {day_in_words(penalty.reply_until)} : pas de décision avant.",
        )
    if penalty.heard_on is not None and on < penalty.heard_on:
        raise refuse(
            "control.penalty_hearing",
            f"Un entretien est fixé le {day_in_words(penalty.heard_on)} : pas de décision avant.",
        )
