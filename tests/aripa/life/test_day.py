"""A case's days: opening, terms, returns, recovery and ASF, by the calendars that the law and the contract give."""

from tests.aripa.life.people import World, day, line, parent, title


def test_a_title_opens_and_its_first_term_is_debited_then_paid_out() -> None:
    world = World().informed().live("2026-01-31")

    assert world.letters() == [
        ("2025-12-01", "L01", "CREDITOR"), ("2025-12-01", "L01", "DEBTOR"),
        ("2025-12-10", "L05", "CREDITOR"), ("2025-12-10", "L05", "DEBTOR"),
    ]  # fmt: skip
    # The first due day at least fourteen days after the tenth of December is the tenth of January, a Saturday.
    assert world.case.discharge_date == day("2026-01-10")
    assert world.moved() == [("2026-01-12", "DEBIT", 25000), ("2026-01-13", "PAYOUT", 25000)]
    assert world.term("2026-01").status == "PAID"


def test_a_debit_returned_after_the_payout_is_owed_by_the_creditor_and_again_by_the_debtor() -> None:
    world = World().informed().tell("2026-01-15", "DEBIT_RETURNED", month="2026-01", reason="AM04", amount=25000)
    world.live("2026-01-19")

    assert world.moved()[2:] == [("2026-01-15", "OVERPAYMENT", 25000), ("2026-01-15", "DEBIT_RETURN", 25000)]
    assert world.letters("L16", "L08") == [("2026-01-15", "L16", "CREDITOR"), ("2026-01-16", "L08", "DEBTOR")]
    assert world.case.overpaid == 25000
    assert world.term("2026-01").status == "NOTICED"


def test_example_57_the_calendar_of_an_unpaid_term() -> None:
    world = World().informed().tell("2026-05-12", "DEBIT_RETURNED", month="2026-05", reason="AM04", amount=25000)
    world.tell("2026-05-20", "NOTICE_RECEIVED", letter="L08", party="DEBTOR", effective_on="2026-05-20")
    world.tell("2026-01-20", "ASF_CLAIM", reason="C1")

    world.live("2026-06-04")
    assert (world.term("2026-05").status, world.case.shown_state) == ("NOTICED", "LIVE")
    world.live("2026-06-05")
    assert (world.term("2026-05").status, world.case.shown_state) == ("FORCED", "LIVE_UNDER_FORCED_RECOVERY")
    # June is paid: the debit goes on after AM04, so no ASF for June; the default of May alone gives none.
    world.live("2026-07-31")
    assert world.moved("ASF") == []


def test_a_default_that_lasts_opens_asf_from_its_second_month() -> None:
    world = (
        World(parents=[parent("P1"), parent("P2", means="TRANSFER")])
        .informed()
        .tell("2026-01-20", "ASF_CLAIM", reason="C1")
    )
    world.live("2026-04-30")

    # January is the first month of the default; February and March are paid on the 5th of the next month.
    assert world.moved("ASF") == [("2026-03-05", "ASF", 19918), ("2026-04-07", "ASF", 19918)]
    assert [one.advanced for term in world.case.terms for one in term.lines] == [0, 19918, 19918, 0]


def test_example_24_imputation_of_400_euros_and_26_its_fees() -> None:
    world = World(parents=[parent("P1"), parent("P2", means="TRANSFER")]).informed("2026-03-02")
    world.titles = [title("2026-02-27")]
    world.tell("2026-03-05", "ASF_CLAIM", reason="C1")
    world.tell("2026-04-17", "NOTICE_RECEIVED", letter="L08", party="DEBTOR", effective_on="2026-04-17")
    world.live("2026-07-31")
    # April is the first month of the default; May to July are advanced in June, July and August.
    world.tell("2026-08-11", "PAYMENT_RECEIVED", means="GARNISHEE", amount=40000).live("2026-08-12")

    refunded = world.moved("ASF_REFUND")
    assert refunded == [("2026-08-11", "ASF_REFUND", 15000)]
    assert world.moved("PAYOUT") == [("2026-08-12", "PAYOUT", 25000)]
    assert world.case.fees == 4000


