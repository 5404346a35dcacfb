"""Rows of titles: amounts, days, and what the rows of one title or of one case say alike."""

from pathlib import Path

import pytest

from aripa.models import Title
from tests.aripa.files import problems, row, take_in, title_of_two

pytestmark = pytest.mark.django_db

NO_TITLE = {"kind": "NONE", "monthly_total": "", "cash_share": "", "due_day": ""}


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ({"due_day": "1"}, []),
        ({"due_day": "28"}, []),
        ({"due_day": "0"}, [("due_day", "bad_value")]),
        ({"due_day": "29"}, [("due_day", "bad_value")]),
        ({"due_day": "10", "kind": "HOMOLOGATED_AGREEMENT"}, []),
        ({"due_day": "10", "kind": "NOTARIAL_DEED"}, [("due_day", "not_expected")]),
        ({"due_day": "", "kind": "NOTARIAL_DEED"}, []),
        ({"cash_share": ""}, [("cash_share", "required")]),
        ({"cash_share": "0.00"}, []),
        ({"monthly_total": "", "cash_share": "250.00"}, []),
        ({"cash_share": "250.01"}, [("cash_share", "above_total")]),
        ({"cash_share": "100.00"}, []),
        ({"amount_end": "2025-12-01"}, [("amount_end", "period_reversed")]),
        ({"amount_end": "2025-12-02"}, []),
        ({"end_condition": "DATE"}, [("amount_end", "required")]),
        ({"end_condition": "DATE", "amount_end": "2026-09-01"}, []),
        ({"effective_on": "", "amount_end": "2026-09-01"}, []),
        ({"cancels_support": "1"}, [("cash_share", "amount_of_cancelling_title")]),
        ({"cancels_support": "1", "cash_share": "0.00", "supersedes": "T0"}, []),
        ({"supersedes": "T1"}, [("supersedes", "supersedes_itself")]),
        ({"debtor_no": ""}, [("debtor_no", "required")]),
        ({"debtor_no": "P1"}, [("debtor_no", "same_parent")]),
        ({"kind": "LETTER"}, [("kind", "bad_value")]),
        ({"indexation": "CLAUSE", "base_month": "2025-09", "first_indexation_on": "2026-12-01"}, []),
        ({"received_at": ""}, [("received_at", "required")]),
        (NO_TITLE, []),
        (NO_TITLE | {"debtor_no": ""}, []),
        (NO_TITLE | {"cash_share": "0.00"}, [("cash_share", "amount_without_title")]),
        (NO_TITLE | {"monthly_total": "10.00"}, [("monthly_total", "amount_without_title")]),
    ],
)
def test_rules_between_the_cells_of_a_title(
    tmp_path: Path, cells: dict[str, str], found: list[tuple[str, str]]
) -> None:
    report = take_in(tmp_path, "titles", row("titles", **cells))

    assert problems(report).get(2, []) == found
    assert Title.objects.exists() is not bool(found)


def test_all_the_errors_of_a_title_are_told_at_once(tmp_path: Path) -> None:
    wrong = row("titles", due_day="30", debtor_no="", cash_share="300.00", amount_end="2025-11-30", sender="FRIEND")

    found = problems(take_in(tmp_path, "titles", wrong))[2]

    assert found == [
        ("due_day", "bad_value"), ("sender", "bad_value"), ("debtor_no", "required"), ("cash_share", "above_total"),
        ("amount_end", "period_reversed"),
    ]  # fmt: skip


# ---- one title, several rows --------------------------------------------------------------------------------------


def test_the_row_that_says_something_else_of_its_title_is_in_error(tmp_path: Path) -> None:
    rows = [*title_of_two(), row("titles", child_id="K3", title_date="2025-11-15", violence="1", cash_share="90.00")]
    report = take_in(tmp_path, "titles", *rows)

    assert problems(report) == {4: [("title_date", "disagrees"), ("violence", "disagrees")]}
    assert "toutes ses lignes" in report.errors[4][0]["remedy"]
    assert Title.objects.count() == 2


