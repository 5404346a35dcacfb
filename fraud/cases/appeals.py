"""After the decision: gracious appeal, the board's opinion, the director's answer or silence, the court (CSS R. 114-11)."""

from datetime import date

from fraud.cases.acting import Act, refuse
from fraud.cases.letters import send_paper
from fraud.cases.penalty_letters import SILENT, ended_facts, reviewed_facts
from fraud.cases.penalty_moves import at_penalty, move_penalty
from fraud.models import OpinionSense, PaperKind, Penalty, PenaltyState
from fraud.rules import delays
from fraud.rules.figures import control_parameters
from portal.accounts.rights import Right
from portal.legislation.words import day_in_words


def note_appeal(*, penalty_pk: int, appealed_on: date, act: Act) -> Penalty:
    """The person appeals to the director within two months: the board's commission is asked."""
    treat = Right.TREAT_CONTROL
    with at_penalty(penalty_pk=penalty_pk, act=act, action="control.penalty_appealed", right=treat) as (work, penalty):
        if (
            penalty.appeal_until is None
            or penalty.decided_on is None
            or not penalty.decided_on <= appealed_on <= act.on
        ):
            raise refuse("control.appeal_wrong", "Un recours suit une décision, et n’est pas à venir.")
        if appealed_on > penalty.appeal_until:
            words = f"Le recours était ouvert jusqu’au {day_in_words(penalty.appeal_until)}."
            raise refuse("control.appeal_late", words)
        until = delays.opinion_until(appealed_on, False, control_parameters())
        move_penalty(
            penalty, PenaltyState.APPEALED, work, "recours amiable", appealed_on=appealed_on, opinion_until=until
        )
    return penalty


def ask_more(*, penalty_pk: int, act: Act) -> Penalty:
    """The commission needs more information: one month more, once."""
    opinion = Right.GIVE_OPINION
    with at_penalty(penalty_pk=penalty_pk, act=act, action="control.opinion_longer", right=opinion) as (_work, penalty):
        if penalty.state != PenaltyState.APPEALED or penalty.needs_more or penalty.appealed_on is None:
            raise refuse("control.opinion_wrong", "La prolongation se demande une fois, tant que l’avis est attendu.")
        penalty.needs_more = True
        penalty.opinion_until = delays.opinion_until(penalty.appealed_on, True, control_parameters())
        penalty.save(update_fields=["needs_more", "opinion_until"])
    return penalty


def give_opinion(*, penalty_pk: int, sense: str, text: str, act: Act) -> Penalty:
    """The board's commission gives its opinion; the director then has one month."""
    if sense not in OpinionSense.values or not text.strip():
        raise refuse("control.opinion_incomplete", "Choisissez un avis et dites pourquoi.")
    opinion = Right.GIVE_OPINION
    with at_penalty(penalty_pk=penalty_pk, act=act, action="control.opinion_given", right=opinion) as (work, penalty):
        if act.by_pk is not None and act.by_pk in (penalty.proposed_by_id, penalty.decided_by_id, work.case.officer_id):
            raise refuse("control.opinion_apart", "Vous avez déjà pris part à ce dossier.")
        move_penalty(
            penalty, PenaltyState.OPINION_GIVEN, work, "avis rendu", opinion_on=act.on, opinion_sense=sense,
            opinion_text=text.strip()[:1000], opinion_by=work.user,
            director_until=delays.director_until(act.on, control_parameters()),
        )  # fmt: skip
    return penalty


def deem_opinion_given(*, penalty_pk: int, act: Act) -> Penalty:
    """The commission was silent past its delay: its opinion is deemed given on the last day, which is when the month of the
    director begins. By the portal, the next morning."""
    with at_penalty(penalty_pk=penalty_pk, act=act, action="control.opinion_deemed") as (work, penalty):
        last = penalty.opinion_until
        if last is None or act.on <= last:
            raise refuse("control.opinion_wrong", "Le délai de la commission court encore.")
        move_penalty(
            penalty, PenaltyState.OPINION_GIVEN, work, "avis réputé rendu", opinion_on=last,
            director_until=delays.director_until(last, control_parameters()),
        )  # fmt: skip
    return penalty


