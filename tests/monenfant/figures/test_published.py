"""What may be shown of a day: nothing of one or two, nothing found by subtraction, and sums that stay whole."""

from itertools import product

import pytest

from monenfant.figures.published import GROUPS, OTHERS, Area, Published
from monenfant.models import AreaFigures, FigureDay
from monenfant.models.figures import HALF_DAYS
from tests.monenfant.figures.offer import CLERMONT, DAY, MONDAY, MOULINS, RIOM, THIERS

pytestmark = pytest.mark.django_db
PER_UNIT = {"structure_places": 20, "structures_reporting": 1, "hours_places": 10, "presence_hours": 300,
            "billed_hours": 400, "theoretical_hours": 500, "childminder_places": 4, "childminders_reporting": 1}  # fmt: skip


def row(day: FigureDay, number: str, structures: int, childminders: int, children: int | None = None) -> AreaFigures:
    """Every structure reported, is heard and sent its hours; so did every childminder."""
    units = {"structures": structures, "childminders": childminders, "structures_heard": structures,
             "childminders_heard": childminders, "hours_structures": structures}  # fmt: skip
    counts: dict[str, object] = dict(units)
    for unit, names in GROUPS.items():
        for name in names:
            if name in PER_UNIT:
                counts[name] = PER_UNIT[name] * units[unit]
            elif name.endswith("_free"):
                counts[name] = [units[unit]] * HALF_DAYS
    is_commune = len(number) > 3
    return AreaFigures(day=day, departement=number[:2], commune=number if is_commune else "", children_under_3=children,
                       **counts)  # fmt: skip


def counted(communes: dict[str, tuple[int, int]], children: dict[str, int] | None = None) -> Published:
    """A day where départements are the sums of their communes."""
    day = FigureDay.objects.create(counted_on=DAY, week=MONDAY, hours_year=2025, volumes={})
    sums: dict[str, tuple[int, int]] = {}
    for number, (structures, childminders) in communes.items():
        before = sums.get(number[:2], (0, 0))
        sums[number[:2]] = (before[0] + structures, before[1] + childminders)
    known = children or {}
    rows = [row(day, number, *units, known.get(number)) for number, units in {**communes, **sums}.items()]
    AreaFigures.objects.bulk_create(rows)
    return Published(day)


def by_number(areas: list[Area]) -> dict[str, Area]:
    return {one.number: one for one in areas}


def test_a_commune_with_two_structures_is_told_with_the_others_only() -> None:
    found = by_number(counted({CLERMONT: (9, 30), RIOM: (2, 12), THIERS: (3, 8), "63003": (5, 3)}).communes("63"))

    assert (found[CLERMONT].structures, found[CLERMONT].structure_places) == (9, 180)
    assert (found[RIOM].structures, found[RIOM].real_occupancy, found[RIOM].childminders) == (None, None, 12)
    # The smallest shown one goes with it: alone, the département's total would tell Riom's.
    assert (found[THIERS].structures, found["63003"].structures) == (None, 5)
    assert (found[OTHERS].structures, found[OTHERS].structure_places) == (5, 100)
    assert found[OTHERS].childminders == 0


def test_coverage_needs_structures_childminders_and_children() -> None:
    published = counted(
        {CLERMONT: (9, 30), RIOM: (2, 12), THIERS: (3, 8), "63003": (5, 3)},
        {CLERMONT: 500, RIOM: 100, "63": 1000},
    )
    found = by_number(published.communes("63"))

    assert found[CLERMONT].coverage == 1000 * (180 + 120) // 500
    assert found[RIOM].coverage is None
    assert found["63003"].coverage is None
    assert published.departement("63").coverage == 380 + 212
    assert published.covered.coverage == 592


def test_a_departement_withheld_withholds_its_communes_and_its_smallest_peer() -> None:
    published = counted({CLERMONT: (9, 30), MOULINS: (2, 40), "15014": (4, 40), "43157": (7, 40)})

    assert {one.number: one.structures for one in published.departements} == {
        "03": None, "15": None, "43": 7, "63": 9,
    }  # fmt: skip
    assert published.france.structures == 22
    assert by_number(published.communes("15"))["15014"].structures is None
    assert by_number(published.communes("15"))["15014"].childminders == 40
    assert OTHERS not in by_number(published.communes("15"))


def test_the_country_itself_is_withheld_below_three() -> None:
    published = counted({CLERMONT: (2, 30)})

    assert (published.france.structures, published.france.presence_hours) == (None, None)
    assert published.france.childminders == 30


def test_what_is_told_adds_up_to_the_departement() -> None:
    published = counted({CLERMONT: (9, 30), RIOM: (1, 2), THIERS: (1, 8), "63003": (1, 1), "63009": (0, 4)})
    whole, told = published.departement("63"), published.communes("63")

    for name in ("structures", "structure_places", "childminders", "presence_hours"):
        assert sum(getattr(one, name) or 0 for one in told) == getattr(whole, name), name
    halves = zip(*(one.childminder_free for one in told if one.childminder_free), strict=True)
    assert [sum(half) for half in halves] == whole.childminder_free


def test_nobody_finds_a_small_commune_from_all_that_is_told() -> None:
    """Every département of three communes with up to four structures: whatever is not told is told of two together."""
    numbers = (CLERMONT, RIOM, THIERS)
    for units in product(range(5), repeat=3):
        FigureDay.objects.all().delete()
        published = counted(
            {number: (one, 9) for number, one in zip(numbers, units, strict=True)} | {MOULINS: (9, 9), "15014": (9, 9)}
        )
        told = by_number(published.communes("63"))
        shown = {number for number in numbers if told[number].structures is not None}
        assert all(dict(zip(numbers, units, strict=True))[number] not in (1, 2) for number in shown), units
        silent = [one for number, one in zip(numbers, units, strict=True) if number not in shown]
        whole = published.departement("63").structures
        assert not silent or whole is None or (len(silent) > 1 and sum(silent) >= 3), units


def test_every_commune_is_read_departement_by_departement() -> None:
    published = counted({CLERMONT: (9, 30), MOULINS: (5, 5)})

    assert [(one.departement, one.number) for one in published.every_commune()] == [("03", MOULINS), ("63", CLERMONT)]
