"""The journal of a month of work: reads of agents, September drawn and half read again, one alarm."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from cmg.models import Account
from fraud.demo.hours import at_hour
from fraud.journal.alarms import watch_reads
from fraud.journal.reviewing import Reviewer, ask_manager, judge_line, managers_of
from fraud.journal.sampling import draw_sample
from fraud.journal.sensitive import enter_file
from fraud.models import DeclaredLink, SampledLine
from portal.accounts.models import User
from portal.audit.models import JournalEntry
from portal.audit.operations import journal
from portal.audit.sealing import seal_journal
from portal.legislation.calendar import is_business_day

# Those who were there in September: the reinforcements came in October.
READERS = ("nathalie", "thomas", "sylvie", "philippe")
A_DAY, FILES = 6, 400
NOTES = (
    "Dossier dans sa file ce jour-là.",
    "Signalement ouvert la veille sur ce dossier.",
    "Correction de mois en cours.",
)


def load(folder: Path, on: date) -> None:
    """What the demonstration shows on that day; called once."""
    numbers = list(
        Account.objects.filter(known_until=None, fund="CAF63")
        .order_by("employer_no")
        .values_list("employer_no", flat=True)[:FILES]
    )
    if len(numbers) < FILES // 2 or not User.objects.filter(username="kowalski").exists():
        return
    month = (on.replace(day=1) - timedelta(days=1)).replace(day=1)
    anne = User.objects.get(username="kowalski")
    enter_file(
        subject=f"cmg:employer:{numbers[3]}",
        reason="Personne élue du département",
        by=Reviewer(anne.pk, month, at_hour(month, 9)),
    )
    _links(month, numbers)
    _reads(month, on.replace(day=1), numbers)
    _refusal(month, numbers)
    seal_journal(day=on.replace(day=1) - timedelta(days=1))
    draw_sample(month=month, by="portail", on=on.replace(day=1), at=at_hour(on.replace(day=1), 4, 10))
    _read_again(on)
    _burst(on, numbers)
    seal_journal(day=on - timedelta(days=1))


def _links(month: date, numbers: list[str]) -> None:
    """Leïla declared a colleague's file in the summer; and looked."""
    thomas = User.objects.filter(username="thomas").first()
    if thomas is not None:
        DeclaredLink.objects.create(
            user=thomas, subject=f"cmg:employer:{numbers[7]}", relation="COLLEAGUE", since=date(month.year, 6, 1)
        )


def _reads(first: date, end: date, numbers: list[str]) -> None:
    """A few files a day for each; what a list of work looks like, under every limit."""
    readers = list(User.objects.filter(username__in=READERS).order_by("username"))
    entries = [
        JournalEntry(at=at, actor=reader.username, action=_action(reader.username), subject=f"cmg:employer:{number}",
                     detail=_detail(reader.username), origin="10.63.4.17")
        for at, reader, number in _looks(first, end, readers, numbers)
    ]  # fmt: skip
    JournalEntry.objects.bulk_create(entries, batch_size=500)


def _looks(first: date, end: date, readers: list[User], numbers: list[str]) -> Iterator[tuple[datetime, User, str]]:
    day, place = first, 0
    while day < end:
        for look in range(A_DAY if is_business_day(day) else 0):
            for reader in readers:
                place += 7
                yield at_hour(day, 0, 525 + 80 * look + place % 53), reader, numbers[place % len(numbers)]
        day += timedelta(days=1)


def _action(username: str) -> str:
    return "control.case_read" if username in ("sylvie", "philippe") else "cmg.family.read"


def _detail(username: str) -> dict[str, object]:
    if username in ("sylvie", "philippe"):
        return {
            "fields": ["identité", "ressources"],
            "why": "instruction d’un dossier de contrôle",
            "result": "SHOWN",
            "body": "CAF63",
        }
    return {}


def _refusal(month: date, numbers: list[str]) -> None:
    day = month + timedelta(days=15)
    journal(
        actor="philippe", action="control.linked_refused", subject=f"cmg:employer:{numbers[21]}", at=at_hour(day, 10, 15),
        detail={"tried": "ouvrir un signal", "relation": "RELATIVE"},
    )  # fmt: skip
    JournalEntry.objects.create(
        actor="thomas",
        action="cmg.family.read",
        subject=f"cmg:employer:{numbers[7]}",
        at=at_hour(day, 10, 30),
        origin="10.43.2.8",
    )


def _read_again(on: date) -> None:
    """Anne has read half of the lines; one waits for an answer of the manager."""
    anne, lines = User.objects.get(username="kowalski"), list(SampledLine.objects.order_by("pk"))
    day = on - timedelta(days=on.weekday() + 4)
    by = Reviewer(anne.pk, day, at_hour(day, 14, 20))
    for number, line in enumerate(lines[: len(lines) // 2]):
        if line.why == "COLLEAGUE" or line.why == "RELATIVE":
            continue
        judge_line(line_pk=line.pk, verdict="NORMAL", note=NOTES[number % len(NOTES)], by=by)
    asked = next((line for line in lines if line.why == "COLLEAGUE"), None)
    managers = managers_of(asked.actor, day) if asked else []
    if asked is not None and managers:
        judge_line(
            line_pk=asked.pk, verdict="QUESTION", note="Aucun acte sur ce dossier ce jour-là ; question posée.", by=by
        )
        ask_manager(
            line_pk=asked.pk, manager_pk=managers[0].pk, key=uuid5(NAMESPACE_URL, "demo:journal:question"), by=by,
            question="Thomas Vidal a ouvert le dossier d’un collègue. Ce dossier lui était-il confié ce jour-là ?",
        )  # fmt: skip


def _burst(on: date, numbers: list[str]) -> None:
    """The Thursday before, an account opened seventy files in less than an hour: the limit is sixty."""
    day = on - timedelta(days=on.weekday() + 4)
    JournalEntry.objects.bulk_create(
        JournalEntry(at=at_hour(day, 16, 45) + timedelta(seconds=40 * place), actor="hugo", action="cmg.family.read",
                     subject=f"cmg:employer:{number}", origin="10.63.4.22")
        for place, number in enumerate(numbers[100:170])
    )  # fmt: skip
    watch_reads(now=at_hour(day, 18))
