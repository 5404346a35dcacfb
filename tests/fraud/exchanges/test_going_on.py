"""What follows an exchange when something went wrong: not handed over, its officer gone, a draft to be written otherwise."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from fraud.directory.operations import revoke
from fraud.exchanges import answering, drafting, ending, retrying, sending, taking_over
from fraud.exchanges.attaching import Paper, attach
from fraud.exchanges.keeping import content_of
from fraud.exchanges.messages import taken_over_message
from fraud.exchanges.words import ExchangeRefused, NothingLeft, NotNow
from fraud.guarding import LinkedToThem
from fraud.models import (
    AuthorisedOfficer,
    BodyNature,
    DeclaredLink,
    InfoExchange,
    OutgoingEnvelope,
    OutgoingState,
    ReceivedEnvelope,
)
from fraud.rules import exchange as rules
from portal.accounts.models import Posting
from portal.audit.models import JournalEntry
from tests.fraud.envelopes.scene import make_body, make_keys, make_officer
from tests.fraud.exchanges.test_forged import posted
from tests.fraud.exchanges.world import (
    AGENCY,
    CAF,
    DAY,
    NOON,
    PERIODS,
    STAY,
    answered,
    asked,
    by_hand,
    case_of,
    decide,
    delivered,
    drafted,
    given,
    refused,
    sent,
    sides,
    written,
)  # fmt: skip

PDF, CSV = b"%PDF-1.7\nregistre\n%%EOF", b"jour\n2026-06-01\n"


def failed(**changes) -> OutgoingEnvelope:
    """The last envelope, as after its tenth try."""
    last = OutgoingEnvelope.objects.latest("pk")
    with by_hand():
        OutgoingEnvelope.objects.filter(pk=last.pk).update(state=OutgoingState.FAILED, attempts=10, **changes)
    return last


def again(exchange: InfoExchange, officer: AuthorisedOfficer, **changes) -> InfoExchange:
    said = {"exchange_pk": exchange.pk, "by_pk": officer.user_id, "on": DAY, "at": NOON}
    return retrying.try_again(**said | changes)


def colleague(body: str = CAF, category: str = "SCHEME_CONTROL", **changes) -> AuthorisedOfficer:
    return make_officer(body, category, "colleague", act_no="2025-18", **changes)


def over(exchange: InfoExchange, officer: AuthorisedOfficer) -> InfoExchange:
    return taking_over.take_over(exchange_pk=exchange.pk, by_pk=officer.user_id, on=DAY, at=NOON)


# Not handed over.


def test_sent_again_it_is_the_same_envelope_and_arrives_once(pair):
    out = sent(pair)
    first = failed()

    for _time in range(2):
        again(out, pair[0])
    delivered()

    out, side = sides(out)
    assert (out.state, out.envelope, OutgoingEnvelope.objects.count()) == (rules.ACKNOWLEDGED, first.envelope_id, 1)
    assert side.items.count() == 2
    assert JournalEntry.objects.filter(action="control.exchange_tried_again").count() == 1


def test_too_old_it_leaves_in_a_new_envelope_with_a_whole_delay(pair):
    """Four days and more after: nobody would take the first one in."""
    out = sent(pair)
    first = failed()
    later = NOON + timedelta(hours=97)
    again(out, pair[0], on=date(2026, 10, 30), at=later)

    out.refresh_from_db()
    assert out.envelope != first.envelope_id
    assert out.due_on == date(2026, 11, 29)
    again(out, pair[0], on=date(2026, 10, 30), at=later)
    assert OutgoingEnvelope.objects.count() == 2


def test_an_answer_whose_receipt_was_lost_is_known_there_when_it_comes_anew(pair):
    out, side = asked(pair)
    answered(side, pair[1], **{STAY: given(), PERIODS: refused()})
    failed(sent_at=NOON - timedelta(days=5))

    again(side, pair[1])
    (done,) = delivered()

    assert (done.state, OutgoingEnvelope.objects.count()) == (OutgoingState.ACCEPTED, 3)
    out, side = sides(out)
    assert (out.state, out.moves.count(), side.answer_envelope) == (rules.PARTIAL, 4, done.envelope_id)


def test_who_may_send_again_and_when(pair):
    out = sent(pair)
    with pytest.raises(NotNow) as who:
        again(out, colleague())
    assert str(who.value) == retrying.NOT_YOURS
    assert again(out, pair[0]).state == rules.SENT  # on its way
    delivered()
    with pytest.raises(NotNow) as what:
        again(out, pair[0])
    assert str(what.value) == retrying.NOTHING_WAITS


def test_a_designation_that_ended_meanwhile_sends_nothing_again(pair):
    out = sent(pair)
    failed()
    revoke(officer_pk=pair[1].pk, on=DAY, reason="x", by="x")
    with pytest.raises(NothingLeft):
        again(out, pair[0])
    assert OutgoingEnvelope.objects.get().state == OutgoingState.FAILED


# Its officer left.


def test_who_follows_what_was_sent_when_its_officer_left_closes_it(pair):
    mine, theirs = pair
    out, side = asked(pair)
    answered(side, theirs, **{STAY: given(), PERIODS: given()})
    other = colleague()
    with pytest.raises(NotNow) as still:
        over(out, other)
    assert str(still.value) == taking_over.STILL_THEIRS
    Posting.objects.filter(user=mine.user).update(ends_on=DAY)
    with pytest.raises(NotNow):
        ending.close(exchange_pk=out.pk, by_pk=other.user_id, on=DAY, at=NOON)
    for _time in range(2):
        over(out, other)

    assert ending.close(exchange_pk=out.pk, by_pk=other.user_id, on=DAY, at=NOON).officer_id == other.pk
    assert out.moves.get(from_state=rules.ANSWERED, to_state=rules.ANSWERED).reason.startswith(
        "repris par Ève Colleague"
    )
    assert JournalEntry.objects.filter(action="control.exchange_taken_over").count() == 1


def test_the_same_person_goes_on_by_a_new_act(pair):
    """Clémence's act ends; the next one has another number. Her drafts and what she must answer stay hers."""
    mine, theirs = pair
    out, side = asked(pair)
    draft = drafted((theirs, mine))
    revoke(officer_pk=theirs.pk, on=DAY, reason="x", by="x")
    new = AuthorisedOfficer.objects.get(pk=theirs.pk)
    new.pk, new.act_no, new.revoked_on = None, "2026-DG-400", None
    new.save(force_insert=True)
    decide(side, theirs, **{STAY: given(), PERIODS: given()})
    with pytest.raises(NothingLeft):
        answering.send_answer(exchange_pk=side.pk, by_pk=theirs.user_id, on=DAY, at=NOON)

    for one in InfoExchange.objects.filter(pk__in=[side.pk, draft.pk]):
        assert taking_over.may_take_over(one, theirs.user, DAY)
        assert over(one, new).officer_id == new.pk
    assert answering.send_answer(exchange_pk=side.pk, by_pk=theirs.user_id, on=DAY, at=NOON).state == rules.ANSWERED
    assert sending.send(exchange_pk=draft.pk, by_pk=theirs.user_id, on=DAY, at=NOON).state == rules.SENT


