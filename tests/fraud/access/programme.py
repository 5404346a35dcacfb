"""The control programme."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

from fraud.models import ControlProgramme
from fraud.programme.content import Axis, Content
from fraud.programme.operations import Who, close, draft_programme
from portal.accounts.models import Role, User
from portal.accounts.rights import Right, holders
from tests.fraud.programme.world import in_progress, who
from tests.portal.access import DAY, Line

SEE, WRITE = holders(Right.SEE_PROGRAMME), holders(Right.TREAT_CONTROL, Right.DIRECT_CONTROL)
HERE: dict[str, Any] = {"own": {"pk": "programme_here"}, "others": {"pk": "programme_elsewhere"}}
DRAFT: dict[str, Any] = {"own": {"pk": "programme_draft_here"}, "others": {"pk": "programme_draft_elsewhere"}}
LIST: dict[str, Any] = {side: keys | {"code": "checks"} for side, keys in HERE.items()}
FILE: dict[str, Any] = {side: keys | {"kind": "csv"} for side, keys in HERE.items()}
ACT: dict[str, Any] = {side: keys | {"code": "avis"} for side, keys in DRAFT.items()}
YEAR: dict[str, Any] = {
    "own": {"body": "fund_here", "year": "programme_year"}, "others": {"body": "fund_elsewhere", "year": "programme_year"},
}  # fmt: skip

LINES: dict[str, Line] = {
    "fraud:programme": Line(SEE),
    "fraud:programme_version": Line(SEE, **HERE),
    # A form without its key is none of ours.
    "fraud:programme_new": Line(WRITE, 200, 404, **YEAR),
    "fraud:programme_plan": Line(WRITE, 200, 404, **YEAR),
    "fraud:programme_edit": Line(WRITE, 200, 404, **DRAFT),
    "fraud:programme_list": Line(SEE, **LIST),
    "fraud:programme_synthesis": Line(SEE, **FILE),
    "fraud:programme_act": Line(frozenset({Role.DATA_PROTECTION}), 200, 404, **ACT),
}


def objects(folder: Path, known: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "checks": "CHECKS",
        "avis": "avis",
        "csv": "csv",
        "programme_year": 2028,
        "fund_here": "CAF63",
        "fund_elsewhere": "CAF59",
    }
    for place, body in (("here", "CAF63"), ("elsewhere", "CAF59")):
        programme = in_progress(2025, body)
        helene = User.objects.get(username="helene")
        close(programme_pk=programme.pk, words="Une année tenue, sans surprise.", who=who(helene, date(2026, 1, 20)))
        found |= {f"programme_{place}": programme.pk, f"programme_draft_{place}": _draft(body).pk}
    return found


def _draft(body: str) -> ControlProgramme:
    axes = [Axis("AXE", "ce qui est vérifié", "qui", "ON_FILE", 10, 1000)]
    by: Who = who(User.objects.get(username="sylvie"), DAY)
    return draft_programme(body=body, year=2027, content=Content(["x"], axes, {"CHECKS": 10}), key=uuid4(), who=by)[0]


def hold(user: User, role: Role, known: dict[str, Any]) -> None:
    """Nothing more."""
