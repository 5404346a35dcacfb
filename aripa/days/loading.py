"""The facts of the families of a slice, as the engine wants them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import msgspec
from django.db import connection
from django.db.models import F, Min, Q

from aripa.life.facts import ChildLine, Event, Kind, Parent, Price, Prices, Title
from aripa.life.living import Book
from aripa.life.state import Family
from aripa.models import Event as EventRow
from aripa.models import Household
from aripa.models import Parent as ParentRow
from aripa.models import Price as PriceRow
from aripa.models import Title as TitleRow
from portal.exchange.buckets import BUCKETS

CURRENT = Q(known_until__isnull=True)
# What a life reads of each row, and no more: a day loads hundreds of thousands of them.
OF_TITLE = (
    "title_no", "case_no", "supersedes", "kind", "divorce", "title_date", "enforceable_on", "provides_intermediation",
    "refused_by_both", "excluded_by_judge", "cancels_support", "violence", "creditor_no", "debtor_no", "due_day",
    "intermediation_end", "indexation", "index_series", "base_month", "first_indexation_on", "rounding", "child_id",
    "cash_share_cents", "effective_on", "amount_end", "child_birth_date", "heard_on",
)  # fmt: skip
OF_PARENT = (
    "parent_no", "heard_on", "updated_on", "fund", "country", "postcode", "stable_residence", "lawful_stay",
    "payment_means", "payment_day", "iban_key", "iban_valid", "mandate_ref", "mandate_signed_on",
)  # fmt: skip
OF_EVENT = (
    "event_no", "heard_on", "day", "case_no", "kind", "party", "child_id", "letter", "month", "means", "reason",
    "amount_cents", "effective_on", "ref",
)  # fmt: skip
# A fact is heard on its own day, or on the first day lived after it came; an event or a parent, not before a title.
LATE = "CASE WHEN %(last)s::date IS NULL OR {day} > %(last)s::date THEN {day} ELSE %(last)s::date + 1 END"
HEAR_PRICES = f"""
UPDATE aripa_price SET heard_on = {LATE.format(day="published_on")}
WHERE known_until IS NULL AND heard_on IS NULL AND published_on <= %(until)s"""
HEAR_TITLES = f"""
UPDATE aripa_title SET heard_on = {LATE.format(day="received_on")}
WHERE known_until IS NULL AND heard_on IS NULL AND received_on <= %(until)s RETURNING creditor_no, heard_on"""
HEARD_TITLE = "t.known_until IS NULL AND t.heard_on IS NOT NULL"
HEAR_PARENTS = f"""
UPDATE aripa_parent p SET heard_on = {LATE.format(day="updated_on")}
WHERE known_until IS NULL AND heard_on IS NULL AND updated_on <= %(until)s
AND (EXISTS (SELECT FROM aripa_title t WHERE t.creditor_no = p.parent_no AND {HEARD_TITLE})
     OR EXISTS (SELECT FROM aripa_title t WHERE t.debtor_no = p.parent_no AND {HEARD_TITLE}))
