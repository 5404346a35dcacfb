"""Asking for letters, and writing them: one or thousands, killed at any second, each is written once."""

import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from portal.audit.operations import journal
from portal.letters.kinds import kind_of
from portal.letters.models import JobState, Letter, LetterBatch, LetterJob
from portal.letters.rendering import render_letter
from portal.people.vault import decrypt, encrypt

logger = logging.getLogger(__name__)
ATTEMPTS_MAX = 3
AT_ONCE = 20
# Told of each letter written, in its transaction: an application registers what it does then.
AFTER_LETTER: list[Callable[[Letter], object]] = []


@dataclass(frozen=True)
class Wanted:
    """A letter to write: `key` names it for ever, `facts` is what its template needs (JSON).

    `dated`: its own day, when it is not the batch's.
    """

    key: str
    subject: str
    facts: dict[str, Any]
    dated: date | None = None


def ask_letter(*, kind: str, key: str, subject: str, facts: dict[str, Any], dated: date, by: str) -> LetterJob:
    """Ask for one letter, in the caller's transaction; the same key again gives the first job. Raises UnknownLetter."""
    kind_of(kind)
    job, created = LetterJob.objects.get_or_create(
        key=key, defaults={"kind": kind, "subject": subject, "dated": dated, "facts": _sealed(facts)}
    )
    if created:
        journal(actor=by, action="letter.asked", subject=subject, detail={"kind": kind, "key": key})
    return job


def ask_batch(*, kind: str, letters: Iterable[Wanted], dated: date, by: str) -> LetterBatch:
    """Ask for many letters of one kind; those already asked for are left where they are."""
    return ask_batches(letters={kind: letters}, dated=dated, by=by)[0]


def ask_batches(*, letters: Mapping[str, Iterable[Wanted]], dated: date, by: str) -> list[LetterBatch]:
    """The same for several kinds, a batch each. The journal comes last: whoever writes in it keeps everybody else out of
    it until the end of their transaction."""
    for kind in letters:
        kind_of(kind)
    with transaction.atomic():
        batches = [_batch(kind, of_kind, dated, by) for kind, of_kind in sorted(letters.items())]
        for one in batches:
            journal(actor=by, action="letter.batch", subject=f"letterbatch:{one.pk}", detail={"kind": one.kind})
    return batches


def _batch(kind: str, letters: Iterable[Wanted], dated: date, by: str) -> LetterBatch:
    batch = LetterBatch.objects.create(kind=kind, dated=dated, asked_by=by, asked_at=timezone.now())
    LetterJob.objects.bulk_create(
        (
            LetterJob(
                batch=batch,
                key=one.key,
                kind=kind,
                subject=one.subject,
                dated=one.dated or dated,
                facts=_sealed(one.facts),
            )
            for one in letters
        ),
        batch_size=1000,
        ignore_conflicts=True,
    )
    return batch


def _sealed(facts: dict[str, Any]) -> bytes:
    return encrypt(json.dumps(facts, ensure_ascii=False, sort_keys=True).encode())


def write_letters(*, most: int | None = None) -> int:
    """Write what waits, until nothing does or `most` are done; returns how many were written.

    Several workers may do this at once: a locked job is skipped, and a job killed in the middle waits again.
    """
    done = 0
    while most is None or done < most:
        if not (taken := _write_some(AT_ONCE if most is None else min(AT_ONCE, most - done))):
            return done
        done += taken
    return done


def _write_some(count: int) -> int:
    with transaction.atomic():
        jobs = list(
            LetterJob.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(state=JobState.WAITING)
            .order_by("pk")[:count]
        )
        for job in jobs:
            _write(job)
    return len(jobs)


def _write(job: LetterJob) -> None:
    try:
        with transaction.atomic():
            _write_one(job)
    except Exception as error:
        # One letter that cannot be written never holds up the others; somebody sees it in the list of failures.
        logger.exception("letter %s failed", job.key)
        job.attempts += 1
        job.last_error = str(error)[:500]
        job.state = JobState.FAILED if job.attempts >= ATTEMPTS_MAX else JobState.WAITING
        job.save(update_fields=["attempts", "last_error", "state"])


def _write_one(job: LetterJob) -> Letter:
    kind, number = kind_of(job.kind), _number(job.dated)
    rendered = render_letter(kind, json.loads(decrypt(job.facts)), number=number, dated=job.dated)
    letter = Letter.objects.create(
        job=job, number=number, kind=job.kind, title=kind.title, subject=job.subject, dated=job.dated,
        written_at=timezone.now(), sha256=hashlib.sha256(rendered.pdf).hexdigest(), pages=rendered.pages,
        pdf=encrypt(rendered.pdf), text=encrypt(rendered.html.encode()),
    )  # fmt: skip
    job.state, job.last_error = JobState.DONE, ""
    job.save(update_fields=["state", "last_error"])
    for tell in AFTER_LETTER:
        tell(letter)
    return letter


def _number(dated: date) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('letters_letter_numbers')")
        return f"{dated:%Y}-{cursor.fetchone()[0]:07d}"


def retry_failed(*, batch_pk: int | None, by: str) -> int:
    """Only what failed is tried again; without a batch, of the letters asked for one by one."""
    found = LetterJob.objects.filter(batch_id=batch_pk, state=JobState.FAILED)
    count = found.update(state=JobState.WAITING, attempts=0)
    journal(actor=by, action="letter.retried", subject=f"letterbatch:{batch_pk}", detail={"count": count})
    return count


def read_pdf(letter: Letter) -> bytes:
    """The PDF as it left. Raises Undecipherable, or ValueError when its hash no longer agrees."""
    content = decrypt(letter.pdf)
    if hashlib.sha256(content).hexdigest() != letter.sha256:
        raise ValueError(f"Le courrier {letter.number} ne correspond plus à son empreinte.")
    return content
