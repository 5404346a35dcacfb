"""The month read again: the same lines whenever it is drawn, and every look-up that always is."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from fraud.journal.reviewing import ReviewRefused, answer_question, ask_manager, judge_line, managers_of, reveal
from fraud.journal.sampling import SampleTooEarly, draw_sample, lines_of
from fraud.models import DeclaredLink, JournalSample, LookQuestion, SampledLine, SensitiveFile
from portal.accounts.models import Door, Role, User
from portal.audit.models import JournalEntry
from portal.audit.operations import journal
from tests.fraud.journal.world import SEPTEMBER, at, look, manager, nathalie, reviewer, seal
from tests.fraud.programme.world import DAY, anne, person

pytestmark = pytest.mark.django_db


def draw() -> JournalSample:
    return draw_sample(month=SEPTEMBER, by="portail", on=DAY, at=at(DAY))[0]


def whys() -> dict[int, str]:
    return dict(SampledLine.objects.values_list("entry_id", "why"))


def test_one_per_cent_of_the_reads_of_people_is_drawn_and_always_the_same() -> None:
    for number in range(101):
        look(nathalie(), number)
    journal(actor="portail", action="cmg.family.read", subject="cmg:employer:1", at=at(date(2026, 9, 7)))
    family = User.objects.create(username="parent", door=Door.FAMILY)
    look(family)
    look(nathalie(), when=at(date(2026, 10, 1)))
    look(nathalie(), action="cmg.repair")
    seal()
    sample = draw()

    assert (sample.reads, sample.at_random, sample.lines.count()) == (101, 2, 2)
    look(nathalie(), 200)  # told late: of the month, and after its draw
    assert [one.entry_id for one in lines_of(sample)] == list(
        sample.lines.order_by("entry_id").values_list("entry_id", flat=True)
    )
    assert draw().pk == sample.pk


def test_a_month_is_that_of_paris() -> None:
    inside = look(nathalie(), 1, at(date(2026, 8, 31), minute=30, hour=23) + timedelta(hours=1))
    look(nathalie(), 2, at(date(2026, 9, 30), hour=23) + timedelta(hours=1, minutes=1))
    seal()
    draw()
    assert set(whys()) == {inside}


def test_the_draw_waits_for_the_seal_that_nobody_knew() -> None:
    look(nathalie())
    seal(date(2026, 9, 29))
    with pytest.raises(SampleTooEarly):
        draw()
    seal(date(2026, 9, 30))
    with pytest.raises(SampleTooEarly):
        draw_sample(month=SEPTEMBER, by="portail", on=date(2026, 9, 30), at=at(DAY))
    draw()


def test_oneself_relatives_colleagues_sensitive_files_and_refusals_are_all_read_again() -> None:
    user, other = nathalie(), person("karim", Role.FUND_CASEWORKER)
    for number, relation in ((10, "SELF"), (11, "RELATIVE"), (12, "COLLEAGUE")):
        DeclaredLink.objects.create(
            user=user, subject=f"cmg:employer:{number}", relation=relation, since=date(2026, 9, 1)
        )
    DeclaredLink.objects.create(user=user, subject="cmg:employer:13", relation="RELATIVE", since=date(2026, 9, 8))
    SensitiveFile.objects.create(subject="cmg:employer:20", reason="élue", since=date(2026, 1, 1), entered_by=anne())
    expected = {
        look(user, 10): "SELF", look(user, 11): "RELATIVE", look(user, 12): "COLLEAGUE", look(user, "11:12"): "RELATIVE",
        look(other, 20): "SENSITIVE",
        journal(actor="nathalie", action="control.linked_refused", subject="cmg:employer:10", at=at(date(2026, 9, 7))).pk: "REFUSED",
        journal(actor="karim", action="control.rncps.consulted", subject="person:x", detail={"result": "REFUSED"},
                at=at(date(2026, 9, 7))).pk: "REFUSED",
    }  # fmt: skip
    ordinary = {look(user, 13), look(other, 10), look(user, 110), look(other, 2)}
    seal()
    sample = draw()

    found = whys()
    assert {pk: why for pk, why in found.items() if why != "RANDOM"} == expected
    assert {pk for pk, why in found.items() if why == "RANDOM"} < ordinary
    assert sample.at_random == 1


@pytest.fixture
def line() -> SampledLine:
    manager()
    look(nathalie(), 1)
    seal()
    draw()
    return SampledLine.objects.get()


def test_a_line_is_judged_once_by_another_with_a_reason(line: SampledLine) -> None:
    with pytest.raises(ReviewRefused, match="pourquoi"):
        judge_line(line_pk=line.pk, verdict="UNJUSTIFIED", note=" ", by=reviewer())
    with pytest.raises(ReviewRefused, match="propre"):
        judge_line(line_pk=line.pk, verdict="NORMAL", note="", by=reviewer(nathalie()))
    judge_line(line_pk=line.pk, verdict="QUESTION", note="aucun dossier ouvert ce jour-là", by=reviewer())
    judge_line(line_pk=line.pk, verdict="NORMAL", note="", by=reviewer())
    with pytest.raises(ReviewRefused, match="déjà relue"):
        judge_line(line_pk=line.pk, verdict="UNJUSTIFIED", note="x" * 20, by=reviewer())
    assert JournalEntry.objects.filter(action="journal.judged").count() == 2


@pytest.mark.parametrize("sql", [
    "UPDATE fraud_sampledline SET actor = 'x'", "DELETE FROM fraud_sampledline", "UPDATE fraud_sampledline SET why = 'SELF'",
    "UPDATE fraud_sampledline SET verdict = 'NORMAL'", "DELETE FROM fraud_journalsample", "UPDATE fraud_journalsample SET seed = ''",
    "UPDATE fraud_sampledline SET verdict = 'NORMAL', reviewed_at = now(), reviewed_by_id = (SELECT id FROM accounts_user"
    " WHERE username = 'nathalie')",
])  # fmt: skip
def test_the_database_keeps_what_was_drawn_and_lets_nobody_judge_themselves(line: SampledLine, sql: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_manager_is_asked_and_answers_once(line: SampledLine) -> None:
    key, chief = uuid4(), manager()
    made, again = ask_manager(
        line_pk=line.pk, manager_pk=chief.pk, question="Pourquoi ce dossier ?", key=key, by=reviewer()
    )
    assert (again, made.answer_by) == (False, date(2026, 11, 2))
    assert ask_manager(line_pk=line.pk, manager_pk=chief.pk, question="autre", key=key, by=reviewer())[1]
    with pytest.raises(ReviewRefused, match="encadre"):
        ask_manager(
            line_pk=line.pk, manager_pk=nathalie().pk, question="Pourquoi ce dossier ?", key=uuid4(), by=reviewer()
        )
    with pytest.raises(LookQuestion.DoesNotExist):
        answer_question(question_pk=made.pk, answer="parce que, voilà", by=reviewer(nathalie()))
    answer_question(question_pk=made.pk, answer="Elle reprenait le dossier d’un collègue absent.", by=reviewer(chief))
    with pytest.raises(ReviewRefused, match="déjà"):
        answer_question(question_pk=made.pk, answer="autre chose enfin", by=reviewer(chief))


def test_nobody_manages_themselves() -> None:
    chief = manager()
    assert managers_of("chef", DAY) == []
    assert managers_of(nathalie().username, DAY) == [chief]
    assert managers_of(person("ailleurs", Role.FUND_CASEWORKER, "CAF59").username, DAY) == []


def test_a_name_is_revealed_for_a_reason_and_that_look_is_a_look(line: SampledLine) -> None:
    with pytest.raises(ReviewRefused):
        reveal(line_pk=line.pk, why="voir", by=reviewer())
    assert not JournalEntry.objects.filter(action="journal.person.revealed").exists()
    assert reveal(line_pk=line.pk, why="l’agent dit que c’est sa voisine", by=reviewer()) == "n° d’employeur 1"
    entry = JournalEntry.objects.get(action="journal.person.revealed")
    assert (entry.actor, entry.subject, entry.detail["why"]) == (
        "kowalski",
        "cmg:employer:1",
        "l’agent dit que c’est sa voisine",
    )
