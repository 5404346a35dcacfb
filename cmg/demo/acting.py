"""How a story acts on its days: files in, a month closed, signed and issued, the bank's answers, a day at a time."""

from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from django.utils import timezone

from cmg.demo.families import Row, write_rows
from cmg.operations import close_month, issue_run
from cmg.remedies.following import follow_orders
from portal.banking.answers import import_messages
from portal.banking.formats.counterparty import Bank
from portal.banking.issue import write_day_files
from portal.banking.models import BankFile, OrderState, PaymentOrder
from portal.batches.models import Run
from portal.batches.operations import sign
from portal.exchange.operations import import_file

SIGNERS = ("helene", "bruno")


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment of a day, in Paris."""
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


@dataclass(frozen=True)
class Acting:
    """`home`: where the stories' flow files and the bank's messages are kept; `out`: where bank files go."""

    home: Path
    out: Path

    def receive(self, name: str, rows: dict[str, list[Row]]) -> None:
        """Take in small flow files, all of whose rows must enter."""
        for path in write_rows(self.home / "files", name, rows):
            report = import_file(path)
            assert not report.refusals, report.refusals
            assert not report.rejected, f"{path.name}: {report.rejected} rows rejected"

    def month(self, month: date, on: date, *, bank_days: int = 0) -> Run:
        """Close `month` on the day `on`, sign it twice and issue it; the bank answers for so many days."""
        run = close_month(month=month, on=on)
        for username in SIGNERS:
            sign(run_pk=run.pk, username=username, on=on)
        issue_run(run_pk=run.pk, out=self.out, on=on, by="démonstration")
        if bank_days:
            self.bank(on, days=bank_days)
        return run

    def day_files(self, on: date) -> None:
        """Send what waits outside any run."""
        write_day_files(self.out, at=moment(on, 16))

    def bank(
        self, on: date, *, days: int, returned: tuple[str, int] | None = None, read_on: date | None = None
    ) -> None:
        """Hand in every file without an answer and take the bank's messages after so many days.

        `returned`: a transfer that comes back after so many business days, its account being closed.
        """
        waiting = BankFile.objects.filter(pk__in=PaymentOrder.objects.filter(state=OrderState.SENT).values("bank_file"))
        bank = Bank.start(moment(on, 9).replace(tzinfo=None))
        try:
            if returned:
                bank.return_credit(returned[0], "AC04", days=returned[1])
            for file in waiting.order_by("name"):
                bank.send(self.out / file.name)
            bank.advance(days)
            received = bank.collect(self.home / "bank" / f"{on}")
        finally:
            bank.stop()
        import_messages(received, on=read_on or on)
        follow_orders(on=read_on or on)
