"""The pages of the simulators of ARIPA: what is asked, in whose words, and what the answer says in a sentence."""

from collections.abc import Mapping
from typing import Any

from aripa.rules.figures import aripa_parameters
from aripa.rules.refusals import REFUSALS
from portal.frame.questions import Choices, cents
from portal.frame.simulators import Ask, Form, Repeat, Summary
from portal.frame.templatetags.portal import money, plural

Answer = Mapping[str, Any]
AMOUNT = "Écrivez un montant avec deux décimales au plus, par exemple 250,00."
ON = Ask("date", "Date", "day", "Écrivez une date, par exemple 26/10/2026.", "jj/mm/aaaa")
CASES: Choices = (
    ("", "choisissez"), ("C1", "pension fixée, pas ou mal payée"), ("D", "pension payée, plus petite que l’ASF"),
    ("C3", "aucune pension fixée, rien n’est versé"), ("C2", "aucune pension : l’autre parent ne peut pas payer"),
    ("A1", "un parent est mort"), ("A2", "les deux parents sont morts ou inconnus"),
    ("B1", "un seul parent a reconnu l’enfant"), ("B2", "la filiation a été contestée"),
)  # fmt: skip
WORDS = {code: refusal.message for code, refusal in REFUSALS.items()} | {
    "ADVANCE": "avance", "PARTIAL_ADVANCE": "avance en partie", "TOP_UP": "complément", "NON_RECOVERABLE": "non récupérable",
}  # fmt: skip


def _amount(result: Mapping[str, Any], name: str) -> str:
    return money(cents(result[name]))


def _asf(answer: Answer) -> Summary:
    result = answer["result"]
    several = len(result["amounts"]) > 1
    lines = [
        (f"Enfant {place + 1} : {words}" if several else words, money(cents(result[name][place])))
        for place in range(len(result["amounts"]))
        for name, words in (
            ("amounts", "ASF avant le minimum de la famille"),
            ("recoverable", "À récupérer par la caisse"),
            ("still_owed", "Encore dû par l’autre parent"),
        )
    ]
    return Summary(f"ASF payée pour le mois : {_amount(result, 'total')}.", lines)


ASF = Form(
    "asf", "Allocation de soutien familial (ASF)", "Pour un mois : ce qui est payé, et ce que l’autre parent doit encore.",
    (
        ("La famille", (
            Ask("date", "Un jour du mois", "day", ON.example, ON.unit),
            Ask("lone_parent", "Vous vivez seul ou seule avec les enfants", "flag", "Répondez oui ou non."),
            Ask("fund_territory", "Territoire", "choice", "Choisissez un territoire.",
                choices=(("METROPOLE", "métropole"), ("OVERSEAS", "outre-mer"), ("MAYOTTE", "Mayotte"))),
        )),
    ),
    _asf, aripa_parameters, WORDS,
    Repeat("children", "Enfant", (
        Ask("kind_of_case", "Situation", "choice", "Choisissez la situation de l’enfant.", choices=CASES),
        Ask("support_due", "Pension due pour le mois", "amount", AMOUNT, "€"),
        Ask("support_received", "Pension reçue pour le mois", "amount", AMOUNT, "€"),
        Ask("debtor_unable", "L’autre parent ne peut pas payer", "flag", "Répondez oui ou non."),
        Ask("birth_date", "Naissance, si l’enfant a près de 20 ans", "day",
            "Écrivez une date, par exemple 11/02/2007.", "jj/mm/aaaa"),
    ), 1, 1, 20, "Ajouter un enfant"),
    lambda _today: {"lone_parent": "1"},
)  # fmt: skip


def _indexation(answer: Answer) -> Summary:
    return Summary(f"Pension revalorisée : {_amount(answer['result'], 'amount')}.", [])


INDEX = "Écrivez l’indice publié par l’Insee, par exemple 116,69."
INDEXATION = Form(
    "indexation", "Revalorisation d’une pension", "La pension suit les prix, à chaque anniversaire du titre.",
    (
        ("La pension et les indices", (
            Ask("initial_amount", "Pension fixée au départ", "amount", AMOUNT, "€"),
            Ask("base_index", "Indice au jour du titre", "index", INDEX, "même base que l’indice nouveau"),
            Ask("new_index", "Indice nouveau", "index", INDEX),
            Ask("rounding", "Arrondi dit par le titre", "choice", "Choisissez un arrondi.", choices=(
                ("CENT", "au centime"), ("EURO_NEAREST", "à l’euro le plus proche"), ("EURO_UP", "à l’euro supérieur"),
                ("EURO_DOWN", "à l’euro inférieur"),
            )),
        )),
    ),
    _indexation, aripa_parameters,
)  # fmt: skip


