"""A request from a fund to an agency, step by step; what stops it, and that nothing moved then."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from fraud.exchanges import answering, drafting, ending, obtaining, selectors, sending, taking_over
from fraud.exchanges.attaching import Paper
from fraud.exchanges.keeping import content_of, said_of
from fraud.exchanges.words import ExchangeRefused, NothingLeft, NotNow
from fraud.guarding import LinkedToThem
from fraud.models import (
    AuthorisedOfficer,
    ControlCase,
    DeclaredLink,
    EvidenceItem,
    InfoExchange,
    ObtainedInformation,
    OutgoingEnvelope,
    ReceivedEnvelope,
)
from fraud.rules import exchange as rules
from portal.accounts.models import Posting
from portal.audit.models import JournalEntry
from portal.notices.models import Notice
from tests.fraud.envelopes.scene import make_officer
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

PDF = b"%PDF-1.7\nregistre\n%%EOF"


def actions(action: str) -> list[dict]:
    return list(JournalEntry.objects.filter(action=action).order_by("pk").values_list("detail", flat=True))


def test_asked_answered_in_part_closed(pair):
    mine, theirs = pair
    case = case_of(mine)
    out, side = asked(pair, case_pk=case.pk, reason="")

    assert (out.state, side.state, side.due_on) == (rules.ACKNOWLEDGED, rules.ACKNOWLEDGED, date(2026, 11, 25))
    assert (side.holder_id, side.case_id, side.case_number) == (AGENCY, None, case.number)
    assert content_of(side)["person"]["last_name"] == "Fournier"
    done = answered(side, theirs, **{STAY: given(papers=[Paper("registre.pdf", PDF)]), PERIODS: refused()})
    out.refresh_from_db()
    assert done.state == out.state == rules.PARTIAL
    told = out.items.get(code=STAY)
    assert said_of(out, told)["words"] == "du 1er au 28 septembre 2026"
    assert out.items.get(code=PERIODS).refusal == rules.NOT_NECESSARY
    document = out.documents.get()
    assert (document.item, document.name, document.evidence.case) == (told, "registre.pdf", case)
    assert document.evidence.provenance["system"] == "FINESS"
    noted = ObtainedInformation.objects.get()
    assert (noted.case, noted.reference) == (case, out.number)
    assert "du 1er au 28 septembre 2026" in noted.content
    assert "Activité" not in noted.content
    assert ending.close(exchange_pk=out.pk, by_pk=mine.user_id, on=DAY, at=NOON).state == rules.CLOSED
    assert list(out.moves.order_by("pk").values_list("to_state", flat=True)) == [
        "DRAFT", "SENT", "ACKNOWLEDGED", "PARTIAL", "CLOSED",
    ]  # fmt: skip


def test_each_step_twice_is_once(pair):
    mine, theirs = pair
    form = uuid4()
    first, again = drafted(pair, form_key=form), drafted(pair, form_key=form)
    assert first.pk == again.pk
    for _time in range(2):
        sending.send(exchange_pk=first.pk, by_pk=mine.user_id, on=DAY, at=NOON)
    assert OutgoingEnvelope.objects.count() == 1
    delivered()
    _out, side = sides(first)
    decide(side, theirs, **{STAY: given(), PERIODS: refused()})
    for _time in range(2):
        answering.send_answer(exchange_pk=side.pk, by_pk=theirs.user_id, on=DAY, at=NOON)
        delivered()
    assert OutgoingEnvelope.objects.count() == 2
    assert InfoExchange.objects.count() == 2
    assert side.moves.count() == 2


def test_a_worker_killed_before_the_receipt_came_doubles_nothing(pair, monkeypatch):
    """The other body took the envelope; whoever carried it died before writing down its receipt."""
    from fraud.envelopes import sending as envelopes

    out = sent(pair)

    def die(*_args, **_more):
        raise SystemExit

    with monkeypatch.context() as killed:
        killed.setattr(envelopes, "_finish", die)
        with pytest.raises(SystemExit):
            delivered()
    assert InfoExchange.objects.get(pk=out.pk).state == rules.SENT
    OutgoingEnvelope.objects.update(next_try_at=NOON - timedelta(days=1))
    envelopes.deliver(envelope_pk=OutgoingEnvelope.objects.get().pk)
    out, side = sides(out)
    assert (out.state, InfoExchange.objects.filter(direction="IN").count()) == (rules.ACKNOWLEDGED, 1)
    assert ReceivedEnvelope.objects.count() == 1
    assert side.items.count() == 2


def test_a_designation_that_ended_yesterday_sends_nothing_and_it_is_journaled(pair):
    """Drafted last week, designation over since yesterday, sent today."""
    mine, theirs = pair
    old = make_officer(
        CAF, "SCHEME_CONTROL", "leaving", act_no="2025-18", valid_from=date(2025, 10, 26), valid_to=date(2026, 10, 26)
    )  # fmt: skip
    week_ago = NOON - timedelta(days=7)
    made = drafted((old, theirs), on=date(2026, 10, 19), at=week_ago)

    with pytest.raises(NothingLeft) as refusal:
        sending.send(exchange_pk=made.pk, by_pk=old.user_id, on=DAY, at=NOON)

    assert refusal.value.code == "EXPIRED"
    made.refresh_from_db()
    assert (made.state, OutgoingEnvelope.objects.count()) == (rules.DRAFT, 0)
    assert actions("control.exchange_refused")[-1]["refusal"] == "EXPIRED"


def test_the_last_day_of_a_designation_still_sends(pair):
    """The look-alike: it ends tomorrow."""
    _mine, theirs = pair
    last = make_officer(
        CAF, "SCHEME_CONTROL", "leaving", act_no="2025-18", valid_from=date(2025, 10, 27), valid_to=date(2026, 10, 27)
    )  # fmt: skip
    assert sent((last, theirs)).state == rules.SENT


def test_the_other_designation_is_asked_too(pair):
    mine, theirs = pair
    made = drafted(pair)
    AuthorisedOfficer.objects.filter(pk=theirs.pk).update(revoked_on=DAY)

    with pytest.raises(NothingLeft) as refusal:
        sending.send(exchange_pk=made.pk, by_pk=mine.user_id, on=DAY, at=NOON)

    assert refusal.value.code == "REVOKED"


def test_revoked_between_sending_and_receiving_it_is_refused_there_and_counted(pair):
    out = sent(pair)
    AuthorisedOfficer.objects.filter(pk=pair[1].pk).update(revoked_on=DAY)

    delivered()

    out.refresh_from_db()
    assert (out.state, InfoExchange.objects.count()) == (rules.REFUSED, 1)
    assert set(out.items.values_list("refusal", flat=True)) == {rules.NOT_DESIGNATED}
    assert actions("control.exchange_refused")[-1] == {
        "exchange": out.number, "refusal": "REVOKED", "designation": pair[0].pk, "on": "reception",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("case", "changes", "field"),
    [
        ("an item that the agency does not hold", {"items": ["PAY_BY_MONTH"]}, "items"),
        ("medical data", {"items": ["MEDICAL_FILE"]}, "items"),
        ("a purpose that the text does not allow", {"purpose": rules.INFORMING}, "purpose"),
        ("no reason and no case", {"reason": ""}, "reason"),
        ("somebody else's case", {"case_pk": 999}, "reason"),
        ("a benefit that nobody serves", {"scope": "WINE"}, "scope"),
    ],
)
def test_what_a_draft_is_refused_for(pair, case, changes, field):
    with pytest.raises(ExchangeRefused) as refusal:
        drafted(pair, **changes)

    assert list(refusal.value.errors) == [field], case
    assert not InfoExchange.objects.exists()


def test_a_number_mistyped_is_told(pair):
    with pytest.raises(ExchangeRefused) as refusal:
        drafted(pair, person=drafting.Person(nir="291056311812399"))
    assert "derniers chiffres" in refusal.value.errors["person"]


def test_outside_the_scope_of_the_designation_nothing_leaves(pair):
    """Housing is in neither designation, though the form knows it."""
    made = drafted(pair, scope="HOUSING")

    with pytest.raises(NothingLeft) as refusal:
        sending.send(exchange_pk=made.pk, by_pk=pair[0].user_id, on=DAY, at=NOON)

    assert refusal.value.code == "OUT_OF_SCOPE"


def test_a_colleague_does_not_send_somebody_elses_draft(pair):
    colleague = make_officer(CAF, "SCHEME_CONTROL", "colleague", act_no="2025-18")
    made = drafted(pair)

    with pytest.raises(NotNow):
        sending.send(exchange_pk=made.pk, by_pk=colleague.user_id, on=DAY, at=NOON)
    assert made not in selectors.exchanges_of(colleague.user, DAY)


def test_nobody_exchanges_about_somebody_close(pair):
    mine, theirs = pair
    key = drafting.person_key(written(theirs).person.cells)
    for officer in pair:
        DeclaredLink.objects.create(user=officer.user, person_key=key, relation="RELATIVE", since=date(2026, 1, 1))

    with pytest.raises(LinkedToThem):
        drafted(pair)
    DeclaredLink.objects.filter(user=mine.user).update(until=DAY)
    _out, side = asked(pair)
    with pytest.raises(LinkedToThem):
        decide(side, theirs, **{STAY: given()})
    assert len(actions("control.linked_refused")) == 2


def test_an_answer_needs_every_item_a_reason_and_its_provenance(pair):
    _mine, theirs = pair
    _out, side = asked(pair)
    for wrong, field in (
        (replace(given(), words=""), "words"), (replace(given(), system=""), "system"),
        (answering.Decision(rules.REFUSED), "refusal"), (answering.Decision(rules.REFUSED, rules.NOT_HELD), "refusal"),
        (answering.Decision(""), "outcome"),
    ):  # fmt: skip
        with pytest.raises(ExchangeRefused) as refusal:
            decide(side, theirs, **{STAY: wrong})
        assert list(refusal.value.errors) == [f"{STAY}-{field}"]
    decide(side, theirs, **{STAY: given()})
    with pytest.raises(NotNow):
        answering.send_answer(exchange_pk=side.pk, by_pk=theirs.user_id, on=DAY, at=NOON)
    assert OutgoingEnvelope.objects.count() == 1


def test_the_last_word_counts_and_a_paper_withdrawn_does_not_leave(pair):
    _mine, theirs = pair
    _out, side = asked(pair)
    decide(side, theirs, **{STAY: given(papers=[Paper("registre.pdf", PDF)])})
    answered(side, theirs, **{STAY: refused(rules.MEDICAL_SECRECY), PERIODS: refused()})

    out, _side = sides(side)
    assert (out.state, out.documents.count()) == (rules.REFUSED, 0)


def test_who_left_or_is_of_another_body_answers_nothing(pair):
    mine, theirs = pair
    _out, side = asked(pair)
    elsewhere = make_officer(CAF, "SCHEME_CONTROL", "elsewhere", act_no="2025-19")
    with pytest.raises(NothingLeft):
        decide(side, elsewhere, **{STAY: given()})
    colleague = make_officer(AGENCY, "HEALTH_AGENCY", "colleague", act_no="2025-20")
    with pytest.raises(NotNow):
        decide(side, colleague, **{STAY: given()})
    Posting.objects.filter(user=theirs.user).update(ends_on=DAY)
    with pytest.raises(NothingLeft):
        decide(side, theirs, **{STAY: given()})
    assert not selectors.exchanges_of(theirs.user, DAY).exists()

    taking_over.take_over(exchange_pk=side.pk, by_pk=colleague.user_id, on=DAY, at=NOON)
    decide(side, colleague, **{STAY: given()})
    assert actions("control.exchange_taken_over")[0]["to"] == colleague.pk


def test_a_body_sees_its_own_side_within_its_designation(pair):
    mine, theirs = pair
    out, side = asked(pair)
    narrow = make_officer(AGENCY, "HEALTH_AGENCY", "narrow", act_no="2025-21", scopes=["HEALTH"])
    far = make_officer(AGENCY, "HEALTH_AGENCY", "far", act_no="2025-22", territory=["69"])
    near = make_officer(AGENCY, "HEALTH_AGENCY", "near", act_no="2025-23", territory=["63"])
    assert list(selectors.exchanges_of(mine.user, DAY)) == [out]
    assert list(selectors.exchanges_of(theirs.user, DAY)) == list(selectors.exchanges_of(near.user, DAY)) == [side]
    for officer in (narrow, far):
        assert not selectors.exchanges_of(officer.user, DAY).exists()
        with pytest.raises(NotNow):
            taking_over.take_over(exchange_pk=side.pk, by_pk=officer.user_id, on=DAY, at=NOON)


def test_late_by_a_day_then_answered_all_the_same(pair):
    mine, theirs = pair
    out, side = asked(pair)
    last = date(2026, 11, 25)
    assert ending.expire_due(on=last, at=NOON) == 0
    assert ending.expire_due(on=last + timedelta(days=1), at=NOON) == 2
    assert ending.expire_due(on=last + timedelta(days=1), at=NOON) == 0
    assert answered(side, theirs, **{STAY: given(), PERIODS: given()}).state == rules.ANSWERED
    assert sides(out)[0].state == rules.ANSWERED


def test_purged_three_months_after_only_a_shell_is_left(pair):
    mine, theirs = pair
    out, side = asked(pair)
    answered(side, theirs, **{STAY: given(papers=[Paper("registre.pdf", PDF)]), PERIODS: refused()})
    until = date(2027, 1, 26)
    assert ending.purge_due(on=until - timedelta(days=1), at=NOON) == 0
    assert ending.purge_due(on=until, at=NOON) == 2
    assert ending.purge_due(on=until, at=NOON) == 0

    for shell in sides(out):
        assert (shell.state, shell.sealed, shell.person_key, shell.motive) == (rules.PURGED, None, None, "")
        assert not shell.items.exclude(sealed=None).exists()
        assert shell.items.get(code=PERIODS).refusal == rules.NOT_NECESSARY
        assert content_of(shell) == {}
    assert not EvidenceItem.objects.filter(purged_on=None).exists()
    assert not OutgoingEnvelope.objects.exclude(kept_key=None).exists()
    assert not ReceivedEnvelope.objects.exclude(kept_key=None).exists()
    with pytest.raises(NotNow):
        decide(side, theirs, **{STAY: given()})


def test_what_belongs_to_an_open_case_is_not_purged(pair):
    mine, theirs = pair
    case = case_of(mine)
    out, side = asked(pair, case_pk=case.pk)
    answered(side, theirs, **{STAY: given(), PERIODS: given()})

    ending.purge_due(on=date(2028, 1, 1), at=NOON)

    assert [one.state for one in sides(out)] == [rules.ANSWERED, rules.PURGED]


def test_what_belonged_to_a_case_is_purged_with_it(pair):
    """Closed without anything on 1 December: its file is forgotten six months later, the exchange with it."""
    mine, theirs = pair
    with by_hand():
        case = ControlCase.objects.create(
            number="C-2026-118", fund=CAF, subject="cmg:employer:1", title="x", source="DATA_MATCH", legal_basis="x",
            purpose="x", benefit="CMG", officer=mine.user, opened_on=DAY,
        )  # fmt: skip
    out, side = asked(pair, case_pk=case.pk)
    answered(side, theirs, **{STAY: given(), PERIODS: given()})
    with by_hand():
        ControlCase.objects.update(state="CLOSED", outcome="NO_ACTION", closed_on=date(2026, 12, 1))

    ending.purge_due(on=date(2027, 5, 31), at=NOON)
    assert sides(out)[0].state == rules.ANSWERED
    ending.purge_due(on=date(2027, 6, 1), at=NOON)
    assert sides(out)[0].state == rules.PURGED


def test_what_waits_for_an_answer_is_not_closed(pair):
    mine, _theirs = pair
    out, _side = asked(pair)
    with pytest.raises(NotNow):
        ending.close(exchange_pk=out.pk, by_pk=mine.user_id, on=DAY, at=NOON)


def test_told_without_being_asked_then_it_enters_a_case_once(pair):
    mine, theirs = pair
    out = sent((theirs, mine), form=rules.SPONTANEOUS, items=[STAY], said={STAY: "aucun accueil depuis juin"})
    delivered()
    out, side = sides(out)
    assert (out.state, side.kind, side.due_on) == (rules.ACKNOWLEDGED, rules.SPONTANEOUS, None)
    case = case_of(mine)
    for _time in range(2):
        obtaining.link_to_case(exchange_pk=side.pk, case_number=case.number, by_pk=mine.user_id, on=DAY, at=NOON)
    assert "aucun accueil depuis juin" in ObtainedInformation.objects.get(case=case).content
    other = case_of(mine, subject="cmg:employer:0002")
    with pytest.raises(NotNow):
        obtaining.link_to_case(exchange_pk=side.pk, case_number=other.number, by_pk=mine.user_id, on=DAY, at=NOON)


def test_a_communication_that_says_nothing_is_refused(pair):
    mine, theirs = pair
    with pytest.raises(ExchangeRefused) as refusal:
        drafted((theirs, mine), form=rules.SPONTANEOUS, items=[STAY])
    assert list(refusal.value.errors) == ["said"]


def test_a_notice_without_content_is_asked_once(pair):
    asked(pair)
    notice = Notice.objects.get()
    assert (notice.kind, notice.words) == ("fraud.to_answer", "mercredi 25 novembre 2026")
    assert "Fournier" not in f"{notice.subject}{notice.key}{notice.path}"


def test_after_midnight_in_paris_the_day_is_that_of_paris(pair):
    """Half past midnight on the 27th: in UTC it is still the 26th."""
    late = datetime.fromisoformat("2026-10-27T00:30:00+01:00")
    made = drafted(pair)
    out = sending.send(exchange_pk=made.pk, by_pk=pair[0].user_id, on=date(2026, 10, 27), at=late)
    assert (out.dated, out.due_on) == (date(2026, 10, 27), date(2026, 11, 26))
