"""The campaigns of the demonstration: June's is over, with somebody in each state; December's is open, Monique is asked.

Made by living the days, only those on which something happens: a day that was skipped comes to the same.
"""

from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from django.db import connection, transaction
from django.utils import timezone

from monenfant.demo.files import write_rows
from monenfant.demo.people import MONIQUE, NAMED
from monenfant.duties import acting, silences
from monenfant.duties.acting import Noted
from monenfant.duties.living import live_day, ranges
from monenfant.duties.reminders import ask_reminders
from monenfant.duties.reminding import ask_letters
from monenfant.flows.kinds import APPROVALS
from monenfant.models import AvailabilityMonth, CarePlace, DeclarationFollowUp
from monenfant.operations import replace_window
from monenfant.rules import follow_up as rules
from portal.accounts.models import User
from portal.exchange.operations import import_file
from portal.letters.models import JobState, LetterJob
from portal.letters.operations import write_letters
from portal.notices.models import Notice, NoticeState

JUNE, DECEMBER = date(2026, 6, 1), date(2026, 12, 1)
# Who told nothing in May, and what became of each.
REFERRED, SECOND, WARNED, NOTED, CURED, LATE, NO_ADDRESS, ADDRESS_FOUND = (
    f"AM639910{number}" for number in range(1, 9)
)
PEOPLE = {
    REFERRED: ("Lefèvre", "Brigitte"), SECOND: ("Okafor", "Grace"), WARNED: ("Besson", "Martine"),
    NOTED: ("Delorme", "Sylvie"), CURED: ("Haddad", "Samia"), LATE: ("Pinto", "Maria"), NO_ADDRESS: ("Vachon", "Claire"),
    ADDRESS_FOUND: ("Tissier", "Josiane"),
}  # fmt: skip
WITHOUT_ADDRESS = (NO_ADDRESS, ADDRESS_FOUND)
# The others said one morning what they would have free: a message each, written by the database.
TELL = """
INSERT INTO monenfant_availabilitymessage
       (place_id, key, body_sha256, sequence, mode, window_start, window_end, received_at, body, answer)
SELECT p.id, gen_random_uuid(), sha256(''), %(sequence)s, 'MANUAL', %(first)s, %(first)s::date + 182, {at}, '', '{{}}'
  FROM monenfant_careplace p JOIN monenfant_declarationfollowup f ON f.place_id = p.id AND f.deadline = %(first)s
 WHERE p.number <> ALL (%(silent)s) AND {which}
"""
# Structures that reported some days ago are of those who type: a week is left to them.
TYPED = """
UPDATE monenfant_careplace SET declared_mode = 'MANUAL'
 WHERE provider = 'STRUCTURE' AND declared_at < %(on)s::date - 4
"""


def receive_approvals_of_63(folder: Path) -> None:
    """The file of the Puy-de-Dôme: eight people, and a row that does not enter."""
    wrong = _row("AM6399109", "Roux", "Nadine", 9) | {"end": "2023-03-01"}
    rows = [_row(number, *names, place) for place, (number, names) in enumerate(PEOPLE.items(), start=1)]
    path = write_rows(folder / "agrements-63-avril.csv", APPROVALS, *rows, wrong)
    import_file(path, received_at=morning(date(2026, 4, 15)))


def _row(number: str, last_name: str, first_names: str, place: int) -> dict[str, Any]:
    return NAMED["childminder-approvals"] | {
        "approval_number": f"A63-{number[2:]}", "childminder_no": number, "last_name": last_name,
        "first_names": first_names, "start": "2023-03-01", "end": "2028-03-01", "hides_address": "0",
        "address": "" if number in WITHOUT_ADDRESS else f"{place} allée des Tilleuls",
        "email": f"{number.lower()}@demo.example", "phone": f"06 39 98 64 0{place}", "publication_authorised_on": "2023-03-01",
        "updated_at": "2026-04-10T06:00:00+02:00",
    }  # fmt: skip


def live_campaigns(folder: Path, on: date) -> None:
    """From the opening of June's campaign to the morning of the demonstration."""
    _say_nothing()
    live_day(day=rules.campaign_opens(JUNE), is_last=False)
    _tell(JUNE, 0, at="'2026-05-12 09:00+02'::timestamptz", which="true")
    _reminded(JUNE, date(2026, 6, 3))
    _declare(LATE, date(2026, 6, 18))
    live_day(day=date(2026, 7, 3), is_last=False)
    _note_what_was_done(User.objects.get(username="nathalie"))
    _declare(CURED, date(2026, 10, 5))
    _address_found(folder)
    _reminded(date(2026, 10, 13), date(2026, 10, 14))
    _open_december(on)


