"""A day of the requests: who is reminded, who stayed silent. Done again it finds nothing left to do; it never fines."""

from collections import Counter
from datetime import date, datetime, timedelta

from django.db import transaction

from fraud.models import ThirdPartyRequest, ThirdPartyState
from fraud.rules.figures import control_parameters
from fraud.thirdparties.asking import remind
from fraud.thirdparties.moving import bring, locked

BY, AT_ONCE = "portail", 500
T = ThirdPartyState


def live_day(*, day: date, at: datetime) -> Counter[str]:
    """Move what the day moves, a request a transaction; how many, by the state they came to."""
    counts: Counter[str] = Counter()
    waiting = ThirdPartyRequest.objects.filter(
        state__in=[T.SENT, T.REMINDED], received_on__isnull=False, purged_on=None
    )
    for pk in list(waiting.filter(due_on__lt=day).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        counts[T.SILENT] += _silent(pk, day, at)
    days = int(control_parameters().value("third_party.reminder_days", day))
    asked = waiting.filter(state=T.SENT, due_on__gte=day, received_on__lte=day - timedelta(days=days))
    for pk in list(asked.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        remind(request_pk=pk, by=BY, on=day, at=at)
        counts[T.REMINDED] += 1
    return counts


def _silent(pk: int, day: date, at: datetime) -> bool:
    """Whether the request became silent here: somebody may have answered since it was listed."""
    with transaction.atomic():
        found = locked(pk)
        if found.state not in (T.SENT, T.REMINDED):
            return False
        bring(found, T.SILENT, by=BY, on=day, at=at, reason="délai écoulé sans réponse", silent_on=day)
    return True
