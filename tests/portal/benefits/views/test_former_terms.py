"""A former start of term stays open to the family's answer for two years, and the next run of that term pays it."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts.models import User
from portal.batches.models import Run
from portal.benefits.models import Schooling
from portal.benefits.running.closing import close_ars
from portal.benefits.views.runs import periods
from tests.aripa.agents import client_of, on_day, text_of
from tests.portal.benefits.running.world import (
    EIGHT,
    HIGH_NET,
    OCTOBER,
    PRIMARY_NET,
    SEVENTEEN,
    World,
    award,
    said,
)
from tests.portal.benefits.views.test_own import HOME, PAGE, parent

pytestmark = pytest.mark.django_db
JANUARY, NEXT_DAY, RUNS = date(2027, 1, 15), date(2027, 1, 18), "/agent/prestations/"
OF_2026 = {"rentree": "2026"}


@pytest.fixture
def world(tmp_path: Path, settings: Any) -> World:
    on_day(settings, OCTOBER)
    world = World(tmp_path)
    world.family("101", [EIGHT, SEVENTEEN], first_names="Maud", last_name="Lefèvre")
    return world


def mother(number: str = "101") -> Client:
    return parent(f"parent-{number}", f"family:CAF63/{number}")


def answered(client: Client, **told: str) -> Any:
    child = client.get(PAGE, OF_2026).context["children"][0]
    sent = {"key": str(uuid4()), f"read-{child['pk']}": child["read"]}
    return client.post(
        f"{PAGE}?rentree=2026", sent | {f"{name}-{child['pk']}": value for name, value in told.items()}, follow=True
    )


def runs_page() -> str:
    return text_of(client_of(User.objects.get(username="helene")).get(RUNS))


@pytest.mark.parametrize("day", [date(2027, 1, 1), JANUARY, date(2027, 4, 15), date(2028, 8, 15)])
def test_after_the_new_year_the_question_stays_with_what_it_brings_and_for_which_year(
    world: World, settings: Any, day: date
) -> None:
    """In April 2027 no BMAF is written: the amounts are those of the first run of the term, as its next run reads them."""
    world.issue(world.ars(on=OCTOBER))
    on_day(settings, day)

    home, page = text_of(mother().get(HOME)), text_of(mother_again().get(PAGE, OF_2026))

    assert "Une réponse est attendue de vous : rentrée 2026-2027" in home
    assert "Rien n’est attendu de vous" not in home
    for told in (home, page):
        assert "Un oui ajoute" in told
        assert "466,02 €" in told
        assert "mardi 15 août 2028" in told
        assert "L. 553-1" in told


def mother_again() -> Client:
    return client_of(User.objects.get(username="parent-101"))


def test_when_the_two_years_are_over_nothing_is_asked_nor_taken(world: World, settings: Any) -> None:
    world.issue(world.ars(on=OCTOBER))
    on_day(settings, date(2028, 8, 16))
    client = mother()

    assert "Rien n’est attendu de vous" in text_of(client.get(HOME))
    assert client.get(PAGE, OF_2026).status_code == 404
    assert client.post(f"{PAGE}?rentree=2026", {"key": str(uuid4())}).status_code == 404


def test_a_term_that_the_portal_never_paid_is_not_asked_about(world: World, settings: Any) -> None:
    on_day(settings, JANUARY)
    client = mother()

    assert "Rien n’est attendu de vous" in text_of(client.get(HOME))
    assert client.get(PAGE, OF_2026).status_code == 404
    assert "ars-year:2026-08" not in dict(periods(date(2028, 8, 16)))


@pytest.mark.parametrize(("day", "next_day"), [(JANUARY, NEXT_DAY), (date(2028, 8, 15), date(2028, 8, 16))])
def test_the_answer_waits_for_a_run_which_pays_it_to_the_cent(
    world: World, settings: Any, day: date, next_day: date
) -> None:
    """On the last day too: the claim was made in time, and that term is still among those that may be calculated."""
    first = world.issue(world.ars(on=OCTOBER))
    assert said(first)["101"] == ("PAID", "schooling_not_declared", PRIMARY_NET)
    assert "attend un arrêté" not in runs_page()
    on_day(settings, day)

    page = text_of(answered(mother(), answer="SCHOOL"))

    assert (Schooling.objects.get().school_year, Schooling.objects.get().declared_on) == (2026, day)
    assert "Le prochain paiement de l’ARS de la rentrée 2026 en tient compte" in page
    home = text_of(mother_again().get(HOME))
    assert "le prochain paiement de cette rentrée en tient compte" in home
    assert "Rien n’est attendu de vous" in home
    assert "Rentrée 2026 : 1 réponse attend un arrêté." in runs_page()

    on_day(settings, next_day)
    assert ("ars-year:2026-08", "ARS, rentrée 2026") in periods(next_day)
    second = world.issue(close_ars(school_year=2026, on=next_day), next_day)
    assert said(second) == {"101": ("PAID", "", HIGH_NET)}
    assert award("101", second).already_cents == PRIMARY_NET
    assert "attend un arrêté" not in runs_page()
    assert "Vos réponses pour la rentrée 2026" not in text_of(mother_again().get(HOME))


def test_the_run_s_own_page_says_that_answers_wait_in_the_user_s_funds(world: World, settings: Any) -> None:
    run = world.issue(world.ars(on=OCTOBER))
    on_day(settings, JANUARY)
    answered(mother(), answer="SCHOOL")

    page = text_of(client_of(User.objects.get(username="helene")).get(reverse("benefits:run", args=[run.pk])))

    assert "1 réponse sur la scolarité est arrivée depuis ce calcul" in page


def test_a_refusal_and_a_hold_say_who_answers_and_how_to_contest(world: World, settings: Any) -> None:
    world.family("102", income="90000.00")
    world.family("103", [SEVENTEEN])
    run = world.issue(world.ars(on=OCTOBER))

    for number in ("102", "103"):
        page = text_of(mother(number).get(f"{HOME}montant/{award(number, run).pk}/"))
        for told in ("commission de recours amiable", "R. 142-1", "tribunal judiciaire", "Puy-de-Dôme", "deux mois"):
            assert told in page, told
        assert 'href="tel:' in mother_page(number, run)
        assert ("Rien n’est refusé" in page) is (number == "103")
    assert f'href="{PAGE}?rentree=2026"' in mother_page("103", run)
    assert "Pourquoi, et comment contester" in text_of(client_of(User.objects.get(username="parent-102")).get(HOME))


def mother_page(number: str, run: Run) -> str:
    client = client_of(User.objects.get(username=f"parent-{number}"))
    return client.get(f"{HOME}montant/{award(number, run).pk}/").content.decode()


def test_a_child_too_young_reads_the_year_of_the_right(world: World, settings: Any) -> None:
    world.family("102", ["2023-01-31", "2023-02-01"])
    run = world.issue(world.ars(on=OCTOBER))

    page = text_of(mother("102").get(f"{HOME}montant/{award('102', run).pk}/"))

    assert said(run)["102"] == ("REFUSED", "no_child", 0)
    assert "Le droit s’ouvrira aux rentrées 2028 et 2029." in page
    assert "ouvrira le droit à la rentrée 2028" in page
    assert "l’an prochain" not in page
