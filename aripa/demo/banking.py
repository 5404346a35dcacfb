"""The fortnight before the demonstration's day, with its bank: files leave each day, and what it answers comes back."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.db import connection
from django.utils import timezone

from aripa.demo.stories import RETURNS
from aripa.models import BankMove, Event
from aripa.operations import run_days
from portal.banking.answers import import_messages
from portal.banking.formats.counterparty import Bank
from portal.banking.issue import DAY_FILES, bank_folder, write_day_files
from portal.legislation.calendar import is_bank_day, next_bank_day

ONE = timedelta(days=1)
# A statement is numbered by its bank, and this one is another than the bank that answers the visitor.
WITHOUT = "camt.053"
TO_BE_BOOKED = 4


@dataclass(frozen=True)
class Return:
    """A debit that its payer's bank gives back: told on `day`, refused by then the bank day before."""

    day: date
    case_no: str
    month: date
    reason: str


@dataclass
class Fortnight:
    """The bank of these days; `inbox` keeps what it says."""

    bank: Bank
    inbox: Path
    returns: Sequence[Return]
    sent: set[str] = field(default_factory=set)

    def live(self, day: date) -> None:
        """The messages of the morning, the day, its files, and the debits that payers' banks will give back."""
        if is_bank_day(day):
            self.hear(day)
        run_days(until=day)
        for path in write_day_files(bank_folder(), at=timezone.make_aware(datetime.combine(day, time(10)))):
            self.bank.send(path)
        for one in self.returns:
            if one.day == next_bank_day(day + ONE):
                self._refuse(one)

    def hear(self, day: date) -> None:
        received = self.bank.collect(self.inbox / f"{day}")
        import_messages([path for path in received if WITHOUT not in path.name], on=day)

    def _refuse(self, one: Return) -> None:
        move = BankMove.objects.filter(kind="DEBIT", case_id=one.case_no, month=one.month).first()
        if move is not None and move.end_to_end_id not in self.sent:
            self.sent.add(move.end_to_end_id)
            self.bank.refuse_collection(move.end_to_end_id, one.reason)


def live_with_the_bank(first: date, last: date, inbox: Path) -> None:
    """Live each day from `first` to `last` as the portal does, its bank answering; at the end all has been answered."""
    # What files of these days tell of returned debits, the bank tells too.
    told = Event.objects.filter(kind="DEBIT_RETURNED", day__gt=first, day__lte=last, month__isnull=False)
    of_files = [Return(one.day, one.case_no, one.month, one.reason or "MS03") for one in told]  # type: ignore[arg-type]
    named = [Return(day, one.case_no, day.replace(day=1), reason) for one, day, reason in RETURNS]
    bank = Bank.start(datetime.combine(first, time(9), timezone.get_current_timezone()))
    try:
        with _alone():
            fortnight = Fortnight(bank, inbox, [*named, *of_files])
            day = first
            while day <= last:
                fortnight.live(day)
                bank.advance(1)
                day += ONE
            bank.advance(TO_BE_BOOKED)
            fortnight.hear(last)
    finally:
        bank.stop()


@contextmanager
def _alone() -> Iterator[None]:
    """Nobody else writes files of the day meanwhile: a worker would date these of the demonstration's day."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", (DAY_FILES,))
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", (DAY_FILES,))
