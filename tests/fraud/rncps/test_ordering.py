"""Deferred answers and lists: a visa first, an answer taken once, nobody's number kept afterwards."""

import os
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from fraud.models import ORDER_MOVES, ControlProgramme, RncpsConsultation, RncpsOrder, RncpsOrderState, RncpsResult
from fraud.rncps.asking import LookRefused
from fraud.rncps.connector import DirectoryError, HttpDirectory, NoDirectory, NotReady, UnknownPerson
from fraud.rncps.following import follow_day
from fraud.rncps.ordering import OrderRefused, ask_list, decide_visa, order_one, send_list, take
from fraud.rncps.stand_in import State, start_thread
from fraud.rules.rncps import Mode, Motive, Refusal
from portal.accounts.models import Role, User
from tests.fraud.exchanges.world import by_hand
from tests.fraud.rncps.world import (
    CLAIRE,
    DAY,
    OWN,
    SOPHIE,
    UNKNOWN,
    at,
    authorised,
    case_of,
    door,
    officer,
    person,
    programme,
    wish,
    write_people,
)

pytestmark = pytest.mark.django_db
PURPOSE = "Deux caisses servent-elles la même prestation ?"


@pytest.fixture
def sylvie() -> User:
    user = officer()
    authorised(user)
    programme()
    return user


@pytest.fixture
def anne() -> User:
    return officer("kowalski", "Kowalski", Role.DATA_PROTECTION, fund="")


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[tuple[HttpDirectory, Path]]:
    """A directory that is not ready yet, and its file."""
    file = write_people(tmp_path, ready_after=3600)
    server = start_thread(State(file, "portail", "secret"))
    yield door(server.server_port), file
    server.shutdown()


def asked(user: User, *numbers: str, **more: object) -> RncpsOrder:
    wanted = wish(user, "A1", mode=Mode.COLLECTIVE, **more)
    return ask_list(wish=wanted, people=[person(number) for number in numbers], purpose=PURPOSE)


def test_a_deferred_answer_waits_and_is_taken_once(sylvie: User, slow: tuple[HttpDirectory, Path]) -> None:
    directory, file = slow
    wanted = wish(sylvie, case_of(sylvie).number, mode=Mode.DEFERRED)
    order = order_one(wish=wanted, person=person(SOPHIE), directory=directory)
    assert order_one(wish=wanted, person=person(SOPHIE), directory=directory) == order
    with pytest.raises(NotReady):
        take(order_pk=order.pk, by_pk=sylvie.pk, at=at(), directory=directory)
    assert RncpsConsultation.objects.count() == 1
    write_people(file.parent)
    os.utime(file, (1, 1))
    assert follow_day(on=DAY, at=at(), directory=directory) == 1
    ((row, line),) = take(order_pk=order.pk, by_pk=sylvie.pk, at=at(), directory=directory)

    assert line.answer is not None
    assert row.result.outcome == "ANSWERED"
    order.refresh_from_db()
    assert (order.state, bytes(order.people)) == (RncpsOrderState.SHOWN, b"")
    assert [one.after for one in order.moves.order_by("pk")] == ["ORDERED", "READY", "SHOWN"]
    with pytest.raises(OrderRefused, match="montrée"):
        take(order_pk=order.pk, by_pk=sylvie.pk, at=at(), directory=directory)


def test_without_a_directory_the_order_waits_and_leaves_the_next_morning(
    sylvie: User, directory: HttpDirectory
) -> None:
    wanted = wish(sylvie, case_of(sylvie).number, mode=Mode.DEFERRED)
    order = order_one(wish=wanted, person=person(SOPHIE), directory=NoDirectory())
    assert (order.state, order.ticket) == (RncpsOrderState.ORDERED, "")

    follow_day(on=DAY + timedelta(days=1), at=at(DAY + timedelta(days=1)), directory=directory)
    order.refresh_from_db()
    assert order.state == RncpsOrderState.READY


