"""NIR keys and names made comparable."""

import re
import unicodedata

import polars as pl

NIR_FORM = re.compile(r"^[1-8]\d{4}(?:\d{2}|2A|2B)\d{8}$")


def normalised_nir(text: str) -> str:
    """Fifteen characters without spaces, or an empty text when it is not a NIR's form."""
    compact = re.sub(r"[\s.]", "", text).upper()
    return compact if NIR_FORM.match(compact) else ""


def is_nir_valid(nir: str) -> bool:
    """Form and key: 97 − (first thirteen digits mod 97), with 2A counted as 19 and 2B as 18."""
    if not NIR_FORM.match(nir):
        return False
    number = int(nir[:13].replace("2A", "19").replace("2B", "18"))
    return 97 - number % 97 == int(nir[13:])


def nirs_valid(values: pl.Series) -> pl.Series:
    """Whether each NIR is valid; null where it is unknown."""
    corsican = pl.col("nir").str.replace_many(["2A", "2B"], ["19", "18"])
    number = corsican.str.head(13).cast(pl.Int64, strict=False)
    key = pl.col("nir").str.tail(2).cast(pl.Int64, strict=False)
    form = pl.col("nir").str.contains(NIR_FORM.pattern)
    valid = form & (97 - number % 97 == key)
    return values.to_frame("nir").select(nir=pl.when(pl.col("nir").is_not_null()).then(valid.fill_null(value=False)))[
        "nir"
    ]


def name_key(text: str) -> str:
    """Capitals without accents or punctuation, single spaces: « Le Goff, Yann » and « LE GOFF YANN » are alike."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE"))
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(re.sub(r"[^A-Za-z0-9]+", " ", letters).upper().split())


def name_keys(names: pl.Expr) -> pl.Expr:
    """`name_key` over a column."""
    return (
        names.str.replace_many(["œ", "Œ"], ["oe", "OE"])
        .str.normalize("NFKD")
        .str.replace_all(r"\p{M}", "")
        .str.replace_all(r"[^A-Za-z0-9]+", " ")
        .str.to_uppercase()
        .str.strip_chars(" ")
    )
