"""Issued months put right: worked example C01, four eyes, kills, and what changed meanwhile."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from cmg import operations, selectors
from cmg.models import Account, PersonVerdict, Regularisation, Settlement
from cmg.models.remedies import Channel, Symptom
from cmg.operations import RunNotIssuable, close_month
from cmg.remedies.limits import RemedyRefused
from cmg.remedies.reports import answer_report, is_stoppable, open_report
from cmg.repairs import deciding, regularising
from portal.banking.models import PaymentOrder
from portal.batches.models import Run
from portal.batches.operations import SignatureRefused
from portal.casework.models import Dossier
from portal.casework.moves import MoveNotAllowed
from portal.exchange.operations import import_files
from portal.ledger.models import Account as Ledger
from portal.ledger.operations import balance
from portal.ledger.proof import check_ledger
from tests.cmg.files import row, write
from tests.cmg.remedies.families import DAY, MONTH, PAYOUT, Files, c01, closed, issued, moved_away, received
from tests.cmg.repairs.test_repairs import AT, do

SUBJECT = "cmg:employer:E1"
JULY, AUGUST, SEPTEMBER = date(2019, 7, 1), date(2019, 8, 1), date(2026, 9, 1)


@pytest.fixture
def debited(tmp_path: Path) -> None:
    received(tmp_path, c01)
    issued(tmp_path / "july", JULY, date(2019, 7, 26))
    issued(tmp_path / "august", AUGUST, date(2019, 8, 26))
    assert sorted(PaymentOrder.objects.values_list("amount_cents", flat=True)) == [41_013, 41_013]
    do("CHANGE_RIGHT", by="nathalie", status="ACTIVE", ends_on=None)


def propose(by: str = "nathalie", on: date = date(2019, 9, 30)) -> Regularisation | None:
    return regularising.propose_regularisation(employer_no="E1", reason="droit rouvert", by=by, on=on)


@pytest.mark.django_db
def test_c01_refund_and_arrears_wait_for_a_second_person_then_move_once(debited: None, tmp_path: Path) -> None:
    found = propose()

    assert found is not None
    assert [(one.care_month, one.refund_cents, one.arrears_cents) for one in found.months.order_by("care_month")] == [
        (JULY, 41_013, 29_562), (AUGUST, 41_013, 29_562),
    ]  # fmt: skip
    assert (found.moved_cents, found.four_eyes, found.state) == (141_150, True, "PROPOSED")
    with pytest.raises(RemedyRefused, match="attend l’approbation"):
        regularising.execute_regularisation(regularisation_pk=found.pk, out=tmp_path, by="nathalie", on=DAY)
    with pytest.raises(SignatureRefused, match="une autre personne"):
        regularising.approve_regularisation(regularisation_pk=found.pk, by="nathalie", on=date(2019, 9, 30))
    regularising.approve_regularisation(regularisation_pk=found.pk, by="thomas", on=date(2019, 9, 30))
    on = date(2019, 9, 30)
    regularising.execute_regularisation(regularisation_pk=found.pk, out=tmp_path / "out", by="thomas", on=on)
    regularising.execute_regularisation(regularisation_pk=found.pk, out=tmp_path / "out", by="thomas", on=on)

    credits = PaymentOrder.objects.filter(kind="CREDIT")
    assert sum(order.amount_cents for order in credits) == 82_026 + 59_124
    assert balance(Ledger.FAMILY_PAYOUT, subject=SUBJECT) == -59_124
    assert check_ledger() == []
    assert propose() is None, "nothing is left to put right"


@pytest.mark.django_db
def test_a_correction_is_not_its_month_and_opens_no_debit_that_has_left(debited: None) -> None:
    propose()

    assert Run.objects.filter(month=JULY, scope__isnull=False, state="TO_SIGN").exists()
    assert selectors.runs_of(JULY).get().ordinal == selectors.last_runs([JULY])[JULY].ordinal == 1
    assert not is_stoppable(JULY, AT)


@pytest.mark.django_db
def test_below_the_threshold_one_person_is_enough(tmp_path: Path) -> None:
    received(tmp_path, moved_away)
    issued(tmp_path / "out")
    do("RELINK_NUMBER")

    found = propose(on=DAY)

    assert found is not None
    assert (found.moved_cents, found.four_eyes, found.state) == (PAYOUT, False, "APPROVED")
    regularising.execute_regularisation(regularisation_pk=found.pk, out=tmp_path / "again", by="nathalie", on=DAY)
    order = PaymentOrder.objects.get()
    assert (order.kind, order.amount_cents) == ("CREDIT", PAYOUT)


@pytest.mark.django_db
def test_one_proposal_at_a_time_and_a_dropped_one_moves_nothing(debited: None, tmp_path: Path) -> None:
    found = propose()
    assert found is not None
    with pytest.raises(RemedyRefused, match="déjà proposée"):
        propose()

    regularising.drop_regularisation(regularisation_pk=found.pk, reason="erreur", by="thomas")

    assert set(Run.objects.filter(scope__isnull=False).values_list("state", flat=True)) == {"SUPERSEDED"}
    with pytest.raises(MoveNotAllowed):
        regularising.approve_regularisation(regularisation_pk=found.pk, by="thomas", on=DAY)
    again = propose()
    assert again is not None
    assert again.moved_cents == 141_150


@pytest.mark.django_db
def test_what_changed_since_the_proposal_stops_it(debited: None, tmp_path: Path) -> None:
    found = propose()
    assert found is not None
    regularising.approve_regularisation(regularisation_pk=found.pk, by="thomas", on=date(2019, 9, 30))
    do("CHANGE_RIGHT", by="nathalie", annual_resources_cents=1_500_000)

    with pytest.raises(RunNotIssuable, match="a changé depuis la proposition"):
        regularising.execute_regularisation(regularisation_pk=found.pk, out=tmp_path, by="thomas", on=DAY)

    assert not PaymentOrder.objects.filter(kind="CREDIT").exists()


@pytest.mark.django_db
def test_a_month_that_is_open_again_waits_for_its_own_run(tmp_path: Path) -> None:
    received(tmp_path, moved_away)
    issued(tmp_path / "out")
    late = row("declarations", declaration_no="D8", employer_no="E8", employee_no="S8", child_ids="C8")
    import_files([write(tmp_path / "late", "declarations", [late])])
    closed()
    do("RELINK_NUMBER")

    assert regularising.issued_months("E1", DAY) == []
    assert propose(on=DAY) is None


@pytest.mark.django_db
def test_a_repair_makes_the_open_month_be_computed_again_but_never_breaks_a_signature(tmp_path: Path) -> None:
    from cmg.operations import issue_run
    from portal.batches.operations import sign

    received(tmp_path, moved_away)
    run = closed()
    do("RELINK_NUMBER")
    again = close_month(month=MONTH, on=DAY)
    assert (again.pk, Settlement.objects.get().status) == (run.pk, "SETTLED")

    sign(run_pk=run.pk, username="helene", on=DAY)
    sign(run_pk=run.pk, username="bruno", on=DAY)
    do("CHANGE_RIGHT", by="nathalie", annual_resources_cents=2_000_000)
    issue_run(run_pk=run.pk, out=tmp_path / "out", on=DAY, by="test")

    assert PaymentOrder.objects.get().amount_cents == PAYOUT
    found = propose(on=DAY)
    assert found is not None
    assert [one.arrears_cents for one in found.months.all()] == [found.moved_cents]


@pytest.mark.django_db
def test_a_disagreement_set_aside_counts_no_more_until_withdrawn(tmp_path: Path) -> None:
    received(tmp_path, moved_away)
    closed()
    with pytest.raises(RemedyRefused, match="pourquoi"):
        deciding.set_aside(employer_no="E1", month=MONTH, code="CMG-013", reason="", by="thomas", at=AT)

    verdict = deciding.set_aside(employer_no="E1", month=MONTH, code="CMG-013", reason="même foyer", by="thomas", at=AT)
    closed()
    held = Settlement.objects.get()
    assert "CMG-013" not in held.anomaly_codes

    deciding.withdraw(verdict_pk=verdict.pk, reason="erreur", by="nathalie", at=AT)
    closed()
    assert "CMG-013" in Settlement.objects.get().anomaly_codes


def pending(files: Files) -> None:
    files["rights_fund"].clear()
    files["rights_pajemploi"].clear()
    files["requests"] = [row("requests")]


@pytest.mark.django_db
def test_a_hold_is_released_by_a_recorded_decision_only(tmp_path: Path) -> None:
    received(tmp_path, pending)
    closed()
    held = Settlement.objects.get()
    assert (held.status, held.anomaly_codes) == ("HELD", "CMG-002")
    deciding.set_aside(employer_no="E1", month=MONTH, code="CMG-002", reason="relancé", by="thomas", at=AT)
    closed()
    assert Settlement.objects.get().status == "HELD", "setting aside the code is no decision on the right"

    deciding.release(employer_no="E1", month=MONTH, reason="la famille renonce à sa demande", by="thomas", at=AT)
    closed()

    freed = Settlement.objects.get()
    assert (freed.status, freed.decision, freed.debit_cents) == ("SETTLED", "RELEASED", held.held_debit_cents)


@pytest.mark.django_db
def test_a_large_release_needs_a_second_person(tmp_path: Path) -> None:
    def large(files: Files) -> None:
        pending(files)
        files["declarations"][0] |= {"net_salary": "3000.00", "hours": "300"}

    received(tmp_path, large)
    closed()
    assert Settlement.objects.get().held_debit_cents >= 100_000

    verdict = deciding.release(employer_no="E1", month=MONTH, reason="renonce", by="thomas", at=AT)
    closed()
    assert Settlement.objects.get().status == "HELD"
    with pytest.raises(RemedyRefused, match="autre personne"):
        deciding.approve_release(verdict_pk=verdict.pk, by="thomas", at=AT)
    deciding.approve_release(verdict_pk=verdict.pk, by="nathalie", at=AT)
    closed()

    assert Settlement.objects.get().status == "SETTLED"
    assert PersonVerdict.objects.get().decided_by == "nathalie"


@pytest.mark.django_db
def test_a_report_before_the_cut_off_takes_the_month_out_of_the_run(tmp_path: Path) -> None:
    from cmg.remedies import reports
    from tests.cmg.remedies.test_reports import BEFORE, tell

    received(tmp_path)
    closed()
    report = tell().report

    run = closed()
    assert (Settlement.objects.get().status, Settlement.objects.get().debit_effect) == ("HELD", "HOLD_ALL")
    reports.answer_report(report_pk=report.pk, answer="Le montant est juste.", by="thomas", at=BEFORE)
    assert closed().pk == run.pk
    assert Settlement.objects.get().status == "SETTLED"
    assert Account.objects.filter(known_until__isnull=True).count() == 1


@pytest.mark.django_db
def test_a_month_settled_does_not_end_the_dossier_of_another_that_is_held(tmp_path: Path) -> None:
    """A family has one dossier for all its months."""

    def september_too(files: Files) -> None:
        earlier = {"declaration_no": "D9", "care_month": "2026-09", "received_at": "2026-09-25T18:00:00+02:00"}
        files["declarations"].append(files["declarations"][0] | earlier)

    received(tmp_path, september_too)
    told = open_report(
        form_key=uuid4(), employer_no="E1", channel=Channel.WEB, symptom=Symptom.DEBITED, months=[MONTH], words="",
        by="famille", at=AT,
    )  # fmt: skip
    closed()
    assert Settlement.objects.get().status == "HELD"

    closed(SEPTEMBER)
    assert Dossier.objects.get().state == "OPEN"

    answer_report(report_pk=told.report.pk, answer="C’est juste.", by="thomas", at=AT)
    closed()
    assert Dossier.objects.get().state == "RESOLVED"


@pytest.mark.django_db
def test_given_up_after_a_month_has_left_it_is_that_month_and_never_said_to_have_moved_nothing(
    debited: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, on = propose(), date(2019, 9, 30)
    assert found is not None
    regularising.approve_regularisation(regularisation_pk=found.pk, by="thomas", on=on)
    august = found.months.get(care_month=AUGUST).run_id
    issue = operations.issue_run

    def killed(**asked: Any) -> None:
        if asked["run_pk"] == august:
            raise KeyboardInterrupt
        issue(**asked)

    monkeypatch.setattr(operations, "issue_run", killed)
    with pytest.raises(KeyboardInterrupt):
        regularising.execute_regularisation(regularisation_pk=found.pk, out=tmp_path / "out", by="thomas", on=on)

    ended = regularising.drop_regularisation(regularisation_pk=found.pk, reason="erreur", by="nathalie")

    assert (ended.state, ended.moved_cents, ended.executed_on) == ("EXECUTED", 41_013 + 29_562, on)
    assert list(ended.months.values_list("care_month", flat=True)) == [JULY]
    assert Run.objects.get(pk=august).state == "SUPERSEDED"
    assert sum(PaymentOrder.objects.filter(kind="CREDIT").values_list("amount_cents", flat=True)) == 41_013 + 29_562
    again = propose()
    assert again is not None
    assert list(again.months.values_list("care_month", flat=True)) == [AUGUST]


@pytest.mark.django_db
@pytest.mark.parametrize(("on", "kept"), [(date(2021, 8, 5), [JULY, AUGUST]), (date(2021, 8, 6), [AUGUST])])
def test_a_month_is_put_right_for_two_years_from_the_last_day_to_declare_it(
    debited: None, on: date, kept: list[date]
) -> None:
    assert regularising.issued_months("E1", on) == kept

    said = regularising.why_left_out("E1", on)

    if kept == [JULY, AUGUST]:
        assert said == ""
    else:
        assert said.startswith("1 mois est trop ancien (07/2019) : l’aide se réclame pendant deux ans")
        assert "07/2019 se revoient jusqu’au 31/12/2022 (article L. 244-3)" in said


@pytest.mark.django_db
def test_once_the_contributions_are_too_old_as_well_nothing_is_promised(debited: None) -> None:
    assert "L. 244-3" not in regularising.why_left_out("E1", date(2023, 1, 1))
    assert "2 mois sont trop anciens (08/2019 et avant)" in regularising.why_left_out("E1", date(2023, 1, 1))
