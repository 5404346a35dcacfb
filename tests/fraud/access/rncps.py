"""The national common directory, and the report to Parliament."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

from fraud.models import (
    DeclaredLink,
    ParliamentReport,
    RncpsAlert,
    RncpsAuthorisation,
    RncpsConsultation,
    RncpsOrder,
)
from portal.accounts.models import Posting, Role, User
from portal.accounts.permissions import moment_on
from portal.accounts.rights import Right, holders
from tests.fraud.rncps.world import programme
from tests.portal.access import DAY, Line

ASK, DIRECT, PROGRAMME = holders(Right.ASK_RNCPS), holders(Right.DIRECT_CONTROL), holders(Right.SEE_PROGRAMME)
OVERSEE, VISA = holders(Right.DIRECT_CONTROL, Right.SAMPLE_JOURNAL), frozenset({Role.DATA_PROTECTION})
WRITE = holders(Right.DIRECT_CONTROL, Right.TREAT_CONTROL)
REPORT = {"own": {"report": "parliament_report"}}
AUTHORISATION = {"own": {"authorisation": "rncps_authorisation"}}
LOOK: dict[str, Any] = {"own": {"look": "rncps_look_here"}, "others": {"look": "rncps_look_elsewhere"}, "never": True}
ORDER: dict[str, Any] = {
    "own": {"order": "rncps_order_here"},
    "others": {"order": "rncps_order_elsewhere"},
    "never": True,
}

# A form without its key is none of ours.
LINES: dict[str, Line] = {
    "fraud:rncps":                 Line(ASK, 200, 404),
    "fraud:rncps_person":          Line(ASK, 302, 404),
    "fraud:rncps_own_number":      Line(ASK, 200, 404),
    "fraud:rncps_mine":            Line(ASK),
    "fraud:rncps_consultation":    Line(ASK, 200, 404, **LOOK),
    "fraud:rncps_orders":          Line(ASK),
    "fraud:rncps_new_list":        Line(ASK, 200, 404),
    "fraud:rncps_order":           Line(ASK, 200, 404, **ORDER),
    "fraud:rncps_oversight":       Line(OVERSEE),
    "fraud:rncps_alert":           Line(VISA, None, 404, own={"alert": "rncps_alert"}),
    "fraud:rncps_visa":            Line(VISA, 200, 404, own={"order": "rncps_list"}),
    "fraud:rncps_authorisations":  Line(OVERSEE, 200, 200, but=dict.fromkeys(DIRECT, (200, 404))),
    "fraud:rncps_end":             Line(DIRECT, None, 404, **AUTHORISATION),
    "fraud:rncps_extraction":      Line(PROGRAMME),
    "fraud:rncps_extraction_file": Line(PROGRAMME),
    "fraud:rncps_reports":         Line(PROGRAMME),
    "fraud:rncps_report":          Line(PROGRAMME, **REPORT),
    "fraud:rncps_report_move":     Line(DIRECT, None, 404, **REPORT),
    "fraud:rncps_report_data":     Line(PROGRAMME, **REPORT),
    "fraud:rncps_report_file":     Line(PROGRAMME, **REPORT),
    "fraud:rncps_section":         Line(WRITE, 200, 404, own={"report": "parliament_report", "code": "couts"}),
}  # fmt: skip


def objects(folder: Path, known: dict[str, Any]) -> dict[str, Any]:
    """An order and a refused attempt here and elsewhere; a list to read, an alert, an authorisation, a report."""
    made: dict[str, Any] = {}
    for place, fund in (("here", "CAF63"), ("elsewhere", "CAF59")):
        user = User.objects.create(username=f"rncps-{place}", last_name=place)
        Posting.objects.create(user=user, role=Role.CONTROLLER, fund=fund, starts_on=date(2020, 1, 1))
        made[f"rncps_order_{place}"] = _order(user, fund, "DEFERRED", "ORDERED").pk
        made[f"rncps_look_{place}"] = _refused(user, fund).pk
    giver = User.objects.create(username="rncps-giver")
    given = RncpsAuthorisation.objects.create(
        user=user, fund="CAF59", motives=["CONTROL"], act_no="1", act_dated=DAY, valid_from=DAY, valid_to=date(2027, 1, 1),
        given_by=giver, given_at=moment_on(DAY), form_key=uuid4(),
    )  # fmt: skip
    alert = RncpsAlert.objects.create(key="x", kind="LINKED", told="a tenté", raised_on=DAY)
    programme(body="CAF59")
    report = ParliamentReport.objects.create(
        act="Loi", article="art. 1", published_on=date(2026, 1, 1), months=9, due_on=date(2026, 10, 1), covers_from=DAY,
        covers_to=date(2026, 11, 1),
    )  # fmt: skip
    return made | {
        "rncps_list": _order(user, "CAF59", "COLLECTIVE", "TO_VISA").pk, "rncps_alert": alert.pk,
        "rncps_authorisation": given.pk, "parliament_report": report.pk,
    }  # fmt: skip


def _order(user: User, fund: str, mode: str, state: str) -> RncpsOrder:
    return RncpsOrder.objects.create(
        officer=user, fund=fund, mode=mode, motive="CONTROL", reference="A1", categories=["RIGHTS"], count=1, state=state,
        asked_at=moment_on(DAY), asked_on=DAY, form_key=uuid4(),
    )  # fmt: skip


def _refused(user: User, fund: str) -> RncpsConsultation:
    return RncpsConsultation.objects.create(
        form_key=uuid4(), officer=user, fund=fund, mode="REALTIME", at=moment_on(DAY), dated=DAY, refusal="NO_MOTIVE"
    )


def hold(user: User, role: Role, known: dict[str, Any]) -> None:
    """One's own look-up and order, an authorisation, and one's own number told."""
    if role not in ASK:
        return
    known |= {
        "rncps_order_here": _order(user, "CAF63", "DEFERRED", "ORDERED").pk,
        "rncps_look_here": _refused(user, "CAF63").pk,
    }
    RncpsAuthorisation.objects.create(
        user=user, fund="CAF63", motives=["CONTROL"], act_no="1", act_dated=DAY, valid_from=DAY, valid_to=date(2027, 1, 1),
        given_by=User.objects.get(username="rncps-giver"), given_at=moment_on(DAY), form_key=uuid4(),
    )  # fmt: skip
    DeclaredLink.objects.create(user=user, person_key=uuid4(), relation="SELF", since=DAY)
