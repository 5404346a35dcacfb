"""What the demonstration does: a region's files come in, its month closes, and a bank answers."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from cmg.demo import stories
from cmg.demo.acting import Acting
from cmg.demo.people import create_people
from cmg.models import Declaration, Replay
from cmg.operations import ISSUED_STATES, KIND, close_month, issue_run
from cmg.population import AUVERGNE, generate
from cmg.replay.operations import ask_replay
from cmg.replay.tasks import replay
from cmg.summary import grouped, summary_lines
from cmg.words import PURPOSES
from portal.banking.answers import import_messages
from portal.banking.formats.counterparty import Bank
from portal.banking.models import BankFile, OrderState, PaymentOrder
from portal.banking.services import CMG, ORDERS_OF, PENSIONS
from portal.batches.models import Run, Signature
from portal.batches.operations import sign
from portal.exchange.operations import import_file
from portal.exchange.selectors import files_of
from portal.legislation.words import sum_in_words
from portal.organisations.operations import load_directory

DAY = date(2026, 10, 26)
MONTH = date(2026, 10, 1)
FAMILIES = 20_000
SEED = 2026
LATE_FUND = "CAF15"
Say = Callable[[str], object]


def load(folder: Path, say: Say) -> None:
    """People, organisations, the region's files and what happened before; a second call changes nothing."""
    create_people()
    load_directory()
    _load_region(folder, say)
    started = timezone.now()
    if stories.before_the_month(Acting(folder / "stories", folder.parent / "bank" / "out")):
        say(f"L’histoire de dix familles, de juin 2019 à octobre 2026 : {_seconds_since(started)}.")


def _load_region(folder: Path, say: Say) -> None:
    if Declaration.objects.filter(care_month=MONTH).exists():
        say("Les données de la démonstration sont déjà là : elles sont gardées (--fresh pour recommencer).")
        return
    started = timezone.now()
    say(f"Fabrication d’une région fictive : {grouped(FAMILIES)} familles d’Auvergne…")
    made = generate(FAMILIES, SEED, folder, care_month=MONTH, region=list(AUVERGNE), demo=True, missing_lot=LATE_FUND)
    for path in made.files:
        report = import_file(path)
        say(
            f"  {report.name} : {grouped(report.read)} lues, {grouped(report.applied)} appliquées, {report.rejected} rejetées"
            + "".join(f" REFUSÉ {refusal.message}" for refusal in report.refusals)
        )
    say(f"Fichiers entrés en {_seconds_since(started)}. Le lot 117 de {LATE_FUND} manque exprès.")


def _seconds_since(started: datetime) -> str:
    return f"{(timezone.now() - started).total_seconds():.1f} s"


def close(say: Say) -> Run:
    """Close the month and say what it did. Once issued it stays so, unless files came since."""
    run = last_run()
    if run is None or run.state not in ISSUED_STATES or _came_since(run):
        say("Clôture d’octobre 2026 : rapprochement des deux côtés, calcul, contrôle avant prélèvement…")
        run = close_month(month=MONTH, on=DAY)
        if stories.on_the_day():
            run = close_month(month=MONTH, on=DAY)
    for line in summary_lines(run):
        say(line)
    return run


def replay_2019(say: Say) -> None:
    """Ask a worker for June 2019 replayed, the first time; its page shows it once it is done."""
    if not Replay.objects.exists():
        replay.delay(replay_pk=ask_replay(by="démonstration").pk)
        say("Juin 2019 est rejoué en arrière-plan, sur une région fictive : voir la page Pilotage.")


def last_run() -> Run | None:
    return Run.objects.filter(kind=KIND, month=MONTH, dry_run=False, scope__isnull=True).order_by("-ordinal").first()


def _came_since(run: Run) -> bool:
    assert run.finished_at is not None
    return files_of("cmg").filter(received_at__gt=run.finished_at).exists()


def sign_and_issue(run: Run, out: Path, say: Say) -> None:
    """The signatures that lack, and the issue."""
    signed = set(Signature.objects.filter(run=run, voided_at__isnull=True).values_list("user__username", flat=True))
    for username in ("helene", "bruno"):
        if username not in signed:
            sign(run_pk=run.pk, username=username, on=DAY)
    done = issue_run(run_pk=run.pk, out=out, on=DAY, by="démonstration")
    say("Signé par Hélène Marchetti puis Bruno Kermarrec ; émis :")
    for purpose in sorted({key.rsplit("_", 1)[0] for key in done}):
        count, cents = done[f"{purpose}_count"], done[f"{purpose}_cents"]
        say(f"  {PURPOSES.get(purpose, purpose)} : {grouped(count)}, {sum_in_words(cents)}")


def bank_day(bank: Bank, paths: list[Path], inbox: Path, say: Say) -> None:
    """Send the files; one family's bank refuses a debit, another returns one; the answers come back."""
    for path in paths:
        answer = bank.send(path)
        accepted = grouped(int(str(answer["accepted"])))
        say(f"  {path.name} : la banque répond {answer['status']}, {accepted} lignes acceptées")
    debits = PaymentOrder.objects.filter(kind="DEBIT", state=OrderState.SENT).order_by("due_on", "pk")
    received = []
    # A small later run may have one debit, or none.
    cmg, pensions = (debits.filter(ORDERS_OF[one]).values_list("end_to_end_id", flat=True) for one in (CMG, PENSIONS))
    waits = {2: [*cmg[:1]], 5: [*cmg[1:2], *pensions[:1]]}
    for days in (2, 5):
        for reference in waits[days]:
            bank.refuse_collection(reference, "AM04")
        bank.advance(days)
        received += bank.collect(inbox)
    # All or nothing: this bank forgets everything when it stops, so what was half taken in would never be answered.
    with transaction.atomic():
        reports = import_messages(received, on=DAY)
    say(
        f"  {len(reports)} messages reçus : {grouped(sum(report.matched for report in reports))} lignes rapprochées, "
        f"{sum(report.opened for report in reports)} à traiter"
    )


def unsent_files() -> list[BankFile]:
    """Bank files whose orders still wait for a first answer; none while others are being written.

    An order outside any run waits for the day's file: until one carries it, it holds up nothing.
    """
    writing = PaymentOrder.objects.filter(state=OrderState.PREPARED)
    if writing.exclude(run__isnull=True, bank_file__isnull=True).exists():
        return []
    waiting = PaymentOrder.objects.filter(state=OrderState.SENT).values("bank_file")
    return list(BankFile.objects.filter(pk__in=waiting).order_by("name"))


def start_bank(held: ExitStack) -> Bank:
    """The bank counterparty, on the demo's Monday morning; it stops when `held` is closed."""
    bank = Bank.start(datetime(DAY.year, DAY.month, DAY.day, 9, 0, tzinfo=ZoneInfo("Europe/Paris")))
    held.callback(bank.stop)
    return bank
