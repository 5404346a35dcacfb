"""The rules of exchanges, a line a sentence."""

from datetime import date
from pathlib import Path

import pytest

from fraud.rules import exchange as rules
from fraud.rules.designation import ITEMS as FAMILIES
from fraud.rules.exchange_items import ITEMS, why_not_asked, why_not_told
from fraud.rules.figures import control_parameters

DAY = date(2026, 10, 26)
WHOLE = {
    "form": rules.REQUEST, "legal_basis": rules.L114_16_1, "purpose": rules.FINDING, "person": {"nir": "1"}, "has_case": True,
    "reason": "", "items": ["CIVIL_STATUS"], "period": (date(2026, 1, 1), date(2026, 2, 1)),
}  # fmt: skip


def wrong(on: date = DAY, **changes):
    return rules.wrong_in(control_parameters(), rules.Drafted(**WHOLE | changes), on)


@pytest.mark.parametrize(
    ("case", "changes", "field"),
    [
        ("a whole request", {}, None),
        ("no text of law", {"legal_basis": ""}, "legal_basis"),
        ("a text that nobody wrote", {"legal_basis": "L999"}, "legal_basis"),
        ("no purpose", {"purpose": ""}, "purpose"),
        ("informing a person of their rights is not L. 114-16-1", {"purpose": rules.INFORMING}, "purpose"),
        ("but it is L. 114-12", {"legal_basis": rules.L114_12, "purpose": rules.INFORMING}, None),
        ("a family name alone is nobody", {"person": {"last_name": "Faure"}}, "person"),
        ("a whole identity", {"person": {"last_name": "F", "first_name": "J", "born_on": "1985-03-14"}}, None),
        ("neither case nor reason", {"has_case": False}, "reason"),
        ("blanks are no reason", {"has_case": False, "reason": "  "}, "reason"),
        ("a reason instead of a case", {"has_case": False, "reason": "courrier reçu"}, None),
        ("nothing asked", {"items": []}, "items"),
        ("no period", {"period": (None, date(2026, 2, 1))}, "period"),
        ("a period that ends before it begins", {"period": (date(2026, 2, 1), date(2026, 2, 1))}, "period"),
        ("a period that begins tomorrow", {"period": (date(2026, 10, 27), date(2026, 11, 1))}, "period"),
    ],
)
def test_what_must_be_written_before_anything_leaves(case, changes, field):
    assert list(wrong(**changes)) == ([field] if field else []), case


@pytest.mark.parametrize(
    ("on", "kinds", "allowed"),
    [
        (date(2019, 12, 27), [rules.INFORMATION], True),
        (date(2019, 12, 27), [rules.INFORMATION, rules.DOCUMENT], False),
        (date(2019, 12, 28), [rules.INFORMATION, rules.DATA, rules.DOCUMENT], True),
    ],
)
def test_documents_circulate_under_l114_12_since_28_december_2019(on, kinds, allowed):
    period = (date(2019, 1, 1), date(2019, 2, 1))
    changes = {"legal_basis": rules.L114_12, "purpose": rules.RIGHTS, "payload_kinds": kinds, "period": period}

    assert ("payload_kinds" not in wrong(on, **changes)) is allowed


def test_l114_16_1_allowed_documents_before():
    changes = {"payload_kinds": [rules.DOCUMENT], "period": (date(2018, 1, 1), date(2018, 2, 1))}
    assert not wrong(date(2019, 1, 1), **changes)


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        ([], ""), (["GIVEN", ""], ""), (["GIVEN", "GIVEN"], rules.ANSWERED), (["GIVEN", "REFUSED"], rules.PARTIAL),
        (["NOT_HELD", "GIVEN"], rules.PARTIAL), (["REFUSED", "NOT_HELD"], rules.REFUSED),
    ],
)  # fmt: skip
def test_the_state_of_an_answer(outcomes, state):
    assert rules.state_of_answer(outcomes) == state


def test_thirty_days_to_answer_and_the_day_after_is_late():
    due = rules.due_on(control_parameters(), date(2026, 10, 5))

    assert due == date(2026, 11, 4)
    assert not rules.has_expired(due, date(2026, 11, 4))
    assert rules.has_expired(due, date(2026, 11, 5))
    assert rules.due_on(control_parameters(), date(2026, 10, 5), rules.URGENT) == date(2026, 10, 15)


@pytest.mark.parametrize(
    ("last", "until"),
    [(date(2026, 10, 26), date(2027, 1, 26)), (date(2026, 11, 30), date(2027, 2, 28)), (date(2026, 9, 30), date(2026, 12, 30))],
)  # fmt: skip
def test_kept_three_months(last, until):
    assert rules.kept_until(control_parameters(), last) == until


def test_professional_secrecy_is_no_ground_and_two_secrets_lead_elsewhere():
    assert not [one for one in rules.REFUSALS if "PROFESSIONAL" in one]
    assert set(rules.ASK_INSTEAD) == {rules.MEDICAL_SECRECY, rules.JUDICIAL_SECRECY}
    assert set(rules.ASK_INSTEAD) <= set(rules.REFUSALS)


def test_a_purged_exchange_goes_nowhere_and_every_other_leads_to_it():
    assert not rules.ALLOWED_MOVES[rules.PURGED]
    for state in set(rules.ALLOWED_MOVES) - {rules.PURGED, rules.CLOSED}:
        with pytest.raises(rules.MoveNotAllowed):
            rules.check_move(state, rules.PURGED)


@pytest.mark.parametrize(
    ("case", "code", "asker", "holder", "why"),
    [
        ("a fund asks the agency when a carer works", "CARER_ACTIVITY", "SCHEME_CONTROL", "HEALTH_AGENCY", ""),
        ("the agency does not pay wages", "PAY_BY_MONTH", "SCHEME_CONTROL", "HEALTH_AGENCY", "NOT_HELD_BY"),
        (
            "the agency may not ask for a bank account",
            "ACCOUNT_USED",
            "HEALTH_AGENCY",
            "SCHEME_CONTROL",
            "NOT_ASKED_BY",
        ),
        ("nor for benefits", "BENEFITS_PAID", "HEALTH_AGENCY", "SCHEME_CONTROL", "NOT_ASKED_BY"),
        ("medical data go by no exchange", "MEDICAL_FILE", "SCHEME_CONTROL", "HEALTH_AGENCY", "MEDICAL"),
        ("what is not in the list cannot be asked", "HOROSCOPE", "SCHEME_CONTROL", "HEALTH_AGENCY", "UNKNOWN_ITEM"),
    ],
)
def test_who_may_ask_what_of_whom(case, code, asker, holder, why):
    assert why_not_asked(code, asker=asker, holder=holder, on=DAY) == why, case


def test_what_may_be_told_is_what_the_receiver_may_be_given():
    told = {"teller": "SCHEME_CONTROL", "receiver": "HEALTH_AGENCY", "on": DAY}
    assert why_not_told("CARER_ACTIVITY", **told) == ""
    assert why_not_told("PAY_BY_MONTH", **told) == "NOT_ASKED_BY"
    assert why_not_told("AGENCY_FINDINGS", **told) == "NOT_HELD_BY"


def test_every_item_is_of_a_known_family_and_held_by_somebody():
    assert {one.family for one in ITEMS.values()} <= set(FAMILIES)
    assert all(one.held_by and one.label for one in ITEMS.values())


def test_every_state_is_in_the_glossary():
    glossary = (Path(__file__).parents[3] / "docs" / "glossary.md").read_text(encoding="utf-8")
    assert [state for state in rules.ALLOWED_MOVES if f"`{state}`" not in glossary] == []
