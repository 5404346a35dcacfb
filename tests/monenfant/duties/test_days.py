"""The days of a campaign: lived one by one, skipped, killed, begun again; who is bound, who declared, who did not."""

from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core import mail
from django.db import connection

from monenfant.duties import acting, living, moving
from monenfant.duties.acting import Noted
from monenfant.models import (
    CarePlace,
    DeclarationFollowUp,
    DeskReferral,
    DutyDay,
    FollowUpMove,
    ProLink,
    Publication,
    Stop,
)  # fmt: skip
from monenfant.operations import move_follow_up
from monenfant.reporting.contacts import tell_contacts
from monenfant.reporting.writing import Who
from monenfant.rules import follow_up as rules
from monenfant.rules.childminders import Hidden
from portal.accounts.models import User
from portal.letters.models import LetterBatch, LetterJob
from portal.notices.models import Notice
from portal.notices.operations import send
from tests.monenfant.duties.world import (
    DESKS,
    JUNE,
    OPENS,
    at,
    childminders,
    declare,
    letters_leave,
    live,
    moves,
    states,
)  # fmt: skip
from tests.monenfant.files import row, take_in

pytestmark = pytest.mark.django_db
EVE = JUNE - timedelta(days=1)


def test_example_19_day_by_day(tmp_path: Path) -> None:
    """No declaration on 1 June 2022: overdue, the fund's letter, the département, a warning, and nothing beyond."""
    childminders(tmp_path, "AM1")
    take_in(tmp_path, DESKS, row(DESKS))
    agent = User.objects.create(username="agent")
    live(OPENS, EVE)
    assert states() == {"AM1": "DUE"}

    live(JUNE)
    assert states() == {"AM1": "OVERDUE"}
    assert LetterJob.objects.get().dated == JUNE
    live(date(2022, 6, 2))
    assert states() == {"AM1": "OVERDUE"}, "no reminder before its letter is written"

    letters_leave()
    live(date(2022, 6, 3))
    assert states() == {"AM1": "REMINDED"}
    assert DeskReferral.objects.get().desk_no == "R1"
    live(date(2022, 7, 2))
    assert states() == {"AM1": "REMINDED"}, "twenty-nine days"
    live(date(2022, 7, 3))
    assert states() == {"AM1": "REFERRED"}

    live(date(2022, 9, 30))
    assert states() == {"AM1": "REFERRED"}, "nothing goes on by itself"
    found = DeclarationFollowUp.objects.get()
    warning = Noted(date(2022, 9, 1), "Rappel de l’obligation de déclarer", UUID(int=1), "REGISTERED", date(2022, 9, 5))
    acting.note_warning(
        follow_up_pk=found.pk, noted=warning, by_pk=agent.pk, on=date(2022, 9, 30), now=at(date(2022, 9, 30))
    )
    live(date(2022, 10, 1), date(2022, 11, 30))
    assert states() == {"AM1": "WARNED"}
    assert [after for after, _on in moves("AM1")] == ["OVERDUE", "REMINDED", "REFERRED", "WARNED"]


@pytest.mark.parametrize(
    ("case", "on", "window", "state"),
    [
        ("on the day of the opening", OPENS, {}, "COMPLIANT"),
        ("the evening before", EVE, {"hour": 23}, "COMPLIANT"),
        ("the day before the opening: what was told then is not of this campaign", OPENS - timedelta(days=1), {}, "OVERDUE"),
        ("a window that ends with the deadline tells nothing after it", EVE, {"first": OPENS, "end": JUNE}, "OVERDUE"),
        ("a window of one day of the six months", EVE, {"first": EVE, "end": date(2022, 6, 2)}, "COMPLIANT"),
        ("a window of after the six months", EVE, {"first": date(2022, 12, 1)}, "OVERDUE"),
        ("on the last day of the six months", EVE, {"first": date(2022, 11, 30), "end": date(2022, 12, 2)}, "COMPLIANT"),
        ("on the day itself it is late, and heard the next morning", JUNE, {"hour": 0}, "OVERDUE"),
    ],
)  # fmt: skip
def test_what_counts_as_declared_in_time(
    tmp_path: Path, case: str, on: date, window: dict[str, Any], state: str
) -> None:
    childminders(tmp_path, "AM1")
    live(OPENS)
    declare("AM1", on, **window)
    live(JUNE)

    assert states() == {"AM1": state}, case


