"""Coming in by ProConnect and FranceConnect: the whole code flow, and what must not let anybody in."""

from typing import Any

import jwt
import pytest
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from portal import environment
from portal.accounts.models import Door, FamilyLink, User
from portal.audit.models import JournalEntry
from portal.embedded.provider import KEY_ID, State
from tests.doors import local_client, walk, way_back


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def actions() -> list[str]:
    return list(JournalEntry.objects.order_by("pk").values_list("action", flat=True))


def test_an_agent_comes_in_with_the_factor_that_the_provider_saw(doors: State) -> None:
    client = local_client()

    answer = walk(client, "helene")

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(User.objects.get(username="helene").pk)
    assert client.get("/")["Location"] == "/agent/pilotage/"
    entry = JournalEntry.objects.get(action="account.signed_in")
    assert (entry.actor, entry.detail) == ("helene", {"how": "proconnect", "second_factor": True})


def test_what_leaves_for_the_provider_is_a_code_flow_with_pkce_nonce_and_the_methods_asked_for(doors: State) -> None:
    address = local_client().post("/entree/porte/proconnect/")["Location"]

    for expected in ("response_type=code", "code_challenge_method=S256", "code_challenge=", "nonce=", "state=",
                     "amr", "redirect_uri=http%3A%2F%2F127.0.0.1%2Fentree%2Fretour%2Fproconnect%2F"):  # fmt: skip
        assert expected in address
    assert doors.secret not in address


def test_little_is_kept_of_an_identity(doors: State) -> None:
    walk(local_client(), "helene")
    walk(local_client(), "emilie", door="franceconnect")

    agent = SocialAccount.objects.get(provider="proconnect")
    parent = SocialAccount.objects.get(provider="franceconnect")
    assert set(agent.extra_data) == {"given_name", "usual_name", "siret", "idp_id"}
    assert set(parent.extra_data) == {"given_name", "family_name", "birthdate", "gender", "birthplace", "birthcountry"}


def test_an_agent_whom_nobody_posted_stays_outside_and_gets_no_account(doors: State) -> None:
    doors.people[0]["claims"]["email"] = "inconnue@demo.example"
    client, before = local_client(), User.objects.count()

    answer = walk(client, "helene")

    assert answer.status_code == 403
    assert "aucun compte du portail ne vous attend" in answer.content.decode()
    assert not is_in(client)
    assert User.objects.count() == before
    assert actions()[-1] == "account.sign_in_refused"


def test_another_identity_with_the_same_address_does_not_take_the_account_over(doors: State) -> None:
    walk(local_client(), "helene")
    doors.people[0]["claims"]["sub"] = "somebody-else"
    client = local_client()

    assert walk(client, "helene").status_code == 403
    assert not is_in(client)


def test_the_same_identity_comes_back_under_another_address(doors: State) -> None:
    walk(local_client(), "helene")
    doors.people[0]["claims"]["email"] = "helene@ailleurs.example"
    client = local_client()

    assert walk(client, "helene").status_code == 302
    assert is_in(client)


def test_an_account_closed_by_the_operator_stays_outside(doors: State) -> None:
    walk(local_client(), "helene")
    User.objects.filter(username="helene").update(is_active=False)
    client = local_client()

    assert walk(client, "helene").status_code == 403
    assert not is_in(client)


def test_a_parent_comes_in_the_first_time_and_is_linked_to_no_family(doors: State) -> None:
    client = local_client()

    assert walk(client, "emilie", door="franceconnect").status_code == 302

    parent = User.objects.get(door=Door.FAMILY)
    assert (parent.first_name, parent.last_name, parent.email) == ("Émilie", "CHABROL", "")
    assert not FamilyLink.objects.exists()
    assert client.get("/")["Location"] == "/famille/"
    walk(local_client(), "emilie", door="franceconnect")
    assert User.objects.filter(door=Door.FAMILY).count() == 1


def test_a_parent_with_the_address_of_an_agent_is_not_that_agent(doors: State) -> None:
    emilie = next(one for one in doors.people if one["username"] == "emilie")
    emilie["claims"]["email"] = "helene@demo.example"
    client = local_client()

    walk(client, "emilie", door="franceconnect")

    assert client.get("/agent/").status_code == 404


