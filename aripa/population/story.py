"""One creditor's cases told day after day: the engine says what the fund did, chance says what people do about it."""

from collections.abc import Callable
from datetime import date, timedelta
from heapq import heappop, heappush
from typing import Any

from aripa.life.day import live_through, wakes_on
from aripa.life.facts import ChildLine, Event, Kind, Parent, Prices, Title
from aripa.life.living import Book, Life, Outcome
from aripa.life.state import Case, Family
from aripa.population.cast import Row

Plan = Callable[[], None]


class Story:
    """The facts told so far, the family as the engine made it, and what is planned for later days."""

    def __init__(self, creditor_no: str, prices: Prices, until: date) -> None:
        self.prices, self.until, self.day = prices, until, date.min
        self.family = Family(creditor=creditor_no)
        self.parents: dict[str, list[Row]] = {}
        self.titles: dict[str, list[Row]] = {}
        self.events: list[tuple[Event, str]] = []
        self.worries: list[tuple[str, date, str]] = []
        self._plans: list[tuple[date, int, Plan]] = []
        self._planned, self._told_to = 0, 0
        self._book: Book | None = None

    # ---- what a story is told with -----------------------------------------------------------------------------

    def plan(self, day: date, what: Plan) -> None:
        """Do `what` at the dawn of `day`, or of tomorrow when that day has been lived; nothing after the last day."""
        day = max(day, self.day + timedelta(days=1)) if self.day != date.min else day
        if day <= self.until:
            self._planned += 1
            heappush(self._plans, (day, self._planned, what))

    def tell(self, case: str, kind: str, text: str = "", **said: Any) -> None:
        """An event of today."""
        number = len(self.events) + 1
        self.events.append((Event(number=number, day=self.day, case=case, kind=kind, **said), text))

    def has_told_today(self, case: str) -> bool:
        """Whether something was already said of the case today, whose effect is not known yet."""
        return any(one.case == case and one.day == self.day for one, _text in self.events[self._told_to :])

    def bring_title(self, rows: list[Row]) -> None:
        self.titles[rows[0]["title_no"]] = rows
        self._book = None

    def know_parent(self, row: Row, **changes: Any) -> None:
        """What is known of a parent from today on: one row a day, the last word of the day holds."""
        known = self.parents.setdefault(row["parent_no"], [])
        is_same_day = bool(known) and known[-1]["updated_at"] == self.day
        updated = (known.pop() if is_same_day else row) | changes
        if self.day != date.min:
            updated["updated_at"] = self.day
        known.append(updated)
        self._book = None

    def last_known(self, parent_no: str) -> Row:
        return self.parents[parent_no][-1]

    def case(self, number: str) -> Case | None:
        return self.family.cases.get(number)

    def life(self, number: str) -> Life:
        """A case as its last day left it."""
        return Life(self.family.cases[number], self.book, self.family.lived_until or self.day, Outcome())

    @property
    def book(self) -> Book:
        if self._book is None:
            titles = [title_of(rows) for rows in self.titles.values()]
            parents = [parent_of(row) for rows in self.parents.values() for row in rows]
            self._book = Book(titles, parents, self.prices)
        return self._book

    # ---- the days ----------------------------------------------------------------------------------------------

    def run(self, react: Callable[[Outcome], None]) -> None:
        """Live from the first plan to the last day, or until nothing is left to happen."""
        day = self._next_stop()
        while day is not None and day <= self.until:
            self.day = day
            while self._plans and self._plans[0][0] <= day:
                heappop(self._plans)[2]()
            told = [event for event, _text in self.events[self._told_to :]]
            self._told_to = len(self.events)
            out = live_through(self.family, self.book, told, until=day)
            self.worries += out.worries
            react(out)
            day = self._next_stop()

    def _next_stop(self) -> date | None:
        found = [self._plans[0][0]] if self._plans else []
        if self.family.lived_until:
            found += [on for on in map(self._wakes, self.family.cases) if on]
        return min(found, default=None)

    def _wakes(self, number: str) -> date | None:
        return wakes_on(self.life(number))


def title_of(rows: list[Row]) -> Title:
    """A title as the engine wants it, from its rows."""
    head = rows[0]
    lines = [
        ChildLine(
            child=row["child_id"], cash=row["cash_share"] or 0, starts_on=row["effective_on"], ends_on=row["amount_end"],
            born_on=row["child_birth_date"],
        )
        for row in sorted(rows, key=lambda one: str(one["child_id"]))
    ]  # fmt: skip
    return Title(
        number=head["title_no"], case=head["case_no"], supersedes=head["supersedes"] or "", kind=Kind(head["kind"]),
        divorce=head["divorce"], dated=head["title_date"], enforceable_on=head["enforceable_on"],
        provides_intermediation=head["provides_intermediation"], refused_by_both=head["refused_by_both"],
        excluded_by_judge=head["excluded_by_judge"], cancels_support=head["cancels_support"], violence=head["violence"],
        creditor=head["creditor_no"], debtor=head["debtor_no"] or "", due_day=head["due_day"],
        intermediation_end=head["intermediation_end"], indexation=head["indexation"] or "NONE_MENTIONED",
        series=head["index_series"] or "ALL_HOUSEHOLDS", base_month=head["base_month"],
        first_indexation_on=head["first_indexation_on"], rounding=head["rounding"] or "CENT", lines=tuple(lines),
        received_on=head["received_at"],
    )  # fmt: skip


def parent_of(row: Row) -> Parent:
    """A parent as the engine wants it."""
    return Parent(
        number=row["parent_no"], known_on=row["updated_at"], fund=row["fund"] or "", country=row["country"] or "",
        postcode=row["postcode"] or "", stable_residence=row["stable_residence"], lawful_stay=row["lawful_stay"],
        means=row["payment_means"] or "", payment_day=row["payment_day"] or 1,
        reachable=bool(row["iban"] and row["mandate_ref"] and row["mandate_signed_on"]),
    )  # fmt: skip