def test_an_answer_nobody_takes_is_lost_and_said_so(sylvie: User, directory: HttpDirectory) -> None:
    order = order_one(
        wish=wish(sylvie, case_of(sylvie).number, mode=Mode.DEFERRED), person=person(SOPHIE), directory=directory
    )
    RncpsOrder.objects.filter(pk=order.pk).update(kept_until=DAY)
    follow_day(on=DAY, at=at(), directory=directory)
    order.refresh_from_db()
    assert order.state == RncpsOrderState.READY
    late = DAY + timedelta(days=1)
    follow_day(on=late, at=at(late), directory=directory)

    order.refresh_from_db()
    assert (order.state, bytes(order.people)) == (RncpsOrderState.EXPIRED, b"")
    assert RncpsResult.objects.get().outcome == "EXPIRED"


def test_a_list_waits_for_its_visa_and_asks_for_nobody_before(
    sylvie: User, anne: User, directory: HttpDirectory
) -> None:
    order = asked(sylvie, SOPHIE, UNKNOWN, CLAIRE)
    assert (order.state, order.count, RncpsConsultation.objects.count()) == (RncpsOrderState.TO_VISA, 3, 0)
    send_list(order_pk=order.pk, by_pk=sylvie.pk, at=at(), on=DAY, directory=directory)
    assert RncpsConsultation.objects.count() == 0
    with pytest.raises(OrderRefused):
        decide_visa(order_pk=order.pk, is_given=True, reason=" ", by_pk=anne.pk, at=at())
    with pytest.raises(OrderRefused, match="autre personne"):
        decide_visa(order_pk=order.pk, is_given=True, reason="oui", by_pk=sylvie.pk, at=at())
    decide_visa(order_pk=order.pk, is_given=True, reason="Proportionné : trois personnes", by_pk=anne.pk, at=at())
    for _time in range(2):
        send_list(order_pk=order.pk, by_pk=sylvie.pk, at=at(), on=DAY, directory=directory)

    assert RncpsConsultation.objects.filter(mode="COLLECTIVE", reference="A1", refusal="").count() == 3
    lines = take(order_pk=order.pk, by_pk=sylvie.pk, at=at(), directory=directory)
    assert [type(line.error) if line.answer is None else line.answer.person.nir for _row, line in lines] == [
        SOPHIE, UnknownPerson, CLAIRE,
    ]  # fmt: skip
    assert set(RncpsResult.objects.values_list("outcome", flat=True)) == {"ANSWERED", "UNKNOWN_PERSON"}


@pytest.mark.parametrize(
    ("case", "code", "columns", "is_known"),
    [
        ("an axis of the programme in progress", "A1", {}, True),
        ("an adopted one, not begun", "A1", {"status": "ADOPTED"}, True),
        ("a code that nobody adopted", "A9", {}, False),
        ("that of another fund", "A1", {"body": "CAF59"}, False),
        ("a programme that is closed", "A1", {"status": "CLOSED"}, False),
        ("a version that another replaced", "A1", {"superseded_on": DAY}, False),
        ("one that is replaced tomorrow", "A1", {"superseded_on": DAY + timedelta(days=1)}, True),
        ("one that is adopted tomorrow", "A1", {"adopted_on": DAY + timedelta(days=1)}, False),
    ],
)
def test_a_list_is_for_an_axis_of_the_programme_in_force_whoever_writes(
    case: str, code: str, columns: dict[str, Any], is_known: bool
) -> None:
    user = officer()
    authorised(user)
    programme(**columns)
    wanted = wish(user, code, mode=Mode.COLLECTIVE)
    make = partial(ask_list, wish=wanted, people=[person(SOPHIE)], purpose=PURPOSE)
    row = {
        "officer": user, "fund": "CAF63", "mode": "COLLECTIVE", "motive": "CONTROL", "reference": code, "categories": [],
        "count": 1, "state": "TO_VISA", "asked_at": at(), "asked_on": DAY,
    }  # fmt: skip
    if is_known:
        assert (make().reference, RncpsOrder.objects.create(form_key=uuid4(), **row).state) == (code, "TO_VISA"), case
        return
    with pytest.raises(LookRefused) as refused:
        make()
    assert refused.value.code == Refusal.NO_AXIS, case
    with pytest.raises(IntegrityError, match="axe du programme"), transaction.atomic():
        RncpsOrder.objects.create(form_key=uuid4(), **row)


