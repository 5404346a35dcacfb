"""What must never be, tried with hand-written SQL and with the ORM: the database itself refuses it.

Each door is tried with what it must refuse; the paths that it must let through are those of test_steps and test_penalties,
whose operations write the same tables.
"""

import re
from datetime import date

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import Model

from fraud.cases import appeals, deciding, hearing, penalties, qualifying, recovering, suspending
from fraud.cases.evidence import keep_evidence
from fraud.models import (
    CASE_MOVES,
    PENALTY_MOVES,
    CaseMove,
    ControlCase,
    ObtainedInformation,
    PanelSeat,
    PaperKind,
    Penalty,
    Qualification,
)
from portal.accounts.models import User
from tests.fraud.cases.test_steps import suspension_proposed
from tests.fraud.cases.world import (
    D2,
    D3,
    at,
    bank_said,
    by,
    decided,
    heard,
    opened,
    people,
    proposed,
    qualified,
    received,
    to_decide,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def staff() -> dict[str, User]:
    return people()


def refused(sql: str, *values: object) -> str:
    """What the database answers; the statement changes nothing."""
    with pytest.raises(DatabaseError) as told, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
    return str(told.value).splitlines()[0]


def written_move(case: ControlCase, to: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO fraud_casemove (case_id, from_state, to_state, at, dated, by, reason) VALUES (%s, %s, %s, now(), %s, 'x', '')",
            (case.pk, case.state, to, D3),
        )


def force(case: ControlCase, to: str, after: str) -> None:
    written_move(case, to)
    with connection.cursor() as cursor:
        cursor.execute(after)


def forced_to(case: ControlCase, to: str) -> str:
    """The move is written by hand, and the state after it: what somebody with the database's password would try."""
    after = f"UPDATE fraud_controlcase SET state = '{to}' WHERE id = {case.pk}"
    with pytest.raises(DatabaseError) as told, transaction.atomic():
        force(case, to, after)
    return str(told.value).splitlines()[0]


def test_the_pairs_of_the_database_are_those_of_the_tables() -> None:
    for function, table in (("fraud_case_pair", CASE_MOVES), ("fraud_penalty_pair", PENALTY_MOVES)):
        with connection.cursor() as cursor:
            cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = %s", (function,))
            found = set(re.findall(r"\('(\w+)', '(\w+)'\)", cursor.fetchone()[0]))
        assert found == {(str(former), str(later)) for former, to in table.items() for later in to}


def test_no_decision_without_the_notice_of_each_information() -> None:
    case = heard()
    bank_said(case)
    assert "L. 114-21" in forced_to(case, "DECISION")
    hearing.send_notice(case_pk=case.pk, act=by("sylvie", D2))
    with transaction.atomic():
        written_move(case, "DECISION")
        ControlCase.objects.filter(pk=case.pk).update(state="DECISION")


def test_no_decision_while_a_copy_is_due() -> None:
    case = heard()
    bank_said(case)
    hearing.send_notice(case_pk=case.pk, act=by("sylvie", D2))
    hearing.note_copy_asked(case_pk=case.pk, asked_on=D2, act=by("sylvie", D2))
    assert "copie" in forced_to(case, "DECISION")


@pytest.mark.parametrize("to", ["INVESTIGATING", "DECISION", "PENALTY_PROCEDURE", "CLOSED"])
def test_no_jump(to: str) -> None:
    case = opened()
    assert "ne mène pas" in forced_to(case, to)
    assert "ne mène pas" in refused("UPDATE fraud_controlcase SET state = %s WHERE id = %s", to, case.pk)


def test_a_step_has_its_row_and_a_row_its_step() -> None:
    case = opened()
    assert "ne mène pas" in refused("UPDATE fraud_controlcase SET state = 'INFORMED' WHERE id = %s", case.pk)
    with pytest.raises(DatabaseError, match="n’a pas bougé"), transaction.atomic():
        force(case, "INFORMED", "SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    "column",
    ["state = 'CLOSED'", "outcome = 'PENALTY'", "decided_on = '2026-07-01'", "fraud_cents = 5", "owed_by_cents = 5"],
)
def test_a_case_begins_open_with_nothing_decided(column: str) -> None:
    name, value = column.split(" = ")
    opened()
    fields = "fund, title, source, legal_basis, purpose, axis_code, benefit, on_site, officer_id, opened_on, new_fact"
    spare = {"state": "'OPENED'", "outcome": "''", "decided_on": "NULL", "fraud_cents": "NULL", "owed_by_cents": "NULL"}
    spare[name] = value
    sql = (
        f"INSERT INTO fraud_controlcase (number, subject, {fields}, {', '.join(spare)}) "
        f"SELECT 'C-1', 'x', {fields}, {', '.join(spare.values())} FROM fraud_controlcase LIMIT 1"
    )
    assert "commence ouvert" in refused(sql)


@pytest.mark.parametrize("to", ["PENALTY_PROCEDURE", "COMPLAINT"])
def test_no_sanction_without_the_panel(to: str) -> None:
    assert "aucune commission" in forced_to(to_decide(), to)


def test_a_fault_is_no_fraud() -> None:
    case = qualified("FAULT")
    assert "fraude" in forced_to(case, "COMPLAINT")
    with transaction.atomic():
        written_move(case, "PENALTY_PROCEDURE")
        ControlCase.objects.filter(pk=case.pk).update(state="PENALTY_PROCEDURE")
    assert "fraude" in refused("UPDATE fraud_controlcase SET fraud_cents = 5 WHERE id = %s", case.pk)
    ControlCase.objects.filter(pk=case.pk).update(fraud_cents=0)


def test_good_faith_leaves_no_way_to_a_sanction() -> None:
    assert "aucune commission" in forced_to(qualified("GOOD_FAITH"), "PENALTY_PROCEDURE")


def test_one_member_alone_or_without_proof_qualifies_nothing(staff: dict[str, User]) -> None:
    case = to_decide()
    asked = qualifying.ask_panel(case_pk=case.pk, question="?", intent=(), act=by("sylvie", D3))
    PanelSeat.objects.create(qualification=asked, member=staff["hakim"], outcome="FRAUD", reason="x", at=at(D3))
    sql = "UPDATE fraud_qualification SET outcome = 'FRAUD', decided_on = '2026-07-01' WHERE id = %s"
    assert "deux membres" in refused(sql, asked.pk)
    PanelSeat.objects.create(qualification=asked, member=staff["claire"], outcome="FRAUD", reason="x", at=at(D3))
    assert "preuve" in refused(sql, asked.pk)
    with pytest.raises(DatabaseError, match="y siège pas"), transaction.atomic():
        PanelSeat.objects.create(qualification=asked, member=staff["sylvie"], outcome="FAULT", reason="x", at=at(D3))
    with pytest.raises(DatabaseError, match="s’est pas prononcée"), transaction.atomic():
        Qualification.objects.create(case=case, question="?", asked_by="x", asked_on=D3, outcome="FAULT", decided_on=D3)


def test_a_penalty_is_signed_by_another_within_its_scale_after_its_month(staff: dict[str, User]) -> None:
    penalty = proposed()
    sign = "UPDATE fraud_penalty SET signed_by_id = %s WHERE id = %s"
    assert "penalty_signed_by_another" in refused(sign, staff["sylvie"].pk, penalty.pk)
    assert "ne changent pas" in refused("UPDATE fraud_penalty SET amount_cents = 1 WHERE id = %s", penalty.pk)
    assert "ne mène pas" in refused("UPDATE fraud_penalty SET state = 'DECIDED' WHERE id = %s", penalty.pk)
    penalties.sign_notification(penalty_pk=penalty.pk, act=by("helene", D3))
    early = "UPDATE fraud_penalty SET decided_on = '2026-08-01' WHERE id = %s"
    assert "penalty_heard_first" in refused(early, penalty.pk)
    above = "UPDATE fraud_penalty SET decided_cents = 200001 WHERE id = %s"
    assert "penalty_never_above" in refused(above, penalty.pk)


def test_no_second_penalty_for_the_same_facts_and_no_penalty_of_a_case_elsewhere() -> None:
    penalty = decided()
    columns = [field.column for field in penalty._meta.concrete_fields if field.column != "id"]
    copied = {"state": "'PROPOSED'", "signed_by_id": "NULL", "decided_by_id": "NULL"}
    picked = ", ".join(copied.get(name, name) for name in columns)
    sql = f"INSERT INTO fraud_penalty ({', '.join(columns)}) SELECT {picked} FROM fraud_penalty"
    assert "déjà sanctionnés" in refused(sql)
    other = to_decide("cmg:employer:8")
    copied["case_id"] = str(other.pk)
    picked = ", ".join(copied.get(name, name) for name in columns)
    sql = f"INSERT INTO fraud_penalty ({', '.join(columns)}) SELECT {picked} FROM fraud_penalty"
    assert "aucune commission" in refused(sql)


def test_a_report_is_of_somebody_sworn_and_approved_on_its_very_day() -> None:
    case, until = opened(), date(2026, 9, 1)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO fraud_swornofficer (user_id, sworn_on, court, approval_no, approved_on, until) "
            "VALUES (%s, '2026-01-05', 'Riom', 'AG-9', '2026-02-02', %s) RETURNING id", (case.officer_id, until),
        )  # fmt: skip
        sworn = cursor.fetchone()[0]
    report = "INSERT INTO fraud_swornreport (case_id, sworn_id, dated, text, at) VALUES (%s, %s, %s, '', now())"
    for day in (date(2026, 2, 1), until):
        assert "n’est pas assermenté et agréé ce jour-là" in refused(report, case.pk, sworn, day)
    with connection.cursor() as cursor:
        for day in (date(2026, 2, 2), date(2026, 8, 31)):
            cursor.execute(report, (case.pk, sworn, day))


