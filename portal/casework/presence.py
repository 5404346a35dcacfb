"""Who is on a dossier now: a warning between colleagues, kept some minutes in rows that every process sees."""

from datetime import datetime, timedelta

from django.db import connection

from portal.accounts.models import User
from portal.casework.models import Presence

LASTS = timedelta(minutes=10)
# A page that is loaded again and again writes once a minute.
RENEWED_AFTER = timedelta(minutes=1)
FORGOTTEN_AT_ONCE = 100
# Each visit sweeps what is over, whoever left it: the table holds the last minutes only. Two visits never wait here.
NOTE = """
WITH over AS (
    SELECT id FROM casework_presence
    WHERE seen_at < %(over)s AND (subject, user_id) <> (%(subject)s, %(user)s)
    ORDER BY seen_at LIMIT %(most)s FOR UPDATE SKIP LOCKED
), forgotten AS (DELETE FROM casework_presence WHERE id IN (SELECT id FROM over))
INSERT INTO casework_presence (subject, user_id, seen_at) VALUES (%(subject)s, %(user)s, %(at)s)
ON CONFLICT (subject, user_id) DO UPDATE SET seen_at = EXCLUDED.seen_at
WHERE casework_presence.seen_at < %(renewed)s
"""


def note_presence(*, subject: str, user: User, at: datetime) -> list[Presence]:
    """Note that `user` has the dossier open at `at` (the real clock); returns the others who have, the last first."""
    with connection.cursor() as cursor:
        cursor.execute(
            NOTE,
            {"subject": subject, "user": user.pk, "at": at, "renewed": at - RENEWED_AFTER, "over": at - LASTS,
             "most": FORGOTTEN_AT_ONCE},
        )  # fmt: skip
    others = Presence.objects.filter(subject=subject, seen_at__gte=at - LASTS).exclude(user_id=user.pk)
    return list(others.select_related("user").order_by("-seen_at"))
