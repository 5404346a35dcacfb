"""What the rows of `childminder-approvals` must be: what an approval allows and what may be hidden (R. 421-39)."""

import polars as pl

from monenfant.flows.places import DEPARTEMENT_RULE, PLACE_RULES
from monenfant.rules.childminders import APPROVAL_YEARS_MOST
from portal.exchange.flows import RowRule

AT_HOME = pl.col("place") == "HOME"

APPROVAL_RULES = (
    RowRule(
        pl.col("end") <= pl.col("start"),
        "end",
        "period_reversed",
        "Le premier jour qui n’est plus couvert doit venir après le premier jour de l’agrément.",
    ),
    RowRule(
        pl.col("end") > pl.col("start").dt.offset_by(f"{APPROVAL_YEARS_MOST}y"),
        "end",
        "too_long",
        "Un agrément dure cinq ans, dix au plus quand il est renouvelé.",
    ),
    RowRule(
        pl.col("max_children") < 1, "max_children", "bad_value", "Un agrément permet d’accueillir un enfant au moins."
    ),
    RowRule(
        pl.col("hides_email") & pl.col("hides_phone"),
        "hides_phone",
        "both_hidden",
        "L’adresse électronique ou le téléphone peut être caché, pas les deux (CASF R. 421-39).",
    ),
    RowRule(
        (pl.col("hides_email") & pl.col("phone").is_null()) | (pl.col("hides_phone") & pl.col("email").is_null()),
        "phone",
        "no_contact_left",
        "L’un est caché et l’autre manque : plus rien ne permet aux familles de joindre cette personne.",
    ),
    RowRule(
        pl.col("hides_address") & ~AT_HOME,
        "hides_address",
        "house_is_open",
        "L’adresse ne se cache que pour un accueil au domicile : une maison d’assistants maternels est ouverte aux familles.",
    ),
    RowRule(
        AT_HOME & pl.col("house_no").is_not_null(),
        "house_no",
        "not_expected",
        "L’accueil se fait au domicile : la maison doit rester vide.",
    ),
    RowRule(
        pl.col("stopped_on") < pl.col("start"),
        "stopped_on",
        "before_start",
        "L’activité ne peut pas s’arrêter avant le premier jour de l’agrément.",
    ),
    *PLACE_RULES,
    DEPARTEMENT_RULE,
)
