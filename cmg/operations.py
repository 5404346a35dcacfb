"""What the CMG writes: a month closed, a signed run issued. Screens, commands and workers all come through here."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from cmg import comparing
from cmg.closing.ending import close_issued
from cmg.closing.figures import figures_of
from cmg.closing.issuing import issue_movements
from cmg.closing.prepare import prepare
from cmg.closing.slices import close_slice
from cmg.closing.structures import StructureTotals, settle_invoices
from cmg.closing.unchanged import changes_of
from cmg.closing.verifying import recheck, run_digest
from cmg.models import Declaration, Settlement
from cmg.notices import tell_of_month
from cmg.remedies.reports import why_not_to_sign
from portal.audit.operations import journal
from portal.banking.issue import write_bank_files
from portal.batches import operations as batches
from portal.batches.models import Run, RunState
from portal.batches.operations import RunNotIssuable
from portal.batches.slicing import add_totals, slice_count, workers_for
from portal.exchange.flows import kinds_of_others

KIND = "cmg-month"
RULE_VERSION = "2026.1"
OPEN_STATES = (RunState.RUNNING, RunState.TO_SIGN, RunState.SIGNED)
ISSUED_STATES = (RunState.ISSUED, RunState.RECONCILED)


class NothingToClose(Exception):
    """No declaration was received for the month: there is nothing to settle."""


class ProposalOutdated(RunNotIssuable):
    """A run of a few families no longer says what would be decided of them: a cent differs, or they were issued since."""


def inputs_digest(month: date) -> str:
    """What the month rests on: the files applied and rows replayed so far, the bank's messages
    about its orders, its own issued runs.

    What people repaired or decided, and what families declared themselves, is `decisions_digest`: it makes a month be
    computed again, and never stops the issue of what was signed (it enters with the next run). Families declare at
    every minute from the 25th to the 5th: as inputs, they would void every signature before it could serve.
    """
    return digests(month)[0]


def decisions_digest(month: date) -> str:
    """What people repaired, decided, reported or declared so far: when it changes, the month is to be computed again."""
    return digests(month)[1]


def digests(month: date) -> tuple[str, str]:
    """(inputs, decisions) of a month, in one query."""
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"kind": KIND, "month": month, "others": kinds_of_others("cmg")}
        cursor.execute(f"SELECT {INPUTS}, {DECISIONS}", values)
        *inputs, repairs, verdicts, reports, declared = cursor.fetchone()
    seen = (f"{month}|{RULE_VERSION}|{inputs}", str((repairs, verdicts, reports, declared)))
    return hashlib.sha256(seen[0].encode()).hexdigest(), hashlib.sha256(seen[1].encode()).hexdigest()


INPUTS = """
(SELECT count(*) || ':' || coalesce(max(id), 0) FROM exchange_receivedfile
   WHERE origin = 'FLOW' AND kind <> ALL (%(others)s)),
(SELECT count(*) FROM exchange_rejectedrow r JOIN exchange_receivedfile f ON f.id = r.file_id
   WHERE r.state = 'REPLAYED' AND f.kind <> ALL (%(others)s)),
(SELECT count(*) || ':' || coalesce(max(id), 0) FROM banking_bankmessage
   WHERE 'CMG' = ANY (string_to_array(services, ','))),
(SELECT coalesce(max(id), 0) FROM batches_run WHERE kind = %(kind)s AND month = %(month)s
   AND state IN ('ISSUED', 'RECONCILED'))"""
DECISIONS = """
(SELECT coalesce(max(id), 0) FROM cmg_repair),
(SELECT count(*) || ':' || coalesce(max(id), 0) || ':' || count(withdrawn_at) || ':' || count(decided_at)
   FROM cmg_personverdict WHERE care_month = %(month)s),
(SELECT count(*) || ':' || count(*) FILTER (WHERE state IN ('ANSWERED', 'CLOSED'))
   FROM cmg_report WHERE stops_debit AND %(month)s = ANY (months)),
