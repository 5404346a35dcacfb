"""The guide of vendors: its examples are sent as they are written, its table is that of the code, its page is the file."""

import json
import re
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator

from monenfant.transmission import openapi
from monenfant.transmission.codes import RULES, problem
from monenfant.transmission.sample import SAMPLE, SAMPLE_ANSWER
from monenfant.transmission.shape import read_message
from portal.legislation.simulations import read_json
from tests.aripa.agents import on_day
from tests.monenfant.transmission.scene import DAY, message, scene, slot
from tests.monenfant.transmission.test_hostile import BODIES

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "availability.md").read_text(encoding="utf-8")
CHANGING = ("published_at", "next_due_at")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


def called(command: str, known: dict[str, str], content: str) -> Any:
    """What a `curl` of the guide asks, asked of the portal."""
    words = command.replace("\\\n", " ")
    for name, value in known.items():
        words = words.replace(f"${name}", value)
    address = re.search(r'"(/api/[^"]+)"', words)
    assert address
    headers = dict(re.findall(r'-H "([^:]+): ([^"]+)"', words))
    client = Client()
    if " -X PUT" in words:
        return client.put(address[1], content, content_type=headers.pop("Content-Type"), headers=headers)
    user = re.search(r'-u "([^"]+)"', words)
    assert user
    headers["Authorization"] = "Basic " + b64encode(user[1].encode()).decode()
    form = "&".join(re.findall(r"-d (\S+)", words))
    return client.post(address[1], form, content_type="application/x-www-form-urlencoded", headers=headers)


@pytest.mark.django_db
def test_its_examples_are_answered_as_it_says(settings: Any) -> None:
    on_day(settings, DAY)
    _place, _vendor, secret = scene()
    token_call, put_call = blocks("sh")
    token_said, sent, answered, refused = blocks("json")

    token = called(token_call, {"PORTAIL": "", "SECRET": secret}, "").json()
    assert {**token, "access_token": "tok_…"} == json.loads(token_said)

    known = {"PORTAIL": "", "JETON": token["access_token"]}
    answer = called(put_call, known, sent)
    expected = json.loads(answered)
    assert answer.status_code == 207
    assert all(type(answer.json()[name]) is str for name in CHANGING)
    assert {**answer.json(), **{name: expected[name] for name in CHANGING}} == expected
    again = called(put_call, known, sent)
    assert (again.status_code, again.headers["Idempotent-Replay"]) == (200, "true")
    wrong = called(
        put_call.replace("5f0f1c1e", "5f0f1c1f"), known, json.dumps(message(slots=[slot("2026-11-06", places=-1)]))
    )
    assert wrong.json() == json.loads(refused)


def test_its_table_and_the_document_have_every_code_as_the_code_does() -> None:
    for rule in RULES.values():
        assert f"| `{rule.code}` | {rule.status} | {rule.meaning} | {rule.remedy} |\n" in GUIDE
    document = SchemaGenerator().get_schema(request=None, public=True)
    call = document["paths"]["/api/v1/structures/{cnaf_id}/availability"]["put"]
    assert set(call["responses"]) == {str(rule.status) for rule in RULES.values()} | {"200"}
    told = json.dumps(call["responses"], ensure_ascii=False)
    assert [code for code in RULES if f"`{code}`" not in told] == []
    assert call["security"] == [{"vendor": ["availability:write"]}]
    scheme = document["components"]["securitySchemes"]["vendor"]
    assert scheme["flows"]["clientCredentials"]["tokenUrl"] == "/api/v1/oauth/token"
    assert "/api/v1/oauth/token" in document["paths"]
    body = call["requestBody"]["content"]["application/json"]
    assert next(iter(body["examples"].values()))["value"] == SAMPLE


def test_the_sample_is_that_of_the_guide_and_fits_the_schemas() -> None:
    _token, sent, answered, refused = blocks("json")
    assert (json.loads(sent), json.loads(answered)) == (SAMPLE, SAMPLE_ANSWER)
    for schema, said in (
        (openapi.MESSAGE_SCHEMA, SAMPLE), (openapi.ANSWER_SCHEMA, SAMPLE_ANSWER), (openapi.ERRORS_SCHEMA, json.loads(refused)),
        (openapi.ERRORS_SCHEMA, {"errors": [problem("E040_RATE")]}),
    ):  # fmt: skip
        Draft202012Validator.check_schema(schema)
        Draft202012Validator(schema).validate(said)


def test_what_the_reader_refuses_of_shape_the_schema_refuses_too() -> None:
    """The reader refuses more than a schema can say (days that are none, hours that go back, half a surrogate pair)."""
    validator = Draft202012Validator(openapi.MESSAGE_SCHEMA)
    finer = {
        "a key twice", "an exponent", "half a surrogate pair as a text", "a NUL in a text", "the number of another", "far away",
        "long ago", "no such day", "digits of another script", "hours reversed", "a mail that is none", "no offset",
        "neither date nor pattern",
    }  # fmt: skip
    for case, body, _path in BODIES:
        try:
            said = read_json(json.dumps(body) if isinstance(body, dict | list) else body)
        except ValueError:
            continue
        taken, _problems = read_message(said)
        if taken is None and case not in finer:
            assert not validator.is_valid(said), case
    assert validator.is_valid(SAMPLE)
    assert read_message(SAMPLE)[0]


@pytest.mark.django_db
def test_the_page_is_the_file() -> None:
    page = Client().get("/editeurs/").content.decode()
    text = re.sub(
        r"\s+", " ", re.sub(r"<[^>]+>", "", page).replace("&quot;", '"').replace("&gt;", ">").replace("&amp;", "&")
    )
    for line in GUIDE.splitlines():
        plain = re.sub(r"\s+", " ", re.sub(r"\[([^]]+)\]\([^)]+\)", r"\1", line).strip("#- `|\\").replace("**", ""))
        for cell in plain.split("|") if line.startswith("|") else [plain]:
            words = cell.replace("`", "").replace("*", "").strip()
            assert words.startswith("---") or words in ("sh", "json") or words in text, words
