"""A run of ARS or AEEH: begun or begun again, its slices done by as many workers as there are, added up, ready to sign."""

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import Any

import polars as pl
from django.db import connection, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from portal.batches import operations as batches
from portal.batches.models import Run, RunState, Slice
from portal.batches.operations import SliceResult
from portal.batches.slicing import add_totals, buckets_of, slice_count, workers_for
from portal.benefits.models import Award, CommissionDecision, FamilyFile
from portal.benefits.rules.aeeh import aeeh_figures
from portal.benefits.rules.ars_figures import ars_figures, usual_payment_day
from portal.benefits.rules.figures import benefit_parameters, missing_words
from portal.benefits.running.awards import STORED, awards_of, digest_of, totals_of
from portal.benefits.running.by_kind import decided_of
from portal.benefits.running.kinds import AEEH, ARS, RULE_VERSION, Kind, day_kept, kind_of, term_of_year
from portal.benefits.running.loading import refresh_statistics
from portal.benefits.running.standing import ISSUED
from portal.benefits.small.recording import is_beyond_agreed
from portal.bulk import copy_in
from portal.exchange.received import CURRENT
from portal.legislation.parameters import NoParameterInForce

OPEN_STATES = (RunState.RUNNING, RunState.TO_SIGN, RunState.SIGNED)
ISSUED_STATES = (RunState.ISSUED, RunState.RECONCILED)
KEPT = ("slices", "paid_on", "amounts_on")
FLOWS = (
    "benefit-families",
    "benefit-children",
    "benefit-resources",
    "schooling",
    "commission-decisions",
    "boarding-periods",
)


class NothingToDecide(Exception):
    """No family, or no decision of the commission, was received: there is nothing to decide."""


# What a run rests on. What families and agents told since by pages waits for the next run, once somebody has signed:
# they tell something at every minute, and each would void the signatures before they could serve.
INPUTS = f"""
SELECT (SELECT count(*) || ':' || coalesce(max(id), 0) FROM exchange_receivedfile
          WHERE origin = 'FLOW' AND kind = ANY (%(flows)s)),
       (SELECT count(*) FROM exchange_rejectedrow r JOIN exchange_receivedfile f ON f.id = r.file_id
          WHERE r.state = 'REPLAYED' AND f.kind = ANY (%(flows)s)),
       (SELECT coalesce(max(r.id), 0) FROM batches_run r WHERE r.kind = %(kind)s AND r.month = %(month)s AND {ISSUED}),
       (SELECT count(*) || ':' || coalesce(max(id), 0) || ':' || coalesce(sum(amount_cents), 0) FROM benefits_deferredsum
          WHERE state = 'WAITING' AND benefit = %(benefit)s)
       || ':' || (SELECT count(*) || ':' || coalesce(sum(amount_cents - recovered_cents), 0) FROM benefits_benefitoverpayment
          WHERE benefit = %(benefit)s AND month = %(month)s AND run_id IS NOT NULL AND recovered_cents < amount_cents),
       (SELECT count(*) || ':' || coalesce(max(id), 0) FROM exchange_receivedfile
          WHERE origin <> 'FLOW' AND kind = ANY (%(flows)s))
       || ':' || (SELECT count(*) || ':' || coalesce(max(g.id), 0) || ':'
          || coalesce(sum(o.amount_cents - o.recovered_cents - o.remitted_cents), 0) FROM benefits_repaymentagreement g
          JOIN benefits_benefitoverpayment o ON o.agreement_id = g.id AND o.state = 'TO_RECOVER'
          WHERE g.withdrawn_on IS NULL AND g.benefit = %(benefit)s)"""


def digests(kind: Kind, month: date, days: tuple[date, date]) -> tuple[str, str]:
    """(inputs, decisions): what makes an open run be calculated again; the first also stops its issue."""
    with connection.cursor() as cursor:
        cursor.execute(INPUTS, {"flows": list(FLOWS), "kind": kind.code, "month": month, "benefit": kind.benefit.value})
        *inputs, told = cursor.fetchone()
    seen = f"{kind.code}|{month}|{days}|{RULE_VERSION}|{benefit_parameters().digest()}|{inputs}"
    return hashlib.sha256(seen.encode()).hexdigest(), hashlib.sha256(str(told).encode()).hexdigest()


