"""An account that opens far more files than it should: seen within minutes, told to data protection and to its manager.

Nothing is stopped: somebody asks. What the portal does by itself has no account, hence no alarm.
"""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from fraud.journal.reads import busy_readers, files_by_day, looks_of, midnight
from fraud.journal.reviewing import managers_of
from fraud.models import ReadingAlarm
from fraud.rules.figures import control_parameters
from fraud.rules.reading import busiest_hour, habit_limit
from portal.accounts.models import Posting, Role, User
from portal.audit.operations import journal
from portal.notices.kinds import NoticeKind, register
from portal.notices.operations import ask_outside

KIND = "journal.alarm"
NOTICES = """
SELECT 'user:' || u, %(alarm)s || ':' || u FROM unnest(%(people)s::bigint[]) u
"""


def watch_reads(*, now: datetime) -> list[ReadingAlarm]:
    """Look at the reads of the day that `now` is in Paris; raise what goes beyond, once an account, kind and day."""
    day = timezone.localtime(now).date()
    hour, whole, times, least = (
        _figure(name, day) for name in ("files_an_hour", "files_a_day", "unusual_times", "unusual_least")
    )
    counts = busy_readers(day, min(hour, whole, least))
    people = list(counts)
    found: list[ReadingAlarm | None] = []
    for user, looks in looks_of(day, people).items():
        burst = busiest_hour(looks)
        if burst is not None and burst.files > hour:
            found.append(_raise(user, "HOUR", day, burst.since, burst.until, burst.files, hour, now))
        if counts[user] > whole:
            found.append(_raise(user, "DAY", day, midnight(day), now, counts[user], whole, now))
    told = set(ReadingAlarm.objects.filter(day=day).exclude(kind="HABIT").values_list("user_id", flat=True))
    first = day - timedelta(days=_figure("habit_days", day))
    for user, days in files_by_day(first, day - timedelta(days=1), people).items():
        limit = habit_limit(days, times, least)
        # Beyond a limit, somebody is already asked about that day: the habit adds nothing.
        if limit is not None and counts[user] > limit and user not in told:
            found.append(_raise(user, "HABIT", day, midnight(day), now, counts[user], limit, now))
    return [alarm for alarm in found if alarm is not None]


def _figure(name: str, day: date) -> int:
    return int(control_parameters().value(f"journal.{name}", day))


def _raise(
    user_pk: int, kind: str, day: date, since: datetime, until: datetime, files: int, limit: int, now: datetime
) -> ReadingAlarm | None:
    """The new alarm with its notices; None when it was raised already."""
    with transaction.atomic():
        alarm, is_new = ReadingAlarm.objects.get_or_create(
            user_id=user_pk, kind=kind, day=day,
            defaults={"since": since, "until": until, "files": files, "limit": limit, "raised_at": now},
        )  # fmt: skip
        if not is_new:
            return None
        journal(
            actor="portail", action="journal.alarm_raised", subject=f"user:{user_pk}",
            detail={"kind": kind, "files": files, "limit": limit}, at=now,
        )  # fmt: skip
        _tell(alarm, day)
    return alarm


def _tell(alarm: ReadingAlarm, day: date) -> None:
    """To data protection, and to who manages the account."""
    wanted = Posting.objects.in_force_on(day).filter(role=Role.DATA_PROTECTION).values_list("user_id", flat=True)
    managers = [one.pk for one in managers_of(alarm.user.username, day)]
    ask_outside(
        told_sql=NOTICES, values={"alarm": f"{KIND}:{alarm.pk}", "people": sorted({*wanted, *managers})}, kind=KIND,
        path="/agent/journal/", words="",
    )  # fmt: skip


def register_notices() -> None:
    """Make the e-mail known to the kernel: it names nobody."""
    register(
        NoticeKind(
            KIND, "Alerte de consultation", "Une alerte de consultation est à regarder",
            "Un compte a ouvert bien plus de dossiers que la limite. Rien n’est arrêté : une personne regarde, et demande.",
            reach=address_of, link=link_of,
        )
    )  # fmt: skip


def _user_of(subject: str) -> User | None:
    return User.objects.filter(pk=int(subject.removeprefix("user:"))).first()


def address_of(subject: str) -> str:
    """Where to write to somebody, from their account; empty when it has no address."""
    user = _user_of(subject)
    return user.email if user else ""


def link_of(subject: str) -> str:
    """The journal for who reads it again; the dashboard, where questions wait, for a manager."""
    user = _user_of(subject)
    is_reader = user is not None and Posting.objects.filter(user=user, role=Role.DATA_PROTECTION).exists()
    return f"{settings.PORTAL_ADDRESS}{'/agent/journal/' if is_reader else '/agent/pilotage/'}"
