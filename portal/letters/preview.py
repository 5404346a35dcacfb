"""A letter as it would be written, as text for the screen: nothing is numbered, kept or sent."""

import re
from datetime import date
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from portal.letters.kinds import kind_of

MAIN = re.compile(r"<main>(.*)</main>", re.DOTALL)


def preview_of(code: str, facts: dict[str, Any], *, dated: date) -> SafeString:
    """The body of the letter, its headings two levels down to stand inside a page. Raises UnknownLetter."""
    kind = kind_of(code)
    context = facts | {
        "kind": kind, "number": "à venir", "dated": dated, "portal_name": settings.PORTAL_NAME,
        "portal_phone": settings.PORTAL_PHONE, "portal_hours": settings.PORTAL_HOURS,
    }  # fmt: skip
    return body_of(render_to_string(kind.template, context))


def body_of(html: str) -> SafeString:
    """The body of a letter's HTML: our own templates wrote it, with every fact escaped."""
    found = MAIN.search(html)
    lowered = re.sub(r"<(/?)h([12])", lambda tag: f"<{tag[1]}h{int(tag[2]) + 2}", found[1] if found else "")
    return mark_safe(lowered)
