"""Figures that change every year: known until the day of change, refused from then on, open again with one line more."""

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from portal.benefits.rules import figures
from portal.benefits.rules.aeeh import AeehChild, aeeh_of_child
from portal.benefits.rules.ars import ArsChild, ars_of_family
from portal.benefits.rules.figures import FOLDER, benefit_parameters, missing_words
from portal.benefits.rules.yearly import UPRATED_ON, ending_each_year
from portal.legislation.parameters import COMMON, NoParameterInForce, Parameters

MARCH, APRIL = date(2027, 3, 31), date(2027, 4, 1)
LINES = {
    "bmaf": ("common/bmaf.yaml", "2027-04-01", "488.20"),
    "ceiling": ("benefits/ars.yaml", "2027-01-01", "22700"),
    "smic": ("common/smic_hourly_gross.yaml", "2027-01-01", "12.50"),
    "pss": ("common/social_security_ceiling.yaml", "2027-01-01", "4100"),
}


class Files:
    """The figures of an installation, in folders of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, *, day: str = "") -> None:
        """The next line of a figure, at the end of its values, as an operator adds it."""
        file, usual, value = LINES[name]
        path = self.folder / file
        line = f'    - {{from: {day or usual}, value: "{value}", status: verified, source: "test"}}'
        found = path.read_text(encoding="utf-8").splitlines()
        last = next(place for place in range(len(found)) if found[place].startswith("    - ") and
                    (place + 1 == len(found) or not found[place + 1].startswith("    - ")))  # fmt: skip
        path.write_text("\n".join([*found[: last + 1], line, *found[last + 1 :]]) + "\n", encoding="utf-8")
        benefit_parameters.cache_clear()


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Files]:
    for name, folder, place in (("common", COMMON, "COMMON"), ("benefits", FOLDER, "FOLDER")):
        shutil.copytree(folder, tmp_path / name)
        monkeypatch.setattr(figures, place, tmp_path / name)
    benefit_parameters.cache_clear()
    yield Files(tmp_path)
    benefit_parameters.cache_clear()


def base(day: date, territory: str = "METROPOLE") -> int:
    return int(aeeh_of_child(AeehChild(80), month=day, territory=territory)["base_cents"])


def ars(year: int, paid_on: date) -> int:
    found = ars_of_family(
        [ArsChild(date(year - 8, 5, 1), "PRIMARY", is_at_school=True)], annual_resources_cents=0, dependent_children=1,
        school_year=year, territory="METROPOLE", paid_on=paid_on,
    )  # fmt: skip
    return int(found.family["gross_cents"])


@pytest.mark.parametrize("territory", ["METROPOLE", "OVERSEAS", "MAYOTTE"])
def test_the_aeeh_stops_on_1_april_2027_for_every_child(territory: str) -> None:
    assert base(MARCH, territory) == 153_01
    for day in (APRIL, date(2027, 12, 1), date(2029, 1, 1)):
        with pytest.raises(NoParameterInForce) as refused:
            base(day, territory)
        assert refused.value.key == "bmaf"


def test_one_line_opens_the_year_and_the_next_one_waits_for_its_own(files: Files) -> None:
    files.write("bmaf")

    assert (base(MARCH), base(APRIL), base(date(2028, 3, 1))) == (153_01, 156_22, 156_22)
    with pytest.raises(NoParameterInForce):
        base(date(2028, 4, 1))


def test_a_line_of_may_does_not_fill_april(files: Files) -> None:
    files.write("bmaf", day="2027-05-01")

    assert (base(MARCH), base(date(2027, 5, 1))) == (153_01, 156_22)
    with pytest.raises(NoParameterInForce):
        base(APRIL)


def test_the_ars_of_august_2026_stands_and_a_late_payment_of_it_after_april_waits() -> None:
    assert ars(2026, date(2026, 8, 15)) == ars(2026, MARCH) == 429_01
    with pytest.raises(NoParameterInForce) as refused:
        ars(2026, APRIL)
    assert refused.value.key == "bmaf"


@pytest.mark.parametrize("lacking", ["bmaf", "ceiling", "smic"])
def test_the_ars_of_2027_wants_every_figure_of_its_year(files: Files, lacking: str) -> None:
    august = date(2027, 8, 15)
    for name in {"bmaf", "ceiling", "smic"} - {lacking}:
        files.write(name)
    with pytest.raises(NoParameterInForce):
        ars(2027, august)

    files.write(lacking)

    assert ars(2027, august) == 438_01
    with pytest.raises(NoParameterInForce):
        ars(2028, august.replace(year=2028))


def test_other_benefits_read_the_common_figure_as_it_is_written() -> None:
    common = Parameters.load(COMMON)

    assert common.value("bmaf", APRIL) == common.value("bmaf", MARCH)


def test_every_figure_with_a_day_of_change_ends_there_and_nowhere_before() -> None:
    written, ended = Parameters.load(COMMON, FOLDER), benefit_parameters()
    yearly = [key.removeprefix(UPRATED_ON) for key in written.figures if key.startswith(UPRATED_ON)]
    assert set(yearly) >= {"bmaf", "ars.ceiling_base", "mayotte.ars_ceiling_base", "social_security_ceiling.monthly"}
    for key in yearly:
        kept = [one for one in ended.figures[key].values if one not in written.figures[key].values]
        (end,) = kept or [written.figures[key].values[-1]]
        assert end.value is None, key
        assert end.since in (APRIL, date(2027, 1, 1), date(2026, 4, 1)), key
        assert end == ended.figures[key].values[-1], key
        assert ended.figures[key].values[-2].since > end.since - timedelta(days=366), key


def test_ending_twice_changes_nothing() -> None:
    assert ending_each_year(benefit_parameters()).digest() == benefit_parameters().digest()


def test_what_lacks_is_said_with_its_day_and_its_file() -> None:
    assert missing_words(NoParameterInForce("bmaf", APRIL)) == (
        "Base mensuelle de calcul des allocations familiales (BMAF) : aucune valeur connue au 01/04/2027. "
        "L’exploitant du portail écrit sa ligne dans portal/legislation/common/bmaf.yaml."
    )
    assert "portal/benefits/parameters/ars.yaml" in missing_words(NoParameterInForce("ars.ceiling_base", APRIL))
