"""From an unpaid term to forced recovery and back: every deadline on its last day and the day after."""

import pytest

from aripa.simulations.direct_payment import simulate
from tests.aripa.life.people import World, day, parent, title

TRANSFER = [parent("P1"), parent("P2", means="TRANSFER")]


def by_transfer(number: int = 10, **said: object) -> World:
    return World(titles=[title(due_day=number, **said)], parents=list(TRANSFER)).informed()  # type: ignore[arg-type]


def paid(world: World, on: str, amount: int = 250_00, means: str = "TRANSFER") -> World:
    return world.tell(on, "PAYMENT_RECEIVED", means=means, amount=amount)


@pytest.mark.parametrize(
    ("due", "noticed"),
    [
        ("2026-03-10", "2026-03-16"),  # unpaid on Sunday the fifteenth
        ("2026-04-10", "2026-04-16"),
        ("2026-05-08", "2026-05-15"),  # Ascension Thursday between
        ("2026-07-08", "2026-07-15"),  # the fourteenth of July between
        ("2026-07-06", "2026-07-13"),  # unpaid on a Saturday
        ("2026-12-20", "2026-12-28"),  # Christmas, then the week-end
    ],
)
def test_a_term_is_noticed_the_first_working_day_after_its_fifth_day(due: str, noticed: str) -> None:
    world = by_transfer(day(due).day)
    for month in range(1, day(due).month):
        paid(world, f"2026-{month:02d}-{day(due).day:02d}")

    assert world.live(noticed).letters("L08") == [(noticed, "L08", "DEBTOR")]


@pytest.mark.parametrize(("on", "letters", "status"), [("2026-01-15", 0, "PAID"), ("2026-01-16", 1, "SETTLED")])
def test_paid_on_the_fifth_day_or_after_the_letter(on: str, letters: int, status: str) -> None:
    world = paid(by_transfer(), on).live("2026-01-31")

    # On the sixteenth the letter leaves before the money of the day is looked at.
    assert (len(world.letters("L08")), world.term("2026-01").status) == (letters, status)


def noticed(receipt: str, **said: object) -> World:
    return by_transfer(**said).tell(receipt, "NOTICE_RECEIVED", letter="L08", party="DEBTOR", effective_on=receipt)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("on", "status", "state"),
    [
        ("2026-02-04", "SETTLED", "LIVE"),
        ("2026-02-05", "RECOVERED", "LIVE_UNDER_FORCED_RECOVERY"),
    ],
)
def test_the_fifteen_days_at_their_last_day_and_the_day_after(on: str, status: str, state: str) -> None:
    world = paid(noticed("2026-01-20"), on).live("2026-02-09")

    assert (world.term("2026-01").status, world.case.shown_state) == (status, state)


@pytest.mark.parametrize(
    ("receipt", "forced_on"),
    [
        ("2026-01-23", "2026-02-10"),  # day fifteen is Saturday the seventh: Monday the ninth
        ("2026-03-22", "2026-04-08"),  # day fifteen is Easter Monday: Tuesday the seventh
        ("2026-04-16", "2026-05-05"),  # the first of May, a Friday: Monday the fourth
    ],
)
def test_a_last_day_that_is_not_worked_goes_on_to_the_next(receipt: str, forced_on: str) -> None:
    world = noticed(receipt)
    eve = str(day(forced_on).replace(day=day(forced_on).day - 1))

    assert world.live(eve).term("2026-01").status == "NOTICED"
    assert world.live(forced_on).term("2026-01").status == "FORCED"


def test_once_forced_the_next_unpaid_term_is_forced_at_once_and_a_noticed_one_keeps_its_delay() -> None:
    world = noticed("2026-02-02")
    world.tell(
        "2026-02-24", "NOTICE_RECEIVED", letter="L08", party="DEBTOR", month="2026-02", effective_on="2026-02-24"
    )
    world.live("2026-03-10")

    # January: forced on the eighteenth of February. February, noticed on the sixteenth, keeps until the eleventh of March.
    assert (world.term("2026-01").status, world.term("2026-02").status) == ("FORCED", "NOTICED")
    world.live("2026-03-12")
    assert (world.term("2026-02").status, world.term("2026-03").status) == ("FORCED", "SCHEDULED")
    assert world.live("2026-03-14").term("2026-03").status == "SCHEDULED"
    assert world.live("2026-03-15").term("2026-03").status == "FORCED"
    assert [one[0] for one in world.letters("L08")] == ["2026-01-16", "2026-02-16"]


