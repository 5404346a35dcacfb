"""The month's pages with their words: what is missing, what a late file touches, what a signature binds, what if."""

import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from cmg.demo.people import create_people
from cmg.models import DigestChange, Settlement
from cmg.month_figures import late_files, leaving
from cmg.operations import close_month, issue_run
from cmg.population import generate
from cmg.simulation import simulate
from portal.accounts.models import User
from portal.batches.models import Run, RunState, Signature
from portal.batches.operations import sign
from portal.casework.models import Dossier
from portal.exchange.models import RejectedRow
from portal.exchange.operations import import_files
from tests.cmg.conftest import ToldOnce
from tests.cmg.files import row, write

MONTH, DAY = date(2026, 10, 1), date(2026, 10, 26)
PAGE = "/agent/mois/2026-10/"
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def told(told_once: ToldOnce, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    files = tmp_path_factory.mktemp("region")

    def build() -> None:
        create_people()
        made = generate(1500, 7, files, care_month=MONTH, region=["CAF63", "CAF43", "CAF15"], demo=True,
                        missing_lot="CAF15")  # fmt: skip
        import_files(made.files)

    with told_once(DAY, build):
        yield next((files / "late").glob("*.csv"))


@pytest.fixture
def region(settings, tmp_path: Path, told: Path) -> Path:  # type: ignore[no-untyped-def]
    """A region whose lot 117 has not come; the month is not closed."""
    settings.PORTAL_DEMO, settings.PORTAL_DAY = True, DAY
    settings.PORTAL_BANK_FOLDER = str(tmp_path / "bank")
    return told


@pytest.fixture
def run(region: Path) -> Run:
    return close_month(month=MONTH, on=DAY)


def entered(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username))
    session = client.session
    session["factor_at"] = time.time()
    session.save()
    return client


