"""What others said: a lead of the directory stops what is adverse, whose words are whose, and the case leads to everybody."""

from uuid import uuid4

import pytest

from fraud.cases import deciding, penalties
from fraud.cases.acting import ActRefused
from fraud.cases.opening import WordOfBlame, note_obtained
from fraud.models import ControlCase, ObtainedVia, RncpsConsultation, RncpsResult
from fraud.rncps.confirming import confirm
from portal.accounts.models import User
from tests.fraud.cases.test_pages import enter, text, url
from tests.fraud.cases.world import D2, at, bank_said, by, heard, opened, people, proposed, to_decide
from tests.fraud.rncps.world import DAY, authorised

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def staff(settings: pytest.FixtureRequest) -> dict[str, User]:
    settings.PORTAL_DAY = DAY  # type: ignore[attr-defined]
    return people()


def looked_up(case: ControlCase, outcome: str = "ANSWERED") -> RncpsConsultation:
    """A look-up of the directory for the case, that nobody has confirmed."""
    sylvie = User.objects.get(username="sylvie")
    made = RncpsConsultation.objects.create(
        form_key=uuid4(), officer=sylvie, authorisation=authorised(sylvie), fund=case.fund, motive="CONTROL",
        reference_kind="CASE", reference=case.number, case=case, person_key=uuid4(), mode="REALTIME", at=at(DAY), dated=DAY,
    )  # fmt: skip
    RncpsResult.objects.create(consultation=made, outcome=outcome, sha256="a" * 64, at=at(DAY))
    return made


def decide(case: ControlCase) -> None:
    deciding.decide_overpayment(case_pk=case.pk, avoided_cents=0, reason="Salaires", act=by("sylvie", DAY))


def test_a_lead_of_the_directory_stops_an_adverse_decision_until_the_body_spoke() -> None:
    case = to_decide()
    look = looked_up(case)
    with pytest.raises(ActRefused) as told:
        decide(case)
    assert told.value.missing[0].code == "control.lead_unconfirmed"
    page = text(enter("sylvie"), url(case))
    assert f"consultation n° {look.pk}" in page
    assert url(case, "trop-verse") not in page
    assert url(case, "sans-suite") in page  # what harms nobody waits for nothing
    confirm(
        consultation_pk=look.pk, worth="NOT_USED", in_favour=False, body="", said="Homonyme", answered_on=None,
        by_pk=look.officer_id, on=DAY, at=at(DAY),
    )  # fmt: skip
    decide(case)


def test_a_look_up_that_gave_nothing_stops_nothing() -> None:
    case = to_decide()
    looked_up(case, "UNKNOWN_PERSON")
    decide(case)


def test_a_lead_that_came_later_stops_the_penalty_too() -> None:
    penalty = proposed()
    looked_up(penalty.case)
    with pytest.raises(ActRefused, match="piste, pas une preuve"):
        penalties.sign_notification(penalty_pk=penalty.pk, act=by("helene", DAY))
    penalty.refresh_from_db()
    assert penalty.state == "PROPOSED"


def test_a_case_leads_to_everybody_who_may_be_asked_with_what_came_of_it() -> None:
    case = heard()
    bank_said(case)
    page = text(enter("sylvie"), url(case))
    assert f"/agent/echanges/nouvelle/?dossier={case.number}" in page
    assert f"/agent/rncps/?dossier={case.number}" in page
    assert "1 information obtenue" in page
    assert case.number in text(enter("sylvie"), f"/agent/rncps/?dossier={case.number}")


@pytest.mark.parametrize("word", ["Fraude aux ressources", "Suspicion d’une banque", "Profil à vérifier"])
def test_no_case_opens_with_a_purpose_that_blames(word: str) -> None:
    with pytest.raises(WordOfBlame):
        opened(purpose=word)
    assert not ControlCase.objects.exists()
    assert opened(purpose="Comparer les frais de garde, en profondeur").pk


def test_words_of_blame_of_others_are_told_whole_and_said_to_be_theirs() -> None:
    case = heard()
    note_obtained(
        case_pk=case.pk, via=ObtainedVia.CODAF, reference="CODAF-1", origin="La brigade",
        content="Fraude au RSA présumée", on=D2,
    )  # fmt: skip
    shown = enter("sylvie").post(url(case, "avis-114-21"), {"key": str(uuid4()), "step": "preview"}).content.decode()
    assert "Fraude au RSA présumée" in shown
    assert "Ces phrases sont celles des personnes et organismes cités" in shown
    other = heard("cmg:employer:00999")
    bank_said(other)
    shown = enter("sylvie").post(url(other, "avis-114-21"), {"key": str(uuid4()), "step": "preview"}).content.decode()
    assert "Virements de salaire" in shown
    assert "Ces phrases sont celles" not in shown
