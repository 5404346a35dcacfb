"""Controls of our own settlements: each wrong figure is named, the right one passes."""

import polars as pl
import pytest

from cmg.reconciliation.controls import compare

RIGHT = {
    "id": 1, "regime": "A", "care_mode": "CHILDMINDER", "decision": "RIGHT", "contributions_cents": 41_013,
    "deduction_cents": 0, "part_a_cents": 41_013, "part_b_cents": 29_562, "supplement_cents": 0, "offset_cents": 0,
    "debit_cents": 0, "payout_cents": 29_562, "cost_base_cents": 56_000, "parameters_digest": "x",
}  # fmt: skip


def codes(stored: dict[str, object], fresh: dict[str, object] | None = None) -> set[str]:
    """Codes found when `stored` differs from what the rules give (`fresh` changes both)."""
    base = RIGHT | (fresh or {})
    recomputed = base | {
        "refusal": (fresh or {}).get("refusal", ""),
        "hourly_cap_exceeded": base.get("hourly_cap_exceeded", False),
    }
    kept = {name: value for name, value in (base | stored).items() if name in RIGHT}
    return set(compare(pl.DataFrame([kept]), pl.DataFrame([recomputed]))["code"])


def test_what_the_rules_give_passes() -> None:
    assert codes({}) == set()


@pytest.mark.parametrize(
    ("code", "stored", "fresh"),
    [
        ("CMG-010", {"part_b_cents": 14_781, "payout_cents": 14_781}, {}),
        ("CMG-019", {"part_a_cents": 0, "debit_cents": 41_013}, {}),
        ("CMG-020", {"debit_cents": 1}, {}),
        ("CMG-021", {"part_a_cents": 41_013}, {"part_a_cents": 0, "refusal": "cmg.daily_cap_exceeded"}),
        ("CMG-022", {"part_b_cents": 40_000}, {"regime": "B", "hourly_cap_exceeded": True}),
        ("CMG-023", {"part_b_cents": 50_000}, {}),
        ("CMG-023", {"part_b_cents": 47_600}, {"regime": "B", "part_b_cents": 50_000}),
        ("CMG-024", {"part_a_cents": 45_201}, {"care_mode": "HOME_EMPLOYEE", "part_a_cents": 45_200}),
        ("CMG-029", {"parameters_digest": "former"}, {}),
        ("CMG-030", {"regime": "B"}, {}),
    ],
)
def test_a_wrong_figure_is_named(code: str, stored: dict[str, object], fresh: dict[str, object]) -> None:
    assert code in codes(stored, fresh)
    assert code not in codes({}, fresh)
