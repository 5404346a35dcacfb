"""Runs, slices, leases and signatures. Work state is rows: whoever is killed, another takes the slice again."""

import logging
import os
import socket
import threading
import time as clock
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Protocol

from django.db import Error, IntegrityError, connection, transaction
from django.db.models import Max, Q
from django.utils import timezone

from portal.accounts.models import Role, User
from portal.accounts.permissions import roles_on
from portal.audit.operations import journal
from portal.batches.models import ALLOWED_MOVES, CASEWORKERS, Run, RunState, Signature, Slice, SliceState
from portal.batches.parallel import work_in_parallel
from portal.batches.reach import beyond, beyond_named, reaches
from portal.turns import one_at_a_time

logger = logging.getLogger(__name__)
# How long an abandoned slice waits. Work may last longer: while it does, the slice's row is locked, and skipped.
LEASE_SECONDS = 30
ATTEMPTS_MAX = 3
# Seconds before what another worker holds is looked at again.
WAIT_FOR_OTHERS = 0.2
# The authorising officer signs first, then the accounting officer.
SIGNING_ORDER = (Role.AUTHORISING_OFFICER, Role.ACCOUNTING_OFFICER)


class Issuer(Protocol):
    """Issues a signed run: books, orders, writes the bank files in `out`. Counts and cents by purpose
    (``CMG_PAYOUT_count``, ``CMG_PAYOUT_cents``). Raises RunNotIssuable; a second call writes the same files again."""

    def __call__(self, *, run_pk: int, out: Path, on: date, by: str) -> dict[str, int]: ...


# By kind of run, registered by what makes it when it loads: why it is not to be signed yet, whoever asks; who issues it.
SIGNING_CHECKS: dict[str, Callable[[Run], str]] = {}
ISSUERS: dict[str, Issuer] = {}
DIGEST_CHANGED = "L’empreinte a changé pendant votre lecture. Relisez ce qui a changé et les totaux, puis signez."


class MoveNotAllowed(Exception):
    """The run exists but cannot go from its present state to the one asked for."""


class SignatureRefused(Exception):
    """Why this person cannot sign this run now, in French."""


class RunNotIssuable(Exception):
    """The run cannot be issued; the message says why and what to do, in French."""


class SliceFailed(Exception):
    """A slice failed several times: the run stays where it is until somebody looks."""


@dataclass(frozen=True)
class SliceResult:
    """What a slice did: rows, SHA-256 of what it decided, counts and cents."""

    rows_done: int
    digest: str
    totals: dict[str, object] = field(default_factory=dict)


def start_run(
    *, kind: str, month: date, ordinal: int, day: date, dry_run: bool, slices: int, rows_total: int,
    inputs_digest: str, rule_version: str, parameters_digest: str, decisions_digest: str = "",
    scope: Sequence[str] | None = None,
) -> Run:  # fmt: skip
    """A new run with its slices, all waiting; `scope` names its families when it is not for all of them.

    The database refuses a second open run of the whole of a kind and month.
    """
    run = Run.objects.create(
        kind=kind, month=month, ordinal=ordinal, day=day, dry_run=dry_run, rows_total=rows_total,
        inputs_digest=inputs_digest, decisions_digest=decisions_digest, rule_version=rule_version,
        parameters_digest=parameters_digest, totals={"slices": slices}, started_at=timezone.now(),
        scope=None if scope is None else sorted(set(scope)),
    )  # fmt: skip
    Slice.objects.bulk_create(Slice(run=run, number=number) for number in range(slices))
    journal(actor="portail", action="run.started", subject=f"run:{run.pk}", detail={"month": str(month)})
    return run


def next_ordinal(kind: str, month: date) -> int:
    """The number of the next run of a kind and month."""
    return (Run.objects.filter(kind=kind, month=month).aggregate(last=Max("ordinal"))["last"] or 0) + 1


def hold_kind(kind: str) -> None:
    """Nobody else begins a run of this kind until the caller's transaction ends."""
    one_at_a_time(kind)


def take_up(kind: str) -> Run | None:
    """The run of this kind left open, whose failed slices are tried anew, for what stopped them may have been mended; None
    when all are ended: in one transaction with it, a new one may be started."""
    with transaction.atomic():
        hold_kind(kind)
        run = Run.objects.filter(kind=kind, state=RunState.RUNNING).first()
        if run is not None:
            retry_failed(run.pk)
    return run


