"""What a garnishee reads and answers: the order to the cent, once, as an event of the case; what is over says so."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from aripa.flows.own import Numbers
from aripa.garnishees.answering import contact_of
from aripa.garnishees.links import code_of, token_of
from aripa.models import Event, GarnisheeAnswer, Order, OrderLink, Parent, Title
from aripa.operations import run_days
from portal.audit.models import JournalEntry
from portal.exchange.models import FileChunk, FileOrigin, ReceivedFile
from tests.aripa.agents import agent, client_of, text_of
from tests.aripa.garnishees.conftest import DAY, ENDED, NO, PARTLY, YES, path_of
from tests.aripa.rows import event_row, forced_case

pytestmark = pytest.mark.django_db


def form(said: dict[str, str], **more: str) -> dict[str, str]:
    return said | {"key": str(uuid4())} | more


def live(days: int = 1) -> None:
    run_days(until=DAY + timedelta(days=days))


def state() -> str:
    return Order.objects.get(case_id="C1").state


# ---- read ------------------------------------------------------------------------------------------------------------


def test_the_order_to_the_cent(link: OrderLink, employer: Client) -> None:
    """One month of 250.00 unpaid, January; the term of 10 February falls due on the day of the decision."""
    order = Order.objects.get(case_id="C1")
    page = text_of(employer.get(path_of(link)))

    assert (order.current_cents, order.arrears_cents, order.months) == (25000, 25000, 1)
    for told in (
        "Paul Petit", "500,00 €", "Pension du mois : 250,00 €", "Mois passés : 250,00 € pendant 1 mois",
        "Chaque mois, le 10", "mercredi 18 février 2026", "1 500,00 € au plus", "article R. 213-5", "FR7630006000011234567890189",
        "<code>C1</code>", link.reference,
    ):  # fmt: skip
        assert told in page.replace("\u202f", " "), told


def test_nothing_of_the_parent_who_receives_nor_of_their_child_nor_court(link: OrderLink, employer: Client) -> None:
    Parent.objects.filter(parent_no="P-C1").update(address="3 rue des Forges", city="Thiers", usual_name="Lefèvre")
    Title.objects.filter(case_no="C1").update(issuer="TJ Thiers", child_first_name="Léa")

    page = text_of(employer.get(path_of(link))).replace(token_of(link), "")
    for told in ("Martin", "Lefèvre", "Forges", "Thiers", "Léa", "CAF63", "P-C1"):
        assert told not in page, told


def test_of_two_worlds_one_protected_the_garnishee_reads_the_same(link: OrderLink, employer: Client) -> None:
    before = text_of(employer.get(path_of(link)))
    event_row("2026-02-12", "VIOLENCE", "C1")
    Parent.objects.filter(parent_no="P-C1").update(fund="CAF974", city="Saint-Denis", usual_name="Autre")
    Title.objects.filter(case_no="C1").update(issuer="TJ Saint-Denis")
    live()

    after = text_of(employer.get(path_of(link)))
    assert _bare(after) == _bare(before)


def _bare(page: str) -> str:
    """A page without what changes at each opening."""
    lines = page.split("\n")
    return "\n".join(one for one in lines if "csrfmiddlewaretoken" not in one)


# ---- answered --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "reason", "after"),
    [
        (YES, "ACCEPTED", "ACCEPTED"),
        (PARTLY, "ACCEPTED", "ACCEPTED"),
        (NO, "NOT_HELD", "REFUSED"),
        (ENDED, "ENDED", "CLOSED"),
    ],
)
def test_an_answer_is_an_event_kept_whole_that_the_next_day_hears(
    link: OrderLink, employer: Client, said: dict[str, str], reason: str, after: str
) -> None:
    answer = employer.post(path_of(link), form(said), follow=True)

    made = GarnisheeAnswer.objects.get()
    assert f"Reçu {made.number}" in text_of(answer)
    event = Event.objects.get(kind="GARNISHEE_ANSWER")
    assert (event.event_no, event.ref, event.reason) == (Numbers.THIRD.of(made.pk), "EMP1", reason)
    file = ReceivedFile.objects.get(pk=event.file_id)
    assert (file.origin, file.sender, FileChunk.objects.filter(file=file).count()) == (
        FileOrigin.THIRD,
        f"tiers:{link.reference}",
        1,
    )
    assert JournalEntry.objects.get(action="aripa.garnishee_answer").detail["kind"] == said["answer"]
    assert state() == "SENT"
    live()
    assert state() == after


def test_a_part_has_its_amount_and_reason_and_who_to_call_is_sealed(link: OrderLink, employer: Client) -> None:
    employer.post(path_of(link), form(PARTLY, words="mi-temps"))

    made = GarnisheeAnswer.objects.get()
    assert (made.amount_cents, made.reason, contact_of(made)["words"]) == (12050, "FLOOR", "mi-temps")
    assert b"mi-temps" not in bytes(made.said)
    assert "Payez 120,50 € chaque mois" in text_of(employer.get(path_of(link)))


def test_the_same_form_and_the_same_words_show_the_first_receipt(link: OrderLink, employer: Client) -> None:
    first = form(YES)
    employer.post(path_of(link), first)

    for again in (first, form(YES), first | {"answer": "NO", "reason": "NEVER"}):
        page = text_of(employer.post(path_of(link), again, follow=True))
        assert "Rien n’a été fait deux fois" in page
    assert (GarnisheeAnswer.objects.count(), Event.objects.filter(kind="GARNISHEE_ANSWER").count()) == (1, 1)


def test_yes_then_later_the_contract_is_over(link: OrderLink, employer: Client, settings: Any) -> None:
    employer.post(path_of(link), form(YES))
    live(20)
    settings.PORTAL_DAY = DAY + timedelta(days=20)

    employer.post(path_of(link), form(ENDED, ended_on="28/02/2026"))

    assert [one.kind for one in GarnisheeAnswer.objects.order_by("pk")] == ["YES", "ENDED"]
    live(21)
    assert state() == "CLOSED"
    assert "Vous n’avez rien à payer maintenant" in text_of(employer.get(path_of(link)))


def test_a_no_is_not_followed_by_a_yes_that_nobody_would_hear(link: OrderLink, employer: Client) -> None:
    employer.post(path_of(link), form(NO))

    answer = employer.post(path_of(link), form(YES))

    assert answer.status_code == 409
    assert GarnisheeAnswer.objects.count() == 1
    assert "Envoyer la réponse" not in text_of(answer)


@pytest.mark.parametrize(
    ("said", "typed", "wrong"),
    [
        ("nothing", {}, {"answer", "name", "phone"}),
        ("no reason", NO | {"reason": ""}, {"reason"}),
        ("the reason of another answer", NO | {"reason": "CONTRACT_ENDED"}, {"reason"}),
        ("another reason, not told", NO | {"reason": "OTHER_NO"}, {"words"}),
        ("a part of nothing", PARTLY | {"amount": "0"}, {"amount"}),
        ("a part that is all of it", PARTLY | {"amount": "500,00"}, {"amount"}),
        ("a part that is no amount", PARTLY | {"amount": "la moitié"}, {"amount"}),
        ("a part without an amount", PARTLY | {"amount": ""}, {"amount"}),
        ("an end that is no day", ENDED | {"ended_on": "31/02/2026"}, {"ended_on"}),
        ("an end tomorrow", ENDED | {"ended_on": "13/02/2026"}, {"ended_on"}),
        ("nobody to call", YES | {"phone": ""}, {"phone"}),
        ("an address that is none", YES | {"email": "paie"}, {"email"}),
        ("a name too long", YES | {"name": "x" * 101}, {"name"}),
    ],
)  # fmt: skip
def test_what_is_missing_is_told_and_nothing_is_kept(
    link: OrderLink, employer: Client, said: str, typed: dict[str, str], wrong: set[str]
) -> None:
    answer = employer.post(path_of(link), form(typed))

    assert (answer.status_code, set(answer.context["errors"])) == (422, wrong), said
    assert (GarnisheeAnswer.objects.count(), Event.objects.filter(kind="GARNISHEE_ANSWER").count()) == (0, 0)


@pytest.mark.parametrize("typed", [PARTLY | {"amount": "499,99"}, PARTLY | {"amount": "0,01"}, ENDED | {"ended_on": "12/02/2026"},
                                   NO | {"reason": "OTHER_NO", "words": "homonyme"}, YES | {"phone": "", "email": "a@b.fr"}])  # fmt: skip
def test_their_look_alikes_are_kept(link: OrderLink, employer: Client, typed: dict[str, str]) -> None:
    assert employer.post(path_of(link), form(typed)).status_code == 302


def test_a_form_without_its_key_is_not_ours(link: OrderLink, employer: Client) -> None:
    assert employer.post(path_of(link), YES).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_are_two_one_after_the_other_and_one_form_is_one(link: OrderLink, employer: Client) -> None:
    sent, cookie = form(YES), employer.cookies

    def send(_number: int) -> int:
        client = Client()
        client.cookies = cookie
        try:
            return client.post(path_of(link), sent).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as three:
        assert list(three.map(send, range(3))) == [302, 302, 302]
    assert (GarnisheeAnswer.objects.count(), Event.objects.filter(kind="GARNISHEE_ANSWER").count()) == (1, 1)


# ---- over ------------------------------------------------------------------------------------------------------------


def closed_by_release(link: OrderLink) -> None:
    """The order as a release of 12 February leaves it, with its letter."""
    from aripa.models import Notice

    Order.objects.filter(case_id="C1").update(state="CLOSED", closed_on=DAY)
    Notice.objects.create(case_id="C1", number=900, code="L12", to="GARNISHEE", day=DAY)


def test_after_the_release_the_page_says_so_and_what_to_do(link: OrderLink, employer: Client) -> None:
    closed_by_release(link)

    page = text_of(employer.get(path_of(link)))
    assert "Cet ordre a pris fin le jeudi 12 février 2026 (mainlevée)" in page
    assert "Le dernier paiement attendu est celui de février 2026" in page
    assert "Où payer" in page
    assert "Ce qu’il faut payer" not in page
    assert employer.post(path_of(link), form(YES)).status_code == 409


def test_the_page_closes_ninety_days_after_the_end(link: OrderLink, employer: Client, settings: Any) -> None:
    closed_by_release(link)
    settings.PORTAL_DAY = DAY + timedelta(days=90)
    assert employer.get(path_of(link)).status_code == 200
    settings.PORTAL_DAY = DAY + timedelta(days=91)

    answer = employer.get(path_of(link))
    assert (answer.status_code, "sa page est fermée" in text_of(answer)) == (410, True)
    assert employer.post(path_of(link), form(YES)).status_code == 410


def test_of_two_orders_to_one_employer_the_last_is_answered(link: OrderLink, employer: Client) -> None:
    """An answer names the garnishee, not the order: on the older page it would be given to the newer order."""
    event_row("2026-02-12", "RECOVERY_DECISION", "C1", reason="DIRECT_PAYMENT", ref="EMP1")
    live()

    page = text_of(employer.get(path_of(link)))
    assert "Cet ordre est remplacé" in page
    assert employer.post(path_of(link), form(YES)).status_code == 409


def test_late_is_the_day_after_the_eighth(link: OrderLink, employer: Client, settings: Any) -> None:
    """10 February and eight days: Wednesday the 18th is in time, Thursday is not."""
    settings.PORTAL_DAY = date(2026, 2, 18)
    assert "Répondez au plus tard le mercredi 18 février 2026" in text_of(employer.get(path_of(link)))
    settings.PORTAL_DAY = date(2026, 2, 19)
    page = text_of(employer.get(path_of(link)))
    assert "Votre réponse était attendue le mercredi 18 février 2026" in page
    assert "Envoyer la réponse" in page


# ---- what agents see -------------------------------------------------------------------------------------------------


def test_agents_read_the_answer_on_the_order_the_recovery_and_the_history(link: OrderLink, employer: Client) -> None:
    employer.post(path_of(link), form(PARTLY, words="mi-temps"))
    awa = client_of(agent("awa"))

    order = text_of(awa.get("/agent/pensions/recouvrement/C1/ordre-1/"))
    for told in ("120,50 € par mois", "Le minimum à laisser", "« mi-temps »", "Paie 04 73 00 00 00"):
        assert told in order, told
    assert "répondu, vécu le jour suivant" in order
    recovery = text_of(awa.get("/agent/pensions/recouvrement/C1/"))
    assert "Le tiers : je paie, mais pas tout" in recovery
    number = GarnisheeAnswer.objects.get().number
    assert f"répondu par le tiers, reçu {number}" in text_of(awa.get("/agent/pensions/C1/"))


def test_of_a_protected_case_who_answered_is_in_no_page(link: OrderLink, employer: Client) -> None:
    event_row("2026-02-12", "VIOLENCE", "C1")
    employer.post(path_of(link), form(PARTLY, name="Garage Dupuis"))
    live()
    awa = client_of(agent("awa"))

    for path in ("recouvrement/C1/ordre-1/", "recouvrement/C1/ordre-1/lettre/", "recouvrement/C1/", "C1/"):
        page = text_of(awa.get(f"/agent/pensions/{path}"))
        assert "Dupuis" not in page, path
        assert "04 73" not in page, path


def test_the_day_after_the_delay_the_portal_proposes_and_a_person_decides(link: OrderLink, settings: Any) -> None:
    awa = client_of(agent("awa"))
    live(6)
    settings.PORTAL_DAY = DAY + timedelta(days=6)
    assert "Attendre la réponse du tiers" in text_of(awa.get("/agent/pensions/C1/"))

    live(7)
    settings.PORTAL_DAY = DAY + timedelta(days=7)

    page = text_of(awa.get("/agent/pensions/C1/"))
    assert (
        "Le tiers n’a pas répondu à temps : le relancer, ou décider d’un autre moyen : retenue sur prestations (proposé)"
        in page
    )
    assert "Décider d’un moyen de recouvrement" in page
    recovery = text_of(awa.get("/agent/pensions/recouvrement/C1/"))
    assert "sans réponse, délai passé" in recovery
    assert "Le portail propose : retenue sur prestations. Une personne décide." in recovery
    assert Order.objects.count() == 1


def test_every_link_of_a_day_is_made_in_one_go(db: None, settings: Any) -> None:
    for number in range(3):
        forced_case(f"C{number}")
    run_days(until=DAY)
    assert {token_of(one) for one in OrderLink.objects.all()}.__len__() == 3
    assert {code_of(one).__len__() for one in OrderLink.objects.all()} == {6}
