"""Ends, suspensions, consent, violence, moves: who is told, what is removed, what goes back."""

import pytest

from aripa.life.facts import Title
from tests.aripa.life.people import World, day, line, parent, title

TRANSFER = [parent("P1"), parent("P2", means="TRANSFER")]
BOTH = ("CREDITOR", "DEBTOR")


def told(on: str, code: str, *to: str) -> list[tuple[str, str, str]]:
    return [(on, code, one) for one in to]


def months(world: World) -> list[str]:
    return [f"{term.month:%m}" for term in world.case.terms]


def ending(world: World) -> tuple[str, str, str]:
    return (world.case.shown_state, str(world.case.end_date), world.case.end_reason)


def new_title(received: str, effective: str, **said: object) -> Title:
    values = {"number": "T2", "supersedes": "T1", "dated": day("2026-02-10"), "enforceable_on": day("2026-02-15"),
              "lines": (line(cash=0, starts_on=day(effective)),), "cancels_support": True}  # fmt: skip
    return title(received, **(values | said))


# ---- each reason --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("party", "living"), [("CREDITOR", ("DEBTOR",)), ("DEBTOR", ("CREDITOR",))])
def test_a_death_ends_on_its_day_and_the_living_parent_alone_is_told(party: str, living: tuple[str, ...]) -> None:
    world = World().informed().tell("2026-03-20", "DEATH", party=party, effective_on="2026-03-16").live("2026-05-31")

    assert ending(world) == ("ENDED", "2026-03-16", "DEATH")
    assert world.letters("L14") == told("2026-03-20", "L14", *living)
    assert months(world) == ["01", "02", "03"]
    assert world.moved("REFUND", "OVERPAYMENT") == []


def test_the_death_of_one_child_of_two_ends_its_lines_only() -> None:
    world = World(titles=[title(lines=(line("K1", 120_00), line("K2", 250_00)))]).informed()
    world.tell("2026-05-04", "DEATH", child="K1", effective_on="2026-03-31").live("2026-05-31")

    # March is still due for both; 120 euros of April, passed on, are an overpayment and go back to the debtor.
    assert (world.case.shown_state, world.case.end_date, world.letters("L14")) == ("LIVE", None, [])
    assert [[one.child for one in term.lines] for term in world.case.terms] == [["K1", "K2"]] * 3 + [["K2"]] * 2
    assert world.moved("OVERPAYMENT", "REFUND") == [
        ("2026-05-04", "OVERPAYMENT", 12000),
        ("2026-05-05", "REFUND", 12000),
    ]
    assert world.letters("L16") == told("2026-05-04", "L16", "CREDITOR")
    assert world.moved("DEBIT")[-1] == ("2026-05-11", "DEBIT", 25000)


def test_the_end_of_intermediation_in_the_title_is_told_that_day() -> None:
    world = World(titles=[title(intermediation_end=day("2026-03-10"))]).informed().live("2026-05-31")

    assert ending(world) == ("ENDED", "2026-03-10", "TITLE_END")
    assert world.letters("L14") == told("2026-03-10", "L14", *BOTH)
    assert months(world) == ["01", "02"]


def test_an_end_the_day_after_the_due_day_leaves_the_term() -> None:
    world = World(titles=[title(intermediation_end=day("2026-03-11"))]).informed().live("2026-05-31")

    assert months(world) == ["01", "02", "03"]


def test_the_last_amount_that_ends_ends_the_case() -> None:
    lines = (line("K1", 120_00, ends_on=day("2026-02-01")), line("K2", 250_00, ends_on=day("2026-03-20")))
    world = World(titles=[title(lines=lines)]).informed().live("2026-05-31")

    assert ending(world) == ("ENDED", "2026-03-20", "SUPPORT_END")
    assert world.letters("L14") == told("2026-03-20", "L14", *BOTH)
    assert [term.due for term in world.case.terms] == [370_00, 250_00, 250_00]


def test_majority_ends_nothing() -> None:
    world = World(titles=[title(lines=(line(born_on=day("2008-02-02")),))]).informed().live("2026-04-30")

    assert (world.case.shown_state, months(world)) == ("LIVE", ["01", "02", "03", "04"])


def test_a_cancelling_title_known_before_it_speaks_is_told_at_once_and_ends_on_its_day() -> None:
    world = World(titles=[title(), new_title("2026-02-20", "2026-04-01")]).informed().live("2026-02-20")
    assert (world.case.shown_state, world.letters("L14")) == ("LIVE", told("2026-02-20", "L14", *BOTH))

    world.live("2026-05-31")
    assert (ending(world), months(world)) == (("ENDED", "2026-04-01", "NEW_TITLE"), ["01", "02", "03"])


def test_a_cancelling_title_known_late_removes_what_was_called_since() -> None:
    world = World(titles=[title(), new_title("2026-04-20", "2026-02-10")]).informed().live("2026-05-31")

    # The terms of the tenth of February, March and April are removed; that of January stays.
    assert (ending(world), months(world)) == (("ENDED", "2026-02-10", "NEW_TITLE"), ["01"])
    assert world.moved("OVERPAYMENT") == [("2026-04-20", "OVERPAYMENT", 25000)] * 3
    assert world.moved("REFUND") == [("2026-04-21", "REFUND", 25000)] * 3
    assert (world.case.overpaid, world.letters("L16")) == (750_00, told("2026-04-20", "L16", *["CREDITOR"] * 3))


