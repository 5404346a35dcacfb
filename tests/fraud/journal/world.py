"""Reads of agents in the journal, sealed, for the tests of its second reading."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from fraud.journal.reviewing import Reviewer
from portal.accounts.models import Role, User
from portal.audit.operations import journal
from portal.audit.sealing import seal_journal
from tests.fraud.programme.world import DAY, anne, person

SEPTEMBER = date(2026, 9, 1)


def at(day: date, minute: int = 0, hour: int = 9) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour))) + timedelta(minutes=minute)


def nathalie() -> User:
    return person("nathalie", Role.FUND_CASEWORKER)


def manager() -> User:
    return person("chef", Role.SUPERVISOR)


def look(user: User, number: int | str = 1, when: datetime | None = None, action: str = "cmg.family.read") -> int:
    return journal(
        actor=user.username, action=action, subject=f"cmg:employer:{number}", at=when or at(date(2026, 9, 7))
    ).pk


def seal(day: date = date(2026, 9, 30)) -> None:
    seal_journal(day=day)


def reviewer(user: User | None = None) -> Reviewer:
    return Reviewer((user or anne()).pk, DAY, at(DAY))
