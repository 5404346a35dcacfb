"""The example of the guide and of OpenAPI, what it is answered, and a structure of nobody's on which to try."""

from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from monenfant.reporting.shut import Shut
from monenfant.transmission.codes import problem
from monenfant.transmission.register import Register

SAMPLE_DAY = date(2026, 10, 26)
TRIAL_ID = "ESSAI"
TRIAL = Register(
    cnaf_id=TRIAL_ID, place_pk=None, manager_siret=None, siret="21750001600019", is_listed=True, capacity=24,
    age_min_months=2, age_max_months=36, shut=Shut(weekdays=frozenset({5, 6})),
)  # fmt: skip
SAMPLE: dict[str, Any] = {
    "schema": "1.0",
    "structure": {"cnaf_id": "S6399001", "siret": "26630001100027", "finess": None},
    "generated_at": "2026-10-26T05:10:00+01:00",
    "sequence": 4182,
    "window": {"from": "2026-10-28", "to": "2026-11-27"},
    "slots": [
        {"date": "2026-10-28", "half_day": "PM", "from": "13:00", "to": "18:30", "age_group": "13-24",
         "kind": "OCCASIONAL", "places": 1},
        {"date": "2026-10-29", "half_day": "AM", "age_group": "0-12", "kind": "OCCASIONAL", "places": 2},
        {"pattern": {"weekdays": ["MON", "TUE"], "from": "2026-11-02"}, "half_day": "FULL", "age_group": "25-36",
         "kind": "REGULAR", "places": 1},
        {"date": "2026-11-05", "half_day": "AM", "age_group": "37-72", "kind": "REGULAR", "places": 1},
    ],
    "contact": {"email": "direction@example.fr", "phone": "+33100000000"},
}  # fmt: skip


def _flag(code: str, on: str) -> dict[str, Any]:
    said = problem(code)
    return {"code": code, "dates": [on], "message": said["message"], "remedy": said["remedy"]}


SAMPLE_ANSWER: dict[str, Any] = {
    "accepted": 3, "rejected": 1, "late": 1,
    "published_at": "2026-10-26T05:10:02+01:00", "next_due_at": "2026-10-28T13:10:02+01:00",
    "slots": [
        {"slot": 0, "state": "LATE", "dates": 1, "flags": [_flag("E021_LATE_SLOT", "2026-10-28")]},
        {"slot": 1, "state": "ACCEPTED", "dates": 1, "flags": []},
        {"slot": 2, "state": "ACCEPTED", "dates": 8, "flags": []},
        {"slot": 3, "state": "REJECTED", "dates": 0, "flags": [_flag("E025_AGE_RANGE", "2026-11-05")]},
    ],
}  # fmt: skip


def trial_message(day: date) -> dict[str, Any]:
    """The example for the structure of trial, moved by whole weeks to the Monday that comes (or is today)."""
    weeks = timedelta(days=(day - SAMPLE_DAY).days + (-day.weekday()) % 7)
    moved: dict[str, Any] = _moved(deepcopy(SAMPLE), weeks)
    return moved | {"structure": {"cnaf_id": TRIAL_ID, "siret": TRIAL.siret, "finess": None}}


def _moved(said: Any, by: timedelta) -> Any:
    if isinstance(said, dict):
        return {key: _moved(value, by) for key, value in said.items()}
    if isinstance(said, list):
        return [_moved(one, by) for one in said]
    if isinstance(said, str) and said[:3] == "202" and said[4:5] == "-":
        return (date.fromisoformat(said[:10]) + by).isoformat() + said[10:]
    return said


def trial_register(cnaf_id: str, known: Register | None) -> Register | None:
    """The structure that a trial without an account is about: one of the register, or that of nobody. What only its
    manager knows plays no part: a trial looks at nothing that was sent."""
    if cnaf_id == TRIAL_ID:
        return TRIAL
    return replace(known, place_pk=None, manager_siret=None) if known else None
