"""What is done to an uprating: announced, seen, confirmed, noted in force, withdrawn. None of it changes the law."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from portal.accounts.models import Role, User
from portal.accounts.permissions import is_national, may
from portal.accounts.rights import Right
from portal.batches.models import Run, RunState
from portal.batches.selectors import people_by_role
from portal.benefits.models import Uprating, UpratingState
from portal.benefits.models.uprated import ALLOWED_MOVES
from portal.benefits.rules.figures import benefit_parameters, missing_words
from portal.benefits.running.closing import NothingToDecide, start_aeeh
from portal.benefits.uprating import moves, previewing
from portal.benefits.uprating.guards import LONGEST, SOURCE_LEAST, Announced, ProposalRefused, check
from portal.benefits.uprating.standing import in_file
from portal.legislation.parameters import NoParameterInForce


class UpratingRefused(Exception):
    """Why this cannot be done to this uprating now, in French."""


@dataclass(frozen=True)
class Proposal:
    """What was typed, and by whom. `source` says where the value was read (a circular, a decree)."""

    announced: Announced
    source: str
    reason: str
    by: str
    at: datetime


def propose(*, form_key: UUID, proposal: Proposal, on: date) -> tuple[Uprating, bool]:
    """Keep an announced value; a second sending gives the first one and True. Raises ProposalRefused."""
    first = Uprating.objects.filter(form_key=form_key).first()
    if first is not None:
        return first, True
    if len(proposal.source) < SOURCE_LEAST:
        raise ProposalRefused({"source": "Dites où ce montant est écrit, par exemple « instruction du 20 mars 2027 »."})
    standing = check(proposal.announced, on=on, reason=proposal.reason)
    try:
        with transaction.atomic():
            kept = _keep(form_key, proposal, standing.before_cents, asks_two=standing.asks_two)
    except IntegrityError as twice:
        again = Uprating.objects.filter(form_key=form_key).first()
        if again is not None:
            return again, True
        raise ProposalRefused(
            {"from_day": "Un montant est déjà annoncé pour ce jour : ouvrez-le, ou retirez-le d’abord."}
        ) from twice
    return kept, False


def _keep(form_key: UUID, proposal: Proposal, before_cents: int | None, *, asks_two: bool) -> Uprating:
    announced = proposal.announced
    kept = Uprating.objects.create(
        form_key=form_key, key=announced.key, from_day=announced.from_day, value_cents=announced.value_cents,
        before_cents=before_cents, source=proposal.source[: LONGEST["source"]],
        reason=proposal.reason[: LONGEST["reason"]], asks_two=asks_two, proposed_by=proposal.by,
        proposed_at=proposal.at,
    )  # fmt: skip
    moves.told(kept, proposal.by, "proposed", value_cents=announced.value_cents, source=kept.source, reason=kept.reason)
    return kept


def announced_of(uprating: Uprating) -> Announced:
    return Announced(uprating.key, uprating.from_day, uprating.value_cents)


def ask_preview(*, uprating_pk: int, on: date, by: str) -> Run:
    """A run for this uprating, its slices waiting; the one that is being computed, if any. What a former preview kept of
    families is forgotten. Raises UpratingRefused."""
    with transaction.atomic():
        uprating = moves.locked(uprating_pk)
        if uprating.state not in (UpratingState.PROPOSED, UpratingState.PREVIEWED, UpratingState.CONFIRMED):
            raise UpratingRefused(
                f"Cette revalorisation est « {uprating.get_state_display()} » : il n’y a rien à calculer."
            )
        if uprating.run is not None and uprating.run.state == RunState.RUNNING:
            return uprating.run
        try:
            run = previewing.start(announced=announced_of(uprating), source=uprating.source, on=on)
        except ValueError as written:
            raise UpratingRefused(
                "Le barème installé a déjà une ligne de ce jour : comparez, il n’y a plus d’aperçu."
            ) from written
        moves.forget_families(uprating)
        uprating.run = run
        uprating.save(update_fields=["run"])
        moves.told(uprating, by, "preview_asked", run=run.pk)
    return run


def confirm(*, uprating_pk: int, digest: str, by: str, at: datetime) -> Uprating:
    """Somebody who may sign says that this is the value, on the digest that they read. A second call by the same person
    on the same digest changes nothing. Raises UpratingRefused; the database refuses the same things again."""
    with transaction.atomic():
        uprating = moves.locked(uprating_pk)
        if uprating.state == UpratingState.CONFIRMED and (uprating.confirmed_by, uprating.confirmed_digest) == (
            by,
            digest,
        ):
            return uprating
        if told := why_not_confirm(uprating, by, localdate(at)):
            raise UpratingRefused(told)
        if uprating.run is None or digest != uprating.run.digest:
            raise UpratingRefused("L’aperçu a été refait pendant votre lecture. Relisez ses totaux, puis confirmez.")
        uprating.confirmed_by, uprating.confirmed_at, uprating.confirmed_digest = by, at, digest
        moves.move(uprating, UpratingState.CONFIRMED, by, digest=digest)
    return uprating


def why_not_confirm(uprating: Uprating, by: str, on: date) -> str:
    """Why this person cannot confirm now, in French; empty when they can."""
    user = User.objects.filter(username=by).first()
    if user is not None and may(user, Right.SIGN_FIRST, on) and not is_national(user, on, Right.SIGN_FIRST):
        people = people_by_role([Role.AUTHORISING_OFFICER], on).get(Role.AUTHORISING_OFFICER, [])
        return (
            f"Le barème vaut pour toutes les caisses : {' ou '.join(people) or 'un ordonnateur national'} le confirme."
        )
    if uprating.state != UpratingState.PREVIEWED or (uprating.run and uprating.run.state == RunState.RUNNING):
        return f"Cette revalorisation est « {uprating.get_state_display()} » : calculez l’aperçu, puis confirmez."
    if uprating.asks_two and by == uprating.proposed_by:
        return "L’écart est grand : une autre personne que celle qui l’a proposé le confirme."
    return ""


def put_in_force(*, uprating_pk: int, by: str) -> Uprating:
    """Note that the files of the installation hold the confirmed value from its day. A second call changes nothing.

    Raises UpratingRefused while they do not say exactly that.
    """
    with transaction.atomic():
        uprating = moves.locked(uprating_pk)
        if uprating.state == UpratingState.IN_FORCE:
            return uprating
        if uprating.state != UpratingState.CONFIRMED:
            raise UpratingRefused("Confirmez l’aperçu d’abord.")
        found = in_file(uprating)
        if not found.is_same:
            raise UpratingRefused(found.words)
        moves.move(uprating, UpratingState.IN_FORCE, by, parameters=benefit_parameters().digest())
    return uprating


def withdraw(*, uprating_pk: int, reason: str, by: str) -> Uprating:
    """Give up what was announced; its preview's families are forgotten. Raises UpratingRefused without a reason."""
    with transaction.atomic():
        uprating = moves.locked(uprating_pk)
        if uprating.state == UpratingState.WITHDRAWN:
            return uprating
        if len(reason) < SOURCE_LEAST:
            raise UpratingRefused("Dites en quelques mots pourquoi vous retirez cette annonce.")
        if UpratingState.WITHDRAWN not in ALLOWED_MOVES[UpratingState(uprating.state)]:
            raise UpratingRefused("Une revalorisation en vigueur ne se retire pas : le barème la contient.")
        run = uprating.run
        if run is not None and run.state == RunState.RUNNING:
            previewing.give_up(run_pk=run.pk, reason="annonce retirée")
        moves.forget_families(uprating)
        moves.move(uprating, UpratingState.WITHDRAWN, by, reason=reason[:300])
    return uprating


def recompute(*, uprating_pk: int, on: date, by: str) -> Run:
    """Start the AEEH month of an uprating in force, or join the run that is open: a run like any other, with its digest and
    its two signatures.

    Raises UpratingRefused.
    """
    uprating = Uprating.objects.get(pk=uprating_pk)
    if uprating.state != UpratingState.IN_FORCE:
        raise UpratingRefused(
            "Le mois se calcule quand la ligne est dans le barème : notez d’abord son entrée en vigueur."
        )
    try:
        run = start_aeeh(month=uprating.from_day.replace(day=1), on=on)
    except NothingToDecide as nothing:
        raise UpratingRefused(str(nothing)) from nothing
    except NoParameterInForce as missing:
        raise UpratingRefused(missing_words(missing)) from missing
    moves.told(uprating, by, "recomputed", run=run.pk)
    return run
