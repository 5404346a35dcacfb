"""The page of the simulator of small sums: what is asked, in whose words, and what the answer says in a sentence."""

from collections.abc import Mapping
from typing import Any

from portal.benefits.rules.figures import benefit_parameters
from portal.frame.questions import Choices, cents
from portal.frame.simulators import Ask, Form, Summary
from portal.frame.templatetags.portal import money

BENEFITS: Choices = (
    ("AEEH", "AEEH"), ("ARS", "ARS"), ("CMG", "aide à la garde (CMG)"), ("AF", "allocations familiales"), ("OTHER", "autre"),
)  # fmt: skip
OPERATIONS: Choices = (("PAYMENT", "une somme à payer"), ("OVERPAYMENT", "une somme versée en trop"))
POLICIES: Choices = (("DEFER", "reporter"), ("PAY", "payer"), ("WAIVE", "abandonner"))
SENTENCES = {
    "PAY": "La somme est payée.",
    "DEFER": "La somme est reportée : elle s’ajoute aux suivantes et part dès que le seuil est atteint.",
    "WAIVE": "La caisse abandonne la somme, comme elle l’a choisi pour les petites sommes.",
    "NOT_PAID": "La somme n’est ni payée ni reportée : elle est sous le minimum de l’ARS.",
    "RECOVER": "La somme versée en trop est à rendre.",
    "WRITE_OFF": "La somme versée en trop est abandonnée ; la caisse la compte, et n’envoie aucun courrier.",
}
WORDS = {
    "PAY": "payer", "DEFER": "reporter", "WAIVE": "abandonner", "NOT_PAID": "ne pas payer", "RECOVER": "récupérer",
    "WRITE_OFF": "abandonner", "GENERAL": "seuil général", "ASF_ADVANCE": "avance de pension",
    "COURT_ORDER": "somme due par jugement", "SOCIAL_AID_REFUND": "remboursement à l’aide sociale",
}  # fmt: skip
AMOUNT = "Écrivez un montant, par exemple 22,99."


def _said(answer: Mapping[str, Any]) -> Summary:
    result = answer["result"]
    threshold = cents(result["threshold"])
    told = money(threshold) if threshold else "aucun ici"
    return Summary(SENTENCES[result["decision"]], [("Seuil", told)])


SMALL_PAYMENT = Form(
    "small_payment", "Petites sommes",
    "Sous un seuil, la caisse peut attendre, ou abandonner : ce qu’elle doit, ou ce qui lui est dû.",
    (
        ("La somme", (
            Ask("date", "Date où la somme est due", "day", "Écrivez une date, par exemple 26/10/2026.", "jj/mm/aaaa"),
            Ask("benefit", "Prestation", "choice", "Choisissez une prestation.", choices=BENEFITS),
            Ask("territory", "Territoire", "choice", "Choisissez un territoire.", choices=(
                ("METROPOLE", "métropole"), ("OVERSEAS", "outre-mer"), ("MAYOTTE", "Mayotte"))),
            Ask("operation", "De quoi s’agit-il ?", "choice", "Choisissez l’un des deux.", choices=OPERATIONS),
            Ask("amount", "Montant", "amount", AMOUNT, "€"),
        )),
        ("Avant", (
            Ask("deferred_balance", "Déjà reporté, ou déjà versé en trop pour la même cause", "amount", AMOUNT, "€"),
            Ask("policy", "Ce que la caisse fait des petites sommes", "choice", "Choisissez l’un des trois.",
                choices=POLICIES),
        )),
    ),
    _said, benefit_parameters, WORDS,
    proposed=lambda today: {
        "date": f"{today:%d/%m/%Y}", "benefit": "AEEH", "territory": "METROPOLE", "operation": "PAYMENT", "policy": "DEFER",
        "deferred_balance": "0",
    },
)  # fmt: skip
