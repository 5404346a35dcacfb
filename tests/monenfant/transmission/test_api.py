"""The call that says what is free: each code, on each side of its boundary, and that nothing moved when it is refused."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.utils import timezone

from monenfant.models import AvailabilityMessage, CareStructure, RefusedMessage, SoftwareDelegation, Stop
from monenfant.operations import replace_window
from monenfant.reporting.closing import close_day
from monenfant.reporting.stops import stop
from monenfant.reporting.writing import Who
from monenfant.rules.availability import Slot
from monenfant.transmission.codes import RULES
from monenfant.transmission.sample import SAMPLE_ANSWER
from tests.aripa.agents import on_day
from tests.monenfant.transmission.scene import (
    DAY,
    ID,
    PATH,
    codes,
    message,
    put,
    scene,
    slot,
    structure,
    token_of,
    told,
    vendor,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(settings: Any) -> Any:
    on_day(settings, DAY)
    return scene()


@pytest.fixture
def token(made: Any) -> str:
    return token_of(made[2])


def one(*slots: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The sample with these slots, in a month from today."""
    return message(slots=list(slots), window={"from": "2026-10-26", "to": "2026-11-25"}, **changes)


def test_the_sample_is_published_and_answered_slot_by_slot(made: Any, token: str) -> None:
    answer = put(token, message())

    said = answer.json()
    assert answer.status_code == 207
    published, due = said.pop("published_at"), said.pop("next_due_at")
    assert said == {key: value for key, value in SAMPLE_ANSWER.items() if key not in ("published_at", "next_due_at")}
    assert published[:10] == "2026-10-26"
    assert datetime.fromisoformat(due) - datetime.fromisoformat(published) == timedelta(hours=56)
    fulls = [Slot(date(2026, 11, day), "FULL", "25-36", "REGULAR", 1) for day in (2, 3, 9, 10, 16, 17, 23, 24)]
    assert told(made[0]) == [
        Slot(date(2026, 10, 28), "PM", "13-24", "OCCASIONAL", 1), Slot(date(2026, 10, 29), "AM", "0-12", "OCCASIONAL", 2), *fulls
    ]  # fmt: skip
    made[0].refresh_from_db()
    assert (made[0].declared_mode, timezone.localdate(made[0].declared_at)) == ("AUTOMATED", DAY)


@pytest.mark.parametrize(
    ("case", "sent", "status", "flags"),
    [
        ("three days before: on time", slot("2026-10-29"), 200, []),
        ("two days before: late, published", slot("2026-10-28"), 207, ["E021_LATE_SLOT"]),
        ("today: late, published", slot("2026-10-26"), 207, ["E021_LATE_SLOT"]),
        ("a Friday: open", slot("2026-11-06"), 200, []),
        ("a Saturday: closed", slot("2026-11-07"), 207, ["E023_CLOSED_DAY"]),
        ("an age received", slot("2026-11-06", group="25-36"), 200, []),
        ("an age not received", slot("2026-11-06", group="37-72"), 207, ["E025_AGE_RANGE"]),
        ("any age", slot("2026-11-06", group="ANY"), 200, []),
        ("no place", slot("2026-11-06", places=0), 200, []),
    ],
)
def test_what_is_said_of_a_slot(
    made: Any, token: str, case: str, sent: dict[str, Any], status: int, flags: list[str]
) -> None:
    answer = put(token, one(sent))

    said = answer.json()["slots"][0]
    assert (answer.status_code, [flag["code"] for flag in said["flags"]]) == (status, flags), case
    refused = bool(flags) and flags[0] != "E021_LATE_SLOT"
    assert len(told(made[0])) == (0 if refused or not sent["places"] else 1), case


def test_a_day_gone_by_is_refused_and_what_was_shown_of_it_stays(made: Any, token: str, settings: Any) -> None:
    put(token, one(slot("2026-10-27"), slot("2026-11-06")))
    on_day(settings, date(2026, 10, 28))

    answer = put(token, one(slot("2026-10-27", places=2), slot("2026-11-05"), sequence=5000))

    assert answer.json()["slots"][0]["flags"][0]["code"] == "E022_PAST_SLOT"
    assert [(free.date.day, free.places) for free in told(made[0])] == [(27, 1), (5, 1)]


