"""The generator: same arguments, same bytes; true manifests, but where asked; sizes; the demonstration."""

import hashlib
from collections import Counter
from datetime import date
from fractions import Fraction

import pytest

from cmg.population import AUVERGNE, generate
from cmg.population.plan import allocate
from portal.organisations.directory import UnknownFund
from tests.cmg.population.readers import cents, iban_is_valid, manifests, nir_is_valid, read, rows

MONEY = {
    "rights_fund": "annual_resources",
    "rights_pajemploi": "annual_resources",
    "declarations": "net_salary",
    "structure_invoices": "amount",
}
RIGHTS = (
    "right_no,fund,beneficiary_no,nir,employer_no,child_id,child_first_name,child_birth_date,care_mode,status,start,"
    "end,annual_resources,dependent_children,isolated_parent,aah,aeeh_children,prepare,shared_residence,sequence_no,"
    "decided_at,received_at,transition_supplement"
)
HEADERS = {
    "accounts": "employer_no,nir,last_name,first_names,birth_date,fund,beneficiary_no,iban,mandate_ref,"
    "mandate_signed_on,all_in_one,updated_at",
    "requests": "request_no,fund,beneficiary_no,nir,child_id,child_birth_date,care_mode,filed_on,decided_on",
    "employees": "employee_no,employer_no,employee_kind,licence_no,licence_end,registered_on",
    "declarations_001": "declaration_no,version,kind,employer_no,employee_no,care_month,child_ids,child_birth_dates,"
    "net_salary,maintenance_allowance,meal_allowance,mileage,terminal_indemnities,hours,"
    "specific_hours,days,withholding_tax,received_at",
    "structure_invoices": "invoice_no,fund,beneficiary_no,child_id,care_mode,care_month,hours,amount,hourly_tariff,"
    "fnas_funded,paid_on",
    "expected-anomalies": "declaration_no,code",
    "rights_fund_CAF63": RIGHTS,
    "rights_pajemploi": RIGHTS,
}


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.rglob("*.*")}


def test_the_same_seed_writes_the_same_bytes_and_another_does_not(tmp_path):
    for name, seed in (("first", 1), ("again", 1), ("other", 2)):
        generate(800, seed, tmp_path / name, region=AUVERGNE)

    assert contents(tmp_path / "first") == contents(tmp_path / "again")
    assert contents(tmp_path / "first")["accounts.csv"] != contents(tmp_path / "other")["accounts.csv"]


def test_the_size_of_the_batches_changes_no_row(tmp_path, monkeypatch):
    generate(900, 5, tmp_path / "one", region=AUVERGNE)
    monkeypatch.setattr("cmg.population.generator.BATCH_FAMILIES", 100)
    generate(900, 5, tmp_path / "many", region=AUVERGNE)

    def sorted_rows(name, pattern):
        return sorted(tuple(row.values()) for row in rows(tmp_path / name, pattern))

    assert len(list((tmp_path / "many").glob("declarations_*.csv"))) > 1
    for pattern in ("accounts.csv", "employees.csv", "declarations_*.csv", "rights_fund_*.csv", "requests.csv"):
        assert sorted_rows("one", pattern) == sorted_rows("many", pattern)
    check_manifests(tmp_path / "many")


def test_columns_are_the_published_ones_in_their_order(world):
    for name, header in HEADERS.items():
        assert (world.folder / f"{name}.csv").read_text("utf-8").split("\n", 1)[0] == header


def test_manifests_tell_what_the_files_hold(world):
    check_manifests(world.folder)


def check_manifests(folder):
    listed = manifests(folder)
    assert set(listed) == {path.stem for path in folder.glob("*.csv")} - {"expected-anomalies"}
    for name, manifest in listed.items():
        found = rows(folder, f"{name}.csv")
        money = MONEY.get(manifest["kind"])
        assert manifest["rows"] == len(found)
        assert manifest["sha256"] == hashlib.sha256((folder / f"{name}.csv").read_bytes()).hexdigest()
        assert manifest["sum_cents"] == (sum(cents(row[money]) for row in found if row[money]) if money else 0)
        assert name.startswith(manifest["kind"])
        if manifest["kind"] == "rights_fund":
            assert {row["fund"] for row in found} == {manifest["sender"]}


def test_numbers_are_unique(world):
    for found, name in (
        (world.rights_fund, "right_no"),
        (world.rights_pajemploi, "right_no"),
        (world.invoices, "invoice_no"),
    ):
        assert max(Counter(row[name] for row in found).values()) == 1
    assert max(Counter((row["declaration_no"], row["version"]) for row in world.declarations).values()) == 1


def test_a_population_looks_like_the_country(world):
    originals = [row for row in world.declarations if row["kind"] == "ORIGINAL"]
    kinds = Counter(e["employee_kind"] for home in world.households.values() for e in home.employees)
    per_family = Fraction(len(originals), len(world.accounts))

    assert Fraction(13, 10) < per_family < Fraction(3, 2)
    assert Fraction(9, 100) < Fraction(kinds["HOME_EMPLOYEE"], len(world.accounts)) < Fraction(16, 100)
    assert (
        Fraction(7, 100)
        < Fraction(sum(a["all_in_one"] == "1" for a in world.accounts), len(world.accounts))
        < (Fraction(13, 100))
    )
    assert any("|" in row["child_ids"] for row in originals)
    assert any(cents(row["withholding_tax"]) for row in originals)
    assert any(row["employer_no"].startswith("0") for row in originals)
    assert any("'" in account["last_name"] for account in world.accounts)
    shared = Counter(e["employee_no"] for home in world.households.values() for e in home.employees)
    assert max(shared.values()) > 1, "a childminder works for several families"


