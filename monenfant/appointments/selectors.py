"""What desks and funds read: what waits for them, the oldest promise first, the week, and the numbers that stay."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from monenfant.access import departements_followed, desks_of
from monenfant.appointments.sweeping import COUNTED, counts_of
from monenfant.models import AppointmentRequest, AppointmentState, DeskMonth
from monenfant.rules.appointments import TAKEN
from portal.accounts.models import User
from portal.accounts.permissions import funds_on
from portal.accounts.rights import Right
from portal.frame.menu import COUNTED as COUNTED_IN_MENU
from portal.frame.paging import count_up_to
from portal.organisations.communes import communes_named

NEW, PROPOSED, CONFIRMED = AppointmentState.NEW, AppointmentState.PROPOSED, AppointmentState.CONFIRMED
# What a list of requests may show: its label, and its states. « À noter »: the hour is over and nobody said who came.
TABS = (("attente", "À répondre"), ("choix", "La famille choisit"), ("fixes", "Rendez-vous à venir"), ("noter", "À noter"),
        ("finis", "Terminés"))  # fmt: skip
FEED_PAST, FEED_AHEAD, FEED_MOST = timedelta(days=30), timedelta(days=200), 500
MONTHS_SHOWN, COUNTED_MOST, PLACES_MOST = 12, 5_000, 200


def tab(found: QuerySet[AppointmentRequest], name: str, on: date) -> QuerySet[AppointmentRequest]:
    """The requests of a tab; an unknown name is the first one."""
    kept = {
        "choix": Q(state=PROPOSED), "fixes": Q(state=CONFIRMED, due_on__gte=on),
        "noter": Q(state=CONFIRMED, due_on__lt=on),
        "finis": Q(state__in=[AppointmentState.HELD, AppointmentState.NO_SHOW, AppointmentState.CANCELLED]),
    }  # fmt: skip
    return found.filter(kept.get(name, Q(state=NEW)))


def matching(found: QuerySet[AppointmentRequest], text: str, *, by_name: bool) -> QuerySet[AppointmentRequest]:
    """Those whose number is `text`, or whose commune, and name for who may, hold it."""
    if not text:
        return found
    places = [commune.code for commune in communes_named(text, PLACES_MOST)]
    digits = text.upper().removeprefix("RV-")
    number = Q(pk=int(digits)) if digits.isdecimal() and len(digits) < 10 else Q(pk__in=[])
    name = Q(name__icontains=text) if by_name else Q(pk__in=[])
    return found.filter(number | name | Q(insee_code__in=places))


def requests_of_desks(user: User, on: date) -> QuerySet[AppointmentRequest]:
    """What the desks of the account hold."""
    return AppointmentRequest.objects.filter(desk_no__in=[desk.desk_no for desk in desks_of(user, on)])


def requests_of_funds(user: User, on: date) -> QuerySet[AppointmentRequest]:
    """Every request of the départements of which the account sees childcare, whoever holds it."""
    departements = departements_of(user, on)
    found = AppointmentRequest.objects.all()
    return found if departements is None else found.filter(departement__in=departements)


def count_waiting(user: User, on: date) -> int:
    """How much waits for an adviser: requests to answer."""
    return count_up_to(tab(requests_of_desks(user, on), "", on), COUNTED_IN_MENU)


def waiting_of(desk_no: str) -> tuple[int, date | None]:
    """How many requests a desk has to answer, and by when the first."""
    found = AppointmentRequest.objects.filter(desk_no=desk_no, state=NEW)
    first = found.order_by("due_on", "pk").first()
    return count_up_to(found, COUNTED_IN_MENU), first.due_on if first else None


def departements_of(user: User, on: date) -> list[str] | None:
    """Those followed by the funds of the account; None means all of them."""
    funds = funds_on(user, on, Right.SEE_CHILDCARE)
    return None if funds is None else departements_followed(funds)


def late_requests(departements: Sequence[str] | None, day: date) -> QuerySet[AppointmentRequest]:
    """What the funds of these départements (None: all) must answer: what no desk covers, what a desk left unanswered,
    and what one leaves unanswered on `day` before the clock has passed it on."""
    found = AppointmentRequest.objects.filter(Q(desk_no="") | Q(due_on__lt=day), state=NEW)
    return found if departements is None else found.filter(departement__in=departements)


def meetings_of_week(desk_no: str, monday: date) -> list[AppointmentRequest]:
    """The meetings of a desk in the week of `monday`, in order."""
    begins = timezone.make_aware(datetime.combine(monday, time()))
    ends = timezone.make_aware(datetime.combine(monday + timedelta(days=7), time()))
    found = AppointmentRequest.objects.filter(
        desk_no=desk_no, state__in=TAKEN, starts_at__gte=begins, starts_at__lt=ends
    )
    return list(found.order_by("starts_at", "pk"))


def meetings_of_feed(desk_no: str, at: datetime) -> list[AppointmentRequest]:
    """What a calendar is given: a month back, half a year ahead."""
    found = AppointmentRequest.objects.filter(
        desk_no=desk_no, state__in=TAKEN, starts_at__gte=at - FEED_PAST, starts_at__lt=at + FEED_AHEAD
    )
    return list(found.order_by("starts_at", "pk")[:FEED_MOST])


def months_of_desk(holder: str, on: date) -> list[tuple[date, dict[str, int]]]:
    """What was asked of a desk in its last twelve months, the newest first: rows that are there and rows erased since."""
    first = date(on.year - 1, on.month, 1)
    erased = DeskMonth.objects.filter(holder=holder, month__gte=first)
    found = {row.month: Counter({name: getattr(row, name) for name in COUNTED}) for row in erased}
    begins = timezone.make_aware(datetime.combine(first, time()))
    rows = AppointmentRequest.objects.filter(first_desk_no=holder, asked_at__gte=begins).order_by("-pk")
    for (_holder, month), counts in counts_of(list(rows[:COUNTED_MOST])).items():
        found.setdefault(month, Counter()).update(counts)
    return [(month, {name: found[month][name] for name in COUNTED}) for month in sorted(found, reverse=True)][
        :MONTHS_SHOWN
    ]
