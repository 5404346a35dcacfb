"""What a case waits for: the next gesture in words, its day, and the article that asks for it. Reads, decides nothing."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from aripa.ladder import proposed_tool
from aripa.life import terms
from aripa.life.control import control_by, is_soon
from aripa.life.living import Life
from aripa.life.state import LIVING, Case, Notice, State, Term
from aripa.rules.calendar import (
    garnishee_answer_by,
    month_shifted,
    next_control_by,
    unpaid_notice_day,
    unpaid_notice_limit,
)
from aripa.words import TOOLS
from portal.frame.templatetags.portal import lower_first, of_month
from portal.legislation.words import month_in_words


@dataclass(frozen=True)
class NextStep:
    """`by`: the day it happens or ends; None when nothing is awaited. `act`: the act that a person may do now, and
    `otherwise` the one for the other outcome."""

    text: str
    article: str = ""
    by: date | None = None
    act: str = ""
    otherwise: str = ""


def next_step(life: Life) -> NextStep:
    """The most pressing thing of a case, as its last day left it."""
    case = life.case
    if case.complaint:
        return NextStep(
            "Répondre à la réclamation : le recouvrement est suspendu jusque-là",
            "CSS R. 582-8",
            None,
            "COMPLAINT_CLOSED",
        )
    if case.consent and not case.consent.agreed:
        return _of_consent(case.consent.notice)
    if case.end_date and case.state in (*LIVING, State.SUSPENDED):
        return NextStep("Fin connue : rien n’est appelé après", "CSS L. 582-1, VII", case.end_date)
    found = BY_STATE.get(case.state or "", _nothing)(life)
    return _control(case) if _control_comes_first(life, found) else found


def _control_comes_first(life: Life, found: NextStep) -> bool:
    """A control to do now comes before what is only waited for, not before another gesture."""
    return not found.act and is_soon(control_by(life.case), life.day)


def _control(case: Case) -> NextStep:
    """The control of the debtor, with the act of each of its two outcomes."""
    again = "de nouveau " if case.unable else ""
    acts = ("ABLE_TO_PAY", "UNABLE_TO_PAY") if case.unable else ("UNABLE_TO_PAY", "ABLE_TO_PAY")
    return NextStep(f"Contrôler si le parent qui paie peut {again}payer", "CSS D. 523-2, III", control_by(case), *acts)


@dataclass(frozen=True)
class Step:
    """One step of « ce qui vient »: done, current or coming."""

    text: str
    state: str
    by: date | None = None
    article: str = ""


def steps_ahead(life: Life) -> list[Step]:
    """What was done for the term that lacks, the gesture of now, and what closes it."""
    now = next_step(life)
    return [*_done_for(life), Step(now.text, "current", now.by, now.article), *_closing(life), *_controlling(life, now)]


def _controlling(life: Life, now: NextStep) -> list[Step]:
    """The control that ASF asks for, while something else comes first."""
    later = _control(life.case)
    if later.by is None or later.article == now.article:
        return []
    return [Step(later.text, "coming", later.by, later.article)]


def _late(life: Life) -> Term | None:
    if life.case.state not in (*LIVING, State.ENDED):
        return None
    return next((one for one in life.case.terms if one.lacking and one.unpaid_on and not one.suspended), None)


def _done_for(life: Life) -> list[Step]:
    term = _late(life)
    if term is None:
        return []
    found = [Step(f"Échéance {of_month(term.month)} impayée", "done", term.unpaid_on)]
    if term.notice:
        found.append(Step(f"{term.notice.code} envoyé", "done", term.notice.sent_on))
        if term.notice.received_on:
            found.append(Step(f"{term.notice.code} reçu", "done", term.notice.received_on))
    return [*found, Step("Recouvrement forcé", "done", term.forced_on)] if term.forced_on else found


def _closing(life: Life) -> list[Step]:
    term = _late(life)
    if term is None:
        return []
    if term.forced_on:
        words = "Mainlevée après six échéances payées, si rien d’autre n’est dû"
        return [Step(words, "coming", article="CSS R. 582-8, I")]
    after = term.notice and term.notice.deadline and term.notice.deadline + timedelta(days=1)
    return [Step("Échéance réglée, ou recouvrement forcé", "coming", after or None, "CSS R. 582-8, I")]


def _of_consent(notice: Notice) -> NextStep:
    article = "C. civ. 373-2-2, III"
    if notice.deadline:
        return NextStep(
            "Attendre la réponse de l’autre parent : le silence ne vaut pas accord", article, notice.deadline
        )
    return NextStep("Inscrire la réception de la demande de fin (L13)", article, None, "NOTICE_RECEIVED")


def _nothing(life: Life) -> NextStep:
    return NextStep("Rien n’est attendu")


def _of_information(life: Life) -> NextStep:
    waiting = [one.notice for one in life.case.answers.values() if one.asked and one.given != "FULL" and one.notice]
    days = [one.deadline for one in waiting if one.deadline]
    if days:
        return NextStep("Attendre les informations demandées (L01)", "CSS D. 582-2", max(days))
    return NextStep("Inscrire la réception de l’ouverture (L01)", "CSS R. 582-5", None, "NOTICE_RECEIVED")


def _of_warning(life: Life) -> NextStep:
    return _of_letter(life.case.warning, "L03", "Attendre la réponse à la pénalité annoncée (L03)")


def _of_penalty(life: Life) -> NextStep:
    return _of_letter(life.case.decision, "L04", "Attendre le paiement de la pénalité ou les informations (L04)")


def _of_letter(notice: Notice | None, code: str, words: str) -> NextStep:
    if notice and notice.deadline:
        return NextStep(words, "CSS D. 582-2", notice.deadline)
    return NextStep(f"Inscrire la réception de {code}", "CSS D. 582-2", None, "NOTICE_RECEIVED")


def _of_living(life: Life) -> NextStep:
    owed = [one for one in life.case.terms if one.lacking and not one.suspended and one.due_on <= life.day]
    late = [one for one in owed if one.unpaid_on or one.notice]
    return _of_late(life, late[0]) if late else _of_coming(life)


def _of_late(life: Life, term: Term) -> NextStep:
    month, article = month_in_words(term.month), "CSS R. 582-8, II" if term.arrears else "CSS R. 582-8, I"
    notice = term.notice
    if notice is None:
        on = unpaid_notice_day(term.unpaid_on or life.day)
        limit = unpaid_notice_limit(term.due_on)
        words = f"Le rappel L08 pour {month} part le {on:%d/%m}, au plus tard le"
        return NextStep(words, article, limit)
    if notice.deadline:
        days = "trente" if notice.code == "L09" else "quinze"
        return NextStep(f"Attendre la fin des {days} jours de {notice.code} ({month})", article, notice.deadline)
    return NextStep(f"Inscrire la réception de {notice.code} ({month})", article, None, "NOTICE_RECEIVED")


def _of_coming(life: Life) -> NextStep:
    month = terms.month_of(life.day)
    called = life.case.called_to
    if called and called >= month:
        month = month_shifted(called, 1)
    on = max(terms.due_on(life, month), life.case.calls_from or date.min)
    return NextStep(f"Prochaine échéance : {month_in_words(on.replace(day=1))}", "CSS R. 582-7", on)


def _of_recovery(life: Life) -> NextStep:
    orders = [one for one in life.case.orders if one.state in ("SENT", "ACCEPTED")]
    sent = [one for one in orders if one.state == "SENT" and one.ref]
    if sent:
        return _of_garnishee(life, garnishee_answer_by(sent[-1].decided_on))
    if orders:
        return NextStep(
            "Le moyen décidé suit son cours : contrôler les paiements reçus",
            "CPCE L. 213-2",
            terms.due_on(life, month_shifted(life.day, 1)),
        )
    return NextStep("Décider d’un moyen de recouvrement", "CSS L. 581-1 à L. 581-10", None, "RECOVERY_DECISION")


def _of_garnishee(life: Life, by: date) -> NextStep:
    """Until its day the garnishee is waited for; after it, the portal proposes another tool and a person decides."""
    if life.day <= by:
        return NextStep("Attendre la réponse du tiers, sur sa page ou par écrit", "CPCE L. 213-5 ; R. 213-13", by)
    tool = proposed_tool(life.case, life.day)
    other = f", ou décider d’un autre moyen : {lower_first(TOOLS[tool])} (proposé)" if tool else ""
    words = f"Le tiers n’a pas répondu à temps : le relancer{other}"
    return NextStep(words, "CPCE L. 213-5 ; R. 213-5 ; R. 213-13", by, "RECOVERY_DECISION")


def _of_suspension(life: Life) -> NextStep:
    """Without ASF no text sets the day of the control: a year after what suspended."""
    found, since = _control(life.case), life.case.controlled_on or life.case.suspended_from or life.day
    return found if found.by else replace(found, by=next_control_by(since))


def _of_end(life: Life) -> NextStep:
    if life.case.overpaid:
        return NextStep("Une somme versée en trop reste à rendre", "CSS R. 582-11")
    return _of_recovery(life) if life.case.forced_since else _nothing(life)


BY_STATE: dict[str, Callable[[Life], NextStep]] = {
    State.ADMISSIBILITY: lambda _life: NextStep("Attendre la réponse du parent qui reçoit : pas de pénalité pour lui", "CSS D. 582-2"),
    State.INFO_REQUESTED: _of_information,
    State.PENALTY_WARNED: _of_warning,
    State.PENALTY_PRONOUNCED: _of_penalty,
    State.LIVE: _of_living,
    State.FORCED: _of_recovery,
    State.SUSPENDED: _of_suspension,
    State.ENDED: _of_end,
}  # fmt: skip
