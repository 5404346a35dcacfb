"""The day's run on PostgreSQL: each day once, late facts heard the next day, killed anywhere and taken up again."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from aripa import operations
from aripa.days import writing
from aripa.exports import export_aripa
from aripa.life.state import Family
from aripa.models import AsfMonth, Case, Household, Movement, Notice, Price, Term, Title, Worry
from aripa.models import Event as EventRow
from aripa.operations import last_day, run_days
from aripa.selectors import not_lived
from portal.ledger.models import Account
from portal.ledger.operations import balance
from portal.ledger.proof import check_ledger
from portal.letters import operations as letter_operations
from portal.letters.models import LetterBatch
from tests.aripa.rows import NOW, day, event_row, live_case, parent_row, title_row

pytestmark = pytest.mark.django_db


def moved() -> list[tuple[str, str, str, int]]:
    rows = Movement.objects.order_by("day", "case_id", "number")
    return [(str(one.day), one.case_id, one.kind, one.amount_cents) for one in rows]


def test_a_month_is_lived_booked_and_proven() -> None:
    live_case("C1")
    live_case("C2", cash_share_cents=100_00, monthly_total_cents=100_00)

    run = run_days(until=day("2026-01-31"))

    assert run is not None
    assert (run.state, run.totals["families"], run.totals["movements"]) == ("DONE", 2, 4)
    assert moved() == [
        ("2026-01-12", "C1", "DEBIT", 25000), ("2026-01-12", "C2", "DEBIT", 10000),
        ("2026-01-13", "C1", "PAYOUT", 25000), ("2026-01-13", "C2", "PAYOUT", 10000),
    ]  # fmt: skip
    assert set(Term.objects.values_list("status", flat=True)) == {"PAID"}
    assert (balance(Account.SUPPORT_HELD), balance(Account.BANK), check_ledger()) == (0, 0, [])


def test_a_day_already_lived_changes_nothing_and_skipped_days_are_caught_up() -> None:
    live_case()
    run_days(until=day("2025-12-20"))
    assert run_days(until=day("2025-12-20")) is None
    assert run_days(until=day("2025-12-01")) is None

    run_days(until=day("2026-02-28"))

    assert [one[:1] + one[2:3] for one in moved()] == [
        ("2026-01-12", "DEBIT"), ("2026-01-13", "PAYOUT"), ("2026-02-10", "DEBIT"), ("2026-02-11", "PAYOUT"),
    ]  # fmt: skip
    assert last_day() == day("2026-02-28")


def test_the_very_first_run_hears_what_came_before_on_its_own_first_day() -> None:
    """No letter and no debit is dated before the day that somebody named; a day in the past lives the past as it came."""
    live_case("C1")

    run_days(first=day("2026-02-02"), until=day("2026-02-28"))

    assert Case.objects.get(pk="C1").received_on == day("2026-02-02")
    assert set(Notice.objects.values_list("day", flat=True)) == {day("2026-02-02")}
    assert moved() == []
    live_case("C2")
    run_days(first=day("2020-01-01"), until=day("2026-03-01"))
    assert Case.objects.get(pk="C2").received_on == day("2026-03-01")  # the first day of a later run moves nothing


def test_one_run_or_a_run_a_day_leave_the_same() -> None:
    live_case("C1")
    run_days(until=day("2026-03-31"))
    at_once = (moved(), list(Term.objects.order_by("month").values_list("month", "status")), _memory("C1"))

    live_case("C2")
    # The last day lived is after every fact of this case: they are all heard on the next one.
    run_days(until=day("2026-04-01"))
    assert Case.objects.get(pk="C2").received_on == day("2026-04-01")
    assert [one for one in moved() if one[1] == "C1"] == at_once[0]
    assert at_once[2] == _memory("C1")


def test_a_run_a_day_is_the_run_of_the_month() -> None:
    live_case("C1")
    on = day("2025-12-01")
    while on <= day("2026-03-31"):
        run_days(until=on)
        on += timedelta(days=1)

    assert [one[0] for one in moved()] == [
        "2026-01-12", "2026-01-13", "2026-02-10", "2026-02-11", "2026-03-10", "2026-03-11",
    ]  # fmt: skip
    assert Notice.objects.filter(code="L05").count() == 2


def _memory(case: str) -> object:
    return Household.objects.get(cases=case).memory["cases"]


def test_a_fact_that_comes_late_is_heard_on_the_next_day_lived() -> None:
    live_case()
    run_days(until=day("2026-01-20"))
    event_row("2026-01-14", "DEBIT_RETURNED", month="2026-01", reason="AM04", amount_cents=25000)

    run_days(until=day("2026-01-31"))

    assert moved()[2:] == [
        ("2026-01-21", "C1", "OVERPAYMENT", 25000), ("2026-01-21", "C1", "DEBIT_RETURN", 25000),
    ]  # fmt: skip
    assert check_ledger() == []


def test_an_event_waits_for_its_title() -> None:
    event_row("2025-12-10", "INFORMATION", party="BOTH", reason="FULL")
    run_days(until=day("2025-12-15"))
    title_row(received="2025-12-20")
    run_days(until=day("2025-12-31"))

    assert Case.objects.get().state == "LIVE"


def test_killed_while_writing_nothing_is_half_done(monkeypatch: pytest.MonkeyPatch) -> None:
    live_case()

    def killed(*_given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(writing, "_book", killed)
        with pytest.raises(KeyboardInterrupt):
            run_days(until=day("2026-01-31"))
    assert (Movement.objects.count(), Household.objects.count(), last_day()) == (0, 0, None)
    run = operations.Run.objects.get(kind=operations.KIND)

    # Asked for another day, the run left open is ended first.
    run_days(until=day("2026-02-28"))
    run.refresh_from_db()
    assert (run.state, run.day, Movement.objects.count()) == ("DONE", day("2026-01-31"), 4)


def test_a_quiet_day_wakes_nobody_and_a_fact_wakes_whom_it_concerns() -> None:
    live_case("C1")
    live_case("C2")
    run_days(until=day("2026-01-31"))
    quiet = run_days(until=day("2026-02-01"))
    parent_row("D-C2", "2026-02-02", payment_means="TRANSFER")
    event_row("2026-02-03", "COMPLAINT", "C1")
    moved_on = [run_days(until=day(f"2026-02-0{number}")) for number in (2, 3, 4)]

    assert quiet is not None
    assert (quiet.totals["families"], quiet.slices.count()) == (0, 1)
    assert [one.totals["families"] for one in moved_on if one] == [1, 1, 0]
    assert Household.objects.get(pk="P-C2").lived_until == day("2026-02-02")


def test_a_fact_that_comes_during_a_run_waits_for_the_next_day_and_pages_say_so() -> None:
    live_case("C1")
    run_days(until=day("2026-01-31"))
    event_row("2026-02-02", "COMPLAINT")
    operations._start(None, day("2026-02-02"))
    event_row("2026-02-02", "COMPLAINT_CLOSED")
    told = EventRow.objects.filter(day=day("2026-02-02"))
    assert told.filter(not_lived(day("2026-01-31"))).count() == 2

    run_days(until=day("2026-02-02"))
    assert list(told.filter(not_lived(day("2026-02-02"))).values_list("kind", flat=True)) == ["COMPLAINT_CLOSED"]
    run_days(until=day("2026-02-03"))
    assert list(told.order_by("pk").values_list("heard_on", flat=True)) == [day("2026-02-02"), day("2026-02-03")]


def test_a_slice_that_failed_too_often_is_tried_anew_when_somebody_asks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    live_case()

    def fails(*_given: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(writing, "_book", fails)
        for _time in range(operations.batches.ATTEMPTS_MAX + 1):
            with pytest.raises(ZeroDivisionError):
                run_days(until=day("2026-01-31"))

    run_days(until=day("2026-01-31"))
    assert (last_day(), Movement.objects.count(), check_ledger()) == (day("2026-01-31"), 2, [])


def test_what_a_day_gone_by_looked_like_is_what_was_exported_then(tmp_path: Path) -> None:
    live_case("C1")
    live_case("C2")
    event_row("2026-01-15", "DEBIT_RETURNED", "C2", month="2026-01", reason="AM04", amount_cents=25000)
    event_row("2026-01-20", "NOTICE_RECEIVED", "C2", letter="L08", party="DEBTOR", effective_on="2026-01-20")
    run_days(until=day("2026-01-19"))
    then = _read(tmp_path / "then", None)
    run_days(until=day("2026-03-31"))

    assert _read(tmp_path / "again", "2026-01-19") == then
    assert _read(tmp_path / "now", None) != then
    assert _read(tmp_path / "now2", "2026-03-31") == _read(tmp_path / "now3", None)


def _read(folder: Path, on: str | None) -> dict[str, str]:
    paths = export_aripa(folder, on=day(on) if on else None)
    return {str(path.relative_to(folder)): path.read_text() for path in paths}


def price_row(month: str, value: int, out: str, **said: object) -> Price:
    values = {"series": "ALL_HOUSEHOLDS", "base": 2025, "value_hundredths": value, "published_on": day(out)}
    return Price.objects.create(file_id=1, line=1, known_from=NOW, month=day(month), **(values | said))


def _due() -> list[tuple[str, int]]:
    return [(f"{one.month:%Y-%m}", one.due_cents) for one in Term.objects.order_by("month")]


def test_an_index_that_came_late_is_read_from_the_next_day_and_days_gone_by_keep_theirs(tmp_path: Path) -> None:
    live_case(indexation="NONE_MENTIONED", title_date=day("2025-01-14"), enforceable_on=day("2025-01-14"))
    # The anniversary of the fourteenth of January finds no index: the old amount stays.
    run_days(until=day("2026-01-31"))
    then = _read(tmp_path / "then", None)
    price_row("2024-12", 10000, "2025-01-14")
    price_row("2025-12", 10200, "2026-01-13")

    run_days(until=day("2026-02-28"))

    assert _due() == [("2026-01", 25000), ("2026-02", 25500)]
    assert _read(tmp_path / "again", "2026-01-31") == then


def test_a_title_sent_again_speaks_anew_from_the_next_day_and_days_gone_by_keep_the_former(tmp_path: Path) -> None:
    live_case()
    run_days(until=day("2026-01-31"))
    then = _read(tmp_path / "then", None)
    Title.objects.update(known_until=NOW)
    title_row(received="2026-01-20", cash_share_cents=300_00, monthly_total_cents=300_00)

    run_days(until=day("2026-02-28"))

    assert _due() == [("2026-01", 25000), ("2026-02", 30000)]
    assert _read(tmp_path / "again", "2026-01-31") == then


def test_a_row_of_a_parent_that_speaks_of_an_earlier_day_changes_nothing_when_it_comes_late() -> None:
    live_case()
    parent_row("D-C1", "2025-11-01", payment_means="DIRECT_DEBIT")
    run_days(until=day("2026-01-31"))
    parent_row("D-C1", "2025-06-01", payment_means="TRANSFER")

    run_days(until=day("2026-02-28"))

    assert [one[2] for one in moved()] == ["DEBIT", "PAYOUT"] * 2


def test_a_claim_whose_file_came_late_counts_from_its_own_day() -> None:
    live_case(cash_share_cents=100_00, monthly_total_cents=100_00)
    run_days(until=day("2026-02-28"))
    event_row("2026-02-28", "ASF_CLAIM", reason="D")

    run_days(until=day("2026-04-30"))

    assert [f"{one.month:%Y-%m}" for one in AsfMonth.objects.order_by("month")] == ["2026-02", "2026-03"]


def test_a_family_whose_days_stop_holds_up_nobody_and_is_taken_up_with_all_it_missed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for case in ("C1", "C2", "C3"):
        live_case(case)
    run_days(until=day("2026-01-31"))
    live_case("C4")
    event_row("2026-02-12", "DEBIT_RETURNED", "C2", month="2026-02", reason="AM04", amount_cents=25000)
    lives = operations.live_through

    def breaks(family: Family, *given: object, **said: object) -> object:
        if family.creditor in ("P-C2", "P-C4"):
            raise ZeroDivisionError
        return lives(family, *given, **said)  # type: ignore[arg-type]

    with monkeypatch.context() as broken:
        broken.setattr(operations, "live_through", breaks)
        run_days(until=day("2026-02-15"))
        run_days(until=day("2026-02-28"))
    assert {one[1] for one in moved() if one[0] > "2026-02-01"} == {"C1", "C3"}
    assert sorted(set(Worry.objects.values_list("case_id", flat=True))) == ["C2", "C4"]
    stopped = _read(tmp_path / "stopped", None)

    run_days(until=day("2026-03-31"))

    of_two = [(on, kind) for on, case, kind, _amount in moved() if case == "C2" and on > "2026-02-01"]
    assert of_two == [
        ("2026-02-10", "DEBIT"), ("2026-02-11", "PAYOUT"), ("2026-02-12", "OVERPAYMENT"),
        ("2026-02-12", "DEBIT_RETURN"), ("2026-03-10", "DEBIT"), ("2026-03-11", "PAYOUT"),
    ]  # fmt: skip
    assert Case.objects.get(pk="C4").state == "LIVE"
    assert (check_ledger(), len(stopped) > 0) == ([], True)


def test_the_journal_comes_last_of_a_slice(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Who writes in it keeps everybody out of it until the end: not while thousands of families are lived."""
    settings.PENSIONS_SINCE, done = day("2025-12-01"), []
    monkeypatch.setattr(operations, "FAMILIES_AT_ONCE", 1)
    live_case("C1")
    live_case("C2")
    write, tell = writing.write, letter_operations.journal

    def written(*given: Any) -> None:
        done.append("families")
        write(*given)

    def told(**said: Any) -> None:
        done.append("journal")
        tell(**said)

    monkeypatch.setattr(writing, "write", written)
    monkeypatch.setattr(letter_operations, "journal", told)
    run_days(until=day("2025-12-31"))

    assert done[:2] == ["families", "families"]
    assert set(done[2:]) == {"journal"}
    assert LetterBatch.objects.count() == len(done) - 2 == len(set(LetterBatch.objects.values_list("kind")))