def done_slices(run_pk: int) -> tuple[Run, list[Slice] | None]:
    """The run, locked, and all its slices in order; None for them while one is not done, and once the run was ended."""
    run = Run.objects.select_for_update(of=("self",)).get(pk=run_pk)
    parts = list(run.slices.order_by("number"))
    over = run.state != RunState.RUNNING or any(part.state != SliceState.DONE for part in parts)
    return run, None if over else parts


def end_run(run: Run, *, to: RunState, reason: str) -> None:
    """End a run whose slices are done, with the totals, the digest and the funds that it bears."""
    run.finished_at = timezone.now()
    run.save(update_fields=["totals", "digest", "funds", "finished_at"])
    move_run(run_pk=run.pk, to=to, by="portail", reason=reason)
    run.refresh_from_db()


def restart(
    *, run_pk: int, slices: int, rows_total: int, inputs_digest: str, parameters_digest: str, day: date,
    decisions_digest: str = "",
) -> Run:  # fmt: skip
    """Make an open run ready to be done again because its inputs changed; signatures given no longer count."""
    with transaction.atomic():
        run = Run.objects.select_for_update(of=("self",)).get(pk=run_pk)
        void_signatures(run_pk=run_pk, reason="de nouveaux fichiers sont arrivés")
        if run.state != RunState.RUNNING:
            run = move_run(run_pk=run_pk, to=RunState.RUNNING, by="portail", reason="de nouveaux fichiers sont arrivés")
        run.slices.all().delete()
        run.day, run.rows_total, run.inputs_digest, run.digest = day, rows_total, inputs_digest, ""
        run.parameters_digest, run.decisions_digest = parameters_digest, decisions_digest
        run.totals, run.started_at, run.finished_at = {"slices": slices}, timezone.now(), None
        run.save()
        Slice.objects.bulk_create(Slice(run=run, number=number) for number in range(slices))
    return run


def move_run(*, run_pk: int, to: RunState, by: str, reason: str) -> Run:
    """One state change, journaled. Raises MoveNotAllowed."""
    with transaction.atomic():
        run = Run.objects.select_for_update(of=("self",)).get(pk=run_pk)
        if to not in ALLOWED_MOVES[RunState(run.state)]:
            raise MoveNotAllowed(
                f"L’arrêté {run.pk} est « {run.get_state_display()} » : il ne peut pas devenir « {to.label} »."
            )
        former, run.state = run.state, to
        run.save(update_fields=["state"])
        journal(
            actor=by, action="run.moved", subject=f"run:{run.pk}", detail={"from": former, "to": to, "reason": reason}
        )
    return run


def worker_name() -> str:
    """Machine, process and thread: what works on one slice at a time."""
    return f"{socket.gethostname()}:{os.getpid()}:{threading.get_native_id()}"


def take_next(run_pk: int, worker: str) -> Slice | None:
    """Lease the next slice that waits or whose lease expired; None when nothing is left to take."""
    now = timezone.now()
    with transaction.atomic():
        free = Q(state=SliceState.WAITING) | Q(state=SliceState.LEASED, lease_until__lt=now)
        part = (
            Slice.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(free, run_id=run_pk, attempts__lt=ATTEMPTS_MAX)
            .order_by("number")
            .first()
        )
        if part is None:
            return None
        part.state, part.leased_by = SliceState.LEASED, worker
        part.lease_until, part.attempts = now + timedelta(seconds=LEASE_SECONDS), part.attempts + 1
        part.save(update_fields=["state", "leased_by", "lease_until", "attempts"])
    return part


def work_through(run_pk: int, do_slice: Callable[[Slice], SliceResult]) -> int:
    """Do slices of the run until none can be taken; returns how many this worker did.

    Each slice is one transaction together with its mark: killed in the middle, nothing of it is kept and its lease
    expires. Several workers may do this at once. Raises SliceFailed when a slice failed too often, and the database's
    error when it is gone: the slice is then taken again, by this worker when it comes back or by another.
    """
    worker, done = worker_name(), 0
    release_dead_workers(run_pk)
    while part := take_next(run_pk, worker):
        try:
            _do_one(part, do_slice)
            done += 1
        except Error as error:
            if not _database_answers():
                raise
            _release(part, error)
        except Exception as error:
            _release(part, error)
            raise
    stuck = Slice.objects.filter(run_id=run_pk, attempts__gte=ATTEMPTS_MAX).exclude(state=SliceState.DONE).first()
    if stuck:
        raise SliceFailed(f"La tranche {stuck.number} de l’arrêté {run_pk} a échoué : {stuck.last_error}")
    return done