def everything() -> ControlCase:
    """A case with a row in every table of papers."""
    from fraud.models import CaseRecovery, Complaint, SwornOfficer, SwornReport

    penalty = decided()
    case = penalty.case
    bank_said(case)
    hearing.send_notice(case_pk=case.pk, act=by("sylvie", D3))
    hearing.note_copy_asked(case_pk=case.pk, asked_on=D3, act=by("sylvie", D3))
    provenance = {"body": "Banque", "system": "x", "extraction_at": "2026-06-01", "officer": "x"}
    keep_evidence(case_pk=case.pk, reference="x", title="x", content=b"x", provenance=provenance, by="x", at=at(D3))
    hearing.send_copies(case_pk=case.pk, act=by("sylvie", D3))
    recovered(penalty)
    hearing.note_reply(case_pk=case.pk, said=hearing.Said("Non", D3, "ORAL"), act=by("sylvie", D3))
    helene = User.objects.get(username="helene")
    Complaint.objects.create(
        case=case, filed_on=D3, court="x", prejudice_cents=1, threshold_cents=1, signed_by=helene, at=at(D3)
    )
    CaseRecovery.objects.create(case=case, received_on=D3, cents=5, reference="x")
    sworn = SwornOfficer.objects.create(
        user=helene,
        sworn_on=date(2020, 1, 1),
        court="x",
        approval_no="1",
        approved_on=date(2020, 1, 1),
        until=date(2030, 1, 1),
    )
    SwornReport.objects.create(case=case, sworn=sworn, dated=D3, text=b"x", at=at(D3))
    return case


