"""The life of a case by its operations: each step, what it refuses by name, and that nothing moved then."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

import pytest

from fraud.cases import deciding, hearing, informing, notifying, qualifying, suspending
from fraud.cases.acting import Act, ActRefused, AlreadyDone
from fraud.cases.opening import CheckedLately
from fraud.guarding import LinkedToThem
from fraud.models import CaseMove, ControlCase, DeclaredLink, PaymentSuspension, SuspensionProposal, SwornOfficer
from portal.accounts.models import Posting, Role, User
from portal.audit.models import JournalEntry
from portal.letters.models import LetterJob
from tests.fraud.cases.world import (
    D1,
    D2,
    D3,
    SUBJECT,
    again,
    at,
    bank_said,
    by,
    found,
    heard,
    investigated,
    opened,
    people,
    qualified,
    to_decide,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def staff() -> dict[str, User]:
    return people()


def refusal(operation: Callable[..., object], **asked: object) -> str:
    """The codes of a refusal."""
    with pytest.raises(ActRefused) as told:
        operation(**asked)
    return " ".join(one.code for one in told.value.missing)


def test_a_case_is_told_found_heard_and_decided_with_a_letter_a_move_and_a_line_each() -> None:
    case = to_decide()
    deciding.decide_no_action(case_pk=case.pk, reason="Tout s’explique", act=by("sylvie", D3))
    deciding.close_case(case_pk=case.pk, reason="Clos", act=by("sylvie", D3))
    case = again(case)
    assert (case.state, case.outcome, case.decided_on, case.closed_on) == ("CLOSED", "NO_ACTION", D3, D3)
    assert (case.owed_by_cents, case.owed_to_cents, case.fraud_cents, case.avoided_cents) == (0, 0, 0, 0)
    moves = [move.to_state for move in CaseMove.objects.filter(case=case).order_by("pk")]
    assert moves == [
        "OPENED", "INFORMED", "INVESTIGATING", "FINDINGS_SENT", "ADVERSARIAL", "DECISION", "NO_ACTION", "CLOSED",
    ]  # fmt: skip
    assert list(case.papers.order_by("pk").values_list("kind", flat=True)) == ["INFORMATION", "FINDINGS", "RESULT"]
    assert JournalEntry.objects.filter(action="control.closed", subject=SUBJECT).count() == 1


def test_bank_data_without_its_notice_stops_the_decision_and_the_notice_frees_it() -> None:
    """Worked example 6."""
    case = heard()
    bank_said(case)
    assert refusal(hearing.ready_to_decide, case_pk=case.pk, act=by("sylvie", D3)) == "control.notice_missing"
    assert again(case).state == "ADVERSARIAL"
    hearing.send_notice(case_pk=case.pk, act=by("sylvie", D3))
    # Ten working days begin again: what is new may be answered.
    assert refusal(hearing.ready_to_decide, case_pk=case.pk, act=by("sylvie", D3)) == "control.reply_awaited"
    hearing.ready_to_decide(case_pk=case.pk, act=by("sylvie", date(2026, 7, 17)))


def test_what_comes_after_the_decision_is_told_before_the_next_step() -> None:
    case = to_decide()
    bank_said(case, D3)
    asked = {"case_pk": case.pk, "avoided_cents": 0, "reason": "Salaires"}
    assert refusal(deciding.decide_overpayment, act=by("sylvie", D3), **asked) == "control.notice_missing"
    hearing.send_notice(case_pk=case.pk, act=by("sylvie", D3))
    deciding.decide_overpayment(act=by("sylvie", D3), **asked)


def test_a_copy_asked_for_stops_the_decision_until_it_is_sent() -> None:
    case, later = heard(), date(2026, 8, 3)
    bank_said(case)
    hearing.send_notice(case_pk=case.pk, act=by("sylvie", D2))
    hearing.note_copy_asked(case_pk=case.pk, asked_on=D2, act=by("sylvie", D2))
    assert refusal(hearing.ready_to_decide, case_pk=case.pk, act=by("sylvie", later)) == "control.copy_missing"
    hearing.send_copies(case_pk=case.pk, act=by("sylvie", D3))
    hearing.ready_to_decide(case_pk=case.pk, act=by("sylvie", later))


@pytest.mark.parametrize(("day", "is_over"), [(date(2026, 6, 29), False), (date(2026, 6, 30), True)])
def test_ten_working_days_are_left_to_reply(day: date, is_over: bool) -> None:
    case = heard()
    if is_over:
        hearing.ready_to_decide(case_pk=case.pk, act=by("sylvie", day))
    else:
        assert refusal(hearing.ready_to_decide, case_pk=case.pk, act=by("sylvie", day)) == "control.reply_awaited"


def test_who_has_nothing_to_add_need_not_wait_but_only_once_all_was_sent() -> None:
    case = heard()
    said = hearing.Said("Rien à ajouter", D2, "ORAL", helped_by="Mme Roy", has_said_all=True)
    hearing.note_reply(case_pk=case.pk, said=said, act=by("sylvie", D2))
    bank_said(case)
    hearing.send_notice(case_pk=case.pk, act=by("sylvie", D2 + timedelta(days=1)))
    early = by("sylvie", D2 + timedelta(days=2))
    assert refusal(hearing.ready_to_decide, case_pk=case.pk, act=early) == "control.reply_awaited"


@pytest.mark.parametrize(
    ("case_says", "act", "code"),
    [
        ("a step is skipped", "investigate", "control.move_not_allowed"),
        ("findings without a fact", "findings", "control.move_not_allowed"),
        ("a decision at once", "decide", "control.move_not_allowed"),
    ],
)
def test_no_step_is_skipped(case_says: str, act: str, code: str) -> None:
    case = opened()
    done = {
        "investigate": lambda: informing.start_investigation(case_pk=case.pk, act=by("sylvie", D1)),
        "findings": lambda: informing.send_findings(case_pk=case.pk, act=by("sylvie", D1)),
        "decide": lambda: deciding.decide_no_action(case_pk=case.pk, reason="x", act=by("sylvie", D1)),
    }
    assert refusal(done[act]) == code, case_says
    assert again(case).state == "OPENED"
    assert not LetterJob.objects.exists()


def test_findings_want_a_fact_and_no_fact_is_added_after() -> None:
    case = investigated()
    assert refusal(informing.send_findings, case_pk=case.pk, act=by("sylvie", D2)) == "control.no_finding"
    informing.add_finding(case_pk=case.pk, found=found(), act=by("sylvie", D1))
    informing.send_findings(case_pk=case.pk, act=by("sylvie", D2))
    late = {"case_pk": case.pk, "found": found(), "act": by("sylvie", D2)}
    assert refusal(informing.add_finding, **late) == "control.findings_closed"


@pytest.mark.parametrize(
    ("since", "until", "code"),
    [
        (date(2017, 12, 31), date(2018, 2, 1), "control.finding_too_old"),
        (date(2026, 5, 1), D1 + timedelta(days=2), "control.finding_to_come"),
        (date(2026, 5, 1), date(2026, 5, 1), "control.finding_incomplete"),
    ],
)
def test_a_finding_is_of_the_past_and_of_known_figures(since: date, until: date, code: str) -> None:
    case = investigated()
    asked = {"case_pk": case.pk, "act": by("sylvie", D1)}
    one = informing.Found("Fait", since, until, "Source", 1)
    assert refusal(informing.add_finding, found=one, **asked) == code
    informing.add_finding(found=informing.Found("Fait", date(2018, 1, 1), D1 + timedelta(days=1), "Source", 1), **asked)


@pytest.mark.parametrize("word", ["une fraude", "Suspicion de", "score", "profil"])
def test_what_the_family_reads_blames_nobody(word: str) -> None:
    case = opened()
    asked = {"case_pk": case.pk, "documents": f"Relevés, {word}", "act": by("sylvie", D1)}
    assert refusal(informing.send_information, **asked) == "control.word_of_blame"
    informing.send_information(case_pk=case.pk, documents="Relevés du professionnel", act=by("sylvie", D1))


def test_on_site_only_a_sworn_and_approved_officer_with_a_report(staff: dict[str, User]) -> None:
    case = opened(on_site=True, officer_pk=staff["philippe"].pk, by="philippe")
    informing.send_information(case_pk=case.pk, documents="aucun document", act=by("philippe", D1))
    start = {"case_pk": case.pk, "act": by("philippe", D1)}
    assert refusal(informing.start_investigation, **start) == "control.officer_not_sworn"
    SwornOfficer.objects.create(
        user=staff["philippe"], sworn_on=date(2021, 1, 1), court="Clermont-Ferrand", approval_no="A-1",
        approved_on=date(2021, 2, 1), until=D2,
    )  # fmt: skip
    informing.start_investigation(case_pk=case.pk, act=by("philippe", D1))
    informing.add_finding(case_pk=case.pk, found=found(), act=by("philippe", D1))
    assert refusal(informing.send_findings, case_pk=case.pk, act=by("philippe", D1)) == "control.report_missing"
    late = {"case_pk": case.pk, "text": "Vu sur place", "act": by("philippe", D2)}
    assert refusal(informing.file_report, **late) == "control.officer_not_sworn"
    informing.file_report(case_pk=case.pk, text="Vu sur place", act=by("philippe", D2 - timedelta(days=1)))
    informing.send_findings(case_pk=case.pk, act=by("philippe", D2))


def test_the_same_form_twice_does_one_thing() -> None:
    case, act = opened(), by("sylvie", D1)
    informing.send_information(case_pk=case.pk, documents="Relevés", act=act)
    with pytest.raises(AlreadyDone):
        informing.send_information(case_pk=case.pk, documents="Relevés", act=act)
    assert LetterJob.objects.count() == 1


@pytest.mark.parametrize("name", ["hakim", "gerard"])
def test_another_function_or_fund_does_nothing(name: str) -> None:
    case = opened()
    asked = {"case_pk": case.pk, "documents": "x", "act": by(name, D1)}
    assert refusal(informing.send_information, **asked) == "control.not_theirs"
    elsewhere = opened("cmg:employer:9", fund="CAF59")
    asked = {"case_pk": elsewhere.pk, "documents": "x", "act": by("sylvie", D1)}
    assert refusal(informing.send_information, **asked) == "control.not_theirs"


def test_a_declared_link_closes_the_case_and_leaves_its_trace(staff: dict[str, User]) -> None:
    case = opened()
    DeclaredLink.objects.create(user=staff["sylvie"], subject=SUBJECT, relation="RELATIVE", since=D1)
    with pytest.raises(LinkedToThem):
        informing.send_information(case_pk=case.pk, documents="x", act=by("sylvie", D1))
    assert JournalEntry.objects.filter(action="control.linked_refused").count() == 1
    assert again(case).state == "OPENED"


def test_a_family_is_checked_once_in_twelve_months_unless_something_is_new() -> None:
    case = to_decide()
    deciding.decide_no_action(case_pk=case.pk, reason="Rien", act=by("sylvie", D3))
    deciding.close_case(case_pk=case.pk, reason="Clos", act=by("sylvie", D3))
    with pytest.raises(CheckedLately):
        opened(on=date(2027, 5, 31))
    assert opened(on=date(2027, 6, 1)).number.startswith("C-2027-")


def test_a_new_fact_opens_a_second_check_and_says_why() -> None:
    case = to_decide()
    deciding.decide_no_action(case_pk=case.pk, reason="Rien", act=by("sylvie", D3))
    deciding.close_case(case_pk=case.pk, reason="Clos", act=by("sylvie", D3))
    assert opened(on=date(2026, 9, 1), new_fact="Nouvel employeur déclaré le 20 août").new_fact


def test_money_owed_to_the_family_ends_with_it_and_claims_nothing() -> None:
    case = to_decide(finding=found(0, 12_345))
    asked = {"case_pk": case.pk, "avoided_cents": 0, "reason": "x", "act": by("sylvie", D3)}
    assert refusal(deciding.decide_overpayment, **asked) == "control.nothing_owed_by"
    deciding.decide_adjusted(case_pk=case.pk, reason="Un droit manquait", act=by("sylvie", D3))
    case = again(case)
    assert (case.outcome, case.owed_to_cents, case.owed_by_cents) == ("ADJUSTED", 12_345, 0)


@pytest.mark.parametrize(("since", "is_barred"), [(date(2024, 6, 30), True), (date(2024, 7, 1), False)])
def test_two_years_without_fraud(since: date, is_barred: bool) -> None:
    case = to_decide(finding=found(since=since))
    asked = {"case_pk": case.pk, "avoided_cents": 0, "reason": "x", "act": by("sylvie", D3)}
    if is_barred:
        assert refusal(deciding.decide_overpayment, **asked) == "control.time_barred"
    else:
        deciding.decide_overpayment(**asked)


def test_five_years_when_the_panel_saw_fraud() -> None:
    case = qualified(finding=found(since=date(2022, 1, 1)))
    deciding.decide_overpayment(case_pk=case.pk, avoided_cents=30_000, reason="x", act=by("sylvie", D3))
    case = again(case)
    assert (case.owed_by_cents, case.fraud_cents, case.avoided_cents) == (400_000, 400_000, 30_000)


def test_an_overpayment_closes_only_once_told() -> None:
    case = to_decide()
    deciding.decide_overpayment(case_pk=case.pk, avoided_cents=0, reason="x", act=by("sylvie", D3))
    closing = {"case_pk": case.pk, "reason": "x"}
    assert refusal(deciding.close_case, act=by("sylvie", D3), **closing) == "control.overpayment_notice_missing"
    (paper,) = notifying.send_overpayment_notice(case_pk=case.pk, act=by("sylvie", D3))
    assert paper.until == date(2026, 7, 21)
    deciding.close_case(act=by("sylvie", D3), **closing)


def test_of_the_cmg_the_sum_is_on_the_family_s_own_account_or_is_not_told() -> None:
    case = to_decide(benefit="CMG")
    deciding.decide_overpayment(case_pk=case.pk, avoided_cents=0, reason="x", act=by("sylvie", D3))
    asked = {"case_pk": case.pk, "act": by("sylvie", D3)}
    assert refusal(notifying.send_overpayment_notice, **asked) == "control.no_account_entry"


def test_fraud_above_eight_ceilings_closes_only_with_a_complaint() -> None:
    case = qualified(finding=found(3_140_001))
    deciding.decide_overpayment(case_pk=case.pk, avoided_cents=0, reason="x", act=by("sylvie", D3))
    notifying.send_overpayment_notice(case_pk=case.pk, act=by("sylvie", D3))
    asked = {"case_pk": case.pk, "reason": "x"}
    assert refusal(deciding.close_case, act=by("sylvie", D3), **asked) == "control.complaint_due"
    told = {"court": "Clermont-Ferrand", "reference": "", **asked}
    assert refusal(deciding.file_complaint, act=by("sylvie", D3), **told) == "control.not_theirs"
    deciding.file_complaint(act=by("helene", D3), **told)
    deciding.close_case(act=by("sylvie", D3), **asked)
    assert again(case).outcome == "COMPLAINT"


def test_a_suspension_is_proposed_after_a_reminder_and_thirty_days_and_the_notice_then_decided_by_another() -> None:
    case = investigated()
    asked = {"case_pk": case.pk, "missing": "Bail", "reason": "Le droit dépend du logement"}
    propose = suspending.propose_suspension
    assert refusal(propose, act=by("sylvie", D1), **asked) == "control.reminder_missing"
    informing.remind_documents(case_pk=case.pk, documents="Bail", act=by("sylvie", D1))
    assert refusal(propose, act=by("sylvie", date(2026, 6, 30)), **asked) == "control.reminder_too_recent"
    bank_said(case)
    assert refusal(propose, act=by("sylvie", D3), **asked) == "control.notice_missing"
    hearing.send_notice(case_pk=case.pk, act=by("sylvie", D3))
    blaming = asked | {"reason": "Une fraude"}
    assert refusal(propose, act=by("sylvie", D3), **blaming) == "control.word_of_blame"
    assert refusal(propose, act=by("hakim", D3), **asked) == "control.not_theirs"
    proposal = propose(act=by("sylvie", D3), **asked)
    assert refusal(propose, act=by("philippe", D3), **asked) == "control.suspension_proposed_already"
    assert not case.papers.filter(kind="SUSPENSION").exists(), "the person is told nothing of a proposal"

    decide = {"proposal_pk": proposal.pk}
    assert refusal(suspending.decide_suspension, act=by("philippe", D3), **decide) == "control.not_theirs"
    one = suspending.decide_suspension(act=by("helene", D3), **decide)
    assert (one.missing, one.reason, one.earliest_on) == ("Bail", "Le droit dépend du logement", D3)
    assert refusal(suspending.decide_suspension, act=by("helene", D3), **decide) == "control.proposal_answered"
    assert refusal(propose, act=by("sylvie", D3), **asked) == "control.suspended_already"
    assert suspending.lift_suspension(suspension_pk=one.pk, act=by("sylvie", D3)).lifted_on == D3


def suspension_proposed(by_whom: str = "sylvie", subject: str = SUBJECT) -> SuspensionProposal:
    case = investigated(subject)
    informing.remind_documents(case_pk=case.pk, documents="Bail", act=by("sylvie", D1))
    return suspending.propose_suspension(case_pk=case.pk, missing="Bail", reason="Logement", act=by(by_whom, D3))


def test_who_proposes_a_suspension_does_not_decide_it_even_as_director() -> None:
    sylvie = User.objects.get(username="sylvie")
    Posting.objects.create(user=sylvie, role=Role.AUTHORISING_OFFICER, starts_on=date(2020, 1, 1))
    asked = {"proposal_pk": suspension_proposed().pk, "act": by("sylvie", D3)}
    assert refusal(suspending.decide_suspension, **asked) == "control.decided_by_proposer"
    assert refusal(suspending.decline_suspension, reason="x", **asked) == "control.decided_by_proposer"


def test_a_declined_suspension_stops_nothing_and_may_be_proposed_anew() -> None:
    proposal = suspension_proposed()
    asked = {"proposal_pk": proposal.pk, "act": by("helene", D3)}
    assert refusal(suspending.decline_suspension, reason=" ", **asked) == "control.suspension_incomplete"
    suspending.decline_suspension(reason="Le bail n’est plus utile", **asked)
    assert not PaymentSuspension.objects.exists()
    again = suspending.propose_suspension(
        case_pk=proposal.case_id, missing="Bail", reason="Logement", act=by("philippe", D3)
    )
    assert suspending.open_proposal(again.case) == again


def test_what_came_or_was_asked_again_since_holds_the_suspension_back() -> None:
    proposal, other = suspension_proposed(), suspension_proposed(subject="cmg:employer:78")
    informing.note_documents(case_pk=proposal.case_id, act=by("sylvie", D3))
    decide = suspending.decide_suspension
    assert refusal(decide, proposal_pk=proposal.pk, act=by("helene", D3)) == "control.documents_came"
    informing.remind_documents(case_pk=other.case_id, documents="Bail", act=by("sylvie", D3))
    assert refusal(decide, proposal_pk=other.pk, act=by("helene", D3)) == "control.reminder_too_recent"
    assert decide(proposal_pk=other.pk, act=by("helene", D3 + timedelta(days=30))).reminder.sent_on == D3


def test_the_panel_is_two_people_who_did_not_investigate(staff: dict[str, User]) -> None:
    case = to_decide()
    asked = qualifying.ask_panel(case_pk=case.pk, question="Voulu ?", intent=(), act=by("sylvie", D3))
    view = {"qualification_pk": asked.pk, "reason": "Au vu des pièces"}
    assert refusal(qualifying.give_view, outcome="FAULT", act=by("sylvie", D3), **view) == "control.not_theirs"
    assert refusal(qualifying.give_view, outcome="FRAUD", act=by("hakim", D3), **view) == "control.no_intent"
    assert not qualifying.give_view(outcome="FAULT", act=by("hakim", D3), **view).outcome
    assert refusal(qualifying.give_view, outcome="FAULT", act=by("hakim", D3), **view) == "control.view_given"
    ControlCase.objects.filter(pk=case.pk).update(officer=staff["claire"])
    assert (
        refusal(qualifying.give_view, outcome="FAULT", act=by("claire", D3), **view) == "control.investigator_on_panel"
    )
    ControlCase.objects.filter(pk=case.pk).update(officer=staff["sylvie"])
    assert qualifying.give_view(outcome="FAULT", act=by("claire", D3), **view).outcome == "FAULT"


def test_a_form_of_one_case_is_no_form_of_another() -> None:
    first, other = opened(), opened("cmg:employer:9")
    act = Act(User.objects.get(username="sylvie").pk, D1, at(D1), uuid4())
    informing.send_information(case_pk=first.pk, documents="x", act=act)
    with pytest.raises(AlreadyDone):
        informing.send_information(case_pk=other.pk, documents="x", act=act)
    assert again(other).state == "OPENED"
