"""What ARIPA writes: the days of every family, lived in order, each once."""

import logging
from collections import defaultdict
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F, Max

from aripa.bank.again import send_what_may_go
from aripa.days import loading, writing
from aripa.days.changes import pieces
from aripa.letters.asking import Letters, ask_letters, letters_of
from aripa.letters.watching import WatchedBook
from aripa.life.day import live_through
from aripa.life.facts import Prices
from aripa.life.living import Book, Outcome
from aripa.models import Household
from aripa.rules.figures import aripa_parameters
from portal.batches import operations as batches
from portal.batches.models import Run, RunState, Slice
from portal.batches.operations import SliceResult
from portal.exchange.buckets import BUCKETS, bucket_of

log = logging.getLogger(__name__)
KIND = "aripa-days"
RULE_VERSION = "aripa-1"
# Families whose facts and states are in memory at once.
FAMILIES_AT_ONCE = 2000
FAMILIES_PER_SLICE = 4000
ONE = timedelta(days=1)


def last_day() -> date | None:
    """The last day that every family has lived; None before the first."""
    return Run.objects.filter(kind=KIND, state=RunState.DONE).aggregate(last=Max("day"))["last"]


def last_run() -> str:
    """What names the last run that ended, and changes with each: what was counted after it is known by it."""
    ended = Run.objects.filter(kind=KIND, state=RunState.DONE).order_by("-finished_at").values_list("pk", "finished_at")
    return str(ended.first())


def has_begun() -> bool:
    """Whether somebody once said on which day the pensions begin here."""
    return Run.objects.filter(kind=KIND).exists()


def run_days(*, until: date, first: date | None = None, workers: int = 1) -> Run | None:
    """Live every day not lived yet, up to `until`; None, and nothing written, when it was lived already.

    `first` serves the very first run alone: facts of before are heard on it; without it, each on its own day.
    Can be called again after a crash: slices that were done stay done. A run left open is ended first.
    """
    open_run = batches.take_up(KIND)
    if open_run is not None:
        _work(open_run, workers)
    last = last_day()
    if last is not None and until <= last:
        return None
    return _work(_start(first, until), workers)


def _start(first: date | None, until: date) -> Run:
    with transaction.atomic():
        found = batches.take_up(KIND)
        if found is not None:
            return found
        last = last_day()
        loading.hear(last=first - ONE if last is None and first else last, until=until)
        month, count = until.replace(day=1), loading.count_awake(last=last, until=until)
        return batches.start_run(
            kind=KIND, month=month, ordinal=batches.next_ordinal(KIND, month), day=until, dry_run=False, rows_total=count,
            slices=min(BUCKETS, 1 + count // FAMILIES_PER_SLICE), inputs_digest="", rule_version=RULE_VERSION,
            parameters_digest=aripa_parameters().digest(),
        )  # fmt: skip


def _work(run: Run, workers: int) -> Run:
    return batches.work_to_end(run, "aripa.operations.do_slices", finish, workers=min(workers, run.slices.count()))


def do_slices(run_pk: int) -> int:
    """Do slices of a run until none is left for this worker; returns how many it did."""
    return batches.work_through(run_pk, live_slice)


def live_slice(part: Slice) -> SliceResult:
    """The days of the families of a slice, in the slice's transaction."""
    slices = int(part.run.totals["slices"])
    buckets = [bucket for bucket in range(BUCKETS) if bucket % slices == part.number]
    last, until = last_day(), part.run.day
    creditors, known = loading.awake(buckets, last=last, until=until), loading.prices(until)
    totals = {"families": len(creditors), "movements": 0, "letters": 0, "worries": 0}
    letters: Letters = defaultdict(list)
    for start in range(0, len(creditors), FAMILIES_AT_ONCE):
        out, written = _live(creditors[start : start + FAMILIES_AT_ONCE], known, last, until)
        for code, of_kind in written.items():
            letters[code] += of_kind
        for name, found in (("movements", out.movements), ("letters", out.letters), ("worries", out.worries)):
            totals[name] += len(found)  # type: ignore[arg-type]
    ask_letters(letters, until=until)
    return SliceResult(rows_done=len(creditors), digest="", totals=dict(totals))


def _live(creditors: list[str], known: Prices, last: date | None, until: date) -> tuple[Outcome, Letters]:
    """The days of some families, written; with the letters to ask for."""
    families, books = loading.families(creditors), loading.books(creditors, known)
    told, whole, lived = loading.events(creditors, last=last, until=until), Outcome(), {}
    loaded = {creditor: pieces(family) for creditor, family in families.items()}
    watched = {creditor: WatchedBook(books[creditor], family) for creditor, family in families.items()}
    for creditor, family in families.items():
        try:
            found = live_through(family, watched[creditor], told.get(creditor, []), until=until)
            watched[creditor].look()
        except Exception as wrong:
            log.exception("The days of creditor %s stopped", creditor)
            whole.worries += _stopped(creditor, books[creditor], until, wrong)
        else:
            whole.add(found)
            lived[creditor] = family
    letters = letters_of(lived, watched, whole)
    writing.write(list(lived.values()), books, whole, loaded)
    return whole, letters


def _stopped(creditor: str, book: Book, until: date, wrong: Exception) -> list[tuple[str, date, str]]:
    """A family whose days cannot be lived holds up nobody: it stays where it was, is shown to a person, and is tried
    again on the next day with all that it had not heard. One that never lived stays on the eve of its first fact."""
    if not Household.objects.filter(pk=creditor).update(wakes_on=F("lived_until")):
        eve = min(book.fact_days()) - ONE
        Household.objects.create(
            pk=creditor, bucket=bucket_of(creditor), memory={"creditor": creditor}, lived_until=eve, wakes_on=eve
        )
    sentence = f"Les jours de cette famille n’ont pas pu être vécus ({type(wrong).__name__})."
    return [(number, until, sentence) for number in book.cases()]


def finish(*, run_pk: int) -> Run:
    """Close the run once every slice is done; a second call changes nothing."""
    with transaction.atomic():
        run, parts = batches.done_slices(run_pk)
        if parts is None:
            return run
        sums = {key: sum(int(part.totals[key]) for part in parts) for key in parts[0].totals}
        # What waited for an account: once the last slice has heard the last of the accounts, and never twice.
        sums["sent_again"] = send_what_may_go(until=run.day)
        run.totals = {"slices": len(parts)} | sums
        batches.end_run(run, to=RunState.DONE, reason="jours vécus")
    return run
