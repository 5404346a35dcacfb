"""What an installation rests on: settings told in the README, containers that name real ones, production that refuses."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from django.test import Client

from portal import environment

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
OURS = {name: service for name, service in COMPOSE["services"].items() if "build" in service}
PRODUCTION = dict.fromkeys(environment.WITHOUT_DEFAULT, "given") | {
    "PORTAL_ENV": "production", "VAULT_KEYS": "k1=" + "0" * 64,
    "BANK_ACCOUNT_IBAN": "FR7630006000011234567890189", "BANK_CREDITOR_ID": "FR72ZZZ123456",
    "PENSIONS_IBAN": "FR7630006000011234567890189",
    "PENSIONS_SINCE": "2026-12-01",
    "DATABASE_URL": "postgres://nobody@127.0.0.1:9/none", "BROKER_URL": "redis://127.0.0.1:9/0",
}  # fmt: skip


DOOR_SETTINGS = ("ISSUER", "CLIENT_ID", "CLIENT_SECRET", "SCOPE")


def settings_read() -> set[str]:
    """Every environment variable that the settings read."""
    sources = [ROOT / "portal" / "settings.py", *(ROOT / "portal" / "embedded").glob("*.py")]
    written = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    doors = {f"{door}_{name}" for door in ("PROCONNECT", "FRANCECONNECT") for name in DOOR_SETTINGS}
    return set(re.findall(r'(?:env\.\w+|os\.environ\.get)\(\s*"([A-Z_]+)"', written)) | doors


def test_every_setting_is_in_the_readme() -> None:
    table = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {"PORTAL_HOME", "DATABASE_URL", "BANK_ACCOUNT_IBAN"} <= settings_read()
    assert sorted(name for name in settings_read() | {"PORTAL_PORT", "PORTAL_ENV"} if f"`{name}`" not in table) == []


def test_the_containers_give_every_setting_that_production_demands_and_no_other_name() -> None:
    known = settings_read() | {"PORTAL_ENV", *environment.WITHOUT_DEFAULT}
    assert OURS.keys() == {"migrate", "web", "worker", "beat"}
    for name, service in OURS.items():
        given = set(service["environment"])
        assert set(environment.WITHOUT_DEFAULT) <= given, name
        assert given <= known, name


def test_no_secret_is_written_in_the_containers_file_and_every_volume_is_declared() -> None:
    secret = re.compile(r"PASSWORD|SECRET|VAULT")
    for service in COMPOSE["services"].values():
        given = service.get("environment", {})
        assert all("${" in value for key, value in given.items() if secret.search(key))
        assert {volume.split(":")[0] for volume in service.get("volumes", [])} <= set(COMPOSE["volumes"])


def test_nothing_of_this_machine_goes_into_the_image() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert {".git", ".venv", ".env", "var"} <= set(ignored)
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = [line.split()[1] for line in lines if line.startswith("COPY")]
    assert all((ROOT / name).exists() for name in copied)
    assert lines.index("USER portal") < [line.startswith("CMD") for line in lines].index(True)


def test_production_names_everything_that_lacks_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)
    environment.check_production()
    for lacking in environment.WITHOUT_DEFAULT:
        monkeypatch.setenv(lacking, "")
    with pytest.raises(ImproperlyConfigured, match=", ".join(environment.WITHOUT_DEFAULT)):
        environment.check_production()
    monkeypatch.setenv("PORTAL_ENV", "local")
    environment.check_production()


def test_a_command_in_production_refuses_in_one_sentence() -> None:
    given = os.environ | PRODUCTION | {"BANK_ACCOUNT_IBAN": ""}
    command = [sys.executable, "manage.py", "check"]
    done = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "Réglages manquants en production : BANK_ACCOUNT_IBAN (voir le README).\n"


@pytest.mark.parametrize("wrong", ["abc", "k1=", "k1=00", "=" + "0" * 64, "k1=" + "0" * 64 + ",k2"])
def test_vault_keys_that_are_none_are_refused(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAULT_KEYS", wrong)
    with pytest.raises(ImproperlyConfigured, match="VAULT_KEYS"):
        environment.vault_keys()


def test_the_first_of_two_vault_keys_stays_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAULT_KEYS", f"new={'1' * 64}, old={'0' * 64}")
    assert list(environment.vault_keys().items()) == [("new", "1" * 64), ("old", "0" * 64)]


@pytest.mark.django_db
def test_readiness_says_that_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_connection: object) -> None:
        raise OperationalError("gone")

    assert Client().get("/readyz").status_code == 200
    monkeypatch.setattr("portal.frame.views.MigrationExecutor", away)
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, "OperationalError")


@pytest.mark.django_db
def test_health_is_told_without_tls_and_pages_are_not(settings) -> None:  # type: ignore[no-untyped-def]
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get("/healthz").status_code == 200
    assert Client().get("/readyz").status_code == 200
    assert Client().get("/entree/").status_code == 301


def test_the_door_of_the_other_bodies_is_mounted_and_the_portal_asks_for_their_certificate() -> None:
    door, conf = COMPOSE["services"]["exchange"], (ROOT / "docker" / "exchange.conf").read_text(encoding="utf-8")
    assert door["configs"] == [{"source": "exchange", "target": "/etc/nginx/conf.d/default.conf"}]
    assert COMPOSE["configs"]["exchange"] == {"file": "./docker/exchange.conf"}
    assert door["ports"] == ["8443:8443"]
    assert "exchange-tls:/etc/nginx/tls:ro" in door["volumes"]
    assert {Path(path).parent for path in re.findall(r"ssl_\w*certificate\w* (\S+);", conf)} == {Path("/etc/nginx/tls")}
    for needed in ("ssl_protocols TLSv1.3;", "ssl_verify_client on;", "X-Exchange-Client $ssl_client_s_dn;"):
        assert needed in conf
    for name in ("web", "worker"):
        assert OURS[name]["environment"]["PORTAL_EXCHANGE_MTLS"] == "1"
        assert "exchange:/run/exchange:ro" in OURS[name]["volumes"]
