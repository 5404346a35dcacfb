"""Structure invoices of one household: what they share between them, and with its own employees (CSS D. 531-23, VI).

June 2019, middle bracket, net of CRDS: direct 295.62; structure of childminders 591.20; at home or micro-crèche 738.99.
"""

from datetime import date
from typing import Any

import polars as pl
import pytest

from cmg.rules.figures import cmg_parameters
from cmg.rules.shared_maxima import DIRECT
from cmg.rules.structure import settle_structures
from tests.cmg.rules.test_worked_examples import BABY, JUNE_2019, settle_invoice

FOUR, PAST_SIX = date(2015, 1, 10), date(2012, 1, 10)


def invoice(number: str, child: str, **changes: Any) -> dict[str, Any]:
    """1 000 € for a hundred hours in a micro-crèche; with two dependent children 30 000 € is the middle bracket."""
    return {
        "invoice_no": number, "household": "H", "child_id": child, "care_mode": "MICRO_CRECHE",
        "child_birth_dates": [BABY], "has_right": True, "prepare": "NONE", "isolated_parent": False, "aah": False,
        "territory": "METROPOLE", "fnas_funded": False, "hours_hundredths": 10_000, "invoice_amount_cents": 100_000,
        "hourly_tariff_cents": 1000, "annual_resources": 30_000, "dependent_children": 2, "aeeh_children": 0,
    } | changes  # fmt: skip


def employed(child: str, cents: int, *, born: date = BABY, mode: str = "CHILDMINDER", household: str = "H") -> Any:
    return (household, child, born, mode, cents)


def part_b(invoices: list[dict[str, Any]], *direct: Any, month: date = JUNE_2019) -> list[int]:
    settled = settle_structures(
        pl.DataFrame(invoices), care_month=month, parameters=cmg_parameters(),
        direct=pl.DataFrame(list(direct), schema=DIRECT, orient="row"),
    )  # fmt: skip
    return settled["part_b_cents"].to_list()


@pytest.mark.parametrize(
    ("case", "invoices", "direct", "expected"),
    [
        ("nothing direct: the maximum of a micro-crèche", [invoice("1", "C1")], [], [73_899]),
        ("two children: each its own maximum", [invoice("1", "C1"), invoice("2", "C2")], [], [73_899, 73_899]),
        ("the same child also direct: within one maximum of 591.20",
         [invoice("1", "C1")], [employed("C1", 29_562)], [59_120 - 29_562]),
        ("another child direct: within two maxima, nothing is lost",
         [invoice("1", "C1")], [employed("C2", 29_562)], [73_899]),
        ("the other child is four: 591.20 and 295.62",
         [invoice("1", "C1")], [employed("C2", 29_562, born=FOUR)], [59_120 + 29_562 - 29_562]),
        ("the other child is past six and counts for nothing",
         [invoice("1", "C1")], [employed("C2", 29_562, born=PAST_SIX)], [59_120 - 29_562]),
        ("two invoices and a direct child, three maxima: in the order of numbers",
         [invoice("2", "C1"), invoice("1", "C2")], [employed("C3", 29_562)],
         [73_899, 73_899]),
        ("two invoices and both children direct, two maxima: the second takes what is left",
         [invoice("2", "C1"), invoice("1", "C2")], [employed("C1", 20_000), employed("C2", 20_000)],
         [118_240 - 40_000 - 73_899, 73_899]),
        ("direct already took more: nothing, and never less",
         [invoice("1", "C1")], [employed("C1", 60_000)], [0]),
        ("all of it at home: the household's maximum of care at home",
         [invoice("1", "C1", care_mode="STRUCTURE_HOME")], [employed("C1", 29_562, mode="HOME_EMPLOYEE")],
         [73_899 - 29_562]),
        ("at home and with a childminder: the maximum of a structure of childminders",
         [invoice("1", "C1", care_mode="STRUCTURE_HOME")], [employed("C1", 29_562)], [59_120 - 29_562]),
        ("one child, two invoices of one mode: one maximum",
         [invoice("1", "C1", invoice_amount_cents=60_000), invoice("2", "C1")], [], [51_000, 73_899 - 51_000]),
        ("two children cared for at home by a structure: one maximum",
         [invoice("1", "C1", care_mode="STRUCTURE_HOME"), invoice("2", "C2", care_mode="STRUCTURE_HOME")], [],
         [73_899, 0]),
        ("a refused invoice takes nothing from the others",
         [invoice("1", "C1", hours_hundredths=1599), invoice("2", "C1")], [employed("C2", 29_562)], [0, 73_899]),
        ("another household's employee is not theirs",
         [invoice("1", "C1")], [employed("C1", 29_562, household="G")], [73_899]),
        ("no household: nothing is shared",
         [invoice("1", "C1", household=None), invoice("2", "C1", household="G")], [employed("C1", 29_562)],
         [73_899, 73_899]),
    ],
)  # fmt: skip
def test_invoices_share_maxima(
    case: str, invoices: list[dict[str, Any]], direct: list[Any], expected: list[int]
) -> None:
    assert part_b(invoices, *direct) == expected, case


def test_without_a_household_nothing_is_asked_of_the_caller() -> None:
    assert settle_invoice(JUNE_2019)["part_b_cents"] == 73_899