def recovered(penalty: Penalty) -> None:
    """Final, partly paid, a formal notice sent; then a judge acquitted."""
    received(penalty, date(2026, 8, 4), PaperKind.PENALTY_DECIDED)
    day = date(2026, 11, 2)
    appeals.make_final(penalty_pk=penalty.pk, act=by(None, day))
    paid = {"received_on": day, "cents": 100, "reference": "x", "act": by("sylvie", day)}
    recovering.note_payment(penalty_pk=penalty.pk, **paid)
    recovering.send_demand(penalty_pk=penalty.pk, act=by("helene", day))
    told = {"ruled_on": day, "court": "x", "reference": "x", "act": by("sylvie", day)}
    deciding.note_acquittal(case_pk=penalty.case_id, **told)


TABLES = {
    "casemove": "reason", "caseact": "action", "casepaper": "by", "finding": "fact", "toldinformation": "paper_id",
    "obtainedinformation": "content", "copyrequest": "by", "casereply": "by", "swornreport": "dated", "swornofficer": "court",
    "qualification": "question", "intentevidence": "text", "panelseat": "reason", "penaltymove": "reason",
    "complaint": "court", "caserecovery": "cents", "paperdelivery": "proof", "acquittal": "court", "copieditem": "paper_id",
    "penaltydemand": "due_cents", "penaltypayment": "cents",
}  # fmt: skip


def test_no_paper_is_changed_or_removed_by_anybody() -> None:
    everything()
    for table, column in TABLES.items():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM fraud_{table}")
            assert cursor.fetchone()[0], table
        kept = {"paper_id": "0", "dated": "'2020-01-01'", "cents": "9", "due_cents": "9"}.get(column, "'autre'")
        assert refused(f"UPDATE fraud_{table} SET {column} = {kept}"), table
        assert refused(f"DELETE FROM fraud_{table}"), table
    assert refused("DELETE FROM fraud_controlcase")
    assert refused("DELETE FROM fraud_penalty")


