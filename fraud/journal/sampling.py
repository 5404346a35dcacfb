"""The month read again: a share drawn by a seed that nobody knew, and every look-up that always is.

The seed is the digest of the seal that ended the month: unknown while people looked, the same for whoever draws again.
"""

from datetime import date, datetime, timedelta
from hashlib import sha256

from django.db import transaction

from fraud.journal.reads import Drawn, count_reads, drawn_reads, next_month, special_reads
from fraud.models import JournalSample, SampledLine
from fraud.rules.figures import control_parameters
from fraud.rules.reading import lines_to_draw
from portal.audit.models import JournalEntry, JournalSeal
from portal.audit.operations import journal

SHARE = "journal.sample_share"


class SampleTooEarly(Exception):
    """The month is not over, or not sealed yet; `str()` is the sentence shown."""


def draw_sample(*, month: date, by: str, on: date, at: datetime) -> tuple[JournalSample, bool]:
    """Draw a month, with whether it was drawn already. Raises SampleTooEarly."""
    if (known := JournalSample.objects.filter(month=month).first()) is not None:
        return known, True
    seed, until_id = _seed_of(month), _last_id()
    if seed is None or on < next_month(month):
        raise SampleTooEarly("Ce mois n’est pas fini, ou son dernier jour n’est pas encore scellé : le tirage attend.")
    reads = count_reads(month, until_id)
    count = lines_to_draw(reads, control_parameters().value(SHARE, month))
    with transaction.atomic():
        sample, is_new = JournalSample.objects.get_or_create(
            month=month,
            defaults={
                "seed": seed, "reads": reads, "at_random": count, "until_id": until_id, "drawn_at": at, "drawn_on": on
            },
        )  # fmt: skip
        if not is_new:
            return sample, True
        lines = lines_of(sample)
        SampledLine.objects.bulk_create(
            SampledLine(sample=sample, entry_id=one.entry_id, actor=one.actor, why=one.why) for one in lines
        )
        journal(
            actor=by, action="journal.drawn", subject=f"journal:{month:%Y-%m}",
            detail={"seed": seed, "reads": reads, "lines": len(lines)}, at=at,
        )  # fmt: skip
    return sample, False


def lines_of(sample: JournalSample) -> list[Drawn]:
    """The lines of a draw, computed: those kept must be these."""
    special = special_reads(sample.month, sample.until_id)
    drawn = drawn_reads(
        sample.month,
        sample.until_id,
        seed=sample.seed,
        count=sample.at_random,
        special=[one.entry_id for one in special],
    )
    return sorted([*special, *drawn], key=lambda one: one.entry_id)


def _seed_of(month: date) -> str | None:
    last_day = next_month(month) - timedelta(days=1)
    seal = JournalSeal.objects.filter(day__gte=last_day).order_by("day").first()
    return sha256(f"{month:%Y-%m}:{seal.digest}".encode()).hexdigest() if seal else None


def _last_id() -> int:
    return JournalEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
