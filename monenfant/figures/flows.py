"""The two yearly flows of public figures: children under three by area, and hours of structures."""

from functools import cache

import polars as pl

from monenfant.flows.kinds import BENEFIT
from portal.exchange.cells import Column
from portal.exchange.flows import FlowKind, RowRule, register
from portal.organisations.communes import communes
from portal.organisations.directory import departements

FIRST_YEAR, LAST_YEAR = 2010, 2100
MOST_CHILDREN, MOST_HOURS = 999_999, 9_999_999


@cache
def _areas() -> pl.Series:
    return pl.Series([*departements(), *communes()], dtype=pl.String)


def _is_unknown_area(areas: pl.Series) -> pl.Series:
    return areas.is_not_null() & ~areas.is_in(_areas().implode())


def _above_theoretical(column: str, what: str) -> RowRule:
    return RowRule(
        pl.col(column) > pl.col("theoretical_hours"),
        column,
        "above_theoretical",
        f"{what} dépassent les heures théoriques : places × heures d’ouverture de l’année.",
    )


YEAR_RULE = RowRule(
    pl.col("year") < FIRST_YEAR, "year", "bad_value", f"L’année s’écrit en quatre chiffres, à partir de {FIRST_YEAR}."
)
POPULATION = FlowKind(
    name="childcare-population",
    benefit=BENEFIT,
    table="monenfant_childpopulation",
    key=("area", "year"),
    order=("updated_at",),
    derive=lambda frame: frame,
    rules=(
        YEAR_RULE,
        RowRule(
            pl.col("area").map_batches(_is_unknown_area, return_dtype=pl.Boolean),
            "area",
            "unknown_area",
            "Ni un département ni une commune ne porte ce numéro (63, 2A, 971 ; 63113).",
        ),
    ),
    columns=(
        Column("area", "id", required=True),
        Column("year", "count", required=True, largest=LAST_YEAR),
        Column("children_under_3", "count", required=True, largest=MOST_CHILDREN),
        Column("source", "free", required=True),
        Column("updated_at", "instant", required=True),
    ),
)
HOURS = FlowKind(
    name="structure-hours",
    benefit=BENEFIT,
    table="monenfant_structurehours",
    key=("cnaf_id", "year"),
    order=("updated_at",),
    derive=lambda frame: frame,
    rules=(
        YEAR_RULE,
        _above_theoretical("presence_hours", "Les heures de présence"),
        _above_theoretical("billed_hours", "Les heures facturées"),
    ),
    columns=(
        Column("cnaf_id", "id", required=True),
        Column("year", "count", required=True, largest=LAST_YEAR),
        Column("presence_hours", "count", required=True, largest=MOST_HOURS),
        Column("billed_hours", "count", required=True, largest=MOST_HOURS),
        Column("theoretical_hours", "count", largest=MOST_HOURS),
        Column("updated_at", "instant", required=True),
    ),
)


def register_figure_kinds() -> None:
    """Make the kinds of public figures known to the exchange."""
    for kind in (POPULATION, HOURS):
        register(kind)
