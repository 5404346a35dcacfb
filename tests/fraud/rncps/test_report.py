"""The report to Parliament: its figures, its texts with their history, its alerts, its sending."""

from datetime import date
from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import call_command

from fraud.models import ParliamentReport, RncpsAlert
from fraud.rncps.alerts import AlreadyRead, read_alert
from fraud.rncps.asking import LookRefused, look
from fraud.rncps.confirming import confirm
from fraud.rncps.connector import HttpDirectory, NoDirectory
from fraud.rncps.counting import count_between
from fraud.rncps.following import follow_day
from fraud.rncps.reporting import ReportRefused, figures_of, move_report, plan_report, texts_of, write_section
from fraud.rncps.tables import lines_of, tables_of
from fraud.rules.parliament import SECTIONS, WRITTEN
from fraud.rules.rncps import Motive
from portal.accounts.models import User
from tests.fraud.rncps.world import AWAY, CLAIRE, DAY, SOPHIE, at, authorised, case_of, director, officer, person, wish

pytestmark = pytest.mark.django_db
ACT = date(2019, 12, 27)


def planned(
    published_on: date = date(2026, 3, 31), first: date = date(2026, 1, 1), end: date = date(2027, 1, 1)
) -> ParliamentReport:
    return plan_report(
        act="Loi n° 2026-1", article="article 51", published_on=published_on, covers_from=first, covers_to=end, by="helene",
        on=published_on, at=at(published_on),
    )  # fmt: skip


def write(report: ParliamentReport, code: str, text: str, user: User, on: date = DAY) -> None:
    write_section(report_pk=report.pk, code=code, text=text, by_pk=user.pk, key=uuid4(), on=on, at=at(on))


def move(report: ParliamentReport, after: str, on: date = DAY, reason: str = "") -> ParliamentReport:
    return move_report(report_pk=report.pk, after=after, reason=reason, by_pk=director().pk, on=on, at=at(on))


def test_the_figures_are_those_of_the_days_the_funds_and_nobody_else(directory: HttpDirectory) -> None:
    sylvie, elsewhere = officer(), officer("paul", "Nord", fund="CAF59")
    authorised(sylvie)
    authorised(elsewhere, fund="CAF59", own=AWAY)
    number = case_of(sylvie).number
    first = look(wish=wish(sylvie, number), person=person(CLAIRE), directory=directory).row
    look(wish=wish(sylvie, number, Motive.MANAGEMENT), person=person(SOPHIE), directory=directory)
    other = case_of(elsewhere, subject="cmg:employer:2", fund="CAF59")
    look(wish=wish(elsewhere, other.number, Motive.FRAUD), person=person(SOPHIE), directory=NoDirectory())
    with pytest.raises(LookRefused):
        look(wish=wish(sylvie, "", Motive.FRAUD), person=person(SOPHIE), directory=directory)
    confirm(consultation_pk=first.pk, worth="CONFIRMED", in_favour=True, body="Caf du Nord", said="Oui", answered_on=DAY,
            by_pk=sylvie.pk, on=DAY, at=at())  # fmt: skip
    whole, ours = (
        count_between(date(2026, 1, 1), date(2027, 1, 1)),
        count_between(date(2026, 1, 1), date(2027, 1, 1), ["CAF63"]),
    )

    assert (whole["uses"]["rights"], whole["uses"]["control"]) == (1, 2)
    assert (ours["uses"]["rights"], ours["uses"]["control"], ours["bodies"]["asking"]) == (1, 1, 1)
    assert ours["refused"] == {"NO_REFERENCE": 1}
    assert whole["results"] == {"outcomes": {"ANSWERED": 2, "UNAVAILABLE": 1}, "without": 0, "worth": {"CONFIRMED": 1},
                                "in_favour": 1, "unconfirmed": 1}  # fmt: skip
    assert {"fund": "CAF59", "month": "2026-10", "motive": "FRAUD", "count": 1} in whole["looks"]
    assert whole["authorisations"]["in_force"] == {"CAF59": 1, "CAF63": 1}
    for days in ((date(2026, 10, 27), date(2027, 1, 1)), (date(2026, 1, 1), DAY)):
        assert count_between(*days)["uses"] == {"rights": 0, "control": 0, "modes": {}}
    assert count_between(DAY, date(2026, 10, 27))["uses"]["rights"] == 1


def test_tables_stand_under_the_headings_of_the_report() -> None:
    figures = count_between(date(2026, 1, 1), date(2027, 1, 1))
    assert set(tables_of(figures, DAY)) == {one.code for one in SECTIONS if one.is_counted}
    assert ["Organismes participants", "Repères nationaux", "Agents habilités", "105000"] in lines_of(figures, DAY)


