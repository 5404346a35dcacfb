"""`/agent/enfance/`: each count opens its list, acts are done once and in time, another département is not there."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monenfant.models import DeclarationFollowUp, FollowUpNote, StructureSilence
from portal.accounts.models import Role, User
from portal.audit.models import JournalEntry
from tests.aripa.agents import agent, client_of, on_day, text_of
from tests.monenfant.duties.world import at
from tests.monenfant.objects import JUNE, place_in

pytestmark = pytest.mark.django_db
HOME = "/agent/enfance/"
CAMPAIGN = HOME + "campagnes/2026-06-01/"
DAY = date(2026, 10, 26)


@pytest.fixture(autouse=True)
def today(settings: Any) -> None:
    on_day(settings, DAY)


@pytest.fixture
def nathalie() -> User:
    return agent("nathalie", role=Role.FUND_CASEWORKER)


@pytest.fixture
def client(nathalie: User) -> Client:
    return client_of(nathalie)


def follow_up(number: str, state: str, insee_code: str = "63113", moved_on: date = JUNE) -> DeclarationFollowUp:
    return DeclarationFollowUp.objects.create(
        place=place_in(insee_code, number), deadline=JUNE, state=state, moved_on=moved_on
    )


def test_each_count_is_the_length_of_the_list_it_opens(client: Client) -> None:
    for number, state in enumerate(["DUE", "COMPLIANT", "COMPLIANT", "REFERRED", "EXEMPT"]):
        follow_up(f"AM{number}", state)
    follow_up("ELSEWHERE", "REFERRED", "59350")

    page = text_of(client.get(CAMPAIGN))
    assert "<strong>2</strong> sur 4" in page
    assert "50 %" in page
    for state, count in {"DUE": 1, "COMPLIANT": 2, "REFERRED": 1, "EXEMPT": 1, "WARNED": 0}.items():
        answer = client.get(CAMPAIGN, {"state": state})
        assert (answer.context["total"], len(answer.context["lines"])) == (count, count), state
        assert (state, count) in [(code, number) for code, number, _label in answer.context["tiles"]]
    assert "ELSEWHERE" not in page


def test_counts_by_departement_open_their_lists(settings: Any) -> None:
    follow_up("AM1", "DUE")
    follow_up("AM2", "DUE", "97411")
    auditor = agent("sofia", "", role=Role.AUDITOR)

    answer = client_of(auditor).get(CAMPAIGN)

    assert [(number, counts[0]) for number, _name, _rate, counts in answer.context["rows"]] == [
        ("63", ("DUE", 1, "À déclarer")), ("974", ("DUE", 1, "À déclarer")),
    ]  # fmt: skip
    found = client_of(auditor).get(CAMPAIGN, {"departement": "974", "state": "DUE"})
    assert [line.one.place.number for line in found.context["lines"]] == ["AM2"]


@pytest.mark.parametrize("day", ["2026-06-02", "2026-6-1", "demain", "20260601"])
def test_a_day_that_is_no_deadline_has_no_page(client: Client, day: str) -> None:
    assert client.get(f"{HOME}campagnes/{day}/").status_code == 404


def test_a_list_takes_as_many_queries_for_twenty_as_for_one(client: Client, django_assert_max_num_queries: Any) -> None:
    follow_up("AM0", "DUE")
    with CaptureQueriesContext(connection) as alone:
        client.get(CAMPAIGN)
    for number in range(1, 21):
        follow_up(f"AM{number}", "DUE")

    with django_assert_max_num_queries(len(alone)):
        client.get(CAMPAIGN)


# ---- acts ---------------------------------------------------------------------------------------------------------


def warning(**changes: str) -> dict[str, str]:
    return {
        "key": str(uuid4()), "dated": "20/10/2026", "text": "Rappel de l’obligation de déclarer", "delivery": "REGISTERED",
        "delivered_on": "22/10/2026",
    } | changes  # fmt: skip


def test_a_warning_is_noted_once_with_its_day_its_text_and_its_delivery(client: Client, nathalie: User) -> None:
    one, form = follow_up("AM1", "REFERRED"), warning()
    address = f"{HOME}suivis/{one.pk}/avertissement/"

    first, second = client.post(address, form), client.post(address, form)

    assert (first.status_code, second.status_code) == (302, 302)
    note = FollowUpNote.objects.get()
    assert (note.dated, note.delivered_on, note.noted_by) == (date(2026, 10, 20), date(2026, 10, 22), nathalie)
    assert [(move.before, move.after, move.by) for move in one.moves.all()] == [("REFERRED", "WARNED", nathalie)]
    assert JournalEntry.objects.filter(action="childcare.warning", actor="nathalie").count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"dated": "27/10/2026"}, "dated"),
        ({"dated": "bientôt"}, "dated"),
        ({"text": "  court"}, "text"),
        ({"delivery": ""}, "delivery"),
        ({"delivered_on": ""}, "delivered_on"),
        ({"delivered_on": "19/10/2026"}, "delivered_on"),
        # The département had the file on 1 June: thirty days are left to declare.
        ({"dated": "30/06/2026"}, "dated"),
    ],
)
def test_a_warning_that_is_not_told_whole_is_not_noted(client: Client, changes: dict[str, str], field: str) -> None:
    one = follow_up("AM1", "REFERRED")

    answer = client.post(f"{HOME}suivis/{one.pk}/avertissement/", warning(**changes))

    assert answer.status_code == 422
    assert field in [error["column"] for error in answer.context["errors"]]
    one.refresh_from_db()
    assert (one.state, FollowUpNote.objects.count()) == ("REFERRED", 0)


def test_a_warning_of_the_thirtieth_day_is_noted(client: Client) -> None:
    one = follow_up("AM1", "REFERRED")

    assert client.post(f"{HOME}suivis/{one.pk}/avertissement/", warning(dated="1/7/2026")).status_code == 302


def test_a_breach_comes_after_its_warning(client: Client) -> None:
    one = follow_up("AM1", "REFERRED")
    client.post(f"{HOME}suivis/{one.pk}/avertissement/", warning())
    address = f"{HOME}suivis/{one.pk}/manquement/"
    early = client.post(address, {"key": str(uuid4()), "dated": "21/10/2026", "text": "Aucune déclaration reçue"})
    assert early.status_code == 422

    client.post(address, {"key": str(uuid4()), "dated": "22/10/2026", "text": "Aucune déclaration reçue"})

    one.refresh_from_db()
    assert one.state == "RECORDED"


@pytest.mark.parametrize(
    ("moved_on", "status", "state"), [(date(2026, 9, 26), 302, "REFERRED"), (date(2026, 9, 27), 422, "REMINDED")]
)
def test_nothing_is_transmitted_before_thirty_days(client: Client, moved_on: date, status: int, state: str) -> None:
    one = follow_up("AM1", "REMINDED", moved_on=moved_on)

    answer = client.post(f"{HOME}suivis/{one.pk}/transmettre/", {"key": str(uuid4())})

    one.refresh_from_db()
    assert (answer.status_code, one.state) == (status, state)


def test_an_act_that_somebody_did_first_says_so(client: Client) -> None:
    one = follow_up("AM1", "COMPLIANT")

    answer = client.post(f"{HOME}suivis/{one.pk}/avertissement/", warning())

    assert answer.status_code == 409
    assert "Rien n’a été noté" in text_of(answer)


def test_who_only_sees_is_offered_no_act(client: Client) -> None:
    one = follow_up("AM1", "REFERRED")
    assert "Noter l’avertissement" in text_of(client.get(f"{HOME}suivis/{one.pk}/"))

    auditor = client_of(agent("sofia", "", role=Role.AUDITOR))

    assert "Noter l’avertissement" not in text_of(auditor.get(f"{HOME}suivis/{one.pk}/"))
    assert auditor.get(f"{HOME}suivis/{one.pk}/avertissement/").status_code == 404


def test_an_act_is_offered_from_the_thirtieth_day_on(client: Client) -> None:
    early, ripe = (
        follow_up("AM1", "REMINDED", moved_on=date(2026, 9, 27)),
        follow_up("AM2", "REMINDED", moved_on=date(2026, 9, 26)),
    )

    assert "Transmettre au département" not in text_of(client.get(f"{HOME}suivis/{early.pk}/"))
    assert "Transmettre au département" in text_of(client.get(f"{HOME}suivis/{ripe.pk}/"))


# ---- structures ---------------------------------------------------------------------------------------------------


def silent(number: str, adviser: User | None = None, insee_code: str = "63113") -> StructureSilence:
    return StructureSilence.objects.create(
        place=place_in(insee_code, number, "STRUCTURE"), since=at(date(2026, 10, 1)), mode="MANUAL",
        mailed_on=date(2026, 10, 16), task_on=date(2026, 10, 23), adviser=adviser,
    )  # fmt: skip


def test_my_calls_and_those_of_nobody(client: Client, nathalie: User) -> None:
    mine = silent("S1", nathalie)
    silent("S2")
    silent("S3", insee_code="59350")

    assert [line.one for line in client.get(HOME + "structures/", {"box": "mine"}).context["lines"]] == [mine]
    page = text_of(client.get(HOME + "structures/"))
    assert "Personne" in page
    assert "S3" not in page

    client.post(f"{HOME}structures/{mine.pk}/appel/", {"key": str(uuid4()), "said": "Retour lundi, logiciel en panne"})

    mine.refresh_from_db()
    assert (mine.called_on, mine.ended_on) == (DAY, None)


def test_an_export_wants_a_reason_and_tells_no_contact(nathalie: User) -> None:
    follow_up("AM1", "DUE")
    boss = client_of(agent("karim", role=Role.SUPERVISOR))
    assert boss.post(CAMPAIGN + "exporter/", {"reason": "court"}).status_code == 302

    answer = boss.post(CAMPAIGN + "exporter/?state=DUE", {"reason": "revue du lundi matin"})

    assert "AM1" in answer.content.decode("utf-8-sig")
    assert JournalEntry.objects.get(action="monenfant.campaign.exported").detail["rows"] == 1
    assert client_of(nathalie).post(CAMPAIGN + "exporter/", {"reason": "revue du lundi"}).status_code == 404
