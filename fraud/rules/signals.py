"""How good a matching rule is, how many files are drawn at random, and when a second check of a family may begin.

Nothing here knows a person: counts in, counts and days out.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction


@dataclass(frozen=True)
class Tally:
    """What became of the leads of a rule. `confirmed`: something was found, and nothing said the contrary since.

    A lead counts as wrong when it was rejected, when its case found nothing, or when a contest was upheld.
    """

    found: int
    decided: int
    confirmed: int

    @property
    def wrong(self) -> int:
        return self.decided - self.confirmed

    @property
    def precision(self) -> Fraction | None:
        """Confirmed of decided; None while nothing is decided: unknown is not zero."""
        return Fraction(self.confirmed, self.decided) if self.decided else None

    @property
    def false_positive_rate(self) -> Fraction | None:
        return None if self.precision is None else 1 - self.precision


def is_too_imprecise(tally: Tally, *, floor: Fraction, least: Fraction) -> bool:
    """Whether a rule is suspended: precision strictly under `floor`, once `least` leads are decided."""
    precision = tally.precision
    return precision is not None and tally.decided >= least and precision < floor


def sample_size(found: int, share: Fraction) -> int:
    """How many files are drawn beside `found` leads, so that they make at least `share` of all that is checked."""
    if not found:
        return 0
    wanted = found * share / (1 - share)
    return -(-wanted.numerator // wanted.denominator)


def half_of(day: date) -> tuple[int, int]:
    """The year and the half (1 or 2) in which a decision is compared with those on files drawn at random."""
    return day.year, 1 if day.month <= 6 else 2