def test_nobody_takes_over_a_draft_nor_what_is_closed_nor_about_somebody_close(pair):
    mine, theirs = pair
    draft = drafted(pair)
    out, side = asked(pair)
    other = colleague()
    revoke(officer_pk=mine.pk, on=DAY, reason="x", by="x")
    with pytest.raises(NotNow):
        over(draft, other)
    key = drafting.person_key(written(theirs).person.cells)
    link = DeclaredLink.objects.create(user=other.user, person_key=key, relation="RELATIVE", since=date(2026, 1, 1))
    with pytest.raises(LinkedToThem):
        over(out, other)
    DeclaredLink.objects.filter(pk=link.pk).update(until=DAY)
    over(out, other)
    with pytest.raises(NothingLeft):
        answered(side, theirs, **{STAY: given(), PERIODS: given()})
    # The other body is told to whom it writes now.
    delivered()
    side.refresh_from_db()
    assert side.counterpart_officer == other
    answered(side, theirs, **{STAY: given(), PERIODS: given()})
    ending.close(exchange_pk=side.pk, by_pk=theirs.user_id, on=DAY, at=NOON)
    agent = make_officer(AGENCY, "HEALTH_AGENCY", "agent", act_no="2025-40")
    with pytest.raises(NotNow):
        over(side, agent)


# A draft written otherwise.


def rewritten(exchange: InfoExchange, by: AuthorisedOfficer, **changes) -> InfoExchange:
    recipient = exchange.counterpart_officer
    return drafting.rewrite(
        exchange_pk=exchange.pk, written=written(recipient, **changes), by_pk=by.user_id, on=DAY, at=NOON
    )  # fmt: skip


def test_a_draft_is_written_otherwise_under_its_number_then_no_more(pair):
    mine, _theirs = pair
    made = drafted(pair)
    person = drafting.Person(last_name="Chabrol", first_name="Anne", born_on="1988-06-21")
    for _time in range(2):
        rewritten(made, mine, items=["CARER_REGISTRATION"], person=person, period_start=date(2026, 7, 1))

    now = InfoExchange.objects.get()
    assert (now.number, now.reference, now.period_start) == (made.number, made.reference, date(2026, 7, 1))
    assert content_of(now)["person"]["last_name"] == "Chabrol"
    assert now.person_key == drafting.person_key(person.cells)
    assert list(now.items.values_list("code", flat=True)) == ["CARER_REGISTRATION"]
    with pytest.raises(ExchangeRefused):
        rewritten(made, mine, items=["PAY_BY_MONTH"])
    with pytest.raises(NotNow):
        rewritten(made, colleague())
    sending.send(exchange_pk=made.pk, by_pk=mine.user_id, on=DAY, at=NOON)
    with pytest.raises(NotNow):
        rewritten(made, mine)


