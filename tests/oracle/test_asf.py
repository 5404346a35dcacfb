"""The ASF beside two second opinions: the table of its law, row by row, and a run of OpenFisca-France 176.1.8.

OpenFisca models neither advances nor titles, and takes the support of the family from the ASF of the family: it is
compared where it is right, for one child and no support. Its run is kept here, so that no network is needed.
"""

from fractions import Fraction
from math import ceil, floor
from random import Random
from typing import Any

import pytest

from aripa.simulations.asf import simulate

DRAWN = 4_000
# A person alone, one child aged 8: `asf_montant`, then `asf_nette_crds`, neither of them rounded.
OPENFISCA = {
    "2018-04": ("115.8731", "115.2937"), "2019-04": ("116.2219", "115.6408"), "2020-04": ("116.5707", "115.9879"),
    "2021-04": ("116.6861", "116.1026"), "2022-04": ("118.7874", "118.1934"), "2022-07": ("123.5385", "122.9208"),
    "2022-11": ("185.3297", "184.4031"), "2023-04": ("188.1825", "187.2415"), "2024-04": ("196.8377", "195.8535"),
    "2025-04": ("200.1841", "199.1832"), "2026-04": ("201.7835", "200.7746"),
}  # fmt: skip
BMAF = (("2018-04", "411.92"), ("2022-07", "439.17"), ("2022-11", "439.17"), ("2026-04", "478.16"))
RATES = (("2018-04", ("0.2813", "0.375")), ("2022-11", ("0.422", "0.5625")))


def one_child(month: str, **changes: Any) -> dict[str, Any]:
    return {"date": f"{month}-15", "lone_parent": True, "children": [{"kind_of_case": "A1"}]} | changes


@pytest.mark.parametrize("month", OPENFISCA)
def test_the_gross_is_openfisca_s_to_the_cent_and_the_net_less_than_a_cent_away(month: str) -> None:
    gross, net = (Fraction(text) for text in OPENFISCA[month])
    answer = simulate(one_child(month))[0]
    step = next(one for one in answer["steps"] if one["name"].endswith("gross_cents"))

    assert Fraction(step["value"]) == Fraction(floor(gross * 100 + Fraction(1, 2)), 100)
    assert abs(Fraction(answer["result"]["total"]) - net) < Fraction(1, 100)


def test_every_month_since_april_2018_has_the_amount_of_its_last_change() -> None:
    """OpenFisca's base and rates change in the months of its run and in no other."""
    every = [f"{one // 12}-{one % 12 + 1:02d}" for one in range(2018 * 12 + 3, 2026 * 12 + 12)]
    found = {month: Fraction(simulate(one_child(month))[0]["result"]["total"]) for month in every}

    assert [month for month in every[1:] if found[month] != found[every[every.index(month) - 1]]] == list(OPENFISCA)[1:]
    assert len(every) == 105


def test_openfisca_gives_nothing_to_a_couple_and_at_twenty_either() -> None:
    """0 in a couple; at 19, 200.78; at 20, 0."""
    born = [{"kind_of_case": "A1", "birth_date": f"{year}-04-15"} for year in (2007, 2006)]
    nineteen, twenty = (simulate(one_child("2026-04", children=[child]))[0]["result"]["total"] for child in born)

    assert (nineteen, twenty) == ("200.78", "0.00")
    assert simulate(one_child("2026-04", lone_parent=False))[0]["result"]["total"] == "0.00"


def net(month: str, both: bool) -> Fraction:
    """Nearest cent, an exact half down; CRDS cut."""
    base = Fraction([value for since, value in BMAF if since <= month][-1])
    rate = Fraction([values for since, values in RATES if since <= month][-1][both])
    gross = Fraction(ceil(base * rate * 100 - Fraction(1, 2)), 100)
    return gross - Fraction(floor(gross * Fraction("0.005") * 100), 100)


def row_of_the_table(case: str, unable: bool, a: Fraction, p: Fraction, r: Fraction) -> tuple[Fraction, ...]:
    """ASF, recoverable, still owed: the rows of CSS L. 581-2 as they are written, one after the other."""
    nothing = Fraction(0)
    if case in ("A1", "A2", "B1", "B2", "C3"):
        return a, nothing, nothing
    if case == "C2" or (case == "C1" and unable):
        return a, nothing, p - r
    if case == "D" or r == p:
        return (nothing if p >= a else a - p), nothing, nothing
    if r == 0:
        return (a, a, p - a) if p >= a else (a, p, nothing)
    if r >= a:
        return nothing, nothing, p - r
    recoverable = min(a - r, p - r)
    return a - r, recoverable, p - r - recoverable


def drawn(random: Random) -> dict[str, Any]:
    """A family whose supports fall around the ASF, on both sides and on it."""
    month = random.choice([since for since, _value in BMAF])
    a = int(net(month, False) * 100)
    children = []
    for _number in range(random.randint(1, 3)):
        due = random.choice((0, 1, a - 1_500, a - 1_499, a - 750, a - 1, a, a + 1, 2 * a, random.randint(0, 60_000)))
        received = random.choice((0, min(1, due), due, max(0, due - 1), min(due, a), random.randint(0, due)))
        children.append({
            "kind_of_case": random.choice(("A1", "A2", "B1", "B2", "C1", "C1", "C1", "C2", "C3", "D", "D")),
            "support_due": f"{due // 100}.{due % 100:02d}", "support_received": f"{received // 100}.{received % 100:02d}",
            "debtor_unable": random.random() < 0.2,
        })  # fmt: skip
    return one_child(month, children=children)


def expected(facts: dict[str, Any]) -> dict[str, Any]:
    month, rows = facts["date"][:7], []
    for child in facts["children"]:
        due, received = Fraction(child["support_due"]), Fraction(child["support_received"])
        amount = net(month, child["kind_of_case"] == "A2")
        row = row_of_the_table(child["kind_of_case"], child["debtor_unable"], amount, due, received)
        rows.append((*row, due - received))
    total = sum(row[0] for row in rows)
    paid = month < "2018-07" or total >= 15
    unpaid = [row[2] + row[1] for row in rows]
    return {
        "amounts": [euros(row[0]) for row in rows],
        "recoverable": [euros(row[1] if paid else 0) for row in rows],
        "still_owed": [euros(row[2] if paid else left) for row, left in zip(rows, unpaid, strict=True)],
        "total": euros(total if paid else 0),
    }


def euros(value: Fraction | int) -> str:
    cents = int(value * 100)
    return f"{cents // 100}.{cents % 100:02d}"


def test_thousands_of_families_give_what_the_table_gives() -> None:
    random = Random(2026)
    asked = [drawn(random) for _number in range(DRAWN)]
    answers, ok = simulate(asked)
    wrong = [
        (facts, answer["result"], expected(facts))
        for facts, answer in zip(asked, answers, strict=True)
        if answer["result"] != expected(facts)
    ]

    assert ok
    assert wrong[:2] == []
    totals = [answer["result"]["total"] for answer in answers]
    assert 50 < totals.count("0.00") < DRAWN / 4, "both sides of the minimum are drawn"
