"""June 2019 replayed: Émilie's cents and days, no debit that the fund's decision does not bear, and nothing left behind."""

from collections.abc import Iterator
from datetime import date

import polars as pl
import pytest
from django.db.models import F
from django.utils import timezone

from cmg.models import Account, Replay, ReplayLine, ReplayState, Right, Wait
from cmg.replay import operations, selectors
from cmg.replay.circuits import _with_due
from cmg.replay.days import Promises, with_days
from cmg.replay.timelines import left_timeline, right_timeline
from portal.batches.models import Run
from portal.exchange.models import ReceivedFile
from tests.cmg.conftest import ToldOnce

EMILIE = "4300077219"
PROMISES = Promises(asked_again=3, person=10)
WED, FRI, MON = date(2019, 6, 26), date(2019, 6, 28), date(2019, 7, 1)


def replayed(families: int = 2_600) -> Replay:
    found = operations.run_replay(replay_pk=operations.ask_replay(by="test", families=families).pk)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def once(told_once: ToldOnce) -> Iterator[int]:
    pks: list[int] = []
    with told_once(None, lambda: pks.append(replayed().pk)):
        yield pks[0]


@pytest.fixture
def replay(db: None, once: int) -> Replay:
    return Replay.objects.get(pk=once)


def test_emilie_is_debited_on_the_28th_in_one_circuit_and_paid_on_the_first_of_july_in_the_other(
    replay: Replay,
) -> None:
    (line,) = selectors.family_lines(replay, EMILIE)

    assert (line.declared_on, line.taken_on, line.leaves_on) == (WED, FRI, MON)
    assert (line.codes, line.wait, line.is_decided) == ("CMG-001", Wait.AUTO, True)
    assert (line.left_debit_cents, line.left_wrong_cents) == (41_013, 41_013)
    assert (line.left_payout_cents, line.left_missing_cents) == (0, 29_562)
    assert (line.due_debit_cents, line.right_debit_cents, line.right_payout_cents) == (0, 0, 29_562)


@pytest.mark.parametrize(("day", "listed"), [
    (date(2019, 6, 25), []), (WED, ["right_held"]), (date(2019, 6, 27), ["right_held"]),
    (FRI, ["left_wrong", "left_missing", "right_held", "right_waiting"]),
    (MON, ["left_wrong", "left_missing", "right_alone"]),
])  # fmt: skip
def test_each_day_lists_her_where_she_stands_that_day(replay: Replay, day: date, listed: list[str]) -> None:
    found = [
        key for key in selectors.FIGURES
        if key != "all" and selectors.lines_of(replay, key, day, {}).filter(employer_no=EMILIE).exists()
    ]  # fmt: skip

    assert found == listed


def test_the_other_circuit_debits_wrongly_and_this_one_never(replay: Replay) -> None:
    assert replay.last_day is not None
    totals = selectors.totals_on(replay, replay.last_day)

    assert totals["left_wrong"][0] > 10
    assert totals["left_undecided"][0] > 5
    assert totals["right_wrong"] == (0, 0)
    # What nobody has decided is taken by one circuit, to the cent what the other holds.
    assert totals["left_undecided"][1] == totals["right_undecided"][1]


def test_every_total_is_its_list(replay: Replay) -> None:
    for day in (WED, FRI, MON, replay.last_day):
        assert day is not None
        for key, (families, _cents) in selectors.totals_on(replay, day).items():
            listed = selectors.lines_of(replay, key, day, {})
            assert listed.values("employer_no").distinct().count() == families, (day, key)
    curve = {one.day: one for one in selectors.by_day(replay)}
    totals = selectors.totals_on(replay, FRI)
    assert (curve[FRI].wrong, curve[FRI].right_wrong, curve[FRI].held) == tuple(
        totals[key][0] for key in ("left_wrong", "right_wrong", "right_held")
    )


def test_the_portal_keeps_nothing_of_it_and_the_same_population_gives_the_same_digest(replay: Replay) -> None:
    tables = (Account, Right, Run, ReceivedFile)
    again = replayed()

    assert [table.objects.count() for table in tables] == [0, 0, 0, 0]
    assert again.pk != replay.pk
    assert again.digest == replay.digest
    assert ReplayLine.objects.filter(replay=again).count() == ReplayLine.objects.filter(replay=replay).count()


def test_families_without_disagreement_are_in_no_list(replay: Replay) -> None:
    """Of 2 601 families, 3.5 % were seeded; whoever is listed has a code, or is held for want of a decision."""
    lines = ReplayLine.objects.filter(replay=replay)

    assert lines.values("employer_no").distinct().count() <= 2_600 * 35 // 1000 + 5
    assert not lines.filter(codes="").exists()


def test_the_circuit_of_2019_reads_pajemploi_s_figures_not_the_fund_s(replay: Replay) -> None:
    differing = ReplayLine.objects.filter(replay=replay, codes="CMG-004")

    assert differing.exclude(left_payout_cents=F("due_payout_cents")).exists()


