"""Queues of dossiers, with their counts from the same conditions. Pages read them by key, the most urgent first."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet

from portal.accounts.models import User
from portal.accounts.permissions import funds_on
from portal.casework.models import Dossier, DossierState

URGENT_FIRST = ("deadline", "pk")
OPEN = Q(state__in=[DossierState.OPEN, DossierState.ESCALATED])


def visible(user: User, day: date) -> QuerySet[Dossier]:
    """The dossiers that the user may see."""
    found = Dossier.objects.select_related("owner")
    funds = funds_on(user, day)
    return found if funds is None else found.filter(Q(fund__in=funds) | Q(owner=user))


def boxes(user: User, day: date) -> dict[str, Q]:
    """The queue's boxes, by name."""
    return {
        "mine": OPEN & Q(owner=user),
        "today": OPEN & Q(owner=user, deadline__lte=day),
        "week": OPEN & Q(owner=user, deadline__lte=day + timedelta(days=7)),
        "late": OPEN & Q(deadline__lt=day),
        "team": OPEN,
        "unassigned": OPEN & Q(owner__isnull=True),
    }


def counts(user: User, day: date) -> dict[str, int]:
    """How many dossiers each box holds, in one query."""
    return visible(user, day).aggregate(
        **{name: Count("pk", filter=condition) for name, condition in boxes(user, day).items()}
    )


def queue(user: User, filters: Mapping[str, str], day: date) -> QuerySet[Dossier]:
    """The dossiers of a box, searched by name or by the number that ends their subject."""
    choices = boxes(user, day)
    found = visible(user, day).filter(choices.get(filters.get("box", ""), choices["mine"]))
    if filters.get("q"):
        found = found.filter(Q(title__icontains=filters["q"]) | Q(subject__endswith=":" + filters["q"]))
    return found


def by_subject(subjects: Sequence[str]) -> dict[str, Dossier]:
    """The open dossier of each subject, in one query."""
    found = Dossier.objects.filter(OPEN, subject__in=list(subjects)).select_related("owner")
    return {dossier.subject: dossier for dossier in found}


def last_of(subject: str) -> Dossier | None:
    """The subject's latest dossier, open or not."""
    return Dossier.objects.filter(subject=subject).select_related("owner").order_by("-pk").first()
