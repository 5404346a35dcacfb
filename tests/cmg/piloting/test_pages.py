"""The dashboard and the replay's pages: figures equal to their lists, roles, funds, exports, queries that do not grow."""

import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cmg.demo.people import create_people
from cmg.models import Replay, Settlement
from cmg.operations import close_month
from cmg.population import generate
from cmg.replay.operations import ask_replay, run_replay
from cmg.views.piloting import next_opening
from portal.accounts.models import Posting, Role, User
from portal.audit.models import JournalEntry
from portal.casework.models import Dossier
from portal.exchange.operations import import_files
from portal.frame.charts import bars, lines
from portal.frame.templatetags.portal import money

MONTH, DAY = date(2026, 10, 1), date(2026, 10, 26)
PAGE, REASON = "/agent/pilotage/", {"reason": "comité de direction du lundi"}
KINDS = ("retenues", "dossiers", "dossiers-anciens", "dossiers-en-retard", "delais", "avances", "avances-a-deduire",
         "avances-proposees", "remboursements", "remboursements-en-attente", "signalements", "corrections")  # fmt: skip
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _people(settings) -> None:  # type: ignore[no-untyped-def]
    settings.PORTAL_DEMO, settings.PORTAL_DAY = True, DAY
    create_people()


def month(tmp_path: Path, families: int = 1_200, rate: str = "0.12") -> None:
    made = generate(families, 4, tmp_path, care_month=MONTH, region=["CAF63", "CAF43", "CAF23"], anomaly_rate=rate)
    import_files(made.files)
    close_month(month=MONTH, on=DAY)


