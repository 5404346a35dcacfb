"""What leaves for the national mission (MICAF): the decisions of a meeting, the report of a year. Figures and decisions, nobody's name."""

from collections.abc import Sequence
from datetime import date

from fraud.models import CodafDecision, CodafMeeting, CodafReport
from fraud.rules import codaf as rules
from portal.letters.kinds import LetterKind, register
from portal.letters.operations import ask_letter
from portal.organisations.directory import departements

MISSION = ["Mission interministérielle de coordination anti-fraude", "139 rue de Bercy", "75012 Paris"]
SIGNATORY = "Le secrétariat permanent du comité"
DECISIONS, REPORT = "fraud.codaf_decisions", "fraud.codaf_report"
KINDS = (
    LetterKind(DECISIONS, "Décisions du comité départemental", "letters/fraud/codaf_decisions.html",
               ("recipient", "reference", "decisions", "meeting"), ("décret 2020-872, art. 9",)),
    LetterKind(REPORT, "Compte rendu du comité départemental", "letters/fraud/codaf_report.html",
               ("recipient", "reference", "year", "figures", "text"), ("décret 2020-872, art. 9",)),
)  # fmt: skip


def register_letters() -> None:
    for kind in KINDS:
        register(kind)


def subject_of(departement: str) -> str:
    return f"codaf:{departement}"


def sender_of(departement: str) -> str:
    return f"Comité opérationnel départemental anti-fraude ({departements()[departement].name})"


def ask_decisions_letter(meeting: CodafMeeting, decisions: Sequence[CodafDecision], *, on: date, by: str) -> None:
    facts = {
        "recipient": MISSION, "reference": meeting.number, "meeting": meeting.dated.isoformat(),
        "formation": meeting.get_formation_display(), "decisions": [one.text for one in decisions],
        "sender": sender_of(meeting.departement), "signatory": SIGNATORY,
    }  # fmt: skip
    key = f"{meeting.number}:{decisions[0].pk}"
    ask_letter(kind=DECISIONS, key=key, subject=subject_of(meeting.departement), facts=facts, dated=on, by=by)


def ask_report_letter(report: CodafReport, *, by: str) -> None:
    reference, year = rules.reference_checks()
    facts = {
        "recipient": MISSION, "reference": report.letter_key.removeprefix("codaf:"), "year": report.year, "figures": report.figures,
        "text": rules.text_on(report.made_on), "reference_checks": reference, "reference_year": year,
        "sender": sender_of(report.departement), "signatory": SIGNATORY, "made_on": report.made_on.isoformat(),
    }  # fmt: skip
    ask_letter(
        kind=REPORT, key=report.letter_key, subject=subject_of(report.departement), facts=facts, dated=report.made_on, by=by
    )  # fmt: skip
