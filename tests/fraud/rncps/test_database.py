"""What must never be is refused by the database too: by hand, by the admin, by any code."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from fraud.models import (
    ORDER_MOVES,
    ControlCase,
    ControlProgramme,
    DeclaredLink,
    ParliamentReport,
    RncpsAlert,
    RncpsAuthorisation,
    RncpsConsultation,
    RncpsOrder,
    RncpsResult,
)
from fraud.rncps.asking import look
from fraud.rncps.confirming import confirm
from fraud.rncps.connector import HttpDirectory
from fraud.rncps.reporting import plan_report, write_section
from fraud.rules.parliament import REPORT_MOVES
from portal.accounts.models import User
from portal.people.vault import lookup_key
from tests.fraud.cases.world import moved_by_hand
from tests.fraud.rncps.world import (
    CLAIRE,
    COUSIN,
    DAY,
    SOPHIE,
    UNKNOWN,
    at,
    authorised,
    case_of,
    director,
    officer,
    person,
    programme,
    wish,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def sylvie() -> User:
    return officer()


@pytest.fixture
def given(sylvie: User) -> RncpsAuthorisation:
    return authorised(sylvie, "CONTROL", "RIGHTS_OPENING", "MANAGEMENT")


@pytest.fixture
def case(sylvie: User) -> ControlCase:
    return case_of(sylvie)


def row(given: RncpsAuthorisation, about: ControlCase, **more: Any) -> RncpsConsultation:
    ordinary = {
        "form_key": uuid4(), "officer": given.user, "authorisation": given, "fund": "CAF63", "motive": "CONTROL",
        "reference_kind": "CASE", "reference": about.number, "case": about, "person_key": lookup_key(SOPHIE, "NIR"),
        "mode": "REALTIME", "at": at(), "dated": DAY,
    }  # fmt: skip
    with transaction.atomic():
        return RncpsConsultation.objects.create(**ordinary | more)


def test_an_ordinary_row_enters(given: RncpsAuthorisation, case: ControlCase) -> None:
    row(given, case)
    row(given, case, motive="RIGHTS_OPENING", reference_kind="CLAIM", reference="Q1", case=None)
    row(given, case, motive="", reference="", reference_kind="", case=None, authorisation=None, refusal="NO_MOTIVE")


@pytest.mark.parametrize(
    "wrong",
    [
        {"motive": ""},
        {"reference": ""},
        {"reference_kind": ""},
        {"person_key": None},
        {"authorisation": None},
        {"motive": "FRAUD"},
        {"case": None},
        {"reference": "C-2026-999"},
        {"fund": "CAF59"},
        {"motive": "CONTROL", "reference_kind": "CLAIM", "reference": "Q1", "case": None},
        {"motive": "RIGHTS_OPENING"},
        {"mode": "COLLECTIVE", "reference_kind": "AXIS", "reference": "A1"},
        {"at": at(date(2028, 1, 6)), "dated": date(2028, 1, 6)},
        {"at": at(date(2026, 1, 5)), "dated": date(2026, 1, 5)},
        {"dated": date(2026, 10, 25)},
    ],
    ids=str,
)
def test_a_look_up_without_its_reason_does_not_enter(
    given: RncpsAuthorisation, case: ControlCase, wrong: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError):
        row(given, case, **wrong)


@pytest.fixture
def steps_unwatched(case: ControlCase) -> None:
    """What a case needs at each step has its own trigger and its own tests: without it, the directory's refusal stands alone."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE fraud_controlcase DISABLE TRIGGER moves")


@pytest.mark.usefixtures("steps_unwatched")
def test_nor_that_of_another_officer_of_a_closed_case_or_after_the_end(
    given: RncpsAuthorisation, case: ControlCase
) -> None:
    other = officer("philippe", "Aubert")
    with pytest.raises(IntegrityError, match="habilitation"):
        row(given, case, officer=other)
    with moved_by_hand():
        ControlCase.objects.filter(pk=case.pk).update(state="CLOSED")
    with pytest.raises(IntegrityError, match="dossier de contrôle ouvert"):
        row(given, case)
    with moved_by_hand():
        ControlCase.objects.filter(pk=case.pk).update(state="OPENED")
    RncpsAuthorisation.objects.filter(pk=given.pk).update(ended_on=DAY, ended_by=director(), end_reason="départ")
    with pytest.raises(IntegrityError, match="habilitation"):
        row(given, case)


