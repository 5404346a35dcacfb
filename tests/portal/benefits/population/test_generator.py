"""The synthetic families: the same bytes for the same seed, every case of the law among them, nothing that a flow refuses."""

from pathlib import Path

import polars as pl
import pytest

from portal.benefits.flows.kinds import KINDS
from portal.benefits.population import generate
from portal.exchange.checking import check
from portal.exchange.reading import LINE

FAMILIES = 4_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("benefits")
    generate(FAMILIES, 7, out)
    return out


@pytest.fixture(scope="module")
def frames(folder: Path) -> dict[str, pl.DataFrame]:
    return {kind.name: pl.read_csv(folder / f"{kind.name}.csv", infer_schema=False) for kind in KINDS}


def test_the_same_seed_writes_the_same_bytes_and_another_does_not(folder: Path, tmp_path: Path) -> None:
    again, other = tmp_path / "again", tmp_path / "other"
    generate(FAMILIES, 7, again)
    generate(FAMILIES, 8, other)

    for kind in KINDS:
        written = (folder / f"{kind.name}.csv").read_bytes()
        assert written == (again / f"{kind.name}.csv").read_bytes()
        assert written != (other / f"{kind.name}.csv").read_bytes()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_no_row_is_refused(frames: dict[str, pl.DataFrame], kind) -> None:  # type: ignore[no-untyped-def]
    rows = frames[kind.name].with_row_index(LINE, offset=2).with_columns(pl.col(LINE).cast(pl.Int64))

    assert check(rows, kind).errors == {}
    assert rows.select(kind.key).is_duplicated().sum() == 0


def test_france_and_mayotte_live_there(frames: dict[str, pl.DataFrame]) -> None:
    funds = frames["benefit-families"]["fund"]

    assert funds.n_unique() > 90
    assert funds.is_in(["CAF976"]).sum() > 20
    assert frames["benefit-families"]["iban"].is_null().any()


def test_incomes_stand_under_on_and_just_above_the_ceiling(frames: dict[str, pl.DataFrame]) -> None:
    """The ceilings of 2026 as the reference publishes them: 22 274 and 6 682 by child."""
    broods = frames["benefit-children"].group_by("fund", "beneficiary_no").len()
    told = frames["benefit-resources"].filter(pl.col("resource_year") == "2024", pl.col("fund") != "CAF976")
    over = told.join(broods, on=["fund", "beneficiary_no"]).select(
        over=pl.col("net_category_income").cast(pl.Int64) - 22_274 - 6_682 * pl.col("len").cast(pl.Int64)
    )["over"]

    assert (over < 0).sum() > FAMILIES // 2
    assert (over == 0).sum() > 10
    assert (over == 1).sum() > 10
    assert over.is_between(2, 400).sum() > 50


def test_pupils_of_sixteen_to_eighteen_say_everything_or_nothing(frames: dict[str, pl.DataFrame]) -> None:
    born = pl.col("birth_date").str.slice(0, 4).cast(pl.Int64)
    pupils = frames["benefit-children"].filter(born.is_between(2008, 2010), pl.col("fund") != "CAF976")
    told = pupils.join(frames["schooling"], on=["fund", "beneficiary_no", "child_id"], how="left")

    assert set(told["status"].unique()) == {"SCHOOL", "APPRENTICE", "NONE", None}
    assert told.filter(pl.col("status") == "APPRENTICE")["monthly_pay"].null_count() == 0


def test_decisions_have_every_category_with_compensation_or_without(frames: dict[str, pl.DataFrame]) -> None:
    told = frames["commission-decisions"]

    assert set(told["complement"].unique()) >= {"0", "2", "3"}
    assert {rate for rate in told["incapacity_rate"].unique() if int(rate) < 80}
    chosen = told.filter(pl.col("chose_compensation") == "1")
    assert set(chosen["complement"].unique()) >= {"0", "2", "3"}
    assert chosen["incapacity_rate"].cast(pl.Int64).min() >= 50  # type: ignore[operator]


def test_boundaries_of_birth_are_among_them(frames: dict[str, pl.DataFrame]) -> None:
    born = set(frames["benefit-children"]["birth_date"])

    assert {"2021-01-31", "2021-02-01", "2008-09-15", "2008-09-16"} <= born


def test_bounds_are_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="familles"):
        generate(0, 1, tmp_path)
    with pytest.raises(ValueError, match="rentrée"):
        generate(1, 1, tmp_path, school_year=2017)