def test_papers_of_a_draft_follow_it_into_its_case_and_the_case_stays(pair):
    mine, _theirs = pair
    made = drafted(pair)
    attach(
        exchange_pk=made.pk, paper=Paper("note.pdf", PDF), system="CRISTAL", extraction_at=NOON, by_pk=mine.user_id, at=NOON
    )  # fmt: skip
    case, other = case_of(mine), case_of(mine, subject="cmg:employer:0002")
    rewritten(made, mine, case_pk=case.pk)
    made.refresh_from_db()
    assert (made.case, made.retained_until, made.documents.get().evidence.case) == (case, None, case)
    for changes in ({"case_pk": other.pk}, {}):
        with pytest.raises(ExchangeRefused) as refusal:
            rewritten(made, mine, **changes)
        assert list(refusal.value.errors) == ["case"]


# Several papers.


def test_several_papers_answer_one_item_and_one_paper_two_items(pair):
    _mine, theirs = pair
    out, side = asked(pair)
    both = [Paper("registre.pdf", PDF), Paper("jours.txt", CSV)]
    answered(side, theirs, **{STAY: given(papers=both), PERIODS: given(papers=both[:1])})

    out, _side = sides(out)
    names = {
        code: list(out.documents.filter(item__code=code).order_by("pk").values_list("name", flat=True))
        for code in (STAY, PERIODS)
    }
    assert names == {STAY: ["registre.pdf", "jours.txt"], PERIODS: ["registre.pdf"]}
    assert len(OutgoingEnvelope.objects.all()) == len(ReceivedEnvelope.objects.all()) == 2


def test_a_paper_alone_is_an_answer_and_adding_one_later_keeps_the_first(pair):
    _mine, theirs = pair
    _out, side = asked(pair)
    decide(side, theirs, **{STAY: given(words="", papers=[Paper("registre.pdf", PDF)])})
    decide(side, theirs, **{STAY: given(words="", papers=[Paper("jours.txt", CSV)])})
    decide(side, theirs, **{STAY: given(words="")})
    assert side.documents.count() == 2
    with pytest.raises(ExchangeRefused):
        decide(side, theirs, **{PERIODS: replace(given(), words="")})


def test_a_communication_that_never_arrived_is_not_kept_for_ever(pair):
    """Nobody waits for it: three months after, it is emptied like the rest."""
    out = sent((pair[1], pair[0]), form=rules.SPONTANEOUS, items=[STAY], said={STAY: "aucun accueil"})
    failed()
    ending.purge_due(on=date(2027, 1, 25), at=NOON)
    assert InfoExchange.objects.get().state == rules.SENT
    ending.purge_due(on=date(2027, 1, 26), at=NOON)
    out.refresh_from_db()
    assert (out.state, OutgoingEnvelope.objects.get().kept_key) == (rules.PURGED, None)


def test_nobody_closes_what_is_about_somebody_close(pair):
    mine, theirs = pair
    out, side = asked(pair)
    answered(side, theirs, **{STAY: given(), PERIODS: given()})
    key = drafting.person_key(written(theirs).person.cells)
    DeclaredLink.objects.create(user=mine.user, person_key=key, relation="RELATIVE", since=date(2026, 1, 1))
    with pytest.raises(LinkedToThem):
        ending.close(exchange_pk=out.pk, by_pk=mine.user_id, on=DAY, at=NOON)


def test_a_case_of_another_fund_is_no_reason(pair):
    """Sylvie works for two funds: what she asks for one is not written down in a case of the other."""
    Posting.objects.create(user=pair[0].user, role="CONTROL_CASEWORKER", fund="CAF59", starts_on=date(2025, 1, 1))
    elsewhere = case_of(pair[0], fund="CAF59")
    with pytest.raises(ExchangeRefused) as refusal:
        drafted(pair, case_pk=elsewhere.pk)
    assert list(refusal.value.errors) == ["reason"]


def test_who_says_to_follow_it_must_be_covered_and_of_the_other_body(pair):
    _out, side = asked(pair)
    message = taken_over_message(side)
    make_body("CAF59", BodyNature.SCHEME)
    make_keys("CAF59")
    stranger = make_officer("CAF59", "SCHEME_CONTROL", "stranger", act_no="2025-59")
    narrow = make_officer(CAF, "SCHEME_CONTROL", "narrow", act_no="2025-60", scopes=["HEALTH"])
    far = make_officer(CAF, "SCHEME_CONTROL", "far", act_no="2025-61", territory=["43"])
    for officer, code in (
        (stranger, "MALFORMED"),
        (narrow, "OUT_OF_SCOPE"),
        (far, "OUT_OF_TERRITORY"),
        (colleague(), ""),
    ):
        assert posted(officer, AGENCY, message).refusal == code
    side.refresh_from_db()
    assert side.counterpart_officer.last_name == "Colleague"
