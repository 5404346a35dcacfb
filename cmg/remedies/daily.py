"""What happens each day to the money of the remedies: instalments asked, files of the day written, orders followed."""

from datetime import date, datetime
from pathlib import Path

from django.utils import timezone

from cmg.remedies.board import order_waiting_aids
from portal.banking.issue import write_day_files


def issue_remedies(out: Path, *, on: date, again: bool = False) -> list[Path]:
    """Write the bank files of `on` for what waits outside any run: advances, aids, instalments, what is sent again.

    A second call writes nothing new; `again` rewrites the files of that day, byte for byte.
    """
    order_waiting_aids(on=on)
    hour = timezone.localtime().time().replace(microsecond=0)
    at = timezone.make_aware(datetime.combine(on, hour))
    return write_day_files(out, at=at, again=again)
