"""The door to the directory, against a real server: its content, its errors by name, nothing invented."""

from datetime import date

import pytest
from django.core.exceptions import ImproperlyConfigured

from fraud.rncps import connector
from fraud.rncps.connector import (
    AmbiguousIdentity,
    Asking,
    DirectoryError,
    Gone,
    HttpDirectory,
    NoDirectory,
    Person,
    RefusedThere,
    TooManyAsked,
    Unavailable,
    UnknownPerson,
    WrongAnswer,
    configured_directory,
)
from portal import environment
from tests.fraud.rncps.world import (
    ALL,
    AWAY,
    BUSY,
    CLAIRE,
    RESTRICTED,
    SLOW,
    SOPHIE,
    SWAPPED,
    UNKNOWN,
    door,
)

FROM = {
    "body": "CAF63",
    "system": "portail",
    "officer": "sylvie",
    "authorisation": "2026-12",
    "asked_at": "2026-10-26T10:00",
}


def asking(*people: Person, categories: list[str] = ALL, reference: str = "C-1", **more: object) -> Asking:
    ordinary = {"motive": "CONTROL", "about": "C-2026-1", "provenance": FROM}
    return Asking(reference=reference, categories=categories, people=people, **ordinary | more)  # type: ignore[arg-type]


def test_an_answer_says_what_each_body_declared_and_where_it_comes_from(directory: HttpDirectory) -> None:
    answer = directory.ask(asking(Person(nir=SOPHIE)))

    assert answer.person == Person(SOPHIE, "Lambert", "Sophie", date(1988, 6, 21))
    assert [(one.body, one.since, one.until) for one in answer.affiliations] == [
        ("Caf du Puy-de-Dôme", date(2019, 1, 1), None)
    ]
    assert answer.address is not None
    assert answer.address.declared_on == date(2025, 2, 3)
    assert [(one.month, one.cents) for one in answer.amounts] == [(date(2026, 9, 1), 46815)]
    assert (answer.provenance["body"], answer.provenance["system"]) == ("Cnav", "RNCPS")
    assert answer.lines == {"IDENTITY": 1, "AFFILIATIONS": 1, "RIGHTS": 1, "ADDRESS": 1, "AMOUNTS": 1}
    assert len(answer.sha256) == 64


def test_what_was_not_asked_for_does_not_come(directory: HttpDirectory) -> None:
    answer = directory.ask(asking(Person(nir=SOPHIE), categories=["RIGHTS"]))

    assert answer.lines == {"IDENTITY": 1, "RIGHTS": 1}
    assert answer.amounts == []
    assert answer.address is None


def test_what_comes_beyond_what_was_asked_for_is_left_unread(directory: HttpDirectory) -> None:
    whole, less = asking(Person(nir=SOPHIE)), asking(Person(nir=SOPHIE), categories=["RIGHTS"])
    answer = connector.read_answer(directory._call("POST", "consultations", whole), less, less.people[0])

    assert answer.lines == {"IDENTITY": 1, "RIGHTS": 1}


def test_several_funds_may_serve_the_same_person(directory: HttpDirectory) -> None:
    answer = directory.ask(asking(Person(nir=CLAIRE)))
    assert [one.body for one in answer.rights] == ["Caf du Puy-de-Dôme", "Caf du Nord"]


def test_an_identity_finds_one_person_whatever_the_capitals(directory: HttpDirectory) -> None:
    answer = directory.ask(asking(Person("", "LAMBERT", "sophie", date(1988, 6, 21))))
    assert answer.person.nir == SOPHIE


@pytest.mark.parametrize(
    ("wanted", "error", "code"),
    [
        (Person(nir=UNKNOWN), UnknownPerson, "UNKNOWN_PERSON"),
        (Person("", "Petit", "Julie", date(1989, 1, 19)), AmbiguousIdentity, "AMBIGUOUS"),
        (Person(nir=RESTRICTED), RefusedThere, "REFUSED_THERE"),
        (Person(nir=BUSY), TooManyAsked, "TOO_MANY"),
        (Person(nir=AWAY), Unavailable, "UNAVAILABLE"),
        (Person(nir=SWAPPED), WrongAnswer, "WITHHELD"),
    ],
)
def test_errors_have_names(directory: HttpDirectory, wanted: Person, error: type[DirectoryError], code: str) -> None:
    with pytest.raises(error) as raised:
        directory.ask(asking(wanted))
    assert raised.value.code == code


