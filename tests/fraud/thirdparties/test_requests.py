"""Asking a third party: the person first, a sworn officer, a delay from the receipt; answers kept once, fines by another."""

from collections import Counter
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from fraud.guarding import LinkedToThem
from fraud.models import (
    THIRD_PARTY_MOVES,
    ControlCase,
    DeclaredLink,
    EvidenceItem,
    ObtainedInformation,
    ThirdPartyFine,
    ThirdPartyMove,
    ThirdPartyRequest,
)
from fraud.thirdparties import asking, fining, selectors
from fraud.thirdparties.answering import RequestOver, answer
from fraud.thirdparties.living import live_day
from fraud.thirdparties.moving import RequestRefused
from fraud.thirdparties.said import Paper, Said, read
from portal.accounts.models import Posting, Role
from portal.audit.models import JournalEntry
from portal.casework.moves import MoveNotAllowed
from portal.letters.models import LetterJob
from tests.fraud.thirdparties.world import (
    ASKED,
    DAY,
    DUE,
    PDF,
    RECEIVED,
    SENT,
    WANTED,
    at,
    case_of,
    prepared,
    sent,
    silent,
    swear,
    who,
)

pytestmark = pytest.mark.django_db
FINED_ON, DECIDED_ON = date(2026, 10, 5), date(2026, 10, 21)


@pytest.fixture
def case(db: None) -> ControlCase:
    return case_of()


def given(words: str = "", *papers: bytes) -> Said:
    files = [Paper(f"releve-{number}.pdf", content) for number, content in enumerate(papers)]
    said, errors = read({"answer": "GIVEN", "words": words, "name": "Service juridique"}, files, with_contact=False)
    assert said is not None, errors
    return said


def tell(request: ThirdPartyRequest, said: Said, day: date = DAY, by_pk: int | None = None, **more: Any) -> Any:
    return answer(request_pk=request.pk, said=said, key=more.get("key") or uuid4(), by_pk=by_pk, day=day, at=at(day))


def kinds(request: ThirdPartyRequest) -> list[str]:
    return list(
        LetterJob.objects.filter(subject=f"thirdparty:{request.number}").order_by("pk").values_list("kind", flat=True)
    )


def test_from_the_first_attempt_to_the_answer(case: ControlCase) -> None:
    found = sent(case)
    assert (found.number, found.state, found.due_on) == ("T-2026-1", "SENT", DUE)
    assert kinds(found) == ["fraud.third_request"]

    made, again = tell(found, given("Compte clos en mai.", PDF))

    found.refresh_from_db()
    assert (found.state, again, made.papers) == ("ANSWERED", False, 1)
    paper = EvidenceItem.objects.get(reference="T-2026-1")
    assert (paper.case, paper.provenance["body"]) == (case, "Banque Alpha")
    told = ObtainedInformation.objects.get(case=case)
    assert (told.via, told.origin) == ("THIRD_PARTY", "Banque Alpha (banque)")
    assert told.content == (
        "Demandé : Relevés du compte de janvier à juin 2026 Pièces reçues : releve-0.pdf. Il écrit : Compte clos en mai."
    )
    assert list(found.moves.order_by("pk").values_list("to_state", flat=True)) == [
        "PREPARED",
        "SENT",
        "SENT",
        "ANSWERED",
    ]