def test_a_list_whose_axis_left_the_programme_meanwhile_is_not_sent(
    sylvie: User, anne: User, directory: HttpDirectory
) -> None:
    order = asked(sylvie, SOPHIE)
    decide_visa(order_pk=order.pk, is_given=True, reason="Proportionné", by_pk=anne.pk, at=at())
    with by_hand():
        ControlProgramme.objects.update(superseded_on=DAY)

    with pytest.raises(LookRefused) as refused:
        send_list(order_pk=order.pk, by_pk=sylvie.pk, at=at(), on=DAY, directory=directory)
    assert refused.value.code == Refusal.NO_AXIS
    order.refresh_from_db()
    assert (order.state, RncpsConsultation.objects.filter(refusal="").count()) == ("VISA_GIVEN", 0)


def test_a_refused_visa_ends_the_list_and_erases_it(sylvie: User, anne: User, directory: HttpDirectory) -> None:
    order = asked(sylvie, SOPHIE)
    decide_visa(order_pk=order.pk, is_given=False, reason="Pas nécessaire à l’axe", by_pk=anne.pk, at=at())

    send_list(order_pk=order.pk, by_pk=sylvie.pk, at=at(), on=DAY, directory=directory)
    order.refresh_from_db()
    assert (order.state, bytes(order.people)) == (RncpsOrderState.VISA_REFUSED, b"")
    assert not RncpsConsultation.objects.exists()


def test_a_list_with_oneself_in_it_for_fraud_or_without_words_is_not_taken(sylvie: User) -> None:
    with pytest.raises(LookRefused) as linked:
        asked(sylvie, SOPHIE, OWN)
    with pytest.raises(LookRefused) as fraud:
        asked(sylvie, SOPHIE, motive=Motive.FRAUD)
    with pytest.raises(OrderRefused, match="1 à 200"):
        asked(sylvie)
    with pytest.raises(OrderRefused, match="phrase"):
        ask_list(wish=wish(sylvie, "A1", mode=Mode.COLLECTIVE), people=[person(SOPHIE)], purpose="voir")

    assert [one.value.code for one in (linked, fraud)] == [Refusal.LINKED, Refusal.NOT_FOR_A_LIST]
    assert RncpsConsultation.objects.count() == 2
    assert not RncpsOrder.objects.exists()


def test_another_officer_takes_nothing(sylvie: User, directory: HttpDirectory) -> None:
    order = order_one(
        wish=wish(sylvie, case_of(sylvie).number, mode=Mode.DEFERRED), person=person(SOPHIE), directory=directory
    )
    other = officer("philippe", "Aubert", Role.CONTROLLER)
    with pytest.raises(OrderRefused):
        take(order_pk=order.pk, by_pk=other.pk, at=at(), directory=directory)
    assert not RncpsResult.objects.exists()


def test_an_outage_while_taking_loses_nothing(sylvie: User, directory: HttpDirectory) -> None:
    order = order_one(
        wish=wish(sylvie, case_of(sylvie).number, mode=Mode.DEFERRED), person=person(SOPHIE), directory=directory
    )
    follow_day(on=DAY, at=at(), directory=directory)
    with pytest.raises(DirectoryError):
        take(order_pk=order.pk, by_pk=sylvie.pk, at=at(), directory=NoDirectory())
    assert not RncpsResult.objects.exists()
    assert len(take(order_pk=order.pk, by_pk=sylvie.pk, at=at(), directory=directory)) == 1


def test_the_table_of_moves_names_every_state() -> None:
    assert set(ORDER_MOVES) == set(RncpsOrderState)
