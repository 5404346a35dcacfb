"""Bank files of a run, and those of a day: the same orders give the same bytes, however often it is done."""

import hashlib
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from portal.banking.formats.schema import validate
from portal.banking.formats.sepa import Header, Payment, write_credits, write_debits
from portal.banking.models import BankFile, OrderKind, OrderState, PaymentOrder
from portal.banking.services import CMG, ORDERS_OF, Service, service_of_file
from portal.batches.models import Run
from portal.batches.operations import is_alive
from portal.embedded.attach import home_folder
from portal.legislation.calendar import banking_day_from
from portal.people.vault import reveal_many
from portal.turns import one_at_a_time

ORDERS_PER_FILE = 100_000
CHUNK = 5_000
# The lock under which orders are given to a file of the day.
DAY_FILES = "bank-day-files"
LETTERS = {OrderKind.DEBIT: "P", OrderKind.CREDIT: "V"}
FIELDS = (
    "pk", "end_to_end_id", "name", "iban_key", "amount_cents", "remittance", "due_on", "mandate_ref",
    "mandate_signed_on",
)  # fmt: skip


@dataclass(frozen=True)
class Part:
    """One file: its message, and which of the ordered `orders` it carries."""

    message_id: str
    kind: str
    orders: QuerySet[PaymentOrder]
    offset: int
    count: int
    total_cents: int


def bank_folder() -> Path:
    """Where bank files are written for the bank to fetch."""
    return Path(settings.PORTAL_BANK_FOLDER or home_folder() / "bank" / "out")


def bank_files_of(run_pk: int) -> list[BankFile]:
    """The bank files of a run, in the order of their names."""
    return list(BankFile.objects.filter(run_id=run_pk).order_by("name"))


def write_bank_files(
    run_pk: int, out: Path, *, created_at: datetime, day: date, series: str = CMG.prefix
) -> list[Path]:  # fmt: skip
    """Write and validate the files of a run in `out`; mark its orders as sent with the file that carries them.

    `series` begins their numbers: the prefix of a service, and what tells apart its kinds of runs (``PF-ARS``).

    Killed in the middle, a second call rewrites the same files; those that were never written ask for no past day.
    Raises NotValid, and then nothing is marked.
    """
    out.mkdir(parents=True, exist_ok=True)
    run = Run.objects.get(pk=run_pk)
    for kind in OrderKind:
        _bring_forward(PaymentOrder.objects.filter(run=run, kind=kind), kind, day)
    return [_write_of_run(run, part, out, created_at) for kind in OrderKind for part in _parts(run, kind, series)]


def earliest_day(kind: OrderKind, day: date) -> date:
    """The first day that a file written on `day` may ask for: a debit reaches the other bank a banking day before."""
    return banking_day_from(day if kind == OrderKind.CREDIT else day + timedelta(days=1))


def _bring_forward(orders: QuerySet[PaymentOrder], kind: OrderKind, day: date) -> None:
    """What has not left asks for a day that is still to come; what has left keeps the day it was sent with."""
    earliest = earliest_day(kind, day)
    orders.filter(state=OrderState.PREPARED, due_on__lt=earliest).update(due_on=earliest)


def _parts(run: Run, kind: OrderKind, series: str) -> Iterator[Part]:
    """The files of a run: orders by due date, then number."""
    orders = PaymentOrder.objects.filter(run=run, kind=kind).order_by("due_on", "pk")
    amounts = orders.values_list("amount_cents", flat=True).iterator(chunk_size=20_000)
    offset = 0
    while part := list(islice(amounts, ORDERS_PER_FILE)):
        number = offset // ORDERS_PER_FILE + 1
        message_id = f"{series}-{run.month:%Y%m}-{run.ordinal}-{LETTERS[kind]}{number:03d}"
        yield Part(message_id, kind, orders, offset, len(part), sum(part))
        offset += len(part)


def _write_of_run(run: Run, part: Part, out: Path, created_at: datetime) -> Path:
    path = out / f"{part.message_id}.xml"
    draft, digest = _drafted(part, path, created_at)
    with transaction.atomic():
        file, _created = BankFile.objects.update_or_create(
            message_id=part.message_id,
            defaults={
                "run": run, "name": path.name, "kind": part.kind, "count": part.count,
                "total_cents": part.total_cents, "sha256": digest, "created_at": created_at,
            },
        )  # fmt: skip
        carried = part.orders.values("pk")[part.offset : part.offset + part.count]
        PaymentOrder.objects.filter(pk__in=carried, state=OrderState.PREPARED).update(
            state=OrderState.SENT, bank_file=file
        )
    draft.replace(path)
    return path