def test_nor_that_of_a_relative_while_the_link_lasts(given: RncpsAuthorisation, case: ControlCase) -> None:
    key = lookup_key(COUSIN, "NIR")
    link = DeclaredLink.objects.create(
        user=given.user, person_key=key, relation="RELATIVE", since=date(2020, 1, 1), until=date(2026, 10, 27)
    )
    with pytest.raises(IntegrityError, match="proche"):
        row(given, case, person_key=key)
    DeclaredLink.objects.filter(pk=link.pk).update(until=DAY)
    row(given, case, person_key=key)
    DeclaredLink.objects.create(user=given.user, subject=case.subject, relation="COLLEAGUE", since=date(2020, 1, 1))
    with pytest.raises(IntegrityError, match="proche"):
        row(given, case)


def refuses(sql: str, *values: object) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_nothing_noted_is_changed_or_removed(given: RncpsAuthorisation, case: ControlCase) -> None:
    one = row(given, case)
    RncpsResult.objects.create(consultation=one, outcome="UNKNOWN_PERSON", at=at())
    for table in ("fraud_rncpsconsultation", "fraud_rncpsresult"):
        refuses(f"UPDATE {table} SET at = now()")
        refuses(f"DELETE FROM {table}")
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        refuses(f"TRUNCATE {table} CASCADE")
    refuses("UPDATE fraud_rncpsauthorisation SET valid_to = '2040-01-01'")
    refuses("DELETE FROM fraud_rncpsauthorisation")
    with pytest.raises(IntegrityError), transaction.atomic():
        RncpsResult.objects.create(consultation=row(given, case), outcome="ANSWERED", at=at())


