"""A committee of the Puy-de-Dôme: its members, its meetings."""

from datetime import date
from typing import Any
from uuid import uuid4

from fraud.codaf.meeting import Planned, call_members, hold_meeting, plan_meeting
from fraud.codaf.naming import Named, name_member
from fraud.models import CodafMeeting, CodafMember
from portal.accounts.models import Posting, Role, User
from tests.fraud.thirdparties.world import at, who

SINCE, PLANNED_ON, MET, DAY = date(2025, 1, 1), date(2026, 9, 7), date(2026, 10, 6), date(2026, 10, 26)


def member(category: str, user: str = "", departement: str = "63", **more: Any) -> CodafMember:
    named = {
        "first_name": user.capitalize() or "Zoé", "last_name": category.title(), "body": f"Service {category.lower()}", "valid_from": SINCE,
        "user_pk": who(user).pk if user else None,
    }  # fmt: skip
    by = User.objects.get_or_create(username="installation")[0]
    return name_member(
        departement=departement, named=Named(category=category, **named | more), by_pk=by.pk, at=at(SINCE)
    )


def committee(departement: str = "63") -> dict[str, CodafMember]:
    """Philippe for the fund, at the secretariat; a prefect's representative, a prosecutor, the labour directorate."""
    own = member("GENERAL_SCHEME", "philippe", departement, secretariat_act="A-2025-12")
    return {"GENERAL_SCHEME": own} | {
        code: member(code, departement=departement) for code in ("PREFECTURE", "PROSECUTOR", "LABOUR")
    }


def planned(
    formation: str = "PLENARY", dated: date = MET, departement: str = "63", by: str = "philippe"
) -> CodafMeeting:
    told = Planned(
        formation,
        dated,
        "Préfecture",
        "Travail illégal et logement",
        "Mme Roux, procureure adjointe",
        "M. Blanc, préfet",
    )
    made, _again = plan_meeting(
        departement=departement, planned=told, key=uuid4(), by_pk=who(by).pk, on=PLANNED_ON, at=at(PLANNED_ON)
    )
    return made


def called(meeting: CodafMeeting, *members: CodafMember) -> None:
    call_members(
        meeting_pk=meeting.pk, member_pks=[one.pk for one in members], by_pk=who("philippe").pk, at=at(PLANNED_ON)
    )


def held(meeting: CodafMeeting, *absent: CodafMember, on: date | None = None) -> CodafMeeting:
    came = {row.pk: row.member not in absent for row in meeting.attendance.select_related("member")}
    day = on or meeting.dated
    found = hold_meeting(meeting_pk=meeting.pk, came=came, by_pk=who("philippe").pk, on=day, at=at(day, 17))
    meeting.refresh_from_db()
    return found


def plenary_held(dated: date = MET, members: dict[str, CodafMember] | None = None) -> CodafMeeting:
    meeting = planned(dated=dated)
    called(meeting, *(members or {}).values())
    return held(meeting)


def restricted_held(members: dict[str, CodafMember], dated: date = MET) -> CodafMeeting:
    meeting = planned("RESTRICTED", dated)
    called(meeting, *members.values())
    return held(meeting)


def colleague(name: str = "lucie") -> User:
    """Another representative of CAF63, who attends nothing yet."""
    user, is_new = User.objects.get_or_create(
        username=name, defaults={"first_name": name.capitalize(), "last_name": "Test"}
    )
    if is_new:
        Posting.objects.create(user=user, role=Role.CONTROLLER, fund="CAF63", starts_on=date(2020, 1, 1))
    return user
