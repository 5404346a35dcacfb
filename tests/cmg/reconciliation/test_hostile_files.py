"""Disagreements nobody generates: every pair of states of a right on both sides, keys that half agree, moves, births."""

import re
from itertools import product
from pathlib import Path

import pytest

from cmg.models import Settlement
from tests.cmg.files import clean_family, iban_with_key, nir_with_key, row
from tests.cmg.reconciliation.test_catalogue_on_files import (
    Files,
    added,
    both,
    changed,
    close,
    second_account,
    together,
    without,
)

PERIODS = {
    "no end": ("2025-01-01", ""), "ends later": ("2025-01-01", "2026-11-01"),
    "ends within": ("2025-01-01", "2026-10-15"), "ended": ("2025-01-01", "2026-10-01"),
    "starts within": ("2026-10-31", ""), "future": ("2026-11-01", ""),
}  # fmt: skip
STATUSES = ("ACTIVE", "SUSPENDED", "CLOSED")
ONE_SIDE = [*product(STATUSES, PERIODS), None]
MATRIX = list(product(ONE_SIDE, ONE_SIDE))


def covers(side: tuple[str, str] | None) -> bool:
    """Whether the side says that there is a right in October."""
    if side is None or side[1] in ("ended", "future") or side[0] == "SUSPENDED":
        return False
    return side[0] == "ACTIVE" or PERIODS[side[1]][1] != ""


@pytest.fixture(scope="module")
def matrix(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker) -> dict[str, Settlement]:  # type: ignore[no-untyped-def]
    """One family for each pair of states, all in one month; rolled back at the end."""
    from django.db import transaction

    files: Files = {kind: [] for kind in clean_family()}
    for number, sides in enumerate(MATRIX, start=1):
        keys = {
            "employer_no": f"E{number}", "nir": nir_with_key(f"28401{number:08d}"), "beneficiary_no": f"B{number}",
        }  # fmt: skip
        child = {"child_id": f"C{number}"}
        files["accounts"].append(
            row("accounts", **keys, last_name=f"Nom{number}", iban=iban_with_key(str(number)), mandate_ref=f"M{number}")
        )
        files["employees"].append(row("employees", employer_no=f"E{number}"))
        files["declarations"].append(
            row("declarations", declaration_no=f"D{number}", employer_no=f"E{number}", child_ids=f"C{number}")
        )
        for kind, side in zip(("rights_fund", "rights_pajemploi"), sides, strict=True):
            if side:
                start, end = PERIODS[side[1]]
                files[kind].append(
                    row(
                        kind,
                        **keys,
                        **child,
                        right_no=f"R{number}",
                        status=side[0],
                        start=start,
                        end=end,
                        sequence_no=number,
                    )
                )
    with django_db_blocker.unblock(), transaction.atomic():
        yield close(tmp_path_factory.mktemp("matrix"), files)
        transaction.set_rollback(True)


@pytest.mark.parametrize("number", range(1, len(MATRIX) + 1))
def test_no_pair_of_states_lets_a_family_be_debited_whole_while_a_side_says_it_has_a_right(
    matrix: dict[str, Settlement], number: int
) -> None:
    fund, pajemploi = MATRIX[number - 1]
    settlement = matrix[f"D{number}"]
    codes = settlement.anomaly_codes.split("|") if settlement.anomaly_codes else []
    case = (fund, pajemploi, settlement.status, settlement.decision, codes)

    if covers(fund) or covers(pajemploi):
        assert settlement.status == "HELD" or settlement.part_a_cents > 0, case
    if covers(fund) != covers(pajemploi):
        assert codes, case
    if fund and fund == pajemploi and covers(fund):
        assert (codes, settlement.status) == ([], "SETTLED"), case
    if covers(fund) and covers(pajemploi) and settlement.status == "HELD":
        pytest.fail(f"held although both sides say there is a right: {case}")
    if (
        settlement.status == "SETTLED"
        and settlement.offset_cents
        and not covers(fund)
        and not settlement.payout_blocked
    ):
        pytest.fail(f"paid although the fund says there is no right: {case}")
    if not covers(fund) and not covers(pajemploi) and settlement.status == "SETTLED":
        assert settlement.decision == "RIGHT_ENDED", case


def one(folder: Path, *changes) -> Settlement:  # type: ignore[no-untyped-def]
    files = clean_family()
    together(*changes)(files)
    return close(folder, files)["D1"]


