"""The table of the moves: the engine makes no other, makes each of them in some life, and the page in docs says the same."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

import aripa.life
from aripa.life.living import Life
from aripa.life.state import State
from aripa.life.transitions import ALLOWED, MOVES, PENDING, MoveNotAllowed, as_markdown, check
from tests.aripa.life.people import World, day, line, parent, title
from tests.aripa.life.test_properties import LAST, with_returns

TRANSFER = [parent("P1"), parent("P2", means="TRANSFER")]
L01 = {"letter": "L01", "party": "BOTH"}
Moved = set[tuple[str, str]]


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> Moved:
    """Every move that the engine makes while the test runs."""
    found: Moved = set()
    become = Life.become

    def noted(life: Life, state: State) -> None:
        before = life.case.state or ""
        become(life, state)
        if before != state:
            found.add((str(before), str(state)))

    monkeypatch.setattr(Life, "become", noted)
    return found


def asked() -> World:
    """L01 received by both on 2 December: fifteen days to answer."""
    return World().tell("2025-12-02", "NOTICE_RECEIVED", **L01)


def warned() -> World:
    return (
        asked()
        .tell("2025-12-10", "INFORMATION", party="CREDITOR", reason="FULL")
        .tell("2025-12-19", "NOTICE_RECEIVED", letter="L03", party="DEBTOR")
    )


def punished() -> World:
    return warned().tell("2026-01-05", "NOTICE_RECEIVED", letter="L04", party="DEBTOR")


def against(received: str) -> Any:
    return title(received, number="T2", supersedes="T1", cancels_support=True,
                 lines=(line(cash=0, starts_on=day(received)),))  # fmt: skip


def forced() -> World:
    return World(parents=TRANSFER).informed().tell("2026-01-16", "NOTICE_RECEIVED", letter="L08", party="DEBTOR")


LIVES: dict[str, Any] = {
    "refused at once": lambda: World(titles=[title(enforceable_on=None)]).live("2025-12-02"),
    "asked again after a refusal": lambda: World(
        titles=[title(enforceable_on=None), title("2026-02-01", number="T2", supersedes="T1")]
    ).live("2026-02-02"),
    "both answer": lambda: World().informed().live("2025-12-20"),
    "nothing to ask": lambda: World(titles=[title(dated=day("2020-01-01"))]).tell("2025-12-03", "REQUEST", party="BOTH").live("2025-12-04"),
    "the creditor is silent, then answers": lambda: asked().tell("2025-12-10", "INFORMATION", party="DEBTOR", reason="FULL")
    .tell("2025-12-29", "INFORMATION", party="CREDITOR", reason="FULL").live("2026-01-10"),
    "the creditor is silent for good": lambda: asked().tell("2025-12-10", "INFORMATION", party="DEBTOR", reason="FULL").live("2026-04-10"),
    "the creditor is silent, then the debtor too": lambda: World()
    .tell("2025-12-02", "NOTICE_RECEIVED", letter="L01", party="CREDITOR")
    .tell("2025-12-15", "NOTICE_RECEIVED", letter="L01", party="DEBTOR").live("2026-01-10"),
    "the debtor is silent": lambda: punished().live("2026-02-20"),
    "the debtor answers the warning": lambda: warned().tell("2025-12-22", "INFORMATION", party="DEBTOR", reason="FULL").live("2025-12-30"),
    "the debtor answers L04": lambda: punished().tell("2026-01-06", "INFORMATION", party="DEBTOR", reason="FULL").live("2026-01-20"),
    "observations accepted before": lambda: warned().tell("2025-12-22", "OBSERVATIONS_ACCEPTED").live("2025-12-30"),
    "observations taken after": lambda: punished().tell("2026-01-06", "OBSERVATIONS_ACCEPTED").live("2026-01-20"),
    "cancelled while asked": lambda: World(titles=[title(), against("2025-12-08")]).live("2025-12-20"),
    "cancelled while warned": lambda: _cancelled(warned(), "2025-12-22"),
    "cancelled while punished": lambda: _cancelled(punished(), "2026-01-06"),
    "forced, suspended, able, dead": lambda: forced().tell("2026-02-10", "UNABLE_TO_PAY", reason="2a").tell("2026-04-10", "ABLE_TO_PAY")
    .tell("2026-05-10", "UNABLE_TO_PAY", reason="2a").tell("2026-07-10", "DEATH", party="DEBTOR", effective_on="2026-07-09")
    .live("2026-08-01"),
    "live, suspended": lambda: World().informed().tell("2026-02-11", "UNABLE_TO_PAY", reason="2a").live("2026-03-10"),
    "live, dead": lambda: World().informed().tell("2026-02-11", "DEATH", party="DEBTOR", effective_on="2026-02-10").live("2026-03-10"),
    "forced, dead": lambda: forced().tell("2026-03-11", "DEATH", party="DEBTOR", effective_on="2026-03-10").live("2026-04-10"),
    "released": lambda: _released(),
}  # fmt: skip


def _cancelled(world: World, received: str) -> World:
    world.titles.append(against(received))
    return world.live("2026-02-20")


def _released() -> World:
    world = forced()
    world.tell("2026-02-05", "PAYMENT_RECEIVED", means="TRANSFER", amount=250_00)
    for month in range(2, 10):
        world.tell(f"2026-{month:02d}-10", "PAYMENT_RECEIVED", means="TRANSFER", amount=250_00)
    return world.tell("2026-09-20", "RELEASE_REQUEST").live("2026-09-21")


def test_every_move_of_the_table_is_made_and_no_other(moved: Moved) -> None:
    for life in LIVES.values():
        life()

    assert {(str(one), str(other)) for one, other in ALLOWED} == moved


@pytest.mark.parametrize("seed", range(60, 90))
def test_lives_at_random_make_no_other_move(seed: int, moved: Moved) -> None:
    with_returns(seed).live(str(LAST))

    assert moved
    assert moved <= {(str(one), str(other)) for one, other in ALLOWED}


@pytest.mark.parametrize(("start", "answer", "after"), [
    (lambda: World().informed(), "END_REFUSAL", State.LIVE), (lambda: World().informed(), "END_CONSENT", State.ENDED),
    (forced, "END_REFUSAL", State.FORCED),
])  # fmt: skip
def test_a_request_to_end_is_shown_over_the_state_beneath(start: Any, answer: str, after: str) -> None:
    world = start().tell("2026-02-12", "END_REQUEST", party="DEBTOR").live("2026-02-13")
    before, beneath = world.case.shown_state, world.case.state
    world.tell("2026-02-16", answer, party="CREDITOR").live("2026-03-02")

    listed = {(one.source, one.target) for one in MOVES}
    assert before == PENDING
    assert (beneath, PENDING) in listed
    assert world.case.shown_state == after
    assert (PENDING, after) in listed


@pytest.mark.parametrize(("source", "target"), [
    (State.ENDED, State.LIVE), (State.REJECTED, State.LIVE), (State.SUSPENDED, State.FORCED), ("", State.LIVE),
])  # fmt: skip
def test_a_move_that_is_not_listed_is_refused(source: str, target: str) -> None:
    with pytest.raises(MoveNotAllowed):
        check(source, target)


def test_nothing_else_assigns_the_state() -> None:
    folder = Path(aripa.life.__file__).parent
    written = {one.name for one in folder.glob("*.py") if re.search(r"case\.state(, [\w.]+)* = ", one.read_text())}

    assert written == {"living.py"}


def test_the_page_says_what_the_table_says() -> None:
    page = Path(settings.BASE_DIR) / "docs" / "pension-states.md"

    assert page.read_text(encoding="utf-8") == as_markdown(), "manage.py write_pension_states writes it again"
