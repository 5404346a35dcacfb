"""Who may exchange, as a caseworker would say it: the category's opening, the signatory, the dates, what may be asked."""

from dataclasses import replace
from datetime import date

import pytest

from fraud.models import OfficerCategory
from fraud.rules.designation import (
    ITEMS,
    SENTENCES,
    DesignationFacts,
    act_refusal,
    designation_refusal,
    exchange_refusal,
    first_day_proposed,
    latest_end,
    may_ask,
    may_receive,
    opened_on,
    plain_quality,
)
from fraud.rules.figures import control_parameters

AGENCY = DesignationFacts(
    category="HEALTH_AGENCY", nature="HEALTH_AGENCY", body="ARS84", holder="Clémence Ortega", signatory="Paul Roussel",
    signatory_quality="Directeur général", act_dated=date(2025, 10, 20), valid_from=date(2025, 11, 1),
    valid_to=date(2026, 11, 1), scopes=frozenset({"HEALTH"}),
)  # fmt: skip
FUND = replace(
    AGENCY, category="SCHEME_CONTROL", nature="SCHEME", body="CAF63", holder="Sylvie Mercier", signatory_quality="Directrice",
    scopes=frozenset({"CHILDCARE"}),
)  # fmt: skip


@pytest.mark.parametrize(
    ("said", "facts", "changes", "code"),
    [
        ("example 8: an ARS act of 15 December 2019", AGENCY, {"act_dated": date(2019, 12, 15)}, "NOT_OPEN_YET"),
        ("the day before the act of parliament holds", AGENCY, {"act_dated": date(2019, 12, 27)}, "NOT_OPEN_YET"),
        ("the day after its publication", AGENCY, {"act_dated": date(2019, 12, 28)}, ""),
        ("a fund’s officer, in 2015", FUND, {"act_dated": date(2015, 1, 1)}, ""),
        ("signed by a plain director of the agency", AGENCY, {"signatory_quality": "Directrice"}, "WRONG_SIGNATORY"),
        ("signed by the general director, a woman", AGENCY, {"signatory_quality": "directrice générale"}, ""),
        ("signed by a head of service", FUND, {"signatory_quality": "Responsable du contrôle"}, "WRONG_SIGNATORY"),
        ("signed by oneself, in capitals", FUND, {"signatory": "SYLVIE  MERCIER"}, "SELF_DESIGNATION"),
        ("entered by oneself", FUND, {"designated_by_themselves": True}, "SELF_DESIGNATION"),
        ("an agency’s officer in a fund", AGENCY, {"nature": "SCHEME"}, "WRONG_BODY"),
        ("three years to the day", FUND, {"valid_to": date(2028, 11, 1)}, ""),
        ("three years and a day", FUND, {"valid_to": date(2028, 11, 2)}, "TOO_LONG"),
    ],
)  # fmt: skip
def test_what_an_act_may_say(said, facts, changes, code):
    assert act_refusal(replace(facts, **changes)) == code, said


@pytest.mark.parametrize(
    ("said", "day", "changes", "code"),
    [
        ("the eve of its first day", date(2025, 10, 31), {}, "NOT_YET"),
        ("its first day", date(2025, 11, 1), {}, ""),
        ("its last day, a Saturday", date(2026, 10, 31), {}, ""),
        ("example 10: it ended yesterday", date(2026, 11, 1), {}, "EXPIRED"),
        ("the eve of its withdrawal", date(2026, 5, 1), {"revoked_on": date(2026, 5, 2)}, ""),
        ("the day of its withdrawal", date(2026, 5, 2), {"revoked_on": date(2026, 5, 2)}, "REVOKED"),
    ],
)
def test_when_it_holds(said, day, changes, code):
    assert designation_refusal(replace(AGENCY, **changes), day) == code, said


@pytest.mark.parametrize(
    ("said", "facts", "asked", "code"),
    [
        ("an agency about carers", AGENCY, {"asks": ["CARE_PROVIDERS"]}, ""),
        ("an agency about somebody’s bank account", AGENCY, {"asks": ["CARE_PROVIDERS", "BANK_DETAILS"]}, "OUT_OF_SCOPE"),
        ("an agency is given benefits", AGENCY, {"receives": ["BENEFITS"]}, "OUT_OF_SCOPE"),
        ("a fund, all that is useful", FUND, {"asks": list(ITEMS)}, ""),
        ("a fund, of benefits it was not designated for", FUND, {"scope": "HOUSING"}, "OUT_OF_SCOPE"),
        ("a fund, of its own", FUND, {"scope": "CHILDCARE", "sender": "CAF63"}, ""),
        ("for another body", FUND, {"sender": "CAF43"}, "WRONG_BODY"),
    ],
)  # fmt: skip
def test_what_may_be_asked_and_given(said, facts, asked, code):
    assert exchange_refusal(facts, date(2026, 10, 26), **asked) == code, said


def test_every_category_has_its_figures_and_every_refusal_its_sentence():
    for category in OfficerCategory.values:
        value = control_parameters().value(f"designation.{category}", date(2026, 10, 26))
        assert set(value["asks"]) | set(value["receives"]) <= set(ITEMS) | {"ALL"}
        assert all(plain_quality(one) == one for one in value["signatories"])
    for code in ("NOT_OPEN_YET", "TOO_LONG", "WRONG_SIGNATORY", "EXPIRED", "REVOKED", "NOT_YET", "WRONG_BODY",
                 "OUT_OF_SCOPE", "SELF_DESIGNATION"):  # fmt: skip
        assert SENTENCES[code].endswith(".")


def test_days_and_items_that_pages_show():
    assert opened_on("HEALTH_AGENCY") == date(2019, 12, 28)
    assert first_day_proposed("HEALTH_AGENCY", date(2019, 12, 29)) == date(2020, 1, 1)
    assert first_day_proposed("HEALTH_AGENCY", date(2026, 10, 26)) == date(2026, 10, 26)
    assert latest_end(date(2024, 2, 29)) == date(2027, 3, 1)
    assert may_ask("UNEDIC", date(2026, 1, 1)) == {"BENEFITS"}
    assert may_receive("CCMSA", date(2026, 1, 1)) == frozenset(ITEMS)
