"""What finds the leads of one rule: a query over the portal's own tables, and the sentences that say what it compared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.exchange.buckets import BUCKETS

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Fact:
    """One thing that was compared: what, how much, who says it, of when."""

    label: str
    value: str
    source: str
    dated: date | None = None

    def as_dict(self) -> dict[str, str]:
        dated = self.dated.isoformat() if self.dated else ""
        return {"label": self.label, "value": self.value, "source": self.source, "dated": dated}


@dataclass(frozen=True)
class Told:
    """A lead in words: its title and its facts."""

    title: str
    facts: tuple[Fact, ...]


def no_more(_on: date) -> Mapping[str, object]:
    return {}


@dataclass(frozen=True)
class Matcher:
    """How the leads of a rule are found.

    `hits` gives `natural` (what makes the same facts the same lead), `subject`, `fund` and whatever `tell` needs. It reads the
    figures of the rule by their names, the `on` day, `since` (three months before its month) and the part of the keys that a
    slice does (`part_of`). `population` gives every `subject` and `fund` that the rule looked at, to draw from. `flows`: files
    without which the rule does not run. `table` is the one whose rows decide how many slices the rule has. `also`: amounts of
    the benefit itself that the query reads, as its own rules compute them on a day.
    """

    code: str
    flows: tuple[str, ...]
    table: str
    hits: str
    population: str
    tell: Callable[[Row], Told]
    also: Callable[[date], Mapping[str, object]] = no_more


def part_of(key: str) -> str:
    """The condition that leaves a slice its part of the values of `key`."""
    return f"(hashtext({key}) & {BUCKETS - 1}) BETWEEN %(first)s AND %(last)s"


def hours(minutes: int) -> str:
    """``11 h`` or ``11 h 30``."""
    whole, rest = divmod(int(minutes), 60)
    return f"{whole} h {rest:02d}" if rest else f"{whole} h"


# A family known by its account at Pajemploi; its fund is that of the account.
CMG_FAMILIES = """
SELECT 'cmg:employer:' || employer_no AS subject, fund FROM cmg_account WHERE known_until IS NULL AND fund IS NOT NULL
"""
# Families that declared a month since then.
DECLARING_FAMILIES = """
SELECT 'cmg:employer:' || a.employer_no AS subject, a.fund FROM cmg_account a
 WHERE a.known_until IS NULL AND a.fund IS NOT NULL
   AND EXISTS (SELECT 1 FROM cmg_declaration d WHERE d.employer_no = a.employer_no AND d.care_month >= %(since)s)
"""
PENSION_FAMILIES = """
SELECT DISTINCT 'aripa:parent:' || c.household_id AS subject, c.fund FROM aripa_case c WHERE c.fund <> '' AND c.state <> ''
"""
# The account of a person, by the key of their number: the lowest when they have several.
ACCOUNT_OF_PERSON = """
JOIN LATERAL (SELECT a.employer_no, a.fund FROM cmg_account a
               WHERE a.nir_key = {key} AND a.known_until IS NULL AND a.fund IS NOT NULL ORDER BY a.employer_no LIMIT 1) a ON true
"""
