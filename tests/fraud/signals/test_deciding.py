"""A lead is decided once, by one person, with a reason; who is tied to the family meets a closed door, and it is written."""

import threading
from datetime import date, datetime, timedelta
from fractions import Fraction
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from fraud.cases.opening import open_case
from fraud.guarding import LinkedToThem
from fraud.models import CaseMove, ControlCase, DeclaredLink, Lead, LeadContest, RuleState, RuleVersion
from fraud.signals.contesting import answer_contest, note_contest
from fraud.signals.deciding import accept_lead, last_check, overdue_in_favour, read_lead, reject_lead
from fraud.signals.measuring import halves_of, percent, tally_of
from fraud.signals.people import people_of
from fraud.signals.publishing import move_rule, veto_rule
from fraud.signals.purging import note_outcomes, purge_leads
from fraud.signals.refusals import AlreadyDecided, DecisionRefused
from fraud.signals.selectors import open_leads
from portal.accounts.models import Role, User
from portal.audit.models import JournalEntry
from portal.casework.models import Dossier, DossierEvent
from tests.fraud.cases.world import moved_by_hand
from tests.fraud.signals.world import DAY, NOW, account, key, lead, person, publish

FLOOR = Fraction(3, 10)


@pytest.fixture
def philippe(db: None) -> User:
    publish()
    return person("philippe")


def reject(one: Lead, by: User, reason: str = "ADAPTATION", line: str = "Premier mois à la crèche.", **said):
    values = {"by_pk": by.pk, "on": DAY, "at": NOW, "form_key": uuid4(), "reason_code": reason, "line": line} | said
    return reject_lead(lead_pk=one.pk, **values)


def accept(one: Lead, by: User, line: str = "À vérifier avec la famille.", **said):
    values = {"by_pk": by.pk, "on": DAY, "at": NOW, "form_key": uuid4(), "new_fact": "", "line": line} | said
    return accept_lead(lead_pk=one.pk, **values)


def closed_case(subject: str, opened_on: date) -> ControlCase:
    officer = User.objects.order_by("pk").first()
    case = open_case(
        fund="CAF63", subject=subject, title="x", source="DATA_MATCH", legal_basis="x", purpose="x", benefit="cmg",
        officer_pk=officer.pk, on=opened_on, at=NOW, by=officer.username,
    )  # fmt: skip
    with moved_by_hand():
        ControlCase.objects.filter(pk=case.pk).update(state="CLOSED", outcome="NO_ACTION")
    return case


def test_a_lead_is_put_aside_with_a_reason_of_its_rule_and_nothing_else_moves(philippe: User) -> None:
    one = lead()
    done = reject(one, philippe)

    one.refresh_from_db()
    assert (one.state, one.reason_code, one.decided_by, done.suspended) == ("REJECTED", "ADAPTATION", philippe, False)
    assert not ControlCase.objects.exists()
    assert JournalEntry.objects.get(action="control.lead_rejected").detail["version"] == 1


@pytest.mark.parametrize(("reason", "line"), [("COUPLE", "Une ligne."), ("", "Une ligne."), ("ADAPTATION", " oui ")])
def test_a_reason_of_another_rule_or_no_line_is_refused_and_nothing_moves(
    philippe: User, reason: str, line: str
) -> None:
    one = lead()
    with pytest.raises(DecisionRefused):
        reject(one, philippe, reason, line)

    one.refresh_from_db()
    assert one.state == "TO_READ"


def test_the_same_form_twice_shows_the_first_receipt_and_another_form_says_who_decided(philippe: User) -> None:
    one, form = lead(), uuid4()
    reject(one, philippe, form_key=form)

    assert reject(one, philippe, form_key=form).again
    with pytest.raises(AlreadyDecided) as told:
        accept(one, philippe)
    assert told.value.lead.decided_by == philippe


def test_a_kept_lead_opens_a_case_under_the_name_of_the_person(philippe: User) -> None:
    one = lead(is_sample=True)
    case = accept(one, philippe).lead.case

    assert (case.subject, case.officer, case.source) == (one.subject, philippe, "RANDOM_SAMPLE")
    assert CaseMove.objects.filter(case=case, to_state="OPENED").count() == 1
    assert accept(lead(subject=one.subject), philippe).lead.case == case


