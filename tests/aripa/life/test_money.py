"""Debits, returns, payouts, excess and imputation, by the bank calendar and to the cent."""

import pytest

from aripa.life.facts import Title
from tests.aripa.life.people import World, day, line, parent, title

TRANSFER = [parent("P1"), parent("P2", means="TRANSFER")]


def due_on_the(number: int) -> list[Title]:
    return [title(due_day=number)]


@pytest.mark.parametrize(
    ("due", "sent", "left"),
    [
        ("2026-04-03", "2026-04-07", "2026-04-08"),  # Good Friday, then Easter Monday
        ("2026-04-06", "2026-04-07", "2026-04-08"),  # Easter Monday
        ("2026-05-01", "2026-05-04", "2026-05-05"),
        ("2026-05-08", "2026-05-08", "2026-05-11"),  # a French holiday: the banks work
        ("2026-07-14", "2026-07-14", "2026-07-15"),
        ("2026-12-24", "2026-12-24", "2026-12-28"),
        ("2026-12-25", "2026-12-28", "2026-12-29"),
        ("2026-12-26", "2026-12-28", "2026-12-29"),
        ("2027-01-01", "2027-01-04", "2027-01-05"),
    ],
)
def test_a_debit_and_its_payout_wait_for_the_banks(due: str, sent: str, left: str) -> None:
    world = World(titles=due_on_the(day(due).day)).informed().live(left)

    assert world.moved()[-2:] == [(sent, "DEBIT", 25000), (left, "PAYOUT", 25000)]
    assert str(world.case.terms[-1].due_on) == due


def test_a_payment_of_the_due_day_comes_before_the_debit() -> None:
    world = World().informed().tell("2026-03-10", "PAYMENT_RECEIVED", means="TRANSFER", amount=250_00)
    world.live("2026-03-11")

    assert world.moved()[-2:] == [("2026-03-10", "RECEIPT", 25000), ("2026-03-11", "PAYOUT", 25000)]


def test_a_debit_takes_what_the_payment_of_before_left() -> None:
    world = World().informed().tell("2026-03-02", "PAYMENT_RECEIVED", means="TRANSFER", amount=100_00)
    world.live("2026-03-11")

    assert world.moved()[-4:] == [
        ("2026-03-02", "RECEIPT", 10000), ("2026-03-10", "DEBIT", 15000), ("2026-03-10", "PAYOUT", 10000),
        ("2026-03-11", "PAYOUT", 15000),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("on", "refunded"),
    [("2026-03-10", [("2026-03-11", "REFUND", 25000)]), ("2026-03-11", [])],
)
def test_what_is_too_much_waits_thirty_days_at_most(on: str, refunded: list) -> None:
    world = World(parents=TRANSFER).informed().tell("2026-01-12", "PAYMENT_RECEIVED", means="CARD", amount=250_00)
    world.tell("2026-02-10", "PAYMENT_RECEIVED", means="CARD", amount=250_00)
    world.tell("2026-03-10", "PAYMENT_RECEIVED", means="CARD", amount=250_00)
    world.tell(on, "PAYMENT_RECEIVED", means="CHEQUE", amount=250_00).live("2026-04-13")

    # The next term is due on the tenth of April: thirty-one days after the tenth of March, thirty after the eleventh.
    assert world.moved("REFUND") == refunded
    assert (world.term("2026-04").lacking == 0) == (not refunded)


def returned(on: str, code: str = "AM04", month: str = "2026-01", **said: object) -> World:
    return World(**said).informed().tell(on, "DEBIT_RETURNED", month=month, reason=code, amount=250_00)  # type: ignore[arg-type]


def test_a_return_on_the_day_of_the_payout_comes_first() -> None:
    world = returned("2026-01-13").live("2026-01-31")

    assert world.moved() == [("2026-01-12", "DEBIT", 25000), ("2026-01-13", "DEBIT_RETURN", 25000)]
    assert (world.case.overpaid, world.letters("L16")) == (0, [])


def test_a_return_comes_before_a_payment_of_a_lower_number() -> None:
    world = World().informed().tell("2026-01-20", "PAYMENT_RECEIVED", means="CARD", amount=250_00)
    world.tell("2026-01-20", "DEBIT_RETURNED", month="2026-01", reason="AM04", amount=250_00).live("2026-01-31")

    assert world.moved("RECEIPT", "REFUND", "PAYOUT")[1:] == [
        ("2026-01-20", "RECEIPT", 25000), ("2026-01-21", "PAYOUT", 25000),
    ]  # fmt: skip
    assert (world.term("2026-01").status, world.letters("L08")) == ("PAID", [])


