"""The second factor: shown before a session begins, set up with two methods, slowed down, never replayed."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from django.core import mail
from django.test import Client
from django.utils import timezone

from portal.accounts import factors
from portal.accounts.models import Door, Tries, User
from portal.audit.models import JournalEntry
from portal.embedded.provider import State
from tests.doors import local_client, walk

FACTOR = "/entree/second-facteur/"


@pytest.fixture(autouse=True)
def _clock_of_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The half minute does not pass while a test runs."""
    counters = list(totp.yield_hotp_counters_from_time())
    monkeypatch.setattr(totp, "yield_hotp_counters_from_time", lambda: iter(counters))


def code_of(username: str, *, shift: int = 0) -> str:
    one = Authenticator.objects.get(user__username=username, type=Authenticator.Type.TOTP)
    counters = list(totp.yield_hotp_counters_from_time())
    return totp.format_hotp_value(totp.hotp_value(decrypt(one.data["secret"]), counters[len(counters) // 2] + shift))


def wrong_code(username: str) -> str:
    """A code that is none of those near now."""
    return code_of(username, shift=500)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def at_the_factor(username: str = "awa") -> Client:
    client = local_client()
    assert walk(client, username)["Location"] == FACTOR
    return client


def text(answer: Any) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def test_nobody_is_in_between_the_two_factors(doors: State) -> None:
    client = at_the_factor()

    assert not is_in(client)
    for address in ("/agent/", "/agent/pensions/", "/compte/", "/famille/", "/agent/habilitations/"):
        assert client.get(address)["Location"].startswith("/entree/"), address


def test_the_code_of_the_application_lets_in_and_is_journaled(doors: State) -> None:
    client = at_the_factor()

    answer = client.post(FACTOR, {"code": code_of("awa")})

    assert answer["Location"] == "/"
    assert client.get("/")["Location"] == "/agent/pensions/"
    assert JournalEntry.objects.get(action="account.signed_in").detail["how"] == "proconnect+totp"


def test_a_wrong_code_says_so_and_lets_nobody_in(doors: State) -> None:
    client = at_the_factor()

    answer = client.post(FACTOR, {"code": wrong_code("awa")})

    assert answer.status_code == 422
    assert "Ce n’est pas le bon code" in text(answer)
    assert not is_in(client)
    assert JournalEntry.objects.filter(action="account.sign_in_failed", actor="awa").count() == 1


def test_a_code_serves_once(doors: State) -> None:
    code = code_of("awa")
    assert at_the_factor().post(FACTOR, {"code": code}).status_code == 302

    second = at_the_factor()
    assert second.post(FACTOR, {"code": code}).status_code == 422
    assert not is_in(second)


def test_neither_the_code_before_the_last_one_accepted(doors: State) -> None:
    before = code_of("awa", shift=-1)
    assert at_the_factor().post(FACTOR, {"code": code_of("awa")}).status_code == 302

    assert at_the_factor().post(FACTOR, {"code": before}).status_code == 422


def test_a_telephone_half_a_minute_late_still_serves(doors: State) -> None:
    assert at_the_factor().post(FACTOR, {"code": code_of("awa", shift=-1)}).status_code == 302
    assert at_the_factor().post(FACTOR, {"code": code_of("awa", shift=-2)}).status_code == 422


def test_a_recovery_code_serves_once(doors: State) -> None:
    code = factors.new_recovery_codes(User.objects.get(username="awa"))[3]
    assert at_the_factor().post(FACTOR, {"code": code}).status_code == 302
    assert at_the_factor().post(FACTOR, {"code": code}).status_code == 422
    assert factors.methods_of(User.objects.get(username="awa")).codes_left == 9


def test_the_code_of_somebody_else_is_a_wrong_code(doors: State) -> None:
    factors.new_recovery_codes(User.objects.get(username="helene"))
    for code in (factors.new_recovery_codes(User.objects.get(username="monique"))[0], code_of("monique")):
        assert at_the_factor().post(FACTOR, {"code": code}).status_code == 422


def test_after_three_wrong_codes_the_door_is_shut_also_to_the_right_one_and_from_another_browser(doors: State) -> None:
    for _try in range(3):
        assert at_the_factor().post(FACTOR, {"code": wrong_code("awa")}).status_code == 422

    other = at_the_factor()
    answer = other.post(FACTOR, {"code": code_of("awa")})

    assert answer.status_code == 429
    assert "Trop d’essais" in text(answer)
    assert "dans 1 minute" in text(answer)
    assert "09 00 00 00 00" in text(answer)
    assert not is_in(other)
    assert JournalEntry.objects.filter(action="account.locked", actor="awa").exists()


def test_the_door_opens_again_after_its_time(doors: State) -> None:
    for _try in range(3):
        at_the_factor().post(FACTOR, {"code": wrong_code("awa")})
    Tries.objects.update(locked_until=timezone.now() - timedelta(seconds=1))

    assert at_the_factor().post(FACTOR, {"code": code_of("awa")}).status_code == 302
    assert not Tries.objects.exists()


def test_secrets_are_encrypted_at_rest(people: None) -> None:
    one = Authenticator.objects.get(user__username="awa", type=Authenticator.Type.TOTP)

    assert re.fullmatch(r"[A-Z2-7]{32}", decrypt(one.data["secret"]))
    assert decrypt(one.data["secret"]) not in str(one.data)


@pytest.fixture
def newcomer(doors: State) -> Client:
    """Philippe, whose provider does not vouch for a second factor, and who has none here yet."""
    next(one for one in doors.people if one["username"] == "philippe")["amr"] = ["pwd"]
    return at_the_factor("philippe")


def mailed_code() -> str:
    found = re.search(r"\b\d{6}\b", mail.outbox[-1].body)
    assert found
    return found[0]


def test_the_first_time_two_methods_and_recovery_codes_are_set_up_before_coming_in(newcomer: Client) -> None:
    assert newcomer.get(FACTOR)["Location"] == FACTOR + "courriel/"
    newcomer.post(FACTOR + "courriel/", {"action": "send"})
    assert mail.outbox[-1].to == ["philippe@demo.example"]
    assert newcomer.post(FACTOR + "courriel/", {"code": mailed_code()})["Location"] == FACTOR + "application/"
    page = text(newcomer.get(FACTOR + "application/"))
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert secret
    counters = list(totp.yield_hotp_counters_from_time())
    code = totp.format_hotp_value(totp.hotp_value(secret[1].replace(" ", ""), counters[1]))
    assert newcomer.post(FACTOR + "application/", {"code": code})["Location"] == FACTOR + "codes/"
    assert not is_in(newcomer)

    shown = re.findall(r"<li><code>(\d{8})</code></li>", text(newcomer.post(FACTOR + "codes/")))
    answer = newcomer.post(FACTOR + "codes/", {"action": "done"})

    assert len(shown) == len(set(shown)) == 10
    assert answer.status_code == 302
    assert is_in(newcomer)
    methods = factors.methods_of(User.objects.get(username="philippe"))
    assert (methods.app, methods.mail, methods.count, methods.codes_left) == (True, True, 2, 10)
    assert shown[0] not in text(newcomer.get(FACTOR + "codes/"))


def test_no_step_of_the_first_time_can_be_skipped(newcomer: Client) -> None:
    for step in ("application/", "cle/", "codes/"):
        assert newcomer.get(FACTOR + step)["Location"].startswith(FACTOR + "?"), step
        assert newcomer.post(FACTOR + step, {"code": "1", "action": "done"})["Location"].startswith(FACTOR + "?"), step
    newcomer.post(FACTOR + "courriel/", {"action": "send"})
    newcomer.post(FACTOR + "courriel/", {"code": mailed_code()})
    assert newcomer.post(FACTOR + "codes/", {"action": "done"})["Location"] == FACTOR + "application/"
    assert not is_in(newcomer)


def test_somebody_who_has_a_factor_does_not_set_another_one_up_instead_of_showing_it(doors: State) -> None:
    client = at_the_factor()

    for step in ("application/", "cle/", "codes/", "courriel/"):
        assert client.get(FACTOR + step)["Location"].startswith(FACTOR), step
    assert client.post(FACTOR + "courriel/", {"action": "send"}).status_code == 302
    assert not mail.outbox


def test_the_wrong_mailed_code_and_an_old_one_do_not_serve(newcomer: Client) -> None:
    newcomer.post(FACTOR + "courriel/", {"action": "send"})
    right = mailed_code()
    assert newcomer.post(FACTOR + "courriel/", {"code": f"{(int(right) + 1) % 1_000_000:06d}"}).status_code == 422
    session = newcomer.session
    session["email_code"] = session["email_code"] | {"at": session["email_code"]["at"] - 601}
    session.save()
    assert newcomer.post(FACTOR + "courriel/", {"code": right}).status_code == 422


def test_a_professional_comes_in_by_mail_then_by_their_own_factor(people: None) -> None:
    client = local_client()
    client.post("/entree/courriel/", {"address": "Monique@demo.example"})
    assert client.post("/entree/courriel/code/", {"code": mailed_code()})["Location"] == FACTOR
    assert not is_in(client)

    client.post(FACTOR, {"code": code_of("monique")})

    assert client.get("/")["Location"] == "/pro/"
    assert client.get("/pro/").status_code == 200


@pytest.mark.parametrize("address", ["inconnue@demo.example", "helene@demo.example"])
def test_an_unknown_address_and_that_of_an_agent_are_answered_alike_and_nothing_leaves(
    people: None, address: str
) -> None:
    known, unknown = local_client(), local_client()
    known.post("/entree/courriel/", {"address": "monique@demo.example"})
    answer = unknown.post("/entree/courriel/", {"address": address})

    assert answer["Location"] == "/entree/courriel/code/"
    pages = [text(one.get("/entree/courriel/code/")) for one in (known, unknown)]
    alike = [re.sub(r'monique@demo.example|value="[^"]*"', "", page.replace(address, "")) for page in pages]
    assert alike[0] == alike[1]
    assert [one.to for one in mail.outbox] == [["monique@demo.example"]]
    for code in ("000000", mailed_code(), ""):
        assert unknown.post("/entree/courriel/code/", {"code": code}).status_code in (422, 429)


def test_codes_by_mail_are_not_asked_for_without_end(people: None) -> None:
    statuses = [
        local_client().post("/entree/courriel/", {"address": "monique@demo.example"}).status_code for _ in range(5)
    ]

    assert statuses == [302, 302, 302, 429, 429]
    assert len(mail.outbox) == 3


def test_a_fresh_factor_is_asked_again_before_a_method_is_added(doors: State) -> None:
    client = at_the_factor()
    client.post(FACTOR, {"code": code_of("awa")})
    assert client.get(FACTOR + "application/").status_code == 200
    session = client.session
    session["factor_at"] -= 601
    session.save()

    assert client.get(FACTOR + "application/")["Location"].startswith(FACTOR + "?next=")
    code = factors.new_recovery_codes(User.objects.get(username="awa"))[0]
    answer = client.post(FACTOR, {"code": code, "next": FACTOR + "application/"})
    assert answer["Location"] == FACTOR + "application/"
    assert client.get(FACTOR + "application/").status_code == 200


def test_mail_does_not_become_a_method_with_an_old_factor(doors: State) -> None:
    client = local_client()
    walk(client, "helene")
    session = client.session
    session["factor_at"] -= 601
    session.save()

    client.post(FACTOR + "courriel/", {"action": "send"})

    assert not mail.outbox
    assert not factors.methods_of(User.objects.get(username="helene")).mail


def test_proving_it_again_at_the_provider_asks_for_two_factors_and_makes_it_fresh(doors: State) -> None:
    client = local_client()
    walk(client, "helene")
    session = client.session
    session["factor_at"] -= 601
    session.save()

    left = client.post("/entree/porte/proconnect/", {"again": "1"})["Location"]
    assert "prompt=login" in left
    assert "max_age=0" in left
    assert "consistency-checked-2fa" in left
    walk(client, "helene", again=True)

    assert client.session["factor_at"] > session["factor_at"] + 590


def test_passwords_are_no_door_unless_switched_on(people: None, settings: Any) -> None:
    user = User.objects.create_user("secours", password="une phrase assez longue", email="secours@demo.example")
    given = {"username": "secours", "password": "une phrase assez longue"}
    assert local_client().post("/entree/", given).status_code == 404

    settings.PORTAL_PASSWORDS = True
    client = local_client()
    assert client.post("/entree/", given)["Location"] == FACTOR
    assert not is_in(client)
    assert local_client().post("/entree/", given | {"password": "autre"}).status_code == 422
    assert user.door == Door.AGENT


def test_a_password_is_not_tried_without_end(people: None, settings: Any) -> None:
    settings.PORTAL_PASSWORDS = True
    statuses = [local_client().post("/entree/", {"username": "x", "password": str(n)}).status_code for n in range(4)]

    assert statuses == [422, 422, 422, 429]
