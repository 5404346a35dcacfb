"""SIRET numbers with right keys and no owner: no business bears a number that begins with three noughts."""

import polars as pl
from polars import Expr

from portal.fiction.draws import scattered
from portal.fiction.identities import padded

SIRENS = 100_000


def luhn_key(digits: Expr, length: int) -> Expr:
    """The digit that ends a number of `length` digits and its key: from the end, every second digit is doubled."""
    summed = pl.lit(0, dtype=pl.Int64)
    for place in range(length):
        digit = digits.str.slice(place, 1).cast(pl.Int64)
        is_doubled = (length - place) % 2 == 1
        summed = summed + (digit * 2 - pl.when(digit > 4).then(9).otherwise(0) if is_doubled else digit)
    return ((10 - summed % 10) % 10).cast(pl.String)


def siret(business: Expr, establishment: Expr) -> Expr:
    """The SIRET of an establishment (from 1) of the business so numbered (below SIRENS, each its own)."""
    body = pl.lit("000") + padded(scattered(business, factor=7_919, shift=17, modulus=SIRENS), 5)
    head = body + luhn_key(body, 8) + padded(establishment, 4)
    return head + luhn_key(head, 13)
