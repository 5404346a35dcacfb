"""A crèche, its manager, the vendor that speaks for it: made directly, in milliseconds; and how a message is sent."""

import json
from copy import deepcopy
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.test import Client

from monenfant.models import CarePlace, CareStructure, Manager, SoftwareDelegation, SoftwareVendor
from monenfant.rules.availability import Slot
from monenfant.transmission.sample import SAMPLE, SAMPLE_DAY
from monenfant.transmission.vendors import open_vendor
from portal.accounts.models import User
from portal.exchange.models import ReceivedFile
from tests.monenfant.slots import as_slots

DAY = SAMPLE_DAY
ID, SIRET, VILLE = "S6399001", "26630001100027", "26630001100019"
WEEK = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "07:30-18:30")
SINCE = date(2024, 9, 1)
PATH = f"/api/v1/structures/{ID}/availability"


def structure(cnaf_id: str = ID, **changes: Any) -> CareStructure:
    at = datetime(2026, 10, 1, tzinfo=UTC)
    file = ReceivedFile.objects.create(
        name=cnaf_id, kind="care-structures", sha256=cnaf_id, size=1, state="APPLIED", received_at=at
    )
    facts: dict[str, Any] = {
        "cnaf_id": cnaf_id, "siret": SIRET, "name": "Les Lucioles", "type": "COLLECTIVE", "funding": "PSU", "manager_siret": VILLE,
        "manager_name": "Ville", "capacity": 24, "age_min_months": 2, "age_max_months": 36, "listing_status": "LISTED",
        "obligation_start": date(2021, 9, 1), "insee_code": "63300", "lat": 45.89, "lon": 3.11, "city": "Riom", "updated_at": at,
        "closed_periods": "2026-12-24/2027-01-04", **WEEK,
    }  # fmt: skip
    return CareStructure.objects.create(**{"file": file, "line": 1, "known_from": at, **facts, **changes})


def place(cnaf_id: str = ID, **changes: Any) -> CarePlace:
    facts: dict[str, Any] = {
        "provider": "STRUCTURE", "number": cnaf_id, "kind": "COLLECTIVE", "insee_code": "63300", "lat": 45.89, "lon": 3.11,
        "cell": 7, "most_places": 24, "age_min_months": 2, "age_max_months": 36, "published_from": SINCE,
    }  # fmt: skip
    return CarePlace.objects.create(**facts | changes)


def vendor(code: str = "LOGICRECHE") -> tuple[SoftwareVendor, str]:
    User.objects.get_or_create(username="exploitation", defaults={"email": "exploitation@exemple.fr"})
    return open_vendor(code=code, name="Logi’Crèche", on=SINCE, opened_by="exploitation")


def scene() -> tuple[CarePlace, SoftwareVendor, str]:
    """Les Lucioles, LOGICRECHE delegated by its manager, and the vendor's secret."""
    structure()
    made, secret = vendor()
    manager = Manager.objects.create(siret=VILLE, name="Petite enfance de Riom")
    SoftwareDelegation.objects.create(manager=manager, vendor=made, start=SINCE)
    return place(), made, secret


def token_of(secret: str, code: str = "LOGICRECHE") -> str:
    answer = ask_token(grant_type="client_credentials", client_id=code, client_secret=secret)
    assert answer.status_code == 200, answer.content
    return str(answer.json()["access_token"])


def ask_token(*, headers: dict[str, str] | None = None, **fields: str) -> Any:
    form = "application/x-www-form-urlencoded"
    return Client().post("/api/v1/oauth/token", urlencode(fields), content_type=form, headers=headers or {})


def message(**changes: Any) -> dict[str, Any]:
    return deepcopy(SAMPLE) | changes


def slot(
    day: str, half_day: str = "AM", places: Any = 1, group: str = "13-24", kind: str = "OCCASIONAL"
) -> dict[str, Any]:
    return {"date": day, "half_day": half_day, "age_group": group, "kind": kind, "places": places}


def put(token: str, body: Any, key: object = None, path: str = PATH, **headers: str) -> Any:
    """Send a message, a text or bytes."""
    content = json.dumps(body) if isinstance(body, dict | list) else body
    given = {"HTTP_AUTHORIZATION": f"Bearer {token}", "HTTP_IDEMPOTENCY_KEY": str(key or uuid4())} | headers
    return Client().put(path, content, content_type="application/json", **given)


def codes(answer: Any) -> list[str]:
    return [one["code"] for one in answer.json().get("errors", [])]


def told(shown: CarePlace) -> list[Slot]:
    return as_slots({(row.month, row.kind, row.age_group): bytes(row.places) for row in shown.months.all()})
