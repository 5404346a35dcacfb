"""The figures as tables, under the headings of the report: one writing for the page, the PDF, the CSV and the extraction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fraud.models import AlertKind, Outcome, Worth
from fraud.rncps.counting import Figures
from fraud.rules.figures import control_parameters
from fraud.rules.parliament import SECTIONS
from fraud.rules.rncps import CATEGORY_WORDS, LEAD, MODE_WORDS, MOTIVE_WORDS, SENTENCES

REFERENCES = ("officers", "consultations", "institutions", "national_bodies", "managing_bodies")


@dataclass(frozen=True)
class Table:
    """One table: what it counts, its headings, its rows of words and whole numbers, and a note under it."""

    title: str
    headings: tuple[str, ...]
    rows: list[tuple[str | int, ...]] = field(default_factory=list)
    note: str = ""


def tables_of(figures: Figures, day: date) -> dict[str, list[Table]]:
    """The tables of each counted section. `day`: that of the reference figures."""
    return {
        "organismes": [_bodies(figures["bodies"]), _references(day)],
        "donnees": [_named("Données demandées", "Donnée", figures["data"], CATEGORY_WORDS)],
        "habilitations": [_authorised(figures["authorisations"])],
        "consultations": [
            _looks(figures["looks"]),
            _named("Refusées, et gardées", "Raison", figures["refused"], SENTENCES),
        ],
        "usages": [_uses(figures["uses"]), _named("Par mode", "Mode", figures["uses"]["modes"], MODE_WORDS)],
        "resultats": [_outcomes(figures["results"]), _worth(figures["results"])],
        "incidents": [_incidents(figures)],
    }


def lines_of(figures: Figures, day: date) -> list[list[str]]:
    """Every table as lines of a file: section, table, then its cells; what an answer is worth is said first."""
    found = tables_of(figures, day)
    lines = [["Rubrique", "Tableau", "Valeurs"], ["", LEAD]]
    for section in SECTIONS:
        for table in found.get(section.code, []):
            head = [section.title, table.title]
            lines.append([*head, *table.headings])
            lines += [[*head, *(str(cell) for cell in row)] for row in table.rows]
    return lines


def _named(title: str, heading: str, counts: Mapping[str, int], words: Mapping[str, str]) -> Table:
    rows: list[tuple[str | int, ...]] = [(words.get(code, code), count) for code, count in counts.items()]
    return Table(title, (heading, "Nombre"), rows)


def _bodies(counts: Figures) -> Table:
    return Table(
        "Organismes de ce portail", ("Organisme", "Nombre"),
        [("qui ont consulté", counts["asking"]), ("avec qui des échanges sont possibles", counts["exchanging"])],
    )  # fmt: skip


def _references(day: date) -> Table:
    """National figures that others counted: beside ours, never added to them."""
    parameters = control_parameters()
    found = [parameters.figures[f"rncps.reference.{name}"] for name in REFERENCES]
    rows: list[tuple[str | int, ...]] = [(one.term, int(one.on(day).value)) for one in found]
    source = found[0].on(day).source
    return Table(
        "Repères nationaux", ("Repère", "Nombre"), rows,
        f"Source : {source}. Comptés par d’autres, pour tout le pays : ils ne viennent pas de ce portail.",
    )  # fmt: skip


def _authorised(counts: Figures) -> Table:
    by_fund: list[tuple[str | int, ...]] = [(f"en cours, {fund}", count) for fund, count in counts["in_force"].items()]
    total = sum(counts["in_force"].values())
    last = date.fromisoformat(counts["in_force_on"])
    return Table(
        f"Habilitations individuelles au {last:%d/%m/%Y}", ("Habilitations", "Nombre"),
        [("en cours", total), *by_fund, ("accordées dans la période", counts["given"]), ("terminées", counts["ended"])],
    )  # fmt: skip


def _looks(counts: Iterable[Mapping[str, Any]]) -> Table:
    rows: list[tuple[str | int, ...]] = [
        (one["fund"], f"{one['month'][5:]}/{one['month'][:4]}", MOTIVE_WORDS[one["motive"]], one["count"])
        for one in counts
    ]
    return Table("Consultations", ("Organisme", "Mois", "Motif", "Nombre"), rows)


def _uses(counts: Figures) -> Table:
    return Table(
        "Usages", ("Usage", "Nombre"),
        [("pour des droits", counts["rights"]), ("pour un contrôle ou une fraude possible", counts["control"])],
    )  # fmt: skip


def _outcomes(counts: Figures) -> Table:
    table = _named("Réponses", "Réponse", counts["outcomes"], dict(Outcome.choices))
    return Table(table.title, table.headings, [*table.rows, ("Sans réponse à ce jour", counts["without"])])


def _worth(counts: Figures) -> Table:
    table = _named("Ce que les pistes sont devenues", "Suite", counts["worth"], dict(Worth.choices))
    rows = [*table.rows, ("dont en faveur de la famille", counts["in_favour"]), ("À confirmer", counts["unconfirmed"])]
    return Table(table.title, table.headings, rows, LEAD)


def _incidents(figures: Figures) -> Table:
    table = _named("Alertes et incidents", "Alerte", figures["alerts"], dict(AlertKind.choices))
    return Table(table.title, table.headings, [*table.rows, ("Incidents de sécurité reconnus", figures["incidents"])])