def test_a_debit_returned_under_forced_recovery_is_forced_that_day() -> None:
    world = World().informed().tell("2026-01-14", "DEBIT_RETURNED", month="2026-01", reason="AM04", amount=250_00)
    world.tell("2026-01-19", "NOTICE_RECEIVED", letter="L08", party="DEBTOR", effective_on="2026-01-19")
    world.tell("2026-02-16", "DEBIT_RETURNED", month="2026-02", reason="AM04", amount=250_00).live("2026-02-16")

    assert (world.term("2026-02").status, len(world.letters("L08"))) == ("FORCED", 1)


def test_a_receipt_without_a_month_is_for_the_letter_sent_first() -> None:
    """The debit of January comes back after the notice of February left: the first receipt is February's."""
    world = World().informed().tell("2026-02-12", "DEBIT_RETURNED", month="2026-02", reason="AM04", amount=250_00)
    world.tell("2026-03-02", "DEBIT_RETURNED", month="2026-01", reason="MS02", amount=250_00)
    world.tell("2026-03-04", "NOTICE_RECEIVED", letter="L08", party="DEBTOR", effective_on="2026-03-04")
    world.live("2026-03-20")

    assert [(one[0], one[1]) for one in world.letters("L08")] == [("2026-02-13", "L08"), ("2026-03-03", "L08")]
    assert (world.term("2026-02").status, world.term("2026-01").status) == ("FORCED", "NOTICED")


def test_a_receipt_of_both_parents_is_a_receipt_of_each() -> None:
    world = World(titles=[title("2026-04-01")])
    world.tell("2026-04-03", "NOTICE_RECEIVED", letter="L01", party="BOTH", effective_on="2026-04-03")
    world.tell("2026-04-04", "INFORMATION", party="CREDITOR", reason="FULL").live("2026-04-21")

    assert world.letters("L03") == [("2026-04-21", "L03", "DEBTOR")]
    assert sorted(one.to for one in world.out.receipts) == ["CREDITOR", "DEBTOR"]


# ---- complaint and release ----------------------------------------------------------------------------------------


def test_a_complaint_holds_every_step_until_the_day_after_its_close() -> None:
    world = noticed("2026-01-20").tell("2026-02-02", "COMPLAINT").tell("2026-02-20", "COMPLAINT_CLOSED")
    world.tell("2026-02-10", "RECOVERY_DECISION", reason="DIRECT_PAYMENT", ref="G1").live("2026-02-20")

    # February is unpaid on the fifteenth: its letter waits too.
    assert (world.term("2026-01").status, world.case.orders, len(world.letters("L08"))) == ("NOTICED", [], 1)
    world.live("2026-02-21")
    assert (world.term("2026-01").status, world.case.shown_state) == ("FORCED", "LIVE_UNDER_FORCED_RECOVERY")
    assert world.term("2026-02").status == "FORCED"


def test_the_delays_of_information_run_during_a_complaint_but_not_the_forced_set_up() -> None:
    world = World(titles=[title("2026-04-01")])
    world.tell("2026-04-02", "INFORMATION", party="CREDITOR", reason="FULL").tell("2026-05-01", "COMPLAINT")
    for letter, on in (("L01", "2026-04-03"), ("L03", "2026-04-21"), ("L04", "2026-05-05")):
        world.tell(on, "NOTICE_RECEIVED", letter=letter, party="DEBTOR", effective_on=on)
    world.tell("2026-06-01", "COMPLAINT_CLOSED").live("2026-06-01")

    assert world.case.shown_state == "PENALTY_PRONOUNCED"
    assert world.live("2026-06-02").case.shown_state == "LIVE_UNDER_FORCED_RECOVERY"


@pytest.mark.parametrize(
    ("asked", "state"),
    [
        ("2026-07-10", "LIVE_UNDER_FORCED_RECOVERY"),  # the sixth term falls due that day, after the requests
        ("2026-07-11", "LIVE"),
    ],
)
def test_release_after_six_terms_due_since_forced_recovery_began(asked: str, state: str) -> None:
    world = paid(noticed("2026-01-20"), "2026-02-06", means="GARNISHEE")
    world.tell("2026-02-09", "RECOVERY_DECISION", reason="DIRECT_PAYMENT", ref="G1", amount=1600_00)
    world.tell("2026-02-11", "GARNISHEE_ANSWER", ref="G1", reason="ACCEPTED")
    for month in range(2, 8):
        paid(world, f"2026-{month:02d}-10", means="GARNISHEE")
    world.tell(asked, "RELEASE_REQUEST").live("2026-07-11")

    # The fees still owed do not stand in the way.
    assert world.case.fees > 0
    assert world.case.shown_state == state
    released = [(asked, "L12", "GARNISHEE"), (asked, "L12", "DEBTOR")] if state == "LIVE" else []
    assert world.letters("L12") == released
    assert world.case.orders[0].state == ("CLOSED" if state == "LIVE" else "ACCEPTED")