def test_a_family_is_checked_whole_once_in_twelve_months_unless_a_new_fact_is_told(philippe: User) -> None:
    recent, older = lead(), lead()
    closed_case(recent.subject, date(2025, 10, 27))
    closed_case(older.subject, date(2025, 10, 26))

    assert last_check(older, DAY) is None
    assert accept(older, philippe).lead.state == "ACCEPTED"
    with pytest.raises(DecisionRefused, match="fait nouveau"):
        accept(recent, philippe)
    assert accept(recent, philippe, new_fact="La crèche a envoyé un nouveau relevé.").lead.new_fact


def test_a_lead_whose_words_blame_opens_no_case(philippe: User) -> None:
    one = lead(title="Fraude à la garde")
    with pytest.raises(DecisionRefused, match="la personne le lira"):
        accept(one, philippe)
    one.refresh_from_db()
    assert one.state == "TO_READ"
    assert not ControlCase.objects.exists()


def test_what_a_family_is_owed_is_handed_to_the_caseworkers_and_opens_no_case(philippe: User) -> None:
    account("E1")
    one = lead("DR01", subject="cmg:employer:E1", in_favour=True)
    accept(one, philippe)

    dossier = Dossier.objects.get(subject="cmg:employer:E1")
    assert dossier.body == "FUND"
    assert "Droit manquant" in DossierEvent.objects.get(dossier=dossier, kind="NOTE").text
    assert not ControlCase.objects.exists()


def test_a_right_that_waits_too_long_comes_before_any_other_lead_of_the_fund(philippe: User) -> None:
    late = lead("DR01", in_favour=True, found_on=date(2026, 10, 16))
    elsewhere = lead("DR01", in_favour=True, fund="CAF43", found_on=date(2026, 1, 5))
    one = lead()
    for decide in (reject, accept):
        with pytest.raises(DecisionRefused, match="droit manquant"):
            decide(one, philippe)
    reject(late, philippe, "UNDER_STUDY")

    assert reject(one, philippe).lead.state == "REJECTED"
    assert elsewhere.pk


@pytest.mark.parametrize(("found_on", "late"), [(date(2026, 10, 19), 0), (date(2026, 10, 16), 1)])
def test_five_business_days_are_left(philippe: User, found_on: date, late: int) -> None:
    lead("DR01", in_favour=True, found_on=found_on)

    assert overdue_in_favour(philippe, "CAF63", DAY).count() == late


def test_a_late_right_that_a_link_closes_to_them_does_not_block_them(philippe: User) -> None:
    late = lead("DR01", in_favour=True, found_on=date(2026, 9, 1))
    DeclaredLink.objects.create(user=philippe, subject=late.subject, relation="OTHER", since=date(2026, 1, 1))

    assert reject(lead(), philippe).lead.state == "REJECTED"


@pytest.mark.parametrize("by_person", [False, True])
def test_a_declared_link_closes_every_door_and_each_attempt_is_written(philippe: User, by_person: bool) -> None:
    account("E1", nir_key=key(42))
    one = lead(subject="cmg:employer:E1")
    link = {"person_key": key(42)} if by_person else {"subject": one.subject}
    DeclaredLink.objects.create(user=philippe, relation="OTHER", since=date(2026, 1, 1), **link)
    doors = (
        lambda: read_lead(user=philippe, lead_pk=one.pk, on=DAY), lambda: reject(one, philippe), lambda: accept(one, philippe),
        lambda: note_contest(lead_pk=one.pk, received_on=DAY, said="x" * 20, by_pk=philippe.pk, on=DAY, at=NOW, form_key=uuid4()),
    )  # fmt: skip
    for door in doors:
        with pytest.raises(LinkedToThem):
            door()

    assert people_of(one.subject) == [key(42)]
    assert JournalEntry.objects.filter(action="control.linked_refused").count() == len(doors)
    assert Lead.objects.get(pk=one.pk).state == "TO_READ"


def test_a_lead_of_another_fund_and_somebody_who_only_looks_meet_nothing(philippe: User) -> None:
    with pytest.raises(Lead.DoesNotExist):
        reject(lead(fund="CAF59"), philippe)
    with pytest.raises(Lead.DoesNotExist):
        reject(lead(), person("helene", Role.AUTHORISING_OFFICER, ""))


