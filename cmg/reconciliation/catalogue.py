"""The forty disagreements as data (catalogue.yaml): label, severity, who repairs, and what the debit does meanwhile."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

# From the strictest to the mildest: several codes on one declaration take the strictest effect.
EFFECTS = (
    "HOLD_ALL",
    "HOLD_DISPUTED",
    "DEBIT_AS_IF_RIGHT",
    "PROCEED_WITH_NOTICE",
    "PROCEED_RECOMPUTED",
    "PROCEED",
)
HOLDING = ("HOLD_ALL", "HOLD_DISPUTED")
# The debit is computed with the right, which favours the family, and the payout alone is stopped.
PAYOUT_STOPPED = ("CMG-003", "CMG-006", "CMG-032")
# A wrong matching key explains every disagreement on the right itself: the symptoms are not listed beside it.
ROOTS = ("CMG-012", "CMG-013", "CMG-014", "CMG-015")
SYMPTOMS_OF_ROOTS = tuple(f"CMG-00{number}" for number in range(1, 10))


@dataclass(frozen=True)
class Disagreement:
    """One line of the catalogue. `desk` is the body that repairs (FUND or PAJEMPLOI)."""

    code: str
    label: str
    rule: str
    severity: str
    resolution: str
    effect: str
    payout_blocked: bool
    desk: str
    family: str


@cache
def catalogue() -> dict[str, Disagreement]:
    """Every disagreement by code."""
    lines = yaml.safe_load((Path(__file__).parent / "catalogue.yaml").read_text(encoding="utf-8"))
    return {code: Disagreement(code=code, **line) for code, line in lines.items()}


def strictest(effects: list[str]) -> str:
    """The effect that wins; PROCEED when there is none."""
    return min(effects, key=EFFECTS.index, default="PROCEED")
