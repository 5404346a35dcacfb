"""The lists of requests, and what each waits for."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet

from fraud.models import FineState, ThirdPartyRequest, ThirdPartyState
from fraud.rules.figures import control_parameters
from fraud.thirdparties.access import fines_of, listed_requests
from portal.accounts.models import User

T = ThirdPartyState
WAITING = Q(state__in=[T.SENT, T.REMINDED])


def boxes(day: date) -> dict[str, Q]:
    """The lists, by name; `unproven`: sent for some time, and nothing proves its receipt."""
    days = int(control_parameters().value("third_party.receipt_days", day))
    return {
        "awaited": WAITING, "late": Q(state=T.SILENT), "answered": Q(state=T.ANSWERED), "refused": Q(state=T.REFUSED),
        "to_send": Q(state=T.PREPARED), "unproven": WAITING & Q(received_on=None, sent_on__lt=day - timedelta(days=days)),
        "fines": Q(state__in=[T.FINE_PROPOSED, T.FINED, T.FINE_DROPPED]), "withdrawn": Q(state=T.WITHDRAWN),
    }  # fmt: skip


def counts(user: User, day: date) -> dict[str, int]:
    """How many requests each list holds, in one query."""
    wanted = {name: Count("pk", filter=condition) for name, condition in boxes(day).items()}
    return listed_requests(user, day).order_by().aggregate(**wanted)


def listed(user: User, day: date, values: Mapping[str, str]) -> QuerySet[ThirdPartyRequest]:
    """The requests of a list, narrowed by what was typed."""
    found = listed_requests(user, day).filter(boxes(day).get(values.get("box", ""), Q()))
    if kind := values.get("kind"):
        found = found.filter(kind=kind)
    if text := values.get("q"):
        found = found.filter(Q(number__iexact=text) | Q(case__number__iexact=text) | Q(name__icontains=text))
    return found


def count_fines_to_decide(user: User, day: date) -> int:
    """Fines that wait for the user's decision, their delay over, proposed by another."""
    waiting = fines_of(user, day).filter(state=FineState.PROPOSED, reply_until__lt=day)
    return waiting.exclude(proposed_by=user).count()
