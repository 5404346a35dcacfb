"""The dated figures of the directory, as whole numbers."""

from datetime import date

from fraud.rules.figures import control_parameters


def number_on(key: str, day: date) -> int:
    """Raises NoParameterInForce."""
    return int(control_parameters().value(key, day))


def numbers_on(key: str, day: date) -> list[int]:
    """The same for a list of figures."""
    return [int(value) for value in control_parameters().value(key, day)]