def test_the_reading_of_a_lead_is_written(philippe: User) -> None:
    read_lead(user=philippe, lead_pk=lead().pk, on=DAY)

    assert JournalEntry.objects.filter(action="control.lead_read", actor="philippe").count() == 1


def history(confirmed: int, rejected: int, by: User) -> None:
    """Leads decided in the past, of which nothing but the decision is left."""
    rows = [("ACCEPTED", number) for number in range(confirmed)] + [("REJECTED", number) for number in range(rejected)]
    Lead.objects.bulk_create(
        Lead(
            rule_code="DM05", rule_version=1, fund="CAF43", subject="", key=f"h{state}{number}", title="effacé",
            found_on=date(2026, 2, 1), state=state, decided_by=by, decided_at=NOW - timedelta(days=120), reason="effacé",
            reason_code="EXPLAINED", purged_on=date(2026, 6, 1),
        )
        for state, number in rows
    )  # fmt: skip


@pytest.mark.parametrize(
    ("what", "confirmed", "rejected", "suspended"),
    [
        ("thirty per cent exactly of two hundred", 60, 139, False),
        ("one confirmed less", 59, 140, True),
        ("a hundred and ninety-nine decided", 10, 188, False),
        ("two hundred and twelve, 29 %", 61, 150, True),
    ],
)
def test_the_decision_that_makes_a_rule_too_imprecise_suspends_it(
    philippe, what, confirmed, rejected, suspended
) -> None:
    history(confirmed, rejected, philippe)
    done = reject(lead(), philippe)
    rule = RuleVersion.objects.get(code="DM05")

    assert done.suspended is suspended, what
    assert rule.state == ("SUSPENDED" if suspended else "RUNNING"), what
    if suspended:
        move = rule.moves.order_by("-pk").first()
        assert f"Précise à {percent(tally_of(rule), FLOOR)} % sur {confirmed + rejected + 1}" in move.reason
        assert JournalEntry.objects.filter(action="control.rule_suspended").count() == 1


def test_a_file_drawn_at_random_does_not_count_against_the_rule(philippe: User) -> None:
    history(59, 140, philippe)
    done = reject(lead(is_sample=True), philippe, "NOTHING_FOUND")

    assert not done.suspended
    half = halves_of(RuleVersion.objects.get(code="DM05"))
    assert [(one.year, one.half, one.leads.decided, one.drawn.decided) for one in half] == [
        (2026, 2, 0, 1),
        (2026, 1, 199, 0),
    ]


def test_a_rate_is_never_rounded_to_the_other_side_of_the_floor(philippe: User) -> None:
    history(59, 140, philippe)
    reject(lead(), philippe)

    assert percent(tally_of(RuleVersion.objects.get(code="DM05")), FLOOR) == "29,5"


def test_a_case_that_found_nothing_and_an_upheld_contest_count_against_the_rule(philippe: User) -> None:
    sylvie = person("sylvie", Role.CONTROL_CASEWORKER)
    marie = person("marie")
    by_case, by_contest, kept = lead(), lead(), lead()
    for one in (by_case, by_contest, kept):
        accept(one, philippe)
    rule = RuleVersion.objects.get(code="DM05")
    assert tally_of(rule).confirmed == 3

    with moved_by_hand():
        ControlCase.objects.filter(leads=by_case).update(state="CLOSED", outcome="NO_ACTION")
    contest, again = note_contest(
        lead_pk=by_contest.pk, received_on=DAY, said="Mon enfant était en adaptation.", by_pk=sylvie.pk, on=DAY, at=NOW,
        form_key=uuid4(),
    )  # fmt: skip
    for who, sentence in ((philippe, "a décidé"), (sylvie, "a décidé")):
        with pytest.raises(DecisionRefused, match=sentence):
            answer_contest(
                contest_pk=contest.pk, upheld=True, answer="La crèche le confirme.", by_pk=who.pk, on=DAY, at=NOW
            )
    answer_contest(contest_pk=contest.pk, upheld=True, answer="La crèche le confirme.", by_pk=marie.pk, on=DAY, at=NOW)
    with pytest.raises(DecisionRefused, match="déjà"):
        answer_contest(
            contest_pk=contest.pk, upheld=False, answer="Finalement non merci.", by_pk=marie.pk, on=DAY, at=NOW
        )

    assert not again
    assert tally_of(rule).confirmed == 1
    assert note_outcomes() == 1
    assert tally_of(rule).confirmed == 1


