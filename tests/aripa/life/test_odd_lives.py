"""Lives of anything that a file may say: titles that follow one another, any event of the contract, any year.

No day stops, every euro is somewhere, and waking only when needed misses nothing.
"""

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from aripa.exports import case_row
from aripa.flows.events import LETTERS, PAYERS, USES
from aripa.life.day import live_day
from aripa.life.facts import ChildLine, Event, Kind, Parent, Prices, Title
from aripa.life.living import Book, Outcome, in_hand
from aripa.life.state import Case, Family
from tests.aripa.life.people import World, line, parent, title, waiting
from tests.aripa.life.test_properties import PRICES, check_terms

DAYS = 1200
STARTS = (date(2017, 6, 1), date(2020, 9, 1), date(2025, 1, 1))
OFTEN = {"INFORMATION": 6, "REQUEST": 3, "PAYMENT_RECEIVED": 6, "NOTICE_RECEIVED": 9, "ASF_CLAIM": 4}
RARELY = ("DEATH", "END_REQUEST", "END_CONSENT", "UNABLE_TO_PAY")
KINDS = [kind for kind in USES for _time in range(OFTEN.get(kind, 1))]
DEBTORS = {"C1": "P2", "C2": "P3"}


class Teller:
    """Who tells a life, by chance."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.first = STARTS[seed % len(STARTS)]
        self.last = self.first + timedelta(days=DAYS)

    def world(self) -> World:
        world = World(titles=[], parents=self.parents(), prices=PRICES)
        for number in range(self.chance.randrange(1, 5)):
            world.titles.append(self.title(number, world.titles))
        events = [one for number in range(160) if (one := self.event(number))]
        events += [one for told in world.titles for one in self.opening(told)]
        world.events = sorted(events, key=lambda one: (one.day, one.number))
        return world

    def often(self, share: float) -> bool:
        return self.chance.random() < share

    def after(self, day: date, low: int, high: int) -> date:
        return day + timedelta(days=self.chance.randrange(low, high))

    def any_day(self) -> date:
        return self.after(self.first, 0, DAYS)

    def parents(self) -> list[Parent]:
        return [
            parent(number, str(self.any_day()), means=self.chance.choice(["", "DIRECT_DEBIT", "TRANSFER"]),
                   payment_day=self.chance.choice([1, 10, 15]), reachable=self.often(0.8),
                   country="BE" if self.often(0.02) else "FR", stable_residence=None if self.often(0.1) else True)
            for number in ("P1", "P2", "P3") for _row in range(self.chance.randrange(0, 4))
        ]  # fmt: skip

    def title(self, number: int, told: list[Title]) -> Title:
        case = self.chance.choice(sorted(DEBTORS))
        former = [one.number for one in told if one.case == case]
        received = self.any_day() if former else self.after(self.first, 0, 300)
        kind = self.chance.choice(list(Kind))
        return title(
            str(received), number=f"T{number}", case=case, kind=kind,
            supersedes=former[-1] if former and self.often(0.8) else "",
            debtor="" if kind == Kind.NONE and self.often(0.5) else DEBTORS[case],
            dated=self.after(received, -500, 1) if self.often(0.95) else None,
            enforceable_on=received if self.often(0.95) else None, due_day=self.chance.choice([None, 1, 10, 28]),
            divorce=self.often(0.3), provides_intermediation=self.often(0.5), refused_by_both=self.often(0.04),
            excluded_by_judge=self.often(0.04), cancels_support=bool(former) and self.often(0.1),
            violence=self.often(0.05), intermediation_end=self.after(received, 0, 900) if self.often(0.1) else None,
            indexation=self.chance.choice(["NONE_MENTIONED", "EXCLUDED", "CLAUSE"]),
            first_indexation_on=self.chance.choice([None, date(2020, 2, 29), self.after(received, 0, 200)]),
            lines=tuple(self.line(child, received) for child in self.chance.sample(["K1", "K2", "K3"], 2)),
        )  # fmt: skip

    def line(self, child: str, received: date) -> ChildLine:
        starts = self.after(received, -300, 90) if self.often(0.7) else None
        ends = self.after(starts or received, 200, 1200) if self.often(0.2) else None
        cash, born = self.chance.choice([0, 1, 123_45, 250_00, 600_00]), self.after(received, -7400, 1)
        return line(child, cash, starts_on=starts, ends_on=ends, born_on=born if self.often(0.9) else None)

    def opening(self, told: Title) -> list[Event]:
        asked, answered = told.received_on + timedelta(days=5), told.received_on + timedelta(days=6)
        number = 1000 + int(told.number[1:]) * 2
        return [
            Event(number=number, day=asked, case=told.case, kind="REQUEST", party="BOTH", reason="UNPAID"),
            Event(number=number + 1, day=answered, case=told.case, kind="INFORMATION", party="BOTH", reason="FULL"),
        ]

    def event(self, number: int) -> Event | None:
        kind = self.chance.choice(KINDS)
        if kind in RARELY and self.often(0.7):
            return None
        use, day = USES[kind], self.any_day()
        names = [*use.needs, *(one for one in use.allows if self.often(0.6))]
        if kind == "DEATH":
            names = ["effective_on", self.chance.choice(["party", "child_id"])]
        said = {("child" if one == "child_id" else one): self.cell(kind, one, day) for one in names}
        return Event(number=number, day=day, case=self.chance.choice(["C1", "C1", "C2"]), kind=kind, **said)

    def cell(self, kind: str, name: str, day: date) -> Any:
        use = USES[kind]
        match name:
            case "party":
                return self.chance.choice(use.party or ("CREDITOR", "DEBTOR", "BOTH", "GARNISHEE"))
            case "reason":
                return self.chance.choice(use.reason)
            case "letter":
                return self.chance.choice([*LETTERS, *("L01", "L03", "L04", "L08", "L09", "L13") * 4])
            case "effective_on":
                return self.after(day, -60, 1)
            case "month":
                return self.after(day, -800 if kind == "ARREARS_REQUEST" else -100, 1).replace(day=1)
            case "amount":
                return self.chance.choice([1, 50_00, 123_45, 250_00, 600_00, 1600_00])
            case "means":
                return self.chance.choice(PAYERS)
            case "child_id":
                return self.chance.choice(["K1", "K2", "K3"])
        return self.chance.choice(["G1", "G2"])

    def returns(self, out: Outcome) -> list[Event]:
        """A third of the debits come back, of their own amount."""
        return [
            Event(number=2000 + number, day=min(self.last, self.after(one.day, 0, 90)), case=one.case,
                  kind="DEBIT_RETURNED", month=one.month, amount=one.amount,
                  reason=self.chance.choice(["AM04", "AC04", "MD06", "MD07"]))
            for number, one in enumerate(out.movements) if one.kind == "DEBIT" and self.often(0.3)
        ]  # fmt: skip


@pytest.mark.parametrize("seed", range(60))
def test_no_day_stops_and_every_euro_is_somewhere(seed: int) -> None:
    teller = Teller(seed)
    world = teller.world()
    trial = World(titles=world.titles, parents=world.parents, prices=PRICES, events=world.events)
    world.events = world.events + teller.returns(trial.live(str(teller.last)).out)

    out, family = day_by_day(world, teller.last)
    world.live(str(teller.last))

    assert states(world.family) == states(family)
    assert world.out.movements == out.movements
    assert world.out.letters == out.letters


def states(family: Family) -> list[tuple[str, str, int, list[str]]]:
    return [
        (one.number, one.shown_state, one.overpaid, [term.status for term in one.terms])
        for one in family.cases.values()
    ]


def check_identity(case: Case) -> None:
    """Of `cases.csv`: what came is with the creditor, the funds, the debtor, or still here."""
    collected, asf, creditor, to_asf, management, refunded, held, overpaid = map(Decimal, case_row(case)[12:20])  # type: ignore[arg-type]
    assert collected + asf + overpaid == creditor + to_asf + management + refunded + held


def day_by_day(world: World, last: date) -> tuple[Outcome, Family]:
    book, family, out = Book(world.titles, world.parents, Prices(PRICES)), Family(creditor="P1"), Outcome()
    by_day: dict[date, list[Event]] = {}
    for one in world.events:
        by_day.setdefault(one.day, []).append(one)
    day = min([*book.fact_days(), *by_day])
    while day <= last:
        live_day(family, book, by_day.get(day, []), day, out)
        for case in family.cases.values():
            assert in_hand(case) == waiting(case) >= 0, day
            check_terms(case)
            if day.day == 1:
                check_identity(case)
        day += timedelta(days=1)
    return out, family
