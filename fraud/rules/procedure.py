"""What a step of a control case needs: the papers that are missing, in words. Nothing is decided before notice and hearing.

The table of moves says which step may follow which; here is what each one asks for. Every sentence names a paper and what
to do, for the page shows it where a button would have been.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from fraud.rules.delays import must_complain, reply_until
from portal.legislation.parameters import Parameters
from portal.legislation.words import day_in_words

DECIDED = frozenset({"NO_ACTION", "ADJUSTED", "OVERPAYMENT", "PENALTY_PROCEDURE", "COMPLAINT"})
ADVERSE = frozenset({"OVERPAYMENT", "PENALTY_PROCEDURE", "COMPLAINT"})


@dataclass(frozen=True)
class CasePapers:
    """The papers of a case on a day. `untold`: origins of what others said and no notice covers; `unconfirmed`: look-ups of the
    national directory that no body has spoken about; amounts in cents."""

    is_on_site: bool = False
    is_officer_sworn: bool = False
    has_sworn_report: bool = False
    informed_on: date | None = None
    findings: int = 0
    findings_on: date | None = None
    untold: tuple[str, ...] = ()
    unconfirmed: tuple[int, ...] = ()
    noticed_on: date | None = None
    copy_asked_on: date | None = None
    copies_sent_on: date | None = None
    is_copy_due: bool = False
    has_said_all: bool = False
    owed_by_cents: int = 0
    owed_to_cents: int = 0
    fraud_cents: int = 0
    facts_since: date | None = None
    qualification: str = ""
    is_overpayment_noticed: bool = False
    is_penalty_over: bool = True
    is_penalty_proposed: bool = False
    has_complaint: bool = False


@dataclass(frozen=True)
class MissingPaper:
    """One thing without which a step cannot be taken: its code, and its sentence."""

    code: str
    sentence: str


Guard = Callable[[CasePapers, date, Parameters], list[MissingPaper]]


def missing_papers(to: str, papers: CasePapers, on: date, parameters: Parameters) -> list[MissingPaper]:
    """What the step `to` still needs on that day; empty when it may be taken. Every step after the decision asks again for
    the notice of L. 114-21: what others say later is told too."""
    found = GUARDS[to](papers, on, parameters) if to in GUARDS else []
    if to == "DECISION" or to in DECIDED or to == "CLOSED":
        found = missing_notice(papers) + found
    if to in ADVERSE and papers.unconfirmed:
        found = [_unconfirmed(papers.unconfirmed), *found]
    return found


def _unconfirmed(looks: tuple[int, ...]) -> MissingPaper:
    """An answer of the directory is a lead: nothing is decided against somebody before the body that serves the benefit spoke."""
    numbers = _listed(tuple(f"n° {one}" for one in looks))
    return MissingPaper(
        "control.lead_unconfirmed",
        f"La réponse du répertoire (RNCPS) n’est pas confirmée, consultation {numbers} : c’est une piste, pas une preuve. "
        "Demandez à l’organisme qui sert la prestation, et notez ce qu’il dit.",
    )


def missing_notice(papers: CasePapers) -> list[MissingPaper]:
    """CSS L. 114-21: content and origin of what others said, told before any decision; the copy, when it is asked for."""
    found = []
    if papers.untold:
        found.append(MissingPaper(
            "control.notice_missing",
            f"L’avis de l’article L. 114-21 manque : la personne ne sait pas ce que nous tenons de {_listed(papers.untold)}. "
            "Envoyez-lui l’avis, avec le contenu et l’origine de chaque information.",
        ))  # fmt: skip
    if papers.is_copy_due and papers.copy_asked_on is not None:
        found.append(MissingPaper(
            "control.copy_missing",
            f"La copie des informations, demandée le {day_in_words(papers.copy_asked_on)}, n’est pas envoyée. Envoyez-la.",
        ))  # fmt: skip
    return found


def last_day_to_reply(papers: CasePapers, parameters: Parameters) -> date | None:
    """Counted again from the notice and from the copies: each gives something new to answer."""
    sent = [day for day in (papers.findings_on, papers.noticed_on, papers.copies_sent_on) if day is not None]
    return reply_until(max(sent), parameters) if papers.findings_on is not None else None


def _informed(papers: CasePapers, on: date, parameters: Parameters) -> list[MissingPaper]:
    if papers.informed_on is None:
        return [MissingPaper("control.information_missing", "La lettre d’information n’est pas envoyée : la personne doit "
                             "savoir ce qui est vérifié, pourquoi, et qu’elle peut être aidée.")]  # fmt: skip
    return []


def _investigating(papers: CasePapers, on: date, parameters: Parameters) -> list[MissingPaper]:
    found = _informed(papers, on, parameters)
    if papers.is_on_site and not papers.is_officer_sworn:
        found.append(MissingPaper("control.officer_not_sworn", "La vérification est sur place : il faut un agent assermenté "
                                  "et agréé à ce jour. Confiez le dossier à l’un d’eux."))  # fmt: skip
    return found


def _findings(papers: CasePapers, on: date, parameters: Parameters) -> list[MissingPaper]:
    found = []
    if not papers.findings:
        found.append(MissingPaper("control.no_finding", "Aucun constat n’est écrit : notez au moins un fait, avec sa période, "
                                  "ses montants et sa source."))  # fmt: skip
    if papers.is_on_site and not papers.has_sworn_report:
        found.append(MissingPaper("control.report_missing", "Le rapport de l’agent assermenté manque : il est joint aux "
                                  "constats d’une vérification sur place."))  # fmt: skip
    if papers.findings_on is None:
        found.append(MissingPaper("control.findings_missing", "Les constats ne sont pas envoyés à la personne."))
    return found


def _adversarial(papers: CasePapers, on: date, parameters: Parameters) -> list[MissingPaper]:
    if papers.findings_on is None:
        return [MissingPaper("control.findings_missing", "Les constats ne sont pas envoyés à la personne.")]
    return []


def _decision(papers: CasePapers, on: date, parameters: Parameters) -> list[MissingPaper]:
    until = last_day_to_reply(papers, parameters)
    if until is None:
        return [MissingPaper("control.findings_missing", "Les constats ne sont pas envoyés à la personne.")]
    if on <= until and not papers.has_said_all:
        return [MissingPaper("control.reply_awaited", f"La personne peut répondre jusqu’au {day_in_words(until)}, sauf si elle "
                             "dit avant n’avoir rien à ajouter.")]  # fmt: skip
    return []


def _adjusted(papers: CasePapers, on: date, parameters: Parameters) -> list[MissingPaper]:
    if papers.owed_to_cents <= 0:
        return [MissingPaper("control.nothing_owed_to", "Aucun constat ne dit ce qui est dû à la personne.")]
    return []


def _overpayment(papers: CasePapers, on: date, parameters: Parameters) -> list[MissingPaper]:
    if papers.owed_by_cents <= 0:
        return [MissingPaper("control.nothing_owed_by", "Aucun constat ne dit une somme versée en trop.")]
    return []


def _penalty(papers: CasePapers, on: date, parameters: Parameters) -> list[MissingPaper]:
    if papers.qualification not in ("FRAUD", "FAULT"):
        return [_unqualified(papers)]
    return []


def _complaint(papers: CasePapers, on: date, parameters: Parameters) -> list[MissingPaper]:
    found = [] if papers.qualification == "FRAUD" else [_unqualified(papers)]
    if not papers.has_complaint:
        found.append(MissingPaper("control.complaint_missing", "La plainte n’est pas écrite."))
    return found


def _unqualified(papers: CasePapers) -> MissingPaper:
    if papers.qualification:
        return MissingPaper("control.not_qualified", "La commission n’a pas retenu ce qu’il faut pour cette suite : ni "
                            "sanction ni plainte sans elle.")  # fmt: skip
    return MissingPaper("control.panel_missing", "La commission ne s’est pas prononcée : personne ne qualifie seul. "
                        "Demandez-lui son avis, avec les preuves.")  # fmt: skip


def _closed(papers: CasePapers, on: date, parameters: Parameters) -> list[MissingPaper]:
    found = []
    if papers.owed_by_cents > 0 and not papers.is_overpayment_noticed:
        found.append(MissingPaper("control.overpayment_notice_missing", "La somme versée en trop n’est pas notifiée "
                                  "(article R. 133-9-2)."))  # fmt: skip
    if not papers.is_penalty_over:
        found.append(MissingPaper("control.penalty_pending", "La procédure de pénalité n’est pas terminée."))
    began = papers.facts_since
    if began is not None and not papers.has_complaint and must_complain(papers.fraud_cents, began, parameters):
        found.append(MissingPaper("control.complaint_due", "Le préjudice dépasse huit plafonds mensuels : la plainte est "
                                  "obligatoire (articles L. 114-9 et D. 114-5)."))  # fmt: skip
    return found


def _listed(origins: tuple[str, ...]) -> str:
    *first, last = origins
    return f"{', '.join(first)} et {last}" if first else last


GUARDS: Mapping[str, Guard] = {
    "INFORMED": _informed,
    "INVESTIGATING": _investigating,
    "FINDINGS_SENT": _findings,
    "ADVERSARIAL": _adversarial,
    "DECISION": _decision,
    "ADJUSTED": _adjusted,
    "OVERPAYMENT": _overpayment,
    "PENALTY_PROCEDURE": _penalty,
    "COMPLAINT": _complaint,
    "CLOSED": _closed,
}