def read(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.content.decode().replace("\u00a0", " ")


def test_a_missing_lot_is_named_and_a_late_one_says_what_it_touches(run: Run, region: Path) -> None:
    before = read(entered("helene"), PAGE)
    import_files([region])
    after = read(entered("helene"), PAGE)
    counted = late_files(run).declarations
    again = close_month(month=MONTH, on=DAY)

    assert "Caf du Cantal : numéro 118 reçu, 117 manquant." in before
    assert "à recalculer" not in before
    assert f"{counted} déclarations à recalculer." in after
    assert region.name in after
    assert "Clôturer à nouveau" in after
    assert "117 manquant" not in after
    assert again.pk == run.pk
    assert "à recalculer" not in read(entered("helene"), PAGE)


def test_the_late_lot_moves_no_declaration_that_was_not_counted(run: Run, region: Path) -> None:
    sign(run_pk=run.pk, username="helene", on=DAY)
    import_files([region])
    counted = late_files(run).declarations
    close_month(month=MONTH, on=DAY)

    moved = DigestChange.objects.filter(run=run).count()
    assert counted is not None
    assert 0 < moved <= counted < Settlement.objects.filter(run=run).count() / 10


def test_nobody_signs_before_a_late_file_is_taken_into_account(run: Run, region: Path) -> None:
    import_files([region])

    page = read(entered("helene"), PAGE)

    assert "Vérifier et signer" not in page
    assert "Prochain geste :</strong> Clôturer à nouveau" in page


def test_what_the_signature_binds_is_what_leaves_for_the_bank(run: Run, tmp_path: Path) -> None:
    told = {line.words: (line.count, line.cents) for line in leaving(run)}
    for username in ("helene", "bruno"):
        sign(run_pk=run.pk, username=username, on=DAY)
    done = issue_run(run_pk=run.pk, out=tmp_path / "out", on=DAY, by="helene")

    kinds = {"CMG_DEBIT": "Prélèvements de cotisations", "CMG_SINGLE": "Prélèvements Pajemploi+ (salaire et cotisations)",
             "CMG_PAYOUT": "Versements d’aide", "CMG_SALARY": "Salaires Pajemploi+ de familles retenues"}  # fmt: skip
    left = {words: (done[f"{kind}_count"], done[f"{kind}_cents"]) for kind, words in kinds.items()}
    assert told == left
    assert len(left) == 4


def test_a_form_sent_twice_signs_once_and_shows_the_receipt(run: Run) -> None:
    client = entered("helene")
    form = client.get(PAGE + "signature/").context
    posted = {"digest": run.digest, "seen": [str(row.pk) for row in form["outliers"]]}

    first = client.post(PAGE + "signature/", posted, follow=True).content.decode()
    second = client.post(PAGE + "signature/", posted, follow=True).content.decode()

    assert Signature.objects.filter(run=run).count() == 1
    assert "Vous avez signé l’empreinte" in first
    assert "C’est déjà signé : rien n’a été fait deux fois." in second
    assert "Vous avez signé l’empreinte" in second
    assert "la seconde signature est celle d’une autre personne" in second
    assert "Il manque la signature de l’agent comptable : Bruno Kermarrec" in second


def test_boxes_already_ticked_stay_ticked_when_one_is_forgotten(run: Run) -> None:
    client = entered("helene")
    first, *_others = client.get(PAGE + "signature/").context["outliers"]

    answer = client.post(PAGE + "signature/", {"digest": run.digest, "seen": [str(first.pk)]})

    assert answer.status_code == 409
    assert answer.content.decode().count(" checked>") == 1


def test_a_run_that_works_has_nothing_to_sign_yet(run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(state=RunState.RUNNING, totals={"slices": 4}, digest="")

    page = read(entered("helene"), PAGE + "signature/")
    month = read(entered("helene"), PAGE)

    assert "il n’y a encore rien à signer" in page
    assert "Attendre la fin du calcul." in month
    assert "Clôturer" not in month


def test_a_closing_that_no_worker_has_begun_is_waited_for(region: Path) -> None:
    asked = int(timezone.now().timestamp())

    page = read(entered("helene"), f"{PAGE}?demande={asked}")
    late = read(entered("helene"), f"{PAGE}?demande={asked - 120}")

    assert "le calcul va commencer" in page
    assert f"avancement/?demande={asked}" in page
    assert "le calcul va commencer" not in late
    assert "Clôturer le mois" in late
    for nonsense in ("x", "9" * 30, "-1", "²"):
        read(entered("helene"), f"{PAGE}?demande={nonsense}")


def explained(run: Run) -> Settlement:
    found = Settlement.objects.filter(run=run, status="SETTLED", refusal="", all_in_one=False, part_b_cents__gt=0)
    return found.exclude(withholding_tax_cents__gt=0).filter(care_mode="CHILDMINDER").order_by("pk")[0]


def test_the_explanation_names_facts_with_their_source_and_the_form_is_filled_in(run: Run) -> None:
    row = explained(run)
    client = entered("helene")

    page = read(client, f"/agent/montant/{row.pk}/")
    same = client.get(f"/agent/montant/{row.pk}/?si=1").context["what_if"]

    assert "les mêmes centimes" in page
    assert f"déclaration {row.declaration_no} v{row.version}, declarations_001.csv ligne {row.declaration.line}" in page
    assert "rights_fund_" in page
    assert "Depuis le" in page
    assert [one.change_cents for one in same.differences] == [0, 0]
    assert same.changed == 0


def test_what_if_gives_the_cents_of_the_simulator(run: Run) -> None:
    row = explained(run)
    client, declared = entered("helene"), row.declaration
    facts = client.get(f"/agent/montant/{row.pk}/").context["explained"].row
    asked = {"si": "1", "net_salary": "1 012,34", "annual_resources": "41 000", "dependent_children": "3"}

    found = client.get(f"/agent/montant/{row.pk}/", asked).context["what_if"]
    answer, accepted = simulate({
        "care_month": "2026-10", "care_mode": "CHILDMINDER", "net_salary": "1012.34", "annual_resources": "41000",
        "child_birth_date": [day.isoformat() for day in facts["child_birth_dates"]], "dependent_children": 3,
        "isolated_parent": facts["isolated_parent"], "aah": facts["aah"], "aeeh_children": facts["aeeh_children"],
        "prepare": facts["prepare"], "territory": facts["territory"],
        "hours": f"{declared.hours_hundredths / 100:.2f}",
        "maintenance_allowance": f"{declared.maintenance_allowance_cents / 100:.2f}",
        "meal_allowance": f"{declared.meal_allowance_cents / 100:.2f}",
    })  # fmt: skip

    assert accepted
    after = {one.label: one.after_cents for one in found.differences}
    assert f"{after['À verser à la famille'] / 100:.2f}" == answer["result"]["payout"]
    assert f"{after['Cotisations dues'] / 100:.2f}" == answer["result"]["contributions"]
    assert found.changed > 5
    assert Settlement.objects.get(pk=row.pk).payout_cents == row.payout_cents


@pytest.mark.parametrize(
    ("typed", "field", "told"),
    [
        ({"net_salary": "abc"}, "net_salary", "par exemple 606,25"),
        ({"hours": "900"}, "hours", "de 0 à 744"),
        ({"dependent_children": "0"}, "dependent_children", "de 1 à 20"),
        ({"child_birth_date": "31/02/2025"}, "child_birth_date", "11/02/2025"),
        ({"annual_resources": "12,5"}, "annual_resources", "euros entiers"),
        ({"prepare": "TOTAL"}, "prepare", "FULL"),
        ({"net_salary": "\x00"}, "net_salary", "par exemple 606,25"),
    ],
)
def test_an_impossible_fact_is_said_beside_its_field(run: Run, typed: dict[str, str], field: str, told: str) -> None:
    address = f"/agent/montant/{explained(run).pk}/"

    answer = entered("helene").get(address, {"si": "1"} | typed)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="#si-{field}"' in page
    assert f'id="si-{field}-problem"' in page or field == "prepare"
    assert told in page


def test_disagreements_are_filtered_by_owner_and_by_age_and_the_count_is_the_lists(run: Run) -> None:
    nathalie = User.objects.get(username="nathalie")
    Dossier.objects.filter(owner=nathalie).update(opened_on=date(2026, 10, 1))
    owned = {dossier.subject.rpartition(":")[2] for dossier in Dossier.objects.filter(owner=nathalie)}
    client = entered("helene")
    for address in (PAGE + "anomalies/", PAGE + "retenus/"):
        mine = client.get(f"{address}?owner={nathalie.pk}").context
        old = client.get(f"{address}?owner={nathalie.pk}&age=old").context
        new = client.get(f"{address}?owner={nathalie.pk}&age=new").context
        everybody = client.get(address).context

        assert {row.employer_no for row in mine["page"].rows} <= owned
        assert 0 < mine["total"] == old["total"] < everybody["total"]
        assert new["total"] == 0


def test_nobody_is_an_owner_to_filter_by(run: Run) -> None:
    Dossier.objects.filter(pk=Dossier.objects.order_by("pk")[0].pk).update(owner=None)

    context = entered("helene").get(PAGE + "retenus/?owner=nobody").context

    assert context["sums"]["families"] == 1


def test_the_tile_of_a_code_counts_the_families_of_its_list(run: Run) -> None:
    client = entered("helene")
    for line in client.get(PAGE + "anomalies/").context["codes"]:
        assert client.get(f"{PAGE}anomalies/?code={line.code}").context["families"] == line.families, line.code


def test_a_held_family_reads_what_does_not_leave_and_never_that_it_is_to_be_debited(run: Run) -> None:
    held = Settlement.objects.filter(run=run, anomaly_codes="CMG-009", status="HELD", debit_cents__gt=0).order_by("pk")[
        0
    ]
    client = entered("helene")

    family = read(client, f"/agent/familles/{held.employer_no}/")
    page = read(client, f"/agent/montant/{held.pk}/")

    amount = f"{held.held_debit_cents // 100:,}".replace(",", " ") + f",{held.held_debit_cents % 100:02d} €"
    assert f"Octobre 2026 : {amount} non prélevés" in family
    assert "absent des deux côtés" in family
    assert "disent la même chose" not in family
    assert f"<h1>{amount} retenus, " in page
    assert "à prélever</h1>" not in page


def test_a_clean_family_reads_that_both_sides_agree(run: Run) -> None:
    clean = Settlement.objects.filter(run=run, anomaly_codes="", status="SETTLED").order_by("pk")[0]

    assert "La caisse et Pajemploi disent la même chose." in read(
        entered("helene"), f"/agent/familles/{clean.employer_no}/"
    )


def test_refused_rows_are_searched_by_line_column_and_state(region: Path, tmp_path: Path) -> None:
    wrong = [
        row("rights_fund", right_no=f"R{n}", child_id=f"E{n}", start=start)
        for n, start in enumerate(("hier", "2026-13-01"))
    ]
    manifest = {"kind": "rights_fund", "sender": "CAF63", "sequence_no": 900}
    import_files([write(tmp_path / "wrong", "rights_fund", wrong, manifest)])
    address, client = f"/agent/flux/{RejectedRow.objects.latest('pk').file_id}/", entered("helene")

    def found(query: str) -> int:
        return int(client.get(f"{address}?{query}").context["total"])

    assert found("") == 2
    assert found("q=2") == 1
    assert found("q=start") == 2
    assert found("q=2026-13") == 1
    assert found("state=REPLAYED") == 0
    assert found("q=" + "9" * 40) == 0
