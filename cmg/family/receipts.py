"""The receipt of one movement: what a family shows to a bank or a tax office. It never says of money more than the bank did."""

from typing import Any

from cmg.family.household import Household
from cmg.family.movements import AT_BANK, DONE, Movement
from cmg.letters import RECIPIENT
from cmg.remedies.telling import names_of
from portal.frame.templatetags.portal import long_day, money, month_name
from portal.letters.kinds import LetterKind

TEMPLATE = "letters/cmg/payment_receipt.html"
DAY_LABELS = {DONE: "Date", AT_BANK: "Prévu le"}


def title_of(movement: Movement) -> str:
    """« Reçu » only of what passed on the account; before, and when it came back, it is a state."""
    return f"{'Reçu' if movement.state == DONE else 'État'} d’un {'prélèvement' if movement.is_debit else 'versement'}"


def lines_of(movement: Movement) -> list[tuple[str, str]]:
    """Label and value, in the order in which they are read; a line without a value is left out."""
    month = f", {month_name(movement.month)}" if movement.month else ""
    said = f"{movement.answer} : {movement.reason}" if movement.failed else movement.answer
    lines = [
        ("Montant", money(movement.cents)),
        (DAY_LABELS.get(movement.state, "Réponse de la banque le"), long_day(movement.day)),
        ("Motif", f"{movement.what}{month}"),
        ("Compte finissant par", movement.account_tail),
        ("Réponse de la banque", said),
        ("Référence", movement.reference),
    ]
    return [(label, value) for label, value in lines if value]


def kind_of_receipt(movement: Movement) -> LetterKind:
    """Written by the machinery of letters, but no letter: it is made again at each demand, neither numbered nor kept."""
    return LetterKind("cmg.payment_receipt", title_of(movement), TEMPLATE, (RECIPIENT, "lines"))


def facts_of(home: Household, movement: Movement) -> dict[str, Any]:
    """What the PDF needs."""
    recipient = names_of([home.employer_no]).get(home.employer_no, [f"Employeur n° {home.employer_no}"])
    return {RECIPIENT: recipient, "lines": lines_of(movement), "sentence": movement.sentence}
