"""Questions of a form that a simulator reads: what is asked, and what is typed as JSON writes it."""

import re
from dataclasses import dataclass

Choices = tuple[tuple[str, str], ...]
YES_NO: Choices = (("0", "non"), ("1", "oui"))
LONGEST = 200


@dataclass(frozen=True)
class Question:
    """One field of a form; `error` says what to write."""

    name: str
    label: str
    value: str
    unit: str = ""
    choices: Choices = ()
    error: str = ""


def typed_text(value: object) -> str:
    """What was typed, without what no text may hold, and no longer than a form needs."""
    return str(value).replace("\x00", "").strip()[:LONGEST]


def plain(text: str) -> str:
    """``1 234,5 €`` as JSON and the flows write it."""
    return re.sub(r"[\s\u00a0\u202f€]", "", text).replace(",", ".")


def whole(text: str) -> int | str:
    """A count; a text that is none stays, for the simulator to refuse it under its name."""
    return int(text) if re.fullmatch(r"\d{1,3}", text, re.ASCII) else text


def iso_day(text: str) -> str:
    """``11/2/2025`` as JSON writes it."""
    found = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text.strip(), re.ASCII)
    return f"{found[3]}-{int(found[2]):02d}-{int(found[1]):02d}" if found else text.strip()


def iso_month(text: str) -> str:
    """``9/2026`` as JSON writes it."""
    found = re.fullmatch(r"(\d{1,2})/(\d{4})", text.strip(), re.ASCII)
    return f"{found[2]}-{int(found[1]):02d}" if found else text.strip()


def cents(text: str) -> int:
    """An amount of an answer, ``-12.30``, in cents."""
    sign = -1 if text.startswith("-") else 1
    euros, _, rest = text.lstrip("-").partition(".")
    return sign * (int(euros) * 100 + int(rest.ljust(2, "0") or 0))
