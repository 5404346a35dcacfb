"""What a family has not read yet: counted for its menu."""

from dataclasses import dataclass

from cmg.family.household import Household
from portal.accounts.models import User
from portal.casework.models import Message
from portal.letters.models import Letter
from portal.notices.models import Seen


@dataclass(frozen=True)
class Unread:
    letters: int
    messages: int


def unread_of(home: Household, user: User) -> Unread:
    """Letters the parent never opened, messages of the team never shown to them. Two queries."""
    seen = Seen.objects.filter(user=user, kind="letter").values("ref")
    return Unread(
        Letter.objects.filter(subject=home.subject).exclude(pk__in=seen).count(),
        Message.objects.filter(subject=home.subject, from_family=False, read_at__isnull=True).count(),
    )
