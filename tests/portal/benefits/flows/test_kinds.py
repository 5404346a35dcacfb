"""Files of the benefits: each wrong row is refused with its reason and the others enter; versions; what is never rewritten."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.db import IntegrityError, transaction

from portal.benefits.flows.kinds import KINDS
from portal.benefits.models import CommissionDecision, FamilyFile, FamilyResources, Schooling
from portal.exchange.buckets import bucket_of
from portal.exchange.checking import check
from portal.exchange.flows import kind_for
from portal.exchange.reading import LINE
from tests.cmg.files import write
from tests.portal.benefits.rows import ROWS, row, take_in

OF = {kind.name: kind for kind in KINDS}
# Kind, cells changed, and the column and code of the only error; without a code, the look-alike that must enter.
CASES: list[tuple[str, dict[str, Any], str]] = [
    ("benefit-families", {"fund": "MSA63"}, "scheme:other_scheme"),
    ("benefit-families", {"fund": "MSA63", "scheme": "AGRICULTURAL"}, ""),
    ("benefit-families", {"scheme": "AGRICULTURAL"}, "scheme:other_scheme"),
    ("benefit-families", {"fund": "CAF974", "scheme": "AGRICULTURAL"}, ""),
    ("benefit-families", {"birth_date": "2026-08-02"}, "birth_date:born_later"),
    ("benefit-families", {"birth_date": "2026-08-01", "nir": "", "iban": "", "first_names": ""}, ""),
    ("benefit-families", {"updated_at": ""}, "updated_at:required"),
    ("benefit-families", {"last_name": "=1+1"}, "last_name:bad_value"),
    ("benefit-children", {"dependent_until": "2009-03-02"}, "dependent_until:period_reversed"),
    ("benefit-children", {"dependent_until": "2009-03-03"}, ""),
    ("benefit-children", {"dependent_from": "2009-03-01"}, "dependent_from:before_birth"),
    ("benefit-children", {"birth_date": ""}, "birth_date:required"),
    ("benefit-resources", {"resource_year": "2026"}, "resource_year:year_not_over"),
    ("benefit-resources", {"resource_year": "2025"}, ""),
    ("benefit-resources", {"resource_year": "1999"}, "resource_year:bad_value"),
    ("benefit-resources", {"net_category_income": "-1"}, "net_category_income:bad_value"),
    ("benefit-resources", {"net_category_income": ""}, "net_category_income:required"),
    ("benefit-resources", {"net_category_income": "0"}, ""),
    ("schooling", {"status": "NONE", "cycle": "LYCEE"}, "cycle:not_expected"),
    ("schooling", {"status": "NONE"}, ""),
    ("schooling", {"fund": "CAF976"}, "cycle:lacking"),
    ("schooling", {"fund": "CAF976", "cycle": "LYCEE"}, ""),
    ("schooling", {"fund": "CAF976", "status": "NONE"}, ""),
    ("schooling", {"status": "APPRENTICE"}, "monthly_pay:lacking"),
    ("schooling", {"status": "APPRENTICE", "monthly_pay": "0"}, ""),
    ("schooling", {"declared_on": ""}, "declared_on:lacking"),
    ("schooling", {"declared_on": "", "source": "SCHOOL"}, ""),
    ("schooling", {"declared_on": "2026-08-02"}, "declared_on:declared_later"),
    ("schooling", {"school_year": "2028"}, "school_year:bad_value"),
    ("schooling", {"school_year": "2027"}, ""),
    ("commission-decisions", {"ends_on": "2025-07-01"}, "ends_on:period_reversed"),
    ("commission-decisions", {"ends_on": ""}, ""),
    ("commission-decisions", {"decided_on": "2025-06-11"}, "decided_on:decided_before_filed"),
    ("commission-decisions", {"decided_on": "2025-06-12"}, ""),
    # The category recognised beside PCH: no complement is paid, the lone parent's increase is.
    ("commission-decisions", {"chose_compensation": "1"}, ""),
    ("commission-decisions", {"chose_compensation": "1", "complement": "0", "complement_by_help": "0"}, ""),
    ("commission-decisions", {"complement": "1"}, "complement_by_help:not_by_help"),
    ("commission-decisions", {"complement": "1", "complement_by_help": "0"}, ""),
    ("commission-decisions", {"complement": "7"}, "complement:bad_value"),
    ("commission-decisions", {"incapacity_rate": "101"}, "incapacity_rate:bad_value"),
    ("boarding-periods", {"ends_on": "2026-09-02"}, "ends_on:period_reversed"),
    ("boarding-periods", {"ends_on": ""}, ""),
    ("boarding-periods", {"place": "HOME", "ends_on": ""}, "ends_on:lacking"),
    ("boarding-periods", {"place": "HOME"}, ""),
]


@pytest.mark.parametrize(("kind", "changes", "told"), CASES)
def test_a_wrong_row_is_told_with_its_column_and_its_look_alike_enters(
    kind: str, changes: dict[str, Any], told: str
) -> None:
    cells = {name: [value or None] for name, value in row(kind, **changes).items()}
    rows = pl.DataFrame(cells, schema=dict.fromkeys(cells, pl.String))
    checked = check(rows.with_columns(pl.lit(2, dtype=pl.Int64).alias(LINE)), OF[kind])

    errors = [f"{one['column']}:{one['code']}" for line in checked.errors.values() for one in line]
    assert errors == ([told] if told else [])


@pytest.mark.parametrize("kind", ROWS)
def test_a_header_alone_tells_its_kind(kind: str) -> None:
    assert kind_for(list(ROWS[kind]), "a-file.csv") is OF[kind]


def test_the_columns_that_outsiders_read_are_those_of_the_kinds() -> None:
    page = Path("docs/benefit-flows.md").read_text(encoding="utf-8")

    for kind in KINDS:
        section = page.split(f"## `{kind.name}`")[1].split("\n## ")[0]
        listed = [line.split("`")[1] for line in section.splitlines() if line.startswith("| `")]
        assert listed == [column.name for column in kind.columns], kind.name


@pytest.mark.django_db
def test_of_three_rows_the_wrong_one_waits_and_the_others_enter(tmp_path: Path) -> None:
    good, other = row("benefit-resources"), row("benefit-resources", beneficiary_no="0999999")
    wrong = row("benefit-resources", beneficiary_no="0888888", net_category_income="12,5")

    report = take_in(tmp_path, "benefit-resources", good, wrong, other)

    assert (report.applied, report.rejected, list(report.errors)) == (2, 1, [3])
    kept = FamilyResources.objects.order_by("beneficiary_no").values_list("beneficiary_no", "net_category_income_cents")
    assert list(kept) == [("0123456", 20_000_00), ("0999999", 20_000_00)]


@pytest.mark.django_db
def test_a_family_enters_with_its_keys_its_bucket_and_no_number_in_clear(tmp_path: Path) -> None:
    take_in(tmp_path, "benefit-families", row("benefit-families"))
    wrong = row("benefit-families", beneficiary_no="2", iban="FR7699999000010000000000799", nir="285036300100100")
    take_in(tmp_path, "benefit-families", wrong, name="again")

    one, other = FamilyFile.objects.order_by("beneficiary_no")
    assert (one.name_key, one.bucket) == ("LEFEVRE MAUD", bucket_of("CAF63:0123456"))
    assert (one.nir_valid, one.iban_valid, len(one.iban_tail)) == (True, True, 4)
    assert (other.nir_valid, other.iban_valid) == (False, False)
    assert other.nir_key is not None


@pytest.mark.django_db
def test_a_newer_version_ends_the_former_and_an_older_one_changes_nothing(tmp_path: Path) -> None:
    take_in(tmp_path, "schooling", row("schooling"))
    take_in(tmp_path, "schooling", row("schooling", status="NONE", updated_at="2026-08-20T06:00:00+02:00"), name="b")
    late = take_in(tmp_path, "schooling", row("schooling", updated_at="2026-08-10T06:00:00+02:00"), name="c")

    assert [one.status for one in Schooling.objects.filter(known_until=None)] == ["NONE"]
    assert (late.applied, late.unchanged, Schooling.objects.count()) == (0, 1, 2)


@pytest.mark.django_db
def test_the_sum_of_the_manifest_is_held_against_the_incomes(tmp_path: Path) -> None:
    from portal.exchange.operations import import_file

    told = {"kind": "benefit-resources", "sender": "CAF63", "sum_cents": 20_000_01}
    report = import_file(write(tmp_path, "r", [row("benefit-resources")], told))

    assert [one.code for one in report.refusals] == ["CMG-027"]
    assert FamilyResources.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "rewrite",
    [
        lambda: CommissionDecision.objects.update(complement=6),
        lambda: CommissionDecision.objects.all().delete(),
        lambda: CommissionDecision.objects.update(known_until=None, incapacity_rate=50),
    ],
)
def test_the_database_refuses_that_a_received_row_be_rewritten(tmp_path: Path, rewrite: Any) -> None:
    take_in(tmp_path, "commission-decisions", row("commission-decisions"))

    with pytest.raises(IntegrityError), transaction.atomic():
        rewrite()

    assert CommissionDecision.objects.get().complement == 3


@pytest.mark.django_db
def test_a_version_ends_once(tmp_path: Path) -> None:
    take_in(tmp_path, "commission-decisions", row("commission-decisions"))
    newer = row("commission-decisions", complement="4", updated_at="2026-09-01T06:00:00+02:00")
    take_in(tmp_path, "commission-decisions", newer, name="b")

    with pytest.raises(IntegrityError, match="ne se réécrit pas"), transaction.atomic():
        CommissionDecision.objects.filter(known_until__isnull=False).update(known_until=None)