def test_late_is_compliant_too_from_any_state_and_cures_a_breach(tmp_path: Path) -> None:
    names = ["AM1", "AM2", "AM3", "AM4", "AM5"]
    childminders(tmp_path, *names)
    live(OPENS, JUNE)
    user = User.objects.create(username="agent")
    ladder = ("REMINDED", "REFERRED", "WARNED", "RECORDED")
    for steps, name in enumerate(names):
        pk = DeclarationFollowUp.objects.get(place__number=name).pk
        for to in ladder[:steps]:
            move(pk, to, user)
        declare(name, date(2022, 6, 20))
    live(date(2022, 6, 20))
    assert "COMPLIANT" not in states().values(), "heard the next morning"

    live(date(2022, 6, 21))

    assert set(states().values()) == {"COMPLIANT"}
    cured = DeclarationFollowUp.objects.filter(cured_on__isnull=False)
    assert [(one.place.number, one.cured_on) for one in cured] == [("AM5", date(2022, 6, 21))]


def move(pk: int, to: str, user: User) -> None:
    move_follow_up(follow_up_pk=pk, to=to, on=JUNE, by_pk=user.pk, reason="essai")


@pytest.mark.parametrize(
    ("cells", "asked"),
    [
        ({}, True),
        ({"employer_kind": "LEGAL_PERSON"}, False),
        ({"end": "2022-04-17"}, False),
        ({"end": "2022-04-18"}, True),
        ({"stopped_on": "2022-04-17"}, False),
        ({"stopped_on": "2022-04-18"}, True),
        ({"start": "2022-04-18"}, False),
        # Another breach than the missing declaration: the duty is the same.
        ({"publication_authorised_on": ""}, True),
    ],
)
def test_who_is_bound_on_the_day_of_the_opening(tmp_path: Path, cells: dict[str, str], asked: bool) -> None:
    childminders(tmp_path, "AM1", **cells)
    live(OPENS - timedelta(days=1), OPENS)

    assert states() == ({"AM1": "DUE"} if asked else {})


def test_nobody_is_asked_with_less_than_a_fortnight_left(tmp_path: Path) -> None:
    childminders(tmp_path / "a", "AM1", start="2022-05-17")
    childminders(tmp_path / "b", "AM2", start="2022-05-18", employer_kind="PARENTS")
    live(date(2022, 5, 17), date(2022, 5, 18), JUNE)

    assert states() == {"AM1": "OVERDUE"}


@pytest.mark.parametrize("cells", [{"stopped_on": "2022-05-20"}, {"employer_kind": "LEGAL_PERSON"}])
def test_an_activity_that_stops_is_awaited_no_more(tmp_path: Path, cells: dict[str, str]) -> None:
    childminders(tmp_path / "a", "AM1", "AM2")
    live(OPENS, JUNE)
    stopped = row("childminder-approvals", childminder_no="AM1", approval_number="A-AM1-0", **SINCE_ROW | cells)
    take_in(tmp_path, "childminder-approvals", stopped)
    live(date(2022, 6, 2))

    assert states() == {"AM1": "EXEMPT", "AM2": "OVERDUE"}


SINCE_ROW = {
    "start": "2020-01-01", "end": "2030-01-01", "publication_authorised_on": "2020-01-01",
    "updated_at": "2026-02-05T08:00:00+01:00",
}  # fmt: skip


@pytest.mark.parametrize(
    ("end", "state"),
    [(None, "EXEMPT"), (date(2022, 6, 2), "EXEMPT"), (JUNE, "OVERDUE"), (date(2022, 5, 8), "OVERDUE")],
)
def test_a_stop_told_on_the_site_counts_when_it_goes_beyond_the_deadline(
    tmp_path: Path, end: date | None, state: str
) -> None:
    """A week of holidays excuses nobody from the next six months."""
    childminders(tmp_path, "AM1")
    live(OPENS)
    place = CarePlace.objects.get()
    told = published(place, "STOP", date(2022, 5, 1))
    Stop.objects.create(place=place, start=date(2022, 5, 1), end=end, publication=told, told_at=at(date(2022, 5, 1)))
    live(date(2022, 5, 2), JUNE)

    assert states() == {"AM1": state}


