"""Each seeded code shows in the files as the catalogue describes it, and nowhere is a declaration listed in vain."""

from collections import Counter

import pytest

from cmg.population.anomalies import SPOIL
from cmg.population.plan import CODES
from tests.cmg.population.readers import (
    business_days,
    covers,
    iban_is_valid,
    months,
    nir_is_valid,
)

OTHER = {"CHILDMINDER": "HOME_EMPLOYEE", "HOME_EMPLOYEE": "CHILDMINDER"}


def hits(home):
    """The declarations listed, each with its children and its employee's kind."""
    return [row for row in home.declarations if row["declaration_no"] in home.codes]


def mode_of(home, row):
    for employee in home.employees:
        if employee["employee_no"] == row["employee_no"]:
            return employee["employee_kind"]
    return home.fund[0]["care_mode"]


def pairs(home, row):
    """Each declared child's rights on both sides, in the declared mode."""
    for child in row["child_ids"].split("|"):
        yield tuple(
            [right for right in side if right["child_id"] == child and right["care_mode"] == mode_of(home, row)]
            for side in (home.fund, home.pajemploi)
        )


def each_pair(home, check):
    return all(check(ours, theirs) for row in hits(home) for ours, theirs in pairs(home, row))


def some_pair(home, check):
    return all(any(check(ours, theirs) for ours, theirs in pairs(home, row)) for row in hits(home))


def differs(*names):
    return lambda ours, theirs: any(ours[0][name] != theirs[0][name] for name in names)


CHECKS = {
    "CMG-001": lambda h, w: each_pair(h, lambda f, p: covers(f[0], w.month) and not p),
    "CMG-002": lambda h, w: (
        not h.fund
        and not h.pajemploi
        and all(
            any(
                q["child_id"] in row["child_ids"] and not q["decided_on"] and q["filed_on"][:7] <= w.month
                for q in h.requests
            )
            for row in hits(h)
        )
    ),
    "CMG-003": lambda h, w: each_pair(h, lambda f, p: not f and covers(p[0], w.month)),
    "CMG-004": lambda h, w: each_pair(h, differs("annual_resources", "dependent_children")),
    "CMG-005": lambda h, w: each_pair(
        h, lambda f, p: covers(f[0], w.month) != covers(p[0], w.month) and f[0]["status"] == p[0]["status"] == "ACTIVE"
    ),
    "CMG-006": lambda h, w: each_pair(
        h,
        lambda f, p: (
            f[0]["status"] != "ACTIVE" and covers(p[0], w.month) and (not f[0]["end"] or f[0]["end"] > f"{w.month}-01")
        ),
    ),
    "CMG-007": lambda h, w: each_pair(h, lambda f, p: p[0]["status"] != "ACTIVE" and covers(f[0], w.month)),
    "CMG-008": lambda h, w: all(set(row["child_ids"].split("|")) - {r["child_id"] for r in h.fund} for row in hits(h)),
    "CMG-009": lambda h, w: (
        len(h.fund) >= 1
        and int(h.fund[0]["dependent_children"]) > len(h.fund)
        and some_pair(h, lambda f, p: not f and not p)
        and not h.requests
    ),
    "CMG-011": lambda h, w: each_pair(
        h,
        lambda f, p: (
            covers(f[0], w.month)
            and covers(p[0], w.month)
            and months(w.month) > months(f[0]["child_birth_date"]) + 72
            and f[0]["isolated_parent"] == "0"
        ),
    ),
    "CMG-012": lambda h, w: (
        not nir_is_valid(h.account["nir"]) or all(r["nir"] != h.account["nir"] for r in h.fund + h.pajemploi)
    ),
    "CMG-013": lambda h, w: (
        h.account["nir"]
        and (
            any((r["fund"], r["beneficiary_no"]) != (h.account["fund"], h.account["beneficiary_no"]) for r in h.fund)
            or w.numbers[h.account["fund"], h.account["beneficiary_no"]] == 2
        )
    ),
    "CMG-014": lambda h, w: (
        h.account["employer_no"][0] == "0"
        and all(r["employer_no"] == h.account["employer_no"][1:] for r in h.fund + h.pajemploi)
    ),
    "CMG-015": lambda h, w: (
        sum(
            a["nir"] == h.account["nir"]
            and a["iban"] == h.account["iban"]
            and a["last_name"] == h.account["last_name"]
            and a["updated_at"] < h.account["updated_at"]
            for a in w.accounts
        )
        == 1
    ),
    "CMG-016": lambda h, w: each_pair(
        h,
        lambda f, p: (
            len({nir for _, nir in w.claims[f[0]["child_id"]]}) == 2
            and f[0]["shared_residence"] == "0"
            and f[0]["nir"] == max(w.claims[f[0]["child_id"]])[1]
        ),
    ),
    "CMG-018": lambda h, w: all(
        any(
            other["declaration_no"] != row["declaration_no"]
            and other["received_at"] < row["received_at"]
            and (other["employee_no"], other["child_ids"]) == (row["employee_no"], row["child_ids"])
            for other in h.declarations
        )
        for row in hits(h)
    ),
    "CMG-025": lambda h, w: each_pair(h, lambda f, p: business_days(p[0]["decided_at"], p[0]["received_at"]) > 8),
    "CMG-026": lambda h, w: each_pair(h, lambda f, p: covers(f[0], w.month) and not p),
    "CMG-028": lambda h, w: each_pair(h, lambda f, p: not f[0]["annual_resources"]),
    "CMG-031": lambda h, w: each_pair(h, differs("isolated_parent", "aah", "aeeh_children")),
    "CMG-032": lambda h, w: each_pair(h, lambda f, p: f[0]["prepare"] == p[0]["prepare"] == "FULL"),
    "CMG-033": lambda h, w: not (h.account["iban"] and h.account["mandate_ref"] and iban_is_valid(h.account["iban"])),
    "CMG-034": lambda h, w: all(
        not [e for e in h.employees if e["employee_no"] == row["employee_no"]]
        or next(e for e in h.employees)["licence_end"] < f"{w.month}-01"
        for row in hits(h)
    ),
    "CMG-035": lambda h, w: (
        all(not f and not p for row in hits(h) for f, p in pairs(h, row))
        and any(r["care_mode"] == OTHER[mode_of(h, hits(h)[0])] for r in h.fund)
    ),
    "CMG-038": lambda h, w: each_pair(h, lambda f, p: sum(covers(r, w.month) for r in f) == 2),
    "CMG-039": lambda h, w: (
        h.account["fund"][:3] != h.fund[0]["fund"][:3]
        and all(r["status"] == "CLOSED" and r["end"] == f"{w.month}-01" for r in h.fund + h.pajemploi)
    ),
}