def test_a_directory_that_takes_too_long_is_unavailable(
    directory: HttpDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connector, "READ_SECONDS", 0.2)
    with pytest.raises(Unavailable):
        directory.ask(asking(Person(nir=SLOW)))


def test_nobody_there_a_wrong_secret_or_no_reason_gives_nothing(directory: HttpDirectory) -> None:
    with pytest.raises(Unavailable):
        door(9).ask(asking(Person(nir=SOPHIE)))
    with pytest.raises(RefusedThere):
        HttpDirectory(directory.address, "portail", "autre").ask(asking(Person(nir=SOPHIE)))
    for wrong in ({"motive": "CURIOSITY"}, {"about": ""}, {"provenance": {"body": "CAF63"}}):
        with pytest.raises(RefusedThere):
            directory.ask(asking(Person(nir=SOPHIE), **wrong))


def test_a_deferred_answer_is_taken_once_in_the_order_of_its_people(directory: HttpDirectory) -> None:
    wanted = asking(Person(nir=SOPHIE), Person(nir=UNKNOWN), Person(nir=CLAIRE), reference="P-1")
    ticket = directory.order(wanted)

    assert directory.order(wanted) == ticket
    assert directory.is_ready(ticket.number)
    first, second, third = directory.collect(ticket.number, wanted)
    assert first.answer is not None
    assert third.answer is not None
    assert (first.answer.person.nir, third.answer.person.nir) == (SOPHIE, CLAIRE)
    assert isinstance(second.error, UnknownPerson)
    with pytest.raises(Gone):
        directory.collect(ticket.number, wanted)


def test_an_answer_without_provenance_or_to_another_request_is_refused(directory: HttpDirectory) -> None:
    wanted = asking(Person(nir=SOPHIE))
    good = directory._call("POST", "consultations", wanted)

    connector.read_answer(good, wanted, wanted.people[0])
    for wrong in (good | {"provenance": {}}, good | {"asked_reference": "C-2"}, [], {}, good | {"rights": [{"body": "x"}]},
                  good | {"amounts": [{"body": "x", "benefit": "y", "month": "2026-01", "cents": 1.5}]}):  # fmt: skip
        with pytest.raises(WrongAnswer):
            connector.read_answer(wrong, wanted, wanted.people[0])


def test_another_installation_names_another_door(settings: object) -> None:
    settings.RNCPS_ADDRESS = ""  # type: ignore[attr-defined]
    assert isinstance(configured_directory(), NoDirectory)
    settings.RNCPS_ADDRESS = "https://rncps.example"  # type: ignore[attr-defined]
    assert isinstance(configured_directory(), HttpDirectory)
    settings.RNCPS_ADDRESS = "fraud.rncps.connector.NoDirectory"  # type: ignore[attr-defined]
    assert isinstance(configured_directory(), NoDirectory)


@pytest.mark.parametrize(
    ("where", "is_refused"),
    [
        ("https://rncps.example/", False),
        ("fraud.rncps.connector.NoDirectory", False),
        ("", False),
        ("http://rncps.example", True),
        ("https://127.0.0.1:8443", True),
    ],
)
def test_in_production_no_stand_in_answers_for_the_directory(
    monkeypatch: pytest.MonkeyPatch, where: str, is_refused: bool
) -> None:
    monkeypatch.setenv("PORTAL_RNCPS", where)
    assert environment.outside_door("PORTAL_RNCPS") == where.rstrip("/")
    monkeypatch.setenv("PORTAL_ENV", "production")
    if is_refused:
        with pytest.raises(ImproperlyConfigured):
            environment.outside_door("PORTAL_RNCPS")
    else:
        assert environment.outside_door("PORTAL_RNCPS") == where.rstrip("/")
