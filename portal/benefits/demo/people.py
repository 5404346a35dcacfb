"""The named families of the demonstration, as rows of the six files; each tells one thing about ARS or AEEH.

Incomes stand beside the ceilings of 2026, which the files of the portal's figures hold.
"""

from dataclasses import dataclass, field

import polars as pl

from portal.fiction.identities import iban_of, nir

FUND = "CAF63"
HEARD = "2026-08-01T06:00:00+02:00"


@dataclass(frozen=True)
class ChildTold:
    """A child of a named family. `decision` and `stays` are cells of their files beside what names the child."""

    first_name: str
    born: str
    schooling: dict[str, str] = field(default_factory=dict)
    decision: dict[str, str] = field(default_factory=dict)
    stays: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class FamilyTold:
    """A named family; `account` is the parent's username, linked to it as their first visit would."""

    number: str
    last_name: str
    first_names: str
    born: str
    income: int
    children: tuple[ChildTold, ...]
    lone: bool = False
    man: bool = False
    account: str = ""


DECIDED = {
    "has_support": "1", "complement": "0", "complement_by_help": "0", "chose_compensation": "0",
    "filed_on": "2025-06-12", "decided_on": "2025-09-18", "starts_on": "2025-07-01", "ends_on": "2028-07-01",
}  # fmt: skip
NAMED = (
    # Her CMG is repaired elsewhere: her ARS for Rose is whole.
    FamilyTold("6302118457", "Chabrol", "Émilie", "1990-04-12", 30_000, (
        ChildTold("Rose", "2018-05-14"), ChildTold("Noé", "2025-02-03"),
    ), account="emilie"),
    # Enzo is seventeen and nobody said whether he is at school: a question waits for his father.
    FamilyTold("6302204417", "Faure", "Julien", "1985-03-14", 21_400, (
        ChildTold("Enzo", "2009-03-02"), ChildTold("Lina", "2017-06-21"),
    ), lone=True, man=True, account="julien"),
    # One euro above the ceiling of two children (35 638): the differential is their ARS less one euro.
    FamilyTold("6302310528", "Perrin", "Mélanie", "1987-10-03", 35_639, (
        ChildTold("Hugo", "2018-02-11"), ChildTold("Jade", "2014-09-25"),
    )),
    # Alone with a child of eight at 80 %, who needs somebody twenty hours a week: complement 3 and the lone parent's increase.
    FamilyTold("6302415639", "Benali", "Nadia", "1988-12-19", 19_800, (
        ChildTold("Inès", "2017-11-30", decision=DECIDED | {
            "decision_no": "MDPH63-25-04417", "incapacity_rate": "80", "complement": "3", "complement_by_help": "1"}),
    ), lone=True),
    # What is left of the differential is under fifteen euros: nothing is paid, and the page says why.
    FamilyTold("6302520741", "Rolland", "Karine", "1991-07-08", 29_373, (ChildTold("Maël", "2018-04-17"),)),
    # Boarded with full cost borne since September, at home for the autumn holidays.
    FamilyTold("6302625852", "Moulin", "Hélène", "1984-01-27", 27_900, (
        ChildTold("Antoine", "2013-08-09", decision=DECIDED | {
            "decision_no": "MDPH63-25-05120", "incapacity_rate": "65"},
            stays=(("BOARDED", "2026-09-02", "2027-07-04"), ("HOME", "2026-10-17", "2026-11-02"))),
        ChildTold("Léa", "2010-05-05", schooling={"status": "APPRENTICE", "monthly_pay": "1240.00"}),
    )),
)  # fmt: skip


def rows() -> dict[str, pl.DataFrame]:
    """The rows of the named families, by kind of file."""
    found: dict[str, list[dict[str, str]]] = {}
    for place, one in enumerate(NAMED, start=1):
        for kind, row in _told(place, one):
            found.setdefault(kind, []).append(row | {"updated_at": HEARD})
    return {kind: pl.DataFrame(told, infer_schema_length=None) for kind, told in found.items()}


def _told(place: int, one: FamilyTold) -> list[tuple[str, dict[str, str]]]:
    family = {"fund": FUND, "beneficiary_no": one.number}
    told = [("benefit-families", family | _identity(place, one))]
    for year in ("2024", "2023"):
        told.append(("benefit-resources", family | {"resource_year": year, "net_category_income": str(one.income)}))
    for number, child in enumerate(one.children, start=1):
        told += [(kind, family | row) for kind, row in _child(f"{one.number}-{number}", child)]
    return told


def _identity(place: int, one: FamilyTold) -> dict[str, str]:
    """Numbers that look true and are nobody's: the NIR of the birth month, an account of the fictitious bank."""
    born = pl.Series([one.born]).str.to_date()
    drawn = pl.DataFrame({"born": born}).select(
        nir=nir(pl.lit(900_000 + place), pl.lit(1 if one.man else 2), pl.col("born")),
        iban=iban_of(pl.lit(63), pl.lit(80_000 + place)),
    )
    return {
        "scheme": "GENERAL", "nir": drawn["nir"][0], "last_name": one.last_name, "first_names": one.first_names,
        "birth_date": one.born, "isolated_parent": str(int(one.lone)), "iban": drawn["iban"][0],
    }  # fmt: skip


def _child(child_id: str, child: ChildTold) -> list[tuple[str, dict[str, str]]]:
    named = {"child_id": child_id}
    born = {"first_name": child.first_name, "birth_date": child.born, "dependent_from": child.born}
    told = [("benefit-children", named | born)]
    if child.schooling:
        year = {"school_year": "2026", "declared_on": "2026-07-20", "source": "FAMILY"}
        told.append(("schooling", named | year | child.schooling))
    if child.decision:
        told.append(("commission-decisions", named | child.decision))
    stays = [{"place": place, "starts_on": start, "ends_on": end} for place, start, end in child.stays]
    return told + [("boarding-periods", named | stay) for stay in stays]