RETURNING parent_no, heard_on"""
FIRST_TITLE = f"SELECT min(t.heard_on) FROM aripa_title t WHERE t.case_no = e.case_no AND {HEARD_TITLE}"
HEAR_EVENTS = f"""
UPDATE aripa_event e SET heard_on = GREATEST({LATE.format(day="e.day")}, ({FIRST_TITLE}))
WHERE heard_on IS NULL AND day <= %(until)s AND ({FIRST_TITLE}) IS NOT NULL RETURNING case_no, heard_on"""
# Whom a fact wakes: the creditors of the titles that it concerns, on the day that hears it or before.
CONCERNED = {
    HEAR_TITLES: "SELECT creditor_no, heard_on FROM heard",
    HEAR_PARENTS: f"""
        SELECT t.creditor_no, h.heard_on FROM heard h JOIN aripa_title t ON t.creditor_no = h.parent_no AND {HEARD_TITLE}
        UNION SELECT t.creditor_no, h.heard_on FROM heard h JOIN aripa_title t ON t.debtor_no = h.parent_no
            AND {HEARD_TITLE}""",
    HEAR_EVENTS: f"""
        SELECT t.creditor_no, h.heard_on FROM heard h JOIN aripa_title t USING (case_no) WHERE {HEARD_TITLE}""",
}
WAKE = """
WITH heard AS ({hear}), concerned AS (SELECT creditor_no, min(heard_on) AS day FROM ({whom}) one GROUP BY creditor_no)
UPDATE aripa_household h SET wakes_on = c.day FROM concerned c
WHERE h.creditor_no = c.creditor_no AND (h.wakes_on IS NULL OR h.wakes_on > c.day)"""


def hear(*, last: date | None, until: date) -> None:
    """Give each new fact the day on which it is heard, up to `until`, and wake whom it concerns; `last` is the last day
    lived. Once, before the first slice: what comes while slices are lived waits for the next day, for every family."""
    values = {"last": last, "until": until}
    with connection.cursor() as cursor:
        cursor.execute(HEAR_PRICES, values)
        for statement, whom in CONCERNED.items():
            cursor.execute(WAKE.format(hear=statement, whom=whom), values)


AWAKE = """
SELECT creditor_no FROM aripa_household WHERE bucket = ANY (%(buckets)s) AND wakes_on <= %(until)s
UNION SELECT creditor_no FROM aripa_title t
      WHERE bucket = ANY (%(buckets)s) AND known_until IS NULL AND heard_on <= %(until)s
      AND heard_on > coalesce(%(last)s::date, '-infinity')
      AND NOT EXISTS (SELECT FROM aripa_household h WHERE h.creditor_no = t.creditor_no)