def test_a_pattern_is_published_but_for_the_days_it_names(made: Any, token: str) -> None:
    """Mondays until mid January: 28 December is inside the closing period, 4 January is the day it opens again."""
    pattern = {"pattern": {"weekdays": ["MON"], "from": "2026-12-14"}, "half_day": "AM", "age_group": "ANY",
               "kind": "REGULAR", "places": 1}  # fmt: skip

    answer = put(token, message(slots=[pattern], window={"from": "2026-12-01", "to": "2027-01-11"}))

    said = answer.json()["slots"][0]
    assert (answer.status_code, said["state"], said["dates"]) == (207, "PARTLY", 4)
    assert said["flags"][0]["dates"] == ["2026-12-28"]
    assert [free.date.isoformat() for free in told(made[0])] == ["2026-12-14", "2026-12-21", "2027-01-04", "2027-01-11"]


def test_software_opens_no_day_that_the_manager_closed(made: Any, token: str) -> None:
    """A closed day and a stop told on the site prevail over what software says of them, until they are taken back."""
    who, now = Who("yann"), datetime(2026, 10, 26, 9, tzinfo=UTC)
    close_day(place_pk=made[0].pk, key=uuid4(), day=date(2026, 11, 5), who=who, on=DAY, now=now)
    stop(
        place_pk=made[0].pk,
        key=uuid4(),
        start=date(2026, 11, 9),
        end=date(2026, 11, 11),
        is_final=False,
        who=who,
        on=DAY,
        now=now,
    )

    slots = [slot(f"2026-11-{day:02d}") for day in (4, 5, 6, 9, 10, 11)]
    answer = put(token, one(*slots, sequence=5000))

    assert [said["state"] for said in answer.json()["slots"]] == [
        "ACCEPTED", "REJECTED", "ACCEPTED", "REJECTED", "REJECTED", "ACCEPTED",
    ]  # fmt: skip
    assert [free.date.day for free in told(made[0])] == [4, 6, 11]
    Stop.objects.update(withdrawn_at=now)
    assert put(token, one(slot("2026-11-10"), sequence=5001)).status_code == 200


REFUSALS: list[tuple[str, dict[str, Any], int, list[str]]] = [
    ("window reversed", message(window={"from": "2026-11-02", "to": "2026-11-01"}, slots=[]), 422, ["E020_WINDOW"]),
    ("184 days", message(window={"from": "2026-10-26", "to": "2027-04-27"}, slots=[]), 422, ["E020_WINDOW"]),
    ("over already", message(window={"from": "2026-10-20", "to": "2026-10-25"}, slots=[]), 422, ["E020_WINDOW"]),
    ("too far", message(window={"from": "2027-10-20", "to": "2027-10-28"}, slots=[]), 422, ["E020_WINDOW"]),
    ("slot outside", one(slot("2026-11-26")), 422, ["E020_WINDOW"]),
    ("siret of another", message(structure={"cnaf_id": ID, "siret": "21750001600019"}), 422, ["E012_SIRET_MISMATCH"]),
    ("siret with a wrong key", message(structure={"cnaf_id": ID, "siret": "26630001100028"}), 422, ["E012_SIRET_MISMATCH"]),
    ("one place too many, ages together", one(slot("2026-11-06", places=13), slot("2026-11-06", places=12, group="0-12")),
     422, ["E024_CAPACITY"]),
    ("a whole day counts in its halves", one(slot("2026-11-06", "FULL", 20), slot("2026-11-06", "PM", 5, "0-12")),
     422, ["E024_CAPACITY"]),
    ("a day and its morning", one(slot("2026-11-06", "FULL"), slot("2026-11-06", "AM")), 422, ["E027_OVERLAP"]),
    ("twice the same", one(slot("2026-11-06"), slot("2026-11-06", places=2)), 422, ["E027_OVERLAP"]),
    ("negative", one(slot("2026-11-06", places=-1)), 422, ["E026_NEGATIVE"]),
    ("half a place", one(slot("2026-11-06", places=1.5)), 422, ["E026_NEGATIVE"]),
    ("a flag for a number", one(slot("2026-11-06", places=True)), 422, ["E026_NEGATIVE"]),
    ("a text for a number", one(slot("2026-11-06", places="1")), 422, ["E026_NEGATIVE"]),
    ("two reasons at once", message(window={"from": "2026-11-02", "to": "2026-11-01"}, slots=[],
                                    structure={"cnaf_id": ID, "siret": "21750001600019"}), 422,
     ["E012_SIRET_MISMATCH", "E020_WINDOW"]),
]  # fmt: skip


