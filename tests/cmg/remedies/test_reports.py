"""Reports: one receipt however often it is sent, an owner, dates, and whether the debit can still be stopped."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from cmg.models import Report, Settlement
from cmg.models.remedies import Channel, Symptom
from cmg.operations import RunNotIssuable, close_month, issue_run
from cmg.remedies import reports
from cmg.remedies.limits import RemedyRefused
from portal.batches.models import Signature
from portal.batches.operations import SignatureRefused, sign
from portal.casework.models import Dossier
from tests.cmg.remedies.families import DAY, MONTH, closed, debited_home, issued, moved_away, received

# Paris is one hour ahead of UTC on 26 October 2026.
BEFORE, AFTER = datetime(2026, 10, 26, 13, 59, tzinfo=UTC), datetime(2026, 10, 26, 14, 0, tzinfo=UTC)


def tell(key: UUID | None = None, *, at: datetime = BEFORE, symptom: Symptom = Symptom.DEBITED) -> reports.Told:
    return reports.open_report(
        form_key=key or uuid4(), employer_no="E1", channel=Channel.WEB, symptom=symptom, months=[MONTH],
        words="<b>on me prélève</b>", by="E1", at=at,
    )  # fmt: skip


@pytest.mark.django_db
def test_the_same_form_twice_gives_the_first_receipt(tmp_path: Path) -> None:
    received(tmp_path)
    closed()
    key = uuid4()

    first, second = tell(key), tell(key, symptom=Symptom.NOT_PAID)

    assert (first.again, second.again) == (False, True)
    assert first.report.number == second.report.number
    assert Report.objects.count() == 1


@pytest.mark.django_db
def test_a_report_without_known_disagreement_asks_for_a_full_control(tmp_path: Path) -> None:
    received(tmp_path)
    closed()

    report = tell().report

    assert (report.state, report.codes) == ("NEW_ANOMALY", "")
    assert report.first_answer_by == date(2026, 10, 28)
    assert report.dossier is not None
    assert report.dossier.deadline == date(2026, 11, 9)
    reports.note_control(report_pk=report.pk, codes=["CMG-013"], by="portail", at=BEFORE)
    assert Report.objects.get().state == "LINKED"


@pytest.mark.django_db
def test_a_report_on_a_held_month_joins_its_dossier(tmp_path: Path) -> None:
    received(tmp_path, moved_away)
    closed()
    dossier = Dossier.objects.get()

    report = tell().report

    assert report.state == "LINKED"
    assert "CMG-013" in report.codes
    assert report.dossier == dossier
    assert Dossier.objects.count() == 1


@pytest.mark.django_db
def test_before_the_cut_off_the_debit_is_stopped_after_it_is_not(tmp_path: Path) -> None:
    received(tmp_path)
    closed()

    assert tell(at=BEFORE).report.stops_debit
    assert not tell(at=AFTER).report.stops_debit
    assert not tell(at=BEFORE, symptom=Symptom.NO_ANSWER).report.stops_debit


@pytest.mark.django_db
def test_a_signature_closes_the_window(tmp_path: Path) -> None:
    received(tmp_path)
    run = closed()
    sign(run_pk=run.pk, username="helene", on=DAY)

    assert not tell(at=BEFORE).report.stops_debit


@pytest.mark.django_db
def test_an_issued_month_is_at_the_bank_and_a_month_to_come_is_stoppable(tmp_path: Path) -> None:
    received(tmp_path)
    issued(tmp_path / "out")

    assert not reports.is_stoppable(MONTH, BEFORE)
    assert reports.is_stoppable(date(2026, 11, 1), AFTER)


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "reopens"), [(30, True), (31, False)])
def test_it_reopens_under_its_number_for_thirty_days(tmp_path: Path, days: int, reopens: bool) -> None:
    received(tmp_path)
    closed()
    report = tell().report
    with pytest.raises(RemedyRefused, match="réponse"):
        reports.answer_report(report_pk=report.pk, answer="  ", by="thomas", at=BEFORE)
    reports.answer_report(report_pk=report.pk, answer="Le montant est juste.", by="thomas", at=BEFORE)
    later = BEFORE + timedelta(days=days)
    if not reopens:
        with pytest.raises(RemedyRefused, match="30 jours"):
            reports.reopen_report(report_pk=report.pk, by="E1", at=later)
        return

    again = reports.reopen_report(report_pk=report.pk, by="E1", at=later)

    assert (again.state, again.number) == ("OPEN", report.number)
    # Wednesday 25 November 2026, two business days later.
    assert again.first_answer_by == date(2026, 11, 27)


@pytest.mark.django_db
def test_an_unknown_family_or_no_month_is_refused(tmp_path: Path) -> None:
    received(tmp_path)

    with pytest.raises(RemedyRefused):
        reports.open_report(
            form_key=uuid4(), employer_no="nobody", channel=Channel.WEB, symptom=Symptom.OTHER, months=[MONTH],
            words="", by="E1", at=BEFORE,
        )  # fmt: skip
    assert not Report.objects.exists()


@pytest.mark.django_db
def test_nobody_signs_a_debit_that_a_family_was_told_does_not_leave(tmp_path: Path) -> None:
    received(tmp_path, debited_home)
    run = closed()
    tell()

    with pytest.raises(SignatureRefused, match="1 famille a signalé un prélèvement depuis le calcul"):
        sign(run_pk=run.pk, username="helene", on=DAY)
    assert not Signature.objects.exists()

    again = close_month(month=MONTH, on=DAY)
    assert again.pk == run.pk
    assert Settlement.objects.get(run=again).status == "HELD"
    sign(run_pk=run.pk, username="helene", on=DAY)


@pytest.mark.django_db
def test_a_report_slipped_in_beside_the_signatures_stops_the_issue(tmp_path: Path) -> None:
    received(tmp_path, debited_home)
    run = closed()
    sign(run_pk=run.pk, username="helene", on=DAY)
    sign(run_pk=run.pk, username="bruno", on=DAY)
    report = tell().report
    assert not report.stops_debit
    Report.objects.filter(pk=report.pk).update(stops_debit=True)

    with pytest.raises(RunNotIssuable, match="signalé un prélèvement"):
        issue_run(run_pk=run.pk, out=tmp_path / "out", on=DAY, by="test")


@pytest.mark.django_db
def test_a_report_that_stops_nothing_or_is_answered_lets_the_month_be_signed(tmp_path: Path) -> None:
    received(tmp_path, debited_home)
    run = closed()
    tell(symptom=Symptom.NO_ANSWER)
    answered = tell().report
    reports.answer_report(report_pk=answered.pk, answer="Le montant est juste.", by="thomas", at=BEFORE)

    assert sign(run_pk=run.pk, username="helene", on=DAY).role == "AUTHORISING_OFFICER"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("case", "told", "answer_by"),
    [
        ("a Monday", datetime(2026, 10, 26, 13, 0, tzinfo=UTC), date(2026, 10, 28)),
        ("a Friday: the week-end does not count", datetime(2026, 10, 30, 13, 0, tzinfo=UTC), date(2026, 11, 3)),
        ("the eve of Armistice Day", datetime(2026, 11, 10, 13, 0, tzinfo=UTC), date(2026, 11, 13)),
        ("a Saturday", datetime(2026, 10, 31, 13, 0, tzinfo=UTC), date(2026, 11, 3)),
    ],
)
def test_the_first_answer_is_promised_within_two_business_days(
    tmp_path: Path, case: str, told: datetime, answer_by: date
) -> None:
    received(tmp_path)

    assert tell(at=told).report.first_answer_by == answer_by, case
