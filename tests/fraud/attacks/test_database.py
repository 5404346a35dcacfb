"""The owner of the tables, without putting any trigger aside: what is written stays, and no table of control is emptied."""

from datetime import date
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection

from fraud.models import CodafDecision, DeclaredLink, LookQuestion, ReadingAlarm, SensitiveFile
from portal.accounts.models import User
from tests.fraud.cases.test_database import refused
from tests.fraud.cases.world import at, people
from tests.fraud.codaf.world import committee, restricted_held

pytestmark = pytest.mark.django_db
DAY = date(2026, 9, 7)
# Facts received from elsewhere, loaded again at each delivery; the bodies of the directory, which are settings.
RECEIVED = {
    "fraud_careday", "fraud_controlday", "fraud_declaredresource", "fraud_employerpay", "fraud_exchangebody", "fraud_knownaddress",
    "fraud_knowndeath", "fraud_provenstay", "fraud_schoolfact", "fraud_sharedaccount",
}  # fmt: skip
FIRES = "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal AND (tgtype & %s) > 0"
DELETE, UPDATE, TRUNCATE = 8, 16, 32


@pytest.mark.parametrize("when", [DELETE, UPDATE, TRUNCATE])
def test_every_table_of_control_refuses(when: int) -> None:
    """A table that is added later without its triggers makes this red."""
    tables = {one._meta.db_table for one in apps.get_app_config("fraud").get_models()} - RECEIVED
    with connection.cursor() as cursor:
        cursor.execute(FIRES, [when])
        assert tables - {name for (name,) in cursor.fetchall()} == set()


def test_a_declared_link_is_ended_and_never_removed() -> None:
    user = people()["sylvie"]
    link = DeclaredLink.objects.create(user=user, subject="cmg:employer:1", relation="RELATIVE", since=DAY)
    refused("DELETE FROM fraud_declaredlink WHERE id = %s", link.pk)
    refused("TRUNCATE fraud_declaredlink CASCADE")
    for change in ("subject = 'cmg:employer:2'", "since = '2030-01-01'", f"user_id = {people()['hakim'].pk}"):
        assert "ne change pas" in refused(f"UPDATE fraud_declaredlink SET {change} WHERE id = %s", link.pk)
    DeclaredLink.objects.filter(pk=link.pk).update(until=date(2026, 10, 1))


def test_an_alarm_a_question_and_a_sensitive_file_are_answered_once() -> None:
    user, reader = people()["sylvie"], User.objects.get(username="hakim")
    alarm = ReadingAlarm.objects.create(
        user=user, kind="HOUR", day=DAY, since=at(DAY), until=at(DAY), files=61, limit=60, raised_at=at(DAY)
    )
    asked = LookQuestion.objects.create(
        alarm=alarm,
        manager=reader,
        question="Pourquoi ?",
        asked_by=reader,
        asked_at=at(DAY),
        answer_by=DAY,
        form_key=uuid4(),
    )
    file = SensitiveFile.objects.create(subject="cmg:employer:1", reason="Connue", since=DAY, entered_by=reader)
    for table, pk in (("readingalarm", alarm.pk), ("lookquestion", asked.pk), ("sensitivefile", file.pk)):
        refused(f"DELETE FROM fraud_{table} WHERE id = %s", pk)
    assert "ne change pas" in refused("UPDATE fraud_readingalarm SET files = 1000 WHERE id = %s", alarm.pk)
    assert "ne change pas" in refused("UPDATE fraud_sensitivefile SET since = '2030-01-01' WHERE id = %s", file.pk)
    handled = {"verdict": "NORMAL", "note": "Un tri demandé", "handled_by": reader, "handled_at": at(DAY)}
    ReadingAlarm.objects.filter(pk=alarm.pk).update(**handled)
    LookQuestion.objects.filter(pk=asked.pk).update(answer="Elle triait", answered_at=at(DAY))
    assert "ne change pas" in refused("UPDATE fraud_readingalarm SET note = 'autre' WHERE id = %s", alarm.pk)
    assert "ne change pas" in refused("UPDATE fraud_lookquestion SET answer = 'autre' WHERE id = %s", asked.pk)


def test_a_decision_of_the_committee_is_removed_by_nobody() -> None:
    met = restricted_held(committee())
    made = CodafDecision.objects.create(meeting=met, text="Contrôle commun des chantiers", form_key=uuid4())
    refused("DELETE FROM fraud_codafdecision WHERE id = %s", made.pk)
    refused("DELETE FROM fraud_codafmember WHERE id = %s", met.attendance.get(member__category="LABOUR").member_id)
