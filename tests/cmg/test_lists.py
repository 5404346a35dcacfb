"""Lists: filters in the address and saved, pages by key, exports with a reason and a trace, queries that do not grow."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cmg.demo.people import create_people
from cmg.models import Account, Anomaly, Settlement
from cmg.operations import close_month
from cmg.population import generate
from portal.accounts.models import Posting, Role, User
from portal.audit.models import JournalEntry
from portal.audit.operations import verify_chain
from portal.casework.models import Dossier
from portal.exchange.models import ReceivedFile, RejectedRow
from portal.exchange.operations import import_files
from portal.frame.models import SavedFilter
from portal.frame.sheets import as_csv
from tests.cmg.conftest import ToldOnce
from tests.cmg.files import row, write

MONTH, DAY = date(2026, 10, 1), date(2026, 10, 26)
ANOMALIES, HELD = "/agent/mois/2026-10/anomalies/", "/agent/mois/2026-10/retenus/"
QUEUE, FILES = "/agent/", "/agent/flux/"
REASON = {"reason": "revue du lundi avec la caisse"}
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def closed(told_once: ToldOnce, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    def build() -> None:
        create_people()
        made = generate(1200, 4, tmp_path_factory.mktemp("lists"), care_month=MONTH,
                        region=["CAF63", "CAF43", "CAF23"], anomaly_rate="0.12")  # fmt: skip
        import_files(made.files)
        close_month(month=MONTH, on=DAY)

    with told_once(DAY, build):
        yield


@pytest.fixture(autouse=True)
def _month(settings, closed: None) -> None:  # type: ignore[no-untyped-def]
    settings.PORTAL_DEMO, settings.PORTAL_DAY = True, DAY


@pytest.fixture
def director() -> Client:
    return entered("helene")


def entered(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


def of_fund(fund: str) -> Client:
    user = User.objects.create_user(f"agent-{fund}", password="x" * 20)
    Posting.objects.create(user=user, role=Role.FUND_CASEWORKER, fund=fund, starts_on=date(2019, 1, 1))
    return entered(user.username)


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode().replace("\u00a0", " ")


def test_filters_live_in_the_address_and_each_is_removed_by_a_link(director: Client) -> None:
    held = Settlement.objects.filter(status="HELD", fund="CAF63").first()
    assert held is not None
    code = held.anomaly_codes.split("|")[0]

    page = read(director, f"{HELD}?code={code}&fund=CAF63")

    expected = Settlement.objects.filter(status="HELD", fund="CAF63", anomaly_codes__contains=code).count()
    assert f"{expected} déclaration" in page
    assert '<option value="CAF63" selected>' in page
    assert 'href="?fund=CAF63"' in page
    assert f'href="?code={code}"' in page


def test_a_family_is_found_in_a_list_by_the_beginning_of_its_name(director: Client) -> None:
    held = Settlement.objects.filter(status="HELD").first()
    assert held is not None
    account = Account.objects.get(employer_no=held.employer_no, known_until__isnull=True)

    for address in (HELD, ANOMALIES):
        page = read(director, f"{address}?q={account.last_name[:4].lower()} {account.first_names.split()[0]}")
        assert f"/agent/familles/{held.employer_no}/" in page


NONSENSE = ("q=%00%27;--", "after=x", "after=" + "9" * 40, "after=2026-13-45_x", "before=-1", "after=_&before=_",
            "code=CMG-999", "state=%FF&effect=HELD")  # fmt: skip


def test_nonsense_in_the_address_is_a_page_all_the_same(director: Client) -> None:
    for address in (HELD, ANOMALIES, QUEUE, FILES, "/agent/recherche/"):
        for nonsense in NONSENSE:
            read(director, f"{address}?{nonsense}")


@pytest.mark.parametrize(
    ("address", "count"),
    [
        (HELD, lambda: Settlement.objects.filter(status="HELD").count()),
        (ANOMALIES, lambda: Anomaly.objects.count()),
        (QUEUE + "?box=team", lambda: Dossier.objects.count()),
    ],
)
def test_every_row_is_met_once_going_forwards_and_once_going_back(director: Client, address: str, count) -> None:  # type: ignore[no-untyped-def]
    forwards, backwards = [], []
    join = "&" if "?" in address else "?"
    page = director.get(address).context["page"]
    forwards.append([row.pk for row in page.rows])
    while page.next:
        page = director.get(f"{address}{join}after={page.next}").context["page"]
        forwards.append([row.pk for row in page.rows])
    while page.previous:
        page = director.get(f"{address}{join}before={page.previous}").context["page"]
        backwards.append([row.pk for row in page.rows])

    assert len(forwards) > 2
    assert sum(map(len, forwards)) == len({pk for rows in forwards for pk in rows}) == count()
    assert backwards[::-1] == forwards[:-1]


@pytest.mark.parametrize("address", [HELD, ANOMALIES, QUEUE + "?box=team"])
@pytest.mark.parametrize("who", ["helene", "nathalie"])
def test_one_row_and_a_full_page_cost_the_same_queries(address: str, who: str) -> None:
    client = entered(who)
    join = "&" if "?" in address else "?"
    found = client.get(address).context["page"].rows
    assert len(found) == 25
    one = found[0].subject.rpartition(":")[2] if isinstance(found[0], Dossier) else found[0].declaration_no

    def cost(of: str) -> int:
        client.get(of)  # the list that one works on is kept: that is written once, when it changes
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(of).status_code == 200
        return len(queries)

    alone = cost(f"{address}{join}q={one}")
    assert alone == cost(address) == cost(f"{address}{join}after={client.get(address).context['page'].next}")
    assert alone < 24


def test_a_saved_filter_is_its_owners_alone(director: Client) -> None:
    kept = {"page": "cmg:held", "name": "Ma caisse", "query": "fund=CAF63", "next": HELD + "?fund=CAF63"}
    answer = director.post("/filtres/", kept)
    director.post("/filtres/", kept | {"query": "fund=CAF43"})

    saved = SavedFilter.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, HELD + "?fund=CAF63")
    assert (saved.name, saved.query) == ("Ma caisse", "fund=CAF43")
    assert 'href="?fund=CAF43">Ma caisse</a>' in read(director, HELD)
    assert "Ma caisse" not in read(entered("bruno"), HELD)
    assert entered("bruno").post(f"/filtres/{saved.pk}/supprimer/").status_code == 404
    assert director.post(f"/filtres/{saved.pk}/supprimer/", {"next": "https://ailleurs.example/"})["Location"] == "/"
    assert not SavedFilter.objects.exists()


@pytest.mark.parametrize(
    ("posted", "told"),
    [
        ({"name": ""}, "Donnez un nom"),
        ({"query": ""}, "Choisissez d’abord un filtre"),
        ({"query": "q=" + "x" * 600}, "Choisissez d’abord un filtre"),
    ],
)
def test_a_filter_without_a_name_or_a_content_is_not_kept(director: Client, posted: dict[str, str], told: str) -> None:
    kept = {"page": "cmg:held", "name": "Ma caisse", "query": "fund=CAF63", "next": HELD} | posted

    assert told in director.post("/filtres/", kept, follow=True).content.decode()
    assert not SavedFilter.objects.exists()


def test_a_user_keeps_twenty_filters_on_a_list_at_most(director: Client) -> None:
    for number in range(21):
        director.post("/filtres/", {"page": "cmg:held", "name": f"F{number}", "query": f"q={number}", "next": HELD})

    assert SavedFilter.objects.count() == 20
    assert "Vous avez déjà 20 filtres" in read(director, HELD)


def lines_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_an_export_holds_the_filtered_rows_without_nir_or_account_and_leaves_a_trace(director: Client) -> None:
    answer = director.post(HELD + "exporter/?fund=CAF63", REASON)

    lines = lines_of(answer.content)
    assert lines[0] == ["Famille", "N° d’employeur", "Caisse", "Déclaration", "Motifs", "Non prélevé", "Aide prévue",
                        "Responsable", "Échéance"]  # fmt: skip
    assert len(lines) - 1 == Settlement.objects.filter(status="HELD", fund="CAF63").count() > 1
    assert {line[2] for line in lines[1:]} == {"CAF63"}
    written = answer.content.decode("utf-8-sig")
    tails = Account.objects.exclude(iban_tail="").values_list("iban_tail", flat=True)[:50]
    assert "FR76" not in written
    assert not [tail for tail in tails if f";{tail};" in written]
    assert answer["Content-Disposition"] == 'attachment; filename="retenues-2026-10.csv"'
    entry = JournalEntry.objects.get(action="cmg.held.exported")
    assert (entry.actor, entry.subject) == ("helene", "month:2026-10")
    assert entry.detail["reason"] == REASON["reason"]
    assert (entry.detail["filters"], entry.detail["rows"]) == ({"fund": "CAF63"}, len(lines) - 1)
    assert verify_chain() == []


def test_the_disagreements_are_exported_too(director: Client) -> None:
    code = Anomaly.objects.order_by("pk")[0].code

    lines = lines_of(director.post(f"{ANOMALIES}exporter/?code={code}", REASON).content)

    assert len(lines) - 1 == Anomaly.objects.filter(code=code).count()
    assert {line[0] for line in lines[1:]} == {code}


@pytest.mark.parametrize("reason", ["", "   ", "court"])
def test_no_export_without_a_reason(director: Client, reason: str) -> None:
    answer = director.post(HELD + "exporter/?fund=CAF63", {"reason": reason}, follow=True)

    assert answer.redirect_chain == [(HELD + "?fund=CAF63", 302)]
    assert "à quoi servira cet export" in answer.content.decode()
    assert not JournalEntry.objects.filter(action__endswith=".exported").exists()


def test_no_export_of_too_many_rows(director: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for where in ("portal.frame.exports", "cmg.views.lists"):
        monkeypatch.setattr(f"{where}.EXPORT_MOST", 5)

    answer = director.post(HELD + "exporter/", REASON, follow=True)

    assert "Rien n’est sorti" in answer.content.decode()
    assert "Ajoutez un filtre" in answer.content.decode()


def test_a_caseworker_does_not_export() -> None:
    for name in ("nathalie", "thomas"):
        assert entered(name).post(HELD + "exporter/", REASON).status_code == 404
        assert "Exporter" not in read(entered(name), HELD)


def test_no_cell_is_a_formula() -> None:
    assert as_csv([["=1+1", "@x", "Le Goff"]]) == "'=1+1;'@x;Le Goff\r\n".encode("utf-8-sig")


def test_the_codes_of_an_agent_are_counted_among_their_funds() -> None:
    lines = of_fund("CAF23").get(ANOMALIES).context["codes"]

    held = Settlement.objects.filter(fund="CAF23", status="HELD")
    codes = {code for row in held for code in row.anomaly_codes.split("|")}
    assert codes <= {line.code for line in lines}
    for line in lines:
        of_code = held.filter(anomaly_codes__contains=line.code)
        assert line.held_cents == sum(of_code.values_list("held_debit_cents", flat=True)), line.code


def test_refused_rows_are_read_by_those_whose_funds_they_are_and_the_reading_is_journaled(tmp_path: Path) -> None:
    import_files([write(tmp_path / "wrong", "rights_fund", [row("rights_fund", start="hier")],
                        {"kind": "rights_fund", "sender": "CAF63", "sequence_no": 900})])  # fmt: skip
    rejected = RejectedRow.objects.latest("pk")
    ReceivedFile.objects.filter(pk=rejected.file_id).update(scope=["CAF63"])
    pages = (f"/agent/flux/{rejected.file_id}/", f"/agent/flux/ligne/{rejected.pk}/")
    elsewhere = of_fund("CAF23")

    for address in pages:
        assert entered("nathalie").get(address).status_code == 200
        assert elsewhere.get(address).status_code == 404

    assert elsewhere.post(pages[1]).status_code == 404
    entry = JournalEntry.objects.get(action="flow.row_read")
    assert (entry.actor, entry.subject) == ("nathalie", f"file:{rejected.file_id}")
