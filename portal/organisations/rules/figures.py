"""The dated figures of joint funds. Pure module."""

from functools import cache
from pathlib import Path

from portal.legislation.parameters import Parameters

FOLDER = Path(__file__).parent.parent / "parameters"


@cache
def joint_parameters() -> Parameters:
    """What the law asked of a creation file, and of a council, day by day."""
    return Parameters.load(FOLDER)