@pytest.mark.parametrize(("gesture", "state"), [("UNTIL", "COMPLIANT"), ("LIMIT", "OVERDUE"), ("UNDO", "OVERDUE")])
def test_what_the_portal_takes_away_or_the_person_takes_back_is_no_declaration(
    tmp_path: Path, gesture: str, state: str
) -> None:
    childminders(tmp_path, "AM1")
    live(OPENS)
    declare("AM1", EVE)
    told = published(CarePlace.objects.get(), "UNTIL" if gesture == "UNDO" else gesture, EVE)
    if gesture == "UNDO":
        published(CarePlace.objects.get(), "UNDO", JUNE, undoes=told)
    live(JUNE)

    assert states() == {"AM1": state}


def published(place: CarePlace, gesture: str, on: date, undoes: Publication | None = None) -> Publication:
    return Publication.objects.create(
        place=place, key=uuid4(), gesture=gesture, window_start=on, window_end=on + timedelta(1), free_half_days=0,
        message_no=1, before=b"", at=at(on), undoes=undoes,
    )  # fmt: skip


# ---- skipped, repeated, killed ------------------------------------------------------------------------------------


def test_days_that_were_skipped_are_lived_in_order_as_of_their_dates(tmp_path: Path) -> None:
    childminders(tmp_path, "AM1", "AM2", "AM3")
    living.live_days(until=OPENS)
    declare("AM2", EVE)
    declare("AM3", date(2022, 6, 3))

    lived = living.live_days(until=date(2022, 6, 5))

    assert (lived[0], lived[-1], len(lived)) == (OPENS + timedelta(days=1), date(2022, 6, 5), 49)
    assert moves("AM1") == [("OVERDUE", JUNE)]
    assert moves("AM2") == [("COMPLIANT", JUNE)]
    assert moves("AM3") == [("OVERDUE", JUNE), ("COMPLIANT", date(2022, 6, 4))]
    assert LetterJob.objects.get().dated == date(2022, 6, 5), "no letter bears a day on which it was not written"
    assert living.live_days(until=date(2022, 6, 5)) == []


def test_a_day_lived_again_changes_nothing(tmp_path: Path) -> None:
    childminders(tmp_path, "AM1", "AM2")
    live(OPENS)
    declare("AM2", EVE)
    live(JUNE)
    before = left()
    live(JUNE)

    assert left() == before
    assert DutyDay.objects.count() == 2


def left() -> dict[str, Any]:
    return {
        "follow_ups": list(DeclarationFollowUp.objects.order_by("place__number").values_list("place__number", "state", "moved_on")),
        "moves": sorted(FollowUpMove.objects.values_list("follow_up__place__number", "before", "after", "on", "reason")),
        "letters": sorted(LetterJob.objects.values_list("subject", "dated")),
        "notices": Notice.objects.count(), "batches": LetterBatch.objects.count(), "days": DutyDay.objects.count(),
    }  # fmt: skip


class Killed(Exception):
    """The worker died here."""


