"""A signed-in parent's own family and no other: every page of the family's space starts here."""

from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.utils import timezone

from cmg.linking import SUBJECT
from cmg.models import Account
from cmg.selectors import children_names
from portal.accounts.models import User
from portal.accounts.permissions import family_of


@dataclass(frozen=True)
class Household:
    """`account` is None when Pajemploi no longer gives it: the family keeps what it had."""

    employer_no: str
    account: Account | None
    first_name: str
    names: dict[str, str] = field(default_factory=dict)

    @property
    def subject(self) -> str:
        return SUBJECT + self.employer_no

    def learn_names(self, child_ids: set[str]) -> None:
        """First names of the children that the family itself declared; of no other child. One query."""
        unknown = sorted(child for child in child_ids if child and child not in self.names)
        self.names.update(children_names(unknown) if unknown else {})

    def child(self, child_id: str) -> str:
        return self.names.get(child_id, "")


def household_of(user: User, day: date) -> Household | None:
    """The parent's family on `day`; None before it is linked."""
    subject = family_of(user, day)
    if not subject.startswith(SUBJECT):
        return None
    employer_no = subject.removeprefix(SUBJECT)
    account = Account.objects.filter(employer_no=employer_no, known_until__isnull=True).first()
    return Household(employer_no, account, user.first_name or (account.first_names if account else ""))


def moment_on(day: date) -> datetime:
    """Now, on the day of the pages: the demonstration's day keeps the hour of the clock."""
    now = timezone.localtime()
    return (
        now if now.date() == day else timezone.make_aware(datetime.combine(day, time(now.hour, now.minute, now.second)))
    )


def listed(words: list[str]) -> str:
    """``Rose``, ``Rose et Noé``, ``Rose, Noé et Lou``."""
    return " et ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else ""


def of(name: str) -> str:
    """``de Noé``, ``d’Émilie``."""
    return f"d’{name}" if name[:1].upper() in "AEIOUYÉÈÊÎÏÔŒHÂ" else f"de {name}"