(SELECT count(*) FROM cmg_familydraft WHERE care_month = %(month)s AND sent_at IS NOT NULL)"""


def start_month(*, month: date, on: date, dry_run: bool = False) -> Run:
    """The run to work on: the open one when nothing arrived since, made ready again otherwise, or a new one.

    Raises NothingToClose. A second call while slices are being done joins the same run.
    """
    declarations = Declaration.objects.filter(care_month=month).count()
    if not declarations:
        raise NothingToClose(f"Aucune déclaration reçue pour {month:%m/%Y}.")
    inputs, decisions = digests(month)
    count = slice_count(declarations)
    figures = figures_of(month)
    with transaction.atomic():
        batches.hold_kind(KIND)
        runs = Run.objects.filter(kind=KIND, month=month)
        if dry_run:
            # A dry run leaves nothing behind: the former one makes room.
            runs.filter(dry_run=True, scope__isnull=True).exclude(state=RunState.SUPERSEDED).update(
                state=RunState.SUPERSEDED
            )
        run = None if dry_run else runs.filter(dry_run=False, state__in=OPEN_STATES, scope__isnull=True).first()
        same = run is not None and (run.inputs_digest, run.decisions_digest) == (inputs, decisions)
        if run and same and run.totals.get("slices") == count:
            batches.retry_failed(run.pk)
            return run
        if run:
            comparing.keep_signed_results(run)
            batches.restart(
                run_pk=run.pk, slices=count, rows_total=declarations, inputs_digest=inputs, day=on,
                parameters_digest=figures.parameters.digest(), decisions_digest=decisions,
            )  # fmt: skip
        else:
            run = batches.start_run(
                kind=KIND, month=month, ordinal=batches.next_ordinal(KIND, month), day=on, dry_run=dry_run, slices=count,
                rows_total=declarations, inputs_digest=inputs, rule_version=RULE_VERSION,
                parameters_digest=figures.parameters.digest(), decisions_digest=decisions,
            )  # fmt: skip
        run.refresh_from_db()
        prepare(run, shared_residence_allowed=figures.scale.shared_residence_allowed)
    return run


def settle_named(*, month: date, employers: Sequence[str], on: date) -> Run | None:
    """Settle a month again for some families alone; None, and nothing written, when nothing comes out different.

    The run is ready to be signed. Raises NoParameterInForce.
    """
    figures = figures_of(month)
    with transaction.atomic():
        run = batches.start_run(
            kind=KIND, month=month, ordinal=batches.next_ordinal(KIND, month), day=on, dry_run=False, slices=1,
            rows_total=len(employers), inputs_digest=inputs_digest(month), rule_version=RULE_VERSION,
            parameters_digest=figures.parameters.digest(), scope=employers,
        )  # fmt: skip
        prepare(run, shared_residence_allowed=figures.scale.shared_residence_allowed)
        do_slices(run.pk)
        run = finish_month(run_pk=run.pk)
        if not Settlement.objects.filter(run=run).exists():
            transaction.set_rollback(True)
            return None
    return run


def close_month(*, month: date, on: date, dry_run: bool = False, workers: int = 1) -> Run:
    """Reconcile, compute and gate `month`; returns the run, to sign (or dry).

    Can be called again after a crash or a late file: only what is left, or what new files changed, is done. As many
    as `workers` processes share the slices, when there are enough of them; those that others hold are waited for.
    """
    run = start_month(month=month, on=on, dry_run=dry_run)
    enough = workers_for(int(run.totals["slices"]), workers)
    return batches.work_to_end(run, "cmg.operations.do_slices", finish_month, workers=enough)


def do_slices(run_pk: int) -> int:
    """Do slices of a run until none is left for this worker; returns how many it did."""
    return batches.work_through(run_pk, close_slice)


def finish_month(*, run_pk: int) -> Run:
    """Add the slices up and fix the digest. Called by whoever did the last slice; a second call changes nothing."""
    with transaction.atomic():
        run, parts = batches.done_slices(run_pk)
        if parts is None:
            return run
        run.totals = {"slices": len(parts)} | add_totals([part.totals for part in parts])
        structures = StructureTotals(0, 0, "")
        if run.scope is None:
            _refresh_statistics()
            structures = settle_invoices(run, figures_of(run.month))
        else:
            run.funds = sorted(set(Settlement.objects.filter(run=run).values_list("fund", flat=True))) or None
        for code, euros in comparing.euros_by_code(run).items():
            run.totals["codes"][code] |= euros
        comparing.note_changes(run)
        run.totals["structures"] = {"invoices": structures.invoices, "payout_cents": structures.payout_cents}
        run.digest = run_digest([part.digest for part in parts], structures.digest)
        batches.end_run(run, to=RunState.TO_SIGN, reason="calcul terminé")
        tell_of_month(run)
    return run


def _refresh_statistics() -> None:
    """A million rows have just come in: without this the planner believes that the run has none, and scans them all
    for each family it is asked about, here and on every page."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE cmg_settlement, cmg_anomaly")