def test_an_ended_authorisation_does_not_begin_again_and_nobody_gives_their_own(given: RncpsAuthorisation) -> None:
    RncpsAuthorisation.objects.filter(pk=given.pk).update(ended_on=DAY, ended_by=director(), end_reason="départ")
    refuses("UPDATE fraud_rncpsauthorisation SET ended_on = NULL")
    copy = {
        "user": given.user, "fund": "CAF63", "motives": ["CONTROL"], "act_no": "2", "act_dated": DAY, "valid_from": DAY,
        "valid_to": date(2027, 1, 1), "given_at": at(),
    }  # fmt: skip
    for wrong in (
        {"given_by": given.user},
        {"given_by": director(), "motives": []},
        {"given_by": director(), "valid_to": DAY},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            RncpsAuthorisation.objects.create(form_key=uuid4(), **copy | wrong)
    RncpsAuthorisation.objects.create(form_key=uuid4(), given_by=director(), **copy)
    with pytest.raises(IntegrityError), transaction.atomic():
        RncpsAuthorisation.objects.create(form_key=uuid4(), given_by=director(), **copy)


def order(user: User, mode: str = "COLLECTIVE", state: str = "TO_VISA", **more: Any) -> RncpsOrder:
    if not ControlProgramme.objects.exists():
        programme()
    with transaction.atomic():
        return RncpsOrder.objects.create(
            officer=user, fund="CAF63", mode=mode, motive="CONTROL", reference="A1", categories=[], count=1, state=state,
            asked_at=at(), asked_on=DAY, form_key=uuid4(), **more,
        )  # fmt: skip


def allowed_moves(made: Any, states: list[str], **more: Any) -> set[tuple[str, str]]:
    """The pairs that the database takes, tried one by one from a fresh row forced into its state."""
    found = set()
    for before in states:
        for after in states:
            one, values = made(), more | {"state": after}
            with connection.cursor() as cursor:
                cursor.execute("SET session_replication_role = replica")
                type(one).objects.filter(pk=one.pk).update(**more | {"state": before})
                cursor.execute("SET session_replication_role = origin")
            try:
                with transaction.atomic():
                    type(one).objects.filter(pk=one.pk).update(**values)
            except IntegrityError:
                continue
            if before != after:
                found.add((before, after))
    return found


def test_orders_move_as_their_table_allows(sylvie: User) -> None:
    visa = {"visa_by": director(), "visa_at": at(), "visa_reason": "oui"}
    expected = {(before, after) for before, targets in ORDER_MOVES.items() for after in targets}
    assert allowed_moves(lambda: order(sylvie), [str(one) for one in ORDER_MOVES], **visa) == expected


def test_a_list_has_a_visa_of_somebody_else_and_what_was_read_stays(sylvie: User) -> None:
    for wrong in (
        {"state": "ORDERED"},
        {"mode": "DEFERRED"},
        {"visa_by": sylvie, "visa_at": at(), "visa_reason": "oui"},
    ):
        with pytest.raises(IntegrityError):
            order(sylvie, **wrong)
    one = order(sylvie)
    refuses("UPDATE fraud_rncpsorder SET state = 'VISA_GIVEN' WHERE id = %s", one.pk)
    refuses("UPDATE fraud_rncpsorder SET count = 500 WHERE id = %s", one.pk)
    refuses("DELETE FROM fraud_rncpsorder")


def test_an_alert_is_read_once_by_somebody_else(sylvie: User) -> None:
    one = RncpsAlert.objects.create(key="a", kind="LINKED", told="x", raised_on=DAY, officer=sylvie)
    refuses("UPDATE fraud_rncpsalert SET verdict = 'NOTHING' WHERE id = %s", one.pk)
    read = (
        "UPDATE fraud_rncpsalert SET verdict = 'NOTHING', said = 'vu', read_at = now(), read_by_id = %s WHERE id = %s"
    )
    refuses(read, sylvie.pk, one.pk)
    with connection.cursor() as cursor:
        cursor.execute(read, (director().pk, one.pk))
    refuses("UPDATE fraud_rncpsalert SET verdict = 'INCIDENT'")
    refuses("DELETE FROM fraud_rncpsalert")


def planned(**more: Any) -> ParliamentReport:
    ordinary = {
        "act": str(uuid4()), "article": "art. 51", "published_on": date(2019, 12, 27), "months": 9, "due_on": date(2020, 9, 27),
        "covers_from": date(2019, 1, 1), "covers_to": date(2020, 1, 1),
    }  # fmt: skip
    with transaction.atomic():
        return ParliamentReport.objects.create(**ordinary | more)


@pytest.mark.parametrize("due_on", [date(2020, 9, 26), date(2020, 9, 28), date(2020, 10, 15)])
def test_a_report_is_due_on_its_day_and_no_other(due_on: date) -> None:
    planned()
    planned(published_on=date(2020, 5, 31), due_on=date(2021, 2, 28))
    with pytest.raises(IntegrityError, match="mois après"):
        planned(due_on=due_on)


def test_reports_move_as_their_table_allows() -> None:
    expected = {(str(before), str(after)) for before, targets in REPORT_MOVES.items() for after in targets}
    states = [str(one) for one in REPORT_MOVES if one != "SENT"]
    more: dict[str, Any] = {"figures": {}, "validated_on": DAY}
    assert allowed_moves(planned, states, **more) == {pair for pair in expected if "SENT" not in pair}
    refuses("UPDATE fraud_parliamentreport SET state = 'SENT', sent_on = now() WHERE state = 'PLANNED'")


def test_a_sent_report_and_its_texts_stay_as_they_are() -> None:
    report = planned()
    write_section(report_pk=report.pk, code="couts", text="x", by_pk=director().pk, key=uuid4(), on=DAY, at=at())
    for values in (
        "state = 'VALIDATED', figures = '{}', validated_on = now()",
        "state = 'SENT', sent_on = '2020-10-15'",
    ):
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE fraud_parliamentreport SET {values} WHERE id = %s", (report.pk,))
        refuses(
            "INSERT INTO fraud_parliamentsection (report_id, code, version, text, by_id, at, form_key)"
            " VALUES (%s, 'couts', 2, 'y', %s, now(), gen_random_uuid())",
            report.pk, director().pk,
        )  # fmt: skip
    refuses("UPDATE fraud_parliamentreport SET sent_on = '2020-09-27'")
    refuses("UPDATE fraud_parliamentsection SET text = 'y'")
    refuses("DELETE FROM fraud_parliamentreport")
    assert plan_report(
        act=report.act, article=report.article, published_on=DAY, covers_from=DAY, covers_to=DAY, by="x", on=DAY, at=at()
    ) == report  # fmt: skip


def ends(case: ControlCase, state: str) -> None:
    with moved_by_hand():
        ControlCase.objects.filter(pk=case.pk).update(state="DECISION")
        with transaction.atomic():
            ControlCase.objects.filter(pk=case.pk).update(state=state)


@pytest.mark.usefixtures("steps_unwatched")
@pytest.mark.parametrize("state", ["OVERPAYMENT", "PENALTY_PROCEDURE", "COMPLAINT"])
def test_no_adverse_end_rests_on_a_lead_that_nobody_confirmed(
    given: RncpsAuthorisation, case: ControlCase, directory: HttpDirectory, state: str
) -> None:
    look(wish=wish(given.user, case.number), person=person(UNKNOWN), directory=directory)
    ends(case, state)
    with moved_by_hand():
        ControlCase.objects.filter(pk=case.pk).update(state="OPENED")
    answered = look(wish=wish(given.user, case.number), person=person(CLAIRE), directory=directory).row
    with pytest.raises(IntegrityError, match="piste"):
        ends(case, state)
    for harmless in ("NO_ACTION", "ADJUSTED"):
        ends(case, harmless)
    confirm(
        consultation_pk=answered.pk, worth="NOT_USED", in_favour=False, body="", said="Sans rapport", answered_on=None,
        by_pk=given.user.pk, on=DAY, at=at(),
    )  # fmt: skip
    ends(case, state)
