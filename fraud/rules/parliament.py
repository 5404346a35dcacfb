"""The report to Parliament on the directory: due nine months after the publication of the act that asks for it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from portal.legislation.calendar import months_later


class ReportState(StrEnum):
    """Where the report stands."""

    PLANNED = "PLANNED"
    DRAFT = "DRAFT"
    VALIDATED = "VALIDATED"
    SENT = "SENT"


STATE_WORDS: Mapping[str, str] = {
    ReportState.PLANNED: "Prévu", ReportState.DRAFT: "En rédaction", ReportState.VALIDATED: "Validé", ReportState.SENT: "Remis",
}  # fmt: skip
REPORT_MOVES: Mapping[str, frozenset[str]] = {
    ReportState.PLANNED: frozenset({ReportState.DRAFT}),
    ReportState.DRAFT: frozenset({ReportState.VALIDATED}),
    ReportState.VALIDATED: frozenset({ReportState.DRAFT, ReportState.SENT}),
    ReportState.SENT: frozenset(),
}


@dataclass(frozen=True)
class Section:
    """One heading. `is_counted`: its figures come from the look-ups; otherwise a person must write it."""

    code: str
    title: str
    is_counted: bool = False


# In the order of the act's own questions; the yearly extraction of a fund has the same headings.
SECTIONS = (
    Section("base", "Base légale"),
    Section("organismes", "Organismes participants", is_counted=True),
    Section("donnees", "Données détenues", is_counted=True),
    Section("habilitations", "Agents habilités", is_counted=True),
    Section("consultations", "Consultations, par organisme, motif et mois", is_counted=True),
    Section("usages", "Usages, pour les droits et pour le contrôle", is_counted=True),
    Section("resultats", "Résultats", is_counted=True),
    Section("incidents", "Incidents de sécurité", is_counted=True),
    Section("protection", "Protection des données"),
    Section("couts", "Coûts"),
    Section("autres", "Autres outils d’échange"),
    Section("propositions", "Propositions"),
)
WRITTEN = tuple(one.code for one in SECTIONS if not one.is_counted)


def report_due_on(published_on: date, months: int) -> date:
    """The last day on which the report is in time: published on 27 December 2019 and nine months give 27 September 2020."""
    return months_later(published_on, months)


def days_late(due_on: date, day: date) -> int:
    """How many days after the last day; nought when it is in time."""
    return max(0, (day - due_on).days)


def is_overdue(state: str, due_on: date, day: date) -> bool:
    """Not sent, and the last day is gone."""
    return state != ReportState.SENT and day > due_on


def alert_day(due_on: date, day: date, before: Iterable[int]) -> int | None:
    """How many days before the last one the alert in force on `day` was set, the nearest; None when it is too early, or late.

    A day on which nothing ran loses no alert: the one that has come stands until the next.
    """
    reached = [days for days in before if due_on - timedelta(days=days) <= day <= due_on]
    return min(reached, default=None)


def missing_sections(texts: Mapping[str, str]) -> list[str]:
    """The titles of the sections that a person has still to write."""
    return [one.title for one in SECTIONS if one.code in WRITTEN and not texts.get(one.code, "").strip()]
