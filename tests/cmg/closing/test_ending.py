"""A dossier closes once its money has moved, not before: at the issue, at the execution of a correction, or by hand."""

from datetime import date
from pathlib import Path

import pytest

from cmg.closing.ending import close_issued, waiting_of
from cmg.models import Regularisation, Settlement
from cmg.operations import close_month, issue_run
from cmg.remedies.limits import RemedyRefused
from cmg.remedies.reports import answer_report
from cmg.repairs import ending, regularising
from portal.accounts.models import User
from portal.batches.models import Run
from portal.batches.operations import sign
from portal.casework.handing import propose_hand_over
from portal.casework.models import Dossier
from portal.exchange.operations import import_files
from tests.cmg.files import row, write
from tests.cmg.remedies.families import DAY, MONTH, PAYOUT, closed, issued, moved_away, received
from tests.cmg.remedies.test_reports import BEFORE, tell
from tests.cmg.repairs.test_repairs import AT, do

pytestmark = pytest.mark.django_db
TUESDAY = date(2026, 10, 27)


def state() -> str:
    return str(Dossier.objects.get().state)


def issue(run: Run, folder: Path, on: date = DAY) -> None:
    sign(run_pk=run.pk, username="helene", on=on)
    sign(run_pk=run.pk, username="bruno", on=on)
    issue_run(run_pk=run.pk, out=folder, on=on, by="test")


def propose() -> Regularisation:
    found = regularising.propose_regularisation(
        employer_no="E1", reason="relié", by="thomas", on=TUESDAY, dossier=Dossier.objects.get()
    )
    assert found is not None
    return found


@pytest.fixture
def corrected(tmp_path: Path) -> Regularisation:
    """October left with the family held; then the number was repaired, and a correction is proposed."""
    received(tmp_path / "files", moved_away)
    issued(tmp_path / "out")
    assert state() == "OPEN"
    do("RELINK_NUMBER")
    return propose()


def test_a_repaired_dossier_closes_when_its_month_is_issued(tmp_path: Path) -> None:
    received(tmp_path / "files", moved_away)
    closed()
    do("RELINK_NUMBER")
    run = closed()
    assert state() == "RESOLVED", "repaired; the money has not left"
    assert close_issued(run_pk=run.pk, on=DAY, at=AT) == 0

    issue(run, tmp_path / "out")

    dossier = Dossier.objects.get()
    assert (dossier.state, dossier.closed_on) == ("CLOSED", DAY)
    assert dossier.events.order_by("-pk")[0].detail == {"from": "RESOLVED", "to": "CLOSED"}
    issue_run(run_pk=run.pk, out=tmp_path / "out", on=TUESDAY, by="test")
    assert dossier.events.filter(kind="CLOSED").count() == 1


def test_a_held_dossier_does_not_close_with_its_month(tmp_path: Path) -> None:
    received(tmp_path / "files", moved_away)
    issued(tmp_path / "out")
    assert (state(), Settlement.objects.get().status) == ("OPEN", "HELD")


def test_a_proposed_correction_leaves_the_dossier_with_its_owner_until_it_is_executed(
    corrected: Regularisation, tmp_path: Path
) -> None:
    assert corrected.months.get().arrears_cents == PAYOUT
    assert state() == "OPEN", "proposed: nothing has moved"
    assert waiting_of("E1").correction

    regularising.execute_regularisation(regularisation_pk=corrected.pk, out=tmp_path / "late", by="thomas", on=TUESDAY)

    dossier = Dossier.objects.get()
    assert (dossier.state, dossier.closed_on) == ("CLOSED", TUESDAY)
    assert dossier.events.order_by("-pk")[0].detail == {"from": "OPEN", "to": "CLOSED"}


def test_a_correction_dropped_leaves_the_dossier_open(corrected: Regularisation) -> None:
    regularising.drop_regularisation(regularisation_pk=corrected.pk, reason="à revoir", by="thomas")
    assert state() == "OPEN"
    assert waiting_of("E1").held


