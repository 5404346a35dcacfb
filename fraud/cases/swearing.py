"""An officer took the oath and is approved: kept by the director, of whom it gives the on-site checks (CSS L. 114-10)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from fraud.models import SwornOfficer
from portal.accounts.models import Posting, User
from portal.accounts.permissions import funds_on
from portal.accounts.rights import Right, holders
from portal.audit.operations import journal

TREAT = holders(Right.TREAT_CONTROL)


class OathRefused(Exception):
    """What is wrong, as a sentence; `field` is the one to look at."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True)
class Oath:
    """The two acts: the oath before a court, the approval and its last day."""

    sworn_on: date
    court: str
    approval_no: str
    approved_on: date
    last_day: date


def register_oath(*, user_pk: int, oath: Oath, by_pk: int, on: date, at: datetime) -> SwornOfficer:
    """Keep the oath and the approval of an officer of one's funds, never one's own. The same approval again gives the first
    row. Raises OathRefused."""
    director, officer = User.objects.get(pk=by_pk), User.objects.get(pk=user_pk)
    known = SwornOfficer.objects.filter(user=officer, approval_no=oath.approval_no.strip()).first()
    if known is not None:
        return known
    if director == officer or officer not in may_swear(director, on):
        raise OathRefused(
            "officer", "Choisissez une personne de la caisse qui vérifie des dossiers, et qui n’est pas vous."
        )
    if not oath.court.strip() or not oath.approval_no.strip():
        raise OathRefused("court", "Dites le tribunal du serment et le numéro de l’agrément.")
    if oath.sworn_on > on or oath.approved_on > on:
        raise OathRefused("sworn_on", "Le serment et l’agrément ont eu lieu : leurs jours ne sont pas à venir.")
    if oath.last_day < max(oath.sworn_on, oath.approved_on):
        raise OathRefused("last_day", "L’agrément finit après le serment et après avoir commencé.")
    try:
        with transaction.atomic():
            made = SwornOfficer.objects.create(
                user=officer, sworn_on=oath.sworn_on, court=oath.court.strip()[:120], approval_no=oath.approval_no.strip()[:40],
                approved_on=oath.approved_on, until=oath.last_day + timedelta(days=1),
            )  # fmt: skip
            journal(
                actor=director.get_username(), action="control.oath_registered", subject=f"user:{officer.pk}",
                detail={"approval": made.approval_no}, at=at,
            )  # fmt: skip
    except IntegrityError:
        return SwornOfficer.objects.get(user=officer, approval_no=oath.approval_no.strip())
    return made


def may_swear(director: User, on: date) -> list[User]:
    """Those who check cases in the director's funds on that day, the director apart; five hundred at most."""
    funds = funds_on(director, on, Right.DIRECT_CONTROL)
    posts = Posting.objects.in_force_on(on).filter(role__in=TREAT)
    posts = posts if funds is None else posts.filter(serves__in=funds)
    found = User.objects.filter(pk__in=posts.values("user"), is_active=True).exclude(pk=director.pk)
    return list(found.order_by("last_name", "pk")[:500])


def oaths(director: User, on: date) -> QuerySet[SwornOfficer]:
    """Those of the officers of the director's funds, the last to end first."""
    funds = funds_on(director, on, Right.DIRECT_CONTROL)
    found = SwornOfficer.objects.select_related("user").order_by("-until", "-pk")
    return found if funds is None else found.filter(user__postings__fund__in=funds).distinct()
