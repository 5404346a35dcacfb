"""The way in of a garnishee: what opens it, what does not, how often one may try, and how it is taken back."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from aripa.garnishees import links
from aripa.garnishees.links import code_of, ensure_links, find, token_of
from aripa.models import OrderLink
from aripa.operations import run_days
from portal.accounts.drawn import compact
from portal.accounts.limits import FORGOTTEN_AFTER
from portal.audit.models import JournalEntry
from portal.letters.models import Letter, LetterJob
from portal.letters.operations import write_letters
from portal.people.vault import decrypt
from tests.aripa.agents import agent, client_of, text_of
from tests.aripa.garnishees.conftest import DAY, YES, path_of
from tests.aripa.rows import event_row

pytestmark = pytest.mark.django_db


def journaled(action: str) -> list[dict[str, Any]]:
    return [one.detail for one in JournalEntry.objects.filter(action=action).order_by("pk")]


def letter_of(to: str) -> str:
    write_letters()
    found = Letter.objects.filter(kind="aripa.L11", subject=f"aripa:C1:{to}").order_by("-pk")[0]
    return decrypt(found.text).decode()


def test_the_letter_to_the_garnishee_alone_says_where_and_by_which_code(link: OrderLink, settings: Any) -> None:
    to_garnishee, to_debtor = letter_of("GARNISHEE"), letter_of("DEBTOR")

    address = f"{settings.PORTAL_ADDRESS}{path_of(link)}"
    assert address in to_garnishee
    assert code_of(link) in to_garnishee
    assert "mercredi 18 février 2026" in to_garnishee
    for secret in (token_of(link), code_of(link), "/tiers/", link.reference):
        assert secret not in to_debtor


def test_a_link_is_drawn_once_and_lies_nowhere_readable(link: OrderLink) -> None:
    token = token_of(link)

    again = ensure_links([("C1", 1, "EMP1")], at=timezone.now())[("C1", 1)]

    assert (again.pk, token_of(again)) == (link.pk, token)
    assert compact(token, links.DOOR.salt).encode() not in bytes(link.secret)
    assert len(compact(token, links.DOOR.salt)) == 20


def test_it_is_read_however_it_is_typed(link: OrderLink) -> None:
    token = token_of(link)
    for typed in (token, token.lower(), token.replace("-", ""), token.replace("0", "O").replace("1", "l")):
        assert find(typed) == link, typed


@pytest.mark.parametrize("typed", ["", "x", "A" * 20, "A" * 21, "É" * 20, "../../etc", "1" * 5000])
def test_what_nobody_drew_is_turned_away_without_asking_the_database(
    typed: str, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        assert find(typed) is None


def test_one_letter_changed_opens_nothing(link: OrderLink) -> None:
    token = compact(token_of(link), links.DOOR.salt)
    for place in range(20):
        other = "Z" if token[place] != "Z" else "Y"
        assert find(token[:place] + other + token[place + 1 :]) is None


def test_before_the_code_the_page_says_nothing_of_anybody(link: OrderLink) -> None:
    answer = Client().get(path_of(link))

    # The secret of the address stands in the page: letters at random, where any short word may stand.
    page = text_of(answer).replace(token_of(link), "")
    assert answer.status_code == 200
    for told in ("Petit", "250,00", "C1", "FR76", link.reference):
        assert told not in page
    assert (answer["X-Robots-Tag"], "no-store" in answer["Cache-Control"]) == ("noindex, nofollow, noarchive", True)
    assert '<meta name="robots" content="noindex, nofollow, noarchive">' in page


def test_an_answer_without_the_code_is_not_heard(link: OrderLink) -> None:
    assert Client().post(path_of(link), YES).status_code == 422
    assert link.answers.count() == 0


def test_the_code_opens_this_order_alone_and_its_typing_is_journaled(link: OrderLink) -> None:
    client = Client()

    assert client.post(path_of(link), {"code": f" {code_of(link)[:3]} {code_of(link)[3:]} "}).status_code == 302
    assert "Paul Petit" in text_of(client.get(path_of(link)))
    other = ensure_links([("C9", 1, "EMP9")], at=timezone.now())[("C9", 1)]
    assert "Code de la lettre" in text_of(client.get(path_of(other)))
    assert journaled("aripa.order_link.opened") == [{"by_software": False}]


@pytest.mark.parametrize("typed", ["", "000000x", "12345", "1234567", "é" * 6, "\0"])
def test_a_wrong_code_is_told_and_journaled(link: OrderLink, typed: str) -> None:
    answer = Client().post(path_of(link), {"code": typed})

    assert answer.status_code == 422
    assert "Ce code n’est pas celui de la lettre" in text_of(answer)
    assert journaled("aripa.order_link.wrong_code") == [{"tries": 1}]


def test_after_ten_tries_even_the_right_code_waits_a_day(link: OrderLink, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries are counted in rows: another browser has none more. The second and third waits are passed here."""
    now, wrong = timezone.now(), "000000" if code_of(link) != "000000" else "000001"
    monkeypatch.setattr("portal.accounts.limits.timezone.now", lambda: now)
    for number in range(10):
        Client().post(path_of(link), {"code": wrong})
        if number < 9:
            now += timedelta(minutes=16)

    shut = Client().post(path_of(link), {"code": code_of(link)})
    assert shut.status_code == 429
    assert "Trop d’essais" in text_of(shut)
    tried = journaled("aripa.order_link.wrong_code")
    assert [one.get("shut_seconds", 0) for one in tried] == [0, 0, 30, 60, *[900] * 5, 86_400]
    for _knock in range(20):
        Client().post(path_of(link), {"code": wrong})
    assert JournalEntry.objects.filter(subject=f"orderlink:{link.pk}").count() == 10, "a shut door writes nothing"
    now += FORGOTTEN_AFTER
    assert Client().post(path_of(link), {"code": code_of(link)}).status_code == 302


def test_a_link_replaced_opens_nothing_any_more_and_the_letter_is_written_again(
    link: OrderLink, employer: Client
) -> None:
    old_path, old_code, awa = path_of(link), code_of(link), client_of(agent("awa"))

    answer = awa.post("/agent/pensions/recouvrement/C1/ordre-1/lien/", follow=True)

    link.refresh_from_db()
    assert token_of(link) in text_of(answer)
    lost = employer.get(old_path)
    assert (lost.status_code, "n’ouvre aucun ordre" in text_of(lost)) == (404, True)
    assert Client().post(old_path, {"code": old_code}).status_code == 404
    assert "Code de la lettre" in text_of(employer.get(path_of(link)))
    assert journaled("aripa.order_link.renewed") == [{"order": 1, "link": link.pk}]
    assert (token_of(link) in letter_of("GARNISHEE"), LetterJob.objects.filter(key="aripa:C1:1:L11:1").count()) == (
        True,
        1,
    )


def test_the_agents_letter_is_journaled_and_of_a_protected_case_hides_the_home(link: OrderLink) -> None:
    page = text_of(client_of(agent("awa")).get("/agent/pensions/recouvrement/C1/ordre-1/lettre/"))

    assert code_of(link) in page
    assert f'href="{path_of(link)}"' in page
    assert journaled("aripa.order_letter.read") == [{"order": 1, "link": link.pk}]
    event_row("2026-02-12", "VIOLENCE", "C1")
    run_days(until=DAY + timedelta(days=2))
    assert links.find(token_of(link)) == link
