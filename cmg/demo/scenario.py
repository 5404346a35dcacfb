"""What the demonstration does: a region's files come in, its month closes, and a bank answers."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils import timezone

from cmg.demo.people import create_people
from cmg.models import Declaration
from cmg.operations import close_month, issue_run
from cmg.population import AUVERGNE, generate
from cmg.summary import summary_lines
from portal.banking.answers import import_messages
from portal.banking.formats.counterparty import Bank
from portal.banking.models import BankFile, OrderState, PaymentOrder
from portal.batches.models import Run
from portal.batches.operations import sign
from portal.exchange.operations import import_file
from portal.organisations.operations import load_directory

DAY = date(2026, 10, 26)
MONTH = date(2026, 10, 1)
FAMILIES = 20_000
SEED = 2026
LATE_FUND = "CAF15"
Say = Callable[[str], object]


def load(folder: Path, say: Say) -> None:
    """People, organisations, and the region's files; a second call changes nothing."""
    create_people()
    load_directory()
    if Declaration.objects.filter(care_month=MONTH).exists():
        say("Les données de la démonstration sont déjà là : elles sont gardées (--fresh pour recommencer).")
        return
    started = timezone.now()
    say(f"Fabrication d’une région fictive : {FAMILIES} familles d’Auvergne…")
    made = generate(FAMILIES, SEED, folder, care_month=MONTH, region=list(AUVERGNE), demo=True, missing_lot=LATE_FUND)
    for path in made.files:
        report = import_file(path)
        say(
            f"  {report.name} : {report.read} lues, {report.applied} appliquées, {report.rejected} rejetées"
            + "".join(f" REFUSÉ {refusal.message}" for refusal in report.refusals)
        )
    say(
        f"Fichiers entrés en {(timezone.now() - started).total_seconds():.1f} s. Le lot 117 de {LATE_FUND} manque exprès."
    )


def close(say: Say) -> Run:
    """Close the month and say what it did."""
    run = close_month(month=MONTH, on=DAY)
    for line in summary_lines(run):
        say(line)
    return run


def sign_and_issue(run: Run, out: Path, say: Say) -> list[Path]:
    """Both signatures and the issue; returns the bank files."""
    for username in ("helene", "bruno"):
        sign(run_pk=run.pk, username=username, on=DAY)
    done = issue_run(run_pk=run.pk, out=out, on=DAY, by="démonstration")
    say(f"Signé par Hélène Marchetti puis Bruno Kermarrec ; émis : {done}")
    return sorted(out.glob("*.xml"))


def bank_day(bank: Bank, paths: list[Path], inbox: Path, say: Say) -> None:
    """Send the files; one family's bank refuses a debit, another returns one; the answers come back."""
    for path in paths:
        answer = bank.send(path)
        say(f"  {path.name} : la banque répond {answer['status']}, {answer['accepted']} lignes acceptées")
    debits = PaymentOrder.objects.filter(kind="DEBIT", state=OrderState.SENT).order_by("due_on", "pk")
    first, second = debits[0].end_to_end_id, debits[1].end_to_end_id
    bank.refuse_collection(first, "AM04")
    bank.advance(2)
    received = bank.collect(inbox)
    bank.refuse_collection(second, "AM04")
    bank.advance(5)
    received += bank.collect(inbox)
    reports = import_messages(received, on=DAY)
    say(
        f"  {len(reports)} messages reçus : {sum(report.matched for report in reports)} lignes rapprochées, "
        f"{sum(report.opened for report in reports)} à traiter"
    )


def unsent_files() -> list[BankFile]:
    """Bank files whose orders still wait for a first answer; none while others of the issue are being written."""
    if PaymentOrder.objects.filter(state=OrderState.PREPARED).exists():
        return []
    waiting = PaymentOrder.objects.filter(state=OrderState.SENT).values("bank_file")
    return list(BankFile.objects.filter(pk__in=waiting).order_by("name"))


def start_bank() -> Bank:
    """The bank counterparty, on the demo's Monday morning."""
    return Bank.start(datetime(DAY.year, DAY.month, DAY.day, 9, 0, tzinfo=ZoneInfo("Europe/Paris")))