def test_a_mandate_contested_months_later() -> None:
    world = returned("2026-06-15", "MD06").live("2026-07-31")

    assert world.moved("OVERPAYMENT", "DEBIT_RETURN") == [
        ("2026-06-15", "OVERPAYMENT", 25000), ("2026-06-15", "DEBIT_RETURN", 25000),
    ]  # fmt: skip
    assert world.letters("L16", "L08")[:2] == [("2026-06-15", "L16", "CREDITOR"), ("2026-06-16", "L08", "DEBTOR")]
    # No debit any more: July is unpaid on the fifteenth.
    assert ("2026-07-10", "DEBIT", 25000) not in world.moved()
    assert world.letters("L08")[1:] == [("2026-07-16", "L08", "DEBTOR")]


@pytest.mark.parametrize(
    ("code", "blocks"),
    [(one, True) for one in ("AC01", "AC04", "AC06", "AG01", "MD01", "MD06", "MD07")]
    + [(one, False) for one in ("AM04", "MS02", "MS03", "SL01")],
)
def test_which_returns_stop_the_debits(code: str, blocks: bool) -> None:
    world = returned("2026-01-15", code).live("2026-02-28")

    assert (("2026-02-10", "DEBIT", 25000) in world.moved()) != blocks


@pytest.mark.parametrize(("on", "first"), [("2026-02-10", "2026-02-10"), ("2026-02-11", "2026-03-10")])
def test_new_bank_details_let_the_next_debit_go(on: str, first: str) -> None:
    world = returned("2026-01-15", "AC04").tell(on, "BANK_DETAILS", party="DEBTOR").live("2026-03-31")

    assert world.moved("DEBIT")[1][0] == first


def test_an_overpayment_is_kept_from_payouts_only_with_consent() -> None:
    world = returned("2026-01-15").tell("2026-02-11", "OFFSET_CONSENT").live("2026-03-31")

    # The payout of the eleventh leaves after the consent of that day.
    assert world.moved("OFFSET", "PAYOUT")[1:] == [
        ("2026-02-11", "OFFSET", 25000), ("2026-03-11", "PAYOUT", 25000),
    ]  # fmt: skip
    assert returned("2026-01-15").live("2026-03-31").moved("OFFSET") == []


def test_no_more_is_taken_back_than_what_is_owed() -> None:
    world = returned("2026-01-15").tell("2026-01-20", "CREDITOR_REPAID", amount=100_00)
    world.tell("2026-02-20", "CREDITOR_REPAID", amount=200_00).live("2026-02-28")

    assert world.moved("REPAYMENT") == [("2026-01-20", "REPAYMENT", 10000), ("2026-02-20", "REPAYMENT", 15000)]
    assert world.case.overpaid == 0


# ---- imputation ---------------------------------------------------------------------------------------------------


def owing(*months: str, **said: object) -> World:
    """Terms since January that nobody paid: the debtor pays by transfer."""
    return World(parents=TRANSFER, **said).informed().live(months[-1] + "-14")  # type: ignore[arg-type]


def given(world: World) -> dict[str, int]:
    return {f"{term.month:%Y-%m}": term.due - term.lacking for term in world.case.terms if term.due - term.lacking}


def test_the_last_term_fallen_due_then_the_oldest_arrears() -> None:
    world = owing("2026-01", "2026-03").tell("2026-03-20", "PAYMENT_RECEIVED", means="TRANSFER", amount=300_00)

    assert given(world.live("2026-03-20")) == {"2026-03": 250_00, "2026-01": 50_00}


def test_the_month_named_comes_first_outside_forced_recovery_only() -> None:
    live = owing("2026-01", "2026-03")
    live.tell("2026-03-20", "PAYMENT_RECEIVED", means="TRANSFER", amount=300_00, month="2026-02").live("2026-03-20")
    forced = owing("2026-01", "2026-03")
    forced.tell(
        "2026-03-16", "NOTICE_RECEIVED", letter="L08", party="DEBTOR", month="2026-01", effective_on="2026-01-20"
    )
    forced.tell("2026-03-20", "PAYMENT_RECEIVED", means="TRANSFER", amount=300_00, month="2026-02").live("2026-03-20")

    assert given(live) == {"2026-02": 250_00, "2026-03": 50_00}
    assert forced.case.shown_state == "LIVE_UNDER_FORCED_RECOVERY"
    assert given(forced) == {"2026-03": 250_00, "2026-01": 50_00}


