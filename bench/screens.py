"""The pages under fifty people at once, at national size: bench.screens [families] [seconds].

The base is generated, imported and closed once; the pages are served by the demo's own web server, on this machine
only. Each of fifty people opens a page, reads it for two to eight seconds, and opens another: forty-five agents of a
fund, of Pajemploi and of the direction, five parents. Then what one person alone waits for, and the slowest queries.
"""

import os
import random
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import requests

from bench.common import output_of, portal, timed

MONTH, DAY = date(2026, 10, 1), date(2026, 10, 26)
USERS, PARENTS = 50, 5
DIRECTION = 5  # its place among the agents
READS_FOR = (2.0, 8.0)
AIM_MS = 200
ALONE = 10
SLOW_SECONDS = 0.05
MOST_SECONDS = 600
PHOTO = 2 * 1024 * 1024  # what a telephone sends
Address = Callable[[random.Random], str]


@dataclass
class Seen:
    """Milliseconds of each page, and what was no page."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, page: str, status: int, found: str, seconds: float) -> None:
        self.times[page].append(seconds * 1000)
        if status != 200 or "/entree/" in found:
            self.wrong[f"{page} {status or found}"] += 1


def load(home: Path, families: int) -> None:
    """The generated base, its month closed, its people."""
    from cmg.demo.people import create_people
    from cmg.operations import close_month
    from portal.exchange.operations import each_import

    times: dict[str, float] = {}
    create_people()
    files = home / "files"
    output_of([sys.executable, "manage.py", "generate_population", "--families", families, "--seed", 7, "--out", files])
    paths = sorted(path for path in files.glob("*.csv") if path.name != "expected-anomalies.csv")
    workers = os.cpu_count() or 1
    with timed("load", times):
        for report in each_import(paths, workers=workers):
            assert not report.refusals
        close_month(month=MONTH, on=DAY, workers=workers)
    print(f"{families} families loaded and closed in {times['load']:.0f} s", flush=True)


def agents_pages(username: str) -> dict[str, Address]:
    """The pages that an agent opens, each with how its address is drawn."""
    from cmg.models import Account, Settlement
    from cmg.selectors import funds_of
    from portal.accounts.models import User

    funds = funds_of(User.objects.get(username=username), DAY)
    held = Settlement.objects.filter(status="HELD")
    held = held if funds is None else held.filter(fund__in=funds)
    rows = list(held.order_by("pk").values_list("pk", "employer_no")[:500])
    names = list(
        Account.objects.filter(employer_no__in=[number for _pk, number in rows]).values_list("last_name", flat=True)[
            :500
        ]
    )
    month = f"/agent/mois/{MONTH:%Y-%m}/"
    return {
        "queue": lambda _draw: "/agent/",
        "team's queue": lambda _draw: "/agent/?box=team",
        "search by name": lambda draw: f"/agent/recherche/?q={quote(draw.choice(names))}",
        "search by number": lambda draw: f"/agent/recherche/?q={draw.choice(rows)[1]}",
        "dossier": lambda draw: f"/agent/familles/{draw.choice(rows)[1]}/",
        "amount explained": lambda draw: f"/agent/montant/{draw.choice(rows)[0]}/",
        "held": lambda _draw: f"{month}retenus/",
        "held, by name": lambda draw: f"{month}retenus/?q={quote(draw.choice(names))}",
        "anomalies": lambda _draw: f"{month}anomalies/",
        "anomalies, by code": lambda _draw: f"{month}anomalies/?code=CMG-013",
        "month": lambda _draw: month,
        "changes": lambda _draw: f"{month}changements/",
        "bank": lambda _draw: f"{month}banque/",
        "files": lambda _draw: "/agent/flux/",
        "repair": lambda draw: f"/agent/reparer/RELINK_NUMBER/{draw.choice(rows)[1]}/",
        "corrections": lambda _draw: "/agent/regularisations/",
        "remedies": lambda _draw: "/agent/remedes/",
        "remedies, by list": lambda draw: f"/agent/remedes/?box={draw.choice(('refunds', 'overpayments', 'returned'))}",
        "remedies of a family": lambda draw: f"/agent/remedes/famille/{draw.choice(rows)[1]}/",
        "reports": lambda _draw: "/agent/signalements/",
        "board": lambda _draw: "/agent/commission/",
        "letters": lambda _draw: "/agent/courriers/",
        "letters of a family": lambda draw: f"/agent/courriers/famille/{draw.choice(rows)[1]}/",
        "messages": lambda draw: f"/agent/messages/{draw.choice(rows)[1]}/",
    } | (steering_pages() if username == "helene" else {})


def steering_pages() -> dict[str, Address]:
    """The dashboard and its lists, for the direction; the replay of 2019 before anybody asked for one."""
    listed = ("retenues", "dossiers", "delais", "avances", "remboursements", "signalements", "corrections")
    return {
        "dashboard": lambda _draw: "/agent/pilotage/",
        "dashboard, a fund": lambda _draw: "/agent/pilotage/?fund=CAF63",
        "dashboard, wrong": lambda _draw: "/agent/pilotage/prelevements/",
        "dashboard, a list": lambda draw: f"/agent/pilotage/liste/{draw.choice(listed)}/",
        "replay": lambda _draw: "/agent/rejeu/",
    }


def family_pages(user) -> dict[str, Address]:  # type: ignore[no-untyped-def]
    """The pages that a parent opens, with a movement, a report and a paper of their own."""
    order, report, paper = _belongings(user.username.removeprefix("parent-"))
    months = f"/famille/mois/{MONTH:%Y-%m}/"
    named = {
        "family's home": "/famille/", "family's months": "/famille/mois/", "family's month": months,
        "family's report": "/famille/signaler/", "family's follow-up": f"/famille/suivi/{report.number}/",
        "family's requests": "/famille/suivi/", "family's payments": "/famille/paiements/",
        "family's receipt": f"/famille/paiements/{order.pk}/", "receipt in PDF": f"/famille/paiements/{order.pk}/pdf/",
        "family's paper": f"/famille/pieces/{paper.pk}/", "family's letters": "/famille/courriers/",
        "family's messages": "/famille/messages/", "family declares": "/famille/declarer/",
        "family's rights": "/famille/droits/", "family's account": "/famille/compte/",
        "family's advance": "/famille/avance/", "family's refund": "/famille/remboursement/",
        "family's emergency": "/famille/urgence/", "family's choices": "/famille/preferences/",
    }  # fmt: skip
    return {page: (lambda _draw, address=address: address) for page, address in named.items()}


def _belongings(employer_no: str) -> tuple:  # type: ignore[type-arg]
    """A movement of money that waits, a report and its photo."""
    from django.utils import timezone

    from cmg.family.papers import about_report
    from cmg.models import Account, Report
    from portal.banking.models import PaymentOrder
    from portal.casework.papers import keep_attachment

    account = Account.objects.get(employer_no=employer_no, known_until__isnull=True)
    subject, at = f"cmg:employer:{employer_no}", timezone.now()
    order = PaymentOrder.objects.create(
        id=900_000_000 + account.pk, kind="CREDIT", purpose="CMG_ADVANCE", subject=subject, name="x",
        end_to_end_id=f"BENCH-{account.pk}", iban_key=account.iban_key, amount_cents=10_000, due_on=DAY, remittance="x",
    )  # fmt: skip
    report = Report.objects.create(
        number=f"26-{account.pk}"[:12], form_key=uuid4(), employer_no=employer_no, fund=account.fund or "", channel="WEB",
        symptom="OTHER", months=[MONTH], opened_at=at, opened_by="bench", first_answer_by=DAY,
    )  # fmt: skip
    photo = b"\xff\xd8\xff" + os.urandom(PHOTO)
    paper = keep_attachment(
        subject=subject, about=about_report(report), name="photo.jpg", content=photo, given_by="bench", at=at
    )
    return order, report, paper


def people() -> list[tuple[str, dict[str, Address]]]:
    """Fifty sessions with the pages of each."""
    from portal.accounts.models import User

    usernames = ("nathalie", "nathalie", "nathalie", "thomas", "thomas", "helene")
    pages = {name: agents_pages(name) for name in dict.fromkeys(usernames)}
    agents = [usernames[number % len(usernames)] for number in range(USERS - PARENTS)]
    users = {user.username: user for user in User.objects.filter(username__in=pages)}
    found = [(_session(users[name]), pages[name]) for name in agents]
    return found + [(_session(parent), family_pages(parent)) for parent in _parents()]


def _parents() -> list:  # type: ignore[type-arg]
    from cmg.models import Settlement
    from portal.accounts.links import link
    from portal.accounts.models import Door, LinkedBy, User

    numbers = Settlement.objects.filter(status="SETTLED").order_by("pk").values_list("employer_no", flat=True)
    made = []
    for number in list(dict.fromkeys(numbers[:100]))[:PARENTS]:
        user = User.objects.create(username=f"parent-{number}", door=Door.FAMILY)
        link(user_pk=user.pk, subject=f"cmg:employer:{number}", how=LinkedBy.EMPLOYER_NO, on=DAY)
        made.append(user)
    return made


def _session(user) -> str:  # type: ignore[no-untyped-def]
    """The cookie of somebody who came in."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The demo's web server on a free port of this machine."""
    from cmg.management.commands.run_demo import web_server
    from portal.embedded.servers import free_port

    port = free_port()
    with (home / "web.log").open("ab") as log:
        web = subprocess.Popen(web_server(port), stdout=log, stderr=log, env=os.environ | {"PORTAL_DAY": str(DAY)})
    address = f"http://127.0.0.1:{port}"
    try:
        for _attempt in range(300):
            try:
                requests.get(f"{address}/healthz", timeout=30)
                break
            except requests.RequestException:
                time.sleep(0.1)
        yield address
    finally:
        web.terminate()
        web.wait(20)


