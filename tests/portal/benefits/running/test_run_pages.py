"""The pages of a run: its totals, its families by reason, a signature, the amount explained, a list taken out."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.accounts.models import User
from portal.audit.models import JournalEntry
from portal.batches.models import Run
from portal.benefits.models import Award
from portal.benefits.rules import figures
from portal.benefits.rules.figures import benefit_parameters
from portal.benefits.rules.yearly import ending_each_year
from portal.benefits.running.closing import close_ars
from portal.benefits.running.issuing import issue_run
from tests.aripa.agents import client_of, on_day
from tests.portal.benefits.running.world import EIGHT, OCTOBER, SEVENTEEN, World, award, said, signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(tmp_path: Path, settings: Any) -> Run:
    """Five families here and one elsewhere: paid, reduced, waiting, refused, without an account."""
    on_day(settings, OCTOBER)
    world = World(tmp_path)
    world.family("101", [EIGHT], last_name="Bastien", first_names="Noémie")
    world.family("102", [EIGHT, SEVENTEEN])
    world.family("103", income="29000.00")
    world.family("104", income="90000.00")
    world.family("105", income=None)
    world.family("106", fund="CAF59")
    return world.ars(on=OCTOBER)


def as_user(username: str) -> Client:
    return client_of(User.objects.get(username=username))


def page(name: str, *args: object, user: str = "helene", **asked: str) -> str:
    answer = as_user(user).get(reverse(f"benefits:{name}", args=args), asked)
    assert answer.status_code == 200, (name, answer.status_code)
    return answer.content.decode().replace("\u00a0", " ")


@pytest.fixture
def no_ceiling_at_mayotte_in_2018(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As where nobody wrote the line of that year."""
    day = date(2018, 1, 1)
    monkeypatch.setattr(
        figures, "ending_each_year", lambda told: ending_each_year(told.until("mayotte.ars_ceiling_base", day))
    )
    benefit_parameters.cache_clear()
    yield
    benefit_parameters.cache_clear()


@pytest.mark.usefixtures("no_ceiling_at_mayotte_in_2018")
def test_a_territory_that_waits_for_a_figure_says_which_one(tmp_path: Path, settings: Any) -> None:
    on_day(settings, OCTOBER)
    world = World(tmp_path)
    world.family("101", ["2010-01-01"])
    world.family("201", ["2010-01-01"], fund="CAF976")
    run = close_ars(school_year=2018, on=OCTOBER)

    found = page("run", run.pk)

    assert said(run)["201"] == ("HELD", "no_parameter", 0)
    assert "Mayotte : les familles attendent un barème." in found
    assert "portal/benefits/parameters/mayotte.yaml" in found
    assert "Métropole : les familles attendent" not in found


def test_the_list_says_first_what_waits_for_somebody(run: Run) -> None:
    found = page("runs")

    assert "ARS, rentrée 2026, arrêté 1 :</strong> à signer, attend une signature." in found
    assert "AEEH, octobre 2026" in found


def test_a_run_says_who_acts_and_where_every_cent_is(run: Run) -> None:
    found = page("run", run.pk)

    assert "Signature de l’ordonnateur : Hélène Marchetti, avant l’émission." in found
    assert "équilibré" in found
    assert "1 ARS différentielle" in found
    assert "Les ressources de l’année de référence ne sont pas connues." in found


@pytest.mark.parametrize(
    ("asked", "numbers"),
    [
        ({}, {"101", "102", "103", "104", "105", "106"}),
        ({"status": "HELD"}, {"105"}),
        ({"reason": "benefits.schooling_not_declared"}, {"102"}),
        ({"kind": "differential"}, {"103"}),
        ({"fund": "CAF59"}, {"106"}),
        ({"q": "noemie bast"}, {"101"}),
        ({"q": "104"}, {"104"}),
    ],
)
def test_families_are_filtered_and_searched(run: Run, asked: dict[str, str], numbers: set[str]) -> None:
    found = page("run_families", run.pk, **asked)

    assert set(re.findall(r"/CAF\d+/(\d+)/", found)) == numbers


