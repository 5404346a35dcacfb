"""What a manager sees of transmissions and does about delegations; what anybody may try on the bench."""

import json
import re
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monenfant.models import (
    AvailabilityMessage,
    AvailabilityMonth,
    CareStructure,
    DelegationAct,
    Manager,
    ProAccessGrant,
    RefusedMessage,
    SoftwareDelegation,
)
from portal.accounts.models import Door, Posting, Role, User
from portal.audit.models import JournalEntry
from tests.aripa.agents import client_of, on_day, text_of
from tests.monenfant.transmission.scene import (
    DAY,
    ID,
    VILLE,
    message,
    place,
    put,
    scene,
    slot,
    structure,
    token_of,
    vendor,
)

pytestmark = pytest.mark.django_db
LIST, NEW = "/pro/transmissions/", "/pro/transmissions/delegations/nouvelle/"


@pytest.fixture
def made(settings: Any) -> Any:
    on_day(settings, DAY)
    return scene()


def manager(name: str = "yann", siret: str = VILLE) -> Client:
    user = User.objects.create(username=name, door=Door.PROFESSIONAL)
    Posting.objects.create(user=user, role=Role.STRUCTURE_MANAGER, fund="", starts_on=date(2020, 1, 1))
    run, _new = Manager.objects.get_or_create(siret=siret)
    ProAccessGrant.objects.create(user=user, manager=run, start=date(2020, 1, 1))
    return client_of(user)


def test_the_last_message_and_the_next_due_time_come_first(made: Any) -> None:
    client, token = manager(), token_of(made[2])
    assert "Aucun message reçu d’un logiciel" in text_of(client.get(LIST))

    put(token, message())
    page = text_of(client.get(LIST))
    assert "Dernier message pris, lundi 26 octobre 2026" in page
    assert "1 créneau refusé, 1 en retard" in page
    assert "Prochain envoi attendu au plus tard" in page
    home = text_of(client.get("/pro/"))
    assert "Pris lundi 26 octobre 2026" in home
    assert "1 créneau refusé, 1 en retard" in home

    put(token, message(slots=[slot("2026-11-06", places=25)], sequence=5000))
    assert "Dernier message refusé" in text_of(client.get(LIST))
    assert "Refusé lundi 26 octobre 2026" in text_of(client.get("/pro/"))


def test_a_message_shows_what_came_and_what_was_answered(made: Any) -> None:
    client, token = manager(), token_of(made[2])
    put(token, message())
    put(token, message(slots=[slot("2026-11-06", places=25)], sequence=5000))
    put(token, message(sequence=5001, slots=[slot("2026-11-06") | {"child": "Léa Martin"}]))
    history = f"{LIST}structure/{ID}/"

    page = text_of(client.get(history))
    links = re.findall(rf'href="({history}(?:pris|refuse)/\d+/)"', page)
    form, whole, taken = (text_of(client.get(link)) for link in links)

    assert "Son texte n’est pas gardé" in form
    assert "Léa Martin" not in form + page
    assert "slots[0].clé inconnue" in form
    assert "Refusé : rien n’a changé" in whole
    assert "&quot;places&quot;: 25" in whole
    assert "n° 4 · matin, 37 à 72 mois, 1 place" in taken
    assert "E025_AGE_RANGE" in taken
    assert "&quot;sequence&quot;: 4182" in taken


