"""The addresses of control and exchanges in the table of access, a module a part; their objects; what a role needs more."""

from pathlib import Path
from typing import Any

from portal.accounts.models import Role, User
from tests.fraud.access import cases, codaf, directory, exchanges, journal, programme, rncps, signals, third_parties
from tests.portal.access import Line

PARTS = (signals, cases, directory, exchanges, third_parties, codaf, rncps, programme, journal)
LINES: dict[str, Line] = {name: line for part in PARTS for name, line in part.LINES.items()}


def control_objects(folder: Path) -> dict[str, Any]:
    """By the name of each, `here` and `elsewhere`."""
    known: dict[str, Any] = {}
    for part in PARTS:
        known |= part.objects(folder, known)
    return known


def hold(user: User, role: Role, known: dict[str, Any]) -> None:
    """What somebody of this role holds beside their posting (a designation, an authorisation)."""
    for part in PARTS:
        part.hold(user, role, known)
