"""What the table of access is made of: who asks, and one line an address."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal.accounts.models import Role
from portal.accounts.rights import TABLE

DAY = date(2026, 10, 26)
HERE, ELSEWHERE = "CAF63", "CAF59"

# Beside one person for each role: who has not signed in, who has shown one factor of two, who holds nothing (any more).
STRANGER, HALF, UNPOSTED, EXPIRED = "stranger", "half-way", "unposted", "expired"
OUTSIDE = frozenset({STRANGER, HALF})
SIGNED_IN = frozenset({*Role, UNPOSTED, EXPIRED})
EVERYBODY = SIGNED_IN | OUTSIDE
# Who sees the families of every fund; the others in CMG see those of their postings.
NATIONAL = frozenset(role for role, grant in TABLE.items() if grant.national)


@dataclass(frozen=True)
class Line:
    """Who may open an address, and what they get (None: the method is not offered). Anyone else signed in: 404.

    `own` and `others` name objects of the fixture; `others` open for national roles only, unless `never`.
    """

    who: frozenset[str]
    get: int | None = 200
    post: int | None = None
    own: dict[str, str] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)
    never: bool = False
    outside: int | None = None  # what strangers get; None: the door
    refused: int = 404
    but: dict[str, tuple[int, int]] = field(default_factory=dict)  # somebody for whom GET and POST give something else


def own_number(name: str) -> dict[str, Any]:
    """One's own object by its number, and another family's, which is never there."""
    return {"own": {"number": f"{name}_here"}, "others": {"number": f"{name}_elsewhere"}, "never": True}