def test_a_caseworker_sees_the_families_of_their_funds_alone(run: Run) -> None:
    found = page("run_families", run.pk, user="nathalie")

    assert "/CAF63/101/" in found
    assert "/CAF59/" not in found
    elsewhere = reverse("benefits:award", args=[award("106", run).pk])
    assert as_user("nathalie").get(elsewhere).status_code == 404


def test_an_amount_explains_itself_and_its_reading_is_kept(run: Run) -> None:
    found = page("award", award("103", run).pk, user="nathalie")

    assert "les mêmes centimes" in found
    assert "Plafond de ressources de la famille" in found
    assert "ARS différentielle, rentrée 2026 : " in found
    assert JournalEntry.objects.filter(action="benefits.award.read", subject="family:CAF63/103").count() == 1


def test_every_award_has_its_page(run: Run) -> None:
    for pk in Award.objects.filter(run=run).values_list("pk", flat=True):
        assert "les mêmes centimes" in page("award", pk)


def test_two_people_sign_what_they_read_and_the_run_is_issued(run: Run, settings: Any, tmp_path: Path) -> None:
    settings.PORTAL_BANK_FOLDER = str(tmp_path / "bank")
    form = page("signature", run.pk)
    assert "Signer cette empreinte" in form or "second facteur" in form
    unread = as_user("helene").post(reverse("benefits:signature", args=[run.pk]), {"digest": "x"})
    assert unread.status_code == 409

    signed(run, OCTOBER)
    as_user("helene").post(reverse("benefits:issue", args=[run.pk]))
    run.refresh_from_db()
    assert run.state == "ISSUED"
    assert "PF-ARS-202608-1-V001.xml" in page("bank", run.pk)
    assert "Émis lundi 26 octobre 2026" in page("run", run.pk)


def test_a_list_leaves_with_a_reason_and_a_trace(run: Run) -> None:
    address = reverse("benefits:export_families", args=[run.pk]) + "?status=HELD"
    assert as_user("helene").post(address, {"reason": "court"}).status_code == 302
    answer = as_user("helene").post(address, {"reason": "revue du lundi des familles en attente"})

    assert answer["Content-Type"].startswith("text/csv")
    assert len(answer.content.decode().splitlines()) == 2
    assert JournalEntry.objects.filter(action="benefits.run_families.exported").count() == 1


def test_a_calculation_asked_on_an_issued_run_leads_to_the_run_that_it_began(run: Run, tmp_path: Path) -> None:
    asked = {"demande": str(int(timezone.now().timestamp()))}
    Run.objects.filter(pk=run.pk).update(started_at=timezone.now() - timedelta(minutes=5))
    bar = reverse("benefits:progress", args=[run.pk])
    assert "attendre la fin du calcul" in page("run", run.pk, **asked)
    assert "Demandé" in as_user("helene").get(bar, asked, HTTP_HX_REQUEST="true").content.decode()

    signed(run, OCTOBER)
    issue_run(run_pk=run.pk, out=tmp_path, on=OCTOBER, by="test")
    newer = close_ars(school_year=2026, on=OCTOBER)

    there = f"{reverse('benefits:run', args=[newer.pk])}?demande={asked['demande']}"
    assert as_user("helene").get(reverse("benefits:run", args=[run.pk]), asked).url == there  # type: ignore[attr-defined]
    assert as_user("helene").get(bar, asked, HTTP_HX_REQUEST="true")["HX-Redirect"] == there
    assert "attendre la fin du calcul" not in page("run", newer.pk, **asked)


def test_a_list_says_that_it_names_the_families_of_one_s_funds_alone(run: Run) -> None:
    assert "des caisses de votre affectation" in page("run_families", run.pk)
