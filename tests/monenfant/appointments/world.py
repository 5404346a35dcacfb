"""A desk of Riom, its adviser, and families who ask: as short as a test reads."""

from datetime import UTC, date, datetime, time
from typing import Any
from uuid import uuid4

from django.test import Client
from django.utils import timezone

from monenfant.appointments.answering import fix, propose
from monenfant.appointments.asking import Asked, ask
from monenfant.appointments.links import FEED, FOLLOW, renew_feed, token_of
from monenfant.models import AppointmentRequest, ChildcareDesk, ProAccessGrant, ProposedTime
from portal.accounts.models import Door, Posting, Role, User

RIOM, CLERMONT, LILLE = "63300", "63113", "59350"
DAY = date(2026, 10, 26)
DESK = "R1"


def at(day: date, hour: int = 9, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


NOW = at(DAY)


def desk(desk_no: str = DESK, **cells: Any) -> ChildcareDesk:
    known = datetime(2026, 1, 1, tzinfo=UTC)
    row = {
        "kind": "CHILDCARE_DESK", "name": f"Relais {desk_no}", "served": [RIOM], "address": "3 place de la Fédération",
        "postcode": "63200", "city": "Riom", "insee_code": RIOM, "lat": 45.8930, "lon": 3.1130, "phone": "04 73 00 00 01",
        "email": f"{desk_no.lower()}@exemple.fr", "fund": "CAF63",
    }  # fmt: skip
    return ChildcareDesk.objects.create(
        file_id=1, line=1, known_from=known, updated_at=known, desk_no=desk_no, **row | cells
    )


def adviser(name: str = "celine", desk_no: str = DESK) -> User:
    user = User.objects.create(username=name, first_name="Céline", last_name="Astier", door=Door.PROFESSIONAL)
    Posting.objects.create(user=user, role=Role.DESK_ADVISER, starts_on=date(2024, 1, 1))
    ProAccessGrant.objects.create(user=user, desk_no=desk_no, start=date(2024, 1, 1))
    return user


def agent(name: str = "nathalie", fund: str = "CAF63", role: str = Role.FUND_CASEWORKER) -> User:
    user = User.objects.create(username=name, door=Door.AGENT)
    Posting.objects.create(user=user, role=role, fund=fund, starts_on=date(2024, 1, 1))
    return user


def asked(**changes: Any) -> Asked:
    facts = {
        "insee_code": RIOM, "needs": ("FIND",), "expected_from": date(2027, 1, 1), "name": "Claire Fournier",
        "email": "claire@exemple.fr", "phone": "06 39 98 00 12", "words": "quatre jours par semaine", "reachable": ("MORNING",),
    }  # fmt: skip
    return Asked(**facts | changes)


def request(day: date = DAY, **changes: Any) -> AppointmentRequest:
    made, _again = ask(key=uuid4(), asked=asked(**changes), at=at(day, 8))
    return made


def offered(by: User, *starts: datetime, of: AppointmentRequest | None = None, **changes: Any) -> AppointmentRequest:
    """A request to which times were offered."""
    found = of or request()
    sent = {"seen_round": found.round, "held_by": found.holder, "way": "ON_SITE", "at": NOW} | changes
    return propose(request_pk=found.pk, starts=starts or (at(date(2026, 10, 28), 10),), by=by, **sent)


def fixed(by: User, start: datetime | None = None) -> AppointmentRequest:
    """A request whose family chose the only time offered."""
    found = offered(by, *([start] if start else []))
    return fix(request_pk=found.pk, time_pk=times(found)[0].pk, by=None, at=NOW)


def times(found: AppointmentRequest) -> list[ProposedTime]:
    return list(found.times.filter(round=found.round).order_by("position"))


def text(answer: Any) -> str:
    """What a page says, on one line."""
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def appointments_of() -> dict[str, Any]:
    """For the table of access: a meeting of the desk with its address and its agenda, a request of the fund, and one of
    another département."""
    desk()
    celine = adviser()
    found = fixed(celine)
    feed = renew_feed(desk_no=DESK, by=celine)
    return {
        "appointment_here": found.pk, "appointment_token": token_of(found.secret, FOLLOW),
        "agenda_token": token_of(feed.secret, FEED), "late_here": request(insee_code=CLERMONT).pk,
        "appointment_elsewhere": request(insee_code=LILLE).pk,
    }  # fmt: skip
