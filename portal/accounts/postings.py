"""Posting somebody, ending a posting. The database refuses what must never be (see the constraints of Posting)."""

from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from portal.accounts.models import Door, Posting, Role, User, branch_of
from portal.accounts.rights import TABLE
from portal.audit.operations import journal
from portal.organisations.models import BodyMission
from portal.turns import one_at_a_time

CONSTRAINTS = {
    "posting_one_officer_at_a_time": "L’ordonnateur et l’agent comptable ne sont jamais la même personne.",
    "posting_granted_by_another": "Personne ne s’habilite soi-même.",
    "posting_half_open": "Une affectation finit après avoir commencé.",
    "posting_branch_at_joint_fund": "À une caisse commune, une affectation a sa branche ; ailleurs, elle n’en a pas.",
    "posting_once": "Cette affectation existe déjà.",
    "posting_data_protection_national": "La protection des données relit le journal de tout le portail : laissez la caisse vide.",
}


class PostingRefused(Exception):
    """The posting must not be; the sentence says why, in French."""


def post(
    *, username: str, role: Role, fund: str, starts_on: date, ends_on: date | None, granted_by: str, branch: str = ""
) -> Posting:
    """Give `username` a role, at a joint fund for one `branch`. Raises PostingRefused; User.DoesNotExist when either is unknown.

    `granted_by` may be empty for the very first posting of an installation, when nobody could grant it.
    """
    user = User.objects.get(username=username)
    granter = User.objects.get(username=granted_by) if granted_by else None
    if granter is None and Posting.objects.exists():
        raise PostingRefused("Dites qui donne cette habilitation.")
    if instead := _who_acts_instead(role, fund, starts_on, ends_on) or _fund_over(fund, branch, starts_on):
        raise PostingRefused(instead)
    try:
        with transaction.atomic():
            one_at_a_time(f"postings:{user.pk}")
            posting = Posting.objects.create(
                user=user, role=role, fund=fund, branch=branch, starts_on=starts_on, ends_on=ends_on, granted_by=granter
            )
            journal(
                actor=granter.username if granter else "installation", action="account.posted", subject=f"user:{user.pk}",
                detail={"role": role, "fund": fund, "branch": branch, "from": str(starts_on), "until": str(ends_on or "")},
            )  # fmt: skip
    except IntegrityError as refused:
        raise PostingRefused(_sentence(refused)) from refused
    return posting


def _who_acts_instead(role: Role, fund: str, starts_on: date, ends_on: date | None) -> str:
    """Why nobody is posted there while a joint fund holds its place; empty when none does on these days."""
    held = BodyMission.objects.filter(Q(ends_on=None) | Q(ends_on__gt=starts_on), former=fund, branch=branch_of(role))
    taken = held.select_related("body").order_by("starts_on").first()
    if taken is None or (ends_on is not None and ends_on <= taken.starts_on):
        return ""
    return (
        f"Depuis le {taken.starts_on:%d/%m/%Y}, {taken.body.name} ({taken.body_id}) agit à la place de {fund}. "
        f"Donnez l’affectation à {taken.body_id}, pour la branche {taken.get_branch_display().lower()}."
    )


def _fund_over(fund: str, branch: str, starts_on: date) -> str:
    """Why nobody is posted at a joint fund that has ended by then: it would give nothing. Before its first day somebody may."""
    held = BodyMission.objects.filter(body=fund, branch=branch)
    last = held.order_by("-starts_on").first()
    if last is None or last.ends_on is None or last.ends_on > starts_on:
        return ""
    return (
        f"La mission de {fund} finit le {last.ends_on - timedelta(days=1):%d/%m/%Y} : donnez l’affectation à {last.former_id}, "
        "qui répond à nouveau."
    )


def end_posting(*, posting_pk: int, ends_on: date, ended_by: str) -> Posting:
    """The posting ends on `ends_on`, the first day no longer covered. Raises PostingRefused, Posting.DoesNotExist."""
    try:
        with transaction.atomic():
            posting = Posting.objects.select_for_update(of=("self",)).get(pk=posting_pk)
            posting.ends_on = ends_on
            posting.save(update_fields=["ends_on"])
            journal(
                actor=ended_by, action="account.posting_ended", subject=f"user:{posting.user_id}",
                detail={"role": posting.role, "fund": posting.fund, "until": str(ends_on)},
            )  # fmt: skip
    except IntegrityError as refused:
        raise PostingRefused(_sentence(refused)) from refused
    return posting


def create_account(*, username: str, first_name: str, last_name: str, email: str, role: Role) -> User:
    """The account of somebody about to be posted, found again by `email` when they first sign in.

    Raises PostingRefused when the address is missing or taken.
    """
    if not email or User.objects.filter(email__iexact=email).exclude(door=Door.FAMILY).exists():
        raise PostingRefused("L’adresse électronique manque, ou appartient déjà à un autre compte.")
    user = User(
        username=username, first_name=first_name, last_name=last_name, email=email.strip(), door=TABLE[role].door
    )
    user.set_unusable_password()
    user.save()
    return user


def _sentence(refused: IntegrityError) -> str:
    text = str(refused)
    found = next((sentence for name, sentence in CONSTRAINTS.items() if name in text), "")
    return found or text.splitlines()[0]
