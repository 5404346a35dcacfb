"""Families without a seeded anomaly agree on both sides and respect the law: each check reads the files alone."""

from collections import Counter, defaultdict

from tests.cmg.population.readers import (
    business_days,
    cents,
    covers,
    iban_is_valid,
    months,
    nir_is_valid,
)

REGIME_B = "2025-09"
DAILY_CAP_CENTS, EMPLOYEE_PER_MYRIAD = 5125, 2199


def active(home, month):
    return [right for right in home.fund if covers(right, month) and right["employer_no"]]


def test_the_two_sides_hold_the_same_rights(world):
    for home in world.clean():
        ours = sorted(home.fund, key=lambda right: right["right_no"])
        assert ours == sorted(home.pajemploi, key=lambda right: right["right_no"])
        for right in ours:
            assert right["nir"] == home.account["nir"]
            assert right["employer_no"] in ("", home.account["employer_no"])
            assert (right["fund"], right["beneficiary_no"]) == (home.account["fund"], home.account["beneficiary_no"])
            assert right["prepare"] != "FULL"
            assert right["annual_resources"]
            assert int(right["dependent_children"]) >= 1
            assert business_days(right["decided_at"], right["received_at"]) <= 5


def test_identities_have_right_keys_and_belong_to_one_account(world):
    twice = {home.account["nir"] for home in world.seeded("CMG-015")}
    accounts = [home.account for home in world.clean()]
    for account in accounts:
        assert nir_is_valid(account["nir"])
        assert account["nir"][7:9] == "99", "a commune that does not exist"
        assert account["nir"][1:5] == account["birth_date"][2:4] + account["birth_date"][5:7]
        assert iban_is_valid(account["iban"])
        assert account["iban"][4:9] == "99999", "a bank that does not exist"
        assert account["mandate_ref"]
        assert account["mandate_signed_on"]
    every = Counter(account["nir"] for account in world.accounts)
    assert {nir for nir, count in every.items() if count > 1} == twice
    for name in ("employer_no", "mandate_ref"):
        assert max(Counter(account[name] for account in world.accounts if account[name]).values()) == 1


def test_a_beneficiary_number_belongs_to_one_clean_account(world):
    numbered = [account for account in world.accounts if account["beneficiary_no"]]
    owners = Counter((account["fund"], account["beneficiary_no"]) for account in numbered)
    for home in world.clean():
        number = (home.account["fund"], home.account["beneficiary_no"])
        assert owners[number] <= 1, "both persons under one number are listed"


def test_each_declared_child_has_a_right_or_a_positive_decision_that_there_is_none(world):
    for home in world.clean():
        for declaration in home.declarations:
            mode = next(e["employee_kind"] for e in home.employees if e["employee_no"] == declaration["employee_no"])
            for child in declaration["child_ids"].split("|"):
                assert has_answer(home, child, mode, world.month), declaration["declaration_no"]


def has_answer(home, child, mode, month):
    mine = [right for right in home.fund if right["child_id"] == child and right["care_mode"] == mode]
    if mine:
        return len(mine) == 1
    refused = [request for request in home.requests if request["child_id"] == child]
    return not home.account["beneficiary_no"] or (refused and all(request["decided_on"] for request in refused))


def test_children_with_a_right_are_within_the_age_limit(world):
    for home in world.clean():
        for right in active(home, world.month):
            age = months(world.month) - months(right["child_birth_date"])
            is_lone = right["isolated_parent"] == "1" and world.month >= REGIME_B
            assert 3 <= age <= (144 if is_lone and right["care_mode"] in ("CHILDMINDER", "HOME_EMPLOYEE") else 72)


def test_every_situation_of_a_clean_family_is_there(world):
    lapsed, unnumbered, refused, bare = 0, 0, 0, 0
    for home in world.clean():
        lapsed += any(not covers(right, world.month) for right in home.fund)
        unnumbered += not home.account["beneficiary_no"]
        refused += any(request["decided_on"] for request in home.requests)
        bare += any(e["employee_kind"] == "HOME_EMPLOYEE" for e in home.employees)

    assert lapsed > 20
    assert unnumbered > 5
    assert refused > 5
    assert bare > 200


