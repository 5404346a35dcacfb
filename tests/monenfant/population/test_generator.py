"""The generator: same arguments, same bytes; files that enter whole; the numbers of the country at its size."""

from collections import Counter
from pathlib import Path

import polars as pl
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from monenfant.flows.kinds import APPROVALS, DESKS, STRUCTURES
from monenfant.models import Approval, CareStructure, ChildcareDesk
from monenfant.population import generate
from monenfant.population.structures import NATIONAL, kinds_of
from monenfant.rules.structures import is_siret_valid
from portal.exchange.operations import import_files
from portal.organisations.communes import commune_of, distance_km


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def read(folder: Path, name: str) -> list[dict[str, str]]:
    return pl.read_csv(folder / f"{name}.csv", infer_schema=False).rows(named=True)


@pytest.fixture(scope="module")
def offer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("offer")
    generate(300, 2000, 1, folder)
    return folder


def test_the_same_seed_writes_the_same_bytes_and_another_does_not(tmp_path: Path, offer: Path) -> None:
    generate(300, 2000, 1, tmp_path / "again")
    generate(300, 2000, 2, tmp_path / "other")

    assert contents(tmp_path / "again") == contents(offer)
    assert not set(contents(tmp_path / "other").values()) & set(contents(offer).values())


def test_the_types_are_those_of_the_country() -> None:
    assert dict(Counter(kinds_of(14_862))) == NATIONAL
    assert sum(Counter(kinds_of(300)).values()) == 300


@pytest.mark.django_db
def test_every_row_enters(offer: Path) -> None:
    reports = import_files([offer / f"{kind.name}.csv" for kind in (STRUCTURES, APPROVALS, DESKS)])

    assert [(report.kind, report.rejected, report.refusals) for report in reports] == [
        ("care-structures", 0, []), ("childminder-approvals", 0, []), ("childcare-desks", 0, []),
    ]  # fmt: skip
    assert (CareStructure.objects.count(), Approval.objects.count()) == (300, 2000)
    assert ChildcareDesk.objects.count() == 3_240 * 300 // 14_862


def test_sirets_have_right_keys_and_no_two_structures_share_one(offer: Path) -> None:
    rows = [row for row in read(offer, "care-structures") if row["siret"]]

    assert all(is_siret_valid(row["siret"]) and is_siret_valid(row["manager_siret"]) for row in rows)
    assert len({row["siret"] for row in rows} | {row["manager_siret"] for row in rows}) == len(rows) + len(
        {row["manager_siret"] for row in rows}
    )
    assert all(row["siret"].startswith("000") for row in rows)


def test_everything_lies_in_its_commune(offer: Path) -> None:
    for name in ("care-structures", "childminder-approvals", "childcare-desks"):
        for row in read(offer, name):
            commune = commune_of(row["insee_code"])
            assert row["postcode"] in commune.postcodes
            assert distance_km(float(row["lat"]), float(row["lon"]), commune.lat, commune.lon) < 4


def test_houses_are_shared_and_each_childminder_of_one_is_where_it_is(offer: Path) -> None:
    houses = {row["cnaf_id"]: row for row in read(offer, "care-structures") if row["type"] == "CHILDMINDER_HOUSE"}
    inside = [row for row in read(offer, "childminder-approvals") if row["place"] == "MAM"]

    assert set(Counter(row["house_no"] for row in inside).values()) == {4}
    assert all(
        (row["lat"], row["lon"]) == (houses[row["house_no"]]["lat"], houses[row["house_no"]]["lon"]) for row in inside
    )


def test_desks_serve_communes_of_their_own_departement_once(offer: Path) -> None:
    served = [code for row in read(offer, "childcare-desks") for code in row["served"].split("|")]

    assert len(served) == len(set(served))
    assert len(served) > 5_000


@pytest.mark.parametrize(("structures", "childminders"), [(0, 1), (300_001, 1), (1, 0)])
def test_sizes_that_cannot_be(tmp_path: Path, structures: int, childminders: int) -> None:
    with pytest.raises(CommandError, match="Il faut"):
        call_command(
            "generate_childcare", structures=structures, childminders=childminders, seed=1, out=tmp_path / "no"
        )
    assert not (tmp_path / "no").exists()
