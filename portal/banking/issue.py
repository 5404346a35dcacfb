"""Bank files of a run, written from its orders: the same orders give the same bytes, however often it is done."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from portal.banking.formats.schema import validate
from portal.banking.formats.sepa import Header, Payment, write_credits, write_debits
from portal.banking.models import BankFile, OrderKind, OrderState, PaymentOrder
from portal.batches.models import Run
from portal.people.vault import reveal_many

ORDERS_PER_FILE = 100_000
CHUNK = 5_000
FIELDS = (
    "pk", "end_to_end_id", "name", "iban_key", "amount_cents", "remittance", "due_on", "mandate_ref",
    "mandate_signed_on",
)  # fmt: skip


def write_bank_files(run_pk: int, out: Path, *, created_at: datetime) -> list[Path]:
    """Write and validate the files of a run in `out`; mark its orders as sent with the file that carries them.

    Killed in the middle, a second call rewrites the same files. Raises NotValid, and then nothing is marked.
    """
    out.mkdir(parents=True, exist_ok=True)
    run = Run.objects.get(pk=run_pk)
    written = []
    for kind in OrderKind:
        for number, part in enumerate(_parts(run_pk, kind), start=1):
            written.append(_write_one(run, kind, number, part, out, created_at))
    return written


def _parts(run_pk: int, kind: OrderKind) -> Iterator[tuple[int, int, int]]:
    """(offset, count, total cents) of each file: orders by due date, then number."""
    amounts = _ordered(run_pk, kind).values_list("amount_cents", flat=True).iterator(chunk_size=20_000)
    offset = 0
    while part := list(islice(amounts, ORDERS_PER_FILE)):
        yield offset, len(part), sum(part)
        offset += len(part)


def _write_one(
    run: Run, kind: OrderKind, number: int, part: tuple[int, int, int], out: Path, created_at: datetime
) -> Path:
    offset, count, total = part
    letter = "P" if kind == OrderKind.DEBIT else "V"
    message_id = f"CMG-{run.month:%Y%m}-{run.ordinal}-{letter}{number:03d}"
    header = Header(
        message_id, created_at, settings.BANK_ACCOUNT_NAME, settings.BANK_ACCOUNT_IBAN, count, total,
        settings.BANK_CREDITOR_ID, settings.BANK_ACCOUNT_BIC,
    )  # fmt: skip
    path = out / f"{message_id}.xml"
    draft = path.with_suffix(".part")
    with draft.open("wb") as target:
        write = write_debits if kind == OrderKind.DEBIT else write_credits
        write(target, header, _payments(run.pk, kind, offset, count))
    with draft.open("rb") as source:
        validate(source, kind)
    digest = _sha256(draft)
    with transaction.atomic():
        file, _created = BankFile.objects.update_or_create(
            message_id=message_id,
            defaults={
                "run": run, "name": path.name, "kind": kind, "count": count, "total_cents": total, "sha256": digest,
                "created_at": created_at,
            },
        )  # fmt: skip
        carried = _ordered(run.pk, kind).values("pk")[offset : offset + count]
        PaymentOrder.objects.filter(pk__in=carried, state=OrderState.PREPARED).update(
            state=OrderState.SENT, bank_file=file
        )
    draft.replace(path)
    return path


def _ordered(run_pk: int, kind: OrderKind) -> QuerySet[PaymentOrder]:
    return PaymentOrder.objects.filter(run_id=run_pk, kind=kind).order_by("due_on", "pk")


def _payments(run_pk: int, kind: OrderKind, offset: int, count: int) -> Iterator[Payment]:
    rows = _ordered(run_pk, kind).values_list(*FIELDS)[offset : offset + count].iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        ibans = reveal_many({row[3] for row in chunk})
        for _pk, reference, name, key, cents, remittance, due_on, mandate, signed_on in chunk:
            yield Payment(reference, name, ibans[key], cents, remittance, due_on, mandate, signed_on)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as source:
        while piece := source.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()
