"""Whatever is sent: 400 with a path, never a fault of ours, nothing kept of it, nothing moved."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from monenfant.models import RefusedMessage
from monenfant.transmission.shape import read_message
from portal.legislation.simulations import read_json
from tests.aripa.agents import on_day
from tests.monenfant.transmission.scene import DAY, PATH, codes, message, put, scene, slot, token_of, told

pytestmark = pytest.mark.django_db


def with_slot(**changes: Any) -> dict[str, Any]:
    return message(slots=[slot("2026-11-06") | changes])


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in message().items() if name != key}


BODIES: list[tuple[str, Any, str]] = [
    ("nothing", "", ""),
    ("no JSON", "{", ""),
    ("a list", [], ""),
    ("a number", "1", ""),
    ("not UTF-8", b'{"schema": "\xe9"}', ""),
    ("UTF-16", json.dumps(message()).encode("utf-16"), ""),
    ("a raw NUL", json.dumps(message()).encode() + b"\0", ""),
    ("too deep", "[" * 100_000, ""),
    ("too large", json.dumps(message()) + " " * 1_000_001, ""),
    ("a key twice", json.dumps(message())[:-1] + ', "sequence": 9}', "sequence"),
    ("a child", with_slot(child_name="Léa"), "slots[0].child_name"),
    ("half a surrogate pair as a key", json.dumps(message()).replace('"contact"', '"\\ud800"'), "\\ud800"),
    ("half a surrogate pair as a text", message(structure={"cnaf_id": "\ud800"}), "structure.cnaf_id"),
    ("a NUL in a text", message(structure={"cnaf_id": "S6399001\0"}), "structure.cnaf_id"),
    ("the number of another", message(structure={"cnaf_id": "S1"}), "structure.cnaf_id"),
    ("not a number", json.dumps(message()).replace("4182", "NaN"), "sequence"),
    ("a huge number", json.dumps(message()).replace("4182", "9" * 5000), "sequence"),
    ("beyond what is kept", message(sequence=2**53 + 1), "sequence"),
    ("an exponent", json.dumps(message()).replace("4182", "4e3"), "sequence"),
    ("a flag", message(sequence=True), "sequence"),
    ("nought", message(sequence=0), "sequence"),
    ("another schema", message(schema="2.0"), "schema"),
    ("no window", without("window"), "window"),
    ("no slots", without("slots"), "slots"),
    ("slots that are no list", message(slots={}), "slots"),
    ("a slot that is none", message(slots=[1]), "slots[0]"),
    ("far away", message(window={"from": "9999-12-31", "to": "9999-12-31"}), "window.from"),
    ("long ago", with_slot(date="0001-01-01"), "slots[0].date"),
    ("no such day", with_slot(date="2026-02-30"), "slots[0].date"),
    ("digits of another script", with_slot(date="２０２６-11-06"), "slots[0].date"),
    ("a number for a date", with_slot(date=20261106), "slots[0].date"),
    ("neither date nor pattern", with_slot(date=None), "slots[0]"),
    ("both", with_slot(pattern={"weekdays": ["MON"], "from": "2026-11-02"}), "slots[0]"),
    ("no weekday", with_slot(date=None, pattern={"weekdays": [], "from": "2026-11-02"}), "slots[0].pattern.weekdays"),
    ("weekdays that are lists", with_slot(date=None, pattern={"weekdays": [["MON"]], "from": "2026-11-02"}),
     "slots[0].pattern.weekdays"),
    ("a pattern of texts", with_slot(date=None, pattern="MON"), "slots[0].pattern"),
    ("an unknown moment", with_slot(half_day="NIGHT"), "slots[0].half_day"),
    ("a moment that is a list", with_slot(half_day=["AM"]), "slots[0].half_day"),
    ("an unknown age", with_slot(age_group="0-3"), "slots[0].age_group"),
    ("hours reversed", with_slot(**{"from": "12:00", "to": "08:00"}), "slots[0].to"),
    ("no such hour", with_slot(**{"from": "25:00"}), "slots[0].from"),
    ("a mail that is none", message(contact={"email": "x"}), "contact.email"),
    ("no offset", message(generated_at="2026-10-26T05:10:00"), "generated_at"),
]  # fmt: skip


def test_whatever_is_sent_is_refused_with_its_path(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    on_day(settings, DAY)
    place, _vendor, secret = scene()
    token = token_of(secret)
    monkeypatch.setattr("monenfant.transmission.receiving.CALLS_AN_HOUR", 1000)
    wrong = []
    for case, body, path in BODIES:
        answer = put(token, body)
        paths = [one["path"] for one in answer.json()["errors"]]
        if answer.status_code != 400 or set(codes(answer)) != {"E001_SCHEMA"} or (path and path not in paths):
            wrong.append((case, answer.status_code, answer.json()))
    assert wrong == []
    assert told(place) == []
    assert list(RefusedMessage.objects.exclude(body=None)) == [], "of a form that is not ours no text is kept"


def test_every_error_is_told_at_once() -> None:
    body = message(
        schema="2", sequence=0, slots=[slot("x", places=-1), slot("2026-11-06", "NIGHT", group="9", kind="X")]
    )

    _none, problems = read_message(read_json(json.dumps(body)))

    assert [(one["code"], one["path"]) for one in problems] == [
        ("E001_SCHEMA", "schema"), ("E001_SCHEMA", "sequence"), ("E001_SCHEMA", "slots[0].date"),
        ("E026_NEGATIVE", "slots[0].places"), ("E001_SCHEMA", "slots[1].half_day"), ("E001_SCHEMA", "slots[1].age_group"),
        ("E001_SCHEMA", "slots[1].kind"),
    ]  # fmt: skip


def test_headers_and_addresses_that_are_wrong(settings: Any) -> None:
    on_day(settings, DAY)
    token = token_of(scene()[2])

    assert codes(put(token, message(), "not-a-key")) == ["E001_SCHEMA"]
    assert put(token, message(), path="/api/v1/structures/%00/availability").status_code == 404
    assert put(token, message(), HTTP_AUTHORIZATION="Bearer \xe9\x00").status_code == 401
    assert put(token, message(), HTTP_AUTHORIZATION="Basic x").status_code == 401
    form = Client().put(PATH, "a=b", content_type="text/plain", HTTP_AUTHORIZATION=f"Bearer {token}",
                        HTTP_IDEMPOTENCY_KEY="5f0f1c1e-8a53-4a2e-9b55-0c8f5d1f7a10")  # fmt: skip
    assert form.status_code == 415


def test_many_patterns_over_the_same_days_cost_no_more_than_the_days(settings: Any) -> None:
    """Five thousand patterns of every day of six months: each stops where a day was told before."""
    on_day(settings, DAY)
    token = token_of(scene()[2])
    every = {"weekdays": ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"], "from": "2026-10-01"}
    same = {"pattern": every, "half_day": "AM", "age_group": "ANY", "kind": "REGULAR", "places": 1}

    answer = put(token, message(slots=[same] * 4_000, window={"from": "2026-10-26", "to": "2027-04-26"}))

    assert (answer.status_code, len(codes(answer))) == (422, 500)


def test_what_looks_like_a_trial_is_never_a_message(settings: Any) -> None:
    on_day(settings, DAY)
    shown, _vendor, secret = scene()
    token = token_of(secret)

    for asked in ("dry-run=true", "dry-run=0", "dryrun=1", "dry-run=1&dry-run=0"):
        assert codes(put(token, message(), path=f"{PATH}?{asked}")) == ["E001_SCHEMA"], asked
    assert not shown.messages.exists()
    assert put(token, message(), path=f"{PATH}?dry-run=1").status_code == 207


def test_a_key_that_is_not_ours_is_answered_and_not_kept(settings: Any) -> None:
    """Whoever writes a child's name where no key is expected reads it in the answer; nothing of it stays here."""
    on_day(settings, DAY)
    shown, _vendor, secret = scene()
    body = message(**{"Léa Martin": 1})
    body["slots"][0]["Léa Martin"], body["slots"][1]["places"] = 1, "deux"

    answer = put(token_of(secret), body)

    assert [one["path"] for one in answer.json()["errors"]] == ["Léa Martin", "slots[0].Léa Martin", "slots[1].places"]
    kept = shown.refused_messages.get()
    assert [one["path"] for one in kept.answer["errors"]] == [
        "clé inconnue",
        "slots[0].clé inconnue",
        "slots[1].places",
    ]
    assert (kept.body, "Léa" in str(kept.answer)) == (None, False)


def test_what_is_no_message_is_not_kept_even_under_a_key_that_served(settings: Any) -> None:
    on_day(settings, DAY)
    shown, _vendor, secret = scene()
    token, key = token_of(secret), uuid4()
    assert put(token, message(), key).status_code == 207

    assert codes(put(token, "Léa Martin, née le 3 février", key)) == ["E031_IDEMPOTENCY_CONFLICT"]
    assert shown.refused_messages.get().body is None
    assert codes(put(token, message(sequence=4183), key)) == ["E031_IDEMPOTENCY_CONFLICT"]
    assert shown.refused_messages.latest("pk").body is not None
