"""One parent and her family: what pages and operations of declaring start from."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from cmg.declaring.cares import cares_of, family_known
from cmg.declaring.sending import save, start
from cmg.family.household import household_of
from cmg.models import Account, FamilyDraft
from portal.accounts.models import Door, FamilyLink, LinkedBy, User
from portal.exchange.operations import import_files
from tests.cmg.files import clean_family, row, write_all

MONTH, SUNDAY, MONDAY = date(2026, 10, 1), date(2026, 10, 25), date(2026, 10, 26)
AT = datetime(2026, 10, 25, 17, 0, tzinfo=UTC)
# 626.00 × (1 − 2 500 × 0.0619 % ÷ 4.91): what the rules give the clean family in October 2026.
PAYOUT = 42_870
TYPED = {"hours": "120", "days": "18", "net_salary": "560,00", "maintenance_allowance": "66,00"}
Files = dict[str, list[dict[str, str]]]


def received(folder: Path, change: Callable[[Files], None] | None = None) -> None:
    """The files of the clean family: September was declared, October was not."""
    files = clean_family()
    files["declarations"] = [
        row("declarations", declaration_no="D9", care_month="2026-09", received_at="2026-09-26T10:00:00+02:00")
    ]
    if change:
        change(files)
    import_files(write_all(folder, files))


def parent(username: str = "anne", employer_no: str = "E1") -> User:
    user = User.objects.create(username=username, first_name="Anne", door=Door.FAMILY)
    subject = f"cmg:employer:{employer_no}"
    FamilyLink.objects.create(user=user, subject=subject, since=date(2026, 1, 1), how=LinkedBy.EMPLOYER_NO)
    return user


def account_of(user: User) -> Account:
    home = household_of(user, MONDAY)
    assert home is not None
    assert home.account is not None
    return home.account


def drafted(user: User, typed: dict[str, str] | None = None, *, month: date = MONTH, which: int = 0) -> FamilyDraft:
    account = account_of(user)
    family = family_known(account)
    care = cares_of(family, month)[which]
    draft = start(employer_no=account.employer_no, care=care, month=month, copied=None, by=user, at=AT)
    return save(draft_pk=draft.pk, values=TYPED if typed is None else typed, at=AT)
