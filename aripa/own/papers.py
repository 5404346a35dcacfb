"""The letters of a parent: those of their own side of each of their cases."""

from django.db.models import QuerySet

from aripa.linking import own_cases
from portal.accounts.models import User
from portal.letters.models import Letter
from portal.notices.models import Seen

SEEN = "letter"


def subject_of(case_no: str, to: str) -> str:
    """Whose a letter is: one side of one case. ``aripa:C1:CREDITOR``."""
    return f"aripa:{case_no}:{to}"


def subjects_of(parent_no: str) -> list[str]:
    """The subjects of a parent, one a case."""
    return [
        subject_of(one.case_no, "CREDITOR" if one.household_id == parent_no else "DEBTOR")
        for one in own_cases(parent_no)
    ]


def letters_of(parent_no: str) -> QuerySet[Letter]:
    """The letters of a parent, the last first; their contents are left where they are."""
    return Letter.objects.filter(subject__in=subjects_of(parent_no)).defer("pdf", "text").order_by("-pk")


def unread_letters(user: User, parent_no: str) -> int:
    """How many were never opened."""
    seen = Seen.objects.filter(user=user, kind=SEEN).values("ref")
    return letters_of(parent_no).exclude(pk__in=seen).count()
