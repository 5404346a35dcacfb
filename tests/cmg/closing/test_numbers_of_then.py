"""A family that moved: its past months keep the number that it bore then, and its present one is still looked at."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cmg.closing.trial import try_month
from cmg.models import Account, Right
from tests.cmg.remedies.families import Files, c01, received

JULY = date(2019, 7, 1)
PARIS = ZoneInfo("Europe/Paris")


def open_in_2019(files: Files) -> None:
    """C01 once its right was decided again: open until school."""
    c01(files)
    for kind in ("rights_fund", "rights_pajemploi"):
        files[kind][0] |= {"status": "ACTIVE", "end": "2021-09-01"}


def renumbered(fund: str, number: str, at: datetime) -> None:
    """The account bears another number from `at` on, as a repair or a file says it."""
    known = Account.objects.get(employer_no="E1", known_until__isnull=True)
    known.known_until = at
    known.save(update_fields=["known_until"])
    known.pk, known.known_from, known.known_until, known.fund, known.beneficiary_no = None, at, None, fund, number
    known.save(force_insert=True)


def outcome(month: date = JULY) -> tuple[str, int, int, str]:
    found = try_month(month, ["E1"], on=date(2019, 9, 30)).settlements.row(0, named=True)
    return found["status"], found["debit_cents"], found["payout_cents"], found["anomaly_codes"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("case", "fund", "number", "changed", "expected"),
    [
        ("moved years later: July is what it was", "CAF43", "B43", datetime(2026, 10, 26, 10, tzinfo=PARIS), "SETTLED"),
        ("moved on the day the right ended: it was over", "CAF43", "B43", datetime(2021, 9, 1, tzinfo=PARIS), "SETTLED"),
        ("moved the day before: the right was still open", "CAF43", "B43", datetime(2021, 8, 31, 23, 59, tzinfo=PARIS), "HELD"),
        ("changed while the month lasted", "CAF43", "B43", datetime(2019, 7, 31, 23, 59, tzinfo=PARIS), "HELD"),
    ],
)  # fmt: skip
def test_a_past_month_keeps_the_number_of_then(
    case: str, fund: str, number: str, changed: datetime, expected: str, tmp_path: Path
) -> None:
    received(tmp_path, open_in_2019)
    before = outcome()
    assert before == ("SETTLED", 0, 29_562, "")

    renumbered(fund, number, changed)

    now = outcome()
    assert now == (before if expected == "SETTLED" else ("HELD", 0, 29_562, "CMG-013")), case


@pytest.mark.django_db
def test_a_link_made_and_undone_leaves_the_doubt(tmp_path: Path) -> None:
    received(tmp_path, open_in_2019)
    renumbered("CAF43", "B43", datetime(2019, 6, 1, tzinfo=PARIS))
    assert outcome()[0] == "HELD", "the account never bore the right's number when July was over"

    renumbered("CAF63", "B1", datetime(2022, 9, 2, tzinfo=PARIS))
    assert outcome()[0] == "SETTLED", "linked by its present number"
    renumbered("CAF43", "B43", datetime(2022, 9, 3, tzinfo=PARIS))

    assert outcome()[0] == "HELD"


@pytest.mark.django_db
def test_a_right_of_the_former_number_that_another_nir_bears_is_not_the_familys(tmp_path: Path) -> None:
    received(tmp_path, open_in_2019)
    Right.objects.update(nir_key="00000000-0000-0000-0000-000000000001")

    renumbered("CAF43", "B43", datetime(2026, 10, 26, tzinfo=PARIS))

    status, _debit, _payout, codes = outcome()
    assert status == "HELD"
    assert "CMG-012" in codes or "CMG-013" in codes


@pytest.mark.django_db
def test_a_right_still_open_under_a_number_that_the_account_left_is_looked_at(tmp_path: Path) -> None:
    received(tmp_path, open_in_2019)
    Right.objects.update(ends_on=None)

    renumbered("CAF43", "B43", datetime(2026, 10, 26, tzinfo=PARIS))

    assert outcome() == ("HELD", 0, 29_562, "CMG-013")
