"""A penalty that is not paid: formal notice, surcharge, contrainte; and the indemnity of a sum obtained by fraud.

Cents are exact and rounded once, half up. Delays run from the day on which the person received the letter, never before.
"""

from datetime import date, timedelta
from fractions import Fraction
from math import floor

from portal.legislation.calendar import months_later
from portal.legislation.parameters import NoParameterInForce, Parameters

INDEMNITY = "overpayment.fraud_indemnity"


def demand_until(received_on: date, parameters: Parameters) -> date:
    """The last day to pay after a formal notice received that day."""
    return months_later(received_on, int(parameters.value("penalty_recovery.notice_months", received_on)))


def opposition_until(received_on: date, parameters: Parameters) -> date:
    """The last day to object to a contrainte before the court (R. 133-3)."""
    return received_on + timedelta(days=int(parameters.value("penalty_recovery.opposition_days", received_on)))


def surcharge_cents(due_cents: int, on: date, parameters: Parameters) -> int:
    """What is added to a penalty left unpaid at the end of the formal notice (L. 114-17)."""
    return _share(due_cents, Fraction(parameters.value("penalty_recovery.surcharge", on)))


def indemnity_cents(fraud_cents: int, on: date, parameters: Parameters) -> int:
    """The management indemnity on a sum obtained by fraud (L. 553-2); nothing on a day when it is not in force."""
    try:
        return _share(fraud_cents, Fraction(parameters.value(INDEMNITY, on)))
    except NoParameterInForce:
        return 0


def claimed_indemnity_cents(fraud_cents: int, on: date, parameters: Parameters) -> int:
    """What of it a notice of that day claims: all, once the body has verified that it holds for the family branch; else nothing.

    A figure that is uncertain is shown to caseworkers and claimed from nobody.
    """
    cents = indemnity_cents(fraud_cents, on, parameters)
    return cents if cents and parameters.dated(INDEMNITY, on).status == "verified" else 0


def _share(cents: int, share: Fraction) -> int:
    return floor(cents * share + Fraction(1, 2))
