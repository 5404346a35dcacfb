"""Leads and matching rules."""

from pathlib import Path
from typing import Any
from uuid import uuid4

from fraud.models import Lead, LeadContest, RuleState, RuleVersion
from fraud.signals.publishing import publish_rules
from portal.accounts.models import Role, User
from portal.accounts.permissions import moment_on
from portal.accounts.rights import Right, holders
from portal.exchange.models import ReceivedFile, RejectedRow
from portal.people.vault import encrypt_row
from tests.fraud.signals.world import opine
from tests.portal.access import DAY, ELSEWHERE, EVERYBODY, HALF, HERE, STRANGER, Line

SEE, TREAT, RULES = holders(Right.SEE_CONTROL), holders(Right.TREAT_CONTROL), holders(Right.SEE_PROGRAMME)
CORRECT = holders(Right.TREAT_CONTROL, Right.DIRECT_CONTROL)
VETO, DIRECT = holders(Right.VETO_RULE), holders(Right.DIRECT_CONTROL)
LEAD: dict[str, Any] = {"own": {"lead": "lead_here"}, "others": {"lead": "lead_elsewhere"}}
# A form without its key is none of ours.
LINES: dict[str, Line] = {
    "fraud:control": Line(SEE),
    "fraud:lead": Line(SEE, **LEAD),
    "fraud:lead_act": Line(
        TREAT, 200, 404, own=LEAD["own"] | {"act": "lead_act"}, others=LEAD["others"] | {"act": "lead_act"}
    ),
    "fraud:contest": Line(TREAT, 200, 404, own={"contest": "contest_here"}, others={"contest": "contest_elsewhere"}),
    "fraud:rules": Line(RULES),
    "fraud:rule": Line(RULES, own={"code": "rule_code"}),
    "fraud:rule_veto": Line(VETO, 200, 404, own={"code": "rule_code"}),
    "fraud:rule_opinion": Line(VETO, 200, 404, own={"code": "rule_awaiting"}),
    "fraud:signal_runs": Line(RULES),
    "fraud:start_signals": Line(DIRECT, None, 302),
    "fraud:flow_files": Line(SEE),
    "fraud:flow_rows": Line(SEE, own={"file": "flow_file_here"}, others={"file": "flow_file_elsewhere"}),
    "fraud:flow_row": Line(CORRECT, 200, 422, own={"row": "flow_row_here"}, others={"row": "flow_row_elsewhere"}),
    "fraud:register": Line(EVERYBODY, outside=200, but={STRANGER: (200, 405), HALF: (200, 405)}),
    "fraud:assessment": Line(
        EVERYBODY, outside=200, own={"code": "rule_code"}, but={STRANGER: (200, 405), HALF: (200, 405)}
    ),
}


def objects(folder: Path, known: dict[str, Any]) -> dict[str, Any]:
    """A lead to read and a kept one with its contest, in one's fund and in another."""
    if not RuleVersion.objects.exists():
        publish_rules(on=DAY, at=moment_on(DAY), by="x")
    opine(*RuleVersion.objects.filter(state=RuleState.AWAITING).exclude(code="DM10"))
    found: dict[str, Any] = {"lead_act": "ecarter", "rule_code": "DM05", "rule_awaiting": "DM10"}
    writer = User.objects.create(username="signals-writer", first_name="Jeanne", last_name="Vial")
    for place, fund in (("here", HERE), ("elsewhere", ELSEWHERE)):
        facts = {
            "facts": [
                {
                    "label": "Heures déclarées à deux endroits",
                    "value": "11 h",
                    "source": "Relevés",
                    "dated": "2026-09-01",
                }
            ]
        }
        values = {
            "rule_code": "DM05",
            "rule_version": 1,
            "fund": fund,
            "title": "11 h à deux endroits",
            "facts": facts,
            "found_on": DAY,
        }
        found[f"lead_{place}"] = Lead.objects.create(
            **values, subject=f"cmg:employer:S-{place}", key=f"signals-{place}"
        ).pk
        kept = Lead.objects.create(
            **values, subject=f"cmg:employer:K-{place}", key=f"signals-kept-{place}", state="ACCEPTED", decided_by=writer,
            decided_at=moment_on(DAY), reason="À vérifier.", reason_code="KEPT",
        )  # fmt: skip
        found[f"contest_{place}"] = LeadContest.objects.create(
            lead=kept, received_on=DAY, said="Mon enfant était en adaptation.", noted_by=writer, form_key=uuid4()
        ).pk
        found |= _flow_row(place, fund)
    return found


def _flow_row(place: str, fund: str) -> dict[str, int]:
    """A row that a flow to compare refused."""
    file = ReceivedFile.objects.create(
        name=f"{place}.csv", kind="declared-resources", sha256=place, size=1, state="APPLIED", received_at=moment_on(DAY),
        rows_read=1, rows_rejected=1, scope=[fund],
    )  # fmt: skip
    cells = {"nir": "x", "fund": fund, "quarter": "hier", "net_resources": "1"}
    row = RejectedRow.objects.create(file=file, line=2, content=encrypt_row(cells), errors=[])
    return {f"flow_file_{place}": file.pk, f"flow_row_{place}": row.pk}


def hold(user: User, role: Role, known: dict[str, Any]) -> None:
    """Nothing more."""