def work_to_end(run: Run, work: str, finish: Callable[..., object], *, workers: int) -> Run:
    """Work a run until it is ended. `work` as `work_in_parallel` takes it; `finish` takes the pk and ends the run once every
    slice is done. What others hold is waited for, and taken up when they die."""
    while run.state == RunState.RUNNING:
        work_in_parallel(run.pk, work, workers)
        finish(run_pk=run.pk)
        run.refresh_from_db()
        if run.state == RunState.RUNNING:
            clock.sleep(WAIT_FOR_OTHERS)
    return run


def _do_one(part: Slice, do_slice: Callable[[Slice], SliceResult]) -> None:
    with transaction.atomic():
        held = Slice.objects.select_for_update(of=("self",)).select_related("run").filter(pk=part.pk).first()
        # Gone when new files made the run begin again.
        if held is None or held.state == SliceState.DONE or held.leased_by != part.leased_by:
            return
        result = do_slice(held)
        held.state, held.rows_done, held.digest = SliceState.DONE, result.rows_done, result.digest
        held.totals, held.last_error = result.totals, ""
        held.finished_at, held.lease_until = timezone.now(), None
        held.save()


def _release(part: Slice, error: Exception) -> None:
    logger.exception("slice %s of run %s failed", part.number, part.run_id, exc_info=error)
    Slice.objects.filter(pk=part.pk, state=SliceState.LEASED, leased_by=part.leased_by).update(
        state=SliceState.WAITING, lease_until=None, last_error=str(error)[:2000]
    )


def _database_answers() -> bool:
    return connection.connection is not None and connection.is_usable()


def retry_failed(run_pk: int) -> int:
    """Somebody asks again: slices that failed too often may be tried anew."""
    failed = Slice.objects.filter(run_id=run_pk, attempts__gte=ATTEMPTS_MAX).exclude(state=SliceState.DONE)
    return failed.update(attempts=0)


def release_dead_workers(run_pk: int) -> int:
    """Give back at once the slices leased by processes of this machine that no longer live.

    And those of this very worker: it holds none when it begins, unless it lost the database in the middle of one.
    """
    host, released = socket.gethostname(), 0
    for part in Slice.objects.filter(run_id=run_pk, state=SliceState.LEASED, leased_by__startswith=f"{host}:"):
        pid = int(part.leased_by.removeprefix(f"{host}:").split(":")[0])
        if part.leased_by == worker_name() or not is_alive(pid):
            released += Slice.objects.filter(pk=part.pk, leased_by=part.leased_by, state=SliceState.LEASED).update(
                state=SliceState.WAITING, lease_until=None, attempts=part.attempts - 1
            )
    return released


