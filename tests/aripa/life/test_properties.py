"""Lives drawn at random: the money identity holds each day, and waking only when needed changes nothing."""

import random
from copy import deepcopy
from datetime import date, timedelta

import pytest

from aripa.life.day import live_day
from aripa.life.facts import Event, Kind, Price, Prices
from aripa.life.living import Book, Outcome, in_hand
from aripa.life.state import Family
from tests.aripa.life.people import World, day, line, parent, title, waiting

FIRST, LAST = date(2025, 11, 20), date(2027, 12, 31)
PRICES = [
    Price(series="ALL_HOUSEHOLDS", base=2025, month=date(2025 + (9 + n) // 12, (9 + n) % 12 + 1, 1), value=10000 + n * 17,
          published_on=date(2025 + (10 + n) // 12, (10 + n) % 12 + 1, 15))
    for n in range(28)
]  # fmt: skip
KINDS: list[dict[str, object]] = [
    {"kind": "INFORMATION", "party": "BOTH", "reason": "FULL"},
    {"kind": "INFORMATION", "party": "CREDITOR", "reason": "FULL"},
    {"kind": "INFORMATION", "party": "DEBTOR", "reason": "PARTIAL"},
    *({"kind": "NOTICE_RECEIVED", "letter": code, "party": "DEBTOR"} for code in ("L01", "L03", "L04", "L08", "L09", "L13")),
    *({"kind": "PAYMENT_RECEIVED", "means": means, "amount": amount} for means, amount in
      (("TRANSFER", 12345), ("GARNISHEE", 40000), ("OFFICER", 60001), ("BENEFIT_FORCED", 777), ("CARD", 90000))),
    {"kind": "PAID_BETWEEN_PARENTS", "amount": 9000},
    {"kind": "EXPENSE", "amount": 4000, "reason": "SERVICE"},
    {"kind": "BANK_DETAILS", "party": "DEBTOR"},
    {"kind": "DEATH", "child": "K2"},
    {"kind": "ASF_CLAIM", "reason": "C1"}, {"kind": "ASF_CLAIM", "reason": "C3"},
    {"kind": "LONE_PARENT", "reason": "COUPLE"}, {"kind": "LONE_PARENT", "reason": "ALONE"},
    {"kind": "UNABLE_TO_PAY", "reason": "2a"}, {"kind": "ABLE_TO_PAY"}, {"kind": "JUDGE_APPLIED"},
    {"kind": "ARREARS_REQUEST", "child": "K1", "amount": 15000}, {"kind": "PLAN_ACCEPTED", "amount": 8000},
    {"kind": "RECOVERY_DECISION", "reason": "DIRECT_PAYMENT", "ref": "G1", "amount": 160000},
    {"kind": "GARNISHEE_ANSWER", "ref": "G1", "reason": "ACCEPTED"}, {"kind": "GARNISHEE_ANSWER", "ref": "G1", "reason": "ENDED"},
    {"kind": "RELEASE_REQUEST"}, {"kind": "COMPLAINT"}, {"kind": "COMPLAINT_CLOSED"},
    {"kind": "END_REQUEST", "party": "DEBTOR"}, {"kind": "END_CONSENT", "party": "CREDITOR"}, {"kind": "END_REFUSAL", "party": "CREDITOR"},
    {"kind": "OFFSET_CONSENT"}, {"kind": "CREDITOR_REPAID", "amount": 5000},
    {"kind": "DEATH", "party": "DEBTOR"}, {"kind": "MOVE", "party": "CREDITOR"}, {"kind": "VIOLENCE"},
]  # fmt: skip
RETURNS = ("AM04", "AC04", "MD06", "MS02")


def drawn(seed: int) -> World:
    """A case with two children, and some forty events at random; a third of the debits come back."""
    chance = random.Random(seed)
    means = chance.choice(["DIRECT_DEBIT", "DIRECT_DEBIT", "TRANSFER"])
    lines = (
        line("K1", chance.randrange(5000, 40000)),
        line("K2", chance.randrange(5000, 40000), ends_on=day("2027-03-05")),
    )
    said = {"kind": chance.choice(list(Kind)[:6]), "indexation": "NONE_MENTIONED", "dated": day("2025-11-14")}
    world = World(titles=[title("2025-12-01", lines=lines, **said)], parents=[parent("P1"), parent("P2", means=means)])
    world.prices = PRICES
    days = sorted(FIRST + timedelta(days=chance.randrange((LAST - FIRST).days)) for _ in range(60))
    for number, on in enumerate(days, start=1):
        told = dict(chance.choice(KINDS))
        if "letter" in told or told["kind"] == "DEATH":
            told["effective_on"] = on - timedelta(days=chance.randrange(40 if told["kind"] == "DEATH" else 3))
        if told["kind"] == "ARREARS_REQUEST":
            told["month"] = date(2025, chance.randrange(1, 12), 1)
        if told["kind"] == "PAID_BETWEEN_PARENTS":
            told["month"] = on.replace(day=1)
        world.events.append(Event(number=number, day=on, case="C1", **told))  # type: ignore[arg-type]
    return world


def returned(world: World, chance: random.Random) -> None:
    """Some of the debits sent so far come back within the days that follow."""
    number = 1000
    for movement in list(world.out.movements):
        if movement.kind == "DEBIT" and chance.random() < 0.35:
            number += 1
            on = movement.day + timedelta(days=chance.randrange(1, 70))
            world.events.append(Event(
                number=number, day=on, case="C1", kind="DEBIT_RETURNED", month=movement.month, amount=movement.amount,
                reason=chance.choice(RETURNS),
            ))  # fmt: skip


def with_returns(seed: int) -> World:
    trial = drawn(seed).live(str(LAST))
    world = drawn(seed)
    world.out.movements, moved = trial.out.movements, world.out.movements
    returned(world, random.Random(seed))
    world.out.movements = moved
    return world


@pytest.mark.parametrize("seed", range(60))
def test_every_euro_is_somewhere_and_waking_when_needed_misses_nothing(seed: int) -> None:
    world, other = with_returns(seed), with_returns(seed)
    book, family, out = Book(other.titles, other.parents, Prices(other.prices)), Family(creditor="P1"), Outcome()

    on = FIRST
    while on <= LAST:
        live_day(family, book, [one for one in other.events if one.day == on], on, out)
        for case in family.cases.values():
            assert in_hand(case) == waiting(case) >= 0, on
            check_terms(case)
        on += timedelta(days=1)
    world.live(str(LAST))

    assert world.out.movements == out.movements
    assert world.out.letters == out.letters
    for case in family.cases.values():
        case.calm_until = None
    lived = deepcopy(world.family)
    lived.lived_until = None
    for case in lived.cases.values():
        case.calm_until = None
    assert lived == family


def check_terms(case: object) -> None:
    for term in case.terms:  # type: ignore[attr-defined]
        for one in term.lines:
            assert one.creditor >= 0
            assert 0 <= one.asf <= one.advanced <= one.due
            assert min(one.lacking, one.creditor_lacks, one.fund_lacks) >= 0
