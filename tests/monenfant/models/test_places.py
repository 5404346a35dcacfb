"""Free places and delegations: what the index of the search holds, and what the tables refuse."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from monenfant.models import AvailabilityMonth, CarePlace, Manager, SoftwareDelegation, SoftwareVendor

pytestmark = pytest.mark.django_db


def test_one_index_finds_what_is_free_on_a_day_around_a_point() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'availability_search'")
        (definition,) = cursor.fetchone()

    assert "(month, kind, age_group, cell) INCLUDE (free_days, place_id)" in definition


@pytest.mark.parametrize(
    "change", [{"free_days": 0}, {"month": date(2026, 12, 2)}, {"kind": "SOMETIMES"}, {"age_group": "0-6"}]
)
def test_months_that_cannot_be(change: dict[str, Any]) -> None:
    place = CarePlace.objects.create(
        provider="STRUCTURE", number="S1", kind="MICRO", insee_code="63113", lat=45.78, lon=3.08, cell=1, most_places=12
    )
    facts: dict[str, Any] = {
        "place": place, "cell": 1, "month": date(2026, 12, 1), "kind": "REGULAR", "age_group": "ANY", "free_days": 1,
        "places": b"\1",
    }  # fmt: skip
    AvailabilityMonth.objects.create(**facts).delete()

    with pytest.raises(IntegrityError), transaction.atomic():
        AvailabilityMonth.objects.create(**facts | change)


@pytest.mark.parametrize(
    ("start", "end", "allowed"),
    [
        (date(2026, 6, 1), None, True),
        (date(2026, 5, 31), None, False),
        (date(2025, 1, 1), date(2026, 1, 1), True),
        (date(2025, 1, 1), date(2026, 1, 2), False),
    ],
)
def test_one_delegation_a_day_of_a_manager_to_a_vendor(start: date, end: date | None, allowed: bool) -> None:
    manager = Manager.objects.create(siret="21750001600019")
    vendor, other = (SoftwareVendor.objects.create(code=code, name=code) for code in "AB")
    SoftwareDelegation.objects.create(manager=manager, vendor=vendor, start=date(2026, 1, 1), end=date(2026, 6, 1))
    SoftwareDelegation.objects.create(manager=manager, vendor=other, start=date(2026, 1, 1))

    if allowed:
        SoftwareDelegation.objects.create(manager=manager, vendor=vendor, start=start, end=end)
    else:
        with pytest.raises(IntegrityError), transaction.atomic():
            SoftwareDelegation.objects.create(manager=manager, vendor=vendor, start=start, end=end)
