"""The calendar file of a family, and the agenda that a desk's calendar polls."""

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse

from monenfant.appointments.ics import Event, calendar_file
from monenfant.appointments.links import follow_address
from monenfant.models import AppointmentRequest, AppointmentState, ChildcareDesk, Need, Way
from monenfant.rules.appointments import TAKEN


def uid_of(request: AppointmentRequest) -> str:
    """A number that stays, whatever changes, and opens nothing."""
    host = settings.PORTAL_ADDRESS.split("//")[-1].split(":")[0]
    return f"appointment-{request.pk}@{host}"


def address_of(request: AppointmentRequest, desk: ChildcareDesk | None) -> str:
    """Where the meeting is; nothing on the phone, or when the fund answers: it tells the family where, in its own words."""
    if request.way == Way.BY_PHONE or desk is None:
        return ""
    return ", ".join(filter(None, (desk.address, f"{desk.postcode or ''} {desk.city or ''}".strip())))


def family_calendar(request: AppointmentRequest, desk: ChildcareDesk | None, name: str) -> bytes:
    """The family's own appointment. One that was moved or cancelled says so to the calendar that holds it."""
    is_over, address = request.state not in TAKEN, address_of(request, desk)
    event = _event(
        request, summary=f"Rendez-vous : {name}", location=f"{name}, {address}" if address else "", url=follow_address(request),
        description=f"{request.get_way_display()}. Pour changer ou annuler : {follow_address(request)}", is_over=is_over,
    )  # fmt: skip
    return calendar_file([event], "Rendez-vous")


def desk_calendar(requests: Sequence[AppointmentRequest], name: str) -> bytes:
    """A desk's appointments without a word of the families: a number, what it is about, and the page that asks who reads."""
    return calendar_file([_desk_event(request) for request in requests], f"Rendez-vous, {name}")


def _desk_event(request: AppointmentRequest) -> Event:
    needs = ", ".join(Need(one).label for one in request.needs)
    page = settings.PORTAL_ADDRESS + reverse("monenfant:desk_request", args=[request.pk])
    return _event(
        request, summary=f"Rendez-vous {request.number}", location=request.get_way_display(), url=page,
        description=needs, is_over=request.state == AppointmentState.NO_SHOW,
    )  # fmt: skip


def _event(
    request: AppointmentRequest, *, summary: str, location: str, description: str, url: str, is_over: bool
) -> Event:
    assert request.starts_at is not None, "only what was fixed has a time"
    assert request.ends_at is not None, "only what was fixed has a time"
    return Event(
        uid=uid_of(request), sequence=request.sequence, changed_at=request.changed_at, starts_at=request.starts_at,
        ends_at=request.ends_at, summary=summary, location=location, description=description, url=url,
        is_cancelled=is_over,
    )  # fmt: skip
