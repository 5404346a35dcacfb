"""IBAN: check digits (ISO 13616), display, BIC and bank from the account number."""

import polars as pl
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

# Lengths of the SEPA countries, and of the test bank's.
LENGTHS = {
    "AD": 24, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24,
    "FI": 18, "FR": 27, "GB": 22, "GI": 23, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IS": 26, "IT": 27, "LI": 21,
    "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SE": 24,
    "SI": 19, "SK": 24, "SM": 27, "VA": 22,
}  # fmt: skip
LETTERS = {chr(code): str(code - 55) for code in range(ord("A"), ord("Z") + 1)}
TRANSLATION = str.maketrans(LETTERS)


def is_iban_valid(iban: str) -> bool:
    """Form, length of the country and check digits; capitals without spaces expected."""
    if len(iban) != LENGTHS.get(iban[:2], -1) or not iban.isascii() or not iban.isalnum():
        return False
    number = (iban[4:] + iban[:4]).translate(TRANSLATION)
    return number.isdigit() and int(number) % 97 == 1


def ibans_valid(values: pl.Series) -> pl.Series:
    """Whether each IBAN is valid; null where unknown. Each distinct value is checked once."""
    distinct = values.drop_nulls().unique()
    valid = pl.Series("valid", [is_iban_valid(value) for value in distinct], dtype=pl.Boolean)
    table = pl.DataFrame({"value": distinct, "valid": valid})
    return values.to_frame("value").join(table, on="value", how="left", maintain_order="left")["valid"]


def bic_of(iban: str) -> str:
    """The BIC of the account's bank, found offline; empty when the bank is not listed."""
    try:
        found = IBAN(iban).bic
    except SchwiftyException:
        return ""
    return str(found) if found else ""
