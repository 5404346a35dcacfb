"""LOGICRECHE speaks for Les Lucioles: three messages, the last with an age that is not received and two days told late.

Made as software makes them: a vendor opened, a delegation given by the manager's account, messages received one by one.
"""

import json
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.utils import timezone

from monenfant.demo.people import LUCIOLES, VILLE
from monenfant.models import Manager, SoftwareVendor
from monenfant.rules.availability import WINDOW_DAYS_MOST
from monenfant.transmission.delegations import delegate
from monenfant.transmission.receiving import Call, receive
from monenfant.transmission.vendors import open_vendor
from portal.accounts.models import User

CODE, NAME = "LOGICRECHE", "Logi’Crèche"
OTHERS = (("PETITSPAS", "Petits Pas Logiciels"),)
SPACE = UUID("8f1f6a52-5d0e-4f0a-9a53-0d6c2a1c6a10")
# Days before the day, at ten past five in the morning: the last one was yesterday.
SENT_BEFORE = (5, 3, 1)
FIRST_SEQUENCE = 4179
DAY = timedelta(days=1)
# Half-days of the week with their free places: Monday is 0.
USUAL = (
    (1, "AM", "25-36", "REGULAR", 1), (1, "PM", "25-36", "REGULAR", 1), (3, "PM", "13-24", "OCCASIONAL", 1),
    (4, "AM", "0-12", "REGULAR", 2), (4, "PM", "13-24", "OCCASIONAL", 2),
)  # fmt: skip


def send_earlier_messages(on: date) -> None:
    """The vendors, the delegation, and what was sent until that day."""
    for code, name in ((CODE, NAME), *OTHERS):
        open_vendor(code=code, name=name, on=on - 400 * DAY, opened_by="helene")
    vendor, yann = SoftwareVendor.objects.get(code=CODE), User.objects.get(username="yann")
    began = on - 60 * DAY
    delegate(
        key=uuid5(SPACE, "delegation"), manager_pk=Manager.objects.get(siret=VILLE).pk, vendor_pk=vendor.pk, start=began,
        by_pk=yann.pk, now=_morning(began), day=began,
    )  # fmt: skip
    for number, before in enumerate(SENT_BEFORE):
        sent_on = on - before * DAY
        content = json.dumps(_message(sent_on, FIRST_SEQUENCE + number, is_last=before == SENT_BEFORE[-1])).encode()
        reply = receive(Call(vendor=vendor, cnaf_id=LUCIOLES, key=str(uuid5(SPACE, str(number))), read=lambda said=content: said,
                             now=_morning(sent_on)))  # fmt: skip
        assert reply.status in (200, 207), reply.body


def _morning(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(5, 10)))


def _message(on: date, sequence: int, *, is_last: bool) -> dict[str, Any]:
    begins = on + 3 * DAY
    slots = [_slot(begins + ahead * DAY, *what) for ahead in range(120) for weekday, *what in USUAL
             if (begins + ahead * DAY).weekday() == weekday and _is_open(begins + ahead * DAY)]  # fmt: skip
    if is_last:
        slots += [_slot(on + DAY, "AM", "13-24", "OCCASIONAL", 1), _slot(on + 2 * DAY, "AM", "13-24", "OCCASIONAL", 1),
                  _slot(on + 10 * DAY, "AM", "37-72", "OCCASIONAL", 1)]  # fmt: skip
    return {
        "schema": "1.0", "structure": {"cnaf_id": LUCIOLES, "siret": None, "finess": None},
        "generated_at": _morning(on).isoformat(), "sequence": sequence,
        "window": {"from": on.isoformat(), "to": (on + (WINDOW_DAYS_MOST - 1) * DAY).isoformat()}, "slots": slots,
    }  # fmt: skip


def _slot(day: date, band: str, group: str, kind: str, places: int) -> dict[str, Any]:
    return {"date": day.isoformat(), "half_day": band, "age_group": group, "kind": kind, "places": places}


def _is_open(day: date) -> bool:
    """What the software knows of the crèche's calendar: closed from Christmas Eve to the third of January."""
    return (day.month, day.day) < (12, 24) and (day.month, day.day) > (1, 3)