def digests_of(run: Run) -> tuple[str, str]:
    """Those of a run, as they are now."""
    return digests(kind_of(run), run.month, (day_kept(run, "paid_on"), day_kept(run, "amounts_on")))


def close_ars(
    *, school_year: int, on: date, paid_on: date | None = None, dry_run: bool = False, workers: int = 1
) -> Run:  # fmt: skip
    """Decide the ARS of a start of term; the run, to sign (or dry). Raises NothingToDecide, NoParameterInForce."""
    run = start_ars(school_year=school_year, on=on, paid_on=paid_on, dry_run=dry_run)
    return work_to_the_end(run, workers=workers)


def close_aeeh(*, month: date, on: date, dry_run: bool = False, workers: int = 1) -> Run:
    """Decide the AEEH of a month; the run, to sign (or dry). Raises NothingToDecide, NoParameterInForce."""
    return work_to_the_end(start_aeeh(month=month, on=on, dry_run=dry_run), workers=workers)


def start_ars(*, school_year: int, on: date, paid_on: date | None = None, dry_run: bool = False) -> Run:
    """The run to work on: the open one, made ready again when something changed since, or a new one.

    Money leaves on `paid_on`, the ordinary day or `on` when it is past. Amounts are those of the first issued run of the
    term: a later one corrects facts, and uprates nobody.
    """
    month = term_of_year(school_year)
    begun = None if dry_run else open_of(ARS, month)
    leaves = paid_on or (day_kept(begun, "paid_on") if begun else _leaves_on(school_year, on))
    amounts_on = _amounts_on(month, leaves)
    ars_figures(school_year, "METROPOLE", amounts_on, benefit_parameters())
    rows = FamilyFile.objects.filter(CURRENT).count()
    return _start(ARS, month, on, (leaves, amounts_on), rows=rows, dry_run=dry_run)


def _leaves_on(school_year: int, on: date) -> date:
    return max(on, usual_payment_day(school_year, benefit_parameters()))


def _amounts_on(month: date, leaves: date) -> date:
    first = issued_of(ARS, month).order_by("ordinal").first()
    return day_kept(first, "amounts_on") if first else leaves


def start_aeeh(*, month: date, on: date, dry_run: bool = False) -> Run:
    """The run to work on; a second call while slices are being done joins the same run."""
    aeeh_figures(month, "METROPOLE", benefit_parameters())
    rows = CommissionDecision.objects.filter(CURRENT).count()
    return _start(AEEH, month, on, (month, month), rows=rows, dry_run=dry_run)


def why_not(kind: Kind, month: date, *, on: date) -> str:
    """Why the period cannot be calculated on that day for want of a figure, in French; empty when it can."""
    day = _amounts_on(month, _leaves_on(month.year, on)) if kind is ARS else month
    return _lacking(kind, month, "METROPOLE", day)


def lacking_in(run: Run) -> dict[str, str]:
    """By territory, the figure for want of which its families wait; a territory that lacks nothing is not there."""
    if "territories" not in run.totals:
        return {}
    day = day_kept(run, "amounts_on")
    told = {place: _lacking(kind_of(run), run.month, place, day) for place in run.totals["territories"]}
    return {place: words for place, words in told.items() if words}


def _lacking(kind: Kind, month: date, territory: str, amounts_on: date) -> str:
    try:
        if kind is ARS:
            ars_figures(month.year, territory, amounts_on, benefit_parameters())
        else:
            aeeh_figures(month, territory, benefit_parameters())
    except NoParameterInForce as missing:
        return missing_words(missing)
    return ""


def issued_of(kind: Kind, month: date) -> QuerySet[Run]:
    return Run.objects.filter(kind=kind.code, month=month, dry_run=False, state__in=ISSUED_STATES)


def open_of(kind: Kind, month: date) -> Run | None:
    return Run.objects.filter(kind=kind.code, month=month, dry_run=False, state__in=OPEN_STATES).first()


