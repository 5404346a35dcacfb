"""Individual authorisations: given by the director to somebody else, by an act, for some motives and some years; ended once."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from fraud.models import DeclaredLink, Relation, RncpsAuthorisation
from fraud.rncps.figures import number_on
from fraud.rules.rncps import Motive, Permit, holds
from portal.accounts.models import Posting, User
from portal.accounts.permissions import funds_on
from portal.accounts.rights import Right, holders
from portal.audit.operations import journal
from portal.legislation.calendar import months_later
from portal.people.identity import is_nir_valid, normalised_nir
from portal.people.models import IdentifierKind
from portal.people.vault import lookup_key
from portal.turns import one_at_a_time


class AuthorisationRefused(Exception):
    """Why an authorisation is not given or ended. `str()` is the sentence shown, `field` the one to look at."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True)
class Act:
    """The act that gives an authorisation, and its days (`valid_to`: first day no longer covered)."""

    number: str
    dated: date
    valid_from: date
    valid_to: date


def permit_of(authorisation: RncpsAuthorisation | None) -> Permit | None:
    """What the rules need of it."""
    if authorisation is None:
        return None
    return Permit(
        frozenset(authorisation.motives), authorisation.valid_from, authorisation.valid_to, authorisation.ended_on
    )


def authorisation_on(user: User, fund: str, day: date) -> RncpsAuthorisation | None:
    """The one in force for that fund; else the last one, so that a refusal can be told from its dates."""
    found = list(RncpsAuthorisation.objects.filter(user_id=user.pk, fund=fund).order_by("-valid_from", "-pk"))
    return next((one for one in found if holds(permit_of(one), day)), found[0] if found else None)


def give_authorisation(
    *, user_pk: int, fund: str, motives: Collection[str], act: Act, by_pk: int, key: UUID, at: datetime, on: date
) -> RncpsAuthorisation:  # fmt: skip
    """Authorise somebody; the same form again gives the first one. Raises AuthorisationRefused."""
    known = RncpsAuthorisation.objects.filter(form_key=key).first()
    if known is not None:
        return known
    user, giver = User.objects.get(pk=user_pk), User.objects.get(pk=by_pk)
    _refuse(user, fund, motives, act, giver, on)
    try:
        with transaction.atomic():
            one_at_a_time(f"rncps-authorisations:{user.pk}")
            given = RncpsAuthorisation.objects.create(
                user=user, fund=fund, motives=sorted(set(motives)), act_no=act.number, act_dated=act.dated,
                valid_from=act.valid_from, valid_to=act.valid_to, given_by=giver, given_at=at, form_key=key,
            )  # fmt: skip
            journal(
                actor=giver.get_username(), action="control.rncps_authorised", subject=f"user:{user.get_username()}",
                detail={"act": act.number, "motives": given.motives, "fund": fund}, at=at,
            )  # fmt: skip
    except IntegrityError as taken:
        if "rncps_authorisation_one_at_a_time" not in str(taken):
            raise
        raise AuthorisationRefused(
            "Une habilitation couvre déjà une partie de ces dates : terminez-la d’abord."
        ) from taken
    return given


def _refuse(user: User, fund: str, motives: Collection[str], act: Act, giver: User, on: date) -> None:
    if user.pk == giver.pk:
        raise AuthorisationRefused("Personne ne s’habilite soi-même.", "user")
    directed = funds_on(giver, on, Right.DIRECT_CONTROL)
    if directed is not None and fund not in directed:
        raise AuthorisationRefused("Vous ne dirigez pas le contrôle de cette caisse : sa direction habilite.", "user")
    if not may_be_authorised(user, fund, on):
        raise AuthorisationRefused("Cette personne n’est pas affectée au contrôle de cette caisse.", "user")
    if not motives or not set(motives) <= set(Motive):
        raise AuthorisationRefused("Choisissez au moins un motif.", "motives")
    if not act.number:
        raise AuthorisationRefused("Écrivez le numéro de l’acte.", "act_no")
    if act.dated > act.valid_from or act.dated > on:
        raise AuthorisationRefused("L’acte est daté d’aujourd’hui au plus tard, et précède ses effets.", "act_dated")
    years = number_on("rncps.authorisation_years", act.valid_from)
    if not act.valid_from < act.valid_to <= months_later(act.valid_from, 12 * years):
        raise AuthorisationRefused(f"Une habilitation dure {years} ans au plus.", "valid_to")


def may_be_authorised(user: User, fund: str, day: date) -> bool:
    """Whether they hold the right there by their posting: the authorisation adds to it, never replaces it."""
    return Posting.objects.in_force_on(day).filter(user=user, serves=fund, role__in=holders(Right.ASK_RNCPS)).exists()


def end_authorisation(*, authorisation_pk: int, reason: str, by_pk: int, on: date, at: datetime) -> RncpsAuthorisation:
    """End one from `on`. Raises AuthorisationRefused when it has ended, or without a reason."""
    words, by = reason.strip()[:300], User.objects.get(pk=by_pk)
    if not words:
        raise AuthorisationRefused("Dites pourquoi l’habilitation se termine.", "reason")
    with transaction.atomic():
        found = RncpsAuthorisation.objects.select_for_update(of=("self",)).get(pk=authorisation_pk)
        if found.ended_on is not None:
            raise AuthorisationRefused("Cette habilitation est déjà terminée.")
        found.ended_on, found.ended_by, found.end_reason = on, by, words
        found.save(update_fields=["ended_on", "ended_by", "end_reason"])
        journal(
            actor=by.get_username(), action="control.rncps_authorisation_ended",
            subject=f"user:{found.user.get_username()}", detail={"act": found.act_no, "reason_signs": len(words)}, at=at,
        )  # fmt: skip
    return found


def has_own_number(user: User, day: date) -> bool:
    """Whether their own number is known, so that a look-up of oneself can be told from another."""
    found = DeclaredLink.objects.filter(
        user_id=user.pk, relation=Relation.SELF, person_key__isnull=False, since__lte=day
    )
    return found.exclude(until__lte=day).exists()


def declare_own_number(*, user_pk: int, typed: str, on: date, at: datetime) -> None:
    """Keep the keyed hash of one's own number, never the number; said again, it is a second one that is closed too.

    Raises AuthorisationRefused for what is no number.
    """
    nir = normalised_nir(typed)
    if not is_nir_valid(nir):
        raise AuthorisationRefused("Écrivez les quinze chiffres de votre numéro de sécurité sociale.", "nir")
    user, key = User.objects.get(pk=user_pk), lookup_key(nir, IdentifierKind.NIR)
    with transaction.atomic():
        _link, is_new = DeclaredLink.objects.get_or_create(
            user=user, person_key=key, relation=Relation.SELF, until=None, defaults={"since": on}
        )
        if is_new:
            journal(actor=user.get_username(), action="control.own_number_declared", subject=f"person:{key}", at=at)
