"""The delays of a case, each at its boundary."""

from datetime import date

import pytest

from fraud.rules import delays
from fraud.rules.figures import control_parameters
from fraud.rules.procedure import CasePapers, missing_papers

TABLE = control_parameters()
D = date


@pytest.mark.parametrize(
    ("said", "found", "expected"),
    [
        ("ten working days over 14 July", delays.reply_until(D(2026, 7, 6), TABLE), D(2026, 7, 21)),
        ("a month from 31 January", delays.penalty_reply_until(D(2026, 1, 31), TABLE), D(2026, 2, 28)),
        ("twenty days", delays.rectification_until(D(2026, 10, 26), TABLE), D(2026, 11, 15)),
        ("nothing withheld before the next", delays.retention_from(D(2026, 10, 26), TABLE), D(2026, 11, 16)),
        ("an appeal of two months", delays.appeal_until(D(2026, 12, 31), TABLE), D(2027, 2, 28)),
        ("an opinion of one month", delays.opinion_until(D(2026, 9, 1), False, TABLE), D(2026, 10, 1)),
        ("and one more", delays.opinion_until(D(2026, 9, 1), True, TABLE), D(2026, 11, 1)),
        ("the director's month", delays.director_until(D(2026, 10, 1), TABLE), D(2026, 11, 1)),
        ("thirty days for a paper", delays.suspension_from(D(2026, 6, 1), TABLE), D(2026, 7, 1)),
        ("twelve months between checks", delays.full_check_from(D(2026, 6, 1), TABLE), D(2027, 6, 1)),
        ("two years back", delays.claimed_since(D(2026, 7, 1), False, TABLE), D(2024, 7, 1)),
        ("five with fraud", delays.claimed_since(D(2026, 7, 1), True, TABLE), D(2021, 7, 1)),
        ("a 29 February", delays.claimed_since(D(2028, 2, 29), False, TABLE), D(2026, 2, 28)),
        ("no anomaly: six months", delays.kept_until("NO_ACTION", D(2026, 8, 31), False, TABLE), D(2027, 2, 28)),
        ("a sum: two years", delays.kept_until("OVERPAYMENT", D(2026, 8, 31), False, TABLE), D(2028, 8, 31)),
        ("fraud: five years", delays.kept_until("PENALTY", D(2026, 8, 31), True, TABLE), D(2031, 8, 31)),
    ],
)
def test_each_delay_ends_on_its_day(said: str, found: date, expected: date) -> None:
    assert found == expected, said


@pytest.mark.parametrize(
    ("year", "cents"),
    [(2020, 2_742_400), (2022, 2_742_400), (2023, 2_932_800), (2024, 3_091_200), (2025, 3_140_000), (2026, 3_204_000)],
)
def test_a_complaint_above_eight_ceilings_of_the_day_the_facts_began(year: int, cents: int) -> None:
    assert delays.complaint_threshold_cents(D(year, 1, 1), TABLE) == cents
    assert not delays.must_complain(cents, D(year, 1, 1), TABLE)
    assert delays.must_complain(cents + 1, D(year, 1, 1), TABLE)


@pytest.mark.parametrize(
    "to", ["DECISION", "NO_ACTION", "ADJUSTED", "OVERPAYMENT", "PENALTY_PROCEDURE", "COMPLAINT", "CLOSED"]
)
def test_every_step_from_the_decision_on_asks_for_the_notice(to: str) -> None:
    untold = CasePapers(untold=("la banque", "l’employeur"), findings_on=D(2026, 1, 1))
    found = missing_papers(to, untold, D(2026, 6, 1), TABLE)
    assert found[0].code == "control.notice_missing"
    assert "la banque et l’employeur" in found[0].sentence
    assert "control.notice_missing" not in {
        one.code for one in missing_papers("ADVERSARIAL", untold, D(2026, 6, 1), TABLE)
    }