def is_alive(pid: int) -> bool:
    """Whether a process of this machine lives."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def signature_refusal(run: Run, username: str, on: date) -> str:
    """Why `username` cannot sign now; empty when they can."""
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        return "Ce compte n’existe pas."
    held = [role for role in SIGNING_ORDER if role in roles_on(user, on)]
    if not held:
        return "Votre rôle ne signe pas les arrêtés."
    if run.scope is not None:
        return "Cet arrêté vise quelques familles : la gestion l’approuve, et non l’ordonnateur ou l’agent comptable."
    roles = [role for role in held if reaches(user, role, run, on)]
    if not roles:
        return beyond(user, held, on)
    if run.dry_run or run.state != RunState.TO_SIGN:
        return f"Cet arrêté est « {run.get_state_display()} » : il n’y a rien à signer."
    check = SIGNING_CHECKS.get(run.kind)
    if check is not None and (waits := check(run)):
        return waits
    signed = list(Signature.objects.filter(run=run, voided_at__isnull=True).select_related("user"))
    for signature in signed:
        if signature.user_id == user.pk:
            return "Vous avez déjà signé : la seconde signature est celle d’une autre personne."
    expected = SIGNING_ORDER[len(signed)] if len(signed) < len(SIGNING_ORDER) else None
    if expected not in roles:
        return f"La prochaine signature est celle de : {expected.label if expected else 'personne'}."
    return ""


def sign(*, run_pk: int, username: str, on: date, digest: str | None = None) -> Signature:
    """One signature on the present digest, which must be `digest` (what the person read) when it is given.

    Raises SignatureRefused; the database refuses the same things again.
    """
    try:
        with transaction.atomic():
            run = Run.objects.select_for_update(of=("self",)).get(pk=run_pk)
            refusal = signature_refusal(run, username, on)
            if refusal:
                raise SignatureRefused(refusal)
            if digest is not None and digest != run.digest:
                raise SignatureRefused(DIGEST_CHANGED)
            count = Signature.objects.filter(run=run, voided_at__isnull=True).count()
            signature = Signature.objects.create(
                run=run,
                user=User.objects.get(username=username),
                role=SIGNING_ORDER[count],
                digest=run.digest,
                signed_at=_moment(on),
            )
            journal(
                actor=username, action="run.signed", subject=f"run:{run.pk}",
                detail={"digest": run.digest, "role": SIGNING_ORDER[count]},
            )  # fmt: skip
            if count + 1 == len(SIGNING_ORDER):
                move_run(run_pk=run.pk, to=RunState.SIGNED, by=username, reason="deux signatures")
    except IntegrityError as refused:
        raise SignatureRefused("Cette signature est déjà donnée.") from refused
    return signature


def sign_named(*, run_pk: int, username: str, on: date) -> Signature:
    """A caseworker's signature on a run that names its families; it is signed after one, or two under four eyes.

    Raises SignatureRefused; the database refuses the same things again.
    """
    try:
        with transaction.atomic():
            run = Run.objects.select_for_update(of=("self",)).get(pk=run_pk)
            role = _named_role(run, username, on)
            signature = Signature.objects.create(
                run=run, user=User.objects.get(username=username), role=role, digest=run.digest, signed_at=_moment(on)
            )
            journal(
                actor=username, action="run.signed", subject=f"run:{run.pk}",
                detail={"digest": run.digest, "role": role},
            )  # fmt: skip
            given = Signature.objects.filter(run=run, voided_at__isnull=True).count()
            if given == (2 if run.four_eyes else 1):
                move_run(run_pk=run.pk, to=RunState.SIGNED, by=username, reason="approuvé")
    except IntegrityError as refused:
        raise SignatureRefused("Vous l’avez proposé : une autre personne l’approuve.") from refused
    return signature


def _named_role(run: Run, username: str, on: date) -> str:
    """The role in which `username` signs a run of a few families. Raises SignatureRefused."""
    if run.scope is None or run.dry_run or run.state != RunState.TO_SIGN:
        raise SignatureRefused(f"Cet arrêté est « {run.get_state_display()} » : il n’y a rien à approuver ici.")
    user = User.objects.filter(username=username, is_active=True).first()
    held = [Role(role) for role in CASEWORKERS if user is not None and role in roles_on(user, on)]
    if user is None or not held:
        raise SignatureRefused("Votre rôle n’approuve pas les corrections.")
    found = next((role for role in held if reaches(user, role, run, on)), None)
    if found is None:
        raise SignatureRefused(beyond_named(run))
    return found


def _moment(on: date) -> datetime:
    """Now, or the same hour of the day given (the demo's day, or the command's)."""
    now = timezone.localtime()
    return timezone.make_aware(datetime.combine(on, time(now.hour, now.minute, now.second)))


def issue(*, run_pk: int, out: Path, on: date, by: str) -> dict[str, int]:
    """Issue a run as its kind is issued. Raises Run.DoesNotExist, RunNotIssuable."""
    run = Run.objects.get(pk=run_pk)
    issuer = ISSUERS.get(run.kind)
    if issuer is None:
        raise RunNotIssuable("Un arrêté de cette sorte ne s’émet pas.")
    return issuer(run_pk=run_pk, out=out, on=on, by=by)


def check_signed(run: Run) -> None:
    """What every run needs before it is issued: no dry run, and its signatures on the present digest. Raises RunNotIssuable."""
    if run.dry_run:
        raise RunNotIssuable("C’est un essai à blanc : il ne s’émet pas. Clôturez à nouveau sans --dry-run.")
    if run.state != RunState.SIGNED:
        raise RunNotIssuable(f"L’arrêté {run.pk} est « {run.get_state_display()} » : il faut deux signatures.")
    signed = Signature.objects.filter(run=run, voided_at__isnull=True, digest=run.digest).count()
    if signed != (2 if run.scope is None or run.four_eyes else 1):
        raise RunNotIssuable("L’empreinte a changé depuis les signatures : elles ne valent plus.")


def void_signatures(*, run_pk: int, reason: str) -> int:
    """Signatures that no longer count, because what they bound has changed."""
    given = Signature.objects.filter(run_id=run_pk, voided_at__isnull=True)
    count = given.update(voided_at=timezone.now(), voided_reason=reason)
    if count:
        journal(actor="portail", action="run.signatures_voided", subject=f"run:{run_pk}", detail={"reason": reason})
    return count
