"""The committee: who may be called, what is refused by rule and by database, what follows, the figures of a year."""

from datetime import date, timedelta
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from fraud.codaf import cases, following, meeting, reporting
from fraud.codaf.access import meetings_of
from fraud.codaf.following import Joint
from fraud.codaf.naming import CodafRefused, end_member
from fraud.guarding import LinkedToThem
from fraud.models import (
    CodafAttendance,
    CodafCase,
    CodafGuest,
    CodafMeeting,
    CodafMember,
    DeclaredLink,
    EvidenceItem,
    ObtainedInformation,
)
from fraud.rules.codaf import category_codes, may_sit
from fraud.thirdparties.said import Paper
from portal.casework.moves import MoveNotAllowed
from portal.letters.models import LetterJob
from tests.fraud.codaf.world import (
    DAY,
    MET,
    called,
    colleague,
    committee,
    held,
    member,
    planned,
    plenary_held,
    restricted_held,
)
from tests.fraud.thirdparties.world import PDF, at, case_of, who

pytestmark = pytest.mark.django_db
BOUNDARIES = [
    date(2010, 3, 24), date(2010, 3, 25), date(2019, 12, 31), date(2020, 1, 1), date(2020, 10, 11), date(2020, 10, 12), DAY,
]  # fmt: skip


@pytest.fixture
def members(db: None) -> dict[str, CodafMember]:
    return committee()


def by(name: str = "philippe", on: date = MET) -> dict[str, Any]:
    return {"by_pk": who(name).pk, "at": at(on, 18)}


def test_the_database_knows_who_may_sit_and_when(db: None) -> None:
    asked = list(product((*category_codes(), "NOBODY"), BOUNDARIES, ("63", "75", "92", "971")))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT code, day, dep, fraud_codaf_may_sit(code, day, dep) FROM unnest(%s::text[], %s::date[], %s::text[]) a(code, day, dep)",
            tuple(list(column) for column in zip(*asked, strict=True)),
        )
        told = cursor.fetchall()
    assert [(code, day, dep, may_sit(code, day, dep)) for code, day, dep in asked] == told


def test_a_plenary_and_what_it_decides(members: dict[str, CodafMember]) -> None:
    met = plenary_held(members=members)
    assert (met.number, met.state, met.attendance.filter(attended=True).count()) == ("CODAF-63-2026-1", "HELD", 4)
    key = uuid4()

    noted = [
        meeting.note_decision(meeting_pk=met.pk, text="Contrôler les chantiers de Riom", key=key, **by())
        for _turn in range(2)
    ]
    meeting.hear_guest(meeting_pk=met.pk, full_name="Ada Lenoir", quality="Bailleur social", **by())

    assert [again for _decision, again in noted] == [False, True]
    assert following.send_decisions(meeting_pk=met.pk, on=DAY, **by()) == 1
    assert following.send_decisions(meeting_pk=met.pk, on=DAY, **by()) == 0
    assert LetterJob.objects.get().kind == "fraud.codaf_decisions"
    decision = noted[0][0]
    decision.refresh_from_db()
    assert decision.sent_by == members["GENERAL_SCHEME"]


@pytest.mark.parametrize(
    ("case_", "category", "more", "dated"),
    [
        ("a member who left the day before", "LABOUR", {"valid_to": MET}, MET),
        ("of another département", "CUSTOMS", {"departement": "43"}, MET),
    ],
)
def test_who_cannot_be_called(
    members: dict[str, CodafMember], case_: str, category: str, more: dict[str, Any], dated: date
) -> None:
    other = member(category, first_name="Paul", **more)
    met = planned(dated=dated)

    with pytest.raises(CodafRefused):
        called(met, members["PREFECTURE"], other)

    assert met.attendance.count() == 1, case_
    with pytest.raises(IntegrityError, match="n'est pas membre"), transaction.atomic():
        CodafAttendance.objects.create(meeting=met, member=other)


