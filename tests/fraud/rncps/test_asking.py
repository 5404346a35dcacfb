"""Looking somebody up: what is kept, what is refused and kept too, what is never shown."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from fraud.models import (
    AlertKind,
    DeclaredLink,
    ObtainedInformation,
    RncpsAlert,
    RncpsConsultation,
    RncpsResult,
)
from fraud.rncps import asking
from fraud.rncps.asking import LookRefused, check_reason, look
from fraud.rncps.authorising import AuthorisationRefused, declare_own_number, end_authorisation
from fraud.rncps.confirming import ConfirmationRefused, LeadNotConfirmed, confirm, refuse_unconfirmed
from fraud.rncps.connector import HttpDirectory, Person
from fraud.rules.rncps import Motive, Refusal
from portal.accounts.models import User
from portal.audit.models import JournalEntry
from portal.people.vault import lookup_key
from tests.fraud.rncps.world import (
    AWAY,
    CLAIRE,
    COUSIN,
    DAY,
    NAMESAKE,
    OWN,
    SOPHIE,
    SWAPPED,
    UNKNOWN,
    at,
    authorised,
    case_of,
    director,
    nir,
    officer,
    person,
    wish,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def sylvie() -> User:
    user = officer()
    authorised(user)
    return user


def refused(code: Refusal) -> Any:
    return pytest.raises(LookRefused, match=".", check=lambda raised: raised.code == code)


def test_a_look_up_is_kept_without_its_answer(sylvie: User, directory: HttpDirectory) -> None:
    case = case_of(sylvie)
    looked = look(wish=wish(sylvie, case.number.lower()), person=person(SOPHIE), directory=directory)

    row, result = RncpsConsultation.objects.get(), RncpsResult.objects.get()
    assert looked.answer is not None
    assert (row.motive, row.reference, row.case, row.refusal) == ("CONTROL", case.number, case, "")
    assert row.person_key == lookup_key(SOPHIE, "NIR")
    assert (result.outcome, result.lines["RIGHTS"], len(result.sha256)) == ("ANSWERED", 1, 64)
    kept = str(RncpsResult.objects.values().get()) + str(RncpsConsultation.objects.values().get())
    kept += str(list(JournalEntry.objects.values("detail", "subject"))) + str(
        ObtainedInformation.objects.values().get()
    )
    assert not any(secret in kept for secret in (SOPHIE, "rue Haute", "46815", "Lambert"))
    assert [one.action for one in JournalEntry.objects.filter(action__startswith="control.rncps").order_by("pk")][-2:] == [
        "control.rncps_asked", "control.rncps_consulted",
    ]  # fmt: skip


def test_the_same_form_again_asks_nothing_and_shows_nothing(sylvie: User, directory: HttpDirectory) -> None:
    asked = wish(sylvie, case_of(sylvie).number)
    look(wish=asked, person=person(SOPHIE), directory=directory)
    again = look(wish=asked, person=person(SOPHIE), directory=directory)

    assert again.again
    assert again.answer is None
    assert RncpsConsultation.objects.count() == 1


def test_example_11_fraud_without_a_case_is_refused_and_logged(sylvie: User, directory: HttpDirectory) -> None:
    with refused(Refusal.NO_REFERENCE):
        look(wish=wish(sylvie, "", Motive.FRAUD), person=person(SOPHIE), directory=directory)

    row = RncpsConsultation.objects.get()
    assert (row.refusal, row.motive, row.person_key) == ("NO_REFERENCE", "FRAUD", None)
    assert JournalEntry.objects.filter(action="control.rncps_refused", detail__refusal="NO_REFERENCE").count() == 1
    assert not RncpsResult.objects.exists()


def test_a_case_of_another_fund_or_a_claim_of_nobody_is_no_reason(sylvie: User) -> None:
    elsewhere = case_of(sylvie, fund="CAF59")
    for number in (elsewhere.number, "QS03-1", "Mme Lambert Sophie"):
        with refused(Refusal.UNKNOWN_REFERENCE):
            check_reason(wish(sylvie, number))
    # What is nobody's number may be a name: the row keeps what was typed, the journal how long it was.
    assert RncpsConsultation.objects.filter(reference="Mme Lambert Sophie").exists()
    kept = JournalEntry.objects.filter(action="control.rncps_refused").latest("pk").detail
    assert (kept["reference_signs"], "Lambert" in str(kept)) == (18, False)


def test_the_right_alone_or_an_ended_authorisation_does_not_suffice() -> None:
    bare = officer("denise")
    number = case_of(bare).number
    with refused(Refusal.NOT_AUTHORISED):
        check_reason(wish(bare, number))
    given = authorised(bare, Motive.CONTROL)
    check_reason(wish(bare, number))
    with refused(Refusal.MOTIVE_NOT_AUTHORISED):
        check_reason(wish(bare, number, Motive.FRAUD))
    end_authorisation(authorisation_pk=given.pk, reason="Change de poste", by_pk=director().pk, on=DAY, at=at())
    with refused(Refusal.NOT_AUTHORISED):
        check_reason(wish(bare, number))


@pytest.mark.parametrize(
    ("whom", "code"),
    [
        (Person(nir=OWN), Refusal.LINKED),
        (Person("", "MERCIER", "Sylvie Anne", date(1979, 5, 5)), Refusal.OWN_NAME),
    ],
)
def test_nobody_looks_at_themselves(sylvie: User, directory: HttpDirectory, whom: Person, code: Refusal) -> None:
    with refused(code):
        look(wish=wish(sylvie, case_of(sylvie).number), person=whom, directory=directory)

    assert RncpsConsultation.objects.get().refusal == code
    assert RncpsAlert.objects.get().kind == AlertKind.LINKED


def test_nobody_looks_at_a_relative_whom_they_declared(sylvie: User, directory: HttpDirectory) -> None:
    DeclaredLink.objects.create(
        user=sylvie, person_key=lookup_key(COUSIN, "NIR"), relation="RELATIVE", since=date(2020, 1, 1)
    )
    case = case_of(sylvie)
    with refused(Refusal.LINKED):
        look(wish=wish(sylvie, case.number), person=person(COUSIN), directory=directory)
    assert RncpsConsultation.objects.get().person_key == lookup_key(COUSIN, "NIR")
    assert JournalEntry.objects.filter(action="control.linked_refused").count() == 1

    assert look(wish=wish(sylvie, case.number), person=person(CLAIRE), directory=directory).answer is not None


def test_a_relative_found_by_name_is_withheld_once_the_number_has_come(sylvie: User, directory: HttpDirectory) -> None:
    DeclaredLink.objects.create(
        user=sylvie, person_key=lookup_key(COUSIN, "NIR"), relation="RELATIVE", since=date(2020, 1, 1)
    )
    whom = Person("", "Dupuis", "Jean", date(1988, 6, 21))
    looked = look(wish=wish(sylvie, case_of(sylvie).number), person=whom, directory=directory)

    assert looked.answer is None
    assert "lien" in looked.told
    assert RncpsResult.objects.get().outcome == "WITHHELD"
    assert not ObtainedInformation.objects.exists()


def test_a_case_of_a_linked_family_is_closed_before_anybody_is_named(sylvie: User) -> None:
    case = case_of(sylvie)
    DeclaredLink.objects.create(user=sylvie, subject=case.subject, relation="COLLEAGUE", since=date(2020, 1, 1))
    with refused(Refusal.LINKED):
        check_reason(wish(sylvie, case.number))


def test_somebody_of_the_same_last_name_is_shown_and_told_of(sylvie: User, directory: HttpDirectory) -> None:
    assert look(wish=wish(sylvie, case_of(sylvie).number), person=person(NAMESAKE), directory=directory).answer
    assert RncpsAlert.objects.get().kind == AlertKind.SAME_NAME


@pytest.mark.parametrize(
    ("number", "outcome"), [(UNKNOWN, "UNKNOWN_PERSON"), (AWAY, "UNAVAILABLE"), (SWAPPED, "WITHHELD")]
)
def test_what_gives_nothing_is_kept_by_its_name_and_is_no_information(
    sylvie: User, directory: HttpDirectory, number: str, outcome: str
) -> None:
    looked = look(wish=wish(sylvie, case_of(sylvie).number), person=person(number), directory=directory)

    assert looked.answer is None
    assert looked.told
    assert RncpsResult.objects.get().outcome == outcome
    assert not ObtainedInformation.objects.exists()
    assert RncpsAlert.objects.filter(kind=AlertKind.MISMATCH).exists() is (number == SWAPPED)


def test_a_day_has_its_limit_and_its_alert(
    sylvie: User, directory: HttpDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures = {"rncps.daily_limit": 3, "rncps.daily_alert": 2, "rncps.monthly_alert": 300}
    monkeypatch.setattr(asking, "number_on", lambda key, _day: figures[key])
    number = case_of(sylvie).number
    for done in range(3):
        look(wish=wish(sylvie, number), person=person(SOPHIE), directory=directory)
        assert RncpsAlert.objects.filter(kind=AlertKind.DAILY_VOLUME).count() == (done > 0)
    with refused(Refusal.DAILY_LIMIT):
        look(wish=wish(sylvie, number), person=person(SOPHIE), directory=directory)
    with refused(Refusal.DAILY_LIMIT):
        look(wish=wish(sylvie, number), person=person(SOPHIE), directory=directory)
    assert RncpsAlert.objects.filter(kind=AlertKind.DAILY_LIMIT).count() == 1

    tomorrow = wish(sylvie, number, at=at(date(2026, 10, 27)), on=date(2026, 10, 27))
    assert look(wish=tomorrow, person=person(SOPHIE), directory=directory).answer is not None


def test_ones_own_number_is_kept_as_a_fingerprint_only() -> None:
    user = officer()
    with pytest.raises(AuthorisationRefused):
        declare_own_number(user_pk=user.pk, typed="123", on=DAY, at=at())
    for _time in range(2):
        declare_own_number(user_pk=user.pk, typed=f" {nir(77)} ", on=DAY, at=at())
    link = DeclaredLink.objects.get()
    assert (link.relation, link.person_key) == ("SELF", lookup_key(nir(77), "NIR"))
    assert nir(77) not in str(list(JournalEntry.objects.values()))


def said(**more: Any) -> dict[str, Any]:
    return {"worth": "CONFIRMED", "in_favour": False, "body": "Caf du Nord", "said": "CMG servi à Lille depuis mars 2026.",
            "answered_on": DAY, "on": DAY, "at": at()} | more  # fmt: skip


def test_a_lead_is_confirmed_by_the_body_before_any_adverse_act(sylvie: User, directory: HttpDirectory) -> None:
    case = case_of(sylvie)
    row = look(wish=wish(sylvie, case.number), person=person(CLAIRE), directory=directory).row
    with pytest.raises(LeadNotConfirmed, match=f"n° {row.pk}"):
        refuse_unconfirmed(case_pk=case.pk)
    for field, wrong in (("worth", "x"), ("body", ""), ("said", " "), ("answered_on", date(2026, 10, 25))):
        with pytest.raises(ConfirmationRefused):
            confirm(consultation_pk=row.pk, by_pk=sylvie.pk, **said(**{field: wrong}))
    confirm(consultation_pk=row.pk, by_pk=sylvie.pk, **said())

    refuse_unconfirmed(case_pk=case.pk)
    assert [(one.reference, one.origin) for one in ObtainedInformation.objects.order_by("pk")] == [
        (f"RNCPS-{row.pk}", asking.ORIGIN), (f"RNCPS-{row.pk}-organisme", "Caf du Nord"),
    ]  # fmt: skip
    assert confirm(consultation_pk=row.pk, by_pk=sylvie.pk, **said(said="autre chose")).said == said()["said"]


def test_a_look_up_that_gave_nothing_has_nothing_to_confirm(sylvie: User, directory: HttpDirectory) -> None:
    case = case_of(sylvie)
    row = look(wish=wish(sylvie, case.number), person=person(UNKNOWN), directory=directory).row
    refuse_unconfirmed(case_pk=case.pk)
    with pytest.raises(ConfirmationRefused):
        confirm(consultation_pk=row.pk, by_pk=sylvie.pk, **said())


def test_after_midnight_in_paris_the_day_is_that_of_paris(sylvie: User, directory: HttpDirectory) -> None:
    night = at(DAY, 0).replace(minute=30)
    assert night.utctimetuple().tm_mday == 25
    look(wish=wish(sylvie, case_of(sylvie).number, at=night), person=person(SOPHIE), directory=directory)
    assert RncpsConsultation.objects.get().dated == DAY


def test_two_forms_of_two_keys_are_two_look_ups(sylvie: User, directory: HttpDirectory) -> None:
    number = case_of(sylvie).number
    for key in (uuid4(), uuid4()):
        look(wish=wish(sylvie, number, key=key), person=person(SOPHIE), directory=directory)
    assert RncpsConsultation.objects.count() == 2
