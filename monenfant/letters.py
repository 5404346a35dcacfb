"""The letters of childcare: what the fund writes to a childminder who did not tell free places."""

from monenfant.duties.reminding import KIND
from portal.letters.kinds import LetterKind, register

REMINDER = LetterKind(
    KIND, "Vos places libres : la date est passée", "letters/monenfant/reminder.html",
    ("recipient", "address", "deadline", "until", "answer_days", "number", "sender"), ("CASF L. 421-4",),
)  # fmt: skip


def register_letters() -> None:
    """Make them known to the kernel."""
    register(REMINDER)