def test_no_debit_while_a_direct_payment_is_accepted() -> None:
    world = World().informed().tell("2026-01-14", "DEBIT_RETURNED", month="2026-01", reason="AM04", amount=250_00)
    world.tell("2026-01-19", "NOTICE_RECEIVED", letter="L08", party="DEBTOR", effective_on="2026-01-19")
    world.tell("2026-02-05", "RECOVERY_DECISION", reason="DIRECT_PAYMENT", ref="G1")
    world.tell("2026-02-11", "GARNISHEE_ANSWER", ref="G1", reason="ACCEPTED")
    world.tell("2026-04-09", "GARNISHEE_ANSWER", ref="G1", reason="ENDED").live("2026-04-30")

    # Sent in February, not accepted yet; accepted in March; the garnishee has nothing left in April.
    assert [one[0] for one in world.moved("DEBIT")] == ["2026-01-12", "2026-02-10", "2026-04-10"]


def test_an_order_has_the_figures_that_the_simulation_gives() -> None:
    world = noticed("2026-01-20")
    world.tell("2026-06-15", "RECOVERY_DECISION", reason="DIRECT_PAYMENT", ref="G1", amount=900_00).live("2026-06-15")
    order = world.case.orders[0]
    months = [f"2026-{month:02d}" for month in range(1, 6)]
    facts = {"monthly_support": "250.00", "date": "2026-06-15", "debtor_income": "900.00",
             "arrears": [{"month": month, "amount": "250.00"} for month in months]}  # fmt: skip

    # Five terms, June apart: 1 250 euros. 900 - 651.69 = 248.31, already less than the support: twelve months.
    assert (order.current, order.terms, order.arrears, order.capacity) == (250_00, 5, 1250_00, 248_31)
    assert order.instalments == [104_17] * 11 + [104_13]
    assert world.letters("L11") == [("2026-06-15", "L11", "GARNISHEE"), ("2026-06-15", "L11", "DEBTOR")]
    told, _status = simulate(facts)
    assert told["result"]["instalments"] == ["104.17"] * 11 + ["104.13"]


# ---- arrears of before --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "month", "heard"),
    [
        ("2026-03-31", "2024-03", True),
        ("2026-03-31", "2024-02", False),
        ("2026-04-01", "2021-04", True),
        ("2026-04-01", "2021-03", False),
        ("2026-04-01", "2025-12", True),
        ("2026-04-01", "2026-01", False),
    ],
)
def test_the_window_of_arrears(asked: str, month: str, heard: bool) -> None:
    world = by_transfer().tell(asked, "ARREARS_REQUEST", month=month, child="K1", amount=100_00).live(asked)

    assert world.letters("L09") == ([(asked, "L09", "DEBTOR")] if heard else [])
    assert any(term.arrears for term in world.case.terms) == heard


def in_arrears(**said: object) -> World:
    world = World().informed(**said)  # type: ignore[arg-type]
    for month in ("2025-09", "2025-10", "2025-11"):
        world.tell("2026-03-20", "ARREARS_REQUEST", month=month, child="K1", amount=150_00)
    return world


def test_one_l09_for_all_that_is_asked_on_a_day_and_thirty_days() -> None:
    world = in_arrears().tell("2026-04-01", "NOTICE_RECEIVED", letter="L09", party="DEBTOR", effective_on="2026-04-01")
    world.live("2026-05-04")

    # Day thirty is the first of May, a Friday: Monday the fourth.
    assert world.letters("L09") == [("2026-03-20", "L09", "DEBTOR")]
    assert (world.term("2025-09").status, world.case.shown_state) == ("NOTICED", "LIVE")
    assert str(world.term("2025-09").due_on) == "2025-09-01"
    world.live("2026-05-05")
    assert {world.term(month).status for month in ("2025-09", "2025-10", "2025-11")} == {"FORCED"}
    assert world.case.shown_state == "LIVE_UNDER_FORCED_RECOVERY"


