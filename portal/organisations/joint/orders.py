"""Orders on a joint fund that works: one person enters it, another confirms it, then the missions change; nothing before.

Who enters, confirms or drops it conducts that fund: its own direction, or a national one. What would be lost on the day is told
beforehand, and refuses the order: a file of social action that no council would decide any more, a first day that is not proved,
a creation file under way for the same fund, a former body that nobody knows.

Until its day has come an end may take another day, or be repealed, by another order: the last one confirmed counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction

from portal.accounts.following import Followed, follow_joint_fund, journal_followed, lock_postings
from portal.accounts.models import User
from portal.accounts.rights import Right
from portal.audit.operations import journal
from portal.casework.moves import move
from portal.frame.templatetags.portal import plural
from portal.organisations.directory import Mission, bodies
from portal.organisations.joint.acting import JointRefused, Who, conducts_fund, mission_of, text_error
from portal.organisations.joint.files import OPEN
from portal.organisations.joint.running import run_of
from portal.organisations.models import (
    BodyMission,
    Branch,
    CreationFile,
    CreationState,
    FundOrder,
    FundOrderState,
    OrderKind,
    SocialActionDeliberation,
)
from portal.organisations.rules import ending
from portal.organisations.rules.ending import FundOrdered
from portal.turns import one_at_a_time

NOT_THEIRS = "La direction de cette caisse commune, ou la nationale, inscrit un arrêté sur elle, personne d’autre."
NOT_THEIRS_TO_CONFIRM = (
    "La direction ou l’agence comptable de cette caisse commune, ou les nationales, confirment un arrêté ou l’abandonnent, "
    "personne d’autre."
)


@dataclass(frozen=True)
class Ordered:
    """What is typed of an order. `branches` count for a permanence only: an end ends every branch, a repeal keeps every one that
    an order ends."""

    body: str
    kind: str
    reference: str
    signed_on: date | None
    ends_on: date | None = None
    branches: Sequence[str] = ()


def held_on(body: str, day: date) -> list[Mission]:
    """What the joint fund holds on `day`."""
    found = BodyMission.objects.filter(body=body, starts_on__lte=day).exclude(ends_on__lte=day)
    return [mission_of(one) for one in found.select_related("body").order_by("branch")]


def made_permanent(body: str) -> frozenset[str]:
    """The branches whose experiment an order confirmed here made permanent: the law has no second experiment."""
    orders = FundOrder.objects.filter(body=body, kind=OrderKind.PERMANENT, state=FundOrderState.CONFIRMED)
    return frozenset(branch for branches in orders.values_list("branches", flat=True) for branch in branches)


def ended_by_order_on(body: str, day: date) -> list[Mission]:
    """The missions held on `day` that an order ends later."""
    return ending.ended_by_order(held_on(body, day), made_permanent(body), day)


def end_by_order(body: str, day: date) -> date | None:
    """The day on which the last order confirmed ends the fund, as long as it has not come."""
    return min((one.ends_on for one in ended_by_order_on(body, day) if one.ends_on is not None), default=None)


def enter_fund_order(*, ordered: Ordered, key: UUID, who: Who) -> tuple[FundOrder, bool]:
    """Write an order, for another person to confirm: nothing changes yet. With whether the same form had written it.

    Raises JointRefused.
    """
    earlier = FundOrder.objects.filter(form_key=key).first()
    if earlier is not None:
        return earlier, True
    if not conducts_fund(User.objects.get(pk=who.user_pk), ordered.body, who.on, Right.FILE_JOINT_FUNDS):
        raise JointRefused({"body": NOT_THEIRS})
    errors = order_errors(ordered, who.on)
    if errors or ordered.signed_on is None:
        raise JointRefused(errors)
    try:
        with transaction.atomic():
            made = FundOrder.objects.create(
                body_id=ordered.body, kind=ordered.kind, branches=_branches(ordered, who.on), reference=ordered.reference,
                signed_on=ordered.signed_on, ends_on=ordered.ends_on, entered_on=who.on, entered_by_id=who.user_pk, form_key=key,
            )  # fmt: skip
            _journal(made, "entered", who)
    except IntegrityError:
        earlier = FundOrder.objects.filter(form_key=key).first()
        if earlier is not None:
            return earlier, True
        if not FundOrder.objects.filter(body=ordered.body, state=FundOrderState.ENTERED).exists():
            raise
        raise JointRefused(
            {"reference": "Un arrêté attend déjà sa confirmation : confirmez-le, ou abandonnez-le."}
        ) from None
    return made, False


def _branches(ordered: Ordered, day: date) -> list[str]:
    if ordered.kind == OrderKind.PERMANENT:
        return sorted(set(ordered.branches))
    if ordered.kind == OrderKind.REPEAL:
        return [one.branch for one in ended_by_order_on(ordered.body, day)]
    return [one.branch for one in held_on(ordered.body, day)]


def _journal(order: FundOrder, action: str, who: Who) -> None:
    journal(
        actor=who.username, action=f"joint.order_{action}", subject=f"{order.SUBJECT}:{order.pk}", at=who.at,
        detail={"body": order.body_id, "kind": order.kind, "branches": order.branches, "ends_on": str(order.ends_on or "")},
    )  # fmt: skip


def order_errors(ordered: Ordered, on: date) -> dict[str, str]:
    """Why it cannot be written, or confirmed, on `on`: one sentence a field."""
    errors = {}
    if words := text_error(ordered.reference, 5, 80, "la référence de l’arrêté"):
        errors["reference"] = words
    if ordered.signed_on is None:
        errors["signed_on"] = "Écrivez le jour de la signature, par exemple 15/12/2026."
    if ordered.kind == OrderKind.END and ordered.ends_on is None:
        errors["ends_on"] = "Écrivez le premier jour sans la caisse commune, par exemple 01/01/2028."
    if errors or ordered.signed_on is None:
        return errors
    return _refused(ordered, FundOrdered(ordered.branches, ordered.signed_on, ordered.ends_on), on)


def _refused(ordered: Ordered, order: FundOrdered, on: date) -> dict[str, str]:
    held = held_on(ordered.body, on)
    if ordered.kind == OrderKind.PERMANENT:
        return JointRefused.because(ending.permanence_refusals(order, held, on=on)).errors
    refusals = ending.end_refusals if ordered.kind == OrderKind.END else ending.repeal_refusals
    if refused := JointRefused.because(refusals(order, held, made_permanent(ordered.body), on=on)).errors:
        return refused
    lost = losses_of(ordered.body, on) if ordered.kind == OrderKind.END else [_prepared_instead(ordered.body, on)]
    return {"body": " ".join(lost)} if any(lost) else {}


def losses_of(body: str, on: date) -> list[str]:
    """What would be lost if this fund ended, in French; empty when nothing would."""
    return [
        words for words in (_undecided(body), *_unproved(body), _prepared(body), _nobody_after(body, on)) if words
    ]  # fmt: skip


def _undecided(body: str) -> str:
    left = SocialActionDeliberation.objects.filter(body=body, deliberated_on=None).count()
    files = plural("dossier d’action sociale attend,dossiers d’action sociale attendent", left)
    return f"{left} {files} le conseil, qui ne siégera plus : faites-le délibérer avant." if left else ""


def _unproved(body: str) -> list[str]:
    live = CreationFile.objects.filter(code=body, state=CreationState.LIVE).order_by("pk")
    runs = [run for run in (run_of(file) for file in live) if run is not None]
    told = "La reprise des dossiers n’est pas prouvée : traitez ses écarts avant."
    return [told for run in runs if not run.totals.get("proof", {}).get("is_proved")][:1]


PREPARED = "Un dossier de création est ouvert pour cette caisse : menez-le à son terme, ou retirez-le."


def _prepared(body: str) -> str:
    return PREPARED if CreationFile.objects.filter(code=body, state__in=OPEN).exists() else ""


def _prepared_instead(body: str, on: date) -> str:
    """Of the branches that would end no more: a file that has them begin anew after the end could not begin."""
    kept = [one.branch for one in ended_by_order_on(body, on)]
    return PREPARED if CreationFile.objects.filter(code=body, state__in=OPEN, branches__overlap=kept).exists() else ""


def _nobody_after(body: str, on: date) -> str:
    unknown = [one.former for one in held_on(body, on) if one.former not in bodies()]
    return f"L’annuaire ne connaît plus qui répondrait : {', '.join(unknown)}." if unknown else ""


def confirm_fund_order(*, order_pk: int, who: Who) -> tuple[FundOrder, bool]:
    """Another person confirms: the missions end on that day, or end no more. Confirmed already: nothing changes.

    Raises JointRefused, MoveNotAllowed for an order that was dropped, FundOrder.DoesNotExist.
    """
    with transaction.atomic():
        order = _locked(order_pk)
        if order.state == FundOrderState.CONFIRMED:
            return order, True
        if words := why_not_confirm(order, User.objects.get(pk=who.user_pk), who.on):
            raise JointRefused({"body": words})
        missions = _concerned(order, who.on)
        permanent = made_permanent(order.body_id)
        move(
            order, FundOrderState.CONFIRMED, by=who.username, reason=order.reference, at=who.at,
            confirmed_by_id=who.user_pk, confirmed_at=who.at,
        )  # fmt: skip
        followed = [each for one in missions for each in _end(one, _new_end(order, one, permanent, who.on))]
        journal_followed(followed, by=who.username, at=who.at)
    return order, False


def _concerned(order: FundOrder, on: date) -> list[BodyMission]:
    """The missions that it changes, locked, with the postings of their bodies."""
    held = BodyMission.objects.filter(body=order.body_id, branch__in=order.branches, starts_on__lte=on)
    held = held.exclude(ends_on__lte=on).select_related("body").select_for_update(of=("self",))
    missions = list(held.order_by("branch"))
    lock_postings([order.body_id, *(one.former_id for one in missions)])
    return missions


def _new_end(order: FundOrder, mission: BodyMission, permanent: frozenset[str], on: date) -> date | None:
    if order.kind == OrderKind.REPEAL:
        return ending.lawful_end(mission_of(mission), permanent, on)
    return order.ends_on


def _end(mission: BodyMission, day: date | None) -> list[Followed]:
    """It ends on `day`, or no more. Who was posted at the former body from a day that does not come goes on at the joint fund:
    nobody waits there for files that it does not hold yet."""
    former, mission.ends_on = mission.ends_on, day
    mission.save(update_fields=["ends_on"])
    goes_on = former is not None and (day is None or day > former)
    return follow_joint_fund(mission=mission) if goes_on else []


def why_not_confirm(order: FundOrder, user: User, on: date) -> str:
    """Why this person cannot confirm now, in French; empty when they can."""
    if not conducts_fund(user, order.body_id, on, Right.CONFIRM_JOINT_ORDERS):
        return NOT_THEIRS_TO_CONFIRM
    if order.entered_by_id == user.pk:
        return "Vous l’avez inscrit : une autre personne le confirme."
    typed = Ordered(order.body_id, order.kind, order.reference, order.signed_on, order.ends_on, order.branches)
    if errors := order_errors(typed, on):
        return " ".join(errors.values())
    changed = sorted(order.branches) != sorted(_branches(typed, on))
    return (
        "Les missions de la caisse ont changé depuis : abandonnez cet arrêté, inscrivez-le à nouveau."
        if changed
        else ""
    )


def drop_fund_order(*, order_pk: int, who: Who) -> tuple[FundOrder, bool]:
    """Give up an order that nobody confirmed: nothing had changed. Dropped already: nothing changes.

    Raises JointRefused, MoveNotAllowed for a confirmed one, FundOrder.DoesNotExist.
    """
    with transaction.atomic():
        order = _locked(order_pk)
        if not conducts_fund(User.objects.get(pk=who.user_pk), order.body_id, who.on, Right.CONFIRM_JOINT_ORDERS):
            raise JointRefused({"body": NOT_THEIRS_TO_CONFIRM})
        if order.state == FundOrderState.DROPPED:
            return order, True
        move(order, FundOrderState.DROPPED, by=who.username, reason="entered by mistake", at=who.at)
    return order, False


def _locked(order_pk: int) -> FundOrder:
    """With the turn of its fund: an order and the day of an end never cross."""
    body = FundOrder.objects.get(pk=order_pk).body_id
    one_at_a_time(f"joint:{body}")
    return FundOrder.objects.select_for_update(of=("self",)).get(pk=order_pk)


def branches_named(order: FundOrder) -> str:
    """« maladie, famille »."""
    return ", ".join(str(one.label).lower() for one in Branch if one.value in order.branches)
