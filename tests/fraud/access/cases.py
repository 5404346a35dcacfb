"""Control cases, panel, opinions, signatures."""

from pathlib import Path
from typing import Any

from fraud.cases import hearing
from fraud.cases.evidence import keep_evidence
from portal.accounts.models import Role, User
from portal.accounts.rights import Right, holders
from tests.fraud.cases.world import APPEALED_ON, D3, appealed, asked_of_panel, at, bank_said, by, people
from tests.portal.access import ELSEWHERE, HERE, Line

SEE, TREAT, SIT = holders(Right.SEE_CONTROL), holders(Right.TREAT_CONTROL), holders(Right.QUALIFY_FRAUD)


def of_case(**more: str) -> dict[str, Any]:
    """One thing of a case here, the same of a case elsewhere."""
    here = {"number": "control_case_here"} | {name: f"{value}_here" for name, value in more.items()}
    there = {"number": "control_case_elsewhere"} | {name: f"{value}_elsewhere" for name, value in more.items()}
    return {"own": here, "others": there}


def alone(name: str, value: str) -> dict[str, Any]:
    return {"own": {name: f"{value}_here"}, "others": {name: f"{value}_elsewhere"}}


LINES: dict[str, Line] = {
    "fraud:cases": Line(SEE),
    "fraud:case": Line(SEE, **of_case()),
    "fraud:case_paper": Line(SEE, **of_case(paper="control_paper")),
    "fraud:evidence": Line(SEE | SIT, **of_case(item="evidence")),
    # A form without its key is not ours: 404. The director's own acts are tried in tests/fraud/cases/test_pages.py.
    "fraud:case_act": Line(TREAT, 200, 404, **of_case(act="control_act")),
    "fraud:case_copies": Line(TREAT, **of_case(paper="control_copies")),
    "fraud:sworn": Line(holders(Right.DIRECT_CONTROL), 200, 404),
    "fraud:case_new": Line(TREAT, 200, 404),
    "fraud:penalties_to_sign": Line(holders(Right.DIRECT_CONTROL)),
    "fraud:panel": Line(SIT),
    "fraud:panel_case": Line(SIT, 200, 404, **alone("qualification", "qualification")),
    "fraud:opinions": Line(holders(Right.GIVE_OPINION)),
    "fraud:opinion": Line(holders(Right.GIVE_OPINION), 200, 404, **alone("penalty", "penalty")),
}
PROVENANCE = {"body": "ARS84", "system": "x", "extraction_at": "2026-06-01", "officer": "C. Ortega"}


def objects(folder: Path, known: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for place, fund in (("here", HERE), ("elsewhere", ELSEWHERE)):
        people(fund)
        penalty = appealed(subject=f"cmg:employer:control-{place}", fund=fund)
        case = penalty.case
        bank_said(case)
        hearing.send_notice(case_pk=case.pk, act=by("sylvie", APPEALED_ON))
        kept = keep_evidence(
            case_pk=case.pk,
            reference=f"EX-{place}",
            title="Relevé",
            content=b"Heures",
            provenance=PROVENANCE,
            by="x",
            at=at(D3),
        )
        paper = case.papers.order_by("pk").first()
        assert paper is not None
        hearing.note_copy_asked(case_pk=case.pk, asked_on=APPEALED_ON, act=by("sylvie", APPEALED_ON))
        copies = hearing.send_copies(case_pk=case.pk, act=by("sylvie", APPEALED_ON))
        found |= {
            f"control_copies_{place}": copies.pk,
            f"control_case_{place}": case.number, f"control_paper_{place}": paper.pk, f"evidence_{place}": kept.pk,
            f"penalty_{place}": penalty.pk, f"control_act_{place}": "reponse",
            f"qualification_{place}": asked_of_panel(f"cmg:employer:panel-{place}", fund=fund).pk,
        }  # fmt: skip
    return found


def hold(user: User, role: Role, known: dict[str, Any]) -> None:
    """Nothing more."""
