"""SEPA credit files, streamed, against sepaxml on the same payments: bench.sepa [payments]. Each in a process of its own."""

import subprocess
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.common import peak_mib

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
    done = subprocess.run(
        [sys.executable, "-m", "bench.sepa", which, str(count)], capture_output=True, text=True, check=True
    )
    seconds, memory = done.stdout.split()
    return float(seconds), int(memory)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        with TemporaryDirectory() as folder:
            start = time.perf_counter()
            {"ours": ours, "peer": peer}[sys.argv[1]](int(sys.argv[2]), Path(folder) / "file.xml")
            print(time.perf_counter() - start, peak_mib())
    else:
        size = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
        mine, theirs = measure("ours", size), measure("peer", size)
        ratio = theirs[0] / mine[0]
        print(f"{size} payments: ours, schema-validated {mine[0]:.1f} s, {mine[1]} MiB")
        print(f"{size} payments: sepaxml, not validated {theirs[0]:.1f} s, {theirs[1]} MiB: ratio {ratio:.1f}")
        seconds, memory = measure("ours", 860_000)
        print(f"860000 payments: ours, schema-validated {seconds:.1f} s, {memory} MiB")
