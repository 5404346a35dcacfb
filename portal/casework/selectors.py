"""Queues of dossiers, with their counts from the same conditions. Pages read them by key, the most urgent first."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet

from portal.accounts.models import Posting, User
from portal.accounts.permissions import funds_on
from portal.casework.handing import offered_to
from portal.casework.models import Attachment, Dossier, DossierState, HandOver
from portal.casework.operations import DESK_ROLES

URGENT_FIRST = ("deadline", "pk")
PAPERS_SHOWN = 100
CLOSED = Q(state=DossierState.CLOSED)
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
        "repaired": Q(state=DossierState.RESOLVED),
        "offered": OPEN & Q(pk__in=HandOver.objects.filter(offered_to(user, day)).values("dossier_id")),
    }


def counts(user: User, day: date) -> dict[str, int]:
    """How many dossiers each box holds, in one query."""
    return visible(user, day).aggregate(
        **{name: Count("pk", filter=condition) for name, condition in boxes(user, day).items()}
    )


def queue(user: User, box: str, day: date, *, matching: Q | None = None) -> QuerySet[Dossier]:
    """The dossiers of a box (one's own when there is no such box), narrowed by what the application searched."""
    choices = boxes(user, day)
    return visible(user, day).filter(choices.get(box, choices["mine"]), matching or Q())


def nearest(user: User, day: date) -> Dossier | None:
    """The most urgent dossier that nobody has, else of the whole team."""
    for box in ("unassigned", "team"):
        found = queue(user, box, day).order_by(*URGENT_FIRST).first()
        if found is not None:
            return found
    return None


def next_in(found: QuerySet[Dossier], after: Dossier | None) -> Dossier | None:
    """The most urgent dossier of a list after one that was in it, else the most urgent of all but that one."""
    if after is None:
        return found.order_by(*URGENT_FIRST).first()
    others = found.exclude(subject=after.subject).order_by(*URGENT_FIRST)
    beyond = Q(deadline__gt=after.deadline) | Q(deadline=after.deadline, pk__gt=after.pk)
    return others.filter(beyond).first() or others.first()


def by_subject(subjects: Sequence[str]) -> dict[str, Dossier]:
    """The open dossier of each subject, in one query."""
    found = Dossier.objects.filter(OPEN, subject__in=list(subjects)).select_related("owner")
    return {dossier.subject: dossier for dossier in found}


def last_of(subject: str) -> Dossier | None:
    """The subject's latest dossier, open or not."""
    return Dossier.objects.filter(subject=subject).select_related("owner").order_by("-pk").first()


def hand_over_of(dossier: Dossier) -> HandOver | None:
    """The hand-over that waits for its answer."""
    found = dossier.hand_overs.filter(state="PROPOSED").select_related("proposed_by")
    return found.first()


def colleagues_of(dossier: Dossier, day: date) -> list[User]:
    """Those who may own the dossier: the people of its body's desk, and of its fund's team. One query."""
    posts = Posting.objects.in_force_on(day).filter(role=DESK_ROLES[dossier.body], user__is_active=True)
    if dossier.body == "FUND":
        posts = posts.filter(serves=dossier.fund)
    return list(User.objects.filter(pk__in=posts.values("user_id")).order_by("last_name", "first_name", "pk"))


def papers_of(subject: str) -> list[Attachment]:
    """The papers given about a subject, the last first, without their content. One query."""
    return list(Attachment.objects.filter(subject=subject).defer("content").order_by("-pk")[:PAPERS_SHOWN])


def papers_about(about: str) -> list[Attachment]:
    """The papers given about one thing (``cmg.report:12``), in their order, without their content. One query."""
    return list(Attachment.objects.filter(about=about).defer("content").order_by("pk")[:PAPERS_SHOWN])
