"""The four kinds of files: what enters as it is, what is refused, what changes nothing the second time."""

import csv
import json
from pathlib import Path

import pytest

from aripa.models import Event, Parent, Price, Title
from portal.exchange.buckets import bucket_of
from portal.exchange.models import ReceivedFile, RejectedRow
from portal.exchange.operations import import_file, replay_row
from portal.people.models import Identifier
from tests.aripa.files import ROWS, event, problems, row, take_in, title_of_two
from tests.cmg.files import write

pytestmark = pytest.mark.django_db


def of(month: str, **changes: str) -> dict[str, str]:
    year, number = int(month[:4]), int(month[5:])
    following = f"{year + number // 12}-{number % 12 + 1:02}-15"
    return row("prices", month=month, published_on=following, **changes)


def test_a_whole_case_enters_and_a_second_time_changes_nothing(tmp_path: Path) -> None:
    files = {
        "parents": [row("parents"), row("parents", parent_no="P2")],
        "titles": title_of_two(),
        "prices": [of("2025-09"), of("2025-10")],
        "events": [event("COMPLAINT"), event("COMPLAINT_CLOSED", event_no=2)],
    }
    for again in range(2):
        for kind, rows in files.items():
            report = take_in(tmp_path / str(again), kind, *rows, row(kind), name=f"{kind}_{again}")
            assert (report.kind, report.rejected, report.refusals) == (kind, 0, [])
            assert report.applied == (0 if again else 2)
    assert [model.objects.count() for model in (Parent, Title, Price, Event)] == [2, 2, 2, 2]


def test_a_title_is_kept_as_it_was_said_and_in_the_slice_of_its_creditor(tmp_path: Path) -> None:
    take_in(tmp_path, "titles", row("titles", violence="", monthly_total="300", received_at="2025-12-01T23:30:00Z"))

    kept = Title.objects.get()
    assert kept.bucket == bucket_of("P1")
    assert (kept.monthly_total_cents, kept.cash_share_cents) == (300_00, 250_00)
    assert (kept.violence, kept.refused_by_both) == (None, False)
    assert (kept.indexation, kept.index_series, kept.rounding) == ("NONE_MENTIONED", "ALL_HOUSEHOLDS", "CENT")
    assert str(kept.received_on) == "2025-12-02", "the day in Paris"
    assert kept.heard_on is None


def test_a_parents_numbers_are_in_the_vault_only(tmp_path: Path) -> None:
    take_in(tmp_path, "parents", row("parents"))

    kept = Parent.objects.get()
    assert Identifier.objects.count() == 2
    assert (kept.nir_valid, kept.iban_valid, kept.iban_tail) == (True, True, ROWS["parents"]["iban"][-4:])
    assert kept.name_key == "LEFEVRE MARTIN ANNE"
    everything = " ".join(str(value) for value in Parent.objects.values().get().values())
    assert ROWS["parents"]["nir"] not in everything
    assert ROWS["parents"]["iban"] not in everything


def test_a_parent_without_any_name_or_number_is_known_all_the_same(tmp_path: Path) -> None:
    bare = dict.fromkeys(ROWS["parents"], "") | {"parent_no": "P1", "updated_at": "2025-12-01"}

    assert take_in(tmp_path, "parents", bare).applied == 1
    kept = Parent.objects.get()
    assert (kept.name_key, kept.nir_key, kept.stable_residence, kept.payment_day) == ("", None, None, None)


@pytest.mark.parametrize("hours", [("08", "17"), ("17", "08")])
def test_of_two_rows_of_one_parent_and_day_the_later_hour_holds(tmp_path: Path, hours: tuple[str, str]) -> None:
    for number, hour in enumerate(hours):
        said = row("parents", city=f"à {hour} h", updated_at=f"2025-12-01T{hour}:00:00+01:00")
        take_in(tmp_path, "parents", said, name=f"parents_{number}")

    assert Parent.objects.get(known_until=None).city == "à 17 h"


def test_each_day_on_which_a_parent_changed_is_kept(tmp_path: Path) -> None:
    take_in(tmp_path, "parents", row("parents"), row("parents", updated_at="2026-02-01", city="Riom"))

    assert Parent.objects.filter(known_until=None).count() == 2


