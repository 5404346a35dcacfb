"""Keys after 72 hours, messages after thirteen months, tokens after an hour: by lots, and killed anywhere."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from monenfant.models import AvailabilityMessage, RefusedMessage, VendorSecret, VendorToken
from monenfant.operations import replace_window
from monenfant.transmission import keeping
from monenfant.transmission.keeping import forget_old, months_before
from monenfant.transmission.tasks import forget
from tests.monenfant.transmission.scene import DAY, scene

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 11, 26, 9, tzinfo=UTC)


def test_thirteen_months_and_not_a_second_less(monkeypatch: pytest.MonkeyPatch) -> None:
    place, vendor, _secret = scene()
    limit = months_before(NOW, 13)
    ages: list[Any] = [
        limit - timedelta(seconds=1),
        limit,
        NOW - timedelta(hours=72),
        NOW - timedelta(hours=71, minutes=59),
    ]
    for number, at in enumerate(ages, 1):
        replace_window(place_pk=place.pk, key=uuid4(), sequence=number, mode="AUTOMATED", first=DAY, end=DAY + timedelta(days=30),
                       slots=(), body=b"x", answer={}, now=at, vendor_pk=vendor.pk)  # fmt: skip
        RefusedMessage.objects.create(place=place, vendor=vendor, received_at=at, status=422, codes=[], answer={})
    monkeypatch.setattr(keeping, "LOT", 1)

    assert forget_old(now=NOW) == {"keys": 3, "tokens": 0, "taken": 1, "refused": 1}
    assert forget_old(now=NOW) == {"keys": 0, "tokens": 0, "taken": 0, "refused": 0}
    assert list(AvailabilityMessage.objects.order_by("sequence").values_list("sequence", flat=True)) == [2, 3, 4]
    assert AvailabilityMessage.objects.get(key__isnull=False).sequence == 4


def test_killed_after_a_lot_the_next_run_does_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    place, vendor, _secret = scene()
    old = NOW - timedelta(days=500)
    for _message in range(5):
        RefusedMessage.objects.create(place=place, vendor=vendor, received_at=old, status=422, codes=[], answer={})
    monkeypatch.setattr(keeping, "LOT", 2)
    monkeypatch.setattr(keeping, "LOTS_MOST", 1)
    forget_old(now=NOW)
    assert RefusedMessage.objects.count() == 3

    monkeypatch.setattr(keeping, "LOTS_MOST", 500)
    forget_old(now=NOW)
    assert not RefusedMessage.objects.exists()


def test_the_task_forgets_tokens_that_expired() -> None:
    scene()
    secret, now = VendorSecret.objects.get(), timezone.now()
    for number, ends in enumerate((now, now + timedelta(minutes=5))):
        VendorToken.objects.create(secret=secret, token_hash=str(number), expires_at=ends)

    forget()

    assert list(VendorToken.objects.values_list("token_hash", flat=True)) == ["1"]


@pytest.mark.parametrize(
    ("now", "before"),
    [
        ("2027-11-26", "2026-10-26"),
        ("2027-03-31", "2026-02-28"),
        ("2027-01-15", "2025-12-15"),
        ("2029-03-31", "2028-02-29"),
    ],
)
def test_months_before_are_those_of_the_calendar(now: str, before: str) -> None:
    noon = timezone.make_aware(datetime.fromisoformat(now + "T12:00"))
    assert months_before(noon, 13).date().isoformat() == before
