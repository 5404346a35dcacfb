"""The supervised reset of a second factor: one person asks, another decides, neither is the one concerned."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.accounts import factors
from portal.accounts.models import RESET_MOVES, FactorReset, ResetState, User
from portal.accounts.permissions import may, today
from portal.accounts.rights import Right
from portal.audit.operations import journal

REASON_LEAST = 10


class ResetRefused(Exception):
    """The reset cannot be asked for, or decided; the sentence says why, in French."""


def ask(*, user_pk: int, reason: str, asked_by: str) -> FactorReset:
    """Ask for the reset of somebody's second factor. Raises ResetRefused; nothing is taken away yet."""
    asker, user = User.objects.get(username=asked_by), User.objects.get(pk=user_pk)
    if asker.pk == user.pk:
        raise ResetRefused("Une autre personne doit demander la reprise de votre second facteur.")
    if not may(asker, Right.ASK_RESET, today()):
        raise ResetRefused("Votre rôle ne demande pas de reprise.")
    if len(reason.strip()) < REASON_LEAST:
        raise ResetRefused("Dites ce qui s’est passé, par exemple « téléphone perdu, identité vérifiée en personne ».")
    try:
        with transaction.atomic():
            reset = FactorReset.objects.create(
                user=user, reason=reason.strip()[:200], asked_by=asker, asked_at=timezone.now()
            )
            _journal(reset, asker, "account.reset_asked")
    except IntegrityError as refused:
        raise ResetRefused("Une reprise est déjà demandée pour cette personne.") from refused
    return reset


def decide(*, reset_pk: int, to: ResetState, decided_by: str) -> FactorReset:
    """Approve or refuse. Approved: the second factors are gone, the open sessions too, the next sign-in sets up new ones.

    Raises ResetRefused, also on a second decision.
    """
    decider = User.objects.get(username=decided_by)
    with transaction.atomic():
        reset = FactorReset.objects.select_for_update(of=("self",)).get(pk=reset_pk)
        refusal = decision_refusal(reset, decider)
        if refusal or to not in RESET_MOVES[ResetState(reset.state)]:
            raise ResetRefused(refusal or f"Cette reprise est déjà « {reset.get_state_display().lower()} ».")
        reset.state, reset.decided_by, reset.decided_at = to, decider, timezone.now()
        reset.save()
        if to == ResetState.APPROVED:
            factors.forget_all(reset.user)
            User.objects.filter(pk=reset.user_id).update(sessions_since=timezone.now())
        _journal(reset, decider, f"account.reset_{to.lower()}")
    return reset


def decision_refusal(reset: FactorReset, decider: User) -> str:
    """Why `decider` may not decide of it; empty when they may."""
    if decider.pk == reset.asked_by_id:
        return "Vous l’avez demandée : une autre personne décide."
    if decider.pk == reset.user_id:
        return "Il s’agit de votre propre second facteur : une autre personne décide."
    if not may(decider, Right.DECIDE_RESET, today()):
        return "Votre rôle ne décide pas des reprises."
    return ""


def _journal(reset: FactorReset, actor: User, action: str) -> None:
    journal(
        actor=actor.username, action=action, subject=f"user:{reset.user_id}",
        detail={"reset": reset.pk, "reason": reset.reason},
    )  # fmt: skip
