"""The end of an exchange: its time passes, it is closed, its content goes and its shell stays."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from fraud.cases import forgetting
from fraud.cases.evidence import purge_evidence
from fraud.envelopes.proof import forget_content
from fraud.exchanges.designated import sending_officer
from fraud.exchanges.moving import locked, move
from fraud.exchanges.sending import get_with_officers, refuse_close
from fraud.exchanges.words import NotNow
from fraud.models import InfoExchange
from fraud.rules import exchange as rules
from fraud.rules.figures import control_parameters
from portal.accounts.models import User

PORTAL = "portail"
AT_ONCE = 500
NOT_YOURS = "Seule la personne qui suit cet échange le clôt : reprenez-le d’abord si elle n’est plus désignée."


def expire_due(*, on: date, at: datetime) -> int:
    """Requests whose last day is over, each in its own transaction; how many. A second call finds none."""
    found = InfoExchange.objects.filter(kind=rules.REQUEST, state__in=[rules.SENT, rules.ACKNOWLEDGED], due_on__lt=on)
    return sum(_expire(pk, on, at) for pk in _batches(found))


def _expire(pk: int, on: date, at: datetime) -> bool:
    with transaction.atomic():
        row = locked(pk)
        is_over = row.due_on is not None and rules.has_expired(row.due_on, on)
        if row.state not in {rules.SENT, rules.ACKNOWLEDGED} or not is_over:
            return False
        move(row, rules.EXPIRED, by=PORTAL, on=on, at=at, reason="délai de réponse passé", **_kept(row, on))
        return True


def _kept(row: InfoExchange, on: date) -> dict[str, Any]:
    """How long it is kept from now on; what belongs to a case lives with it."""
    return {} if row.case_id else {"retained_until": rules.kept_until(control_parameters(), on)}


def close(*, exchange_pk: int, by_pk: int, on: date, at: datetime) -> InfoExchange:
    """Close what is over, or abandon a draft; closed already, it is returned as it is. Only who follows it closes it: its
    officer, or who took it over. Raises NotNow, NothingLeft, LinkedToThem."""
    exchange, user = get_with_officers(exchange_pk), User.objects.get(pk=by_pk)
    sending_officer(user=user, body_code=exchange.holder_id, on=on, at=at)
    refuse_close(exchange, user, on, "control.exchange_closed")
    with transaction.atomic():
        row = locked(exchange_pk)
        if row.officer.user_id != by_pk:
            raise NotNow(NOT_YOURS)
        if row.state in {rules.CLOSED, rules.PURGED}:
            return row
        if not may_close(row):
            raise NotNow("Cet échange attend encore une réponse : il ne se clôt pas.")
        return move(row, rules.CLOSED, by=user.get_username(), on=on, at=at, **_kept(row, on))


def may_close(row: InfoExchange) -> bool:
    """Whether it may be closed now: what waits for an answer may not be closed to escape it."""
    if row.state == rules.ACKNOWLEDGED:
        return row.kind == rules.SPONTANEOUS
    return row.state == rules.DRAFT or row.state in rules.OVER


def purge_due(*, on: date, at: datetime) -> int:
    """What is no longer to be kept: closed first, then emptied; how many. A second call finds none.

    The content of an exchange lives as long as the file of its case, and without one three months.
    """
    linked = InfoExchange.objects.filter(case__state="CLOSED", case__closed_on__isnull=False).exclude(
        state=rules.PURGED
    )
    for pk in _batches(linked.filter(Q(retained_until=None) | Q(retained_until__lte=on))):
        _live_with_case(pk)
    found = InfoExchange.objects.filter(retained_until__lte=on).filter(Q(case=None) | Q(case__state="CLOSED"))
    # A request that waits expires first; a communication that never arrived has nobody to wait for.
    found = found.exclude(state=rules.PURGED).exclude(kind=rules.REQUEST, state__in=[rules.SENT, rules.ACKNOWLEDGED])
    return sum(_purge(pk, on, at) for pk in _batches(found))


def _live_with_case(pk: int) -> None:
    """Until the case forgets whom it was about; money that came back since puts that off."""
    with transaction.atomic():
        row = locked(pk)
        assert row.case is not None
        row.retained_until = forgetting.kept_until(row.case)
        row.save(update_fields=["retained_until"])


def _purge(pk: int, on: date, at: datetime) -> bool:
    with transaction.atomic():
        row = locked(pk)
        if row.state == rules.PURGED or row.retained_until is None or row.retained_until > on:
            return False
        if row.state == rules.SENT:
            move(row, rules.EXPIRED, by=PORTAL, on=on, at=at, reason="jamais remis")
        if row.state != rules.CLOSED:
            move(row, rules.CLOSED, by=PORTAL, on=on, at=at, reason="durée de conservation passée")
        row.items.filter(sealed__isnull=False).update(sealed=None)
        for document in row.documents.all():
            purge_evidence(evidence_pk=document.evidence_id, by=PORTAL, on=on, at=at)
        numbers = [one for one in (row.envelope, row.answer_envelope) if one]
        forget_content(numbers, holder=row.holder_id)
        move(row, rules.PURGED, by=PORTAL, on=on, at=at, sealed=None, sealed_key=None, person_key=None, motive="")
    return True


def _batches(found: QuerySet[InfoExchange]) -> Iterator[int]:
    """Their keys in order, so many at a time: rows that change meanwhile are looked at again by whoever holds them."""
    last = 0
    while True:
        pks = list(found.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
        if not pks:
            return
        yield from pks
        last = pks[-1]