def test_what_had_not_left_yet_is_no_overpayment() -> None:
    # Debited on the tenth of March; the death of January is heard on the eleventh, before the payout.
    world = World().informed().tell("2026-03-11", "DEATH", party="DEBTOR", effective_on="2026-01-20").live("2026-04-30")

    assert world.moved("OVERPAYMENT") == [("2026-03-11", "OVERPAYMENT", 25000)]
    assert world.moved("REFUND") == [("2026-03-12", "REFUND", 25000)] * 2
    assert [one for one in world.moved("PAYOUT") if one[0] >= "2026-03-01"] == []


def test_a_debit_returned_before_its_refund_takes_the_refunds_place() -> None:
    world = World().informed().tell("2026-04-20", "DEATH", party="DEBTOR", effective_on="2026-02-05")
    world.tell("2026-04-20", "DEBIT_RETURNED", month="2026-04", reason="MD07", amount=250_00).live("2026-05-31")

    assert world.moved("DEBIT_RETURN", "REFUND") == [
        ("2026-04-20", "DEBIT_RETURN", 25000), ("2026-04-21", "REFUND", 25000),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "said"),
    [("P1", {"lawful_stay": False}), ("P1", {"stable_residence": False}), ("P2", {"stable_residence": False}),
     ("P2", {"country": "BE"}), ("P1", {"postcode": "97600"})],
)  # fmt: skip
def test_a_residence_that_is_lost_ends_on_the_day_it_is_known(number: str, said: dict) -> None:
    world = World().informed()
    world.parents.append(parent(number, "2026-03-05", **said))
    world.live("2026-05-31")

    assert (ending(world), months(world)) == (("ENDED", "2026-03-05", "RESIDENCE"), ["01", "02"])
    assert world.letters("L14") == told("2026-03-05", "L14", *BOTH)


def test_the_debtors_stay_need_not_be_lawful() -> None:
    world = World().informed()
    world.parents.append(parent("P2", "2026-03-05", lawful_stay=False))

    assert world.live("2026-03-31").case.shown_state == "LIVE"


# ---- consent ------------------------------------------------------------------------------------------------------


def asked(**said: object) -> World:
    world = World(**said).informed().tell("2026-03-02", "END_REQUEST", party="CREDITOR")  # type: ignore[arg-type]
    return world.tell("2026-03-09", "NOTICE_RECEIVED", letter="L13", party="DEBTOR", effective_on="2026-03-09")


def test_without_an_answer_the_request_lapses_after_thirty_days() -> None:
    world = asked().live("2026-04-08")
    assert (world.case.shown_state, world.letters("L13")) == (
        "ENDING_CONSENT_PENDING",
        told("2026-03-02", "L13", "DEBTOR"),
    )

    assert world.live("2026-04-09").case.shown_state == "LIVE"
    assert world.tell("2026-04-10", "END_CONSENT", party="DEBTOR").live("2026-05-31").case.shown_state == "LIVE"


def test_consent_of_the_last_day_is_consent() -> None:
    world = asked().tell("2026-04-08", "END_CONSENT", party="DEBTOR").live("2026-05-31")

    assert (ending(world), months(world)) == (("ENDED", "2026-05-01", "CONSENT"), ["01", "02", "03", "04"])
    assert world.letters("L14") == told("2026-04-08", "L14", *BOTH)


def test_the_requesters_own_consent_is_none_and_a_refusal_ends_the_request() -> None:
    own = asked().tell("2026-03-10", "END_CONSENT", party="CREDITOR").live("2026-03-31")
    refused = asked().tell("2026-03-10", "END_REFUSAL", party="DEBTOR").live("2026-03-31")

    assert (own.case.shown_state, own.case.end_date) == ("ENDING_CONSENT_PENDING", None)
    assert (refused.case.shown_state, refused.letters("L14")) == ("LIVE", [])


def test_a_request_that_its_own_writer_withdraws_is_no_longer_there_to_be_agreed_to() -> None:
    withdrawn = asked().tell("2026-03-10", "END_REFUSAL", party="CREDITOR")
    withdrawn.tell("2026-03-12", "END_CONSENT", party="DEBTOR").live("2026-05-31")
    too_late = asked().tell("2026-03-10", "END_CONSENT", party="DEBTOR")
    too_late.tell("2026-03-12", "END_REFUSAL", party="CREDITOR").live("2026-05-31")

    assert (withdrawn.case.shown_state, withdrawn.letters("L14")) == ("LIVE", [])
    assert ending(too_late) == ("ENDED", "2026-04-01", "CONSENT")


def test_while_consent_is_pending_the_case_lives_on() -> None:
    world = asked(parents=TRANSFER).live("2026-03-31")

    assert world.case.shown_state == "ENDING_CONSENT_PENDING"
    assert [one[0] for one in world.letters("L08")] == ["2026-01-16", "2026-02-16", "2026-03-16"]


