"""The pages of the simulators of monenfant: what is asked, in whose words, and what the answer says in a sentence."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from cmg.rules.figures import cmg_parameters
from cmg.rules.refusals import REFUSALS
from monenfant.rules.figures import monenfant_parameters
from monenfant.simulations.comparison import TOO_OLD_FOR_CRECHE
from monenfant.simulations.prices import PRICES, shaped
from monenfant.simulations.words import CASES, CRECHES, MODES, mode_of
from portal.frame import charts
from portal.frame.questions import cents
from portal.frame.simulators import Ask, Compared, Comparison, Form, Summary
from portal.frame.templatetags.portal import money
from portal.legislation.parameters import Parameters
from portal.legislation.trace import euros

Answer = Mapping[str, Any]
CLOSED = " (pas à cet âge)"
HEADINGS = ("Mode de garde", "Coût du mois", "Aides", "Crédit d’impôt", "Reste par mois", "Reste par an")
WORDS = CRECHES | {code: refusal.message for code, refusal in REFUSALS.items()}
EUROS = "Écrivez des euros entiers, par exemple 36000."
COUNT = "Écrivez un nombre d’enfants de 1 à 99, par exemple 2."
PRICE = "Écrivez un prix, par exemple 4,50 ; il en faut un au moins, ou une crèche."
MONTH = Ask("care_month", "Mois de garde", "month", "Écrivez un mois, par exemple 10/2026.", "mm/aaaa")
RESOURCES = Ask(
    "annual_resources", "Ressources de l’année", "amount", EUROS, "€, revenus d’il y a deux ans, avant abattement"
)
CHILDREN = Ask("dependent_children", "Enfants à charge", "count", COUNT)
DISABLED = Ask(
    "disabled_children", "dont enfants avec AEEH", "count", "Écrivez un nombre, ou laissez vide.", "aucun si vide"
)


def _creche(answer: Answer) -> Summary:
    hour, month = (money(cents(answer["result"][name])) for name in ("hourly_rate", "monthly"))
    return Summary(f"{month} pour le mois, soit {hour} de l’heure.", [])


CRECHE = Form(
    "creche", "Prix d’une place en crèche",
    "Ce qu’une crèche financée par la Caf (PSU) demande à une famille, selon ses ressources.",
    (
        ("Votre famille", (
            MONTH, RESOURCES, CHILDREN, DISABLED,
            Ask("resources_case", "Vos ressources", "choice", "Choisissez une situation.", choices=tuple(CASES.items())),
        )),
        ("La crèche", (
            Ask("care_kind", "Sorte de crèche", "choice", "Choisissez une crèche.", choices=tuple(CRECHES.items())),
            Ask("hours_month", "Heures facturées dans le mois", "amount", "Écrivez des heures, de 0 à 744, par exemple 150."),
            Ask("annual_hours", "Ou heures réservées dans l’année", "amount", "Écrivez des heures, de 0 à 8928, par exemple 1500.",
                "si le contrat compte à l’année"),
            Ask("invoices", "Nombre de factures dans l’année", "count", "Écrivez un nombre de factures, de 1 à 12.",
                "avec les heures de l’année"),
            Ask("agreed_ceiling", "Plafond local de ressources", "amount", "Écrivez un montant, ou laissez vide.",
                "€ par mois, si la crèche en a un"),
        )),
    ),
    _creche, monenfant_parameters, WORDS,
)  # fmt: skip


def _all_parameters() -> Parameters:
    return Parameters(cmg_parameters().figures | monenfant_parameters().figures)


def comparison(answer: Answer, first: str = "") -> Summary:
    """Cheapest first, before it the mode `first`, that of a place somebody looks at; a crèche that is closed to a child of
    that age comes last, undrawn."""
    modes = answer["result"]["modes"]
    closed = {one["mode"] for one in answer["refusals"] if one["code"] == TOO_OLD_FOR_CRECHE}
    cheapest = sorted(enumerate(modes), key=lambda one: (one[0] in closed, cents(one[1]["net_cost"])))
    shown = sorted(cheapest, key=lambda one: (one[0] in closed, mode_of(one[1]) != first))
    drawn = [mode for place, mode in shown if place not in closed]
    lines = [
        Compared(_title(mode) + (CLOSED if place in closed else ""), _amounts(mode), f"modes[{place}].")
        for place, mode in shown
    ]
    return Summary(_finding([mode for place, mode in cheapest if place not in closed], first), [], Comparison(
        HEADINGS, lines, _chart(drawn or modes), answer["result"]["hypotheses"],
    ))  # fmt: skip


def _title(mode: Mapping[str, Any]) -> str:
    return MODES[mode_of(mode)][0]


def _amounts(mode: Mapping[str, Any]) -> list[tuple[str, str]]:
    values = [mode[name] for name in ("cost", "aids", "tax_credit", "net_cost")] + [mode["year"]["net_cost"]]
    return [(heading, money(cents(value))) for heading, value in zip(HEADINGS[1:], values, strict=True)]


def _finding(modes: list[Mapping[str, Any]], first: str) -> str:
    """The mode looked at, when there is one, then the cheapest and the dearest of those that receive the child, by name."""
    if not modes:
        return "Aucun de ces modes ne reçoit un enfant de cet âge."
    told = next((mode for mode in modes if mode_of(mode) == first), modes[0])
    sentence = f"{_title(told)} : il vous reste {_net(told)} par mois à payer"
    if len(modes) == 1:
        return f"{sentence}."
    if told is modes[0]:
        return f"{sentence}, c’est le moins cher.{_beside('plus', modes[-1])}"
    dearest = ", c’est le plus cher." if told is modes[-1] else "."
    return f"{sentence}{dearest}{_beside('moins', modes[0])}{'' if told is modes[-1] else _beside('plus', modes[-1])}"


def _beside(how: str, mode: Mapping[str, Any]) -> str:
    return f" Le {how} cher : {_title(mode)[0].lower()}{_title(mode)[1:]}, {_net(mode)}."


def _net(mode: Mapping[str, Any]) -> str:
    return money(cents(mode["net_cost"]))


def _chart(modes: list[Mapping[str, Any]]) -> charts.Chart:
    values = [(cents(mode["net_cost"]) + 50) // 100 for mode in modes]
    labels = [MODES[mode_of(mode)][1] for mode in modes]
    told = ", ".join(f"{label} {value} €" for label, value in zip(labels, values, strict=True))
    return charts.bars(
        "Ce qui reste à votre charge chaque mois, en euros", f"Reste par mois : {told}.", "euros par mois", labels,
        "Reste par mois", values, all_over=True, of="Mode de garde",
    )  # fmt: skip


def _proposed(today: date) -> dict[str, str]:
    """Example prices, for whoever knows none yet; nothing of the family."""
    prices = {name: monenfant_parameters().value(f"proposed.{name}", today) * 100 for name in PRICES}
    return {name: euros(int(price)).replace(".", ",") for name, price in prices.items()} | {"creche_kind": "COLLECTIVE"}


COMPARISON = Form(
    "childcare_comparison", "Combien coûte la garde",
    "Ce que chaque mode de garde laisse à votre charge, aides et crédit d’impôt déduits.",
    (
        ("Votre famille", (
            MONTH,
            Ask("child_birth_date", "Naissance de l’enfant", "day", "Écrivez une date, par exemple 11/02/2025.", "jj/mm/aaaa"),
            RESOURCES, CHILDREN, DISABLED,
            Ask("isolated_parent", "Vous vivez seul ou seule avec les enfants", "flag", "Répondez oui ou non."),
            Ask("shared_residence", "L’enfant vit aussi chez son autre parent, en alternance", "flag", "Répondez oui ou non."),
        )),
        ("La garde", (
            Ask("hours", "Heures par mois", "amount", "Écrivez des heures, de 0 à 744, par exemple 150."),
            Ask("days", "Jours par mois", "count", "Écrivez un nombre de jours de 0 à 31, par exemple 18."),
            Ask("creche_kind", "Sorte de crèche", "choice", "Choisissez une crèche.",
                choices=(("", "ne pas comparer"), *CRECHES.items())),
        )),
        ("Les prix : ceux-ci sont des exemples, écrivez les vôtres ; vide, le mode n’est pas comparé", (
            Ask("childminder_hourly", "Assistante maternelle, salaire", "amount", PRICE, "€ nets de l’heure"),
            Ask("childminder_upkeep", "Assistante maternelle, entretien", "amount", PRICE, "€ par jour"),
            Ask("childminder_meals", "Assistante maternelle, repas", "amount", PRICE, "€ par jour"),
            Ask("home_hourly", "Garde à domicile, salaire", "amount", PRICE, "€ nets de l’heure"),
            Ask("micro_hourly", "Micro-crèche privée", "amount", PRICE, "€ de l’heure"),
            Ask("body_hourly", "Garde à domicile par un organisme", "amount", PRICE, "€ de l’heure"),
            Ask("body_childminder_hourly", "Assistante maternelle d’un organisme", "amount", PRICE, "€ de l’heure"),
        )),
    ),
    comparison, _all_parameters, WORDS, proposed=_proposed, shaped=shaped,
)  # fmt: skip

FORMS = (CRECHE, COMPARISON)