@pytest.mark.parametrize(("case", "body", "status", "expected"), REFUSALS, ids=[row[0] for row in REFUSALS])
def test_a_message_is_refused_whole(
    made: Any, token: str, case: str, body: dict[str, Any], status: int, expected: list[str]
) -> None:
    answer = put(token, body)

    assert (answer.status_code, codes(answer)) == (status, expected)
    assert all(one["message"] and one["remedy"] for one in answer.json()["errors"])
    assert told(made[0]) == []
    assert not AvailabilityMessage.objects.exists()
    kept = RefusedMessage.objects.get()
    # A text where a number is expected may say anything.
    assert (kept.status, kept.codes, kept.body is not None) == (status, expected, case != "a text for a number")


@pytest.mark.parametrize(
    ("case", "body"),
    [
        ("183 days", message(window={"from": "2026-10-26", "to": "2027-04-26"}, slots=[])),
        ("ends today", message(window={"from": "2026-10-20", "to": "2026-10-26"}, slots=[])),
        ("a year ahead", message(window={"from": "2027-10-20", "to": "2027-10-27"}, slots=[])),
        ("no siret", message(structure={"cnaf_id": ID}, slots=[])),
        ("capacity reached", one(slot("2026-11-06", places=12), slot("2026-11-06", places=12, group="0-12"))),
        ("each half full", one(slot("2026-11-06", "AM", 24), slot("2026-11-06", "PM", 24))),
        ("two kinds, each full", one(slot("2026-11-06", places=24), slot("2026-11-06", places=24, kind="REGULAR"))),
        ("a day, and a morning without place", one(slot("2026-11-06", "FULL"), slot("2026-11-06", "AM", 0))),
        ("two mornings of two ages", one(slot("2026-11-06"), slot("2026-11-06", group="0-12"))),
    ],
)  # fmt: skip
def test_look_alikes_are_taken(made: Any, token: str, case: str, body: dict[str, Any]) -> None:
    assert put(token, body).status_code == 200, case


def test_who_may_speak_for_whom(made: Any, token: str, settings: Any) -> None:
    assert (put("tok_none", message()).status_code, codes(put("", message()))) == (401, ["E002_AUTH"])
    assert codes(put(token, message(), path=PATH.replace(ID, "S0"))) == ["E010_UNKNOWN_STRUCTURE"]
    other = token_of(vendor("AUTRE")[1], "AUTRE")
    refused = put(other, message())
    assert (refused.status_code, codes(refused)) == (403, ["E003_SCOPE"])

    # To the day: the delegation ends on the 26th, its first day without.
    SoftwareDelegation.objects.update(end=date(2026, 10, 26))
    assert put(token, message()).status_code == 403
    SoftwareDelegation.objects.update(end=date(2026, 10, 27))
    assert put(token, message()).status_code == 207
    assert not RefusedMessage.objects.exists()


def test_a_structure_that_is_not_listed(made: Any, token: str) -> None:
    CareStructure.objects.update(listing_status="SUSPENDED")
    answer = put(token, message())
    assert (answer.status_code, codes(answer)) == (409, ["E011_NOT_LISTED"])

    structure("S7", siret="21750001600019", listing_status="LISTED")
    answer = put(token, message(structure={"cnaf_id": "S7"}), path=PATH.replace(ID, "S7"))
    assert codes(answer) == ["E011_NOT_LISTED"], "received, not published yet"