def one_person(address: str, cookie: str, pages: dict[str, Address], seed: int, until: float, seen: Seen) -> None:
    """Open pages and read them, until the time is over."""
    draw, session = random.Random(seed), _browser(cookie)
    time.sleep(draw.uniform(0, READS_FOR[1]))
    while time.monotonic() < until:
        _open(session, address, draw.choice(sorted(pages)), pages, draw, seen)
        time.sleep(draw.uniform(*READS_FOR))


def _browser(cookie: str) -> requests.Session:
    from django.conf import settings

    session = requests.Session()
    session.cookies.set(settings.SESSION_COOKIE_NAME, cookie)
    return session


def _open(
    session: requests.Session, address: str, page: str, pages: dict[str, Address], draw: random.Random, seen: Seen
) -> None:  # fmt: skip
    wanted, start = address + pages[page](draw), time.perf_counter()
    try:
        status, found = (answer := session.get(wanted, timeout=60)).status_code, answer.url
    except requests.RequestException as failed:
        status, found = 0, type(failed).__name__
    seen.add(page, status, found, time.perf_counter() - start)


def together(address: str, found: list[tuple[str, dict[str, Address]]], seconds: int) -> Seen:
    """All of them at once."""
    seen, until = Seen(), time.monotonic() + seconds
    threads = [
        threading.Thread(target=one_person, args=(address, cookie, pages, number, until, seen))
        for number, (cookie, pages) in enumerate(found)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen


def alone(address: str, found: list[tuple[str, dict[str, Address]]]) -> Seen:
    """Each page a few times, nobody else there: the first agent, the direction, and the first parent."""
    seen, draw = Seen(), random.Random(1)
    for cookie, pages in (found[0], found[DIRECTION], found[-1]):
        session = _browser(cookie)
        for page in pages:
            for _time in range(ALONE):
                _open(session, address, page, pages, draw, seen)
    return seen


def quantile(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def tell(title: str, seen: Seen, seconds: float) -> None:
    every = [one for times in seen.times.values() for one in times]
    print(
        f"{title}: {len(every)} pages, {len(every) / seconds:.1f} a second, p50 {quantile(every, 0.5):.0f} ms, p95 "
        f"{quantile(every, 0.95):.0f} ms (aim {AIM_MS}), {sum(seen.wrong.values())} errors {dict(seen.wrong) or ''}"
    )
    for page, times in sorted(seen.times.items()):
        print(f"  {page:<20} {len(times):>5}  p50 {quantile(times, 0.5):>6.0f}  p95 {quantile(times, 0.95):>6.0f} ms")


def slow_queries(pages: dict[str, Address], username: str) -> None:
    """The queries of each page that take longer than a twentieth of a second, asked once alone."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from portal.accounts.models import User

    client, draw = Client(), random.Random(2)
    client.force_login(User.objects.get(username=username))
    for page, address in pages.items():
        with CaptureQueriesContext(connection) as queries:
            client.get(address(draw), headers={"host": "127.0.0.1"})
        for query in queries.captured_queries:
            if float(query["time"]) >= SLOW_SECONDS:
                print(f"  slow, {username}, {page}, {query['time']} s: {query['sql'][:600]}")


def main(families: int, seconds: int) -> None:
    os.environ["PORTAL_DAY"] = str(DAY)
    with portal() as home:
        load(home, families)
        found = people()
        with served(home) as address:
            alone(address, found)  # warm
            start = time.monotonic()
            seen = alone(address, found)
            tell("one person alone", seen, time.monotonic() - start)
            tell(f"{USERS} people, a page each 2 to 8 s", together(address, found, seconds), seconds)
        print(f"the machine's load at the end: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        for number, username in ((0, "nathalie"), (3, "thomas")):
            slow_queries(found[number][1], username)


if __name__ == "__main__":
    asked = [int(text) for text in sys.argv[1:]]
    main(asked[0] if asked else 860_000, min(asked[1] if len(asked) > 1 else 60, MOST_SECONDS))
