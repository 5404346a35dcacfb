"""IBAN (ISO 13616), BIC (ISO 9362) and SEPA creditor identifier: form and check digits."""

import polars as pl
from schwifty import BIC
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


def is_bic_valid(bic: str) -> bool:
    """Eight or eleven characters, a country that exists; capitals without spaces expected."""
    try:
        return BIC(bic).is_valid and bic == bic.upper()
    except SchwiftyException:
        return False


def is_creditor_id_valid(identifier: str) -> bool:
    """SEPA creditor identifier: country, check digits (the business code between them is not checked), national part."""
    if not identifier.isascii() or not identifier.isalnum() or not 8 <= len(identifier) <= 35:
        return False
    number = (identifier[7:] + identifier[:4]).upper().translate(TRANSLATION)
    return number.isdigit() and int(number) % 97 == 1
