"""The hours in which a desk receives families each week, and the free times that come of them."""

import re
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from monenfant.appointments.moves import hold_desk
from monenfant.models import AppointmentRequest, AppointmentState, DeskHours, ProposedTime
from monenfant.naming import DAYS
from monenfant.rules.appointments import (
    TAKEN,
    Period,
    WeeklyBand,
    first_offered_day,
    free_times,
    last_offered_day,
    promised_number,
)
from portal.accounts.models import User
from portal.audit.operations import journal

# No desk receives on Sundays.
WEEKDAYS = DAYS[:6]
# A morning and an afternoon a day.
BANDS = (1, 2)
SHOWN_MOST = 12
HOUR = re.compile(r"([01]?\d|2[0-3])(?:[:hH]| h )?([0-5]\d)?")
Errors = dict[str, str]


def bands_of(desk_no: str) -> list[WeeklyBand]:
    rows = DeskHours.objects.filter(desk_no=desk_no).order_by("weekday", "start_minute")
    return [WeeklyBand(row.weekday, row.start_minute, row.end_minute) for row in rows]


def set_hours(*, desk_no: str, bands: list[WeeklyBand], by: User, at: datetime) -> None:
    """Replace the week of a desk. Appointments that are fixed stay; the same week again changes nothing."""
    with transaction.atomic():
        hold_desk(desk_no)
        before = bands_of(desk_no)
        if before == sorted(bands, key=lambda band: (band.weekday, band.start)):
            return
        DeskHours.objects.filter(desk_no=desk_no).delete()
        DeskHours.objects.bulk_create(
            DeskHours(desk_no=desk_no, weekday=band.weekday, start_minute=band.start, end_minute=band.end)
            for band in bands
        )
        journal(actor=by.get_username(), action="appointment.hours_set", subject=f"desk:{desk_no}", at=at)


def offered_times(request: AppointmentRequest, at: datetime) -> list[Period]:
    """The next free times of the request's desk, the first twelve: neither taken, nor offered to another family."""
    on = timezone.localdate(at)
    bands = bands_of(request.desk_no) if request.desk_no else []
    if not bands:
        return []
    return free_times(bands, _busy(request, at), first_offered_day(on), last_offered_day(on))[:SHOWN_MOST]


def _busy(request: AppointmentRequest, at: datetime) -> list[Period]:
    """What is fixed, the request's own time too when it is moved, and what is offered to others."""
    of_the_desk = AppointmentRequest.objects.filter(desk_no=request.desk_no)
    others = of_the_desk.exclude(pk=request.pk)
    fixed = of_the_desk.filter(state__in=TAKEN, ends_at__gt=at).values_list("starts_at", "ends_at")
    offered = ProposedTime.objects.filter(
        request__in=others.filter(state=AppointmentState.PROPOSED), round=F("request__round"), ends_at__gt=at
    ).values_list("starts_at", "ends_at")
    return [(start, end) for start, end in (*fixed, *offered) if start and end]


def read_hour(text: str) -> int | None:
    """``9:00``, ``9h30``, ``9 h`` as minutes from midnight; None for anything else."""
    found = HOUR.fullmatch(text.strip().removesuffix(" h").removesuffix("h"))
    return int(found[1]) * 60 + int(found[2] or 0) if found else None


def field(weekday: int, band: int, edge: str) -> str:
    """The name of a field of the week: ``d0-1-from``."""
    return f"d{weekday}-{band}-{edge}"


def read_week(given: Mapping[str, str], on: datetime) -> tuple[list[WeeklyBand], Errors]:
    """The bands of a form, and what is wrong by the name of the field."""
    bands: list[WeeklyBand] = []
    errors: Errors = {}
    least = promised_number("minutes", timezone.localdate(on))
    for weekday, name in enumerate(WEEKDAYS):
        for number in BANDS:
            band = _band(given, weekday, number, least, errors)
            if band and bands and bands[-1].weekday == weekday and bands[-1].end > band.start:
                errors[field(weekday, number, "from")] = f"Le {name}, les deux moments se chevauchent."
            elif band:
                bands.append(band)
    return bands, errors


def _band(given: Mapping[str, str], weekday: int, number: int, least: int, errors: Errors) -> WeeklyBand | None:
    names = [field(weekday, number, edge) for edge in ("from", "to")]
    texts = [given.get(name, "").strip() for name in names]
    if not any(texts):
        return None
    hours = [read_hour(text) for text in texts]
    for name, hour in zip(names, hours, strict=True):
        if hour is None:
            errors[name] = "Écrivez une heure comme 9:00."
    if None in hours:
        return None
    start, end = hours
    if end - start < least:  # type: ignore[operator]
        errors[names[1]] = f"Un rendez-vous dure {least} minutes : finissez plus tard."
        return None
    return WeeklyBand(weekday, start, end)  # type: ignore[arg-type]
