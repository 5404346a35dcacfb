"""The dated figures of control and exchanges."""

from functools import cache
from pathlib import Path

from portal.legislation.parameters import COMMON, Parameters

FOLDER = Path(__file__).parent.parent / "parameters"


@cache
def control_parameters() -> Parameters:
    """Every dated figure of control and exchanges, those that it shares with other benefits included."""
    return Parameters.load(COMMON, FOLDER)