def test_the_penalty_calendar_of_example_7() -> None:
    world = World(titles=[title("2026-04-01")])
    world.tell("2026-04-02", "INFORMATION", party="CREDITOR", reason="FULL")
    world.tell("2026-04-03", "NOTICE_RECEIVED", letter="L01", party="DEBTOR", effective_on="2026-04-03")
    world.tell("2026-04-21", "NOTICE_RECEIVED", letter="L03", party="DEBTOR", effective_on="2026-04-21")
    world.tell("2026-05-05", "NOTICE_RECEIVED", letter="L04", party="DEBTOR", effective_on="2026-05-05")
    world.live("2026-05-14")

    assert world.letters("L03", "L04", "L05") == [
        ("2026-04-21", "L03", "DEBTOR"), ("2026-05-05", "L04", "DEBTOR"),
        ("2026-05-14", "L05", "CREDITOR"), ("2026-05-14", "L05", "DEBTOR"),
    ]  # fmt: skip
    assert (world.case.shown_state, world.case.penalty) == ("LIVE_UNDER_FORCED_RECOVERY", 12000)


def test_two_children_and_a_top_up_paid_by_the_quarter() -> None:
    world = World(titles=[title(lines=(line("K1", 120_00), line("K2", 250_00)))]).informed()
    world.tell("2026-01-12", "ASF_CLAIM", reason="D").live("2026-07-31")

    # 199.18 until March, 200.78 from April: 79.18 for February and March, 80.78 a month after.
    assert world.moved("ASF_TOP_UP") == [
        ("2026-04-07", "ASF_TOP_UP", 7918), ("2026-04-07", "ASF_TOP_UP", 7918),
        ("2026-07-06", "ASF_TOP_UP", 8078), ("2026-07-06", "ASF_TOP_UP", 8078), ("2026-07-06", "ASF_TOP_UP", 8078),
    ]  # fmt: skip


def test_consent_ends_on_the_first_of_the_next_month() -> None:
    world = World().informed().tell("2026-03-02", "END_REQUEST", party="DEBTOR").live("2026-03-10")
    assert (world.case.shown_state, world.letters("L13")) == (
        "ENDING_CONSENT_PENDING",
        [("2026-03-02", "L13", "CREDITOR")],
    )
    world.tell("2026-03-20", "END_CONSENT", party="CREDITOR").live("2026-05-31")

    assert (world.case.shown_state, world.case.end_date, world.case.end_reason) == (
        "ENDED",
        day("2026-04-01"),
        "CONSENT",
    )
    assert [str(term.month) for term in world.case.terms] == ["2026-01-01", "2026-02-01", "2026-03-01"]


def test_a_death_known_late_removes_the_terms_called_after_it() -> None:
    world = (
        World().informed().tell("2026-04-20", "DEATH", party="CREDITOR", effective_on="2026-02-05").live("2026-05-31")
    )

    assert [str(term.month) for term in world.case.terms] == ["2026-01-01", "2026-02-01"]
    assert world.moved("OVERPAYMENT", "REFUND")[-2:] == [
        ("2026-04-21", "REFUND", 25000),
        ("2026-04-21", "REFUND", 25000),
    ]
    assert world.case.overpaid == 50000


def test_a_death_on_the_first_leaves_that_month_due() -> None:
    world = World().informed().tell("2026-03-03", "DEATH", party="DEBTOR", effective_on="2026-03-01").live("2026-04-30")

    assert [str(term.month) for term in world.case.terms] == ["2026-01-01", "2026-02-01", "2026-03-01"]
    # Nobody is left to debit: the term waits, owed by the estate.
    assert world.term("2026-03").lacking == 25000


def test_an_amount_that_ends_within_a_month_is_due_for_that_month() -> None:
    world = World(titles=[title(lines=(line(ends_on=day("2026-03-05")),))]).informed().live("2026-05-31")

    assert (world.case.end_date, world.case.end_reason) == (day("2026-03-05"), "SUPPORT_END")
    assert [str(term.due_on) for term in world.case.terms] == ["2026-01-10", "2026-02-10", "2026-03-10"]
    ends_on_the_first = World(titles=[title(lines=(line(ends_on=day("2026-03-01")),))]).informed().live("2026-05-31")
    assert len(ends_on_the_first.case.terms) == 2
