"""Getting a token: RFC 6749 4.4 by both ways, its errors, and how long a secret opens the door."""

from base64 import b64encode
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from monenfant.models import VendorSecret, VendorToken
from monenfant.transmission.vendors import end_vendor, renew_secret
from portal.accounts.models import User
from portal.audit.models import JournalEntry
from tests.aripa.agents import on_day
from tests.monenfant.transmission.scene import DAY, ask_token, codes, message, put, scene, token_of, vendor

pytestmark = pytest.mark.django_db
GRANT = {"grant_type": "client_credentials"}


@pytest.fixture
def secret(settings: Any) -> str:
    on_day(settings, DAY)
    return vendor()[1]


def basic(code: str, text: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{code}:{text}".encode()).decode()}


def test_a_token_by_basic_or_in_the_body(secret: str) -> None:
    body = ask_token(**GRANT, client_id="LOGICRECHE", client_secret=secret)
    header = ask_token(**GRANT, scope="availability:write", headers=basic("LOGICRECHE", secret))

    for answer in (body, header):
        said = answer.json()
        assert (answer.status_code, said["token_type"], said["expires_in"]) == (200, "Bearer", 3600)
        assert said["scope"] == "availability:write"
        assert (answer.headers["Cache-Control"], answer.headers["Pragma"]) == ("no-store", "no-cache")
        assert not VendorToken.objects.filter(token_hash__contains=said["access_token"][4:]).exists()
    assert VendorSecret.objects.get().secret_hash not in secret


@pytest.mark.parametrize(
    ("case", "fields", "headers", "status", "error"),
    [
        ("wrong secret", {**GRANT, "client_id": "LOGICRECHE", "client_secret": "sec_x"}, {}, 401, "invalid_client"),
        ("unknown vendor", GRANT, basic("PERSONNE", "sec_x"), 401, "invalid_client"),
        ("a NUL", GRANT, basic("LOGI\0", "sec_\0"), 401, "invalid_client"),
        ("no secret", {**GRANT, "client_id": "LOGICRECHE"}, {}, 401, "invalid_client"),
        ("no Base64", GRANT, {"Authorization": "Basic é"}, 401, "invalid_client"),
        ("nobody", GRANT, {}, 401, "invalid_client"),
        ("both ways", {**GRANT, "client_id": "LOGICRECHE", "client_secret": "S"}, "basic", 401, "invalid_client"),
        ("another grant", {"grant_type": "password"}, "basic", 400, "unsupported_grant_type"),
        ("no grant", {"x": "y"}, "basic", 400, "invalid_request"),
        ("another scope", {**GRANT, "scope": "admin"}, "basic", 400, "invalid_scope"),
        ("one scope too many", {**GRANT, "scope": "availability:write admin"}, "basic", 400, "invalid_scope"),
    ],
)
def test_errors_are_those_of_the_standard(
    secret: str, case: str, fields: dict[str, str], headers: Any, status: int, error: str
) -> None:
    fields = {name: secret if value == "S" else value for name, value in fields.items()}
    answer = ask_token(**fields, headers=basic("LOGICRECHE", secret) if headers == "basic" else headers)

    assert (answer.status_code, answer.json()["error"]) == (status, error), case
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers.get("WWW-Authenticate", "").startswith("Basic") == (status == 401)
    assert not VendorToken.objects.exists()


def test_a_body_that_is_none(secret: str) -> None:
    for content in (b"", b"\xff\xfe", b"grant_type=client_credentials&grant_type=password", b"%", b"a=b;;&&=", b"\0"):
        answer = Client().post("/api/v1/oauth/token", content, content_type="application/x-www-form-urlencoded",
                               headers=basic("LOGICRECHE", secret))  # fmt: skip
        assert answer.status_code == 400, content
    assert Client().get("/api/v1/oauth/token").status_code == 405


def test_nothing_is_read_in_the_address(secret: str) -> None:
    """A secret there would stand in every log on the way; what cannot be read is no failure of ours."""
    for asked in (f"client_id=LOGICRECHE&client_secret={secret}", "a[b]=c", "%"):
        answer = Client().post(f"/api/v1/oauth/token?{asked}", "grant_type=client_credentials",
                               content_type="application/x-www-form-urlencoded")  # fmt: skip
        assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"}), asked
    assert not VendorToken.objects.exists()


def test_a_secret_renewed_overlaps_the_former_and_a_token_ends_with_its_secret(settings: Any) -> None:
    on_day(settings, DAY)
    _place, _vendor, first = scene()
    by_first = token_of(first)
    second = renew_secret(code="LOGICRECHE", on=DAY, overlap_days=30, renewed_by="exploitation")[1]

    assert put(token_of(second), message()).status_code == 207
    on_day(settings, DAY + timedelta(days=29))
    assert token_of(first)
    on_day(settings, DAY + timedelta(days=30))
    assert ask_token(**GRANT, client_id="LOGICRECHE", client_secret=first).status_code == 401
    assert codes(put(by_first, message())) == ["E002_AUTH"], "its token too"

    by_second = token_of(second)
    third = renew_secret(code="LOGICRECHE", on=DAY + timedelta(days=30), overlap_days=0, renewed_by="exploitation")[1]
    assert codes(put(by_second, message())) == ["E002_AUTH"], "without overlap, at once"
    end_vendor(code="LOGICRECHE", on=DAY + timedelta(days=31), ended_by="exploitation")
    assert token_of(third)
    on_day(settings, DAY + timedelta(days=31))
    assert ask_token(**GRANT, client_id="LOGICRECHE", client_secret=third).status_code == 401
    assert JournalEntry.objects.filter(action__startswith="childcare.vendor_", subject="vendor:LOGICRECHE").count() == 4


def test_a_token_lasts_an_hour(settings: Any) -> None:
    on_day(settings, DAY)
    token = token_of(scene()[2])
    VendorToken.objects.update(expires_at=timezone.now() + timedelta(seconds=30))
    assert put(token, message()).status_code == 207
    VendorToken.objects.update(expires_at=timezone.now())
    answer = put(token, message())
    assert (answer.status_code, "invalid_token" in answer.headers["WWW-Authenticate"]) == (401, True)


def test_too_many_tokens_and_a_database_that_is_away(secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(**_facts: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr("monenfant.views.transmission_api.TOKENS_A_MINUTE", 1)
    assert [ask_token(**GRANT, headers=basic("LOGICRECHE", secret)).status_code for _call in range(2)] == [200, 429]
    monkeypatch.setattr("monenfant.views.transmission_api.TOKENS_A_MINUTE", 9)
    monkeypatch.setattr("monenfant.views.transmission_api.token_answer", away)
    answer = ask_token(**GRANT, headers=basic("LOGICRECHE", secret))
    assert (answer.status_code, answer.json(), answer.headers["Retry-After"]) == (
        503,
        {"error": "temporarily_unavailable"},
        "60",
    )


def test_the_commands_show_a_secret_once_and_refuse_in_a_sentence(settings: Any) -> None:
    on_day(settings, DAY)
    User.objects.create(username="exploitation")

    def run(*words: str) -> str:
        said = StringIO()
        call_command(*words, stdout=said)
        return said.getvalue()

    first = run("open_vendor", "AB-1", "--name", "AB", "--by", "exploitation").split()[-1]
    second = run("renew_vendor_secret", "AB-1", "--overlap-days", "1", "--by", "exploitation").split()[-1]
    assert token_of(first, "AB-1")
    assert token_of(second, "AB-1")
    run("end_vendor", "AB-1", "--on", "2026-10-27", "--by", "exploitation")
    assert list(VendorSecret.objects.values_list("ends_on", flat=True)) == [date(2026, 10, 27)] * 2
    for wrong in (
        ("open_vendor", "AB-1", "--name", "AB", "--by", "exploitation"), ("open_vendor", "é", "--name", "AB", "--by", "exploitation"),
        ("open_vendor", "CD", "--name", "CD", "--by", "personne"), ("renew_vendor_secret", "CD", "--by", "exploitation"),
        ("end_vendor", "CD", "--on", "2026-10-27", "--by", "exploitation"),
    ):  # fmt: skip
        with pytest.raises(CommandError) as refused:
            run(*wrong)
        assert refused.value.returncode == 2, wrong
