"""A parent who is protected, or afraid: everything stops for them, and the other reads the same pages to the byte."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from aripa.agreements import deciding
from aripa.agreements.inviting import code_of
from aripa.models import Agreement, Title
from portal.letters.models import LetterJob
from portal.notices.models import Notice
from tests.aripa.agreements import pairs
from tests.aripa.agreements.pairs import BASE, both_ready, enter, filed, invited, page_of, sign, the_one
from tests.aripa.own.cases import besson, client_of, live

pytestmark = pytest.mark.django_db
AT = datetime(2027, 2, 27, 6, tzinfo=ZoneInfo("Europe/Paris"))
PAGES = ("", "signer/", "reference/", "pieces/", "montants/", "enfants/", "prix/", "vous/", "arreter/")


def plain(text: str) -> str:
    return re.sub(r'(name="(key|csrfmiddlewaretoken)" value=")[^"]*|nonce="[^"]*"|E-[0-9A-F]{4}', "", text)


def read(page: str) -> str:
    """What is read of a page: its addresses and its forms hold keys at random, where any short number may stand."""
    return re.sub(r"<[^>]*>", " ", page)


def pages_of(client: Client) -> list[str]:
    return [plain(page_of(client, one)) for one in PAGES]


def afraid(client: Client) -> str:
    answer = client.post(f"{BASE}/{the_one().key}/arreter/", {"why": "fear"})
    return str(answer.content.decode())


def test_at_the_start_nothing_is_kept(amelie: Client) -> None:
    answer = pairs.begin(amelie, fear="oui")

    page = answer.content.decode()
    assert all(
        word in page
        for word in ("3919", "juge aux affaires familiales", "ordonnance de protection", "Quitter cette page")
    )
    assert not Agreement.objects.exists()


def test_at_the_door_the_inviter_sees_no_change(amelie: Client, romain: Client) -> None:
    code = invited(amelie)
    before = plain(page_of(amelie)), plain(page_of(amelie, "inviter/"))

    assert "3919" in enter(romain, code, fear="oui").content.decode()

    assert (plain(page_of(amelie)), plain(page_of(amelie, "inviter/"))) == before
    assert enter(romain, code).status_code == 302  # the code still serves who changes their mind


def test_in_the_middle_the_other_reads_the_same_bytes(amelie: Client, romain: Client) -> None:
    both_ready(amelie, romain)
    pages_of(romain)
    before = pages_of(romain)

    assert "L’autre parent n’en saura rien" in afraid(amelie)

    assert pages_of(romain) == before
    assert "3919" in page_of(amelie)
    assert "3919" in page_of(amelie, "signer/")
    assert sign(amelie).status_code == 200
    assert not the_one().signatures.exists()
    assert BASE + "/" + str(the_one().key) not in amelie.get(f"{BASE}/").content.decode()
    assert not Notice.objects.exists()


def test_twice_is_once(amelie: Client, romain: Client) -> None:
    both_ready(amelie, romain)
    afraid(amelie)

    assert "3919" in afraid(amelie)
    assert the_one().first_stopped_on == pairs.DAY


def test_who_signed_then_fears_gets_no_title_and_the_other_one_neutral_sentence(amelie: Client, romain: Client) -> None:
    both_ready(amelie, romain)
    sign(amelie)
    afraid(amelie)
    sign(romain)
    assert the_one().state == "FILED"

    deciding.end_delays(on=date(2027, 2, 27), at=AT)

    one = the_one()
    assert (one.state, one.reason) == ("REFUSED", deciding.NEUTRAL)
    assert not Title.objects.exists()
    page = page_of(romain)
    assert deciding.NEUTRAL in page
    assert "peur" not in page.partition("<main")[2]
    assert "3919" not in read(page)


def test_an_invitation_dies_with_the_fear_of_who_made_it(amelie: Client, romain: Client) -> None:
    code = invited(amelie)
    afraid(amelie)

    assert enter(romain, code).status_code == 422


def test_a_protected_parent_is_stopped_everywhere_and_the_other_parent_is_told_nothing(db: None) -> None:
    besson()
    live()
    laure = client_of("lbesson", "P-BESSON-1", given_name="Laure", family_name="BESSON", birthdate="1991-03-04")
    marc = client_of("marc", "D-BESSON-1", given_name="Marc", family_name="TISSIER", birthdate="1985-07-08")

    assert "3919" in laure.get(f"{BASE}/").content.decode()
    assert "3919" in pairs.begin(laure).content.decode()
    # Marc may write; his invitation to her finds nobody.
    pairs.begin(marc)
    pairs.fill(marc, "place", {"party": "DEBTOR"})
    pairs.fill(marc, "autre-parent", {"other_name": "Besson", "other_first": "Laure", "other_born": "1991-03-04"})
    pairs.fill(marc, "enfants", pairs.JADE)
    marc.post(f"{BASE}/{the_one().key}/inviter/", {"key": "00000000-0000-4000-8000-000000000009"})
    before = plain(page_of(marc))

    assert "3919" in enter(laure, code_of(the_one())).content.decode()

    assert plain(page_of(marc)) == before
    assert the_one().second is None
    assert "3919" not in read(before)


def test_a_flag_that_comes_before_the_answer_makes_no_title(amelie: Client, romain: Client, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    one = filed(amelie, romain)
    monkeypatch.setattr(deciding, "is_in_danger", lambda _numbers: True)

    assert "Un parent est protégé : la caisse refuse, sans dire pourquoi." in deciding.hindrances(one, pairs.DAY)
    deciding.end_delays(on=date(2027, 2, 27), at=AT)

    assert the_one().state == "REFUSED"
    assert set(LetterJob.objects.values_list("kind", flat=True)) == {"aripa.L02"}