def entered(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


def supervisor_of(fund: str) -> Client:
    user = User.objects.create_user(f"lead-{fund}", password="x" * 20)
    Posting.objects.create(user=user, role=Role.SUPERVISOR, fund=fund, starts_on=date(2019, 1, 1))
    return entered(user.username)


def read(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.content.decode().replace("\u00a0", " ")


def test_before_the_first_month_every_figure_is_a_dash_with_the_date_of_the_first() -> None:
    page = read(entered("helene"), PAGE)

    assert "à partir du dimanche 25 octobre 2026" not in page, "that day is past"
    assert "à partir du mercredi 25 novembre 2026" in page
    assert "<strong>–</strong> famille" in page
    assert "0,00 €" not in re.sub(r"dont 0,00 € à déduire", "", page)
    assert page.count("<strong>–</strong>") == 8


@pytest.mark.parametrize(("day", "opening"), [
    (date(2026, 10, 24), date(2026, 10, 25)), (date(2026, 10, 25), date(2026, 10, 25)),
    (date(2026, 10, 26), date(2026, 11, 25)), (date(2026, 12, 31), date(2027, 1, 25)),
])  # fmt: skip
def test_the_first_figure_comes_with_the_next_25th(day: date, opening: date) -> None:
    assert next_opening(day) == opening


def test_a_month_before_the_first_one_has_dashes_too(tmp_path: Path) -> None:
    month(tmp_path)
    page = read(entered("helene"), PAGE + "?month=2026-09")

    assert "Le premier chiffre est celui de octobre 2026" in page
    assert page.count("<strong>–</strong>") == 8


def test_figures_are_those_of_their_lists(tmp_path: Path) -> None:
    month(tmp_path)
    held = Settlement.objects.filter(status="HELD")
    families, cents = (
        held.values("employer_no").distinct().count(),
        sum(held.values_list("held_debit_cents", flat=True)),
    )
    client = entered("helene")
    page = read(client, PAGE)

    assert f"<strong>{families}</strong> familles retenues" in page
    assert money(cents).replace("\u00a0", " ") in page
    assert "<strong>0</strong> famille prélevée à tort" in page
    assert f"{Settlement.objects.count()} déclarations contrôlées".replace(",", " ") in re.sub(
        r"(?<=\d) (?=\d{3})", "", page
    )
    listed = re.sub(r"(?<=\d) (?=\d{3})", "", read(client, PAGE + "liste/retenues/"))
    assert f"{held.count()} lignes" in listed
    dossiers = Dossier.objects.count()
    assert f"{dossiers} lignes" in read(client, PAGE + "liste/dossiers/")
    assert f"{dossiers} dossiers ouverts, le plus ancien : aujourd’hui" in page


def test_a_supervisor_of_one_fund_sees_that_fund_alone(tmp_path: Path) -> None:
    month(tmp_path)
    client = supervisor_of("CAF43")
    held = Settlement.objects.filter(status="HELD")
    mine = held.filter(fund="CAF43").values("employer_no").distinct().count()
    page = read(client, PAGE)

    assert f"<strong>{mine}</strong> familles retenues" in page
    assert "CAF23" not in page
    assert "<strong>0</strong> familles retenues" in read(client, PAGE + "?fund=CAF63")
    other = held.exclude(fund="CAF43").first()
    assert other is not None
    assert f"/agent/familles/{other.employer_no}/" not in read(client, PAGE + "liste/retenues/?fund=CAF63")


@pytest.mark.parametrize("kind", KINDS)
def test_every_list_opens_and_says_why_it_is_empty(kind: str) -> None:
    assert "Revenir au pilotage" in read(entered("helene"), f"{PAGE}liste/{kind}/")


def test_what_is_no_list_is_not_there() -> None:
    read(entered("helene"), PAGE + "liste/tout/", status=404)


@pytest.mark.parametrize("address", [PAGE, PAGE + "liste/retenues/", PAGE + "prelevements/"])
def test_queries_do_not_grow_with_the_rows(tmp_path: Path, address: str) -> None:
    client = entered("helene")
    month(tmp_path / "few", families=300, rate="0.02")
    read(client, address)
    counts = []
    for families, folder in ((300, "few"), (1_500, "many")):
        if folder == "many":
            made = generate(families, 9, tmp_path / folder, care_month=MONTH, region=["CAF63", "CAF43", "CAF23"],
                            anomaly_rate="0.2", first_lot=500)  # fmt: skip
            import_files(made.files)
            close_month(month=MONTH, on=DAY)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            read(client, address)
        counts.append(len(queries))
    assert counts[1] <= counts[0] + 1, counts
    # What waits of control and of joint funds for the direction costs some twenty of them, whatever the families.
    assert counts[0] < 72, counts


def test_an_export_needs_a_reason_and_leaves_a_trace(tmp_path: Path) -> None:
    month(tmp_path, families=600)
    client = entered("helene")
    for address in (PAGE + "exporter/", PAGE + "prelevements/exporter/", PAGE + "liste/retenues/exporter/"):
        assert client.post(address, {"reason": "court"}).status_code == 302
        answer = client.post(address, REASON)
        assert answer.status_code == 200, address
        assert answer["Content-Type"].startswith("text/csv")
    traces = JournalEntry.objects.filter(action="cmg.piloting.exported")
    assert traces.count() == 3
    sent = client.post(PAGE + "liste/retenues/exporter/?fund=CAF63", REASON).content.decode("utf-8-sig").splitlines()
    assert len(sent) == 1 + Settlement.objects.filter(status="HELD", fund="CAF63").count()


def test_the_replay_s_pages_tell_emilie_s_two_stories() -> None:
    client = entered("bruno")
    assert "n’a pas encore été calculé" in read(client, "/agent/rejeu/")
    read(client, "/agent/rejeu/liste/left_wrong/", status=404)
    run_replay(replay_pk=ask_replay(by="test", families=900).pk)

    page = read(client, "/agent/rejeu/")
    assert "vendredi 28 juin 2019" in page
    assert "410,13 € prélevés, dont 410,13 € à tort." in page
    assert "295,62 € d’aide versés." not in page, "not before the first of July"
    assert "Réparé. 0,00 € prélevés, 295,62 € d’aide versés." in read(client, "/agent/rejeu/?jour=2019-07-01")
    assert "Chabrol" in read(client, "/agent/rejeu/liste/left_wrong/?jour=2019-06-28")
    assert "Chabrol" not in read(client, "/agent/rejeu/liste/left_wrong/?jour=2019-06-27")
    assert "il manque 295,62 €" in read(client, "/agent/rejeu/familles/4300077219/")
    read(client, "/agent/rejeu/familles/0000000000/", status=404)
    read(client, "/agent/rejeu/liste/rien/", status=404)
    # A day that is none, or outside, never breaks the page.
    for day in ("2019-13-40", "demain", "0001-01-01", "9999-12-31"):
        read(client, f"/agent/rejeu/?jour={day}")


def test_asking_again_twice_makes_one_calculation(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr("cmg.views.piloting_replay.replay_task.delay", lambda *, replay_pk: asked.append(replay_pk))
    client = entered("helene")
    for _time in range(2):
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("cmg.views.piloting_replay.transaction.on_commit", lambda do: do())
            assert client.post("/agent/rejeu/calculer/").status_code == 302

    assert Replay.objects.count() == 1
    assert set(asked) == {Replay.objects.get().pk}
    assert "le calcul va commencer" in read(client, "/agent/rejeu/")


def test_names_of_lines_that_end_together_stay_inside_the_drawing() -> None:
    chart = lines("t", "s", "u", ["a", "b"], {"high": [0, 4], "x": [0, 0], "y": [0, 0], "z": [0, 0]})
    names = {one.name: one.name_y for one in chart.series}

    assert names["high"] < 30, "beside its own line, at the top"
    assert sorted(names.values())[-1] <= chart.base + 4
    assert all(after - before >= 15 for before, after in pairwise(sorted(names.values())))


def test_charts_start_at_zero_and_keep_names_apart() -> None:
    chart = lines("t", "s", "u", ["a", "b"], {"one": [0, 3], "two": [0, 3], "three": [0, 4], "four": [0, 0]})
    names = sorted(one.name_y for one in chart.series)

    assert [tick.words for tick in chart.y_ticks] == ["0", "1", "2", "3", "4"]
    assert all(after - before >= 15 for before, after in pairwise(names))
    drawn = bars("t", "s", "u", ["a", "b"], "n", [0, 5])
    assert (drawn.bars[0].height, drawn.bars[1].is_partial) == (0, True)
    assert bars("t", "s", "u", ["a"], "n", [0]).is_empty
