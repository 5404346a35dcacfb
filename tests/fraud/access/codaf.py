"""The departmental committee."""

from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.utils import timezone

from fraud.cases.evidence import keep_evidence
from fraud.codaf.following import Joint, decide_operation
from fraud.codaf.reporting import make_report
from fraud.models import CodafMeeting, CodafMember
from portal.accounts.models import Role, User
from portal.accounts.rights import Right, holders
from portal.letters.models import Letter, LetterJob
from portal.people.vault import encrypt
from tests.fraud.codaf.world import DAY, called, committee, held, planned
from tests.fraud.thirdparties.world import at
from tests.portal.access import Line

HOLD = holders(Right.HOLD_CODAF)


def _of(**names: str) -> dict[str, Any]:
    """The same things of one's département, and of another's."""
    return {
        "own": {key: f"{name}_here" if name.startswith("codaf") else name for key, name in names.items()},
        "others": {key: f"{name}_elsewhere" if name.startswith("codaf") else name for key, name in names.items()},
    }


LINES: dict[str, Line] = {
    "fraud:codaf": Line(HOLD),
    # A form without its key is none of ours.
    "fraud:codaf_member": Line(HOLD, 200, 404),
    "fraud:codaf_member_end": Line(HOLD, None, 404, **_of(pk="codaf_member")),
    "fraud:codaf_new": Line(HOLD, 200, 404),
    "fraud:codaf_meeting": Line(HOLD, **_of(pk="codaf_meeting")),
    "fraud:codaf_attendance": Line(HOLD, 200, 404, **_of(pk="codaf_meeting")),
    "fraud:codaf_paper": Line(HOLD, **_of(pk="codaf_restricted", paper="codaf_paper")),
    "fraud:codaf_act": Line(HOLD, 200, 404, **_of(pk="codaf_restricted", code="apprendre")),
    "fraud:codaf_operation": Line(HOLD, 200, 404, **_of(pk="codaf_operation")),
    "fraud:codaf_reports": Line(HOLD, 200, 404),
    "fraud:codaf_report": Line(HOLD, 200, 404, **_of(pk="codaf_report")),
    "fraud:codaf_report_pdf": Line(HOLD, **_of(pk="codaf_report")),
}


def objects(folder: Path, known: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for place, departement in (("here", "63"), ("elsewhere", "59")):
        made = _departement(departement)
        found |= {f"codaf_{name}_{place}": value for name, value in made.items()}
    return found


def _departement(departement: str) -> dict[str, Any]:
    """A meeting to come, a restricted one that was held with its paper, an operation, a report."""
    members = committee(departement)
    by = User.objects.get(username="philippe")
    to_come = planned(dated=date(2026, 11, 17), departement=departement)
    restricted = planned("RESTRICTED", departement=departement)
    called(restricted, *members.values())
    held(restricted)
    joint = Joint("Chantiers de Riom", DAY, ("LABOUR", "GENERAL_SCHEME"), members["LABOUR"].pk)
    operation, _again = decide_operation(
        meeting_pk=_plenary(departement, members).pk, joint=joint, key=uuid4(), by_pk=by.pk, on=DAY, at=at(DAY)
    )
    paper = keep_evidence(
        case_pk=None, reference=restricted.number, title="Note", content=b"Note", by="x", at=at(DAY),
        provenance={"body": "x", "system": "x", "extraction_at": "x", "officer": "x"},
    )  # fmt: skip
    report, _again = make_report(departement=departement, year=2026, key=uuid4(), by_pk=by.pk, on=DAY, at=at(DAY))
    _letter(report.letter_key)
    return {
        "member": members["PREFECTURE"].pk, "meeting": to_come.pk, "restricted": restricted.pk, "paper": paper.pk,
        "operation": operation.pk, "report": report.pk,
    }  # fmt: skip


def _plenary(departement: str, members: dict[str, CodafMember]) -> CodafMeeting:
    met = planned(departement=departement)
    called(met, *members.values())
    return held(met)


def _letter(key: str) -> None:
    """The report as if it had been written: a PDF is made elsewhere."""
    job = LetterJob.objects.get(key=key)
    Letter.objects.create(
        job=job, number=key[-20:], kind=job.kind, title="x", subject=job.subject, dated=job.dated, pages=1,
        written_at=timezone.now(), sha256=sha256(b"x").hexdigest(), pdf=encrypt(b"x"), text=encrypt(b"<p>x</p>"),
    )  # fmt: skip


def hold(user: User, role: Role, known: dict[str, Any]) -> None:
    """A seat at the committee of the fund's département, and a place at the restricted formation of the fixture."""
    if role in HOLD:
        CodafMember.objects.filter(
            attendance__meeting=known["codaf_restricted_here"], category="GENERAL_SCHEME"
        ).update(user=user)
