"""Identities that look true and cannot be: social-security numbers and bank accounts with right keys and no owner.

A NIR bears a mainland département and a commune code from 990 to 999, which the official geographical code gives to no
commune; its key follows the public rule (97 − number modulo 97, Corsica 2A as 19 and 2B as 18). A bank account bears
the bank code 99999, which is given to no bank; its RIB key and its IBAN key are right. Pure module.
"""

import polars as pl
from polars import Expr

from portal.fiction.draws import Draws, scattered
from portal.fiction.names import LAST_NAMES, MEN, WOMEN

BIRTH_DEPARTEMENTS = tuple(f"{n:02}" for n in range(1, 96) if n != 20) + ("2A", "2B")
COMMUNES, ORDERS = 10, 999
NIR_PLACES = len(BIRTH_DEPARTEMENTS) * COMMUNES * ORDERS
CORSICA = {"2A": "19", "2B": "18"}
BANK = "99999"
FRENCH_IBAN = "FR76"  # a right RIB key makes the account a multiple of 97, so that the IBAN key of France is always 76


def padded(number: Expr, width: int) -> Expr:
    """The number as text, with leading noughts."""
    return number.cast(pl.String).str.zfill(width)


def nir_key(first_thirteen: Expr) -> Expr:
    """The two digits that end a NIR, from its first thirteen characters."""
    digits = first_thirteen
    for letters, number in CORSICA.items():
        swapped = digits.str.slice(0, 5) + number + digits.str.slice(7)
        digits = pl.when(digits.str.slice(5, 2) == letters).then(swapped).otherwise(digits)
    return padded(97 - digits.cast(pl.Int64) % 97, 2)


def nir(number: Expr, sex: Expr, birth: Expr) -> Expr:
    """The NIR of the person so numbered (below NIR_PLACES, each its own), of sex 1 or 2, born on that date."""
    place = scattered(number, factor=433_494_437, shift=51_229, modulus=NIR_PLACES).cast(pl.Int64)
    departement = pl.lit(pl.Series(BIRTH_DEPARTEMENTS)).gather(place // (COMMUNES * ORDERS))
    commune = padded(990 + place // ORDERS % COMMUNES, 3)
    head = sex.cast(pl.String) + birth.dt.to_string("%y%m") + departement + commune + padded(place % ORDERS + 1, 3)
    return head + nir_key(head)


def iban(number: Expr) -> Expr:
    """The French IBAN of the account so numbered, each its own."""
    branch = scattered(number, factor=7_919, shift=13, modulus=100_000).cast(pl.Int64)
    account = scattered(number, factor=6_700_417, shift=90_001, modulus=10**11).cast(pl.Int64)
    return iban_of(branch, account)


def iban_of(branch: Expr, account: Expr) -> Expr:
    """The IBAN of an account of the fictitious bank: RIB key 97 − (89 bank + 15 branch + 3 account) modulo 97."""
    key = 97 - (89 * int(BANK) + 15 * branch + 3 * account) % 97
    return pl.lit(FRENCH_IBAN + BANK) + padded(branch, 5) + padded(account, 11) + padded(key, 2)


def persons(draws: Draws) -> dict[str, Expr]:
    """The columns of a person, from the column `person`; `partner_nir` is the other parent's number."""
    birth = pl.date(
        draws.between("year", 1981, 2001, "person"),
        draws.between("month", 1, 12, "person"),
        draws.between("day", 1, 28, "person"),
    )
    is_woman = draws.chance("woman", 850, "person")
    sex = pl.when(is_woman).then(2).otherwise(1)
    first, second = (
        pl.when(is_woman).then(draws.pick(name, WOMEN, "person")).otherwise(draws.pick(name, MEN, "person"))
        for name in ("first", "second")
    )
    return {
        "last_name": draws.pick("last", LAST_NAMES, "person"),
        "first_names": pl.when(draws.chance("two", 300, "person")).then(first + " " + second).otherwise(first),
        "birth_date": birth,
        "nir": nir(pl.col("person"), sex, birth),
        "partner_nir": nir(pl.col("person"), 3 - sex, birth.dt.offset_by("-2y")),
        "iban": iban(pl.col("person")),
    }
