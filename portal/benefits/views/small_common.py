"""What the pages of small sums say of the threshold of a month, or of the figure that lacks to know it; amounts typed."""

from datetime import date

from portal.benefits.rules.figures import missing_words
from portal.benefits.rules.small_payments import threshold_on
from portal.frame.questions import plain
from portal.legislation.facts import hundredths
from portal.legislation.parameters import NoParameterInForce

MOST_CENTS = 9_999_999


def threshold_told(day: date, *, territory: str = "METROPOLE") -> dict[str, object]:
    """`threshold` in cents, or None with `unknown`: which figure lacks, and who writes it."""
    try:
        return {"threshold": threshold_on(day, territory=territory), "unknown": ""}
    except NoParameterInForce as missing:
        return {"threshold": None, "unknown": missing_words(missing)}


def cents_typed(text: str) -> int:
    """Cents as people write them; nothing for what is no amount."""
    try:
        return hundredths(MOST_CENTS)(plain(text))
    except ValueError:
        return 0