@pytest.mark.parametrize("wrong", [
    {"nonce": "another"}, {"nonce": None}, {"aud": "another"}, {"iss": "https://ailleurs.example"}, {"exp": 1},
    {"sub": "another"},
])  # fmt: skip
def test_an_identity_token_that_is_not_for_this_departure_lets_nobody_in(doors: State, wrong: dict[str, Any]) -> None:
    sign = doors.sign
    doors.sign = lambda claims: sign(claims | wrong if "amr" in claims else claims)  # type: ignore[method-assign]
    client = local_client()

    answer = walk(client, "helene")

    assert answer.status_code in (400, 401)
    assert "Recommencer" in answer.content.decode()
    assert not is_in(client)
    assert actions()[-1] == "account.sign_in_refused"


@pytest.mark.parametrize("algorithm", ["RS256", "HS256", "none"])
def test_a_token_that_the_provider_did_not_sign_lets_nobody_in(doors: State, algorithm: str) -> None:
    foreign: Any = {"RS256": rsa.generate_private_key(65537, 2048), "HS256": "x" * 40, "none": None}[algorithm]
    doors.sign = lambda claims: jwt.encode(claims, foreign, algorithm=algorithm, headers={"kid": KEY_ID})  # type: ignore[method-assign]
    client = local_client()

    assert walk(client, "helene").status_code == 401
    assert not is_in(client)


def test_a_way_back_serves_once_and_in_its_own_session_only(doors: State) -> None:
    client, thief = local_client(), local_client()
    address = way_back(client, "helene")

    assert thief.get(address).status_code == 401
    assert not is_in(thief)
    assert client.get(address).status_code == 302
    assert client.get(address).status_code == 401


def test_giving_up_at_the_provider_leads_back_with_a_sentence(doors: State) -> None:
    answer = walk(local_client(), "")

    assert answer.status_code == 401
    assert "Rien n’a été enregistré" in answer.content.decode()


def test_a_provider_that_does_not_answer_is_said_so(doors: State, settings: Any) -> None:
    for app in settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]:
        app["settings"]["server_url"] = "http://127.0.0.1:9/proconnect"

    answer = local_client().post("/entree/porte/proconnect/")

    assert answer.status_code == 503
    assert "n’a pas répondu" in answer.content.decode()


@pytest.mark.django_db
def test_a_door_that_is_not_set_up_is_not_there() -> None:
    client = local_client()

    assert client.post("/entree/porte/proconnect/").status_code == 404
    assert client.get("/entree/retour/proconnect/").status_code == 404
    assert b"ProConnect" not in client.get("/entree/").content


@pytest.mark.parametrize(
    "issuer", ["http://auth.example", "https://localhost:8443/a", "https://127.0.0.1/a", "https://[::1]/a"]
)
def test_production_does_not_start_with_a_provider_of_its_own(monkeypatch: pytest.MonkeyPatch, issuer: str) -> None:
    monkeypatch.setenv("PROCONNECT_ISSUER", issuer)
    monkeypatch.setenv("PORTAL_ENV", "production")

    with pytest.raises(ImproperlyConfigured, match="PROCONNECT_ISSUER"):
        environment.openid_door("proconnect")


def test_production_starts_with_the_real_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROCONNECT_ISSUER", "https://auth.example/api/v2/")
    monkeypatch.setenv("PORTAL_ENV", "production")

    door = environment.openid_door("proconnect")

    assert door is not None
    assert door["settings"]["issuer"] == "https://auth.example/api/v2"
    assert environment.openid_door("franceconnect") is None


def test_the_way_out_offers_to_close_the_session_of_the_provider_too(doors: State) -> None:
    client = local_client()
    walk(client, "helene")

    assert client.post("/sortie/")["Location"] == "/entree/"

    page = client.get("/entree/").content.decode()
    assert "fermez-la aussi" in page
    assert "/proconnect/logout?id_token_hint=" in page
    assert not is_in(client)
    assert actions()[-1] == "account.signed_out"
    assert "fermez-la aussi" not in client.get("/entree/").content.decode()
