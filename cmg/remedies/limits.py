"""The policy figures of the remedies, read on a day, and who must look twice."""

from datetime import date, timedelta

from cmg.rules.figures import cmg_parameters
from portal.legislation.calendar import nth_business_day


class RemedyRefused(Exception):
    """Why an act on a remedy is not possible, in French; nothing was changed."""


class AnotherForm(RemedyRefused):
    """The key of the form served for another family: nothing is said of that one, and nothing was taken in."""

    def __init__(self) -> None:
        super().__init__("Cette page est trop ancienne : rechargez-la, puis recommencez.")


def cents_on(key: str, on: date) -> int:
    """A figure in euros, as cents. Raises NoParameterInForce."""
    return int(cmg_parameters().value(key, on) * 100)


def count_on(key: str, on: date) -> int:
    """A figure that counts days or months. Raises NoParameterInForce."""
    return int(cmg_parameters().value(key, on))


def needs_four_eyes(cents: int, on: date) -> bool:
    """Whether an act of `cents` is decided by somebody else than its author."""
    return cents >= cents_on("policy.four_eyes_threshold", on)


def check_decider(*, four_eyes: bool, proposed_by: str, decided_by: str) -> None:
    """Raises RemedyRefused when the author of an act under four eyes would decide it; the database refuses it too."""
    if four_eyes and proposed_by == decided_by:
        raise RemedyRefused("Vous l’avez proposé : à partir de ce montant, une autre personne décide.")


def check_within_a_year(day: date, on: date) -> None:
    """Raises RemedyRefused for a day to come that is likely a slip of the year: a family would be told to wait for it."""
    if day > on + timedelta(days=366):
        raise RemedyRefused("Cette date est à plus d’un an : vérifiez l’année.")


def answer_day(key: str, on: date) -> date:
    """The business day by which something is promised: `key` business days after `on`."""
    return nth_business_day(on, count_on(key, on))
