"""A signed-in parent's own family and no other: every page of the family's space starts here."""

from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.utils import timezone

from cmg.declaring.cares import own_rights
from cmg.linking import SUBJECT
from cmg.models import Account, Right, Side
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

    def rights(self) -> list[Right]:
        """The rights of this very person (`own_rights`), whatever they are for: the only ones that its pages may tell."""
        return own_rights(self.account) if self.account is not None else []

    def learn_names(self, child_ids: set[str]) -> None:
        """First names of declared children, from the family's own rights: the number of a child may be another's, by
        mistake, and its name is then not to be read here. One query."""
        if not child_ids <= set(self.names):
            named = [right for right in self.rights() if right.child_id in child_ids and right.child_first_name]
            # The fund's name for the child counts before Pajemploi's copy.
            self.names.update(
                {right.child_id: right.child_first_name or "" for right in sorted(named, key=_copy_first)}
            )

    def child(self, child_id: str) -> str:
        return self.names.get(child_id, "")


def _copy_first(right: Right) -> bool:
    return right.side == Side.FUND


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
