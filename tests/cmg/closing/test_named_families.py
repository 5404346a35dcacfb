"""A run on a few families gives them what the run of the whole population gives them, whatever links them to others."""

import random
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from django.db import DatabaseError, transaction

from cmg.closing.families import Families
from cmg.closing.trial import try_month
from cmg.models import Anomaly, Settlement
from cmg.operations import close_month, settle_named
from cmg.population import generate
from portal.batches.models import Run, Signature
from portal.batches.operations import SignatureRefused, sign, sign_named
from portal.bulk import read_frame
from portal.exchange.operations import import_files
from tests.cmg.files import iban_with_key, nir_with_key, row
from tests.cmg.remedies.families import DAY, MONTH, closed, debited_home, issued, moved_away, received

COMPARED = ("declaration_no", "version", "status", "debit_effect", "debit_cents", "payout_cents", "held_debit_cents",
            "payout_blocked", "anomaly_codes", "decision")  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("month", [date(2026, 10, 1), date(2021, 5, 1)])
def test_a_few_families_are_settled_as_among_all(tmp_path: Path, month: date) -> None:
    import_files(generate(1200, 11, tmp_path, care_month=month, anomaly_rate=0.3).files)
    run = close_month(month=month, on=date(month.year, month.month, 26))
    whole = {
        (one["declaration_no"], one["version"]): one for one in Settlement.objects.filter(run=run).values(*COMPARED)
    }
    odd = list(Anomaly.objects.filter(run=run).values_list("employer_no", flat=True).distinct().order_by("employer_no"))
    clean = list(
        Settlement.objects.filter(run=run, anomaly_codes="").values_list("employer_no", flat=True).distinct()[:15]
    )
    picked = random.Random(3).sample(odd, min(len(odd), 50)) + clean
    assert len({code for one in whole.values() for code in one["anomaly_codes"].split("|")}) > 20

    for family in picked:
        again = try_month(month, [family], on=run.day).settlements.filter(pl.col("employer_no") == family)
        for found in again.select(COMPARED).to_dicts():
            assert found == whole[(found["declaration_no"], found["version"])], family
        assert again.height == sum(1 for key in whole if key in set(again.select("declaration_no", "version").rows()))
    assert Run.objects.count() == 1, "a trial leaves nothing"


@pytest.mark.django_db
def test_nothing_different_nothing_written(tmp_path: Path) -> None:
    received(tmp_path, debited_home)
    issued(tmp_path / "out")

    assert settle_named(month=MONTH, employers=["E1"], on=DAY) is None
    assert Run.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("number", ["00%s'7", "%(month)s", "{}", "1; --"])
def test_a_number_is_never_read_as_sql(number: str) -> None:
    families = Families.named([number])

    for condition in (families.where("d"), families.declaring("d", MONTH)):
        found = read_frame(
            f"SELECT d.employer_no FROM cmg_declaration d WHERE d.care_month = %s AND {condition}",
            {"employer_no": pl.String},
            (MONTH,),
        )
        assert found.is_empty()


@pytest.fixture
def named(tmp_path: Path) -> Run:
    """A month issued with a family held, repaired since, and settled again for that family alone."""
    from tests.cmg.repairs.test_repairs import do

    received(tmp_path, moved_away)
    issued(tmp_path / "out")
    do("RELINK_NUMBER")
    run = settle_named(month=MONTH, employers=["E1"], on=DAY)
    assert run is not None
    return run


@pytest.mark.django_db
def test_caseworkers_sign_a_named_run_and_officers_a_whole_one(named: Run) -> None:
    with pytest.raises(SignatureRefused):
        sign_named(run_pk=named.pk, username="bruno", on=DAY)
    with pytest.raises(SignatureRefused):
        sign(run_pk=named.pk, username="helene", on=DAY)
    sign_named(run_pk=named.pk, username="nathalie", on=DAY)
    with pytest.raises(SignatureRefused, match="une autre personne"):
        sign_named(run_pk=named.pk, username="nathalie", on=DAY)
    sign_named(run_pk=named.pk, username="thomas", on=DAY)
    named.refresh_from_db()
    assert named.state == "SIGNED"


@pytest.mark.django_db
def test_the_database_holds_the_four_eyes_of_a_named_run(named: Run) -> None:
    signature = sign_named(run_pk=named.pk, username="nathalie", on=DAY)

    with pytest.raises(DatabaseError), transaction.atomic():
        Signature.objects.create(
            run=named, user=signature.user, role="AUTHORISING_OFFICER", digest=named.digest,
            signed_at=signature.signed_at,
        )  # fmt: skip
    with pytest.raises(DatabaseError), transaction.atomic():
        Run.objects.filter(pk=named.pk).update(state="ISSUED")
    with pytest.raises(DatabaseError), transaction.atomic():
        Run.objects.filter(pk=named.pk).update(scope=None)


@pytest.mark.django_db
def test_a_whole_run_cannot_be_signed_by_a_caseworker(tmp_path: Path) -> None:
    received(tmp_path)
    run = closed()

    with pytest.raises(SignatureRefused):
        sign_named(run_pk=run.pk, username="thomas", on=DAY)


def with_neighbours(files: dict, lost: int) -> None:
    """Pajemploi holds the messages 10 and 12 of the fund, of two other families, and `lost` for this one."""
    for number, sequence in ((2, 10), (3, 12)):
        cells = {
            "employer_no": f"E{number}",
            "nir": nir_with_key(f"284016300100{number}"),
            "beneficiary_no": f"B{number}",
        }
        files["accounts"].append(
            row(
                "accounts",
                **cells,
                last_name=f"Durand{number}",
                iban=iban_with_key(str(number)),
                mandate_ref=f"M{number}",
            )
        )
        for kind in ("rights_fund", "rights_pajemploi"):
            files[kind].append(row(kind, **cells, right_no=f"R{number}", child_id=f"C{number}", sequence_no=sequence))
    files["rights_fund"][0]["sequence_no"], files["rights_pajemploi"][0]["sequence_no"] = 11, lost


@pytest.mark.django_db
@pytest.mark.parametrize(("held_by_pajemploi", "is_lost"), [(9, True), (11, False)])
def test_a_lost_message_is_found_for_one_family_alone(tmp_path: Path, held_by_pajemploi: int, is_lost: bool) -> None:
    received(tmp_path, lambda files: with_neighbours(files, held_by_pajemploi))
    run = closed()
    whole = set(Anomaly.objects.filter(run=run, employer_no="E1").values_list("code", flat=True))

    alone = set(try_month(MONTH, ["E1"], on=DAY).anomalies["code"])

    assert alone == whole
    assert ("CMG-026" in alone) == is_lost
