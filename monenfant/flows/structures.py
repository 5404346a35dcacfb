"""What the rows of `care-structures` must be, beyond the form of their cells."""

import polars as pl

from monenfant.flows.places import FUND_RULE, PLACE_RULES
from monenfant.rules.opening import WEEK
from monenfant.rules.structures import MICRO_MOST, has_siret_key
from portal.exchange.flows import Agreement, RowRule

TYPE = pl.col("type")
HOUSE = TYPE == "CHILDMINDER_HOUSE"
WRONG_KEY = "La clé de ce SIRET est fausse : un chiffre a changé."

STRUCTURE_RULES = (
    RowRule(
        ~HOUSE & pl.col("siret").is_null(),
        "siret",
        "required",
        "Une crèche a un SIRET : il manque.",
    ),
    RowRule(
        HOUSE & pl.col("siret").is_not_null(),
        "siret",
        "not_expected",
        "Une maison d’assistants maternels n’est pas un établissement : la cellule doit rester vide.",
    ),
    RowRule(~has_siret_key(pl.col("siret")), "siret", "bad_key", WRONG_KEY),
    RowRule(
        ~HOUSE & pl.col("manager_siret").is_null(),
        "manager_siret",
        "required",
        "Une crèche a un gestionnaire : son SIRET manque.",
    ),
    RowRule(~has_siret_key(pl.col("manager_siret")), "manager_siret", "bad_key", WRONG_KEY),
    RowRule(pl.col("capacity") < 1, "capacity", "bad_value", "La capacité autorisée est d’une place au moins."),
    RowRule(
        (TYPE == "MICRO") & (pl.col("capacity") > MICRO_MOST),
        "capacity",
        "too_large_for_micro",
        "Une micro-crèche a 12 places au plus (CSP R. 2324-46).",
    ),
    RowRule(
        (pl.col("funding") == "MICRO_CMG") & (TYPE != "MICRO"),
        "funding",
        "cmg_is_for_micro",
        "Seule une micro-crèche est payée par les familles avec le CMG.",
    ),
    RowRule(
        HOUSE & (pl.col("funding") != "OTHER"),
        "funding",
        "house_is_not_funded",
        "Une maison d’assistants maternels n’a pas ce financement : écrire OTHER.",
    ),
    RowRule(
        pl.col("age_max_months") <= pl.col("age_min_months"),
        "age_max_months",
        "ages_reversed",
        "L’âge le plus grand doit dépasser le plus petit.",
    ),
    RowRule(
        (pl.col("listing_status") == "LISTED") & pl.all_horizontal(pl.col(day).is_null() for day in WEEK),
        "monday",
        "never_open",
        "Une structure référencée ouvre au moins un jour : ses heures manquent.",
    ),
    *PLACE_RULES,
    FUND_RULE,
)
MANAGERS_AGREE = Agreement(
    of="manager_siret",
    facts={"manager_name": "manager_name"},
    message="Ce gestionnaire porte un autre nom sur une autre ligne.",
    remedy="Donner le même nom sur toutes ses lignes, ou corriger le SIRET, puis rejouer.",
    unknown_agrees=True,
)