def test_the_history_is_read_by_pages_of_both_tables(made: Any) -> None:
    shown, by, _secret = made
    client = manager()
    for number in range(60):
        at = JournalEntry.objects.latest("pk").at - timedelta(hours=number // 3)
        if number % 2:
            RefusedMessage.objects.create(place=shown, vendor=by, received_at=at, status=422, codes=["E024_CAPACITY"],
                                          answer={"errors": []})  # fmt: skip
        else:
            AvailabilityMessage.objects.create(
                place=shown, vendor=by, key=uuid4(), body_sha256=b"", sequence=number, mode="AUTOMATED", window_start=DAY,
                window_end=DAY + timedelta(days=1), received_at=at, body=b"", answer={"accepted": 1, "rejected": 0, "late": 0},
            )  # fmt: skip
    found, address = [], f"{LIST}structure/{ID}/"
    while address:
        with CaptureQueriesContext(connection) as queries:
            page = text_of(client.get(address))
        assert len(queries) < 25
        found += re.findall(r"structure/S6399001/(pris|refuse)/(\d+)/", page)
        more = re.search(r'href="(\?after=[^"]+)" rel="next"', page)
        address = f"{LIST}structure/{ID}/" + more[1].replace("&amp;", "&") if more else ""

    assert len(found) == len(set(found)) == 60
    assert client.get(f"{LIST}structure/{ID}/?after=2026_x_1").status_code == 200


def test_the_list_of_a_town_asks_as_much_for_two_structures_as_for_each_page(made: Any) -> None:
    client, counts = manager(), []
    for number in range(30):
        place(f"S{number}")
        structure(f"S{number}")
    for address in (LIST, f"{LIST}?after=S9"):
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counts.append(len(queries))
    assert counts[0] <= 25 * 4 + 20


def test_a_stranger_to_the_structure_learns_nothing(made: Any) -> None:
    put(token_of(made[2]), message())
    client, pk = manager("autre", "21750001600019"), AvailabilityMessage.objects.get().pk
    given = SoftwareDelegation.objects.get().pk

    for address in (
        f"structure/{ID}/",
        f"structure/{ID}/pris/{pk}/",
        f"delegations/{given}/fin/",
        f"delegations/recu/{uuid4()}/",
    ):
        assert client.get(LIST + address).status_code == 404, address
    assert "Lucioles" not in text_of(client.get(LIST))
    yann = manager()
    assert yann.get(f"{LIST}structure/{ID}/autre/{pk}/").status_code == 404
    assert yann.get(f"{LIST}structure/{ID}/refuse/{pk}/").status_code == 404


def test_a_delegation_is_shown_before_it_is_given_and_given_once(made: Any) -> None:
    client, (second, secret) = manager(), vendor("AUTRE")
    asked = {"vendor": "AUTRE", "start": "2026-10-26"}

    preview = text_of(client.get(NEW, asked))
    assert "Ce que cela permet" in preview
    assert "peut dire les places libres de 1 structure." in preview
    assert not SoftwareDelegation.objects.filter(vendor=second).exists()

    key = str(uuid4())
    answers = [client.post(NEW, asked | {"key": key}) for _time in range(2)]
    assert {answer["Location"] for answer in answers} == {f"{LIST}delegations/recu/{key}/"}
    assert SoftwareDelegation.objects.filter(vendor=second).count() == 1
    assert JournalEntry.objects.filter(action="childcare.delegation_start", actor="yann").count() == 1
    assert "peut dire vos places libres à partir du 26/10/2026" in text_of(client.get(answers[0]["Location"]))
    assert put(token_of(secret, "AUTRE"), message()).status_code == 207
    assert client.post(NEW, asked | {"key": str(uuid4())}).status_code == 409, "another form for the same days"


@pytest.mark.parametrize(
    ("case", "asked"),
    [
        ("yesterday", {"vendor": "LOGICRECHE", "start": "2026-10-25"}),
        ("no day", {"vendor": "LOGICRECHE", "start": "demain"}),
        ("nobody", {"vendor": "X", "start": "2026-10-26"}),
        ("a NUL", {"vendor": "\0", "start": "0001-01-01"}),
    ],
)
def test_a_wrong_form_says_where_and_gives_nothing(made: Any, case: str, asked: dict[str, str]) -> None:
    client = manager()
    assert client.get(NEW, asked).status_code == 422
    assert client.post(NEW, asked | {"key": str(uuid4())}).status_code == 422
    assert not DelegationAct.objects.exists()


def test_a_form_for_another_manager_delegates_nothing_of_ours(made: Any) -> None:
    """Her access to the other one ended while the form was open: hers is not taken in its place."""
    client, other = manager(), Manager.objects.create(siret="12345678900011")
    vendor("AUTRE")
    asked = {"key": str(uuid4()), "manager": str(other.pk), "vendor": "AUTRE", "start": DAY.isoformat()}

    assert client.post(NEW, asked).status_code == 404
    assert SoftwareDelegation.objects.count() == 1
    ours = asked | {"manager": str(Manager.objects.get(siret=VILLE).pk)}
    assert client.post(NEW, ours).status_code == 302


def test_a_delegation_taken_back_today_shuts_the_door_at_once(made: Any, settings: Any) -> None:
    client, token = manager(), token_of(made[2])
    given = SoftwareDelegation.objects.get()
    address = f"{LIST}delegations/{given.pk}/fin/"
    assert "n’enverra plus les places de 1 structure." in text_of(client.get(address))
    assert client.post(address, {"end": "2026-10-25", "key": str(uuid4())}).status_code == 422

    put(token, message())
    key = str(uuid4())
    first, again = (client.post(address, {"end": "2026-10-26", "key": key}) for _time in range(2))
    assert first["Location"] == again["Location"]
    assert put(token, message(sequence=5000)).status_code == 403
    assert AvailabilityMonth.objects.exists(), "what was published stays"
    assert client.post(address, {"end": "2026-10-27", "key": str(uuid4())}).status_code == 409
    assert JournalEntry.objects.filter(action="childcare.delegation_end").count() == 1


def test_one_given_today_by_mistake_is_taken_back_today(made: Any) -> None:
    client = manager()
    vendor("AUTRE")
    client.post(NEW, {"vendor": "AUTRE", "start": "2026-10-28", "key": str(uuid4())})
    given = SoftwareDelegation.objects.get(vendor__code="AUTRE")

    client.post(f"{LIST}delegations/{given.pk}/fin/", {"end": "2026-10-26", "key": str(uuid4())})

    given.refresh_from_db()
    assert (given.start, given.end) == (date(2026, 10, 28), date(2026, 10, 28))
    assert "Autre" not in text_of(client.get(LIST))


# ---- the bench -----------------------------------------------------------------------------------------------------

BENCH = "/editeurs/banc-dessai/"


def tried(body: Any) -> tuple[int, str]:
    answer = Client().post(BENCH, {"message": json.dumps(body) if isinstance(body, dict) else body})
    return answer.status_code, text_of(answer)


@pytest.mark.parametrize("day", [date(2026, 10, 26), date(2026, 10, 30), date(2027, 3, 28)])
def test_the_example_of_the_bench_can_be_sent_as_it_is_on_any_day(settings: Any, day: date) -> None:
    on_day(settings, day)
    page = text_of(Client().get(BENCH))
    example = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert example

    status, said = tried(example[1].replace("&quot;", '"'))

    assert status == 200
    assert "Pris, réponse 207 : 3 créneaux publiés" in said
    assert "E025_AGE_RANGE" in said


def test_the_bench_says_what_would_happen_and_keeps_nothing(made: Any) -> None:
    assert "Pris, réponse 207 : 3 créneaux publiés, dont 1 en retard ; 1 refusé." in tried(message())[1]
    status, said = tried(message(slots=[slot("2026-11-06", places=25)]))
    assert (status, "Refusé, réponse 422" in said, "plus de 24 places" in said) == (422, True, True)
    for body in ("", "{", "[1]", "x" * 1_000_001, message(structure={"cnaf_id": "S0"}), '{"a": "<b>\0"}'):
        assert tried(body)[0] == 422
    CareStructure.objects.update(listing_status="SUSPENDED")
    assert "E011_NOT_LISTED" in tried(message())[1]
    assert (AvailabilityMonth.objects.count(), AvailabilityMessage.objects.count(), RefusedMessage.objects.count()) == (
        0,
        0,
        0,
    )


def test_the_bench_is_for_people_not_for_machines(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monenfant.views.transmission_public.TRIALS_A_MINUTE", 2)
    assert [("30 essais" in tried(message())[1]) for _time in range(3)] == [False, False, True]
