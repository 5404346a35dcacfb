"""SEPA credit files, streamed, against sepaxml on the same payments: bench.sepa [payments ...].

Each size and side in a process of its own. Ours is validated against its schema; sepaxml, whose own validation is left
out, builds the whole tree. `ours` before the sizes leaves the peer out.
"""

import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.common import output_of, peak_mib

SIZES = (50_000, 860_000)
IBAN = "FR7630006000011234567890189"


def ours(count: int, path: Path) -> None:
    from portal.banking.formats.schema import validate
    from portal.banking.formats.sepa import Header, Payment, write_credits

    header = Header("BENCH", datetime(2026, 10, 26, tzinfo=UTC), "CENTRE", IBAN, count, count * 100)
    payments = (Payment(f"E{number}", "Éloïse Dupré", IBAN, 100, "CMG", date(2026, 10, 28)) for number in range(count))
    with path.open("wb") as target:
        write_credits(target, header, payments)
    with path.open("rb") as source:
        validate(source, "CREDIT")


def peer(count: int, path: Path) -> None:
    from sepaxml import SepaTransfer

    transfer = SepaTransfer(
        {"name": "CENTRE", "IBAN": IBAN, "BIC": "BNPAFRPPXXX", "batch": True, "currency": "EUR"},
        schema="pain.001.001.09",
        clean=True,
    )
    for number in range(count):
        transfer.add_payment(
            {
                "name": "Éloïse Dupré",
                "IBAN": IBAN,
                "BIC": "BNPAFRPPXXX",
                "amount": 100,
                "execution_date": date(2026, 10, 28),
                "description": "CMG",
                "endtoend_id": f"E{number}",
            }
        )
    path.write_bytes(transfer.export(validate=False))


def measure(which: str, count: int) -> tuple[float, int]:
    seconds, memory = output_of([sys.executable, "-m", "bench.sepa", "side", which, count]).split()
    return float(seconds), int(memory)


def side(which: str, count: int) -> None:
    with TemporaryDirectory() as folder:
        start = time.perf_counter()
        {"ours": ours, "peer": peer}[which](count, Path(folder) / "file.xml")
        print(time.perf_counter() - start, peak_mib())


def main(words: list[str]) -> None:
    alone = words[:1] == ["ours"]
    sizes = [int(text) for text in words[alone:]] or list(SIZES)
    peaks = []
    for size in sizes:
        seconds, memory = measure("ours", size)
        peaks.append(memory)
        print(f"{size} payments: ours, schema-validated {seconds:.1f} s, {memory} MiB", flush=True)
        if not alone:
            theirs, more = measure("peer", size)
            print(f"{size} payments: sepaxml, not validated {theirs:.1f} s, {more} MiB: {theirs / seconds:.1f} times "
                  f"our time, {more / memory:.0f} times our memory")  # fmt: skip
    print(f"our memory from {sizes[0]} to {sizes[-1]} payments: {peaks[0]} to {peaks[-1]} MiB")


if __name__ == "__main__":
    if sys.argv[1:2] == ["side"]:
        side(sys.argv[2], int(sys.argv[3]))
    else:
        main(sys.argv[1:])
