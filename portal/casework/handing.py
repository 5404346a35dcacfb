"""Handing a dossier over to the other body: proposed, accepted or refused; the family is never sent from one to the other."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from portal.accounts.models import Posting, Role, User
from portal.accounts.permissions import moment_on
from portal.casework.models import Dossier, DossierState, HandOver, HandOverState
from portal.casework.operations import add_event

BODIES = {"FUND": "la caisse", "PAJEMPLOI": "Pajemploi"}


class HandOverRefused(Exception):
    """Why a dossier cannot be handed over or taken, in French."""


def propose_hand_over(
    *, dossier_pk: int, message: str, by: User, at: datetime, answer_by: date
) -> HandOver:  # fmt: skip
    """Propose an open dossier to the other body. Its owner stays its owner until somebody there accepts.

    Raises HandOverRefused: not the owner, no message, one already proposed.
    """
    if not message.strip():
        raise HandOverRefused("Écrivez en une ligne ce que l’autre organisme doit faire.")
    try:
        with transaction.atomic():
            dossier = Dossier.objects.select_for_update(of=("self",)).get(pk=dossier_pk)
            if dossier.state not in (DossierState.OPEN, DossierState.ESCALATED):
                raise HandOverRefused(f"Ce dossier est « {dossier.get_state_display()} ».")
            if dossier.owner_id != by.pk:
                raise HandOverRefused("Seule la personne responsable du dossier le transmet.")
            to_body = "PAJEMPLOI" if dossier.body == "FUND" else "FUND"
            found = HandOver.objects.create(
                dossier=dossier, to_body=to_body, message=message[:500], proposed_by=by, proposed_at=at,
                answer_by=answer_by,
            )  # fmt: skip
            add_event(
                dossier_pk=dossier.pk, kind="HANDOVER", by=by.get_username(), at=at,
                text=f"Transmission proposée à {BODIES[to_body]} : {message[:500]}",
            )  # fmt: skip
    except IntegrityError as refused:
        raise HandOverRefused("Une transmission est déjà proposée : elle attend sa réponse.") from refused
    return found


def accept_hand_over(*, hand_over_pk: int, by: User, at: datetime) -> Dossier:
    """The dossier changes owner and body; its deadline does not move. Raises HandOverRefused."""
    with transaction.atomic():
        found = _answerable(hand_over_pk, by, at)
        dossier = Dossier.objects.select_for_update(of=("self",)).get(pk=found.dossier_id)
        _answer(found, HandOverState.ACCEPTED, by, at, "")
        dossier.owner, dossier.body = by, found.to_body
        dossier.save(update_fields=["owner", "body"])
        add_event(
            dossier_pk=dossier.pk, kind="OWNER", by=by.get_username(), at=at,
            text=f"{by.full_name} ({BODIES[found.to_body]}) accepte le dossier ; la date ne change pas.",
        )  # fmt: skip
    return dossier


def refuse_hand_over(*, hand_over_pk: int, reason: str, by: User, at: datetime) -> HandOver:
    """Refuse, always with the reason; the owner keeps the dossier. Raises HandOverRefused."""
    if not reason.strip():
        raise HandOverRefused("Un refus se motive : la personne qui transmet lira cette raison.")
    with transaction.atomic():
        found = _answerable(hand_over_pk, by, at)
        _answer(found, HandOverState.REFUSED, by, at, reason[:500])
        add_event(
            dossier_pk=found.dossier_id, kind="HANDOVER", by=by.get_username(), at=at,
            text=f"Transmission refusée : {reason[:500]}",
        )  # fmt: skip
    return found


def withdraw_hand_over(*, hand_over_pk: int, by: User, at: datetime) -> HandOver:
    """The one who proposed it goes back on it before an answer. Raises HandOverRefused."""
    with transaction.atomic():
        found = HandOver.objects.select_for_update(of=("self",)).get(pk=hand_over_pk)
        if found.state != HandOverState.PROPOSED or found.proposed_by_id != by.pk:
            raise HandOverRefused("Cette transmission n’est plus à retirer.")
        _answer(found, HandOverState.WITHDRAWN, by, at, "")
        add_event(
            dossier_pk=found.dossier_id, kind="HANDOVER", by=by.get_username(), at=at, text="Transmission retirée."
        )
    return found


def escalate_unanswered(*, on: date) -> int:
    """Hand-overs past their answer day go to a team's lead, once; returns how many. The dossier's date does not move."""
    late = HandOver.objects.filter(state=HandOverState.PROPOSED, answer_by__lt=on, escalated_on__isnull=True)
    count = 0
    for pk in late.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            found = HandOver.objects.select_for_update(of=("self",)).get(pk=pk)
            if found.escalated_on is None and found.state == HandOverState.PROPOSED:
                found.escalated_on = on
                found.save(update_fields=["escalated_on"])
                add_event(
                    dossier_pk=found.dossier_id, kind="ESCALATED", by="portail", at=moment_on(on),
                    text="Transmission sans réponse : confiée à l’encadrement de l’équipe.",
                )  # fmt: skip
                count += 1
    return count


def offered_to(user: User, on: date) -> Q:
    """The hand-overs that wait for `user`: proposed to a desk of theirs, or to its lead once unanswered. One query.

    The queue counts and lists with it, and accepting checks it.
    """
    asked = Q(pk__in=[])
    for role, fund in Posting.objects.in_force_on(on).filter(user_id=user.pk).values_list("role", "serves"):
        if role == Role.PAJEMPLOI_CASEWORKER:
            asked |= Q(to_body="PAJEMPLOI")
        elif role == Role.FUND_CASEWORKER:
            asked |= Q(to_body="FUND", dossier__fund=fund)
        elif role == Role.SUPERVISOR:
            asked |= Q(escalated_on__isnull=False) & (Q(dossier__fund=fund) if fund else Q())
    return Q(state=HandOverState.PROPOSED) & asked & ~Q(proposed_by_id=user.pk)


def may_answer(found: HandOver, user: User, on: date) -> bool:
    """Whether `user` works at the body it is proposed to (its desk, or its lead once escalated)."""
    return HandOver.objects.filter(offered_to(user, on), pk=found.pk).exists()


def _answerable(hand_over_pk: int, by: User, at: datetime) -> HandOver:
    found = HandOver.objects.select_for_update(of=("self",)).select_related("dossier").get(pk=hand_over_pk)
    if found.state != HandOverState.PROPOSED:
        raise HandOverRefused(f"Cette transmission est déjà « {found.get_state_display()} ».")
    if not may_answer(found, by, timezone.localdate(at)):
        raise HandOverRefused("Cette transmission est proposée à une autre équipe.")
    return found


def _answer(found: HandOver, state: HandOverState, by: User, at: datetime, answer: str) -> None:
    found.state, found.answered_by, found.answered_at, found.answer = state, by, at, answer
    found.save(update_fields=["state", "answered_by", "answered_at", "answer"])