def test_two_l09_of_two_days_have_each_their_receipt() -> None:
    world = World().informed().tell("2026-03-20", "ARREARS_REQUEST", month="2025-09", child="K1", amount=150_00)
    world.tell("2026-03-25", "ARREARS_REQUEST", month="2025-08", child="K1", amount=150_00)
    world.tell("2026-03-30", "NOTICE_RECEIVED", letter="L09", party="DEBTOR", effective_on="2026-03-30")
    world.live("2026-04-30")

    # The thirtieth of March is the receipt of the first letter: day thirty is the twenty-ninth of April.
    assert (world.term("2025-09").status, world.term("2025-08").status) == ("FORCED", "NOTICED")


@pytest.mark.parametrize(("amount", "accepted"), [(50_00, True), (49_99, False)])
def test_a_plan_is_of_a_fifth_of_the_support_at_least(amount: int, accepted: bool) -> None:
    world = in_arrears().tell("2026-04-02", "PLAN_ACCEPTED", amount=amount).live("2026-04-02")

    both = [("2026-04-02", "L10", "DEBTOR"), ("2026-04-02", "L10", "CREDITOR")]
    assert world.letters("L10") == (both if accepted else [])


def planned(*paid_on: str) -> World:
    world = in_arrears().tell("2026-04-01", "NOTICE_RECEIVED", letter="L09", party="DEBTOR", effective_on="2026-04-01")
    world.tell("2026-04-02", "PLAN_ACCEPTED", amount=150_00)
    for on in paid_on:
        paid(world, on, 150_00)
    return world


def test_a_plan_that_is_kept_settles_the_arrears_without_forced_recovery() -> None:
    # The tenth day, 12 April, is a Sunday: the first instalment may come on the thirteenth, then the twelfth of each month.
    world = planned("2026-04-13", "2026-05-12", "2026-06-12").live("2026-12-31")

    assert (world.case.shown_state, world.case.plan, world.letters("L08")) == ("LIVE", None, [])
    assert {world.term(month).status for month in ("2025-09", "2025-10", "2025-11")} == {"SETTLED"}


def test_a_plan_that_is_broken_is_noticed_then_forced() -> None:
    world = planned("2026-04-13").live("2026-05-31")
    assert world.letters("L08") == [("2026-05-13", "L08", "DEBTOR")]
    world.tell("2026-06-01", "NOTICE_RECEIVED", letter="L08", party="DEBTOR", effective_on="2026-06-01")

    assert world.live("2026-06-16").case.shown_state == "LIVE"
    world.live("2026-06-17")
    assert (world.case.shown_state, world.term("2025-09").status) == ("LIVE_UNDER_FORCED_RECOVERY", "SETTLED")
    assert (world.term("2025-10").status, world.term("2025-11").status) == ("FORCED", "FORCED")


def test_suspended_terms_are_left_out_of_orders_and_imputation() -> None:
    world = noticed("2026-01-20").tell("2026-02-20", "UNABLE_TO_PAY", reason="2a")
    world.tell("2026-05-02", "ABLE_TO_PAY")
    world.tell("2026-05-20", "PAYMENT_RECEIVED", means="TRANSFER", amount=600_00).live("2026-05-20")

    # Suspended from March; able again on the second of May, called again from the tenth of June at the earliest due day
    # fourteen days away, which is not the tenth of May.
    assert [world.term(f"2026-0{n}").status for n in (3, 4, 5)] == ["SUSPENDED"] * 3
    assert [world.term(f"2026-0{n}").lacking for n in (1, 2, 3)] == [0, 0, 250_00]
    assert (world.case.calls_from, world.case.discharge_date) == (day("2026-06-10"), day("2026-01-10"))


def test_inside_forced_recovery_a_complaint_pauses_orders_and_new_decisions() -> None:
    world = noticed("2026-01-20").tell("2026-02-06", "RECOVERY_DECISION", reason="DIRECT_PAYMENT", ref="G1")
    world.tell("2026-02-09", "COMPLAINT").tell("2026-02-10", "RECOVERY_DECISION", reason="BANK_SEIZURE", ref="B1")
    world.live("2026-02-28")

    # February, unpaid on the fifteenth, is not forced while the complaint is open.
    assert [one.tool for one in world.case.orders] == ["DIRECT_PAYMENT"]
    assert (world.term("2026-01").status, world.term("2026-02").status) == ("FORCED", "UNPAID")
    world.tell("2026-03-02", "COMPLAINT_CLOSED").tell(
        "2026-03-03", "RECOVERY_DECISION", reason="BANK_SEIZURE", ref="B1"
    )
    assert world.live("2026-03-02").term("2026-02").status == "UNPAID"
    world.live("2026-03-03")
    assert (world.term("2026-02").status, len(world.case.orders)) == ("FORCED", 2)
