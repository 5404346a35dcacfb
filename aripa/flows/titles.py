"""What the rows of `titles`, `parents` and `prices` must be, beyond the form of their cells."""

import polars as pl

from aripa.models import TitleKind
from portal.exchange.flows import Agreement, RowRule
from portal.exchange.reading import Refusal

KIND = pl.col("kind")
WITHOUT_TITLE = TitleKind.NONE.value == KIND
JUDICIAL = (TitleKind.COURT_DECISION.value, TitleKind.HOMOLOGATED_AGREEMENT.value)
# Countries and territories that have a fund (Mayotte and Saint-Pierre-et-Miquelon included).
OF_A_FUND = ("FR", "GP", "MQ", "GF", "RE", "BL", "MF", "YT", "PM")

TITLE_RULES = (
    RowRule(
        ~WITHOUT_TITLE & pl.col("debtor_no").is_null(),
        "debtor_no",
        "required",
        "Un titre a un parent débiteur : son numéro manque.",
    ),
    RowRule(
        pl.col("debtor_no") == pl.col("creditor_no"),
        "debtor_no",
        "same_parent",
        "Le parent débiteur et le parent créancier portent le même numéro.",
    ),
    RowRule(
        WITHOUT_TITLE & pl.col("monthly_total").is_not_null(),
        "monthly_total",
        "amount_without_title",
        "Sans titre il n’y a pas de montant : la cellule doit rester vide.",
    ),
    RowRule(
        WITHOUT_TITLE & pl.col("cash_share").is_not_null(),
        "cash_share",
        "amount_without_title",
        "Sans titre il n’y a pas de montant : la cellule doit rester vide.",
    ),
    RowRule(
        ~WITHOUT_TITLE & pl.col("cash_share").is_null(),
        "cash_share",
        "required",
        "La part en argent manque : ce qui n’est pas connu ne vaut pas zéro.",
    ),
    RowRule(
        pl.col("cancels_support") & (pl.col("cash_share") > 0),
        "cash_share",
        "amount_of_cancelling_title",
        "Ce titre met fin à la pension : sa part en argent est de 0.00.",
    ),
    RowRule(
        pl.col("cash_share") > pl.col("monthly_total"),
        "cash_share",
        "above_total",
        "La part en argent dépasse le total du mois.",
    ),
    RowRule(
        pl.col("due_day").is_not_null() & ~KIND.is_in(JUDICIAL),
        "due_day",
        "not_expected",
        "Seuls un juge ou une convention homologuée fixent le jour du terme : la cellule doit rester vide.",
    ),
    RowRule(pl.col("due_day") < 1, "due_day", "bad_value", "Le jour du terme va de 1 à 28."),
    RowRule(
        pl.col("amount_end") <= pl.col("effective_on"),
        "amount_end",
        "period_reversed",
        "Le premier jour qui n’est plus dû doit venir après la date d’effet.",
    ),
    RowRule(
        (pl.col("end_condition") == "DATE") & pl.col("amount_end").is_null(),
        "amount_end",
        "required",
        "La pension finit à une date : cette date manque.",
    ),
    RowRule(
        pl.col("supersedes") == pl.col("title_no"),
        "supersedes",
        "supersedes_itself",
        "Un titre ne peut pas se remplacer lui-même.",
    ),
)
PARENT_RULES = (
    RowRule(
        pl.col("fund").is_not_null() & ~pl.col("country").is_in(OF_A_FUND),
        "fund",
        "fund_abroad",
        "Ce parent vit dans un pays où aucune caisse n’est compétente : la cellule doit rester vide.",
    ),
    RowRule(
        pl.col("birth_date") > pl.col("updated_at").dt.convert_time_zone("Europe/Paris").dt.date(),
        "birth_date",
        "born_after",
        "Ce parent serait né après le jour où ces renseignements ont été donnés.",
    ),
)
PRICE_RULES = (
    RowRule(
        pl.col("published_on") <= pl.col("month").dt.month_end(),
        "published_on",
        "published_too_early",
        "Un indice est publié après la fin de son mois.",
    ),
)

FACTS_OF_TITLE = (
    "case_no", "supersedes", "kind", "divorce", "issuer", "minute_no", "title_date", "enforceable_on",
    "provides_intermediation", "refused_by_both", "excluded_by_judge", "cancels_support", "violence", "creditor_no",
    "debtor_no", "due_day", "intermediation_end", "indexation", "index_series", "base_month", "first_indexation_on",
    "rounding", "sender",
)  # fmt: skip
TITLE_AGREEMENTS = (
    Agreement(
        of="title_no",
        facts={name: name for name in FACTS_OF_TITLE} | {"received_at": "received_on"},
        message="Les lignes d’un même titre ne disent pas la même chose ici.",
        remedy="À corriger par l’émetteur ; si le titre entier a changé, renvoyer ensemble toutes ses lignes.",
    ),
    Agreement(
        of="case_no",
        facts={"creditor_no": "creditor_no", "debtor_no": "debtor_no"},
        message="Ce dossier est déjà celui d’autres parents : un dossier a un seul créancier et un seul débiteur.",
        remedy="À corriger par l’émetteur : pour d’autres parents, il faut un autre numéro de dossier.",
        unknown_agrees=True,
    ),
)


def months_left_out(rows: pl.DataFrame, held: pl.DataFrame) -> list[Refusal]:
    """Refuse a file of prices that leaves a month out between two of its series and base, what is held included."""
    known = pl.concat([rows.select("series", "base", "month"), held.select("series", "base", "month")]).unique()
    refusals = []
    for (series, base), found in sorted(known.group_by("series", "base"), key=lambda one: str(one[0])):
        first, last = found["month"].min(), found["month"].max()
        between = pl.date_range(first, last, "1mo", eager=True).to_list()  # type: ignore[arg-type, union-attr]
        lacking = sorted(set(between) - set(found["month"]))
        if lacking:
            named = ", ".join(f"{month:%Y-%m}" for month in lacking[:12])
            sentence = f"Il manque un mois ou sa ligne est fausse, série {series}, base {base} : {named}."
            refusals.append(Refusal("month_missing", sentence))
    return refusals
