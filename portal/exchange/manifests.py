"""The manifest of a file (``NAME.manifest.json``): what its sender says of it. What is not as published is refused."""

import json
import re
import unicodedata
from pathlib import Path

NUMBERS = ("rows", "sum_cents", "sequence_no")
TEXTS = ("kind", "sender", "sha256")
SUFFIX = ".manifest.json"


class UnreadableManifest(Exception):
    """The manifest is not one, or a field of it is not as published: the sentence says which.

    `manifest` holds the fields that are, so that a refused lot is still known by its kind, sender and number.
    """

    def __init__(self, sentence: str, manifest: dict[str, object]) -> None:
        super().__init__(sentence)
        self.manifest = manifest


def manifest_path(path: Path) -> Path:
    """Where the manifest of `path` would be."""
    return path.with_name(re.sub(r"\.csv$", "", path.name, flags=re.IGNORECASE) + SUFFIX)


def read_manifest(path: Path) -> dict[str, object]:
    """The fields the portal uses, checked. Raises UnreadableManifest."""
    try:
        found = json.loads(path.read_bytes().decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise UnreadableManifest("ce n’est pas du JSON en UTF-8", {}) from error
    if not isinstance(found, dict):
        raise UnreadableManifest("un objet JSON est attendu", {})
    manifest: dict[str, object] = {name: _whole(found.get(name)) for name in NUMBERS}
    manifest |= {name: _text(found.get(name)) for name in TEXTS}
    wrong = [name for name, value in manifest.items() if value is None and found.get(name) not in (None, "")]
    if wrong:
        raise UnreadableManifest("valeur impossible pour " + ", ".join(wrong), manifest)
    return manifest


def _whole(value: object) -> int | None:
    """A whole number that the database can hold, also written as a text or with a decimal point and nothing after."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,18}", str(value).strip()):
        return None
    return int(str(value))


def _text(value: object) -> str | None:
    """A printable text: neither a list, nor control characters, nor halves of a character."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = str(value).strip()[:200]
    return text if text and not any(unicodedata.category(char).startswith("C") for char in text) else None
