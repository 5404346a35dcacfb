"""What the rows of the benefits' files must be, beyond the form of their cells; each sentence says what to write."""

import polars as pl

from portal.benefits.models import PeriodPlace, Scheme, SchoolingSource, SchoolingStatus
from portal.exchange.flows import RowRule
from portal.organisations.directory import departements

OLDEST_YEAR = 2000
MAYOTTE = [number for number, place in departements().items() if place.territory == "MAYOTTE"]
HEARD_ON = pl.col("updated_at").dt.convert_time_zone("Europe/Paris").dt.date()
PERIOD = RowRule(
    pl.col("ends_on") <= pl.col("starts_on"),
    "ends_on",
    "period_reversed",
    "Le premier jour qui n’est plus couvert doit venir après le premier jour.",
)

FAMILY_RULES = (
    RowRule(
        pl.col("fund").str.starts_with("MSA") & (pl.col("scheme") == Scheme.GENERAL.value),
        "scheme",
        "other_scheme",
        "Une MSA sert le régime agricole : écrire AGRICULTURAL, ou corriger la caisse.",
    ),
    # Overseas, the Caf serves agricultural families too: CSS L. 752-1.
    RowRule(
        pl.col("fund").str.contains(r"^CAF[0-8]|^CAF9[0-5]") & (pl.col("scheme") == Scheme.AGRICULTURAL.value),
        "scheme",
        "other_scheme",
        "Dans ce département, la MSA sert le régime agricole : écrire GENERAL, ou corriger la caisse.",
    ),
    RowRule(
        pl.col("birth_date") > HEARD_ON, "birth_date", "born_later", "L’allocataire serait né après l’envoi de la ligne."
    ),
)  # fmt: skip
CHILD_RULES = (
    RowRule(
        pl.col("dependent_until") <= pl.col("dependent_from"),
        "dependent_until",
        "period_reversed",
        "Le premier jour où l’enfant n’est plus à charge doit venir après le premier jour où il l’est.",
    ),
    RowRule(
        pl.col("dependent_from") < pl.col("birth_date"),
        "dependent_from",
        "before_birth",
        "L’enfant ne peut pas être à charge avant sa naissance.",
    ),
    RowRule(pl.col("birth_date") > HEARD_ON, "birth_date", "born_later", "L’enfant serait né après l’envoi de la ligne."),
)  # fmt: skip
RESOURCE_RULES = (
    RowRule(
        pl.col("resource_year") < OLDEST_YEAR,
        "resource_year",
        "bad_value",
        f"L’année des ressources va de {OLDEST_YEAR} à l’an dernier.",
    ),
    RowRule(
        pl.col("resource_year") >= HEARD_ON.dt.year(),
        "resource_year",
        "year_not_over",
        "Cette année n’est pas finie : ses revenus nets catégoriels ne peuvent pas être connus.",
    ),
)


def _told(status: SchoolingStatus) -> pl.Expr:
    return pl.col("status") == status.value


SCHOOLING_RULES = (
    RowRule(
        (pl.col("school_year") < OLDEST_YEAR) | (pl.col("school_year") > HEARD_ON.dt.year() + 1),
        "school_year",
        "bad_value",
        "L’année est celle de la rentrée (2026 pour 2026-2027), au plus tard celle de l’an prochain.",
    ),
    RowRule(
        _told(SchoolingStatus.NONE) & pl.col("cycle").is_not_null(),
        "cycle",
        "not_expected",
        "L’enfant n’est ni scolarisé ni apprenti : la cellule doit rester vide.",
    ),
    # At Mayotte the amount follows the cycle (decree 2002-423).
    RowRule(
        pl.col("fund").str.slice(3).is_in(MAYOTTE) & ~_told(SchoolingStatus.NONE) & pl.col("cycle").is_null(),
        "cycle",
        "lacking",
        "À Mayotte, le montant dépend du cycle : écrire PRIMARY, COLLEGE ou LYCEE.",
    ),
    RowRule(
        _told(SchoolingStatus.APPRENTICE) & pl.col("monthly_pay").is_null(),
        "monthly_pay",
        "lacking",
        "La rémunération de l’apprenti manque : ce qui n’est pas connu ne vaut pas zéro, et le droit en dépend.",
    ),
    RowRule(
        (pl.col("source") == SchoolingSource.FAMILY.value) & pl.col("declared_on").is_null(),
        "declared_on",
        "lacking",
        "Le jour de la déclaration de la famille manque.",
    ),
    RowRule(
        pl.col("declared_on") > HEARD_ON,
        "declared_on",
        "declared_later",
        "La déclaration serait faite après l’envoi de la ligne.",
    ),
)
DECISION_RULES = (
    PERIOD,
    RowRule(
        pl.col("decided_on") < pl.col("filed_on"),
        "decided_on",
        "decided_before_filed",
        "La décision viendrait avant la demande : une des deux dates est fausse.",
    ),
    RowRule(
        pl.col("complement_by_help") & (pl.col("complement") < 2),
        "complement_by_help",
        "not_by_help",
        "Sans complément, ou au complément 1 (des frais seuls), aucune aide humaine ne le justifie : écrire 0.",
    ),
)
BOARDING_RULES = (
    PERIOD,
    RowRule(
        (pl.col("place") == PeriodPlace.HOME.value) & pl.col("ends_on").is_null(),
        "ends_on",
        "lacking",
        "Un retour au foyer a une fin. Si l’internat est fini, donner sa fin à la période BOARDED.",
    ),
)
