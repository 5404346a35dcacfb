"""Cells of a flow file: what each column accepts, and the French sentence for what it does not.

A column gives the parsed value of its text, null when the text is refused; an empty cell means « not known » and is an
error only where the column is required. Every error of every row is found at once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import polars as pl


@dataclass(frozen=True)
class Column:
    """One column of a kind of file: its name, its type, and whether it may be empty (empty means not known)."""

    name: str
    kind: Literal[
        "id", "name", "fund", "date", "month", "instant", "amount", "amount_large", "hours", "count", "flag", "choice", "ids", "dates",
        "free", "mandate", "text", "country", "postcode", "phone", "email", "index", "day",
        "siret", "finess", "commune", "communes", "coordinate", "opening", "periods", "web",
    ]  # fmt: skip
    required: bool = False
    choices: tuple[str, ...] = ()
    largest: int = 0

    @property
    def expected(self) -> str:
        """What the column accepts, for error messages."""
        if self.kind == "choice":
            return "l’un de " + ", ".join(self.choices)
        if self.kind == "count":
            return f"un nombre entier de 0 à {self.largest}"
        return EXPECTED[self.kind]

    def parsed(self) -> pl.Expr:
        """The value, or null when the text is refused or empty."""
        return _PARSERS[self.kind](self)


EXPECTED = {
    "id": "un identifiant de 40 caractères au plus, qui commence par une lettre ou un chiffre, sans « | » ni espace à la fin",
    "name": "un nom de 100 caractères au plus, avec une lettre, sans signe = + - @ au début",
    "fund": "CAF ou MSA suivi du numéro du département (CAF63, CAF2A, MSA35)",
    "date": "une date qui existe, AAAA-MM-JJ",
    "month": "un mois qui existe, AAAA-MM",
    "instant": "une date et une heure ISO avec décalage (2026-10-31T10:00:00+01:00)",
    "amount": "un montant en euros, avec un point et deux décimales au plus, de 0 à 999999.99",
    "amount_large": "un montant annuel en euros, avec un point et deux décimales au plus, de 0 à 99999999.99",
    "hours": "des heures de 0 à 744, avec un point et deux décimales au plus",
    "flag": "0 ou 1",
    "ids": "un à dix identifiants différents séparés par |, en 400 caractères au plus",
    "dates": "autant de dates AAAA-MM-JJ que d’enfants, séparées par |",
    "free": "un texte de 100 caractères au plus, sans signe = + @ au début",
    "text": "un texte de 500 caractères au plus, sans signe = + @ au début",
    "day": "une date AAAA-MM-JJ, ou une date et une heure ISO avec décalage",
    "country": "un pays, en deux lettres (FR, BE, RE)",
    "postcode": "un code postal de 10 caractères au plus : lettres majuscules, chiffres, espace et -",
    "phone": "un numéro de téléphone de 25 caractères au plus : chiffres, espace et + . - ( )",
    "email": "une adresse électronique (nom@domaine.fr) de 254 caractères au plus",
    "index": "un indice au-dessus de zéro, avec un point et deux décimales au plus",
    "siret": "un SIRET de 14 chiffres, sans espace",
    "finess": "un numéro FINESS de 9 caractères (chiffres, 2A ou 2B en tête)",
    "commune": "un code de commune de l’Insee, en 5 caractères (63113, 2A004, 97411)",
    "communes": "un à trois cents codes de communes de l’Insee, séparés par |",
    "coordinate": "des degrés avec un point et sept décimales au plus (45.7794, -52.33), de -180 à 180",
    "opening": "une ou deux plages d’heures croissantes (07:30-18:30, ou 07:30-12:00|13:30-18:30) ; vide si fermé",
    "periods": "des périodes AAAA-MM-JJ/AAAA-MM-JJ séparées par |, le second jour étant celui de la réouverture",
    "web": "une adresse de site en https:// ou http://, de 200 caractères au plus",
    "mandate": "une référence de 35 caractères au plus : lettres sans accent, chiffres, espace et _ + ? / - : ( ) . , '",
}
# Characters that stand for lost ones: bytes that were not UTF-8.
LOST = {"\0", "\ufffd"}
# Identifiers are opaque: whatever prints, but what begins a formula and the bar that separates children.
ONE_ID = r"[\p{L}\p{N}]([^\p{C}\p{Zl}\p{Zp}|\x{fffd}]*[^\p{C}\p{Z}|\x{fffd}])?"
ID = rf"^{ONE_ID}$"
ID_LIST = rf"^{ONE_ID}(\|{ONE_ID})*$"
ONE_TOO_LONG = r"[^|]{41}"
LONGEST_LIST = 400
# A spreadsheet would compute what begins so, even behind the apostrophe that our own exports add.
NAME = r"^'?[^'=+@\-\x00-\x1f|\x{fffd}][^\x00-\x1f|\x{fffd}]*$"
FREE = r"^[^=+@\x00-\x1f\x{fffd}][^\x00-\x1f\x{fffd}]*$"
MANDATE = r"^[A-Za-z0-9?/:().,'_]([A-Za-z0-9+?/:().,'_ \-]{0,33}[A-Za-z0-9+?/:().,'_\-])?$"
FUND = r"^(CAF|MSA)(0[1-9]|1[0-9]|2[1-9]|2A|2B|[3-8][0-9]|9[0-5]|97[1-8])$"
POSTCODE = r"^[0-9A-Z]([0-9A-Z \-]{0,8}[0-9A-Z])?$"
PHONE = r"^\+?[0-9(][0-9 .()\-]{2,23}$"
SIRET = r"^[0-9]{14}$"
FINESS = r"^[0-9][0-9AB][0-9]{7}$"
ONE_COMMUNE = r"(?:[013-9][0-9]|2[1-9AB])[0-9]{3}"
COMMUNE = rf"^{ONE_COMMUNE}$"
COMMUNES = rf"^{ONE_COMMUNE}(\|{ONE_COMMUNE}){{0,299}}$"
COORDINATE = r"^-?[0-9]{1,3}(\.[0-9]{1,7})?$"
ONE_HOUR = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
OPENING = rf"^{ONE_HOUR}-{ONE_HOUR}(\|{ONE_HOUR}-{ONE_HOUR})?$"
PERIODS = r"^20[0-9]{2}-[0-9]{2}-[0-9]{2}/20[0-9]{2}-[0-9]{2}-[0-9]{2}(\|20[0-9]{2}-[0-9]{2}-[0-9]{2}/20[0-9]{2}-[0-9]{2}-[0-9]{2}){0,19}$"
WEB = r"^https?://[A-Za-z0-9.\-]+\.[A-Za-z]{2,}(:[0-9]+)?(/[^\s<>\"'\p{C}\x{fffd}]*)?$"
EMAIL = r"^[A-Za-z0-9_][^\s@\p{C}\x{fffd}|]*@[^\s@\p{C}\x{fffd}|]+\.[^\s@\p{C}\x{fffd}|]+$"
COUNTRIES = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY "
    "BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK "
    "FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR "
    "IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK "
    "ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM "
    "PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF "
    "TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW"
)
# Until 9999: that is how many systems write « without end ».
DATE = r"^(19|[2-9][0-9])[0-9][0-9]-[0-9][0-9]-[0-9][0-9]$"
DATE_LIST = r"^(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}(\|(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}){0,9}$"


def _text(pattern: str, longest: int = 100) -> Callable[["Column"], pl.Expr]:
    def parse(column: Column) -> pl.Expr:
        raw = pl.col(column.name)
        return pl.when(raw.str.contains(pattern) & (raw.str.len_chars() <= longest)).then(raw)

    return parse


def _ids(column: Column) -> pl.Expr:
    raw = pl.col(column.name)
    fits = (raw.str.len_chars() <= LONGEST_LIST) & (raw.str.count_matches("|", literal=True) < 10)
    return pl.when(raw.str.contains(ID_LIST) & fits & ~raw.str.contains(ONE_TOO_LONG)).then(raw)


def _name(column: Column) -> pl.Expr:
    text = _text(NAME)(column)
    return pl.when(text.str.contains(r"\p{L}")).then(text)


def _date(column: Column) -> pl.Expr:
    raw = pl.col(column.name)
    return pl.when(raw.str.contains(DATE)).then(raw.str.to_date("%Y-%m-%d", strict=False))


def _month(column: Column) -> pl.Expr:
    raw = pl.col(column.name)
    return pl.when(raw.str.contains(r"^20\d\d-\d\d$")).then((raw + "-01").str.to_date("%Y-%m-%d", strict=False))


def _instant(column: Column) -> pl.Expr:
    """An offset, Z, or nothing (then the hour of Paris); a bare date is its midnight in Paris."""
    raw = pl.col(column.name).str.replace(r"[Zz]$", "+00:00").str.replace(r"(:\d\d[+-]\d\d)(\d\d)$", "${1}:${2}")
    whole = (
        pl.when(raw.str.contains(DATE))
        .then(raw + "T00:00:00")
        .when(raw.str.contains(r"T\d\d:\d\d([+-]\d\d:\d\d)?$"))
        .then(raw.str.replace(r"T(\d\d:\d\d)", "T${1}:00"))
        .otherwise(raw)
    )
    form = whole.str.contains(r"^(19|20)\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,9})?([+-]\d\d:\d\d)?$")
    clean = pl.when(form).then(whole.str.replace(" ", "T"))
    zoned = clean.str.contains(r"[+-]\d\d:\d\d$")
    local = (
        pl.when(~zoned)
        .then(clean)
        .str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", strict=False, time_unit="us")
        .dt.replace_time_zone("Europe/Paris", ambiguous="earliest", non_existent="null")
        .dt.convert_time_zone("UTC")
    )
    absolute = (
        pl.when(zoned)
        .then(clean)
        .str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%:z", strict=False, time_unit="us", time_zone="UTC")
    )
    return pl.coalesce(absolute, local)


def _hundredths(column: Column, largest: int) -> pl.Expr:
    """Two decimals at most, as an integer number of hundredths."""
    raw = pl.col(column.name)
    form = raw.str.contains(r"^\d{1,8}(\.\d{1,2})?$")
    number = (pl.when(form).then(raw).cast(pl.Decimal(12, 2), strict=False) * 100).cast(pl.Int64)
    return pl.when(number <= largest).then(number)


def _amount(column: Column) -> pl.Expr:
    return _hundredths(column, 99_999_999)


def _day(column: Column) -> pl.Expr:
    """The day in Paris of a date or an instant."""
    return _instant(column).dt.convert_time_zone("Europe/Paris").dt.date()


def _country(column: Column) -> pl.Expr:
    """A code that exists: a wrong letter would send a parent abroad."""
    raw = pl.col(column.name)
    return pl.when(raw.is_in(COUNTRIES.split(" "))).then(raw)


def _coordinate(column: Column) -> pl.Expr:
    """Degrees, as a number of the map: never money, so a binary float is right."""
    number = _text(COORDINATE)(column).cast(pl.Float64, strict=False)
    return pl.when(number.abs() <= 180).then(number)


def _opening(column: Column) -> pl.Expr:
    """Hours that go forward: text of one length compares as the clock does."""
    text = _text(OPENING)(column)
    first, second = text.str.slice(0, 11), text.str.slice(12)
    forward = (first.str.head(5) < first.str.tail(5)) & (
        (second == "") | (first.str.tail(5) < second.str.head(5)) & (second.str.head(5) < second.str.tail(5))
    )
    return pl.when(forward).then(text)


def _periods(column: Column) -> pl.Expr:
    """Days that exist, each period ending after it begins."""
    text = _text(PERIODS, 500)(column)
    each = text.str.split("|")
    first = each.list.eval(pl.element().str.head(10).str.to_date("%Y-%m-%d", strict=False))
    last = each.list.eval(pl.element().str.tail(10).str.to_date("%Y-%m-%d", strict=False))
    real = (first.list.drop_nulls().list.len() == each.list.len()) & (
        last.list.drop_nulls().list.len() == each.list.len()
    )
    forward = each.list.eval(pl.element().str.head(10) < pl.element().str.tail(10)).list.all()
    return pl.when(real & forward).then(text)


def _index(column: Column) -> pl.Expr:
    number = _hundredths(column, 99_999)
    return pl.when(number > 0).then(number)


def _amount_large(column: Column) -> pl.Expr:
    return _hundredths(column, 9_999_999_999)


def _hours(column: Column) -> pl.Expr:
    return _hundredths(column, 744_00)


def _count(column: Column) -> pl.Expr:
    raw = pl.col(column.name)
    number = pl.when(raw.str.contains(r"^\d{1,18}$")).then(raw).cast(pl.Int64, strict=False)
    return pl.when(number <= column.largest).then(number)


def _flag(column: Column) -> pl.Expr:
    return pl.col(column.name).replace_strict({"0": False, "1": True}, default=None, return_dtype=pl.Boolean)


def _choice(column: Column) -> pl.Expr:
    raw = pl.col(column.name)
    return pl.when(raw.is_in(column.choices)).then(raw)


_PARSERS = {
    "id": _text(ID, 40),
    "name": _name,
    "fund": _text(FUND),
    "mandate": _text(MANDATE),
    "siret": _text(SIRET),
    "finess": _text(FINESS),
    "commune": _text(COMMUNE),
    "communes": _text(COMMUNES, 1800),
    "coordinate": _coordinate,
    "opening": _opening,
    "periods": _periods,
    "web": _text(WEB, 200),
    "free": _text(FREE),
    "ids": _ids,
    "dates": _text(DATE_LIST, 109),
    "date": _date,
    "month": _month,
    "instant": _instant,
    "amount": _amount,
    "amount_large": _amount_large,
    "hours": _hours,
    "count": _count,
    "flag": _flag,
    "choice": _choice,
    "text": _text(FREE, 500),
    "country": _country,
    "postcode": _text(POSTCODE, 10),
    "phone": _text(PHONE, 25),
    "email": _text(EMAIL, 254),
    "index": _index,
    "day": _day,
}
