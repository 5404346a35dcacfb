"""What a programme reached, counted from its cases."""

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from fraud.models import CasePaper, CaseRecovery, CaseReply, Lead, ObtainedInformation, ToldInformation
from fraud.programme import figures
from fraud.programme.lists import Scope, cases_behind
from fraud.rules.indicators import INDICATORS
from tests.fraud.programme.world import case, history, in_progress, sylvie

pytestmark = pytest.mark.django_db
AS_OF = date(2026, 10, 26)


def value(found: figures.Figures, code: str, **of: object) -> int | None:
    return INDICATORS[code].actual(found.of(**of)).value  # type: ignore[arg-type]


def test_cases_are_counted_in_the_year_of_their_decision_by_axis_benefit_and_month() -> None:
    programme = in_progress()
    case(owed_by_cents=10_000, owed_to_cents=0, fraud_cents=4_000, avoided_cents=500, annulled_on=date(2026, 9, 1))
    case(
        "DROITS",
        owed_by_cents=0,
        owed_to_cents=30_000,
        fraud_cents=0,
        avoided_cents=0,
        benefit="AF",
        decided=date(2026, 5, 1),
    )
    case(
        "",
        owed_by_cents=0,
        owed_to_cents=0,
        fraud_cents=0,
        avoided_cents=0,
        outcome="COMPLAINT",
        opened=date(2025, 12, 30),
    )
    case(decided=None)
    # Not of this year, not of this fund, not yet decided on the day of the count.
    case(opened=date(2025, 6, 1), decided=date(2025, 12, 31))
    case(fund="CAF59")
    case(decided=date(2026, 10, 27))
    found = figures.figures_of(programme, as_of=AS_OF)

    assert {code: value(found, code) for code in ("CHECKS", "HIT_RATE", "POSITIVE_SHARE", "OWED_TO", "OVERPAYMENTS", "FRAUD",
                                                  "AVOIDED", "ANNULLED", "COMPLAINTS", "CHECKS_SHARE")} == {
        "CHECKS": 3, "HIT_RATE": 667, "POSITIVE_SHARE": 333, "OWED_TO": 30_000, "OVERPAYMENTS": 10_000, "FRAUD": 4_000,
        "AVOIDED": 500, "ANNULLED": 333, "COMPLAINTS": 1, "CHECKS_SHARE": 60,
    }  # fmt: skip
    assert (
        value(found, "CHECKS", axis="DROITS"),
        value(found, "CHECKS", benefit="AF"),
        value(found, "CHECKS", axis=""),
    ) == (1, 1, 1)
    assert value(found, "CHECKS", month=date(2026, 5, 1)) == 1
    assert found.of().opened == 4
    # 30 + 88 + 64 days.
    assert value(found, "DAYS") == 607
    assert found.benefits == ["AF", "CMG"]
    assert found.unplanned


def test_a_year_without_a_case_knows_no_amount() -> None:
    found = figures.figures_of(in_progress(), as_of=AS_OF)
    assert [value(found, code) for code in ("CHECKS", "COMPLAINTS", "CHECKS_SHARE")] == [None] * 3
    assert [value(found, code) for code in ("OVERPAYMENTS", "DAYS", "NOTICES", "RECOVERY")] == [None] * 4


def test_a_year_with_one_open_case_has_decided_none() -> None:
    programme = in_progress()
    case(decided=None)
    found = figures.figures_of(programme, as_of=AS_OF)
    assert [value(found, code) for code in ("CHECKS", "COMPLAINTS", "CHECKS_SHARE", "DAYS")] == [0, 0, 0, None]


def test_a_case_that_rests_on_others_is_counted_before_its_decision_alone() -> None:
    programme = in_progress()
    told, after = case(), case()
    for one, day in ((told, date(2026, 2, 20)), (after, date(2026, 4, 1))):
        ObtainedInformation.objects.create(
            case=one, via="RNCPS", reference="x", origin="x", content="x", obtained_on=day
        )
    assert figures.figures_of(programme, as_of=AS_OF).of().notices_due == 1


def test_sums_whose_term_of_recovery_ended_this_year_are_looked_at() -> None:
    programme = in_progress()
    case(opened=date(2024, 1, 2), decided=date(2024, 10, 26), owed_by_cents=700)
    case(opened=date(2024, 1, 2), decided=date(2024, 10, 27), owed_by_cents=1_000)
    case(opened=date(2023, 1, 2), decided=date(2023, 12, 31), owed_by_cents=2_000)
    case(opened=date(2024, 1, 2), decided=date(2024, 5, 2), owed_by_cents=4_000, annulled_on=date(2025, 1, 1))
    assert figures.figures_of(programme, as_of=AS_OF).of().due_long_ago_cents == 700


def test_leads_read_this_year_rule_by_rule_the_day_being_that_of_paris() -> None:
    programme = in_progress()
    moments = [
        datetime(2026, 3, 1, tzinfo=UTC),
        datetime(2025, 12, 31, 23, 30, tzinfo=UTC),
        datetime(2026, 12, 31, 23, 30, tzinfo=UTC),
    ]
    for number, (at, state) in enumerate(zip(moments, ("REJECTED", "ACCEPTED", "ACCEPTED"), strict=True)):
        Lead.objects.create(rule_code="DM05", rule_version=1, fund="CAF63", subject="x", key=str(number), title="x",
                            found_on=date(2026, 1, 1), state=state, decided_by=sylvie(), decided_at=at, reason="x")  # fmt: skip
    assert figures.figures_of(programme, as_of=date(2027, 1, 20)).rules == {"DM05": (1, 1)}


def test_the_same_queries_for_one_case_and_for_many(django_assert_max_num_queries: object) -> None:
    programme = in_progress()
    for _number in range(5):
        case()
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        figures.figures_of(programme, as_of=AS_OF)


def test_what_the_papers_of_cases_tell() -> None:
    programme = in_progress()
    told, untold, old = case(), case(), case(opened=date(2024, 1, 2), decided=date(2024, 5, 2), owed_by_cents=1_000)
    with history():
        for one, number in ((told, 1), (untold, 2)):
            ObtainedInformation.objects.create(
                pk=number, case=one, via="RNCPS", reference="x", origin="x", content="x", obtained_on=date(2026, 2, 20)
            )
        for one, number, day in ((told, 1, date(2026, 2, 25)), (untold, 2, date(2026, 3, 5))):
            paper = CasePaper.objects.create(
                case=one, kind="NOTICE", sent_on=day, job_id=number, by="x", at=timezone.now()
            )
            ToldInformation.objects.create(paper=paper, obtained_id=number)
        CaseReply.objects.create(
            case=told, received_on=date(2026, 3, 1), form="ORAL", text=b"", by="x", at=timezone.now()
        )
        for day, cents in ((date(2025, 1, 1), 600), (date(2026, 5, 2), 300)):
            CaseRecovery.objects.create(case=old, received_on=day, cents=cents, reference=str(day))
    found = figures.figures_of(programme, as_of=AS_OF)

    assert {code: value(found, code) for code in ("NOTICES", "REPLIES", "RECOVERY")} == {
        "NOTICES": 500,
        "REPLIES": 1,
        "RECOVERY": 600,
    }
    scope = Scope()
    assert [
        cases_behind(programme, code, scope, AS_OF).count() for code in ("NOTICES", "REPLIES", "RECOVERY", "PENALTIES")
    ] == [2, 1, 1, 0]
