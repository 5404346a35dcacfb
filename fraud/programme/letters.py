"""The letter of a programme: its synthesis, to the national body."""

from fraud.programme.operations import LETTER
from portal.letters.kinds import LetterKind, register

SYNTHESIS = LetterKind(
    LETTER, "Synthèse annuelle du programme de contrôle", "letters/fraud/synthesis.html",
    ("recipient", "year", "words", "digest", "indicators", "as_of"), ("CSS L. 114-9",),
)  # fmt: skip


def register_letters() -> None:
    """Make it known to the kernel."""
    register(SYNTHESIS)
