"""E-mails as rows, whatever they say: one worker takes each, tries again with a limit, and gives it back if it dies.

A row has `state`, `attempts`, `next_try_at`, `sent_at`, `last_error`. The server is called outside any transaction; a message
sent by a worker that dies before it could say so is sent again, under the same Message-ID.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from portal.notices.models import NoticeState

logger = logging.getLogger(__name__)
ATTEMPTS_MAX = 5
# How long before each new try; whoever took one and died gives it back after the lease.
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=4))
LEASE = timedelta(minutes=2)
AT_ONCE = 500
# What a row says: the e-mail, or why there is nothing to send any more.
Made = tuple[EmailMessage | None, str]


def left(rows: QuerySet[Any], now: datetime) -> QuerySet[Any]:
    """Those whose turn has come."""
    return rows.filter(state__in=[NoticeState.WAITING, NoticeState.SENDING], next_try_at__lte=now)


def oldest(rows: QuerySet[Any], now: datetime) -> list[int]:
    return list(left(rows, now).order_by("next_try_at", "pk").values_list("pk", flat=True)[:AT_ONCE])


def send(rows: QuerySet[Any], pk: int, made: Callable[[Any], Made], said: Callable[[Any, Exception], str]) -> Any:
    """Send one, unless somebody else is at it (None). `said`: what is kept of an error, for servers repeat addresses."""
    row = _take(rows, pk)
    if row is None:
        return None
    try:
        message, gone = made(row)
        if message is not None:
            message.send()
    except Exception as error:
        # A mail server fails in many ways, and none may keep the others from leaving.
        logger.warning("%s %s failed: %s", row._meta.model_name, row.pk, said(row, error))
        return _failed(row, said(row, error))
    row.state, row.last_error = (NoticeState.FAILED, gone) if gone else (NoticeState.SENT, "")
    row.sent_at = None if gone else timezone.now()
    row.save(update_fields=["state", "last_error", "sent_at"])
    return row


def message_id(name: str, pk: int) -> dict[str, str]:
    return {"Message-ID": f"<{name}-{pk}@{settings.PORTAL_ADDRESS.split('//')[-1].split(':')[0]}>"}


def _take(rows: QuerySet[Any], pk: int) -> Any:
    now = timezone.now()
    with transaction.atomic():
        row = left(rows, now).select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
        if row is not None:
            row.state, row.attempts, row.next_try_at = NoticeState.SENDING, row.attempts + 1, now + LEASE
            row.save(update_fields=["state", "attempts", "next_try_at"])
    return row


def _failed(row: Any, error: str) -> Any:
    row.state = NoticeState.FAILED if row.attempts >= ATTEMPTS_MAX else NoticeState.WAITING
    row.last_error = error[: row._meta.get_field("last_error").max_length]
    row.next_try_at = timezone.now() + WAITS[min(row.attempts, len(WAITS)) - 1]
    row.save(update_fields=["state", "last_error", "next_try_at"])
    return row