def test_children_of_one_title_have_amounts_and_dates_of_their_own(tmp_path: Path) -> None:
    other = row(
        "titles", child_id="K2", cash_share="90.00", effective_on="2026-01-01", end_condition="", in_kind="piano"
    )

    assert take_in(tmp_path, "titles", row("titles"), other).applied == 2


def test_an_unknown_fact_is_not_the_known_one(tmp_path: Path) -> None:
    report = take_in(tmp_path, "titles", row("titles"), row("titles", child_id="K2", enforceable_on=""))

    assert problems(report) == {3: [("enforceable_on", "disagrees")]}


def test_a_wrong_first_row_does_not_accuse_the_others(tmp_path: Path) -> None:
    rows = [row("titles", title_date="2025-02-30"), *title_of_two()[1:], row("titles", child_id="K3")]
    report = take_in(tmp_path, "titles", *rows)

    assert problems(report) == {2: [("title_date", "bad_value")]}
    assert Title.objects.count() == 2


def test_a_wrong_row_is_told_where_it_differs_besides(tmp_path: Path) -> None:
    rows = [*title_of_two(), row("titles", child_id="K3", title_date="2025-02-30", sender="NOTARY")]

    assert problems(take_in(tmp_path, "titles", *rows)) == {4: [("title_date", "bad_value"), ("sender", "disagrees")]}


def test_a_later_file_cannot_change_half_of_a_title(tmp_path: Path) -> None:
    take_in(tmp_path, "titles", *title_of_two())

    half = take_in(tmp_path, "titles", row("titles", issuer="TJ Riom", received_at="2026-01-02"), name="half")
    assert problems(half) == {2: [("issuer", "disagrees"), ("received_at", "disagrees")]}

    whole = take_in(tmp_path, "titles", *title_of_two(issuer="TJ Riom", received_at="2026-01-02"), name="whole")
    assert (whole.applied, whole.rejected) == (2, 0)
    assert set(Title.objects.filter(known_until=None).values_list("issuer", flat=True)) == {"TJ Riom"}


def test_an_amount_of_one_child_can_be_corrected_alone(tmp_path: Path) -> None:
    take_in(tmp_path, "titles", *title_of_two())

    assert take_in(tmp_path, "titles", row("titles", cash_share="240.00"), name="one").applied == 1


def test_a_child_forgotten_can_come_later(tmp_path: Path) -> None:
    take_in(tmp_path, "titles", row("titles"))

    assert take_in(tmp_path, "titles", *title_of_two(), name="both").applied == 1


# ---- one case, one creditor, one debtor ---------------------------------------------------------------------------


def test_a_case_keeps_its_parents_from_title_to_title(tmp_path: Path) -> None:
    later = {"title_no": "T2", "supersedes": "T1"}
    rows = [row("titles"), row("titles", **later, creditor_no="P9"), row("titles", **later, child_id="K2")]

    report = take_in(tmp_path, "titles", *rows)

    assert problems(report)[3] == [("creditor_no", "disagrees")]
    assert "un seul créancier" in report.errors[3][0]["message"]


def test_a_case_held_keeps_its_parents_too(tmp_path: Path) -> None:
    take_in(tmp_path, "titles", row("titles"))

    report = take_in(tmp_path, "titles", row("titles", title_no="T2", debtor_no="P9"), name="later")
    assert problems(report) == {2: [("debtor_no", "disagrees")]}
    assert take_in(tmp_path, "titles", row("titles", title_no="T3", case_no="C3", debtor_no="P9"), name="other").applied


def test_a_debtor_not_known_at_first_is_no_disagreement(tmp_path: Path) -> None:
    take_in(tmp_path, "titles", row("titles", title_no="T0", **NO_TITLE | {"debtor_no": ""}))

    assert take_in(tmp_path, "titles", row("titles"), name="later").applied == 1