def test_children_share_in_proportion_and_the_cent_left_goes_to_the_first() -> None:
    world = owing("2026-01", titles=[title(lines=(line("K1", 120_00), line("K2", 250_00)))])
    world.tell("2026-01-20", "PAYMENT_RECEIVED", means="TRANSFER", amount=100_00).live("2026-01-21")

    # 100 × 120 ÷ 370 = 32.432, 100 × 250 ÷ 370 = 67.567: 32.43 and 67.56, the cent left to the first child.
    assert [one.creditor for one in world.term("2026-01").lines] == [3244, 6756]


def forced(*told: dict, until: str = "2026-02-28") -> World:
    """January, 250 euros, is forced since the fifth of February (L08 received on the twentieth of January)."""
    world = World(parents=TRANSFER).informed()
    world.tell("2026-01-20", "NOTICE_RECEIVED", letter="L08", party="DEBTOR", effective_on="2026-01-20")
    for one in told:
        world.tell(**one)
    return world.live(until)


def paid(on: str, means: str, amount: int) -> dict:
    return {"on": on, "kind": "PAYMENT_RECEIVED", "means": means, "amount": amount}


@pytest.mark.parametrize(
    ("means", "fee"),
    [
        ("GARNISHEE", 12_35),  # 9.25875 and 3.08625, each to the nearest cent
        ("BENEFIT_FORCED", 12_35),
        ("OFFICER", 9_26),
        ("BENEFIT_CONSENT", 0),
        ("PUBLIC_ACCOUNTANT", 0),
        ("TRANSFER", 0),
        ("CARD", 0),
    ],
)
def test_fees_of_each_means_on_123_45(means: str, fee: int) -> None:
    assert forced(paid("2026-02-06", means, 123_45)).case.fees == fee


def test_no_fee_before_forced_recovery() -> None:
    assert forced(paid("2026-02-04", "GARNISHEE", 123_45)).case.fees == 0


def test_a_fee_is_collected_from_what_is_left_then_costs_fees_and_penalty_in_that_order() -> None:
    cost = {"on": "2026-02-06", "kind": "EXPENSE", "amount": 30_00, "reason": "SERVICE"}
    world = forced(cost, paid("2026-02-06", "GARNISHEE", 300_00))

    # January takes 250, of which 18.75 and 6.25 of fees; fifty are left: thirty of costs, twenty of the fee.
    assert world.moved("COST", "FEE", "REFUND") == [("2026-02-06", "COST", 3000), ("2026-02-06", "FEE", 2000)]
    assert (world.case.costs, world.case.fees) == (0, 500)


def test_who_pays_is_the_debtor_or_the_garnishee() -> None:
    for means, payer in (("GARNISHEE", "GARNISHEE"), ("OFFICER", "GARNISHEE"), ("PUBLIC_ACCOUNTANT", "GARNISHEE"),
                         ("BENEFIT_FORCED", "DEBTOR"), ("BENEFIT_CONSENT", "DEBTOR"), ("CARD", "DEBTOR")):  # fmt: skip
        world = forced(paid("2026-02-06", means, 10_00))
        assert [one.payer for one in world.out.movements if one.kind == "RECEIPT"] == [payer]


def test_money_kept_for_a_last_month_that_is_due_whole_is_given_to_it() -> None:
    # The creditor dies on the fifth of March; the term of the tenth is still due, and money waits for it.
    world = World(parents=TRANSFER).informed()
    for month in ("01", "02"):
        world.tell(f"2026-{month}-10", "PAYMENT_RECEIVED", means="CARD", amount=250_00)
    world.tell("2026-03-03", "PAYMENT_RECEIVED", means="CARD", amount=250_00)
    world.tell("2026-03-06", "DEATH", party="CREDITOR", effective_on="2026-03-05").live("2026-04-30")

    assert world.moved("REFUND") == []
    assert world.moved("PAYOUT")[-1] == ("2026-03-10", "PAYOUT", 25000)
    assert (world.term("2026-03").status, world.case.shown_state) == ("PAID", "ENDED")
