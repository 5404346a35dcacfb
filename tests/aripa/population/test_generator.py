"""The generator: same arguments, same bytes; files that enter whole, and lives that the engine finds plausible."""

from collections import Counter
from datetime import date
from fractions import Fraction
from io import StringIO
from itertools import pairwise
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db.models import Sum

from aripa.flows.kinds import EVENTS, PARENTS, PRICES, TITLES
from aripa.life.facts import Prices
from aripa.life.state import Case, State
from aripa.models import Case as CaseRow
from aripa.models import EventKind, Movement, Parent
from aripa.operations import run_days
from aripa.population import generate
from aripa.population.cast import case_cast, parent_row, person
from aripa.population.chance import Chance
from aripa.population.chapters import Chapters
from aripa.population.people import People
from aripa.population.prices import prices
from aripa.population.story import Story
from portal.banking.iban import is_iban_valid
from portal.exchange.operations import import_files
from portal.people.identity import is_nir_valid
from tests.aripa.population.conftest import CASES, SEED, World, read


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_same_seed_writes_the_same_bytes_and_another_does_not(tmp_path: Path) -> None:
    for name, seed in (("first", 1), ("again", 1), ("other", 2)):
        generate(12, seed, tmp_path / name)

    assert contents(tmp_path / "first") == contents(tmp_path / "again")
    assert contents(tmp_path / "first")["events.csv"] != contents(tmp_path / "other")["events.csv"]


def test_more_cases_leave_the_first_ones_as_they_were(tmp_path: Path) -> None:
    few, many = tmp_path / "few", tmp_path / "many"
    generate(10, 1, few)
    generate(20, 1, many)

    def own(folder: Path) -> list[dict[str, str]]:
        cases = {f"A{number:08}" for number in range(9)}
        return [row | {"event_no": ""} for row in read(folder)["events"] if row["case_no"] in cases]

    assert own(few)
    assert own(few) == own(many)


def test_columns_are_those_of_the_contract_in_their_order(world: World) -> None:
    for kind in (PARENTS, TITLES, PRICES, EVENTS):
        assert list(world.rows[kind.name][0]) == [column.name for column in kind.columns]


def test_events_are_numbered_in_the_order_of_their_days(world: World) -> None:
    events = world.rows["events"]

    assert [int(row["event_no"]) for row in events] == list(range(1, len(events) + 1))
    assert all(before["day"] <= after["day"] for before, after in pairwise(events))


@pytest.mark.django_db
def test_files_enter_whole_and_are_lived_as_they_were_told(world: World) -> None:
    """No row is rejected, a second import changes nothing, and the day's run finds each case as the generator left it."""
    reports = import_files(world.summary.files)
    assert {report.name: (report.rejected, report.refusals) for report in reports} == {
        f"{kind}.csv": (0, []) for kind in ("parents", "titles", "prices", "events")
    }
    assert [report.applied for report in reports] == list(world.summary.rows.values())
    assert all(report.applied == 0 for report in import_files(world.summary.files))

    run_days(until=date(2026, 10, 31))

    told = {case.number: case for family in world.summary.families for case in family.cases.values() if case.state}
    lived = CaseRow.objects.in_bulk(list(told), field_name="case_no")
    assert len(told) > CASES * 9 // 10
    assert {number: lived[number].state for number in told} == {
        number: str(case.shown_state) for number, case in told.items()
    }
    moved: Counter[str] = Counter()
    for case in told.values():
        moved.update({str(kind): cents for kind, cents in case.totals.items()})
    sums = Movement.objects.filter(case_id__in=list(told)).values_list("kind").annotate(Sum("amount_cents"))
    assert dict(sums) == moved
    assert {row.iban_valid for row in Parent.objects.exclude(iban_key=None)} == {True}


def test_the_engine_has_nothing_to_say_about_what_is_told(world: World) -> None:
    assert world.summary.worries == []


def test_numbers_look_true_and_each_person_has_its_own(world: World) -> None:
    by_parent: dict[str, set[str]] = {}
    for row in world.rows["parents"]:
        by_parent.setdefault(row["parent_no"], set()).add(row["nir"])
        assert is_nir_valid(row["nir"])
        assert not row["iban"] or is_iban_valid(row["iban"])
    assert all(len(found) == 1 for found in by_parent.values())
    assert len(set.union(*by_parent.values())) == len(by_parent)


def test_nothing_tells_the_facts_of_violence(world: World) -> None:
    raised = [row for row in world.rows["events"] if row["kind"] == "VIOLENCE"]

    assert raised
    assert all(not row["text"] for row in raised)
    assert [path.name for path in world.summary.files] == ["parents.csv", "titles.csv", "prices.csv", "events.csv"]


