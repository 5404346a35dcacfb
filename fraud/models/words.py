"""Words of the rules as choices of a column, and what stands where words were erased."""

from collections.abc import Mapping

GONE = "effacé"


def listed(words: Mapping[str, str]) -> list[tuple[str, str]]:
    """Plain texts, so that a migration names no rule."""
    return [(str(code), label) for code, label in words.items()]
