"""A parent's own ARS and AEEH in the table of access."""

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from portal.accounts.models import Role
from portal.accounts.permissions import moment_on
from portal.benefits.models import EnteredAct
from portal.benefits.persons.entering import Telling, enter
from portal.exchange.models import FileOrigin
from tests.portal.access import DAY, Line
from tests.portal.benefits.rows import row

PARENT = frozenset({Role.PARENT})
LINES: dict[str, Line] = {
    "benefits:own_home": Line(PARENT, 200, 200),
    # Sent without an answer, the form asks for one.
    "benefits:own_schooling": Line(PARENT, 200, 422),
    "benefits:own_receipt": Line(
        PARENT, own={"key": "benefit_receipt_here"}, others={"key": "benefit_receipt_elsewhere"}, never=True
    ),
}


def objects(folder: Path, known: dict[str, Any]) -> dict[str, Any]:
    """The schooling that each of the two families declared."""
    return {f"benefit_receipt_{where}": _receipt(known, where) for where in ("here", "elsewhere")}


def _receipt(known: dict[str, Any], where: str) -> UUID:
    cells = {name: value for name, value in row("schooling").items() if name != "updated_at"}
    fund, number = known[f"benefit_fund_{where}"], known[f"benefit_no_{where}"]
    told = Telling(
        EnteredAct.SCHOOLING, fund, number, [cells], [None], FileOrigin.FAMILY, "parent", moment_on(DAY)
    )  # fmt: skip
    return enter(form_key=uuid4(), told=told)[0].form_key
