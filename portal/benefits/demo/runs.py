"""The ARS of August, signed, issued and answered by the bank, one transfer come back; the AEEH of October, ready to sign."""

from datetime import date, datetime, time
from pathlib import Path

from django.utils import timezone

from portal.banking.answers import import_messages
from portal.banking.formats.counterparty import Bank
from portal.banking.issue import bank_files_of, bank_folder
from portal.banking.models import PaymentOrder
from portal.batches.models import Run
from portal.batches.operations import sign
from portal.benefits.demo.people import NAMED
from portal.benefits.running.closing import close_aeeh, close_ars
from portal.benefits.running.issuing import issue_run
from portal.benefits.running.kinds import KINDS
from portal.frame.templatetags.portal import money

CLOSED, ISSUED, ANSWERED = (8, 10), (8, 11), (8, 24)
BANK_DAYS, COMES_BACK_AFTER = 8, 2
# A statement is numbered by its bank, and this one is another than the bank that answers the visitor.
WITHOUT = "camt.053"


def load(folder: Path, on: date) -> str:
    """Close both; a second call changes nothing."""
    if not Run.objects.filter(kind__in=KINDS).exists():
        run = close_ars(school_year=on.year, on=on.replace(month=CLOSED[0], day=CLOSED[1]))
        _sign_and_issue(run, on.replace(month=ISSUED[0], day=ISSUED[1]))
        _answer(run, folder / "banque", on)
        close_aeeh(month=on.replace(day=1), on=on)
    latest = {run.kind: run for run in Run.objects.filter(kind__in=KINDS, dry_run=False).order_by("ordinal")}
    return ", ".join(
        f"{KINDS[code].benefit} {KINDS[code].period_words(run.month)} : {money(run.totals['sums']['paid_cents'])}, "
        f"{run.get_state_display().lower()}"
        for code, run in latest.items()
    )


def _sign_and_issue(run: Run, on: date) -> None:
    for username in ("helene", "bruno"):
        sign(run_pk=run.pk, username=username, on=on)
    issue_run(run_pk=run.pk, out=bank_folder(), on=on, by="démonstration")


def _answer(run: Run, inbox: Path, on: date) -> None:
    """The bank of August: everything goes through but one transfer, whose account is closed."""
    day = on.replace(month=ISSUED[0], day=ISSUED[1])
    bank = Bank.start(datetime.combine(day, time(9), timezone.get_current_timezone()))
    try:
        if lost := _unlucky(run):
            bank.return_credit(lost, "AC04", days=COMES_BACK_AFTER)
        for file in bank_files_of(run.pk):
            bank.send(bank_folder() / file.name)
        bank.advance(BANK_DAYS)
        received = bank.collect(inbox)
    finally:
        bank.stop()
    answered = on.replace(month=ANSWERED[0], day=ANSWERED[1])
    import_messages([path for path in received if WITHOUT not in path.name], on=answered)


def _unlucky(run: Run) -> str:
    """The reference of the first transfer to a family that has no name here."""
    named = [f"family:CAF63/{one.number}" for one in NAMED]
    orders = PaymentOrder.objects.filter(run=run, subject__startswith="family:CAF63/").exclude(subject__in=named)
    return orders.order_by("pk").values_list("end_to_end_id", flat=True).first() or ""
