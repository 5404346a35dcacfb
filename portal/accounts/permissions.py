"""Who may do what: roles come from postings in force on the day."""

from datetime import date

from portal.accounts.models import Posting, Role, User

# Roles whose work covers every fund; the others see the funds of their postings.
NATIONAL = frozenset({Role.PAJEMPLOI_CASEWORKER, Role.AUTHORISING_OFFICER, Role.ACCOUNTING_OFFICER, Role.AUDITOR})


def roles_on(user: User, day: date) -> list[Role]:
    """The user's roles on `day`."""
    found = Posting.objects.in_force_on(day).filter(user_id=user.pk).values_list("role", flat=True)
    return [Role(role) for role in sorted(set(found))]


def funds_on(user: User, day: date) -> list[str] | None:
    """The funds whose families the user may see on `day`; None means all of them."""
    postings = list(Posting.objects.in_force_on(day).filter(user_id=user.pk))
    if any(
        Role(posting.role) in NATIONAL or (posting.role == Role.SUPERVISOR and not posting.fund) for posting in postings
    ):
        return None
    return sorted({posting.fund for posting in postings if posting.fund})