def test_only_a_kept_lead_is_contested_and_within_two_months(philippe: User) -> None:
    one = lead()
    values = {
        "lead_pk": one.pk,
        "said": "Mon enfant était en adaptation.",
        "by_pk": philippe.pk,
        "at": NOW,
        "form_key": uuid4(),
    }
    with pytest.raises(DecisionRefused, match="retenu"):
        note_contest(received_on=DAY, on=DAY, **values)
    accept(one, philippe)
    late = date(2026, 12, 27)
    with pytest.raises(DecisionRefused, match="mois"):
        note_contest(received_on=late, on=late, **values)
    assert note_contest(received_on=date(2026, 12, 26), on=late, **values)[1] is False
    assert note_contest(received_on=date(2026, 12, 26), on=late, **values)[1] is True


def test_facts_of_a_rejected_lead_are_erased_after_three_months_and_it_still_counts(philippe: User) -> None:
    due, kept, accepted = lead(facts={"facts": [1]}), lead(), lead()
    paris = timezone.get_default_timezone()
    reject(due, philippe, at=datetime(2026, 10, 25, 23, 59, tzinfo=paris))
    reject(kept, philippe, at=datetime(2026, 10, 26, 0, 1, tzinfo=paris))
    accept(accepted, philippe, at=datetime(2026, 1, 1, tzinfo=paris))

    assert purge_leads(on=date(2027, 1, 26)) == 1
    assert purge_leads(on=date(2027, 1, 26)) == 0
    due.refresh_from_db()
    assert (due.facts, due.subject, due.reason, due.reason_code) == ({}, "", "effacé", "ADAPTATION")
    assert tally_of(RuleVersion.objects.get(code="DM05")).decided == 3


def test_unread_leads_of_a_suspended_rule_are_read_by_nobody_also_once_it_is_replaced_then_erased(
    philippe: User,
) -> None:
    waits, other = lead(), lead("DM03")
    rule = RuleVersion.objects.get(code="DM05")
    veto_rule(rule_pk=rule.pk, by="kowalski", on=DAY, at=NOW, reason="Sources non vérifiées.")
    move_rule(rule_pk=rule.pk, to=RuleState.REPLACED, by="kowalski", on=DAY, at=NOW, reason="version 2 publiée")

    assert [*open_leads(philippe, DAY)] == [other]
    with pytest.raises(DecisionRefused, match="suspendue"):
        accept(waits, philippe)
    assert purge_leads(on=date(2027, 1, 26)) == 0
    assert purge_leads(on=date(2027, 1, 27)) == 1
    waits.refresh_from_db()
    assert (waits.state, waits.facts, waits.subject) == ("TO_READ", {}, "")


def test_the_database_takes_back_no_decision_and_brings_back_nothing_erased(philippe: User) -> None:
    one = lead()
    reject(one, philippe)
    found = Lead.objects.filter(pk=one.pk)
    for change in (
        {"state": "TO_READ"},
        {"state": "ACCEPTED"},
        {"reason_code": "COUPLE"},
        {"reason": "autre"},
        {"subject": ""},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            found.update(**change)
    purge_leads(on=date(2027, 2, 1))
    for change in ({"purged_on": None}, {"subject": "cmg:employer:E1"}, {"facts": {"a": 1}}):
        with pytest.raises(IntegrityError), transaction.atomic():
            found.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        LeadContest.objects.create(
            lead=one, received_on=DAY, said="x", noted_by=philippe, form_key=uuid4(), state="UPHELD",
            answered_by=philippe, answered_on=DAY, answer="x",
        )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_make_one_decision() -> None:
    publish()
    people, one = [person("philippe"), person("sylvie")], lead()
    gate, told = threading.Barrier(2), []

    def decide(user: User) -> None:
        gate.wait()
        try:
            told.append(type(reject(one, user)).__name__)
        except AlreadyDecided:
            told.append("AlreadyDecided")
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=(user,)) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(told) == ["AlreadyDecided", "Decided"]
    assert JournalEntry.objects.filter(action="control.lead_rejected").count() == 1
