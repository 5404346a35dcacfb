"""Settings from the environment, and the secrets of an installation that was given none.

Every setting is an environment variable (table in the README). In production a missing secret stops the start;
elsewhere secrets are drawn once and kept, readable by their owner only, in the home folder.
"""

import json
import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from portal.embedded.attach import SECRETS_FILE, home_folder

OPENID_SCOPES = {
    "proconnect": "openid,given_name,usual_name,email,siret,idp_id",
    "franceconnect": "openid,given_name,family_name,preferred_username,birthdate,gender,birthplace,birthcountry",
}
# Levels of ProConnect that include a second factor.
SECOND_FACTOR_ACRS = (
    "eidas2,eidas3,https://proconnect.gouv.fr/assurance/self-asserted-2fa,"
    "https://proconnect.gouv.fr/assurance/consistency-checked-2fa"
)
LOCAL_SECRETS = ("DJANGO_SECRET_KEY", "VAULT_KEY", "VAULT_LOOKUP_KEY")
WITHOUT_DEFAULT = (
    "DJANGO_SECRET_KEY", "VAULT_KEYS", "VAULT_LOOKUP_KEY", "DATABASE_URL", "BROKER_URL",
    "BANK_ACCOUNT_NAME", "BANK_ACCOUNT_IBAN", "BANK_CREDITOR_ID", "PENSIONS_ADDRESS", "PENSIONS_IBAN",
    "PENSIONS_SINCE",
)  # fmt: skip
KEY_DIGITS = 64


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def flag(name: str, default: bool = False) -> bool:
    value = os.environ.get(name, "")
    return default if value == "" else value.lower() in ("1", "true", "yes", "on")


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def number(name: str, default: int) -> int:
    return int(text(name) or default)


def is_production() -> bool:
    return text("PORTAL_ENV", "local") == "production"


def check_production() -> None:
    """In production nothing of what identifies the installation has a default: every name that lacks, at once.

    The account that collects and pays is one of them: a sample account would be written into real bank files.
    """
    missing = [name for name in WITHOUT_DEFAULT if not os.environ.get(name)] if is_production() else []
    if missing:
        raise ImproperlyConfigured(f"Réglages manquants en production : {', '.join(missing)} (voir le README).")


def vault_keys() -> dict[str, str]:
    """VAULT_KEYS as keys by identifier, or the local one."""
    pairs = [pair.partition("=") for pair in words("VAULT_KEYS")]
    if not all(identifier and is_equal and len(key) == KEY_DIGITS for identifier, is_equal, key in pairs):
        raise ImproperlyConfigured(
            f"VAULT_KEYS s’écrit « id=clé,… », chaque clé en {KEY_DIGITS} chiffres hexadécimaux."
        )
    return {identifier: key for identifier, _, key in pairs} or {"k1": secret("VAULT_KEY")}


def secret(name: str) -> str:
    """The secret `name`; outside production, one drawn for this home folder when the environment gives none."""
    if os.environ.get(name):
        return os.environ[name]
    if is_production():
        raise ImproperlyConfigured(f"{name} manque : en production il n’a pas de valeur par défaut.")
    return local_secrets(home_folder() / SECRETS_FILE)[name]


def local_secrets(path: Path) -> dict[str, str]:
    """The secrets kept in `path`, drawn the first time."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps({name: secrets.token_hex(32) for name in LOCAL_SECRETS}))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    found: dict[str, str] = json.loads(path.read_text())
    return found


LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1", "0.0.0.0")


def outside_door(name: str) -> str:
    """The address of an outside service, or the dotted path of the class that plays it; empty when it is not set up.

    In production an address without TLS, or on this machine, stops the start: a stand-in may not answer for the real one.
    """
    where = text(name).rstrip("/")
    address = urlsplit(where)
    if is_production() and where and (address.scheme or "https") != "https":
        raise ImproperlyConfigured(f"{name} must be https in production")
    if is_production() and (address.hostname or "") in LOCAL_HOSTS:
        raise ImproperlyConfigured(f"{name} must be on another machine in production")
    return where


def openid_door(name: str) -> dict[str, object] | None:
    """One OpenID Connect door (``proconnect``, ``franceconnect``) from its variables; None when it is not set up.

    In production an issuer without TLS, or on this machine, stops the start: nobody may sign in by a stand-in.
    """
    prefix = name.upper()
    issuer, client = text(f"{prefix}_ISSUER").rstrip("/"), text(f"{prefix}_CLIENT_ID")
    if not issuer:
        return None
    address = urlsplit(issuer)
    if is_production() and (address.scheme != "https" or (address.hostname or "") in LOCAL_HOSTS):
        raise ImproperlyConfigured(f"{prefix}_ISSUER must be https and on another machine in production")
    settings = {"server_url": issuer, "issuer": issuer, "token_auth_method": "client_secret_post"}
    settings |= {"scope": words(f"{prefix}_SCOPE", OPENID_SCOPES[name])}
    secret_text = text(f"{prefix}_CLIENT_SECRET")
    return {"provider_id": name, "name": name, "client_id": client, "secret": secret_text, "settings": settings}
