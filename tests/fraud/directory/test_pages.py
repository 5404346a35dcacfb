"""The directory as it is seen: the director designates, withdraws and reviews; a caseworker reads; others meet nothing."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fraud.models import AuthorisedOfficer, BodyNature, DesignationReview, OfficerCategory
from portal.accounts.models import Posting, Role, User
from portal.audit.models import JournalEntry
from tests.fraud.envelopes.scene import AGENCY, CAF, DAY, make_body, make_keys, make_officer, trust

PAGE = "/agent/echanges/annuaire/"


@pytest.fixture
def scene(db: None, settings: Any, tmp_path: Path) -> dict[str, Any]:
    trust(settings, tmp_path)
    make_body(CAF, BodyNature.SCHEME)
    make_body(AGENCY, BodyNature.HEALTH_AGENCY)
    make_keys(CAF)
    director = User.objects.create(username="director", first_name="Jeanne", last_name="Petit")
    Posting.objects.create(user=director, role=Role.AUTHORISING_OFFICER, fund="", starts_on=date(2019, 1, 1))
    agent = User.objects.create(username="agent", first_name="Paul", last_name="Noir")
    Posting.objects.create(user=agent, role=Role.CONTROLLER, fund=CAF, starts_on=date(2026, 1, 1))
    ending = make_officer(AGENCY, OfficerCategory.HEALTH_AGENCY, "ending")
    lasting = make_officer(CAF, OfficerCategory.SCHEME_CONTROL, "lasting", act_no="2026-2", valid_to=date(2027, 11, 1))
    return {"director": director, "agent": agent, "ending": ending, "lasting": lasting}


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def act(scene: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "key": str(uuid4()), "person": f"{scene['agent'].pk}:{CAF}", "category": "SCHEME_CONTROL", "act_no": "2026-30",
        "act_dated": "26/10/2026", "signatory": "Jeanne Petit", "signatory_quality": "Directrice", "valid_from": "26/10/2026",
        "last_day": "25/10/2029", "scopes": ["CHILDCARE"],
    } | changes  # fmt: skip


def test_a_caseworker_sees_who_is_designated_and_cannot_act(scene):
    page = client_of(scene["agent"]).get(PAGE).content.decode()

    assert "1 désignation finit dans le mois" in page
    assert "finit bientôt" in page
    assert "au 31/10/2026 inclus" in page
    assert "Retirer" not in page
    assert "Désigner quelqu’un" not in page


def test_a_designation_is_entered_shown_and_the_same_form_again_changes_nothing(scene):
    client, typed = client_of(scene["director"]), act(scene)

    for _time in range(2):
        answer = client.post(PAGE + "designer/", typed, follow=True)
        assert (
            "La désignation de Paul Noir est inscrite : acte 2026-30, jusqu’au 25/10/2029 inclus."
            in answer.content.decode()
        )

    officer = AuthorisedOfficer.objects.get(act_no="2026-30")
    assert (officer.valid_to, officer.designated_by) == (date(2029, 10, 26), scene["director"])
    assert JournalEntry.objects.filter(action="control.designated").count() == 1


def test_its_departements_are_entered_each_once_and_none_is_the_whole_country(scene):
    client = client_of(scene["director"])
    client.post(PAGE + "designer/", act(scene, act_no="2026-31", territory="63, 2a 63"))
    client.post(PAGE + "designer/", act(scene, act_no="2026-32"))
    assert dict(AuthorisedOfficer.objects.filter(act_no__gt="2026-30").values_list("act_no", "territory")) == {
        "2026-31": ["2A", "63"], "2026-32": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "field", "told"),
    [
        ({"last_day": "26/10/2029"}, "last_day", "trois ans au plus"),
        ({"signatory": "paul noir"}, "signatory", "Personne ne se désigne soi-même"),
        ({"signatory_quality": "Responsable du contrôle"}, "signatory_quality", "sa qualité ne suffit pas"),
        ({"act_dated": "27/10/2026"}, "act_dated", "aujourd’hui au plus tard"),
        ({"valid_from": "25/10/2026"}, "valid_from", "ne commence pas avant son acte"),
        ({"last_day": "le 3"}, "last_day", "Écrivez un jour"),
        ({"person": "999:CAF63"}, "person", "quelqu’un de la liste"),
        ({"category": "HEALTH_AGENCY"}, "category", "catégorie de la liste"),
        ({"scopes": []}, "scopes", "au moins une famille"),
        ({"scopes": ["EVERYTHING"]}, "scopes", "au moins une famille"),
        ({"act_no": "x" * 41}, "act_no", "quarante signes"),
        ({"territory": "63, 99"}, "territory", "numéros de département"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field_and_what_was_typed_stays(scene, changes, field, told):
    answer = client_of(scene["director"]).post(PAGE + "designer/", act(scene, **changes))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert told in page
    assert f'id="{field}-problem"' in page
    assert "2026-30" in page or field == "act_no"
    assert not AuthorisedOfficer.objects.filter(user=scene["agent"]).exists()


def test_the_director_withdraws_with_a_reason_and_at_once(scene):
    client, link = client_of(scene["director"]), f"{PAGE}designation/{scene['lasting'].pk}/retirer/"

    assert client.post(link, {"key": str(uuid4()), "reason": "non"}).status_code == 422
    assert client.post(link, {"key": str(uuid4()), "reason": "A changé de service lundi."}).status_code == 302

    scene["lasting"].refresh_from_db()
    assert scene["lasting"].revoked_on == DAY
    assert "déjà retirée" in client.get(link).content.decode()
    assert client.get(f"{PAGE}designation/{scene['ending'].pk}/retirer/").status_code == 404, "another body’s officer"


def test_the_review_of_the_quarter_is_done_line_by_line(scene):
    client = client_of(scene["director"])
    assert "1 désignation à relire" in client.get(PAGE).content.decode()

    client.post(f"{PAGE}designation/{scene['lasting'].pk}/revue/", {"key": str(uuid4())})

    page = client.get(PAGE).content.decode()
    assert "Tout est relu pour ce trimestre" in page
    assert "maintenue par Jeanne Petit" in page
    assert DesignationReview.objects.get().by == scene["director"]


def test_filters_and_the_page_of_keys(scene):
    client = client_of(scene["agent"])
    AuthorisedOfficer.objects.filter(pk=scene["lasting"].pk).update(revoked_on=DAY - timedelta(days=1))

    found = {state: client.get(f"{PAGE}?state={state}").content.decode() for state in ("now", "soon", "over")}
    assert [("Ève Ending" in page, "Ève Lasting" in page) for page in found.values()] == [
        (True, False),
        (True, False),
        (False, True),
    ]
    assert "Aucune désignation ne répond" in client.get(f"{PAGE}?q=personne").content.decode()
    keys = client.get(PAGE + "cles/").content.decode()
    assert "2 clés" in keys
    assert "Chiffrement" in keys
    assert "PRIVATE" not in keys


def test_the_list_asks_the_database_as_often_for_twenty_as_for_two(scene):
    client = client_of(scene["director"])
    client.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        client.get(PAGE)
    for number in range(20):
        make_officer(CAF, OfficerCategory.SCHEME_CONTROL, f"more{number}", act_no=f"n{number}")
    with CaptureQueriesContext(connection) as many:
        client.get(PAGE)

    assert len(many) == len(few)
