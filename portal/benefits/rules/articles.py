"""The text that is cited: the ordinary article, or at Mayotte that of its own law, by the date.

There the ARS is that of ordinance 2002-149, article 8. The AEEH had its own articles 10-1 and 10-2 until May 2021; since then
article 10-1 makes the ordinary ones apply (loi 2019-1446, art. 75). Small sums: article 12. Every text that a step or a
refusal cites is here, or says already what it is at Mayotte: a test looks.
"""

import re
from collections.abc import Callable
from datetime import date

from portal.benefits.rules.figures import MAYOTTE, benefit_parameters

Cite = Callable[[str], str]
ORDINANCE = "Ordonnance 2002-149, art."
ORDINARY_APPLIES = "mayotte.aeeh_ordinary_articles"

_TERM = f"{ORDINANCE} 8 ; décret 2002-423"
_AGE = f"{ORDINANCE} 5 et 8 ; décret 2002-423"
ARS_THERE = {
    "CSS R. 512-2": f"{ORDINANCE} 5 ; décret 2002-423",
    "CSS R. 543-2": _AGE, "CSS L. 543-1 ; R. 543-2": _AGE,
    **dict.fromkeys((
        "CSS L. 543-1", "CSS L. 543-2", "CSS D. 543-1", "CSS D. 543-2", "CSS R. 543-5", "CSS R. 543-6-1",
        "CSS L. 543-1 ; L. 543-2", "CSS L. 543-1 ; R. 543-5", "CSS R. 543-5 ; R. 532-3", "CSS L. 543-2 ; R. 543-6-1",
        "CSS L. 543-1 à L. 543-2 ; D. 543-2", "CSS L. 543-1 ; ordonnance 96-50, art. 14",
    ), _TERM),
}  # fmt: skip
_BASE = f"{ORDINANCE} 10-1 ; décret 2002-423"
_COMPLEMENT = f"{ORDINANCE} 10-1 ; décret 2017-1788"
_INCREASE = f"{ORDINANCE} 10-2 ; décret 2017-1788"
AEEH_THERE = {
    **dict.fromkeys((
        "CSS L. 541-1", "CSS D. 541-1", "CSS L. 541-1 ; D. 541-1", "CSS L. 541-1 ; R. 541-1", "CSS L. 541-1 ; R. 512-2",
    ), _BASE),
    "CSS R. 541-7": f"{ORDINANCE} 10-1 et 12 ; décret 2002-423",
    **dict.fromkeys(("CSS L. 541-1, 2e alinéa", "CSS D. 541-2", "CSS L. 541-1 ; D. 541-2"), _COMPLEMENT),
    **dict.fromkeys(("CSS R. 541-2", *(f"CSS R. 541-2, {number}°" for number in range(1, 6))), _COMPLEMENT),
    **dict.fromkeys(("CSS L. 541-4", "CSS D. 541-4", "CSS L. 541-4 ; D. 541-4"), _INCREASE),
    "CSS L. 541-1 à L. 541-4": f"{ORDINANCE} 10-1 et 10-2",
}  # fmt: skip
# The ordinary articles on small sums apply there; the minimum of the ARS is of its own law.
SMALL_THERE = frozenset(("CSS L. 133-3", "CSS D. 133-2", "CSS L. 133-3 ; D. 133-2"))
SMALL_ARS = "; D. 543-2"


def citing(territory: str, day: date) -> Cite:
    """How the articles of the rules are cited in a territory, for a right of `day`."""
    return lambda article: article_in(article, territory, day)


def article_in(article: str, territory: str, day: date) -> str:
    if territory != MAYOTTE:
        return article
    if article in AEEH_THERE:
        is_ordinary = benefit_parameters().value(ORDINARY_APPLIES, day)
        return _applied_by(article, "10-1") if is_ordinary else AEEH_THERE[article]
    small, of_ars, _nothing = article.partition(f" {SMALL_ARS}")
    if small in SMALL_THERE:
        return _applied_by(small, "12") + (" ; ordonnance 2002-149, art. 8" if of_ars else "")
    return ARS_THERE.get(article, article)


def label_in(label: str, cite: Cite) -> str:
    """The label of a figure, whose article stands in brackets."""
    return re.sub(r"\((CSS [^()]+)\)", lambda found: f"({cite(found[1])})", label)


def _applied_by(article: str, number: str) -> str:
    """An ordinary article that the ordinance makes apply."""
    return f"{article}, applicable par l’ordonnance 2002-149, art. {number}"