def test_killed_at_any_statement_a_day_ends_as_if_undisturbed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each statement of the day is the last one in turn; the next call does what was left of it, once."""
    monkeypatch.setattr(living, "PLACES_AT_ONCE", 1)
    childminders(tmp_path, "AM1", "AM2", "AM3")
    live(OPENS)
    declare("AM2", EVE)
    deaths = 0
    while not dies_at(deaths):
        deaths += 1
    disturbed = left()

    assert deaths > 40
    assert states() == {"AM1": "OVERDUE", "AM2": "COMPLIANT", "AM3": "OVERDUE"}
    assert [moves(name) for name in states()] == [[("OVERDUE", JUNE)], [("COMPLIANT", JUNE)], [("OVERDUE", JUNE)]]
    assert (len(disturbed["letters"]), disturbed["batches"], disturbed["days"]) == (2, 2, 2)


def dies_at(statement: int) -> bool:
    """Whether the day came to its end before the worker died, at that statement."""
    left_to_live = count(statement, -1)

    def fatal(execute: Any, *asked: Any) -> Any:
        if next(left_to_live) == 0:
            raise Killed
        return execute(*asked)

    try:
        with connection.execute_wrapper(fatal):
            living.live_day(day=JUNE)
    except Killed:
        return False
    return True


# ---- what leaves --------------------------------------------------------------------------------------------------


def test_reminders_leave_at_their_day_once_and_to_those_who_have_not_declared(tmp_path: Path) -> None:
    childminders(tmp_path, "AM1", "AM2")
    live(OPENS)
    assert Notice.objects.count() == 2
    declare("AM2", OPENS)
    counts = []
    for day in (date(2022, 5, 16), date(2022, 5, 17), date(2022, 5, 18), date(2022, 5, 29), JUNE):
        live(day)
        counts.append(Notice.objects.count())

    assert counts == [2, 3, 3, 4, 4]
    assert set(Notice.objects.filter(key__contains="MIDWAY").values_list("words", flat=True)) == {
        "mercredi 1er juin 2022"
    }


def test_the_e_mail_is_neutral_and_speaks_of_no_sanction(tmp_path: Path) -> None:
    childminders(tmp_path, "AM1", hides_email="1")
    live(OPENS)
    send(notice_pk=Notice.objects.get().pk)

    text = mail.outbox[0].subject + mail.outbox[0].body
    assert mail.outbox[0].to == ["accueil@exemple.fr"]
    assert "/pro/" in text
    assert ProLink.objects.get().purpose == "WEEK", "nothing was told yet: the week opens"
    assert not [
        word
        for word in ("sanction", "avertissement", "retrait", "suspension", "manquement", "retard")
        if word in text.lower()
    ]


def test_a_letter_waits_for_an_address_and_the_follow_up_with_it(tmp_path: Path) -> None:
    childminders(tmp_path / "a", "AM1", address="")
    live(OPENS, JUNE, date(2022, 7, 10))
    assert (states(), LetterJob.objects.count()) == ({"AM1": "OVERDUE"}, 0)

    told = row("childminder-approvals", childminder_no="AM1", approval_number="A-AM1-1", **SINCE_ROW)
    take_in(tmp_path, "childminder-approvals", told)
    live(date(2022, 7, 11))

    assert LetterJob.objects.get().dated == date(2022, 7, 11)


def test_without_an_e_mail_nothing_is_asked(tmp_path: Path) -> None:
    childminders(tmp_path, "AM1", email="")
    live(OPENS)

    assert not Notice.objects.exists()

    tell_contacts(
        place_pk=CarePlace.objects.get().pk, phone="", email="anne@exemple.fr", web="", hidden=Hidden(), who=Who("anne"),
        on=OPENS, now=at(OPENS),
    )  # fmt: skip
    live(date(2022, 5, 17))
    send(notice_pk=Notice.objects.get().pk)
    assert mail.outbox[0].to == ["anne@exemple.fr"], "told on the site since"


# ---- the table ----------------------------------------------------------------------------------------------------


def test_the_steps_of_a_day_are_of_the_table_and_none_goes_beyond_the_departement() -> None:
    made = {(state, step.to) for step in moving.STEPS for state in step.states}

    assert all(to in rules.ALLOWED_MOVES[state] for state, to in made)
    assert {to for _state, to in made} == {"COMPLIANT", "OVERDUE", "REMINDED", "REFERRED", "EXEMPT"}


def test_where_no_desk_serves_the_commune_the_fund_helps(tmp_path: Path) -> None:
    childminders(tmp_path, "AM1")
    take_in(tmp_path, DESKS, row(DESKS, served="63164"), row(DESKS, desk_no="R2", kind="EARLY_YEARS_INFO_POINT"))
    live(OPENS, JUNE)
    letters_leave()
    live(date(2022, 6, 2))

    assert DeskReferral.objects.get().desk_no == ""
