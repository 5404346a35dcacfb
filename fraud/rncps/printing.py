"""The report to Parliament as a tagged PDF, as letters are."""

from dataclasses import asdict
from datetime import date

from fraud.models import ParliamentReport
from fraud.rncps.reporting import figures_of, texts_of
from fraud.rncps.tables import tables_of
from fraud.rules.parliament import SECTIONS, ReportState
from portal.letters.kinds import LetterKind, register
from portal.letters.rendering import render_letter

REPORT = LetterKind(
    "fraud.parliament", "Rapport au Parlement sur le répertoire national commun de la protection sociale",
    "letters/fraud/parliament.html", ("act", "due_on", "sections"), ("CSS L. 114-12-1",),
)  # fmt: skip


def register_report() -> None:
    """Make it known to the kernel."""
    register(REPORT)


def report_pdf(report: ParliamentReport, *, on: date) -> bytes:
    """Of the day it was sent or validated, else of today: a draft says that it is one. The same report gives the same file."""
    dated = report.sent_on or report.validated_on or on
    texts, tables = texts_of(report), tables_of(figures_of(report), dated)
    sections = [
        {
            "title": one.title, "text": texts[one.code].text if one.code in texts else "",
            "tables": [asdict(table) for table in tables.get(one.code, [])],
        }
        for one in SECTIONS
    ]  # fmt: skip
    facts = {
        "act": report.act, "article": report.article, "due_on": str(report.due_on), "sections": sections,
        "covers_from": str(report.covers_from), "covers_to": str(report.covers_to), "recipient": ["Parlement"],
        "is_draft": report.state in (ReportState.PLANNED, ReportState.DRAFT), "signatory": "La direction",
    }  # fmt: skip
    return render_letter(REPORT, facts, number=f"RNCPS-{report.due_on:%Y}-{report.pk}", dated=dated).pdf