@pytest.fixture
def counted(world):
    world.numbers = Counter((a["fund"], a["beneficiary_no"]) for a in world.accounts)
    world.claims = {}
    for right in world.rights_fund:
        if covers(right, world.month) and right["care_mode"] in OTHER:
            world.claims.setdefault(right["child_id"], []).append((right["decided_at"], right["nir"]))
    return world


def test_every_code_that_files_can_show_is_seeded_and_checked_here():
    assert tuple(CHECKS) == tuple(SPOIL) == CODES


@pytest.mark.parametrize("code", CHECKS)
def test_a_code_shows_as_the_catalogue_describes_it(counted, code):
    homes = counted.seeded(code)

    assert len(homes) >= 15
    for home in homes:
        assert hits(home)
        assert CHECKS[code](home, counted), (code, home)


def test_a_family_bears_one_code_and_a_declaration_is_listed_once(world):
    numbers = [row["declaration_no"] for row in world.expected]
    assert len(set(numbers)) == len(numbers)
    assert set(numbers) <= {row["declaration_no"] for row in world.declarations}
    assert all(len(set(home.codes.values())) <= 1 for home in world.households.values())


def test_each_form_of_a_code_occurs(counted):
    sides = {
        (covers(f[0], counted.month), covers(p[0], counted.month))
        for home in counted.seeded("CMG-005")
        for row in hits(home)
        for f, p in pairs(home, row)
    }
    assert sides == {(True, False), (False, True)}
    copies = counted.seeded("CMG-018")
    exact = [home for home in copies if len({row["net_salary"] for row in home.declarations}) == 1]
    assert 0 < len(exact) < len(copies)
    shared = [
        home
        for home in counted.seeded("CMG-013")
        if counted.numbers[home.account["fund"], home.account["beneficiary_no"]] == 2
    ]
    assert 0 < len(shared) < len(counted.seeded("CMG-013"))
    assert {"", "x"} == {"x" if home.employees else "" for home in counted.seeded("CMG-034")}
    assert {"SUSPENDED", "CLOSED"} <= {r["status"] for home in counted.seeded("CMG-006") for r in home.fund}
    two = [home for home in counted.seeded("CMG-001") if len(home.declarations) > len(hits(home))]
    assert two, "sometimes one child of two is touched"
