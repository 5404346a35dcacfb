"""Which title speaks on a due day, what is due for a month, and the yearly indexation to the cent."""

import pytest

from aripa.life.facts import Kind, Price, Title
from tests.aripa.life.people import World, day, line, parent, title


def price(month: str, value: int, out: str, base: int = 2025, series: str = "ALL_HOUSEHOLDS") -> Price:
    return Price(series=series, base=base, month=day(month + "-01"), value=value, published_on=day(out))


def indexed(**said: object) -> Title:
    values = {"indexation": "NONE_MENTIONED", "due_day": 10}
    return title(**(values | said))


def living(until: str, *prices: Price, **said: object) -> World:
    return World(titles=[indexed(**said)], prices=list(prices)).informed().live(until)


def due(world: World, *months: str) -> list[int]:
    return [world.term(month).due for month in months]


PLAIN = (price("2025-09", 9900, "2025-10-15"), price("2025-10", 10000, "2025-11-14"),
         price("2026-09", 10200, "2026-10-15"), price("2026-10", 10300, "2026-11-15"),
         price("2027-10", 10100, "2027-11-14"))  # fmt: skip


def test_an_index_out_that_day_counts_and_one_out_the_next_does_not() -> None:
    world = living("2027-12-31", *PLAIN)

    # Base: October 2025, out on the day of the title. First anniversary: September 2026. The second goes down, from
    # the initial amount: 250 × 101 ÷ 100.
    assert due(world, "2026-11", "2026-12", "2027-11", "2027-12") == [250_00, 255_00, 255_00, 252_50]
    assert world.letters("L07") == [
        ("2026-11-14", "L07", "CREDITOR"), ("2026-11-14", "L07", "DEBTOR"),
        ("2027-11-14", "L07", "CREDITOR"), ("2027-11-14", "L07", "DEBTOR"),
    ]  # fmt: skip


@pytest.mark.parametrize(("number", "amount"), [(13, 250_00), (14, 255_00), (15, 255_00)])
def test_the_anniversary_itself_is_indexed(number: int, amount: int) -> None:
    assert due(living("2026-11-30", *PLAIN, due_day=number), "2026-11") == [amount]


@pytest.mark.parametrize(
    ("rounding", "amount"), [("CENT", 255_25), ("EURO_NEAREST", 255_00), ("EURO_UP", 256_00), ("EURO_DOWN", 255_00)]
)
def test_roundings(rounding: str, amount: int) -> None:
    prices = (price("2025-10", 10000, "2025-11-14"), price("2026-09", 10210, "2026-10-15"))

    assert due(living("2026-12-31", *prices, rounding=rounding), "2026-12") == [amount]


def test_born_on_the_29th_of_february_it_is_indexed_on_the_28th() -> None:
    said = {"dated": day("2024-02-29"), "enforceable_on": day("2024-03-05"), "due_day": 28}
    prices = (
        price("2024-01", 10000, "2024-02-15"),
        price("2025-01", 10100, "2025-02-14"),
        price("2026-01", 10200, "2026-02-13"),
    )
    world = living("2026-03-01", *prices, **said)

    # Live on the tenth of December 2025, its first term has the amount of February 2025.
    assert due(world, "2025-12", "2026-01", "2026-02") == [252_50, 252_50, 255_00]
    assert world.letters("L07")[0][0] == "2026-02-28"


def test_a_clause_has_its_own_series_base_and_first_day() -> None:
    urban = [
        price("2024-06", 9000, "2024-07-12", series="URBAN_WORKERS"),
        price("2025-12", 9180, "2026-01-15", series="URBAN_WORKERS"),
    ]
    said = {"indexation": "CLAUSE", "series": "URBAN_WORKERS", "base_month": day("2024-06-01")}
    on_the_day = living("2026-03-31", *urban, *PLAIN, first_indexation_on=day("2026-02-10"), **said)
    the_day_after = living("2026-03-31", *urban, *PLAIN, first_indexation_on=day("2026-02-11"), **said)

    assert due(on_the_day, "2026-01", "2026-02", "2026-03") == [250_00, 255_00, 255_00]
    assert due(the_day_after, "2026-01", "2026-02", "2026-03") == [250_00, 250_00, 255_00]


def test_a_change_of_base_reads_both_indices_in_the_newer_one() -> None:
    old = price("2025-10", 12034, "2025-11-14", base=2015)
    known = (old, price("2025-10", 9985, "2026-02-20"), price("2026-09", 10100, "2026-10-15"))
    world = living("2026-12-31", *known)

    # 250 × 101.00 ÷ 99.85 = 252.879
    assert due(world, "2026-12") == [252_88]
    assert world.out.worries == []


