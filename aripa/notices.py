"""The e-mails of the pension: one, neutral for everybody. Its words are the same whoever is protected, and from whom."""

from aripa.linking import SUBJECT
from aripa.models import Case, ParentAct
from portal.letters.models import Letter
from portal.notices.kinds import DISCREET, NoticeKind, register
from portal.notices.operations import ask

KIND = NoticeKind("aripa.message", "Un message m’attend", DISCREET, "Un message vous attend dans votre espace.")


def register_notices() -> None:
    """Make it known to the kernel."""
    register(KIND)


def tell_of_letter(letter: Letter) -> int:
    """A letter was written for one side of a case: its parent is told, and nothing else of it."""
    space, _, rest = letter.subject.partition(":")
    case_no, _, to = rest.rpartition(":")
    if space != "aripa" or to not in ("CREDITOR", "DEBTOR"):
        return 0
    case = Case.objects.filter(pk=case_no).first()
    if case is None:
        return 0
    parent_no = case.household_id if to == "CREDITOR" else case.debtor_no
    return ask(subject=SUBJECT + parent_no, kind=KIND.code, key=f"aripa.message:{letter.number}", path="/")


def tell_of_answer(act: ParentAct) -> int:
    """A person answered what a parent asked: they are told, and nothing else of it. Of who asks for the first time, no
    address is known yet."""
    if not act.parent_no:
        return 0
    return ask(subject=SUBJECT + act.parent_no, kind=KIND.code, key=f"aripa.answer:{act.answer_key}", path="/")