def test_employees_are_registered_and_licensed_for_the_month(world):
    for home in world.clean():
        known = {employee["employee_no"]: employee for employee in home.employees}
        for declaration in home.declarations:
            employee = known[declaration["employee_no"]]
            assert employee["registered_on"] < f"{world.month}-01"
            if employee["employee_kind"] == "CHILDMINDER":
                assert employee["licence_no"]
                assert employee["licence_end"][:7] > world.month


def test_no_declaration_comes_twice_and_later_versions_follow_the_first(world):
    for home in world.clean():
        versions = defaultdict(list)
        for row in home.declarations:
            versions[row["declaration_no"]].append(row)
        keys = [(one[0]["employee_no"], one[0]["child_ids"]) for one in versions.values()]
        assert len(set(keys)) == len(keys)
        for one in versions.values():
            ordered = sorted(one, key=lambda row: row["version"])
            assert [row["version"] for row in ordered] == ["1", "2"][: len(ordered)]
            assert ordered[0]["kind"] == "ORIGINAL"
            assert all(row["kind"] != "ORIGINAL" for row in ordered[1:])
            assert ordered[0]["received_at"] <= ordered[-1]["received_at"]


def test_no_child_is_in_two_households_but_in_shared_residence(world):
    claimed = defaultdict(set)
    claims = defaultdict(list)
    for home in world.clean():
        for right in active(home, world.month):
            claimed[right["child_id"]].add(home.account["employer_no"])
            claims[right["child_id"]].append(right)
    shared = [child for child, homes in claimed.items() if len(homes) > 1]
    assert bool(shared) == (world.month >= "2025-12")
    for child in shared:
        assert {right["shared_residence"] for right in claims[child]} == {"1"}
        assert len({right["child_birth_date"] for right in claims[child]}) == 1


def test_pay_respects_the_cap_of_its_regime(world):
    dear = total = 0
    for home in world.clean():
        kinds = {employee["employee_no"]: employee["employee_kind"] for employee in home.employees}
        for row in home.declarations:
            if row["kind"] == "CANCELLATION":
                assert cents(row["net_salary"]) == 0
                continue
            is_minder = kinds[row["employee_no"]] == "CHILDMINDER"
            net, hours = cents(row["net_salary"]), cents(row["hours"])
            assert 0 < hours <= 30_000
            assert cents(row["withholding_tax"]) + cents(row["terminal_indemnities"]) < net
            total += 1
            if world.month >= REGIME_B:
                cost = net - cents(row["terminal_indemnities"])
                cost += cents(row["maintenance_allowance"]) + cents(row["meal_allowance"]) if is_minder else 0
                dear += cost * 100 > (800 if is_minder else 1500) * hours
            elif is_minder:
                gross = net * 10_000 / (10_000 - EMPLOYEE_PER_MYRIAD)
                assert gross / int(row["days"]) < DAILY_CAP_CENTS
    assert dear < total * 0.025
    assert (dear > 0) == (world.month >= REGIME_B)


def test_a_structure_invoices_what_the_law_allows(world):
    known = {(r["child_id"], r["care_mode"]): r for r in world.rights_fund if covers(r, world.month)}
    assert world.invoices
    for row in world.invoices:
        right = known[row["child_id"], row["care_mode"]]
        assert row["beneficiary_no"] == right["beneficiary_no"]
        assert cents(row["hours"]) >= 1600
        assert row["fnas_funded"] == "0"
        if row["care_mode"] == "MICRO_CRECHE":
            assert cents(row["hourly_tariff"]) <= 1000


def test_only_lost_messages_leave_a_hole_in_what_pajemploi_received(world):
    lost = {r["right_no"] for home in world.seeded("CMG-026") for r in home.fund} - {
        r["right_no"] for r in world.rights_pajemploi
    }
    received, sent = defaultdict(set), defaultdict(dict)
    for right in world.rights_pajemploi:
        received[right["fund"]].add(int(right["sequence_no"]))
    for right in world.rights_fund:
        sent[right["fund"]][int(right["sequence_no"])] = right["right_no"]
    holes = {
        sent[fund].get(number)
        for fund, numbers in received.items()
        for number in set(range(min(numbers), max(numbers))) - numbers
    }
    assert holes == lost
    for fund, numbers in sent.items():
        assert max(numbers) - min(numbers) + 1 == len(numbers)
        assert received[fund]
