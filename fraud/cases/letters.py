"""The letters of a case: plain words, the articles, the delays and remedies. No word of blame before a decision."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from cmg.remedies.telling import SUBJECT, names_of
from fraud.cases.acting import AtWork
from fraud.models import CasePaper, ControlCase, EvidenceItem, Finding, ObtainedInformation, PaperKind
from fraud.rules import delays
from fraud.rules.figures import control_parameters
from fraud.rules.words import word_of_blame
from portal.letters.kinds import LetterKind, register
from portal.letters.operations import ask_letter

# By kind of paper: the letter's title, its template, the facts that it cannot do without, its articles.
OWN = ("recipient", "case_number")
LETTERS: dict[PaperKind, tuple[str, str, tuple[str, ...], tuple[str, ...]]] = {
    PaperKind.INFORMATION: ("Nous vérifions votre dossier", "letters/fraud/information.html",
                            ("purpose", "legal_basis", "documents"), ("CSS L. 114-9", "CSS L. 114-10")),
    PaperKind.DOCUMENTS: ("Des documents nous manquent", "letters/fraud/documents.html", ("documents", "until"),
                          ("CSS L. 161-1-4",)),
    PaperKind.FINDINGS: ("Ce que nous avons constaté", "letters/fraud/findings.html", ("findings", "until"),
                         ("CRPA L. 122-1", "CSS L. 114-9")),
    PaperKind.NOTICE: ("Ce que d’autres nous ont dit de vous", "letters/fraud/notice.html", ("obtained",),
                       ("CSS L. 114-21",)),
    PaperKind.COPIES: ("Les copies que vous avez demandées", "letters/fraud/copies.html", ("obtained",),
                       ("CSS L. 114-21",)),
    PaperKind.SUSPENSION: ("Votre prestation attend un document", "letters/fraud/suspension.html",
                           ("missing", "reason", "appeal_until"), ("CSS L. 161-1-4", "CRPA L. 211-2")),
    PaperKind.RESULT: ("Le résultat de notre vérification", "letters/fraud/result.html", ("sentence", "appeal_until"),
                       ("CSS L. 114-9",)),
    PaperKind.OVERPAYMENT: ("Une somme vous a été versée en trop", "letters/fraud/overpayment.html",
                            ("findings", "total_cents", "until", "appeal_until"), ("CSS R. 133-9-2", "CSS L. 553-1")),
    PaperKind.PENALTY_NOTIFIED: ("Nous envisageons une pénalité", "letters/fraud/penalty_notified.html",
                                 ("facts", "until", "limits"), ("CSS L. 114-17", "CSS R. 114-10", "CSS R. 114-11")),
    PaperKind.PENALTY_HEARING: ("Votre entretien avant toute décision", "letters/fraud/hearing.html", ("hearing_on",),
                                ("CSS L. 114-17",)),
    PaperKind.PENALTY_DECIDED: ("Décision de pénalité", "letters/fraud/penalty_decided.html",
                                ("facts", "amount_cents", "reason", "appeal_until"), ("CSS L. 114-17", "CSS R. 114-11")),
    PaperKind.PENALTY_WARNING: ("Avertissement", "letters/fraud/warning.html", ("facts", "reason", "appeal_until"),
                                ("CSS L. 114-17",)),
    PaperKind.PENALTY_REVIEWED: ("Réponse à votre recours", "letters/fraud/reviewed.html",
                                 ("sentence", "opinion", "reason", "appeal_until"), ("CSS L. 114-17", "CSS R. 114-11")),
    PaperKind.PENALTY_ENDED: ("La procédure de pénalité est abandonnée", "letters/fraud/ended.html", ("sentence",),
                              ("CSS L. 114-17", "CSS R. 114-11")),
    PaperKind.PENALTY_DEMAND: ("Mise en demeure de payer", "letters/fraud/demand.html",
                               ("decided_on", "amount_cents", "due_cents"), ("CSS L. 114-17",)),
    PaperKind.CONTRAINTE: ("Contrainte", "letters/fraud/contrainte.html", ("due_cents", "surcharge_cents", "total_cents"),
                           ("CSS L. 114-17", "CSS R. 133-3")),
}  # fmt: skip


def code_of(kind: PaperKind) -> str:
    return f"control.{kind.lower()}"


def register_letters() -> None:
    """Make them known to the kernel."""
    for kind, (title, template, needs, articles) in LETTERS.items():
        register(LetterKind(code_of(kind), title, template, (*OWN, *needs), articles))


def send_paper(work: AtWork, kind: PaperKind, facts: dict[str, Any], *, until: date | None = None) -> CasePaper:
    """Ask for the letter and keep it among the papers of the case, in the act's transaction."""
    case, act = work.case, work.act
    job = ask_letter(
        kind=code_of(kind), key=f"control:{act.key}:{kind}", subject=case.subject, facts=common_facts(case) | facts,
        dated=act.on, by=work.by,
    )  # fmt: skip
    return CasePaper.objects.create(case=case, kind=kind, sent_on=act.on, until=until, job=job, by=work.by, at=act.at)


