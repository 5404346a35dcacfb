"""Order of a session of the social emergency board: a score whose terms are always shown with it (portal's policy)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Hardship:
    """What the board looks at first. Amounts in cents."""

    months_unpaid: int
    missing_cents: int
    net_pay_cents: int
    has_banking_incident: bool
    is_pay_threatened: bool


def priority_terms(hardship: Hardship) -> list[tuple[str, int]]:
    """The terms of the score in French, each with its points; those worth nothing are left out."""
    whole_month = 0 < hardship.net_pay_cents <= hardship.missing_cents
    terms = [
        (f"{hardship.months_unpaid} mois sans versement", 3 * hardship.months_unpaid),
        ("il manque au moins un mois de salaire net", 2 * whole_month),
        ("incident bancaire", 3 * hardship.has_banking_incident),
        ("le salaire de la personne employée est menacé", 3 * hardship.is_pay_threatened),
    ]
    return [(words, points) for words, points in terms if points]


def priority_score(hardship: Hardship) -> int:
    """3 × months unpaid + 2 × (a month of net pay is missing) + 3 × banking incident + 3 × pay threatened."""
    return sum(points for _words, points in priority_terms(hardship))
