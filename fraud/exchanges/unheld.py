"""Envelopes that belong to no exchange (any more): read receipts, what was refused after it was opened, first tries that were
sent anew. Their content goes like that of an exchange without a case; what was no envelope at all goes after its own term."""

from datetime import date, datetime, time

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from fraud.models import InfoExchange, OutgoingEnvelope, OutgoingState, ReceivedEnvelope, RefusedEnvelope
from fraud.rules import exchange as rules
from fraud.rules.figures import control_parameters

AT_ONCE = 1000
UNDER_WAY = (OutgoingState.WAITING, OutgoingState.SENDING)


def forget_unheld(*, on: date) -> int:
    """Erase the content of what no living exchange keeps; how many. Number, hash and receipt stay. A second call finds none."""
    before = _instant(rules.unlinked_kept_since(control_parameters(), on))
    sent = OutgoingEnvelope.objects.filter(sent_at__lt=before).exclude(state__in=UNDER_WAY)
    came = ReceivedEnvelope.objects.filter(received_at__lt=before)
    return _forget(sent, "sender_id", sealed=None) + _forget(came, "recipient_id")


def _forget(found: QuerySet[OutgoingEnvelope] | QuerySet[ReceivedEnvelope], holder: str, **more: None) -> int:
    held = InfoExchange.objects.exclude(state=rules.PURGED).filter(
        Q(envelope=OuterRef("envelope_id")) | Q(answer_envelope=OuterRef("envelope_id")), holder_id=OuterRef(holder)
    )
    return found.exclude(kept_key=None).exclude(Exists(held)).update(kept_key=None, **more)


def purge_refused(*, on: date) -> int:
    """Forget what came and was no envelope, so many at a time; how many. The journal keeps its line for its own time."""
    before, done = _instant(rules.refused_kept_since(control_parameters(), on)), 0
    while pks := list(RefusedEnvelope.objects.filter(received_at__lt=before).values_list("pk", flat=True)[:AT_ONCE]):
        done += RefusedEnvelope.objects.filter(pk__in=pks).delete()[0]
    return done


def _instant(day: date) -> datetime:
    """The first one of the day in Paris."""
    return timezone.make_aware(datetime.combine(day, time()))
