"""What changed: since the month before, by reason, and since a signature that a late file undid."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.test import Client

from cmg.comparing import compare_with_last_month, since_signature
from cmg.demo.people import create_people
from cmg.models import DigestChange, SignedResult
from cmg.operations import close_month, issue_run
from portal.accounts.models import Posting, Role, User
from portal.batches.models import Run, Signature
from portal.batches.operations import SignatureRefused, sign
from portal.exchange.operations import import_files
from tests.cmg.files import clean_family, iban_with_key, nir_with_key, row, write, write_all

SEPTEMBER, OCTOBER, DAY = date(2026, 9, 1), date(2026, 10, 1), date(2026, 10, 26)
CHANGES, SIGNATURE = "/agent/mois/2026-10/changements/", "/agent/mois/2026-10/signature/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _people(settings) -> None:  # type: ignore[no-untyped-def]
    settings.PORTAL_DEMO, settings.PORTAL_DAY = True, DAY
    create_people()


@pytest.fixture
def director() -> Client:
    return entered("helene")


def entered(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


def second_family(files: dict[str, list[dict[str, str]]], month: str = "2026-10", **right: object) -> None:
    """Another family in the same files; `right` changes what the fund says of it."""
    nir = nir_with_key("2850163001002")
    files["accounts"].append(
        row(
            "accounts",
            employer_no="E2",
            nir=nir,
            last_name="Durand",
            beneficiary_no="B2",
            iban=iban_with_key("2"),
            mandate_ref="M2",
            birth_date="1985-01-05",
        )  # fmt: skip
    )
    own = {
        "right_no": "R2",
        "beneficiary_no": "B2",
        "nir": nir,
        "employer_no": "E2",
        "child_id": "C2",
        "sequence_no": 11,
    }
    files["rights_fund"].append(row("rights_fund", **(own | right)))
    files["rights_pajemploi"].append(row("rights_pajemploi", **own))
    files["employees"].append(row("employees", employee_no="S2", employer_no="E2", licence_no="L2"))
    files["declarations"].append(
        row(
            "declarations",
            declaration_no=f"D2-{month}",
            employer_no="E2",
            employee_no="S2",
            child_ids="C2",
            care_month=month,
        )  # fmt: skip
    )


def close(month: date = OCTOBER, signers: tuple[str, ...] = ()) -> Run:
    run = close_month(month=month, on=DAY)
    for username in signers:
        sign(run_pk=run.pk, username=username, on=DAY)
    return run


def issued_september(folder: Path, change: Callable[[dict[str, list[dict[str, str]]]], None] | None = None) -> Run:
    files = clean_family()
    files["declarations"] = [row("declarations", declaration_no="D0", care_month="2026-09")]
    if change:
        change(files)
    import_files(write_all(folder / "september", files))
    run = close(SEPTEMBER, ("helene", "bruno"))
    issue_run(run_pk=run.pk, out=folder / "out", on=DAY, by="test")
    return Run.objects.get(pk=run.pk)


def test_a_month_is_compared_by_kind_and_by_reason_with_the_last_one_issued(tmp_path: Path, director: Client) -> None:
    issued_september(tmp_path)
    files = clean_family()
    files["rights_fund"][0]["beneficiary_no"] = "B7"
    second_family(files)
    import_files(write_all(tmp_path / "october", files))
    run = close()

    found = compare_with_last_month(run)

    assert found is not None
    kinds = {line.label: (line.count_before, line.count, line.cents_before, line.cents) for line in found.kinds}
    assert kinds["Familles retenues, prélèvement arrêté"] == (0, 1, 0, 46_815)
    assert kinds["Versements"] == (1, 1, 42_870, 42_870)
    assert [(line.code, line.count_change, line.cents_change) for line in found.codes] == [("CMG-013", 1, 46_815)]
    page = director.get(SIGNATURE).content.decode().replace("\u00a0", " ")
    assert "septembre 2026" in page
    assert "468,15 € de plus" in page


def test_a_first_month_and_a_run_of_differences_say_why_there_is_nothing_to_compare(
    tmp_path: Path, director: Client
) -> None:
    import_files(write_all(tmp_path, clean_family()))
    run = close(signers=("helene", "bruno"))
    assert "rien à comparer" in director.get(SIGNATURE).content.decode()
    issue_run(run_pk=run.pk, out=tmp_path / "out", on=DAY, by="test")
    import_files([write(tmp_path / "late", "declarations",
                        [row("declarations", version=2, kind="CORRECTION", net_salary="300.00")])])  # fmt: skip

    assert compare_with_last_month(close()) is None
    assert "ne se compare pas" in director.get(SIGNATURE).content.decode()


def test_what_a_late_file_changed_is_listed_and_the_signature_no_longer_counts(
    tmp_path: Path, director: Client
) -> None:
    import_files(write_all(tmp_path, clean_family()))
    run = close(signers=("helene",))
    signed = run.digest
    files = clean_family() | {"declarations": [row("declarations", version=2, kind="CORRECTION", net_salary="500.00")]}
    second_family(files)
    import_files(write_all(tmp_path / "late", files))
    run = close()

    changes = {(one.declaration.declaration_no, one.declaration.version): one for one in DigestChange.objects.all()}
    assert {key: one.kind for key, one in changes.items()} == {
        ("D1", 1): "CHANGED", ("D1", 2): "ADDED", ("D2-2026-10", 1): "ADDED",
    }  # fmt: skip
    replaced, added = changes["D1", 1], changes["D2-2026-10", 1]
    assert (replaced.status_before, replaced.status_after) == ("SETTLED", "SUPERSEDED")
    assert (replaced.payout_before_cents, replaced.payout_after_cents) == (42_870, 0)
    assert (added.payout_before_cents, added.payout_after_cents) == (None, 42_870)
    assert since_signature(run).words == "2 déclarations ajoutées, 1 modifiée"
    for address in (SIGNATURE, "/agent/mois/2026-10/"):
        page = director.get(address).content.decode()
        assert "L’empreinte a changé : 2 déclarations ajoutées, 1 modifiée." in page
        assert "La signature de Hélène Marchetti" in page
        assert CHANGES in page
    with pytest.raises(SignatureRefused, match="a changé pendant votre lecture"):
        sign(run_pk=run.pk, username="helene", on=DAY, digest=signed)


def test_changes_are_against_the_last_signature_however_many_files_came_since(tmp_path: Path) -> None:
    import_files(write_all(tmp_path, clean_family()))
    close(signers=("helene",))
    for salary, version in (("500.00", 2), ("560.00", 3)):
        late = row("declarations", version=version, kind="CORRECTION", net_salary=salary)
        import_files([write(tmp_path / salary, "declarations", [late])])
        run = close()
    assert {one.declaration.version: one.kind for one in DigestChange.objects.select_related("declaration")} == {
        1: "CHANGED", 2: "ADDED", 3: "ADDED",
    }  # fmt: skip
    assert since_signature(run).payout_change_cents == 0

    for username in ("helene", "bruno"):
        sign(run_pk=run.pk, username=username, on=DAY)
    issue_run(run_pk=run.pk, out=tmp_path / "out", on=DAY, by="test")

    assert not SignedResult.objects.exists()


def test_a_late_file_without_effect_says_that_no_amount_changed(tmp_path: Path, director: Client) -> None:
    import_files(write_all(tmp_path, clean_family()))
    close(signers=("helene",))
    import_files([write(tmp_path / "late", "employees", [row("employees", employee_no="S8", employer_no="E8")])])

    close()

    assert not DigestChange.objects.exists()
    assert Signature.objects.get().voided_at is not None
    assert "aucun montant n’a changé" in director.get(SIGNATURE).content.decode()
    assert "Rien n’a changé depuis la dernière signature" in director.get(CHANGES).content.decode()


def test_an_agent_reads_the_changes_of_their_funds_only(tmp_path: Path) -> None:
    import_files(write_all(tmp_path, clean_family()))
    close(signers=("helene",))
    files = clean_family() | {"declarations": []}
    second_family(files)
    import_files(write_all(tmp_path / "late", files))
    close()
    elsewhere = User.objects.create_user("ailleurs", password="x" * 20)
    Posting.objects.create(user=elsewhere, role=Role.FUND_CASEWORKER, fund="CAF59", starts_on=date(2019, 1, 1))

    assert "DURAND" in entered("nathalie").get(CHANGES).content.decode().upper()
    page = entered("ailleurs").get(CHANGES).content.decode()
    assert "DURAND" not in page.upper()
    assert "Aucune de ces déclarations" in page


def test_the_signature_page_costs_the_same_whatever_the_reasons_and_changes(
    tmp_path: Path, director: Client, django_assert_max_num_queries: Callable
) -> None:
    issued_september(tmp_path, second_family_in_september)
    files = clean_family()
    second_family(files, beneficiary_no="B9")
    import_files(write_all(tmp_path / "october", files))
    close(signers=("helene",))
    import_files([write(tmp_path / "late", "declarations",
                        [row("declarations", version=2, kind="CORRECTION", net_salary="300.00")])])  # fmt: skip
    close()
    director.get(SIGNATURE)

    with django_assert_max_num_queries(23):
        director.get(SIGNATURE)
    with django_assert_max_num_queries(16):
        director.get(CHANGES)


def second_family_in_september(files: dict[str, list[dict[str, str]]]) -> None:
    second_family(files, month="2026-09")