def write_day_files(out: Path, *, at: datetime, again: bool = False) -> list[Path]:
    """Send what waits outside any run (remedies of the CMG, pensions, what is sent again) in files of the day of `at`.

    Which orders a file carries is fixed first; killed in the middle, the next call writes the same bytes.
    `again` also rewrites what left on that day: a file lost before the bank fetched it. Raises NotValid, and then nothing is marked.
    """
    out.mkdir(parents=True, exist_ok=True)
    for service in ORDERS_OF:
        for kind in OrderKind:
            _claim(service, kind, at)
    files = BankFile.objects.filter(run__isnull=True)
    wanted = files.filter(sha256="")
    if again:
        wanted |= files.filter(created_at__date=timezone.localdate(at))
    day = timezone.localdate(at)
    written = [_write_of_day(pk, out, day, again=again) for pk in wanted.order_by("pk").values_list("pk", flat=True)]
    return [path for path in written if path is not None]


def _claim(service: Service, kind: OrderKind, at: datetime) -> None:
    """Fix which waiting orders the day's next file of a service carries; a file without a hash is still to be written."""
    with transaction.atomic():
        one_at_a_time(DAY_FILES)
        waiting = PaymentOrder.objects.filter(
            ORDERS_OF[service], run__isnull=True, bank_file__isnull=True, kind=kind, state=OrderState.PREPARED
        )
        day = timezone.localdate(at)
        while pks := list(waiting.order_by("due_on", "pk").values_list("pk", flat=True)[:ORDERS_PER_FILE]):
            prefix = f"{service.prefix}-J{day:%Y%m%d}-{LETTERS[kind]}"
            number = BankFile.objects.filter(message_id__startswith=prefix).count() + 1
            orders = PaymentOrder.objects.filter(pk__in=pks)
            total = orders.aggregate(total=Sum("amount_cents"))["total"]
            file = BankFile.objects.create(
                message_id=f"{prefix}{number:03d}", name=f"{prefix}{number:03d}.xml", kind=kind, count=len(pks),
                total_cents=total, sha256="", created_at=at,
            )  # fmt: skip
            orders.update(bank_file=file)


def _write_of_day(file_pk: int, out: Path, day: date, *, again: bool) -> Path | None:
    """Write one file of a day; None when another process did it meanwhile.

    It stands in `out` before its orders are marked: killed between the two, it is written again, the same, and the
    bank knows its message already. It can never be marked and missing.
    """
    with transaction.atomic():
        file = BankFile.objects.select_for_update(of=("self",)).get(pk=file_pk)
        if file.sha256 and not again:
            return None
        orders = PaymentOrder.objects.filter(bank_file=file).order_by("due_on", "pk")
        _bring_forward(PaymentOrder.objects.filter(bank_file=file), OrderKind(file.kind), day)
        part = Part(file.message_id, file.kind, orders, 0, file.count, file.total_cents)
        draft, file.sha256 = _drafted(part, out / file.name, file.created_at)
        draft.replace(out / file.name)
        file.save(update_fields=["sha256"])
        orders.filter(state=OrderState.PREPARED).update(state=OrderState.SENT)
    return out / file.name


def _drafted(part: Part, path: Path, created_at: datetime) -> tuple[Path, str]:
    """The file beside its place, valid, and its hash. Raises NotValid."""
    header = Header(
        part.message_id, created_at, service_of_file(part.message_id).name, settings.BANK_ACCOUNT_IBAN, part.count,
        part.total_cents, settings.BANK_CREDITOR_ID, settings.BANK_ACCOUNT_BIC,
    )  # fmt: skip
    draft = _own_draft(path)
    write = write_debits if part.kind == OrderKind.DEBIT else write_credits
    with draft.open("wb") as target:
        write(target, header, _payments(part))
    with draft.open("rb") as source:
        validate(source, OrderKind(part.kind))
    return draft, _sha256(draft)


def _own_draft(path: Path) -> Path:
    """Where this worker drafts the file: two that write the same one at once do not meet. What the dead left goes."""
    for left in path.parent.glob(f"{path.stem}.*.part"):
        if not is_alive(int(left.suffixes[-2].removeprefix(".").partition("-")[0])):
            left.unlink(missing_ok=True)
    return path.with_suffix(f".{os.getpid()}-{threading.get_native_id()}.part")


def _payments(part: Part) -> Iterator[Payment]:
    found = part.orders.values_list(*FIELDS)[part.offset : part.offset + part.count]
    rows = found.iterator(chunk_size=CHUNK)
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
