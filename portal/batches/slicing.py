"""How a run is cut into slices of whole buckets, and what its slices add up to."""

from collections.abc import Iterable, Mapping
from typing import Any

from portal.batches.models import Slice
from portal.exchange.buckets import BUCKETS

ROWS_PER_SLICE = 25_000
SLICE_COUNTS = (1, 2, 4, 8, 16, 32, 64)
SLICES_PER_WORKER = 8


def slice_count(rows: int) -> int:
    """How many slices: a power of two, so that each takes whole buckets; at least four once there is some work."""
    wanted = max(4 if rows > 1_000 else 1, -(-rows // ROWS_PER_SLICE))
    return next((count for count in SLICE_COUNTS if count >= wanted), SLICE_COUNTS[-1])


def buckets_of(part: Slice) -> tuple[int, int]:
    """The buckets [low, high) of a slice."""
    width = BUCKETS // int(part.run.totals["slices"])
    return part.number * width, (part.number + 1) * width


def workers_for(slices: int, most: int) -> int:
    """As many processes as have enough slices to share, `most` at most."""
    return min(most, max(1, slices // SLICES_PER_WORKER))


def add_totals(totals: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Sum of nested counts, key by key."""
    result: dict[str, Any] = {}
    for part in totals:
        for key, value in part.items():
            if isinstance(value, Mapping):
                result[key] = add_totals([result.get(key, {}), value])
            else:
                result[key] = result.get(key, 0) + value
    return result
