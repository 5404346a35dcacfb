"""Structures: their numbers, ages and obligation (CASF L. 214-2-2, D. 214-10; CSP R. 2324-46 to R. 2324-48)."""

from datetime import date

import polars as pl
from polars import Expr

from monenfant.rules.availability import age_in_months
from monenfant.rules.figures import monenfant_parameters

SIRET_LENGTH, SIREN_LENGTH = 14, 9
# La Poste has more establishments than the key can number: the sum of the digits is a multiple of five.
LA_POSTE = "356000000"
MICRO_MOST = 12
AGE_LIMIT = "structures.age_limit"
STRUCTURES_REPORT_FROM, MICRO_CMG_REPORT_FROM = date(2021, 9, 1), date(2022, 4, 1)


def is_siret_valid(siret: str) -> bool:
    """Fourteen digits and their key: Luhn's, or that of La Poste."""
    if len(siret) != SIRET_LENGTH or not (siret.isascii() and siret.isdigit()):
        return False
    return bool(pl.DataFrame({"siret": [siret]}).select(has_siret_key(pl.col("siret"))).item())


def has_siret_key(siret: Expr) -> Expr:
    """Whether fourteen digits have the right key. Every second digit is doubled, from the first on."""
    digits = [siret.str.slice(place, 1).cast(pl.Int64, strict=False) for place in range(SIRET_LENGTH)]
    doubled = [digit * 2 - pl.when(digit > 4).then(9).otherwise(0) for digit in digits[::2]]
    luhn = pl.sum_horizontal(doubled + digits[1::2]) % 10 == 0
    la_poste = (siret.str.head(SIREN_LENGTH) == LA_POSTE) & (pl.sum_horizontal(digits) % 5 == 0)
    return luhn | la_poste


def receives(birth: date, month: date) -> bool:
    """Whether a crèche may receive the child in `month`, up to the day before the sixth birthday (CSP L. 2324-1).

    Raises NoParameterInForce.
    """
    return age_in_months(birth, month) < 12 * int(monenfant_parameters().value(AGE_LIMIT, month))


def obligation_start(kind: str, funding: str) -> date | None:
    """The day from which a structure reports its places: 1 September 2021, 1 April 2022 for a micro-crèche paid by
    families with CMG; none for a house of childminders, who report each for themselves."""
    if kind == "CHILDMINDER_HOUSE":
        return None
    return MICRO_CMG_REPORT_FROM if funding == "MICRO_CMG" else STRUCTURES_REPORT_FROM
