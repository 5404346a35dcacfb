"""What a simulation says of its calculation: each step with its article, each figure with its date and source."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from portal.legislation.engine import Step, round_half_up
from portal.legislation.parameters import NoParameterInForce, Parameters

# Amounts finer than a cent, kept whole until the law rounds: how many make a euro.
FINER = {
    "sixtieths": 6_000, "hundredths_of_a_cent": 10_000, "millionths_of_a_euro": 1_000_000, "millionths_of_a_cent": 100_000_000,
}  # fmt: skip
UNITS = {"cents": "EUR", "euros": "EUR", "millionths": "ratio"} | dict.fromkeys(FINER, "EUR")


def told(row: Mapping[str, Any], steps: Mapping[str, Step]) -> list[dict[str, Any]]:
    """One row's steps: name, label, value, unit, article."""
    return [
        {
            "name": one.name,
            "label": one.label,
            "value": shown(row[one.name], one.unit),
            "unit": UNITS.get(one.unit, one.unit),
            "article": one.article,
        }
        for one in steps.values()
    ]


def shown(value: Any, unit: str) -> Any:
    """The value of a step as JSON carries it: amounts and rates as exact texts."""
    if value is None or isinstance(value, bool) or unit in ("text", "flag", "index"):
        return value
    if unit == "cents":
        return euros(value)
    if unit in FINER:
        # For reading alone: the rules never use this rounding.
        whole, rest = divmod(round_half_up(value * 10_000, FINER[unit]), 10_000)
        return f"{whole}.{rest:04d}"
    if unit == "millionths":
        return f"{value // 1_000_000}.{value % 1_000_000:06d}"
    return str(value)


def euros(cents: int) -> str:
    """Two decimals, as the contract writes amounts."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{rest:02d}"


def figures_told(keys: Iterable[str], day: date, parameters: Parameters) -> list[dict[str, Any]]:
    """The figures in force on `day`: key, date, value, source. One that is not in force then is left out."""
    found = []
    for key in sorted(keys):
        try:
            dated = parameters.dated(key, day)
        except NoParameterInForce:
            continue
        found.append(
            {"key": key, "date": dated.since.isoformat(), "value": written(dated.value), "source": dated.source}
        )
    return found


def written(value: Any) -> Any:
    """A figure as text: exact decimals, or a fraction that has none (1/3); never a binary float."""
    if isinstance(value, dict):
        return {str(name): written(inner) for name, inner in value.items()}
    if isinstance(value, tuple):
        return [written(inner) for inner in value]
    if isinstance(value, bool | str):
        return value
    digits = next((count for count in range(12) if (value * 10**count).denominator == 1), None)
    if digits is None:
        return str(value)
    whole = int(value * 10**digits)
    return f"{whole // 10**digits}.{whole % 10**digits:0{digits}d}" if digits else str(whole)
