"""Free places read back from their months, as tests compare them."""

from collections.abc import Mapping
from datetime import timedelta

from monenfant.rules.availability import BANDS, Series, Slot


def as_slots(months: Mapping[Series, bytes]) -> list[Slot]:
    """The slots with at least one place, in the order of their days."""
    found = [
        Slot(month + timedelta(days=index // 3), BANDS[index % 3], age_group, kind, places)
        for (month, kind, age_group), row in months.items()
        for index, places in enumerate(row)
        if places
    ]
    return sorted(found, key=lambda slot: (slot.date, BANDS.index(slot.band), slot.kind, slot.age_group))
