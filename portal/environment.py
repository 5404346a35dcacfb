"""Settings from the environment, and the secrets of an installation that was given none.

Every setting is an environment variable (table in the README). In production a missing secret stops the start;
elsewhere secrets are drawn once and kept, readable by their owner only, in the home folder.
"""

import json
import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from portal.embedded.attach import SECRETS_FILE, home_folder

LOCAL_SECRETS = ("DJANGO_SECRET_KEY", "VAULT_KEY", "VAULT_LOOKUP_KEY")


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


def secret(name: str) -> str:
    """The secret `name`; outside production, one drawn for this home folder when the environment gives none."""
    if os.environ.get(name):
        return os.environ[name]
    if is_production():
        raise ImproperlyConfigured(f"{name} must be set in production")
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
