"""The joint requests that agents find: those that a fund of theirs has received. Drafts are the parents' alone."""

from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from aripa.models import Agreement, AgreementAsk, AgreementState
from portal.accounts.models import User
from portal.accounts.permissions import funds_on
from portal.accounts.rights import Right


def visible(user: User, day: date) -> QuerySet[Agreement]:
    """The requests of the funds where the user sees pensions or signs titles; none for anybody else."""
    asked = AgreementAsk.objects.filter(agreement=OuterRef("pk"), answered_on__isnull=True)
    received = Agreement.objects.filter(received_on__isnull=False).annotate(waits=Exists(asked))
    received = received.select_related("first", "second", "checked_by", "decided_by")
    funds: set[str] = set()
    for right in (Right.SEE_SUPPORT, Right.SIGN_TITLE):
        held = funds_on(user, day, right)
        if held is None:
            return received
        funds |= {one for one in held if one}
    return received.filter(fund__in=sorted(funds))


def at_fund(user: User, day: date) -> QuerySet[Agreement]:
    """Those that wait for an answer."""
    return visible(user, day).filter(state=AgreementState.FILED)


def decided(user: User, day: date) -> QuerySet[Agreement]:
    """Those that have their answer, or were withdrawn."""
    return visible(user, day).exclude(state=AgreementState.FILED)