def test_a_text_keeps_its_versions_and_a_second_sending_gives_the_first() -> None:
    report, helene, key = planned(), director(), uuid4()
    for _time in range(2):
        write_section(report_pk=report.pk, code="couts", text="un", by_pk=helene.pk, key=key, on=DAY, at=at())
    write(report, "couts", "deux", helene)
    with pytest.raises(ReportRefused):
        write(report, "couts", "  ", helene)
    with pytest.raises(ReportRefused):
        write(report, "inconnue", "x", helene)

    assert [(one.version, one.text) for one in report.texts.order_by("version")] == [(1, "un"), (2, "deux")]
    assert texts_of(report)["couts"].text == "deux"
    assert [one.after for one in report.moves.order_by("pk")] == ["PLANNED", "DRAFT"]


def test_a_report_is_not_validated_without_its_texts_and_its_figures_are_frozen(directory: HttpDirectory) -> None:
    report, helene, sylvie = planned(), director(), officer()
    authorised(sylvie)
    write(report, "base", "x", helene)
    with pytest.raises(ReportRefused, match="Protection des données, Coûts"):
        move(report, "VALIDATED")
    for code in WRITTEN:
        write(report, code, f"Texte {code}", helene)
    move(report, "VALIDATED")
    look(wish=wish(sylvie, case_of(sylvie).number), person=person(SOPHIE), directory=directory)
    report.refresh_from_db()
    assert figures_of(report)["uses"]["control"] == 0
    with pytest.raises(ReportRefused, match="pourquoi"):
        move(report, "DRAFT")
    move(report, "DRAFT", reason="Un chiffre à revoir")
    report.refresh_from_db()
    assert figures_of(report)["uses"]["control"] == 1
    with pytest.raises(ReportRefused):
        move(report, "SENT")
    move(report, "VALIDATED")
    assert move(report, "SENT").sent_on == DAY
    with pytest.raises(ReportRefused):
        move(report, "DRAFT", reason="trop tard")


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2020, 7, 28), []),
        (date(2020, 7, 29), ["REPORT_DUE"]),
        (date(2020, 9, 27), ["REPORT_DUE"]),
        (date(2020, 9, 28), ["REPORT_OVERDUE"]),
    ],
)
def test_alerts_of_the_report_come_on_their_days_once(day: date, expected: list[str]) -> None:
    planned(ACT, date(2019, 1, 1), date(2020, 1, 1))
    for _time in range(2):
        follow_day(on=day, at=at(day), directory=NoDirectory())
    assert list(RncpsAlert.objects.values_list("kind", flat=True)) == expected


def test_the_three_alerts_are_three_and_a_sent_report_has_none() -> None:
    report = planned(ACT, date(2019, 1, 1), date(2020, 1, 1))
    for day in (date(2020, 7, 29), date(2020, 8, 28), date(2020, 9, 20)):
        follow_day(on=day, at=at(day), directory=NoDirectory())
    assert RncpsAlert.objects.count() == 3
    for code in WRITTEN:
        write(report, code, "x", director(), date(2020, 9, 1))
    move(report, "VALIDATED", date(2020, 9, 21))
    move(report, "SENT", date(2020, 9, 22))
    follow_day(on=date(2020, 10, 15), at=at(date(2020, 10, 15)), directory=NoDirectory())
    assert RncpsAlert.objects.count() == 3


def test_an_authorisation_that_ends_is_told_thirty_days_before() -> None:
    authorised(officer())
    for day, count in ((date(2027, 12, 6), 0), (date(2027, 12, 7), 1), (date(2028, 1, 6), 1)):
        follow_day(on=day, at=at(day), directory=NoDirectory())
        assert RncpsAlert.objects.count() == count


def test_an_alert_is_read_once_with_words_by_somebody_else() -> None:
    sylvie, helene = officer(), director()
    one = RncpsAlert.objects.create(key="a", kind="LINKED", told="x", raised_on=DAY, officer=sylvie)
    for by, verdict, said in ((sylvie, "NOTHING", "vu"), (helene, "NOTHING", " "), (helene, "PERHAPS", "vu")):
        with pytest.raises(AlreadyRead):
            read_alert(alert_pk=one.pk, verdict=verdict, said=said, by_pk=by.pk, at=at())
    read_alert(alert_pk=one.pk, verdict="NOTHING", said="vu", by_pk=helene.pk, at=at())
    with pytest.raises(AlreadyRead):
        read_alert(alert_pk=one.pk, verdict="INCIDENT", said="vu", by_pk=helene.pk, at=at())


def test_the_yearly_extraction_is_a_file_a_fund(tmp_path: Path, directory: HttpDirectory) -> None:
    sylvie = officer()
    authorised(sylvie)
    look(wish=wish(sylvie, case_of(sylvie).number), person=person(CLAIRE), directory=directory)
    call_command("extract_rncps_year", 2026, out=tmp_path, stdout=StringIO())
    call_command("extract_rncps_year", 2025, out=tmp_path, stdout=StringIO())

    assert [path.name for path in sorted(tmp_path.iterdir())] == ["rncps-2026-CAF63.csv"]
    text = (tmp_path / "rncps-2026-CAF63.csv").read_text(encoding="utf-8-sig")
    assert "CAF63;10/2026;Contrôler un dossier;1" in text
    assert CLAIRE not in text