@pytest.mark.parametrize(
    ("case_", "changes", "field"),
    [
        ("the person was not asked, and nobody says why", {"attempt_on": None, "attempt_way": ""}, "attempt_on"),
        ("asked tomorrow", {"attempt_on": ASKED + timedelta(days=1)}, "attempt_on"),
        ("asked, nobody says how", {"attempt_way": ""}, "attempt_way"),
        ("a neighbour is not on the list", {"kind": "NEIGHBOUR"}, "kind"),
        ("curiosity is no purpose", {"purpose": "CURIOSITY"}, "purpose"),
        ("about nobody", {"concerned": ()}, "concerned"),
        ("people not identified, without the act", {"is_identified": False}, "is_identified"),
    ],
)
def test_what_cannot_be_asked(case: ControlCase, case_: str, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(RequestRefused) as refused:
        prepared(case, **changes)

    assert list(refused.value.errors) == [field], case_
    assert not ThirdPartyRequest.objects.exists()


def test_without_a_first_attempt_there_is_a_reason(case: ControlCase) -> None:
    reason = "La personne cacherait la pièce"

    assert prepared(case, attempt_on=None, attempt_way="", no_attempt_reason=reason).no_attempt_reason == reason


def test_the_act_lets_ask_about_people_not_identified_for_its_time_only(case: ControlCase) -> None:
    def act(until: date) -> None:
        asking.authorise_unidentified(
            username=who("sylvie").username, act_no=f"A-{until}", signatory="Direction", valid_from=date(2026, 1, 1),
            valid_to=until, granted_by=who("helene").username,
        )  # fmt: skip

    act(ASKED)
    with pytest.raises(RequestRefused):
        prepared(case, is_identified=False)
    act(ASKED + timedelta(days=1))
    found = prepared(case, is_identified=False, concerned=("Titulaires de la ligne", "et du boîtier"))
    assert found.persons == 1
    # The act is over on the day of sending: the database refuses too.
    with pytest.raises(IntegrityError, match="spécialement autorisé"), transaction.atomic():
        asking.send(request_pk=found.pk, by_pk=who("philippe").pk, on=SENT, at=at(SENT))
    with pytest.raises(RequestRefused):
        asking.authorise_unidentified(
            username="helene", act_no="A", signatory="Direction", valid_from=ASKED, valid_to=SENT, granted_by="helene"
        )


def test_only_a_sworn_officer_of_the_fund_sends(case: ControlCase) -> None:
    found = prepared(case)

    with pytest.raises(RequestRefused, match="assermenté"):
        asking.send(request_pk=found.pk, by_pk=who("sylvie").pk, on=SENT, at=at(SENT))

    assert kinds(found) == []
    lapsed = who("marie")
    Posting.objects.create(user=lapsed, role=Role.CONTROLLER, fund="CAF63", starts_on=date(2020, 1, 1))
    swear(lapsed, until=SENT)
    with pytest.raises(RequestRefused, match="assermenté"):
        asking.send(request_pk=found.pk, by_pk=lapsed.pk, on=SENT, at=at(SENT))
    # Whoever writes: without an oath, with one that ended that day, of another fund; the last day of the oath is not refused.
    elsewhere = who("paul")
    Posting.objects.create(user=elsewhere, role=Role.CONTROLLER, fund="CAF59", starts_on=date(2020, 1, 1))
    swear(elsewhere)
    sent_by = "state = 'SENT', sent_on = '{}', sent_by_id = {}"
    for one in (who("sylvie"), lapsed, elsewhere):
        refused_update("fraud_thirdpartyrequest", found.pk, sent_by.format(SENT, one.pk), match="assermenté")
    last_day = prepared(case_of("cmg:employer:E2"))
    with connection.cursor() as cursor:
        change = sent_by.format(SENT - timedelta(days=1), lapsed.pk)
        cursor.execute(f"UPDATE fraud_thirdpartyrequest SET {change} WHERE id = %s", (last_day.pk,))
    refused_update("fraud_thirdpartyrequest", last_day.pk, f"sent_by_id = {who('sylvie').pk}")
    asking.send(request_pk=found.pk, by_pk=who("philippe").pk, on=SENT, at=at(SENT))
    asking.send(request_pk=found.pk, by_pk=who("philippe").pk, on=SENT, at=at(SENT))
    assert kinds(found) == ["fraud.third_request"]


def test_a_declared_link_closes_the_request(case: ControlCase) -> None:
    found = prepared(case)
    DeclaredLink.objects.create(user=who("philippe"), subject=case.subject, relation="RELATIVE", since=date(2026, 1, 1))

    with pytest.raises(LinkedToThem):
        asking.send(request_pk=found.pk, by_pk=who("philippe").pk, on=SENT, at=at(SENT))
    with pytest.raises(LinkedToThem):
        prepared(case, by="philippe")

    assert JournalEntry.objects.filter(action="control.linked_refused").count() == 2
    assert prepared(case_of("cmg:employer:E2"), by="philippe").state == "PREPARED"


def test_the_same_form_prepares_once(case: ControlCase) -> None:
    key, known = (
        uuid4(),
        {
            "case_pk": case.pk,
            "wanted": asking.Wanted(**WANTED),
            "by_pk": who("sylvie").pk,
            "on": ASKED,
            "at": at(ASKED),
        },
    )

    first, second = asking.prepare(key=key, **known), asking.prepare(key=key, **known)

    assert (first[0], first[1], second[1]) == (second[0], False, True)


def test_reminded_on_the_twentieth_day_silent_after_the_thirtieth(case: ControlCase) -> None:
    found, unproven = sent(case), sent(case_of("cmg:employer:E2"), received_on=None)
    reminder = RECEIVED + timedelta(days=20)
    days = [reminder - timedelta(days=1), reminder, reminder, DUE, DUE + timedelta(days=1), DUE + timedelta(days=1)]

    lived = [live_day(day=day, at=at(day, 5)) for day in days]

    assert lived == [Counter(), Counter(REMINDED=1), Counter(), Counter(), Counter(SILENT=1), Counter()]
    assert kinds(found) == ["fraud.third_request", "fraud.third_reminder"]
    unproven.refresh_from_db()
    assert unproven.state == "SENT", "no delay runs without a proof of receipt"
    assert selectors.counts(who("sylvie"), DAY)["unproven"] == 1


def test_a_late_answer_is_still_taken_and_the_same_twice_is_one(case: ControlCase) -> None:
    found = silent(case)
    key = uuid4()

    first, second, third = (
        tell(found, given("Voici."), key=key),
        tell(found, given("Autre chose"), key=key),
        tell(found, given("Voici.")),
    )

    assert [one[0].pk for one in (second, third)] == [first[0].pk] * 2
    assert [one[1] for one in (first, second, third)] == [False, True, True]
    found.refresh_from_db()
    assert found.state == "ANSWERED"


def test_what_was_withdrawn_or_never_sent_takes_no_answer(case: ControlCase) -> None:
    waiting, withdrawn = prepared(case), sent(case_of("cmg:employer:E2"))
    asking.withdraw(
        request_pk=withdrawn.pk, reason="La famille a donné la pièce", by_pk=who("sylvie").pk, on=DAY, at=at(DAY)
    )

    assert withdrawn.moves.filter(reason="La famille a donné la pièce").exists()
    assert "donné" not in str(list(JournalEntry.objects.values_list("detail", flat=True)))
    for one in (waiting, withdrawn):
        with pytest.raises(RequestOver):
            tell(one, given("Voici."))
    assert not ObtainedInformation.objects.exists()


def test_a_wrong_paper_keeps_nothing(case: ControlCase) -> None:
    found = sent(case)

    with pytest.raises(RequestRefused):
        tell(found, Said(given("x" * 10).kind, "", {}, [Paper("virus.bin", b"\x00\x01")]))

    assert not found.answers.exists()
    assert not EvidenceItem.objects.exists()


def test_the_fine_of_a_silence(case: ControlCase) -> None:
    people = tuple(f"Personne {number}, née en 1980" for number in range(7))
    found = silent(case, concerned=people)
    with pytest.raises(RequestRefused, match="pourquoi"):
        fining.propose_fine(request_pk=found.pk, reason="trop", by_pk=who("philippe").pk, on=FINED_ON, at=at(FINED_ON))

    fine = propose(found)

    assert (fine.amount_cents, fine.reply_until) == (1_000_000, date(2026, 10, 20))
    assert propose(found) == fine
    decide = {"fine_pk": fine.pk, "accepted": True, "decision": "Aucune réponse malgré le rappel"}
    with pytest.raises(RequestRefused, match="une autre personne"):
        fining.decide_fine(**decide, by_pk=who("philippe").pk, on=DECIDED_ON, at=at(DECIDED_ON))
    with pytest.raises(RequestRefused, match="20 octobre"):
        fining.decide_fine(**decide, by_pk=who("helene").pk, on=date(2026, 10, 20), at=at(date(2026, 10, 20)))
    fining.decide_fine(**decide, by_pk=who("helene").pk, on=DECIDED_ON, at=at(DECIDED_ON))
    fining.decide_fine(**decide, by_pk=who("helene").pk, on=DECIDED_ON, at=at(DECIDED_ON))
    found.refresh_from_db()
    assert found.state == "FINED"
    assert kinds(found)[-2:] == ["fraud.third_fine_notice", "fraud.third_fine_decided"]
    with pytest.raises(MoveNotAllowed):
        fining.decide_fine(**decide | {"accepted": False}, by_pk=who("helene").pk, on=DECIDED_ON, at=at(DECIDED_ON))


def propose(request: ThirdPartyRequest) -> ThirdPartyFine:
    return fining.propose_fine(
        request_pk=request.pk,
        reason="Aucune réponse après un rappel",
        by_pk=who("philippe").pk,
        on=FINED_ON,
        at=at(FINED_ON),
    )


def test_a_refusal_is_not_fined_before_the_delay_is_over(case: ControlCase) -> None:
    found = sent(case)
    said, _errors = read({"answer": "REFUSED", "words": "Secret professionnel"}, (), with_contact=False)
    assert said is not None
    tell(found, said, date(2026, 9, 10))

    with pytest.raises(RequestRefused, match="n’est pas écoulé"):
        fining.propose_fine(
            request_pk=found.pk, reason="Refus sans motif", by_pk=who("philippe").pk, on=DUE, at=at(DUE)
        )

    assert not ObtainedInformation.objects.exists()
    assert propose(found).amount_cents == 150_000


def test_an_answer_while_the_fine_is_proposed_is_shown_beside_it(case: ControlCase) -> None:
    found = silent(case)
    fine = propose(found)

    tell(found, given("Voici, avec nos excuses."), date(2026, 10, 12))
    fining.decide_fine(
        fine_pk=fine.pk, accepted=False, decision="La réponse est venue", by_pk=who("helene").pk, on=date(2026, 10, 13),
        at=at(date(2026, 10, 13)),
    )  # fmt: skip

    found.refresh_from_db()
    assert (found.state, found.answers.count(), ObtainedInformation.objects.count()) == ("FINE_DROPPED", 1, 1)


DUE_FINE = (
    "INSERT INTO fraud_thirdpartyfine (request_id, persons, per_person_cents, cap_cents, amount_cents, proposed_by_id, "
    "proposed_on, reason, reply_until, state, decision) VALUES (%s, 1, 150000, 1000000, %s, %s, %s, 'x', %s, 'PROPOSED', '')"
)


@pytest.mark.parametrize(
    ("case_", "amount", "on", "passes"),
    [
        ("the day after the delay", 150_000, DUE + timedelta(days=1), True),
        ("the last day of the delay", 150_000, DUE, False),
        ("one cent more", 150_001, DUE + timedelta(days=1), False),
    ],
)
def test_the_database_refuses_a_fine_too_early_or_wrong(
    case: ControlCase, case_: str, amount: int, on: date, *, passes: bool
) -> None:
    found = silent(case)

    def insert() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(DUE_FINE, (found.pk, amount, who("philippe").pk, on, on + timedelta(days=15)))

    if passes:
        insert()
    else:
        with pytest.raises(IntegrityError):
            insert()


def refused_update(table: str, pk: int, change: str, match: str | None = None) -> None:
    with pytest.raises(IntegrityError, match=match), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {change} WHERE id = %s", (pk,))


def test_the_database_keeps_what_was_sent_said_and_decided(case: ControlCase) -> None:
    found = silent(case)
    fine = propose(found)
    made, _again = tell(found, given("Voici."), date(2026, 10, 12))
    decided = "state = 'DECIDED', decision = 'x', decided_on = '2026-{}', decided_by_id = {}"
    first = ThirdPartyMove.objects.filter(request=found).earliest("pk").pk
    asked = ("asked = 'tout'", "persons = 7", "state = 'SENT'", "due_on = due_on + 1", "state = 'FINED'")
    too_soon, own = decided.format("10-20", who("helene").pk), decided.format("11-20", fine.proposed_by_id)
    changes = {
        "fraud_thirdpartyrequest": [(found.pk, change) for change in asked],
        "fraud_thirdpartyfine": [(fine.pk, one) for one in ("amount_cents = 1", "state = 'DECIDED'", too_soon, own)],
        "fraud_thirdpartyanswer": [(made.pk, "kind = 'REFUSED'")],
        "fraud_thirdpartymove": [(first, "reason = 'x'")],
    }
    for table, lines in changes.items():
        for pk, change in lines:
            refused_update(table, pk, change)
    with pytest.raises(IntegrityError), transaction.atomic():
        ThirdPartyRequest.objects.filter(pk=prepared(case).pk).delete()


@pytest.mark.parametrize(
    "change",
    ["attempt_on = NULL", "attempt_way = ''", "kind = 'NEIGHBOUR'", "persons = 0", "is_identified = false",
     "state = 'ANSWERED'", "case_id = NULL"],
)  # fmt: skip
def test_the_database_refuses_what_must_never_be_asked(case: ControlCase, change: str) -> None:
    refused_update("fraud_thirdpartyrequest", prepared(case).pk, change)


def test_the_database_knows_the_table_of_moves(case: ControlCase) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'fraud_third_party_check'")
        source = cursor.fetchone()[0]
    for former, following in THIRD_PARTY_MOVES.items():
        for to in THIRD_PARTY_MOVES:
            assert (f"('{former}', '{to}')" in source) == (to in following), (former, to)