def _pension_scale(answer: Answer) -> Summary:
    result = answer["result"]
    return Summary(
        f"{_amount(result, 'amount_per_child')} par enfant et par mois, {_amount(result, 'total')} en tout.", []
    )


PENSION_SCALE = Form(
    "pension_scale", "Montant d’une pension",
    "La table indicative du ministère de la justice, ou le montant le plus bas qu’une caisse peut rendre exécutoire.",
    (
        ("Le parent qui paie", (
            ON,
            Ask("debtor_income", "Revenu par mois", "amount", "Écrivez un montant, par exemple 1600,00.", "€, net imposable"),
            Ask("children", "Enfants à sa charge", "count", "Écrivez un nombre d’enfants de 1 à 99, par exemple 2."),
            Ask("residence", "Temps passé avec l’enfant", "choice", "Choisissez un temps.", choices=(
                ("STANDARD", "un week-end sur deux et la moitié des vacances"),
                ("REDUCED_VISITING", "moins du quart du temps"), ("ALTERNATING", "résidence alternée"),
            )),
            Ask("scale", "Table", "choice", "Choisissez une table.", choices=(
                ("JUSTICE", "table de référence de la justice"), ("CAF_TITLE", "seuil d’un titre de la caisse"),
            )),
        )),
    ),
    _pension_scale, aripa_parameters,
)  # fmt: skip


def _seizable(answer: Answer) -> Summary:
    result = answer["result"]
    return Summary(
        f"Au plus {_amount(result, 'seizable')} par mois peuvent être saisis.",
        [
            ("Reste au salarié", _amount(result, "left")),
            ("Jamais saisi, même pour une pension", _amount(result, "absolute_floor")),
        ],
    )


SEIZABLE = Form(
    "seizable", "Saisie d’un salaire", "Ce que des créanciers ordinaires peuvent prendre sur un salaire.",
    (
        ("Le salaire", (
            ON,
            Ask("monthly_pay", "Salaire par mois", "amount", "Écrivez un montant, par exemple 1600,00.", "€, net d’impôt retenu"),
            Ask("dependants", "Personnes à charge", "count", "Écrivez un nombre de 0 à 99, par exemple 2."),
        )),
    ),
    _seizable, aripa_parameters,
)  # fmt: skip


def _direct_payment(answer: Answer) -> Summary:
    result, found = answer["result"], answer["result"]["instalments"]
    lines = [("Mensualités des arriérés", str(result["months"]))]
    if found:
        lines += [("Mensualité ordinaire", money(cents(found[0]))), ("Dernière mensualité", money(cents(found[-1])))]
    words = plural("mensualité,mensualités", result["months"])
    sentence = f"Le premier mois, le tiers paie {_amount(result, 'taken')}, pension comprise"
    return Summary(
        f"{sentence} ; les arriérés sont réglés en {result['months']} {words}." if found else f"{sentence}.", lines
    )


DIRECT_PAYMENT = Form(
    "direct_payment", "Paiement direct",
    "Ce qu’une caisse peut demander à un employeur ou à une banque, et en combien de mois.",
    (
        ("La pension", (
            Ask("date", "Date de la notification", "day", ON.example, ON.unit),
            Ask("monthly_support", "Pension par mois", "amount", AMOUNT, "€"),
            Ask("debtor_income", "Salaire du parent qui paie", "amount",
                "Écrivez un montant, par exemple 1600,00.", "€ nets par mois, si vous le connaissez"),
            Ask("agreed_months", "Petite dette : mois acceptés pour la régler", "count",
                "Écrivez un nombre de 1 à 6, ou laissez vide."),
        )),
    ),
    _direct_payment, aripa_parameters,
    repeat=Repeat("arrears", "Mois impayé", (
        Ask("month", "Mois", "month", "Écrivez un mois, par exemple 09/2026.", "mm/aaaa"),
        Ask("amount", "Ce qui en manque", "amount", AMOUNT, "€"),
    ), 3, 3, 60, "Ajouter trois mois"),
)  # fmt: skip

FORMS = (ASF, INDEXATION, PENSION_SCALE, SEIZABLE, DIRECT_PAYMENT)
