"""The supervised reset: asked by one, decided by another; then nothing of the old factor serves."""

from datetime import date

import pytest
from django.test import Client

from portal.accounts import factors, resets
from portal.accounts.models import FactorReset, Posting, ResetState, User
from portal.audit.models import JournalEntry
from portal.embedded.provider import State
from tests.doors import local_client, walk
from tests.portal.accounts.test_factors import FACTOR, at_the_factor, code_of

REASON = "téléphone perdu, identité vérifiée en personne"
PAGE = "/agent/habilitations/reprises/"


def entered(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


def awa() -> User:
    return User.objects.get(username="awa")


def asked() -> FactorReset:
    return resets.ask(user_pk=awa().pk, reason=REASON, asked_by="helene")


def test_two_people_reset_a_factor_and_the_open_sessions_end(doors: State) -> None:
    inside = at_the_factor()
    inside.post(FACTOR, {"code": code_of("awa")})
    assert inside.get("/agent/pensions/").status_code == 200
    entered("helene").post(PAGE, {"person": "awa", "reason": REASON})
    reset = FactorReset.objects.get()
    assert inside.get("/agent/pensions/").status_code == 200

    answer = entered("bruno").post(f"{PAGE}{reset.pk}/", {"decision": "approve"})

    assert answer["Location"] == PAGE
    assert inside.get("/agent/pensions/")["Location"].startswith("/entree/")
    assert factors.methods_of(awa()).count == 0
    again = local_client()
    walk(again, "awa")
    assert again.get(FACTOR)["Location"] == FACTOR + "courriel/"
    assert list(JournalEntry.objects.filter(subject=f"user:{awa().pk}", action__contains="reset").values_list(
        "actor", "action")) == [("helene", "account.reset_asked"), ("bruno", "account.reset_approved")]  # fmt: skip


def test_a_refused_reset_takes_nothing_away(people: None) -> None:
    reset = asked()

    resets.decide(reset_pk=reset.pk, to=ResetState.REFUSED, decided_by="bruno")

    assert factors.methods_of(awa()).app
    assert awa().sessions_since is None


@pytest.mark.parametrize(("who", "sentence"), [
    ("helene", "une autre personne décide"), ("awa", "votre propre second facteur"), ("nathalie", "ne décide pas"),
    ("thomas", "ne décide pas"),
])  # fmt: skip
def test_who_may_not_decide(people: None, who: str, sentence: str) -> None:
    reset = asked()

    with pytest.raises(resets.ResetRefused, match=sentence):
        resets.decide(reset_pk=reset.pk, to=ResetState.APPROVED, decided_by=who)
    assert factors.methods_of(awa()).app
    assert FactorReset.objects.get().state == ResetState.ASKED


@pytest.mark.parametrize(("who", "reason", "sentence"), [
    ("awa", REASON, "Une autre personne"), ("nathalie", REASON, "ne demande pas"), ("bruno", REASON, "ne demande pas"),
    ("helene", "perdu", "Dites ce qui"), ("helene", "   perdu       ", "Dites ce qui"),
])  # fmt: skip
def test_who_may_not_ask_and_why_a_reason_is_needed(people: None, who: str, reason: str, sentence: str) -> None:
    with pytest.raises(resets.ResetRefused, match=sentence):
        resets.ask(user_pk=awa().pk, reason=reason, asked_by=who)
    assert not FactorReset.objects.exists()


def test_it_is_asked_once_and_decided_once(people: None) -> None:
    reset = asked()
    with pytest.raises(resets.ResetRefused, match="déjà demandée"):
        asked()
    resets.decide(reset_pk=reset.pk, to=ResetState.APPROVED, decided_by="bruno")
    with pytest.raises(resets.ResetRefused, match="déjà « approuvée »"):
        resets.decide(reset_pk=reset.pk, to=ResetState.REFUSED, decided_by="bruno")


def test_the_one_who_asked_sees_no_button_but_why(people: None) -> None:
    reset = asked()

    page = entered("helene").get(f"{PAGE}{reset.pk}/").content.decode()
    assert "Approuver" not in page
    assert "une autre personne décide" in page
    assert "Approuver" in entered("bruno").get(f"{PAGE}{reset.pk}/").content.decode()


def ended() -> None:
    """Denis Prat’s posting ended yesterday, as Clémence Ortega’s will on Sunday."""
    Posting.objects.filter(user__username="denis").update(ends_on=date(2026, 10, 26))


def test_the_page_of_rights_shows_who_expired_and_the_table(people: None) -> None:
    ended()
    page = entered("helene").get("/agent/habilitations/?q=prat").content.decode()

    assert "Denis Prat" in page
    assert "expirée" in page
    assert "Clémence" not in page
    assert "signer en second" in page
    over = entered("helene").get("/agent/habilitations/?state=over").content.decode()
    assert "Denis Prat" in over
    assert "Clémence Ortega" not in over


def test_somebody_whose_posting_has_expired_comes_in_and_sees_that_only(doors: State) -> None:
    ended()
    client = local_client()
    walk(client, "denis")

    assert client.get("/")["Location"] == "/compte/"
    assert client.get("/partenaire/").status_code == 404
    page = client.get("/compte/").content.decode()
    assert "expirée" in page
    assert "Aucune habilitation n’est en vigueur" in page
