"""Appointments of the demonstration: families of Riom and around, and what Céline Astier did with what they asked.

Made by the operations that the pages call, each at its own hour: what a visitor sees is what the portal does.
"""

from datetime import date, datetime, time, timedelta
from uuid import NAMESPACE_URL, uuid5

from django.utils import timezone

from monenfant.appointments.answering import fix, propose
from monenfant.appointments.asking import Asked, ask
from monenfant.appointments.hours import set_hours
from monenfant.appointments.links import renew_feed
from monenfant.appointments.sweeping import pass_on_overdue
from monenfant.demo.people import RELAIS
from monenfant.models import AppointmentRequest, ProposedTime
from monenfant.rules.appointments import WeeklyBand
from portal.accounts.models import User

RIOM, MALAUZAT, MOZAC = "63300", "63203", "63245"
MORNING, AFTERNOON = (9 * 60, 12 * 60), (14 * 60, 17 * 60)
WEEK = [
    WeeklyBand(weekday, *part) for weekday, part in
    ((0, AFTERNOON), (1, MORNING), (2, MORNING), (2, AFTERNOON), (3, MORNING), (4, AFTERNOON))
]  # fmt: skip
# Days before the demonstration's, in order: the first one is late when the clock passes, three days before the day.
LATE, PASSED_ON = 18, 3


def load_appointments(on: date) -> None:
    """Six families; a second call changes nothing."""
    if AppointmentRequest.objects.exists():
        return
    celine = User.objects.get(username="celine")
    set_hours(desk_no=RELAIS, bands=WEEK, by=celine, at=_at(on, 30, 9))
    renew_feed(desk_no=RELAIS, by=celine)
    _ask(on, LATE, "Nadia Belkacem", MALAUZAT, ("HIRE",), "Je commence un travail en novembre.", "2026-11")
    pass_on_overdue(on=on - timedelta(days=PASSED_ON), at=_at(on, PASSED_ON, 6))
    # Ten business days before: due on the day itself.
    _ask(
        on,
        14,
        "Claire Fournier",
        RIOM,
        ("FIND", "COST"),
        "Ma fille aura dix mois. Je reprends à quatre jours.",
        "2027-01",
    )
    _ask(
        on,
        10,
        "Julien et Sophie Mercier",
        MOZAC,
        ("HOURS",),
        "Nous travaillons tous deux de nuit une semaine sur deux.",
        "",
    )
    _ask(
        on, 4, "Amina", RIOM, ("FIND", "SOON"), "Notre assistante maternelle s’arrête en décembre.", "2026-12", email=""
    )
    _proposed(on, celine)
    _fixed(on, celine)


def _at(on: date, days_before: int, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(on - timedelta(days=days_before), time(hour)))


def _ask(
    on: date, days_before: int, name: str, insee_code: str, needs: tuple[str, ...], words: str, month: str,
    email: str | None = None,
) -> AppointmentRequest:  # fmt: skip
    expected = date.fromisoformat(f"{month}-01") if month else None
    first = name.split()[0].lower()
    asked = Asked(
        insee_code=insee_code, needs=needs, expected_from=expected, name=name, words=words, phone="06 39 98 00 12",
        email=f"{first}@demo.example" if email is None else email, reachable=("MORNING",),
    )  # fmt: skip
    made, _again = ask(key=uuid5(NAMESPACE_URL, f"demo:{name}"), asked=asked, at=_at(on, days_before, 10))
    return made


def _offer(request: AppointmentRequest, on: date, days_before: int, starts: list[datetime], by: User) -> None:
    propose(
        request_pk=request.pk, seen_round=0, held_by=RELAIS, starts=starts, way="ON_SITE", by=by,
        at=_at(on, days_before, 11),
    )  # fmt: skip


def _proposed(on: date, celine: User) -> None:
    """Two times, on the Thursday and the Friday of the demonstration's week; the family has not chosen."""
    request = _ask(on, 6, "Marion Lacroix", RIOM, ("COST",), "Crèche ou assistante maternelle ?", "2027-03")
    _offer(request, on, 3, [_at(on, -3, 9), _at(on, -4, 14)], celine)


def _fixed(on: date, celine: User) -> None:
    """Agreed for the Wednesday of the demonstration's week, at ten."""
    request = _ask(on, 7, "Thomas Roux", MOZAC, ("FIND", "HIRE"), "", "2027-02")
    _offer(request, on, 5, [_at(on, -2, 10)], celine)
    fix(request_pk=request.pk, time_pk=ProposedTime.objects.get(request=request).pk, by=None, at=_at(on, 4, 20))
