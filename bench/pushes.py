"""Crèches that push their free places: bench.pushes [structures]. Each asks for a token, then sends six weeks of slots.

Over HTTP, to the demo's own web server, on this machine only, each structure from an address of its own, eight at a time
and as fast as they are answered: how many a second, against the 13 000 structures of the country within a quarter of an
hour. Beside it, in the same run, the bare SQL write of the same rows, a transaction a structure.
"""

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from bench.common import FOLDER, cpu_seconds, portal, timed
from bench.screens import quantile, served

DAY = date(2026, 10, 26)
STRUCTURES, WITHIN_SECONDS = 13_000, 15 * 60
VENDORS, SENDERS, SEED = 20, 8, 7
WEEKS = 6
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


def load(home: Path, structures: int) -> list[list[str]]:
    """The offer, each manager with a delegation; of each structure that is listed: its number, vendor and secret."""
    from django.db import connection

    from monenfant.models import CareStructure, SoftwareDelegation, SoftwareVendor
    from monenfant.models.places import Manager
    from monenfant.population import generate
    from monenfant.publishing import publish_offer
    from monenfant.transmission.vendors import open_vendor
    from portal.accounts.models import User
    from portal.exchange.operations import import_file

    User.objects.create(username="bench")
    for path in generate(structures, 1, SEED, home / "files").files:
        import_file(path)
    publish_offer(on=DAY)
    secrets = {
        f"V{number}": open_vendor(code=f"V{number}", name="x", on=DAY, opened_by="bench")[1]
        for number in range(VENDORS)
    }
    vendors = list(SoftwareVendor.objects.order_by("pk"))
    SoftwareDelegation.objects.bulk_create(
        SoftwareDelegation(manager=one, vendor=vendors[number % VENDORS], start=DAY)
        for number, one in enumerate(Manager.objects.order_by("pk"))
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    listed = CareStructure.objects.filter(known_until=None, listing_status="LISTED", manager_siret__isnull=False)
    of_manager = dict(SoftwareDelegation.objects.values_list("manager__siret", "vendor__code"))
    return [
        [number, of_manager[siret], secrets[of_manager[siret]]]
        for number, siret in listed.order_by("cnaf_id").values_list("cnaf_id", "manager_siret")
    ]


def message(cnaf_id: str) -> bytes:
    """Half-days of six weeks, Monday to Friday, with a place; about sixty slots."""
    days = [DAY + timedelta(days=ahead) for ahead in range(3, 7 * WEEKS)]
    slots = [{"date": day.isoformat(), "half_day": band, "age_group": group, "kind": "REGULAR", "places": 1}
             for day in days if day.weekday() < 5 for band, group in (("AM", "13-24"), ("PM", "25-36"))]  # fmt: skip
    window = {"from": DAY.isoformat(), "to": days[-1].isoformat()}
    return json.dumps({"schema": "1.0", "structure": {"cnaf_id": cnaf_id}, "generated_at": "2026-10-26T05:10:00+01:00",
                       "sequence": 1, "window": window, "slots": slots}).encode()  # fmt: skip


def push(address: str, number: int, cnaf_id: str, vendor: str, secret: str) -> tuple[float, float, str]:
    """Milliseconds of a token and of a push, and what was answered."""
    split = urlsplit(address)
    line = HTTPConnection(str(split.hostname), split.port or 80, timeout=120)
    from_where = {"X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"}
    asked = urlencode({"grant_type": "client_credentials", "client_id": vendor, "client_secret": secret})
    start = time.perf_counter()
    try:
        line.request("POST", "/api/v1/oauth/token", asked, from_where | {"Content-Type": FORM})
        token = json.loads(line.getresponse().read())["access_token"]
        known = time.perf_counter()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": JSON, "Idempotency-Key": str(uuid4())}
        line.request("PUT", f"/api/v1/structures/{cnaf_id}/availability", message(cnaf_id), from_where | headers)
        answer = line.getresponse()
        answer.read()
        said = str(answer.status)
    except (OSError, ValueError, KeyError) as failed:
        known, said = start, type(failed).__name__
    finally:
        line.close()
    return (known - start) * 1000, (time.perf_counter() - known) * 1000, said


def send(address: str, path: str) -> None:
    """The structures of a file, in a process of its own; what each got, as JSON."""
    rows = json.loads(Path(path).read_text())
    with ThreadPoolExecutor(SENDERS) as pool:
        print(json.dumps(list(pool.map(lambda one: push(address, one[0], *one[1]), enumerate(rows)))))


def memory_of(address: str) -> int:
    """Largest resident memory of a process of the web server, in MiB."""
    peaks = [0]
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if address.removeprefix("http://").encode() in (folder / "cmdline").read_bytes().split(b"\0"):
                said = (folder / "status").read_text().partition("VmHWM:")[2]
                peaks.append(int(said.split()[0]) // 1024)
    return max(peaks)


def bare(times: dict[str, float]) -> int:
    """The rows that the pushes left, written again by nothing but SQL, a transaction a structure; how many rows."""
    from django.db import connection, transaction

    rows = _rows()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM monenfant_availabilitymessage")
        cursor.execute("DELETE FROM monenfant_availabilitymonth")
    with timed("bare", times), connection.cursor() as cursor:
        for place, (months, told) in rows.items():
            with transaction.atomic():
                _write(cursor, place, months, told)
    return sum(len(months) + 2 for months, _told in rows.values())


MONTH_COLUMNS = ("place_id", "cell", "month", "kind", "age_group", "free_days", "places")
MESSAGE_COLUMNS = ("place_id", "vendor_id", "key", "body_sha256", "sequence", "mode", "window_start", "window_end", "received_at",
                   "body", "answer")  # fmt: skip


def _rows() -> dict[int, tuple[list[tuple], tuple]]:
    from monenfant.models import AvailabilityMessage, AvailabilityMonth

    months: dict[int, list[tuple]] = {}
    for row in AvailabilityMonth.objects.values_list(*MONTH_COLUMNS):
        months.setdefault(row[0], []).append(row)
    told = {
        row[0]: (*row[:-1], json.dumps(row[-1])) for row in AvailabilityMessage.objects.values_list(*MESSAGE_COLUMNS)
    }
    return {place: (months.get(place, []), row) for place, row in told.items()}


def _write(cursor: Any, place: int, months: list[tuple], told: tuple) -> None:
    def insert(table: str, columns: tuple[str, ...], row: tuple) -> None:
        cursor.execute(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})", row)

    cursor.execute("DELETE FROM monenfant_availabilitymonth WHERE place_id = %s", [place])
    for row in months:
        insert("monenfant_availabilitymonth", MONTH_COLUMNS, row)
    insert("monenfant_availabilitymessage", MESSAGE_COLUMNS, told)
    cursor.execute("UPDATE monenfant_careplace SET declared_at = %s WHERE id = %s", [told[8], place])


def tell(name: str, times: list[float]) -> None:
    shares = ", ".join(
        f"{label} {quantile(times, share):.0f}" for label, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
    )
    print(f"  {name}: {shares} ms")


def main(structures: int) -> None:
    os.environ.update({"PORTAL_DAY": str(DAY), "PORTAL_BEHIND_PROXY": "1"})
    times: dict[str, float] = {}
    with portal() as home:
        with timed("load", times):
            rows = load(home, structures)
        path = home / "rows.json"
        path.write_text(json.dumps(rows))
        print(f"{len(rows)} listed structures loaded in {times['load']:.0f} s", flush=True)
        with served(home) as address:
            worked = cpu_seconds()
            with timed("push", times):
                said = subprocess.run(
                    [sys.executable, "-m", "bench.pushes", "send", address, str(path)], cwd=FOLDER.parent, check=True,
                    stdout=subprocess.PIPE, text=True,
                ).stdout  # fmt: skip
            worked = cpu_seconds() - worked
            memory = memory_of(address)
        answers = json.loads(said)
        written = bare(times)
    report(answers, times, worked, memory, written)


def report(answers: list[list[Any]], times: dict[str, float], worked: float, memory: int, written: int) -> None:
    seconds, statuses = times["push"], [one[2] for one in answers]
    pace = len(answers) / seconds
    national = STRUCTURES / pace
    print(
        f"{len(answers)} tokens and pushes in {seconds:.0f} s: {pace:.1f} pushes a second, {worked / len(answers) * 1000:.1f} ms of "
        f"processor each; answers { ({one: statuses.count(one) for one in sorted(set(statuses))}) }"
    )
    tell("token", [one[0] for one in answers])
    tell("push", [one[1] for one in answers])
    print(
        f"  {STRUCTURES} structures at this pace: {national:.0f} s of {WITHIN_SECONDS}, {WITHIN_SECONDS / national:.1f} times the pace"
    )
    print(
        f"  bare SQL of the same {written} rows: {times['bare']:.1f} s; a push over HTTP takes {seconds / times['bare']:.1f} times that"
    )
    print(
        f"  web server's largest memory: {memory} MiB; the machine's load: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["send"]:
        send(*sys.argv[2:4])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else STRUCTURES)