def test_every_table_of_papers_is_among_those_tried() -> None:
    """A table that points to a case and is not protected would be found here."""
    apart = {"lead", "evidenceitem", "penalty", "caseoverpayment", "paymentsuspension", "suspensionproposal"}

    def points_to_a_case(model: type[Model]) -> bool:
        return any(field.related_model is ControlCase for field in model._meta.get_fields() if field.concrete)

    ours = ("fraud.models.cases", "fraud.models.papers", "fraud.models.penalties", "fraud.models.receipts")
    found = {model._meta.model_name for model in apps.get_app_config("fraud").get_models() if model.__module__ in ours}
    pointing = {model._meta.model_name for model in apps.get_app_config("fraud").get_models()
                if model.__module__ in ours and points_to_a_case(model)}  # fmt: skip
    assert pointing - apart <= set(TABLES)
    assert set(TABLES) <= found


PROPOSED = (
    "INSERT INTO fraud_suspensionproposal (case_id, reminder_id, missing, reason, proposed_on, proposed_by_id, answer, "
    "answer_reason) VALUES (%s, %s, 'Bail', 'Logement', %s, %s, '', '')"
)
SUSPENDED = (
    "INSERT INTO fraud_paymentsuspension (case_id, proposal_id, reminder_id, paper_id, missing, reason, earliest_on, "
    "decided_on, decided_by_id) VALUES (%s, %s, %s, %s, %s, 'Logement', '2026-07-01', %s, %s)"
)


def test_nobody_suspends_alone_nor_with_other_words_nor_before_the_days_of_the_reminder(staff: dict[str, User]) -> None:
    proposal = suspension_proposed()
    case, reminder, sylvie, helene = proposal.case_id, proposal.reminder_id, staff["sylvie"].pk, staff["helene"].pk
    other = suspension_proposed(subject="cmg:employer:78")
    early = refused(PROPOSED, case, reminder, date(2026, 6, 30), sylvie)
    assert "n’a pas laissé son délai" in early
    assert "n’a pas laissé son délai" in refused(PROPOSED, case, other.reminder_id, D3, sylvie), "of another case"
    for answer in (
        refused(SUSPENDED, case, None, reminder, reminder, "Bail", D3, helene),
        refused(SUSPENDED, case, other.pk, reminder, reminder, "Bail", D3, helene),
        refused(SUSPENDED, case, proposal.pk, reminder, reminder, "Bail", D3, sylvie),
        refused(SUSPENDED, case, proposal.pk, reminder, reminder, "Tout", D3, helene),
    ):
        assert "une autre personne la propose" in answer
    changed = "UPDATE fraud_suspensionproposal SET "
    by_helene = f", answer_reason = 'x', answered_on = '2026-07-01', answered_by_id = {helene}"
    assert "ce qui est décidé" in refused(f"{changed} answer = 'DECIDED' {by_helene}")
    assert "suspension_answered_by_another" in refused(
        f"{changed} answer = 'DECLINED' {by_helene.replace(str(helene), str(sylvie))}"
    )
    assert "ne se modifie pas" in refused(f"{changed} missing = 'Tout'")
    suspending.decide_suspension(proposal_pk=proposal.pk, act=by("helene", D3))
    assert "ne se modifie pas" in refused(f"{changed} answer = '', answered_on = NULL, answered_by_id = NULL")
    assert refused("DELETE FROM fraud_suspensionproposal")


def test_what_others_said_cannot_be_taken_away_to_pass_the_guard() -> None:
    case = heard()
    bank_said(case)
    with pytest.raises(DatabaseError), transaction.atomic():
        ObtainedInformation.objects.filter(case=case).delete()
    other = opened("cmg:employer:9")
    moved = "UPDATE fraud_obtainedinformation SET case_id = %s"
    assert "ne se modifie pas" in refused(moved, other.pk)


def test_a_notice_tells_only_what_is_of_its_case() -> None:
    case, other = heard(), heard("cmg:employer:9")
    bank_said(case)
    bank_said(other)
    paper = hearing.send_notice(case_pk=other.pk, act=by("sylvie", D2))
    obtained = ObtainedInformation.objects.get(case=case)
    sql = "INSERT INTO fraud_toldinformation (paper_id, obtained_id) VALUES (%s, %s)"
    assert "de son dossier" in refused(sql, paper.pk, obtained.pk)
    findings = case.papers.get(kind="FINDINGS")
    assert "de son dossier" in refused(sql, findings.pk, obtained.pk)


def test_a_case_keeps_whom_it_is_about_until_it_is_closed() -> None:
    case = opened()
    assert "ne change pas" in refused("UPDATE fraud_controlcase SET subject = 'autre'")
    forget = "UPDATE fraud_controlcase SET subject = 'x', anonymised_on = '2026-07-01' WHERE id = %s"
    assert "pas clos" in refused(forget, case.pk)
    assert CaseMove.objects.filter(case=case).count() == 1