def test_a_population_looks_like_the_one_asked_for(world: World) -> None:
    first = [row for row in world.rows["titles"] if row["title_no"].endswith("-1")]
    cash = [Fraction(row["cash_share"]) for row in first if row["cash_share"]]
    cases = [case for family in world.summary.families for case in family.cases.values()]
    live = [case for case in cases if case.discharge_date]
    terms = [(case.number, term) for case in live for term in case.terms if not term.arrears]
    debits = [term.debit for _case, term in terms if term.debit]
    years = {(number, term.month.year) for number, term in terms}
    bad = {(number, term.month.year) for number, term in terms if term.unpaid_on or term.forced_on or term.notice}

    assert Fraction(14, 10) < Fraction(len(first), len(cases)) < Fraction(18, 10)
    assert 155 < sum(cash) / len(cash) < 185
    assert Fraction(8, 100) < Fraction(sum(case.violence for case in cases), len(cases)) < Fraction(17, 100)
    assert Fraction(20, 100) < Fraction(len(bad), len(years)) < Fraction(42, 100)
    assert Fraction(4, 100) < Fraction(sum(bool(one.returned) for one in debits), len(debits)) < Fraction(12, 100)
    suspended = sum(any(term.suspended for term in case.terms) for case in live)
    assert Fraction(2, 100) < Fraction(suspended, len(live)) < Fraction(10, 100)


def test_every_kind_of_thing_happens_to_somebody(world: World) -> None:
    told = Counter(row["kind"] for row in world.rows["events"])

    # What only the portal's own pages tell is in no partner's file.
    assert [kind for kind in EventKind.values if not told[kind]] == ["PAID_BETWEEN_PARENTS"]
    kinds = {row["kind"] for row in world.rows["titles"]}
    assert {"COURT_DECISION", "MUTUAL_CONSENT_AGREEMENT", "NOTARIAL_DEED", "NONE"} <= kinds
    assert any(row["supersedes"] for row in world.rows["titles"])
    assert any(row["cancels_support"] == "1" for row in world.rows["titles"])


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2018, 4, 1), date(2026, 10, 31)),
        (date(2021, 1, 1), date(2030, 12, 31)),
        (date(2026, 10, 1), date(2026, 10, 31)),
    ],
)
def test_lives_of_ten_years_or_of_a_month(tmp_path: Path, first: date, last: date) -> None:
    summary = generate(25, SEED, tmp_path, first=first, last=last)

    rows = read(tmp_path)
    assert summary.worries == []
    assert all(row["day"] <= last.isoformat() for row in rows["events"])
    assert all(first.isoformat() <= row["received_at"] <= last.isoformat() for row in rows["titles"])


def test_prices_leave_no_month_out_and_are_out_after_their_month() -> None:
    found = prices(date(2026, 10, 31))

    for series in ("ALL_HOUSEHOLDS", "URBAN_WORKERS"):
        for base, end in ((2015, date(2025, 12, 1)), (2025, date(2026, 9, 1))):
            months = sorted(one.month for one in found if (one.series, one.base) == (series, base))
            assert (months[0], months[-1]) == (date(2010, 1, 1), end)
            assert len(months) == (end.year - 2010) * 12 + end.month
    assert all(one.month < one.published_on.replace(day=1) for one in found)
    november = {one.series: one.value for one in found if (one.base, one.month) == (2025, date(2025, 11, 1))}
    assert november == {"ALL_HOUSEHOLDS": 99_87, "URBAN_WORKERS": 100_03}


def test_the_command_says_what_it_wrote_and_refuses_what_it_cannot(tmp_path: Path) -> None:
    said = StringIO()
    call_command("generate_aripa", cases=3, seed=1, out=tmp_path, stdout=said)
    assert said.getvalue().startswith("3 dossiers : ")

    for wrong in ({"cases": 0}, {"cases": 1, "first": date(2017, 1, 1)}, {"cases": 1, "last": date(2021, 1, 1)}):
        with pytest.raises(CommandError) as refused:
            call_command("generate_aripa", **({"seed": 1, "out": tmp_path} | wrong))
        assert refused.value.returncode == 2


@pytest.mark.parametrize(("country", "moves"), [("FR", True), ("BE", False)])
def test_who_left_france_does_not_move_to_another_fund(country: str, moves: bool) -> None:
    chance, day = Chance(SEED, "a case"), date(2025, 1, 10)
    creditor, debtor = person(chance, 0, is_creditor=True), person(chance, 1, is_creditor=False)
    cast = case_cast(chance, 1, creditor, debtor, day, day, with_title=True)
    story = Story(creditor.parent_no, Prices([]), date(2026, 1, 1))
    story.know_parent(parent_row(chance, debtor, day) | {"country": country, "fund": None})
    story.family.cases[cast.case_no] = Case(
        number=cast.case_no, creditor=creditor.parent_no, debtor=debtor.parent_no, title="T", state=State.LIVE
    )
    story.day = date(2025, 3, 1)

    Chapters(People(story, cast, chance))._move("DEBTOR")

    assert bool(story.last_known(debtor.parent_no)["fund"]) is moves
    assert [event.kind for event, _text in story.events] == ["MOVE"] * moves
