"""An agreement as one of its two parents may see it: the common text, their own part, never the other's."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from aripa.linking import parent_of, same_people
from aripa.models import Agreement, AgreementSignature, AgreementState
from portal.accounts.models import User

CREDITOR, DEBTOR = "CREDITOR", "DEBTOR"
OTHER = {CREDITOR: DEBTOR, DEBTOR: CREDITOR}
OPEN = (AgreementState.WRITING, AgreementState.INVITED, AgreementState.SHARED)
LIST_MOST = 50


@dataclass(frozen=True)
class Seat:
    """One parent's place at an agreement."""

    agreement: Agreement
    user: User

    @property
    def is_first(self) -> bool:
        return self.agreement.first_id == self.user.pk

    @property
    def party(self) -> str:
        """CREDITOR or DEBTOR; empty before the first parent said so."""
        said = self.agreement.shared.get("party", "")
        return said if self.is_first or not said else OTHER[said]

    @property
    def is_debtor(self) -> bool:
        return self.party == DEBTOR

    @property
    def own(self) -> dict[str, Any]:
        """What this parent alone said."""
        return self.agreement.first_own if self.is_first else self.agreement.second_own

    @property
    def own_field(self) -> str:
        return "first_own" if self.is_first else "second_own"

    @property
    def is_stopped(self) -> bool:
        """Whether everything stopped for this parent; the other's seat never tells."""
        one = self.agreement
        return (one.first_stopped_on if self.is_first else one.second_stopped_on) is not None

    @property
    def is_open(self) -> bool:
        return self.agreement.state in OPEN

    @property
    def subject(self) -> str:
        """Whose this parent's papers are."""
        return subject_of(self.agreement, is_first=self.is_first)

    def parent_no(self, day: date) -> str:
        return parent_of(self.user, day)

    def numbers(self, day: date) -> set[str]:
        """Every number under which this parent may be known."""
        return {self.parent_no(day)} - {""} | same_people(self.user)

    def signature(self) -> AgreementSignature | None:
        """This parent's signature of the text as it is."""
        return self.agreement.signatures.filter(user=self.user, voided_at__isnull=True).first()


def subject_of(agreement: Agreement, *, is_first: bool) -> str:
    return f"{Agreement.SUBJECT}:{agreement.pk}:{'first' if is_first else 'second'}"


def seats_of(agreement: Agreement) -> list[Seat]:
    """The places taken, the first parent's first."""
    return [Seat(agreement, user) for user in (agreement.first, agreement.second) if user is not None]


def seat_of(agreement: Agreement, party: str) -> Seat:
    """The place of the parent who receives, or pays. Raises StopIteration while nobody took it."""
    return next(one for one in seats_of(agreement) if one.party == party)


def own_seat(user: User, key: UUID) -> Seat | None:
    """The agreement of this parent; None for anybody else's, as for one that does not exist."""
    found = _own(user).filter(key=key).first()
    return Seat(found, user) if found else None


def own_seats(user: User) -> list[Seat]:
    """Every agreement of a parent, the last first."""
    return [Seat(one, user) for one in _own(user).order_by("-pk")[:LIST_MOST]]


def _own(user: User) -> QuerySet[Agreement]:
    return Agreement.objects.filter(Q(first=user) | Q(second=user)).select_related("first", "second")