@pytest.mark.parametrize(
    ("cell", "value", "is_taken"),
    [
        ("fund", "CAF63", True),
        ("country", "BE", False),
        ("country", "ZZ", False),
        ("country", "fr", False),
        ("payment_day", "10", True),
        ("payment_day", "5", False),
        ("payment_means", "BENEFIT_CONSENT", True),
        ("payment_means", "BENEFIT_FORCED", False),
        ("phone", "0612345678", True),
        ("phone", "=1+1", False),
        ("email", "a@b", False),
        ("address", "=HYPERLINK(1)", False),
        ("address", "Bât. B, 3 rue « des Forges »", True),
        ("updated_at", "", False),
        ("birth_date", "2025-12-02", False),
        ("birth_date", "2025-12-01", True),
    ],
)
def test_what_a_parents_cells_take(tmp_path: Path, cell: str, value: str, is_taken: bool) -> None:
    report = take_in(tmp_path, "parents", row("parents", **{cell: value}))

    assert report.applied == is_taken
    assert Parent.objects.exists() == is_taken


def test_a_parent_abroad_has_no_fund(tmp_path: Path) -> None:
    report = take_in(
        tmp_path, "parents", row("parents", country="BE"), row("parents", parent_no="P2", country="BE", fund="")
    )

    assert problems(report) == {2: [("fund", "fund_abroad")]}
    assert Parent.objects.get().parent_no == "P2"


def test_errors_never_show_a_number_or_a_name(tmp_path: Path) -> None:
    wrong = row(
        "parents", postcode=ROWS["parents"]["nir"], country=ROWS["parents"]["iban"], payment_day="Lefèvre-Martin"
    )
    report = take_in(tmp_path, "parents", wrong)

    told = json.dumps(report.errors, ensure_ascii=False)
    assert len(report.errors[2]) == 3
    for hidden in (ROWS["parents"]["nir"], ROWS["parents"]["iban"], "Lefèvre"):
        assert hidden not in told


# ---- prices -------------------------------------------------------------------------------------------------------


def test_prices_without_a_hole_enter_and_the_next_month_follows(tmp_path: Path) -> None:
    assert take_in(tmp_path, "prices", of("2024-12"), of("2025-01")).applied == 2
    assert take_in(tmp_path, "prices", of("2025-02"), name="prices_next").applied == 1
    assert take_in(tmp_path, "prices", of("2024-11"), name="prices_before").applied == 1


@pytest.mark.parametrize(
    ("held", "given", "lacking"),
    [
        ([], ["2025-01", "2025-03"], "2025-02"),
        (["2025-01"], ["2025-03"], "2025-02"),
        (["2025-06"], ["2025-01", "2025-02", "2025-03"], "2025-04, 2025-05"),
    ],
)
def test_a_file_that_leaves_a_month_out_is_refused_whole(
    tmp_path: Path, held: list[str], given: list[str], lacking: str
) -> None:
    if held:
        take_in(tmp_path, "prices", *(of(month) for month in held), name="held")

    report = take_in(tmp_path, "prices", *(of(month) for month in given))

    assert [one.code for one in report.refusals] == ["month_missing"]
    assert report.refusals[0].message.endswith(f"série ALL_HOUSEHOLDS, base 2025 : {lacking}.")
    assert ReceivedFile.objects.get(name="prices.csv").state == "REFUSED"
    assert Price.objects.count() == len(held)


def test_a_hole_filled_by_the_same_file_or_of_another_series_or_base_is_none(tmp_path: Path) -> None:
    take_in(tmp_path, "prices", of("2025-01"), name="held")
    other = [of("2025-03", series="URBAN_WORKERS"), of("2025-04", base="2015")]

    assert take_in(tmp_path, "prices", of("2025-03"), of("2025-02"), *other).applied == 4


def test_a_wrong_value_in_the_middle_leaves_its_month_out(tmp_path: Path) -> None:
    report = take_in(tmp_path, "prices", of("2025-01"), of("2025-02", value="0"), of("2025-03"))

    assert [one.code for one in report.refusals] == ["month_missing"]
    assert not Price.objects.exists()


def test_a_refused_file_of_prices_enters_once_what_lacks_has_come(tmp_path: Path) -> None:
    take_in(tmp_path, "prices", of("2025-01"), name="a")
    late = write(tmp_path, "late", [of("2025-03")])
    assert import_file(late).refusals

    take_in(tmp_path, "prices", of("2025-02"), name="b")
    assert import_file(late).applied == 1


def test_an_index_published_within_its_month_is_wrong_and_a_revised_one_replaces(tmp_path: Path) -> None:
    early = take_in(tmp_path, "prices", row("prices", published_on="2025-10-31"))
    assert problems(early) == {2: [("published_on", "published_too_early")]}

    take_in(tmp_path, "prices", row("prices"), name="prices_ok")
    take_in(tmp_path, "prices", row("prices", value="99.90"), name="prices_revised")
    assert Price.objects.get(known_until=None).value_hundredths == 99_90
    assert Price.objects.count() == 2