def test_a_clean_family_of_another_correction_keeps_its_dossier(corrected: Regularisation, tmp_path: Path) -> None:
    other = Dossier.objects.create(
        subject="cmg:employer:E2",
        title="Autre",
        fund="CAF63",
        body="FUND",
        opened_on=DAY,
        deadline=DAY,
        reasons="CMG-002",
    )
    regularising.execute_regularisation(regularisation_pk=corrected.pk, out=tmp_path / "late", by="thomas", on=TUESDAY)
    other.refresh_from_db()
    assert other.state == "OPEN"


def test_held_again_before_the_issue_it_is_the_same_dossier_with_the_same_date(tmp_path: Path) -> None:
    received(tmp_path / "files", moved_away)
    closed()
    first = Dossier.objects.get()
    repair = do("RELINK_NUMBER")
    closed()
    from cmg.repairs.entering import undo

    undo(repair_pk=repair.pk, reason="erreur", by="thomas", at=AT)
    close_month(month=MONTH, on=TUESDAY)

    again = Dossier.objects.get()
    assert (again.pk, again.state, again.deadline, again.owner) == (first.pk, "OPEN", first.deadline, first.owner)
    assert again.events.filter(kind="REOPENED").count() == 1


def test_a_closed_dossier_is_not_opened_again_a_new_hold_is_a_new_one(tmp_path: Path) -> None:
    received(tmp_path / "files", moved_away)
    closed()
    do("RELINK_NUMBER")
    issue(closed(), tmp_path / "out")
    rights = [row("rights_fund", sequence_no=20, beneficiary_no="B8")]
    november = row("declarations", declaration_no="D2", care_month="2026-11", received_at="2026-11-25T18:00:00+01:00")
    import_files(
        [write(tmp_path / "late", "rights_fund", rights), write(tmp_path / "late", "declarations", [november])]
    )

    close_month(month=date(2026, 11, 1), on=date(2026, 11, 26))

    assert sorted(Dossier.objects.values_list("state", flat=True)) == ["CLOSED", "OPEN"]


def test_a_report_without_answer_keeps_the_dossier_although_the_month_is_settled(tmp_path: Path) -> None:
    from cmg.models.remedies import Symptom

    received(tmp_path / "files")
    closed()
    report = tell(symptom=Symptom.NO_ANSWER).report
    closed()
    assert (state(), Settlement.objects.get().status) == ("OPEN", "SETTLED")

    answer_report(report_pk=report.pk, answer="Voici.", by="thomas", at=BEFORE)
    assert not waiting_of("E1").report


def test_by_hand_only_when_nothing_waits(corrected: Regularisation, tmp_path: Path) -> None:
    thomas, nathalie = User.objects.get(username="thomas"), User.objects.get(username="nathalie")
    dossier = Dossier.objects.get()
    Dossier.objects.update(owner=thomas)

    def end(by: User, reason: str = "tout est réglé") -> str:
        ending.end_dossier(dossier_pk=dossier.pk, reason=reason, by=by, on=TUESDAY, at=AT)
        return state()

    with pytest.raises(RemedyRefused, match="pas encore émis.* ; une correction attend"):
        end(thomas)
    regularising.drop_regularisation(regularisation_pk=corrected.pk, reason="à revoir", by="thomas")
    with pytest.raises(RemedyRefused, match="un prélèvement est encore retenu"):
        end(thomas)
    assert state() == "OPEN"

    again = propose()
    regularising.execute_regularisation(regularisation_pk=again.pk, out=tmp_path / "late", by="thomas", on=TUESDAY)
    Dossier.objects.update(state="OPEN", closed_on=None)
    offer = propose_hand_over(dossier_pk=dossier.pk, message="voir", by=thomas, at=AT, answer_by=TUESDAY)
    with pytest.raises(RemedyRefused, match="transmission"):
        end(thomas)
    offer.delete()
    with pytest.raises(RemedyRefused, match="responsable"):
        end(nathalie)
    with pytest.raises(RemedyRefused, match="une ligne"):
        end(thomas, "  ")
    assert end(thomas) == "CLOSED"
    with pytest.raises(RemedyRefused, match="Clos"):
        end(thomas)
