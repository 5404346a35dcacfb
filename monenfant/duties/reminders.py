"""E-mails before a deadline: at the opening, a fortnight and three days before. Neutral, one tap, nothing threatening."""

from datetime import date

from django.conf import settings

from monenfant.duties.moving import SOME, deadlines_asked
from monenfant.models import CarePlace, Purpose
from monenfant.reporting.contacts import NothingReceived, known_of
from monenfant.reporting.links import link_for
from monenfant.rules import follow_up as rules
from portal.accounts.permissions import moment_on, today
from portal.frame.templatetags.portal import long_day
from portal.notices.operations import ask_outside

KIND = "monenfant.declare"
SUBJECT = "childcare:place:"
TOLD = f"""
SELECT '{SUBJECT}' || f.place_id, '{KIND}:' || %(reminder)s || ':' || f.id
  FROM monenfant_declarationfollowup f JOIN monenfant_careplace p ON p.id = f.place_id
 WHERE {SOME.format("f")} AND f.deadline = %(deadline)s AND f.state = '{rules.DUE}'
   AND (EXISTS (SELECT 1 FROM monenfant_approval a WHERE a.known_until IS NULL AND a.childminder_no = p.number
                   AND a.email IS NOT NULL)
        OR EXISTS (SELECT 1 FROM monenfant_contactstold c WHERE c.place_id = p.id AND c.is_last AND c.email <> ''))
"""


def ask_reminders(first: int, end: int, *, on: date) -> int:
    """Ask for the reminders of the day, of the places from `first` and before `end`; each leaves once. How many."""
    asked = 0
    for deadline in deadlines_asked(on):
        values = {"first": first, "end": end, "deadline": deadline, "reminder": rules.reminder_on(deadline, on)}
        asked += ask_outside(told_sql=TOLD, values=values, kind=KIND, path="", words=long_day(deadline))
    return asked


def place_of(subject: str) -> CarePlace | None:
    """The place that a notice is about."""
    return CarePlace.objects.filter(pk=int(subject.removeprefix(SUBJECT))).first()


def address_of(subject: str) -> str:
    """Where to write today: what the place told of itself, else what was received of it, hidden from families or not;
    empty: nowhere."""
    place = place_of(subject)
    try:
        return known_of(place, today()).email if place else ""
    except NothingReceived:
        return ""


def space_of(_subject: str) -> str:
    """The space of who reports."""
    return f"{settings.PORTAL_ADDRESS}/pro/"


def link_of(subject: str) -> str:
    """Where the message leads: to say « the same as before » in one tap when something was told, else to the week."""
    place = place_of(subject)
    if place is None:
        return space_of(subject)
    purpose = Purpose.SAME if place.declared_at else Purpose.WEEK
    return link_for(place_pk=place.pk, purpose=purpose, now=moment_on(today()))