def test_the_same_message_again_is_the_first_answer_for_72_hours(made: Any, token: str) -> None:
    key, other = uuid4(), message(slots=[])
    first = put(token, message(), key)
    again = put(token, message(), key)

    assert (again.status_code, again.headers["Idempotent-Replay"], again.json()) == (200, "true", first.json())
    assert "Idempotent-Replay" not in first.headers
    refused = put(token, other, key)
    assert (refused.status_code, codes(refused)) == (409, ["E031_IDEMPOTENCY_CONFLICT"])
    assert AvailabilityMessage.objects.count() == 1

    hours = timedelta(hours=72, seconds=1)
    AvailabilityMessage.objects.update(received_at=AvailabilityMessage.objects.get().received_at - hours)
    assert codes(put(token, message(), key)) == ["E030_SEQUENCE"], "after 72 hours the key says nothing"
    assert put(token, message(sequence=4183), key).status_code == 207


def test_an_older_number_is_refused_and_each_vendor_counts_for_itself(made: Any, token: str) -> None:
    put(token, message())
    answer = put(token, message())
    assert (answer.status_code, codes(answer)) == (409, ["E030_SEQUENCE"])
    assert "4182" in answer.json()["errors"][0]["message"]

    second, secret = vendor("AUTRE")
    SoftwareDelegation.objects.create(manager=SoftwareDelegation.objects.get().manager, vendor=second, start=DAY)
    assert put(token_of(secret, "AUTRE"), message(sequence=1)).status_code == 207


def test_what_is_typed_does_not_move_the_numbers_of_software(made: Any, token: str) -> None:
    put(token, message())
    replace_window(place_pk=made[0].pk, key=uuid4(), sequence=9000, mode="MANUAL", first=DAY, end=date(2026, 11, 1), slots=(),
                   body=b"", answer={}, now=timezone.now())  # fmt: skip

    assert put(token, message(sequence=4183)).status_code == 207


def test_sixty_calls_an_hour_for_a_structure_whatever_another_vendor_tries(made: Any, token: str) -> None:
    stranger = token_of(vendor("AUTRE")[1], "AUTRE")
    assert {put(stranger, message()).status_code for _call in range(61)} == {403}

    statuses = [put(token, "x").status_code for _call in range(60)]
    answer = put(token, message())

    assert set(statuses) == {400}
    assert (answer.status_code, codes(answer)) == (429, ["E040_RATE"])
    assert 3000 < int(answer.headers["Retry-After"]) <= 3601


def test_a_trial_says_the_same_and_writes_nothing(made: Any, token: str) -> None:
    answer = put(token, message(), path=f"{PATH}?dry-run=1")
    said = answer.json()

    assert (answer.status_code, said["accepted"], said["rejected"], said["published_at"]) == (207, 3, 1, None)
    assert put(token, one(slot("2026-11-26")), path=f"{PATH}?dry-run=1").status_code == 422
    assert (told(made[0]), AvailabilityMessage.objects.count(), RefusedMessage.objects.count()) == ([], 0, 0)


def test_a_database_that_is_away_is_503_with_a_delay(made: Any, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(**_facts: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr("monenfant.transmission.receiving.replace_window", away)
    answer = put(token, message())

    assert (answer.status_code, codes(answer), answer.headers["Retry-After"]) == (503, ["E050_UNAVAILABLE"], "60")
    assert not RefusedMessage.objects.exists()


def test_every_code_of_the_table_was_seen_here() -> None:
    seen = {code for row in REFUSALS for code in row[3]} | {
        "E001_SCHEMA", "E002_AUTH", "E003_SCOPE", "E010_UNKNOWN_STRUCTURE", "E011_NOT_LISTED", "E021_LATE_SLOT",
        "E022_PAST_SLOT", "E023_CLOSED_DAY", "E025_AGE_RANGE", "E030_SEQUENCE", "E031_IDEMPOTENCY_CONFLICT", "E040_RATE",
        "E050_UNAVAILABLE",
    }  # fmt: skip
    assert seen == set(RULES)