def test_the_database_refuses_a_category_that_no_longer_sits(members: dict[str, CodafMember]) -> None:
    """Named while the scheme existed, and for ever: no page offers it since, and SQL is refused too."""
    gone = member("SELF_EMPLOYED", first_name="Rose", valid_from=date(2019, 1, 1))
    for dated in (date(2019, 12, 31), date(2020, 1, 1)):
        met = CodafMeeting.objects.create(
            number=f"N-{dated}", departement="63", formation="PLENARY", dated=dated, place="x", convener="CHAIRS", prefect="x",
            prosecutor="x", agenda="x", planned_by=who("philippe"), form_key=uuid4(),
        )  # fmt: skip
        if dated.year == 2019:
            CodafAttendance.objects.create(meeting=met, member=gone)
        else:
            with pytest.raises(IntegrityError, match="SELF_EMPLOYED ne siège pas"), transaction.atomic():
                CodafAttendance.objects.create(meeting=met, member=gone)
    with pytest.raises(CodafRefused, match="ne siège pas"):
        member("SELF_EMPLOYED", first_name="Rose", valid_from=date(2020, 1, 1))


def test_a_restricted_formation_is_called_by_the_prosecutor(members: dict[str, CodafMember]) -> None:
    met = planned("RESTRICTED")
    assert (met.convener, met.prefect) == ("PROSECUTOR", "")

    for formation, convener, prefect in (
        ("RESTRICTED", "CHAIRS", "x"),
        ("PLENARY", "PROSECUTOR", "x"),
        ("PLENARY", "CHAIRS", ""),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            CodafMeeting.objects.create(
                number="N", departement="63", formation=formation, dated=MET, place="x", convener=convener, prefect=prefect,
                prosecutor="x", agenda="x", planned_by=who("philippe"), form_key=uuid4(),
            )  # fmt: skip


def test_a_restricted_formation_sits_with_the_prefecture(members: dict[str, CodafMember]) -> None:
    met = planned("RESTRICTED")
    called(met, *members.values())

    with pytest.raises(CodafRefused, match="préfecture"):
        held(met, members["PREFECTURE"])

    met.attendance.exclude(member=members["PREFECTURE"]).update(attended=True)
    met.attendance.filter(member=members["PREFECTURE"]).update(attended=False)
    with pytest.raises(IntegrityError, match="préfecture manque"), transaction.atomic():
        CodafMeeting.objects.filter(pk=met.pk).update(state="HELD")
    assert held(met, members["LABOUR"]).state == "HELD"


def test_a_meeting_is_not_held_before_its_day_nor_changed_after(members: dict[str, CodafMember]) -> None:
    met = planned()
    called(met, *members.values())
    with pytest.raises(CodafRefused, match="pas encore eu lieu"):
        held(met, on=MET - timedelta(days=1))
    held(met)

    with pytest.raises(CodafRefused):
        called(met, members["LABOUR"])
    for change in ("attended = false", "attended = NULL"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE fraud_codafattendance SET {change}")
    for change in ("dated = dated + 1", "state = 'PLANNED'", "formation = 'RESTRICTED', convener = 'PROSECUTOR'"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE fraud_codafmeeting SET {change}")
    with pytest.raises(MoveNotAllowed):
        meeting.cancel_meeting(meeting_pk=met.pk, reason="Finalement reportée", on=DAY, **by())
    with pytest.raises(CodafRefused, match="a siégé"):
        end_member(member_pk=members["LABOUR"].pk, on=MET, **by())
    assert end_member(member_pk=members["LABOUR"].pk, on=MET + timedelta(days=1), **by()).valid_to == MET + timedelta(
        days=1
    )


def test_outsiders_in_plenary_cases_in_the_restricted_formation(members: dict[str, CodafMember]) -> None:
    plenary, restricted, case = plenary_held(members=members), restricted_held(members), case_of()

    with pytest.raises(CodafRefused, match="plénière"):
        meeting.hear_guest(meeting_pk=restricted.pk, full_name="Ada Lenoir", quality="Bailleur", **by())
    with pytest.raises(CodafRefused, match="restreinte"):
        cases.put_case(meeting_pk=plenary.pk, case_pk=case.pk, on=MET, **by())
    with pytest.raises(IntegrityError, match="plénière"), transaction.atomic():
        CodafGuest.objects.create(meeting=restricted, full_name="x", quality="x")
    with pytest.raises(IntegrityError, match="restreinte"), transaction.atomic():
        CodafCase.objects.create(meeting=plenary, case=case, put_by=who("philippe"))
    with pytest.raises(CodafRefused, match="autre département"):
        cases.put_case(meeting_pk=restricted.pk, case_pk=case_of("cmg:employer:E9", "CAF59").pk, on=MET, **by())
    assert cases.put_case(meeting_pk=restricted.pk, case_pk=case.pk, on=MET, **by()).case == case


def test_what_is_learnt_is_owed_to_the_person(members: dict[str, CodafMember]) -> None:
    met, case, key = restricted_held(members), case_of(), uuid4()
    put = cases.put_case(meeting_pk=met.pk, case_pk=case.pk, on=MET, **by())

    def learn(text: str = "Salariée de la société X depuis mars 2026") -> ObtainedInformation:
        return cases.note_learnt(
            codaf_case_pk=put.pk, member_pk=members["LABOUR"].pk, content=text, key=key, on=MET, **by()
        )

    assert learn() == learn()
    told = ObtainedInformation.objects.get(case=case)
    assert (told.via, told.origin, told.obtained_on) == ("CODAF", "Service labour, au comité départemental", MET)
    assert told.reference == f"{met.number}/{key.hex[:12]}"
    with pytest.raises(CodafRefused, match="présents"):
        cases.note_learnt(
            codaf_case_pk=put.pk, member_pk=member("CUSTOMS").pk, content="x" * 20, key=uuid4(), on=MET, **by()
        )
    cases.pass_to_prosecutor(codaf_case_pk=put.pk, on=DAY, **by())
    assert cases.pass_to_prosecutor(codaf_case_pk=put.pk, on=DAY + timedelta(days=1), **by()).prosecutor_on == DAY
    DeclaredLink.objects.create(user=who("philippe"), subject=case.subject, relation="RELATIVE", since=MET)
    with pytest.raises(LinkedToThem):
        learn()


def test_a_restricted_paper_is_evidence(members: dict[str, CodafMember]) -> None:
    met, paper = restricted_held(members), Paper("note.pdf", PDF)

    kept = [
        cases.keep_restricted_paper(meeting_pk=met.pk, member_pk=members["LABOUR"].pk, paper=paper, **by())
        for _turn in range(2)
    ]

    assert kept[0] == kept[1] == EvidenceItem.objects.get(reference=met.number)
    assert (kept[0].provenance["body"], kept[0].case) == ("Service labour", None)
    with pytest.raises(CodafRefused):
        cases.keep_restricted_paper(
            meeting_pk=plenary_held(members=members).pk,  member_pk=members["LABOUR"].pk, paper=paper,  **by()
        )  # fmt: skip


def test_who_sees_a_restricted_formation(members: dict[str, CodafMember]) -> None:
    lucie = colleague()
    seat = member("GENERAL_SCHEME", "lucie", first_name="Lucie")
    open_one, closed, missed = (
        plenary_held(members=members),
        restricted_held(members),
        planned("RESTRICTED", MET + timedelta(days=1)),
    )
    called(missed, *members.values(), seat)
    assert set(meetings_of(lucie, DAY)) == {open_one, missed}

    held(missed, seat)

    assert set(meetings_of(lucie, DAY)) == {open_one}
    assert set(meetings_of(who("philippe"), DAY)) == {open_one, closed, missed}
    assert not meetings_of(who("sylvie"), DAY).exists()


def operation(met: CodafMeeting, members: dict[str, CodafMember], **more: Any) -> Any:
    joint = {"title": "Chantiers de Riom", "planned_on": date(2026, 10, 15), "categories": ("LABOUR", "GENERAL_SCHEME"),
             "lead_pk": members["LABOUR"].pk}  # fmt: skip
    made, _again = following.decide_operation(
        meeting_pk=met.pk, joint=Joint(**joint | more), key=uuid4(), on=MET, **by()
    )
    return made


def ended(made: Any, **more: Any) -> Any:
    known = {
        "done": True,
        "done_on": date(2026, 10, 15),
        "checks": 12,
        "sanctions": 2,
        "result": "Deux salariés non déclarés",
    }
    return following.end_operation(operation_pk=made.pk, on=DAY, **by(on=DAY), **known | more)


def test_a_joint_operation_and_the_figures_of_the_year(members: dict[str, CodafMember]) -> None:
    met = plenary_held(members=members)
    for wrong in (
        {"categories": ("LABOUR", "LABOUR")},
        {"categories": ("LABOUR", "CNAV")},
        {"lead_pk": None},
        {"planned_on": date(2026, 10, 5)},
    ):
        with pytest.raises(CodafRefused):
            operation(met, members, **wrong)
    made = operation(met, members)
    for unknown in ({"checks": None}, {"done_on": DAY + timedelta(days=1)}, {"result": "rien"}):
        with pytest.raises(CodafRefused):
            ended(made, **unknown)

    ended(made)
    ended(operation(met, members, title="Foyers de Thiers"), done=False, done_on=None, checks=None, sanctions=None)

    with pytest.raises(MoveNotAllowed):
        ended(made, done=False)
    figures = reporting.figures_of("63", 2026, DAY)
    assert {name: figures[name] for name in ("plenaries", "due", "state", "decided", "operations", "checks", "sanctions")} == {
        "plenaries": 1, "due": 3, "state": "UNDER_WAY", "decided": 2, "operations": 1, "checks": 12, "sanctions": 2,
    }  # fmt: skip
    assert reporting.figures_of("43", 2026, DAY)["checks"] == 0
    assert reporting.figures_of("63", 2026, date(2027, 1, 1))["state"] == "NOT_MET"


def test_a_report_keeps_its_figures_and_the_secretariat_sends_it(members: dict[str, CodafMember]) -> None:
    plenary_held(members=members)
    key = uuid4()
    made, again = (reporting.make_report(departement="63", year=2026, key=key, on=DAY, **by()) for _turn in range(2))
    assert (made[0], made[1], again[1]) == (again[0], False, True)
    plenary_held(DAY, members)

    with pytest.raises(CodafRefused, match="secrétariat"):
        reporting.send_report(report_pk=made[0].pk, on=DAY, by_pk=colleague().pk, at=at(DAY))
    sent = reporting.send_report(report_pk=made[0].pk, on=DAY, **by())

    assert (sent.figures["plenaries"], sent.sent_by) == (1, members["GENERAL_SCHEME"])
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE fraud_codafreport SET figures = '{}'")
    with pytest.raises(CodafRefused):
        reporting.make_report(departement="63", year=2027, key=uuid4(), on=DAY, **by())


@pytest.mark.parametrize("table", ["fraud_codafdecision", "fraud_codafreport"])
def test_the_database_lets_the_secretariat_alone_send(members: dict[str, CodafMember], table: str) -> None:
    met = plenary_held(members=members)
    meeting.note_decision(meeting_pk=met.pk, text="Contrôler les chantiers", key=uuid4(), **by())
    reporting.make_report(departement="63", year=2026, key=uuid4(), on=DAY, **by())
    send = f"UPDATE {table} SET sent_on = '2026-10-26', sent_by_id = %s"

    with pytest.raises(IntegrityError, match="secrétariat"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(send, (members["PREFECTURE"].pk,))
    with connection.cursor() as cursor:
        cursor.execute(send, (members["GENERAL_SCHEME"].pk,))


def test_nobody_names_themselves_to_the_secretariat_nor_plans_without_a_seat(members: dict[str, CodafMember]) -> None:
    from fraud.codaf.naming import Named, name_member

    own = Named("Lucie", "Test", "CAF", "GENERAL_SCHEME", MET, secretariat_act="A-1", user_pk=colleague().pk)

    with pytest.raises(CodafRefused, match="soi-même"):
        name_member(departement="63", named=own, by_pk=colleague().pk, at=at(MET))
    with pytest.raises(CodafRefused, match="pas membre"):
        planned(by="lucie")