def test_an_index_that_lacks_leaves_the_old_amount_and_asks_for_a_person() -> None:
    known = (price("2025-10", 12034, "2025-11-14", base=2015), price("2026-09", 10100, "2026-10-15"))
    world = living("2026-12-31", *known)

    assert due(world, "2026-11", "2026-12") == [250_00, 250_00]
    assert [str(on) for _case, on, _told in world.out.worries] == ["2026-11-14"]
    assert world.letters("L07") == []


def test_a_first_amount_that_should_have_been_indexed_asks_for_a_person_once() -> None:
    said = {"dated": day("2024-11-14"), "enforceable_on": day("2024-11-20")}
    world = living("2026-03-31", **said)

    assert due(world, "2026-01", "2026-02") == [250_00, 250_00]
    assert [str(on) for _case, on, _told in world.out.worries] == ["2026-01-10"]


@pytest.mark.parametrize(
    "said",
    [
        {"indexation": "EXCLUDED"},
        {"indexation": "EXCLUDED", "kind": Kind.HOMOLOGATED_AGREEMENT},
        {
            "dated": day("2025-11-14"),
            "lines": (line(ends_on=day("2027-01-01")),),
            "intermediation_end": day("2026-11-14"),
        },
    ],
)
def test_no_letter_without_an_amount_that_changes(said: dict) -> None:
    assert living("2026-12-31", *PLAIN, **said).letters("L07") == []


def test_kinds_without_a_judge_are_always_indexed_and_the_same_index_changes_nothing() -> None:
    deed = living("2026-12-31", *PLAIN, kind=Kind.NOTARIAL_DEED, indexation="EXCLUDED", due_day=None)
    same = living("2026-12-31", price("2025-10", 10000, "2025-11-14"), price("2026-09", 10000, "2026-10-15"))

    assert due(deed, "2026-12") == [255_00]
    assert (same.letters("L07"), due(same, "2026-12")) == ([], [250_00])


def test_no_letter_before_the_discharge_date_or_once_an_end_is_known() -> None:
    late = World(titles=[indexed()], prices=list(PLAIN)).informed("2026-11-01").live("2026-12-31")
    ending = World(titles=[indexed()], prices=list(PLAIN)).informed()
    ending.tell("2026-11-10", "END_REQUEST", party="BOTH").live("2026-12-31")

    # Live on the first of November, the first term is that of December, already indexed.
    assert (late.case.discharge_date, late.letters("L07")) == (day("2026-12-10"), [])
    assert due(late, "2026-12") == [255_00]
    assert ending.letters("L07") == []


@pytest.mark.parametrize(("from_day", "march"), [("2026-03-10", 300_00), ("2026-03-11", 250_00)])
def test_the_title_in_force_on_the_due_day_says_the_amount(from_day: str, march: int) -> None:
    new = title("2026-02-20", number="T2", supersedes="T1", dated=day("2026-02-10"), enforceable_on=day("2026-02-15"),
                lines=(line(cash=300_00, starts_on=day(from_day)),))  # fmt: skip
    world = World(titles=[title(), new]).informed().live("2026-04-30")

    assert due(world, "2026-02", "2026-03", "2026-04") == [250_00, march, 300_00]
    assert world.term("2026-04").title == "T2"


def test_each_line_of_a_child_has_its_own_months() -> None:
    lines = (
        line("K1", 100_00, ends_on=day("2026-03-02")),
        line("K2", 70_00, ends_on=day("2026-03-01")),
        line("K3", 50_00, starts_on=day("2026-03-31")),
        line("K4", 30_00, starts_on=day("2026-04-01")),
    )
    world = World(titles=[title(lines=lines)]).informed().live("2026-04-30")

    told = {month: [one.child for one in world.term(month).lines] for month in ("2026-02", "2026-03", "2026-04")}
    assert told == {"2026-02": ["K1", "K2"], "2026-03": ["K1", "K3"], "2026-04": ["K3", "K4"]}


def test_the_due_day_chosen_within_a_month_counts_from_the_next() -> None:
    world = World(titles=[title(kind=Kind.NOTARIAL_DEED, due_day=None)])
    world.parents = [parent("P1"), parent("P2", payment_day=10), parent("P2", "2026-02-05", payment_day=15)]

    world.informed().live("2026-03-31")

    assert [str(term.due_on) for term in world.case.terms] == ["2026-01-10", "2026-02-10", "2026-03-15"]