def test_consent_and_a_payment_of_the_same_day() -> None:
    world = asked(parents=TRANSFER).tell("2026-03-20", "PAYMENT_RECEIVED", means="CARD", amount=800_00)
    world.tell("2026-03-20", "END_CONSENT", party="DEBTOR").live("2026-04-30")

    # The consent is heard first: no term is to come, so fifty euros go back instead of waiting for April.
    assert world.moved("REFUND") == [("2026-03-23", "REFUND", 5000)]
    assert ending(world) == ("ENDED", "2026-04-01", "CONSENT")


def test_both_asking_to_end_is_a_consent() -> None:
    world = World().informed().tell("2026-03-02", "END_REQUEST", party="BOTH").live("2026-04-30")

    assert (ending(world), world.letters("L13", "L14")) == (
        ("ENDED", "2026-04-01", "CONSENT"), told("2026-03-02", "L14", *BOTH),
    )  # fmt: skip


@pytest.mark.parametrize("flag", ["title", "event"])
def test_with_violence_a_request_to_end_is_refused_and_the_other_parent_told_nothing(flag: str) -> None:
    world = World(titles=[title(violence=flag == "title")]).informed()
    if flag == "event":
        world.tell("2026-02-20", "VIOLENCE")
    world.tell("2026-03-02", "END_REQUEST", party="DEBTOR").live("2026-04-30")

    assert [one for one in world.letters() if one[0] >= "2026-02-20"] == told("2026-03-02", "L02", "DEBTOR")
    assert world.case.shown_state == "LIVE"


def test_violence_raised_while_consent_is_pending_refuses_the_request() -> None:
    world = asked().tell("2026-03-12", "VIOLENCE").tell("2026-03-13", "END_CONSENT", party="DEBTOR").live("2026-04-30")

    assert (world.case.shown_state, world.case.end_date) == ("LIVE", None)
    assert [one for one in world.letters() if one[0] >= "2026-03-12"] == told("2026-03-12", "L02", "CREDITOR")


# ---- suspension ---------------------------------------------------------------------------------------------------


def test_unable_to_pay_suspends_from_the_first_of_the_next_month_and_able_resumes() -> None:
    world = World().informed().tell("2026-02-20", "UNABLE_TO_PAY", reason="2f").live("2026-02-28")
    assert (world.case.shown_state, world.letters("L15")) == ("LIVE", told("2026-02-20", "L15", *BOTH))
    world.live("2026-03-01")
    assert world.case.shown_state == "SUSPENDED"

    world.tell("2026-05-26", "ABLE_TO_PAY").tell("2026-06-09", "PAYMENT_RECEIVED", means="CARD", amount=40_00)
    world.live("2026-07-31")

    # The tenth of June is fifteen days later; March to May stay suspended and are not counted in imputation.
    assert [term.status for term in world.case.terms] == ["PAID"] * 2 + ["SUSPENDED"] * 3 + ["PAID"] * 2
    assert world.letters("L05")[2:] == told("2026-05-26", "L05", *BOTH)
    assert world.case.discharge_date == day("2026-01-10")
    assert world.moved("DEBIT")[2:] == [("2026-06-10", "DEBIT", 21000), ("2026-07-10", "DEBIT", 25000)]


@pytest.mark.parametrize("reason", ["3", "4"])
def test_violence_and_refuge_never_suspend(reason: str) -> None:
    world = World().informed().tell("2026-02-20", "UNABLE_TO_PAY", reason=reason).live("2026-03-31")

    assert (world.case.shown_state, world.letters("L15"), len(world.moved("DEBIT"))) == ("LIVE", [], 3)


def test_money_kept_goes_back_when_the_next_term_is_suspended() -> None:
    world = World(parents=TRANSFER).informed()
    for month in ("01", "02"):
        world.tell(f"2026-{month}-10", "PAYMENT_RECEIVED", means="CARD", amount=250_00)
    world.tell("2026-02-16", "PAYMENT_RECEIVED", means="CARD", amount=100_00)
    world.tell("2026-02-20", "UNABLE_TO_PAY", reason="2f").live("2026-03-31")

    # The first of March is a Sunday.
    assert world.moved("REFUND") == [("2026-03-02", "REFUND", 10000)]


def test_a_creditor_who_moves_takes_the_case_to_the_new_fund_on_the_first() -> None:
    world = World().informed()
    world.parents.append(parent("P1", "2026-02-10", fund="CAF75"))
    world.tell("2026-02-10", "MOVE", party="CREDITOR").live("2026-02-28")
    assert world.case.fund == "CAF63"

    assert world.live("2026-03-01").case.fund == "CAF75"


def test_the_month_of_a_childs_death_is_still_due() -> None:
    world = World(titles=[title(lines=(line("K1", 120_00), line("K2", 250_00)))]).informed()
    world.tell("2026-03-20", "DEATH", child="K1", effective_on="2026-03-02").live("2026-04-30")

    assert [term.due for term in world.case.terms] == [370_00, 370_00, 370_00, 250_00]
    assert world.moved("OVERPAYMENT", "REFUND") == []
