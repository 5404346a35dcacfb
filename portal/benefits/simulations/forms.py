"""The pages of the simulators of ARS and AEEH: what is asked, in whose words, and what the answer says in a sentence."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from portal.benefits.rules.figures import benefit_parameters
from portal.benefits.rules.refusals import REFUSALS
from portal.frame.questions import Choices, cents
from portal.frame.simulators import Ask, Form, Repeat, Shaped, Summary
from portal.frame.templatetags.portal import money

Answer = Mapping[str, Any]
YES_OR_NO = "Répondez oui ou non."
TERRITORY = Ask(
    "territory", "Territoire", "choice", "Choisissez un territoire.",
    choices=(("METROPOLE", "métropole"), ("OVERSEAS", "outre-mer"), ("MAYOTTE", "Mayotte")),
)  # fmt: skip
CYCLES: Choices = (("", "–"), ("PRIMARY", "école primaire"), ("COLLEGE", "collège"), ("LYCEE", "lycée"))
COMPLEMENTS: Choices = (("0", "aucun"), *((str(number), f"catégorie {number}") for number in range(1, 7)))
WORDS = {code: refusal.message for code, refusal in REFUSALS.items()} | {
    "AT_PAYMENT": "montants du paiement", "AT_1_JANUARY": "montants du 1er janvier", "NONE": "aucun",
    "SMIC_MAYOTTE": "SMIC de Mayotte", "CPI_EX_TOBACCO": "prix hors tabac",
    "02-01": "1er février", "07-31": "31 juillet", "09-15": "15 septembre", "08-15": "15 août", "2020-12-31": "31 décembre 2020",
}  # fmt: skip


def _years() -> Choices:
    """The starts of term whose ceiling is known, the last one first."""
    values = benefit_parameters().figures["ars.ceiling_base"].values
    years = [one.since.year for one in values if one.value is not None]
    return tuple((str(year), f"rentrée {year}") for year in reversed(years))


def _ars(answer: Answer) -> Summary:
    result = answer["result"]
    total, net, exceptional = (cents(result[name]) for name in ("total", "net_total", "exceptional"))
    if not total:
        return Summary("Aucune allocation de rentrée scolaire pour cette famille.", [])
    reduced = ", réduite parce que les ressources dépassent le plafond" if result["differential"] else ""
    several = len(result["amounts"]) > 1
    lines = [(f"Enfant {place + 1}, avant CRDS", money(cents(one))) for place, one in enumerate(result["amounts"])]
    lines = (lines if several else []) + [("Total avant CRDS", money(total)), ("CRDS", money(total - net))]
    if exceptional:
        lines.append(("Majoration exceptionnelle de 2020, en plus, avant CRDS", money(exceptional)))
    return Summary(f"Allocation de rentrée scolaire : {money(net)}{reduced}.", lines)


def _with_numbers(facts: dict[str, Any], *names: str) -> Shaped:
    """Choices among numbers, as the numbers that the simulator reads."""
    return Shaped(facts | {name: int(facts[name]) for name in names if str(facts.get(name, "")).isdecimal()})


ARS = Form(
    "ars", "Allocation de rentrée scolaire (ARS)",
    "Ce qu’une famille reçoit en août pour la rentrée, selon ses ressources et l’âge des enfants.",
    (
        ("La famille", (
            Ask("school_year", "Rentrée", "choice", "Choisissez une rentrée.", choices=_years()),
            TERRITORY,
            Ask("annual_resources", "Ressources d’il y a deux ans", "amount",
                "Écrivez des euros entiers, par exemple 28000.", "€, revenu net catégoriel"),
            Ask("dependent_children", "Enfants à charge, tous les âges", "count",
                "Écrivez un nombre d’enfants de 1 à 99, par exemple 2.", "au 31 juillet"),
        )),
    ),
    _ars, benefit_parameters, WORDS,
    Repeat("children", "Enfant à l’école", (
        Ask("birth_date", "Naissance", "day", "Écrivez une date, par exemple 12/03/2015.", "jj/mm/aaaa"),
        Ask("cycle", "Classe, à Mayotte seulement", "choice", "Choisissez l’école primaire, le collège ou le lycée.",
            choices=CYCLES),
    ), 2, 1, 20, "Ajouter un enfant"),
    lambda today: {"school_year": str(_year_proposed(today)), "territory": "METROPOLE"},
    lambda facts: _with_numbers(facts, "school_year"),
)  # fmt: skip


def _year_proposed(today: date) -> int:
    """The start of term of the year, or the last one that is known."""
    return min(today.year, max(int(year) for year, _words in _years()))


def _aeeh(answer: Answer) -> Summary:
    result = answer["result"]
    if not cents(result["total"]):
        return Summary("Aucune allocation d’éducation de l’enfant handicapé pour ce mois.", [])
    lines = [
        (words, money(cents(result[name])))
        for name, words in (
            ("base", "Allocation de base"), ("complement", "Complément"), ("increase", "Majoration pour parent isolé"),
        )
    ]  # fmt: skip
    total = money(cents(result["total"]))
    return Summary(f"Allocation d’éducation de l’enfant handicapé : {total} pour le mois.", lines)


AEEH = Form(
    "aeeh", "Allocation d’éducation de l’enfant handicapé (AEEH)",
    "Pour un mois : la base, le complément accordé par la commission et la majoration pour parent isolé.",
    (
        ("La famille", (
            Ask("date", "Un jour du mois", "day", "Écrivez une date, par exemple 26/10/2026.", "jj/mm/aaaa"),
            TERRITORY,
            Ask("isolated_parent", "Vous vivez seul ou seule avec les enfants", "flag", YES_OR_NO),
        )),
        ("L’enfant", (
            Ask("incapacity_rate", "Taux d’incapacité", "count", "Écrivez un nombre de 0 à 100, par exemple 80.", "%"),
            Ask("has_support", "Établissement, scolarité adaptée ou accompagnée, ou soins préconisés", "flag", YES_OR_NO),
            Ask("boarding_fully_covered", "Internat entièrement pris en charge", "flag", YES_OR_NO),
            Ask("child_birth_date", "Naissance, si l’enfant a près de 20 ans", "day",
                "Écrivez une date, par exemple 11/02/2007.", "jj/mm/aaaa"),
        )),
        ("Le complément", (
            Ask("complement", "Complément accordé", "choice", "Choisissez une catégorie.", choices=COMPLEMENTS),
            Ask("complement_by_help", "Il repose sur un travail réduit ou une aide payée", "flag", YES_OR_NO),
        )),
    ),
    _aeeh, benefit_parameters, WORDS,
    proposed=lambda _today: {"complement_by_help": "1", "territory": "METROPOLE"},
    shaped=lambda facts: _with_numbers(facts, "complement"),
)  # fmt: skip

FORMS = (ARS, AEEH)