# ---- late, doubled, hostile ---------------------------------------------------------------------------------------


def test_an_event_never_changes(tmp_path: Path) -> None:
    take_in(tmp_path, "events", event("COMPLAINT"))

    again = take_in(tmp_path, "events", event("COMPLAINT"), event("COMPLAINT_CLOSED", event_no=2), name="events_b")
    assert (again.applied, again.unchanged, again.rejected) == (1, 1, 0)

    other = take_in(tmp_path, "events", event("COMPLAINT_CLOSED"), name="events_c")
    assert problems(other) == {2: [("event_no", "version_conflict")]}
    assert "évènement" in other.errors[2][0]["message"]
    assert Event.objects.get(event_no=1).kind == "COMPLAINT"


def test_two_events_under_one_number_in_a_file_are_an_error_of_the_second(tmp_path: Path) -> None:
    report = take_in(tmp_path, "events", event("COMPLAINT"), event("COMPLAINT_CLOSED"), event("COMPLAINT"))

    assert problems(report) == {3: [("event_no", "duplicate_key")]}
    assert Event.objects.get().kind == "COMPLAINT"


def test_an_event_of_a_case_that_is_not_there_yet_waits(tmp_path: Path) -> None:
    assert take_in(tmp_path, "events", event("COMPLAINT", case_no="C9", day="2031-01-01")).applied == 1


def test_a_title_that_comes_after_its_correction_does_not_undo_it(tmp_path: Path) -> None:
    take_in(tmp_path, "titles", *title_of_two(cash_share="200.00", received_at="2026-01-10"), name="titles_b")
    late = take_in(tmp_path, "titles", *title_of_two(), name="titles_a")

    assert (late.applied, late.unchanged, late.rejected) == (0, 2, 0)
    assert set(Title.objects.values_list("cash_share_cents", flat=True)) == {200_00}


def test_a_corrected_row_is_replayed_against_the_same_rules(tmp_path: Path) -> None:
    take_in(tmp_path, "titles", row("titles"), row("titles", child_id="K2", due_day="29"))
    rejected = RejectedRow.objects.get()

    still = replay_row(rejected.pk, row("titles", child_id="K2", due_day="11"), by="agent")
    assert [(one["column"], one["code"]) for one in still.errors] == [("due_day", "disagrees")]
    assert replay_row(rejected.pk, row("titles", child_id="K2"), by="agent").errors == []
    assert Title.objects.count() == 2


def test_a_hostile_file_says_every_error_of_every_row(tmp_path: Path) -> None:
    rows = [
        event("PAYMENT_RECEIVED", event_no="x", amount="1e9", means="GOLD", day="2026-02-30"),
        event("DROP TABLE", event_no=2),
        event("END_REQUEST", event_no=3, party="=1+1", text="@cmd"),
        event("COMPLAINT", event_no=4),
    ]
    report = take_in(tmp_path, "events", *rows)

    assert problems(report) == {
        2: [("event_no", "bad_value"), ("day", "bad_value"), ("means", "bad_value"), ("amount", "bad_value")],
        3: [("kind", "bad_value")],
        4: [("party", "bad_value"), ("text", "bad_value")],
    }
    assert Event.objects.get().event_no == 4


def test_a_missing_column_refuses_the_file_and_a_manifest_is_believed(tmp_path: Path) -> None:
    lacking = {name: value for name, value in row("titles").items() if name != "cash_share"}
    report = import_file(write(tmp_path, "titles", [lacking], {"kind": "titles"}))
    assert [one.code for one in report.refusals] == ["column_missing"]

    wrong = import_file(write(tmp_path / "b", "titles", title_of_two(), {"kind": "titles", "sum_cents": 499_99}))
    assert [one.code for one in wrong.refusals] == ["CMG-027"]
    right = import_file(write(tmp_path / "c", "titles", title_of_two(), {"kind": "titles", "sum_cents": 500_00}))
    assert right.applied == 2


def test_columns_are_those_of_the_contract() -> None:
    from aripa.flows.kinds import EVENTS, PARENTS, PRICES, TITLES

    for kind in (PARENTS, TITLES, PRICES, EVENTS):
        assert [column.name for column in kind.columns] == list(ROWS[kind.name])


def test_a_file_written_by_a_spreadsheet_with_quotes_enters_the_same(tmp_path: Path) -> None:
    path = tmp_path / "titles.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.DictWriter(handle, list(ROWS["titles"]), quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(title_of_two(in_kind="Cantine, « demi-pension »"))

    assert import_file(path).applied == 2
    assert Title.objects.first().in_kind == "Cantine, « demi-pension »"  # type: ignore[union-attr]