def _start(kind: Kind, month: date, on: date, days: tuple[date, date], *, rows: int, dry_run: bool) -> Run:
    if not rows:
        raise NothingToDecide(f"{kind.benefit} : aucune famille reçue pour {kind.period_words(month)}.")
    with transaction.atomic():
        batches.hold_kind(kind.code)
        runs = Run.objects.filter(kind=kind.code, month=month)
        if dry_run:
            # A dry run leaves nothing behind: the former one makes room.
            runs.filter(dry_run=True).exclude(state=RunState.SUPERSEDED).update(state=RunState.SUPERSEDED)
        run = None if dry_run else open_of(kind, month)
        if run and _stays(run, kind, days, rows, on):
            batches.retry_failed(run.pk)
            return run
        inputs, decisions = digests(kind, month, days)
        asked: dict[str, Any] = {
            "slices": slice_count(rows), "rows_total": rows, "inputs_digest": inputs, "day": on,
            "parameters_digest": benefit_parameters().digest(), "decisions_digest": decisions,
        }  # fmt: skip
        if run:
            batches.restart(run_pk=run.pk, **asked)
        else:
            last = runs.aggregate(last=Max("ordinal"))["last"] or 0
            run = batches.start_run(
                kind=kind.code, month=month, ordinal=last + 1, dry_run=dry_run, rule_version=RULE_VERSION, **asked
            )
        run.refresh_from_db()
        run.totals |= dict(zip(("paid_on", "amounts_on"), (one.isoformat() for one in days), strict=True))
        run.save(update_fields=["totals"])
        Award.objects.filter(run=run).delete()
        refresh_statistics()
    return run


def _stays(run: Run, kind: Kind, days: tuple[date, date], rows: int, on: date) -> bool:
    """Whether an open run still answers to what is known and asked."""
    if run.totals.get("slices") != slice_count(rows):
        return False
    inputs, decisions = digests(kind, run.month, days)
    # What was told since somebody signed waits for the next run: else a parent's word would void every signature.
    told = run.signatures.filter(voided_at=None).exists() or run.decisions_digest == decisions
    # What a family no longer agrees to does not wait: its award takes too much.
    return run.inputs_digest == inputs and told and not is_beyond_agreed(run, on)


def work_to_the_end(run: Run, *, workers: int = 1) -> Run:
    """Do the slices of a run with others; those that others hold are waited for."""
    count = workers_for(int(run.totals["slices"]), workers)
    return batches.work_to_end(run, "portal.benefits.running.closing.do_slices", finish, workers=count)


def do_slices(run_pk: int) -> int:
    """Do slices of a run until none is left for this worker; returns how many it did."""
    return batches.work_through(run_pk, do_slice)


def do_slice(part: Slice) -> SliceResult:
    """Decide of the families of one slice. Repeatable: what a former attempt wrote for it is replaced."""
    run = part.run
    decided = decided_of(run, buckets_of(part))
    awards = awards_of(run, decided).with_columns(slice_number=pl.lit(part.number))
    Award.objects.filter(run=run, slice_number=part.number).delete()
    copy_in(awards, "benefits_award", STORED)
    return SliceResult(rows_done=decided.height, digest=digest_of(awards), totals=totals_of(awards))


def finish(*, run_pk: int) -> Run:
    """Add the slices up and fix the digest. Called by whoever did the last slice; a second call changes nothing."""
    with transaction.atomic():
        run = Run.objects.select_for_update(of=("self",)).get(pk=run_pk)
        parts = list(run.slices.order_by("number"))
        if run.state != RunState.RUNNING or any(part.state != "DONE" for part in parts):
            return run
        run.totals = {name: run.totals[name] for name in KEPT} | add_totals(part.totals for part in parts)
        run.digest = run_digest(run, (part.digest for part in parts))
        run.finished_at = timezone.now()
        # Until now it was the most that there could be: the families received, some of whom are concerned by nothing.
        run.rows_total = sum(part.rows_done for part in parts)
        run.save(update_fields=["totals", "digest", "finished_at", "rows_total"])
        with connection.cursor() as cursor:
            # A million rows have just come in: without this the planner believes that the run has none.
            cursor.execute("ANALYZE benefits_award")
        # A later run that finds no difference has nothing to be signed for.
        to = RunState.TO_SIGN if run.totals["families"] or run.ordinal == 1 else RunState.DONE
        batches.move_run(run_pk=run.pk, to=to, by="portail", reason="calcul terminé")
        run.refresh_from_db()
    return run


def run_digest(run: Run, parts: Iterable[str]) -> str:
    """What two people sign: the day on which money leaves, that of the amounts, the digests of the slices in their order."""
    bound = [run.totals["paid_on"], run.totals["amounts_on"], *parts]
    return hashlib.sha256("\n".join(bound).encode()).hexdigest()