def common_facts(case: ControlCase) -> dict[str, Any]:
    """What every letter of a case says: to whom, about which case, who answers."""
    return {
        "recipient": recipient_of(case.subject), "case_number": case.number, "reference": f"Dossier {case.number}",
        "sender": f"Caisse {case.fund}", "officer": case.officer.full_name, "benefit": case.benefit,
        "signatory": "Le service de la vérification",
    }  # fmt: skip


def recipient_of(subject: str) -> list[str]:
    """The lines that a letter is addressed to: as the CMG's letters do for its families, else the subject's own number."""
    if subject.startswith(SUBJECT):
        employer_no = subject.removeprefix(SUBJECT)
        return names_of([employer_no]).get(employer_no, [f"Employeur n° {employer_no}"])
    return [f"Allocataire n° {subject.rsplit(':', 1)[-1]}"]


def information_facts(case: ControlCase, documents: str) -> dict[str, Any]:
    return {"purpose": case.purpose, "legal_basis": case.legal_basis, "documents": lines_of(documents)}


def documents_facts(documents: str, on: date) -> dict[str, Any]:
    until = delays.suspension_from(on, control_parameters())
    return {"documents": lines_of(documents), "until": until.isoformat()}


def findings_facts(findings: Sequence[Finding], on: date) -> dict[str, Any]:
    until = delays.reply_until(on, control_parameters())
    return {"findings": [_finding(one) for one in findings], "until": until.isoformat()}


def _finding(one: Finding) -> dict[str, Any]:
    return {
        "fact": one.fact, "since": one.since.isoformat(), "until": one.until.isoformat(), "source": one.source,
        "owed_by_cents": one.owed_by_cents, "owed_to_cents": one.owed_to_cents,
    }  # fmt: skip


def obtained_facts(obtained: Sequence[ObtainedInformation]) -> dict[str, Any]:
    """Of each information, what was said, by whom, how and when we had it.

    Others' words are told whole, even a word of blame that we do not write ourselves: the letter then says whose they are.
    """
    return {
        "has_blame": bool(word_of_blame(*(one.content for one in obtained))),
        "obtained": [
            {
                "content": one.content,
                "origin": one.origin,
                "via": one.get_via_display(),
                "on": one.obtained_on.isoformat(),
            }
            for one in obtained
        ],
    }


def copies_facts(obtained: Sequence[ObtainedInformation], papers: Sequence[EvidenceItem]) -> dict[str, Any]:
    """What was said, and the documents that are joined, each by its title, who gave it and its fingerprint."""
    return obtained_facts(obtained) | {
        "papers": [{"title": one.title, "body": one.provenance.get("body", ""), "sha256": one.sha256} for one in papers]
    }


def lines_of(text: str) -> list[str]:
    """One thing a line, as typed."""
    return [line.strip() for line in text.splitlines() if line.strip()]