def unexplained_cents(totals: dict) -> int:
    """Contributions less everything that covers them: zero, or a cent is nowhere."""
    sums = totals["sums"]
    left = sums["contributions_cents"] - sums["deduction_cents"] - sums["part_a_cents"] - sums["offset_cents"]
    return left - (sums["debit_cents"] - sums["withholding_tax_cents"])


def issue_run(*, run_pk: int, out: Path, on: date, by: str) -> dict[str, int]:
    """Issue a signed run: ledger, payment orders and outbox in one transaction, then the bank files in `out`.

    Refuses (RunNotIssuable) without both signatures on the present digest, when a new file changed the inputs, or when
    a control of the settlements fails. On a run already issued, writes the same bank files again and nothing else.
    """
    at = timezone.make_aware(datetime.combine(on, datetime.min.time().replace(hour=16)))
    done: dict[str, int] = {}
    with transaction.atomic():
        run = Run.objects.select_for_update(of=("self",)).get(pk=run_pk)
        if run.state not in ISSUED_STATES:
            _check_issuable(run)
            done = issue_movements(run, on, at)
            run.issued_at = at
            run.totals = run.totals | {"movements": done}
            run.save(update_fields=["issued_at", "totals"])
            comparing.forget_signed_results(run.pk)
            batches.move_run(run_pk=run.pk, to=RunState.ISSUED, by=by, reason="deux signatures")
            if run.scope is None:
                close_issued(run_pk=run.pk, on=on, at=at)
            journal(actor=by, action="cmg.run.issued", subject=f"run:{run.pk}", detail=done, at=at)
    run.refresh_from_db()
    assert run.issued_at is not None
    write_bank_files(run_pk, out, created_at=run.issued_at, day=on)
    return {str(key): int(value) for key, value in run.totals["movements"].items()}


def check_named(run: Run) -> None:
    """A run on a few families: nothing of theirs was issued since, and what is known still gives the same cents.

    Raises ProposalOutdated.
    """
    assert run.scope is not None
    if issued_since(run) or changes_of(run):
        raise ProposalOutdated("Ce qui est connu de la famille a changé depuis la proposition.")


def issued_since(run: Run) -> bool:
    """Whether another run settled the month of the families of `run` after it."""
    later = Settlement.objects.filter(
        employer_no__in=run.scope or [], care_month=run.month, run__ordinal__gt=run.ordinal, run__dry_run=False,
        run__state__in=ISSUED_STATES,
    )  # fmt: skip
    return later.exists()


def _check_issuable(run: Run) -> None:
    batches.check_signed(run)
    if run.scope is not None:
        check_named(run)
    elif run.inputs_digest != inputs_digest(run.month):
        raise RunNotIssuable(
            "Des fichiers sont arrivés depuis le calcul : clôturez le mois à nouveau, puis signez si l’empreinte change."
        )
    if waits := why_not_to_sign(run):
        raise RunNotIssuable(waits)
    wrong = recheck(run)
    if wrong:
        listed = ", ".join(f"{code} : {count}" for code, count in sorted(Counter(wrong).items()))
        raise RunNotIssuable(f"Le contrôle avant envoi trouve des règlements faux ({listed}). Rien n’est parti.")