moved_within_the_month = together(
    changed("accounts", fund="MSA63", beneficiary_no="B9"),
    both(status="CLOSED", end="2026-10-15"),
    added("rights_fund", right_no="R9", fund="MSA63", beneficiary_no="B9", start="2026-10-15", sequence_no=1),
    added("rights_pajemploi", right_no="R9", fund="MSA63", beneficiary_no="B9", start="2026-10-15", sequence_no=1),
)
moves_next_month = together(
    changed("accounts", fund="MSA63", beneficiary_no="B9"),
    both(end="2026-11-01"),
    added("rights_fund", right_no="R9", fund="MSA63", beneficiary_no="B9", start="2026-11-01", sequence_no=1),
    added("rights_pajemploi", right_no="R9", fund="MSA63", beneficiary_no="B9", start="2026-11-01", sequence_no=1),
)
renewed_within_the_month = together(
    both(end="2026-10-15"),
    added("rights_fund", right_no="R2", start="2026-10-15", sequence_no=11, decided_at="2026-10-01T09:00:00+02:00",
          received_at="2026-10-02T09:00:00+02:00"),
    added("rights_pajemploi", right_no="R2", start="2026-10-15", sequence_no=11, decided_at="2026-10-01T09:00:00+02:00",
          received_at="2026-10-02T09:00:00+02:00"),
)  # fmt: skip
CLEAN = {
    "moved within the month, both sides and the account know": moved_within_the_month,
    "moves next month, the account is ahead": moves_next_month,
    "renewed within the month without overlap": renewed_within_the_month,
    "neither side knows the NIR": together(changed("accounts", nir=""), both(nir="")),
    "Corsican NIR": together(changed("accounts", nir="284012A001001" + f"{97 - int('2840119001001') % 97:02d}"),
                             both(nir="284012A001001" + f"{97 - int('2840119001001') % 97:02d}")),
    "spaces in the NIR on one side": both(nir=" ".join(re.findall("..?", nir_with_key("2840163001001")))),
    "an old suspended right under another number": together(
        added("rights_fund", right_no="R0", start="2024-01-01", end="2024-06-01", status="SUSPENDED", sequence_no=3),
        added("rights_pajemploi", right_no="R0", start="2024-01-01", end="2024-06-01", status="SUSPENDED", sequence_no=3)),
    "a request still open for another child": added("requests", child_id="C7"),
    "optional cells unknown on both sides": both(aah="", isolated_parent="", aeeh_children="", prepare="",
                                                 shared_residence="", child_first_name=""),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("case", CLEAN)
def test_a_clean_family_is_paid(tmp_path: Path, case: str) -> None:
    settlement = one(tmp_path, CLEAN[case])

    assert (settlement.anomaly_codes, settlement.status, settlement.decision) == ("", "SETTLED", "RIGHT"), case
    assert settlement.payout_cents > 0
    assert not settlement.payout_blocked


nobody_knows_the_account = together(
    changed("accounts", beneficiary_no="", nir=""), both(employer_no=""), without("rights_pajemploi")
)
HELD = {
    "declared and copied birth date past the age, the fund's is not": (together(
        changed("rights_pajemploi", child_birth_date="2014-03-10"),
        changed("declarations", child_birth_dates="2014-03-10")), "CMG-008"),
    "birth date of the request is not the declared one": (together(
        without("rights_fund", "rights_pajemploi"), added("requests"),
        changed("declarations", child_birth_dates="2014-03-10")), "CMG-008"),
    "the fund has a right for the child, the account has no key to it": (nobody_knows_the_account, "CMG-001"),
    "the sides disagree on the isolated parent of an eight year old": (together(
        both(child_birth_date="2018-05-01"), changed("declarations", child_birth_dates="2018-05-01"),
        changed("rights_pajemploi", isolated_parent=1)), "CMG-031"),
    "the employer number has lost its leading nought": (both(employer_no="01"), "CMG-014"),
    "two of three keys are wrong": (both(nir=nir_with_key("2840163001777"), beneficiary_no="B7"), ""),
    "all keys are wrong but the child": (both(
        nir=nir_with_key("2840163001777"), beneficiary_no="B7", employer_no="E7"), ""),
    "the fund's right is another family's": (together(
        second_account, both(employer_no="E2", beneficiary_no="B2", nir=nir_with_key("2840163001002"))), ""),
    "a request decided five business days ago, whose right may be on its way": (together(
        without("rights_fund", "rights_pajemploi"), added("requests", decided_on="2026-10-19")), "CMG-002"),
    "the account is not in the accounts": (without("accounts"), "CMG-033"),
    "nothing but the declaration": (without("accounts", "employees", "rights_fund", "rights_pajemploi"), "CMG-033"),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("case", HELD)
def test_doubt_holds_the_debit(tmp_path: Path, case: str) -> None:
    change, code = HELD[case]

    settlement = one(tmp_path, change)

    assert settlement.status == "HELD", (case, settlement.anomaly_codes, settlement.decision)
    assert not code or code in settlement.anomaly_codes.split("|"), (case, settlement.anomaly_codes)


@pytest.mark.django_db
def test_a_request_decided_six_business_days_ago_without_a_right_is_refused(tmp_path: Path) -> None:
    settlement = one(tmp_path, without("rights_fund", "rights_pajemploi"), added("requests", decided_on="2026-10-16"))

    assert (settlement.status, settlement.decision) == ("SETTLED", "REQUEST_REFUSED")


DIFFERENT_FIGURES = {
    "PreParE on Pajemploi's side only": changed("rights_pajemploi", prepare="FULL"),
    "another supplement": changed("rights_pajemploi", transition_supplement="12.00"),
    "another birth date at Pajemploi, the fund agrees with the family": changed(
        "rights_pajemploi", child_birth_date="2014-03-10"
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("case", DIFFERENT_FIGURES)
def test_figures_that_differ_are_named_and_the_fund_s_are_used(tmp_path: Path, case: str) -> None:
    clean = one(tmp_path / "clean")
    amounts = (clean.debit_cents, clean.payout_cents)
    Settlement.objects.all().delete()

    settlement = one(tmp_path / "other", DIFFERENT_FIGURES[case])

    assert "CMG-004" in settlement.anomaly_codes.split("|"), case
    assert (settlement.status, settlement.debit_cents, settlement.payout_cents) == ("SETTLED", *amounts)