"""


def awake(buckets: Sequence[int], *, last: date | None, until: date) -> list[str]:
    """The creditors to whom something happens by `until`: those woken by a fact or by a day of their own, and the new
    ones. Found by two indexes: a day costs what happens on it, not what is followed."""
    with connection.cursor() as cursor:
        cursor.execute(f"{AWAKE} ORDER BY 1", {"buckets": list(buckets), "last": last, "until": until})
        return [row[0] for row in cursor.fetchall()]


def count_awake(*, last: date | None, until: date) -> int:
    """How many they are, of all buckets."""
    with connection.cursor() as cursor:
        values = {"buckets": list(range(BUCKETS)), "last": last, "until": until}
        cursor.execute(f"SELECT count(*) FROM ({AWAKE}) found", values)
        return int(cursor.fetchone()[0])


def prices(until: date) -> Prices:
    """Every index heard by `until`; one sent again keeps its former row, which days gone by have read."""
    rows = PriceRow.objects.filter(heard_on__lte=until).order_by("pk")
    found = rows.values_list("series", "base", "month", "value_hundredths", "published_on", "heard_on")
    return Prices([
        Price(series=series, base=base, month=month, value=value, published_on=published_on, told_on=heard_on)
        for series, base, month, value, published_on, heard_on in found.iterator()
    ])  # fmt: skip


def families(creditors: Sequence[str]) -> dict[str, Family]:
    """What is remembered of these creditors; a new one has lived nothing."""
    known = Household.objects.filter(pk__in=creditors).extra(select={"text": "memory::text"})  # noqa: S610
    found = {
        row["creditor_no"]: msgspec.json.decode(row["text"].encode(), type=Family)
        for row in known.values("creditor_no", "text")
    }
    return {one: found.get(one) or Family(creditor=one) for one in creditors}


def books(creditors: Sequence[str], known_prices: Prices) -> dict[str, Book]:
    """The facts heard of each creditor: their titles, their parents."""
    titles, debtors = _titles(creditors), defaultdict(set)
    for one in (one for found in titles.values() for one in found):
        debtors[one.creditor].add(one.debtor)
    wanted = {*creditors, *(number for found in debtors.values() for number in found)}
    parents = _parents(wanted)
    return {
        one: Book(titles[one], [p for number in {one, *debtors[one]} for p in parents[number]], known_prices)
        for one in creditors
    }


def parents_of(numbers: Iterable[str]) -> list[Parent]:
    """The parents of these numbers as heard so far; one that is not known has no row."""
    return [one for found in _parents(numbers).values() for one in found]


def _titles(creditors: Sequence[str]) -> dict[str, list[Title]]:
    rows = TitleRow.objects.filter(creditor_no__in=creditors, heard_on__isnull=False)
    grouped: dict[str, list[Any]] = defaultdict(list)
    for row in rows.order_by("title_no", "child_id", "pk").values_list(*OF_TITLE, named=True):
        grouped[row.title_no].append(row)
    found: dict[str, list[Title]] = defaultdict(list)
    for same in grouped.values():
        for title in _as_it_was_sent(same):
            found[title.creditor].append(title)
    return found


def _as_it_was_sent(rows: Sequence[Any]) -> Iterable[Title]:
    """A title each time it was sent, whole or in part: of each child, the last row heard by then."""
    for day in sorted({one.heard_on for one in rows if one.heard_on}):
        held = {one.child_id: one for one in rows if one.heard_on and one.heard_on <= day}
        yield title_of(list(held.values()))


def title_of(rows: Sequence[Any]) -> Title:
    """One title from its rows, one a child."""
    row = rows[0]
    return Title(
        number=row.title_no, case=row.case_no, supersedes=row.supersedes or "", kind=Kind(row.kind),
        divorce=bool(row.divorce), dated=row.title_date, enforceable_on=row.enforceable_on,
        provides_intermediation=bool(row.provides_intermediation), refused_by_both=bool(row.refused_by_both),
        excluded_by_judge=bool(row.excluded_by_judge), cancels_support=bool(row.cancels_support),
        violence=bool(row.violence), creditor=row.creditor_no, debtor=row.debtor_no or "", due_day=row.due_day,
        intermediation_end=row.intermediation_end, indexation=row.indexation or "NONE_MENTIONED",
        series=row.index_series or "ALL_HOUSEHOLDS", base_month=row.base_month,
        first_indexation_on=row.first_indexation_on, rounding=row.rounding or "CENT",
        lines=tuple(_line(one) for one in rows), received_on=max(one.heard_on for one in rows if one.heard_on),
    )  # fmt: skip


def _line(row: Any) -> ChildLine:
    return ChildLine(
        child=row.child_id, cash=row.cash_share_cents or 0, starts_on=row.effective_on, ends_on=row.amount_end,
        born_on=row.child_birth_date,
    )  # fmt: skip


def _parents(numbers: Iterable[str]) -> dict[str, list[Parent]]:
    rows = ParentRow.objects.filter(parent_no__in=list(numbers), heard_on__isnull=False)
    found: dict[str, list[Parent]] = defaultdict(list)
    for row in rows.order_by("updated_on", "pk").values_list(*OF_PARENT, named=True):
        found[row.parent_no].append(_parent(row))
    return found


def _parent(row: Any) -> Parent:
    return Parent(
        number=row.parent_no, known_on=row.heard_on or row.updated_on, updated_on=row.updated_on, fund=row.fund or "",
        country=row.country or "", postcode=row.postcode or "", stable_residence=row.stable_residence, lawful_stay=row.lawful_stay,
        means=row.payment_means or "", payment_day=row.payment_day or 1,
        reachable=bool(row.iban_key and row.iban_valid and row.mandate_ref and row.mandate_signed_on),
    )  # fmt: skip


def events(creditors: Sequence[str], *, last: date | None, until: date) -> dict[str, list[Event]]:
    """What is heard after `last` and by `until`, by creditor; more when the days of one up to `last` were not lived."""
    owner = dict(
        TitleRow.objects.filter(CURRENT, creditor_no__in=creditors).values_list("case_no", "creditor_no").distinct()
    )
    rows = EventRow.objects.filter(case_no__in=list(owner), heard_on__lte=until)
    if last is not None:
        rows = rows.filter(heard_on__gt=_lived_by_all(creditors, last))
    found: dict[str, list[Event]] = defaultdict(list)
    for row in rows.order_by("heard_on", "event_no").values_list(*OF_EVENT, named=True):
        found[owner[row.case_no]].append(_event(row))
    return found


def _lived_by_all(creditors: Sequence[str], last: date) -> date:
    """The last day lived, or the earlier one at which a family of these stopped."""
    stopped = Household.objects.filter(pk__in=creditors, wakes_on__lte=F("lived_until"))
    return min(stopped.aggregate(first=Min("lived_until"))["first"] or last, last)


def _event(row: Any) -> Event:
    return Event(
        number=row.event_no, day=row.heard_on, told_on=row.day, case=row.case_no, kind=row.kind, party=row.party or "",
        child=row.child_id or "", letter=row.letter or "", month=row.month, means=row.means or "",
        reason=row.reason or "", amount=row.amount_cents, effective_on=row.effective_on, ref=row.ref or "",
    )  # fmt: skip
