"""What is kept and for how long: keys 72 hours, tokens an hour, messages thirteen months. By small lots, each whole: killed
anywhere, the next run goes on with what is left."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from monenfant.models import AvailabilityMessage, RefusedMessage, VendorToken
from monenfant.operations import KEY_SERVES

MESSAGES_MONTHS = 13
LOT = 1_000
# Rows of one run at most: what is left waits for the next one, an hour later.
LOTS_MOST = 500


def forget_old(*, now: datetime) -> dict[str, int]:
    """How many keys, tokens and messages were forgotten. A second call finds nothing left to do."""
    keys = AvailabilityMessage.objects.filter(key__isnull=False, received_at__lte=now.astimezone(UTC) - KEY_SERVES)
    tokens = VendorToken.objects.filter(expires_at__lte=timezone.now())
    old = {"received_at__lt": months_before(now, MESSAGES_MONTHS)}
    return {
        "keys": _by_lots(keys, lambda lot: lot.update(key=None)),
        "tokens": _by_lots(tokens, _delete),
        "taken": _by_lots(AvailabilityMessage.objects.filter(**old), _delete),
        "refused": _by_lots(RefusedMessage.objects.filter(**old), _delete),
    }


def months_before(now: datetime, months: int) -> datetime:
    """The same hour so many months ago; the last day of a shorter month."""
    local = timezone.localtime(now)
    year, month = divmod(local.year * 12 + local.month - 1 - months, 12)
    following = local.replace(year=year + (month == 11), month=(month + 1) % 12 + 1, day=1)
    return local.replace(year=year, month=month + 1, day=min(local.day, (following - timedelta(days=1)).day))


def _delete(lot: QuerySet[Any]) -> int:
    return lot.delete()[0]


def _by_lots(found: QuerySet[Any], act: Callable[[QuerySet[Any]], int]) -> int:
    done = 0
    for _lot in range(LOTS_MOST):
        pks = list(found.order_by("pk").values_list("pk", flat=True)[:LOT])
        if not pks:
            break
        done += act(found.model.objects.filter(pk__in=pks))
    return done