def row(**changes: object) -> dict[str, object]:
    """A declaration settled by both, with the fund's decision: nothing to say of it."""
    plain: dict[str, object] = {
        "fund_has_right": True, "fund_debit_cents": 0, "fund_payout_cents": 29_562, "left_debit_cents": 0,
        "left_payout_cents": 29_562, "status": "SETTLED", "debit_cents": 0, "payout_cents": 29_562, "payout_blocked": False,
        "fund": "CAF63", "family_fund": "CAF63", "name": "Martin Anne",
    }  # fmt: skip
    return plain | changes


@pytest.mark.parametrize(("case", "changes", "expected"), [
    ("both agree", {}, (0, 0, 0, 0)),
    ("2019 debits what the fund takes over", {"left_debit_cents": 41_013}, (41_013, 0, 0, 0)),
    ("the portal itself one cent too much", {"debit_cents": 1}, (0, 0, 0, 1)),
    ("the portal less than the fund's decision: not wrong", {"fund_debit_cents": 8_297}, (0, 0, 0, 0)),
    ("no right and a decision that there is none: due", {
        "fund_has_right": False, "left_debit_cents": 41_013, "debit_cents": 41_013}, (0, 0, 0, 0)),
    ("no right and no decision: its own figure", {
        "fund_has_right": False, "status": "HELD", "left_debit_cents": 41_013, "debit_cents": 41_013}, (0, 41_013, 0, 0)),
    ("half the aid missing", {"left_payout_cents": 14_781}, (0, 0, 14_781, 0)),
])  # fmt: skip
def test_what_each_circuit_took_wrongly(case: str, changes: dict[str, object], expected: tuple[int, ...]) -> None:
    found = _with_due(pl.DataFrame([row(**changes)])).row(0, named=True)

    names = ("left_wrong_cents", "left_undecided_cents", "left_missing_cents", "right_wrong_cents")
    assert tuple(found[name] for name in names) == expected, case


@pytest.mark.parametrize(("declared", "wait", "decided", "taken", "leaves"), [
    (WED, "NONE", True, FRI, FRI),
    (WED, "AT_ONCE", True, FRI, FRI),
    (WED, "AUTO", True, FRI, MON),
    (WED, "PERSON", True, FRI, date(2019, 7, 10)),
    (WED, "PERSON", False, FRI, None),
    # Friday evening: Monday and Tuesday; Sunday: the same.
    (date(2019, 6, 28), "NONE", True, date(2019, 7, 2), date(2019, 7, 2)),
    (date(2019, 6, 30), "NONE", True, date(2019, 7, 2), date(2019, 7, 2)),
    # Ten business days from 5 July pass over no holiday, from 1 July neither: the 15th is one.
    (date(2019, 7, 5), "PERSON", True, date(2019, 7, 9), date(2019, 7, 19)),
])  # fmt: skip
def test_the_days_of_a_declaration(declared: date, wait: str, decided: bool, taken: date, leaves: date | None) -> None:
    found = with_days(pl.DataFrame({"declared_on": [declared], "wait": [wait], "is_decided": [decided]}), PROMISES)

    assert found.row(0, named=True)["taken_on"] == taken
    assert found.row(0, named=True)["leaves_on"] == leaves


def test_both_timelines_of_emilie_in_words(replay: Replay) -> None:
    lines = selectors.family_lines(replay, EMILIE)
    left = [(event.day, event.text.replace("\u00a0", " ")) for event in left_timeline(lines)]
    right = [(event.day, event.text.replace("\u00a0", " ")) for event in right_timeline(lines, PROMISES)]

    assert left[1:] == [
        (FRI, "410,13 € prélevés, dont 410,13 € à tort."), (FRI, "Aucune aide versée : il manque 295,62 €."),
    ]  # fmt: skip
    assert "CMG-001" in right[1][1]
    assert right[-1] == (MON, "Réparé. 0,00 € prélevés, 295,62 € d’aide versés.")


def test_a_family_that_is_not_held_is_never_said_to_be(replay: Replay) -> None:
    """A move between funds has its code and is settled as if the right went on."""
    moving = ReplayLine.objects.filter(replay=replay, codes="CMG-039").first()
    assert moving is not None
    assert moving.wait == Wait.NONE

    assert [event.tone for event in right_timeline([moving], PROMISES)] == ["", "", "ok"]
    held = selectors.family_lines(replay, EMILIE)
    assert [event.tone for event in right_timeline(held, PROMISES)] == ["", "", "wait", "ok"]


@pytest.mark.django_db
def test_asking_twice_joins_the_same_and_a_dead_one_makes_room() -> None:
    first = operations.ask_replay(by="helene")
    assert operations.ask_replay(by="bruno").pk == first.pk

    Replay.objects.filter(pk=first.pk).update(beat_at=timezone.now() - operations.DEAD_AFTER * 2)
    second = operations.ask_replay(by="bruno")

    assert second.pk != first.pk
    assert Replay.objects.get(pk=first.pk).state == ReplayState.FAILED
    assert operations.run_replay(replay_pk=first.pk).state == ReplayState.FAILED  # type: ignore[union-attr]