def decide_after_opinion(*, penalty_pk: int, amount_cents: int | None, reason: str, act: Act) -> Penalty:
    """The director answers the appeal within the month: an amount not above the first (None: taken back)."""
    with at_penalty(penalty_pk=penalty_pk, act=act, action="control.penalty_reviewed") as (work, penalty):
        if penalty.director_until is None or act.on > penalty.director_until:
            raise refuse("control.director_late", "Le mois de la décision est passé : la procédure est abandonnée.")
        until = delays.appeal_until(act.on, control_parameters())
        if amount_cents is None:
            move_penalty(penalty, PenaltyState.CANCELLED, work, reason)
            facts = reviewed_facts(penalty, "Nous retirons la pénalité. Vous n’avez rien à payer.", reason, until)
        else:
            _check_amount(penalty, amount_cents)
            changes = {} if penalty.decided_cents is None else {"decided_cents": amount_cents}
            move_penalty(penalty, PenaltyState.UPHELD, work, reason, appeal_until=until, **changes)
            facts = reviewed_facts(penalty, "Nous maintenons notre décision.", reason, until)
        send_paper(work, PaperKind.PENALTY_REVIEWED, facts)
    return penalty


def _check_amount(penalty: Penalty, amount_cents: int) -> None:
    if penalty.decided_cents is None:
        return  # a warning is kept as it is
    if not max(penalty.minimum_cents, 1) <= amount_cents <= penalty.decided_cents:
        raise refuse(
            "control.penalty_amount",
            "Un recours n’aggrave pas : le montant décidé, ou moins, sans passer sous le minimum.",
        )


def abandon_penalty(*, penalty_pk: int, act: Act) -> Penalty:
    """The director was silent for the whole month: the procedure is deemed abandoned, and the person is told. By the portal."""
    with at_penalty(penalty_pk=penalty_pk, act=act, action="control.penalty_abandoned") as (work, penalty):
        if penalty.director_until is None or act.on <= penalty.director_until:
            raise refuse("control.director_in_time", "Le mois de la direction court encore.")
        move_penalty(penalty, PenaltyState.ABANDONED, work, "la direction n’a pas décidé dans le mois")
        send_paper(work, PaperKind.PENALTY_ENDED, ended_facts(SILENT))
    return penalty


def make_final(*, penalty_pk: int, act: Act) -> Penalty:
    """Nobody appealed within the delay. By the portal, the next morning."""
    with at_penalty(penalty_pk=penalty_pk, act=act, action="control.penalty_final") as (work, penalty):
        if penalty.appeal_until is None or act.on <= penalty.appeal_until:
            raise refuse("control.appeal_open", "Le délai de recours court encore.")
        move_penalty(penalty, PenaltyState.FINAL, work, "délai de recours passé", final_on=act.on)
    return penalty


def go_to_court(*, penalty_pk: int, reason: str, act: Act) -> Penalty:
    """The person went to court: nothing is final until it answers."""
    treat = Right.TREAT_CONTROL
    with at_penalty(penalty_pk=penalty_pk, act=act, action="control.penalty_court", right=treat) as (work, penalty):
        move_penalty(penalty, PenaltyState.IN_COURT, work, reason or "tribunal saisi")
    return penalty


def note_judgment(*, penalty_pk: int, is_kept: bool, reason: str, act: Act) -> Penalty:
    """What the court said: the penalty stands, or is annulled."""
    treat = Right.TREAT_CONTROL
    with at_penalty(penalty_pk=penalty_pk, act=act, action="control.penalty_judged", right=treat) as (work, penalty):
        if penalty.state != PenaltyState.IN_COURT:
            raise refuse("control.move_not_allowed", "Aucun tribunal n’est saisi de cette pénalité.")
        if is_kept:
            move_penalty(penalty, PenaltyState.FINAL, work, reason, final_on=act.on)
        else:
            move_penalty(penalty, PenaltyState.ANNULLED, work, reason)
    return penalty