def _say_nothing() -> None:
    """Whatever was drawn for them: these eight have told nothing."""
    AvailabilityMonth.objects.filter(place__number__in=PEOPLE).delete()
    CarePlace.objects.filter(number__in=PEOPLE).update(declared_at=None, declared_mode="", last_sequence=0)


def _tell(first: date, sequence: int, *, at: str, which: str) -> None:
    with connection.cursor() as cursor:
        values = {"first": first, "sequence": sequence, "silent": [*PEOPLE]}
        cursor.execute(TELL.format(at=at, which=which), values)


def _reminded(asked_on: date, noted_on: date) -> None:
    """The fund's letters, asked for on a day, written, and noted on another."""
    live_day(day=asked_on, is_last=False)
    for first, end in ranges():
        ask_letters(first, end, on=asked_on)
    _all_written()
    live_day(day=noted_on, is_last=False)


def _all_written() -> None:
    """A worker of the demonstration may hold some of them, which are skipped here: their rows are waited for."""
    write_letters()
    with transaction.atomic():
        list(LetterJob.objects.select_for_update(of=("self",)).filter(state=JobState.WAITING).order_by("pk"))


def _declare(number: str, on: date) -> None:
    place = CarePlace.objects.get(number=number)
    replace_window(
        place_pk=place.pk, key=uuid4(), sequence=place.last_sequence + 1, mode="MANUAL", first=on, end=DECEMBER, slots=(),
        body=b"", answer={}, now=morning(on),
    )  # fmt: skip


def morning(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(9)))


def _note_what_was_done(nathalie: User) -> None:
    """The département warned three of them; two breaches were noted."""
    warned, noted = date(2026, 8, 24), date(2026, 9, 28)
    for number in (WARNED, NOTED, CURED):
        one = DeclarationFollowUp.objects.get(place__number=number, deadline=JUNE)
        text = "Le service de PMI rappelle l’obligation de dire ses places avant le 1er juin et le 1er décembre."
        warning = Noted(warned, text, uuid5(NAMESPACE_URL, f"{number}:warning"), "REGISTERED", date(2026, 8, 27))
        acting.note_warning(
            follow_up_pk=one.pk, noted=warning, by_pk=nathalie.pk, on=date(2026, 8, 31), now=morning(date(2026, 8, 31))
        )
        if number != WARNED:
            breach = Noted(noted, "Aucune déclaration un mois après l’avertissement.", uuid5(NAMESPACE_URL, number))
            acting.note_breach(follow_up_pk=one.pk, noted=breach, by_pk=nathalie.pk, on=noted, now=morning(noted))


def _address_found(folder: Path) -> None:
    """The département sends the address that lacked for one of two."""
    last_name, first_names = PEOPLE[ADDRESS_FOUND]
    told = _row(ADDRESS_FOUND, last_name, first_names, 8) | {
        "address": "14 route de Lezoux", "updated_at": "2026-10-12T06:00:00+02:00",
    }  # fmt: skip
    import_file(
        write_rows(folder / "agrements-63-octobre.csv", APPROVALS, told), received_at=morning(date(2026, 10, 12))
    )


def _open_december(on: date) -> None:
    """Asked since 17 October: some have told already; Monique is reminded; structures that say nothing are written to,
    then called."""
    live_day(day=rules.campaign_opens(DECEMBER), is_last=False)
    _tell(DECEMBER, 1, at="p.declared_at", which=f"p.declared_at >= '2026-10-17' AND p.number <> '{MONIQUE}'")
    with connection.cursor() as cursor:
        cursor.execute(TYPED, {"on": on})
    silences.follow_structures(on=date(2026, 10, 14))
    Notice.objects.filter(kind=silences.KIND).update(state=NoticeState.SENT, sent_at=morning(date(2026, 10, 14)))
    live_day(day=on, is_last=False)
    silences.follow_structures(on=on)
    monique = CarePlace.objects.get(number=MONIQUE).pk
    ask_reminders(monique, monique + 1, on=on)
