"""The words that never stand on what a family reads before a decision: the fact is told, and its source."""

import re

_BLAME = re.compile(r"\b(fraud\w*|suspicion\w*|suspect\w*|score\w*|profil\w*)\b", re.IGNORECASE)


def word_of_blame(*texts: str) -> str:
    """The first word of blame found, as it was written; empty when there is none."""
    found = _BLAME.search(" ".join(texts))
    return found[0] if found is not None else ""