def test_so_many_families_are_seeded(world):
    families = sum(bool(home.codes) for home in world.households.values())
    assert 600 <= families <= 620, "15 % of 4 000, and the other side of some shared numbers"


def test_nothing_is_seeded_at_rate_nought(tmp_path):
    summary = generate(500, 3, tmp_path, anomaly_rate=0, region=AUVERGNE)

    assert summary.expected == {}
    assert (tmp_path / "expected-anomalies.csv").read_text() == "declaration_no,code\n"


def test_the_country_is_shared_by_population():
    shares = allocate(860_000, None)

    assert sum(shares.values()) == 860_000
    assert len(shares) == 100 + 35, "every fund but Mayotte's, where there is no CMG"
    assert max(shares, key=shares.get) == "CAF59"
    assert sum(allocate(101, AUVERGNE).values()) == 101


def test_a_missing_lot_waits_aside_and_concerns_a_few_clean_families(tmp_path):
    summary = generate(3000, 42, tmp_path, region=AUVERGNE, missing_lot="CAF15")

    assert [path.relative_to(tmp_path).as_posix() for path in summary.late] == ["late/rights_fund_CAF15_117.csv"]
    sent = manifests(tmp_path)
    assert [sent[f"rights_fund_CAF15_{lot}"]["sequence_no"] for lot in (116, 117, 118)] == [116, 117, 118]
    late = {row["employer_no"] for row in rows(tmp_path, "late/*.csv")}
    world = read(tmp_path)
    assert len(late) == 9
    for employer in late:
        home = world.households[employer]
        assert list(home.codes.values()) == ["CMG-026"]
        assert len(home.declarations) == 1
        assert home.fund == home.pajemploi, "the message itself reached Pajemploi; the fund's lot did not come"
    assert all(path.exists() and "late" not in path.parts for path in summary.files)


def test_a_lot_whose_sum_is_wrong_is_told_apart_by_its_manifest_alone(tmp_path):
    generate(3000, 42, tmp_path, region=AUVERGNE, wrong_sum="CAF43")

    wrong = manifests(tmp_path)["rights_fund_CAF43_117"]
    found = rows(tmp_path, "rights_fund_CAF43_117.csv")
    assert wrong["rows"] == len(found)
    assert wrong["sum_cents"] == sum(cents(row["annual_resources"]) for row in found) + 100
    world = read(tmp_path)
    assert {row["employer_no"] for row in found} == {h.account["employer_no"] for h in world.seeded("CMG-027")}


def test_emilie_in_october_2026_still_has_her_former_number(tmp_path):
    generate(1200, 42, tmp_path, region=AUVERGNE, demo=True)
    world = read(tmp_path)
    home = world.households["4300077219"]

    assert (home.account["last_name"], home.account["first_names"]) == ("Chabrol", "Émilie")
    assert (home.account["fund"], home.account["beneficiary_no"]) == ("CAF43", "4300772190")
    assert home.account["iban"].endswith("4521")
    assert iban_is_valid(home.account["iban"])
    assert nir_is_valid(home.account["nir"])
    [right] = home.fund
    assert home.pajemploi == [right]
    assert (right["fund"], right["beneficiary_no"], right["child_first_name"]) == ("CAF63", "6302118457", "Noé")
    assert (right["annual_resources"], right["dependent_children"]) == ("30000", "2")
    [declared] = home.declarations
    assert [declared[n] for n in ("net_salary", "maintenance_allowance", "hours")] == ["560.00", "66.00", "120.00"]
    assert home.codes == {declared["declaration_no"]: "CMG-013"}
    assert {row["received_at"][:10] for row in world.declarations} == {"2026-10-25"}


def test_emilie_in_june_2019_has_a_right_pajemploi_never_received(tmp_path):
    generate(1200, 42, tmp_path, region=AUVERGNE, demo=True, care_month=date(2019, 6, 1))
    home = read(tmp_path).households["4300077219"]

    assert [right["child_first_name"] for right in home.fund] == ["Rose"]
    assert home.pajemploi == []
    [declared] = home.declarations
    assert (declared["net_salary"], declared["maintenance_allowance"], declared["days"]) == ("500.00", "60.00", "18")
    assert list(home.codes.values()) == ["CMG-001"]


@pytest.mark.parametrize(
    ("case", "arguments", "error"),
    [
        ("no family", {"families": 0}, ValueError),
        ("before the switch", {"care_month": date(2019, 5, 1)}, ValueError),
        ("not a first day", {"care_month": date(2026, 10, 2)}, ValueError),
        ("too many anomalies", {"anomaly_rate": "0.41"}, ValueError),
        ("fewer than none", {"anomaly_rate": "-0.01"}, ValueError),
        ("an unknown fund", {"region": ["CPAM63"]}, UnknownFund),
        ("a lot of a fund elsewhere", {"region": ["CAF63"], "missing_lot": "CAF15"}, ValueError),
        ("a lot both missing and wrong", {"missing_lot": "CAF15", "wrong_sum": "CAF15"}, ValueError),
        ("the demonstration elsewhere", {"region": ["CAF75"], "demo": True}, ValueError),
    ],
)
def test_what_cannot_be_is_refused(tmp_path, case, arguments, error):
    given = {"families": 200, "region": AUVERGNE, **arguments}
    with pytest.raises(error):
        generate(given.pop("families"), 1, tmp_path, **given)
