"""Social action of a joint fund: its director presents a file, the council deliberates, in line with the guidelines of the
CNAF (CSS L. 216-5)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction

from portal.accounts.models import User
from portal.accounts.permissions import may
from portal.accounts.rights import Right
from portal.audit.operations import journal
from portal.organisations.joint.acting import JointRefused, Who, conducts, text_error
from portal.organisations.models import BodyMission, Organisation, SocialActionDeliberation
from portal.organisations.rules.creation import social_action_refusals


@dataclass(frozen=True)
class Presented:
    """What the director presents. `guideline` names the one of the CNAF."""

    body: str
    title: str
    presented_on: date | None
    guideline: str


def branches_on(body: str, day: date) -> set[str]:
    """The branches that the joint fund holds on `day`."""
    held = BodyMission.objects.filter(body_id=body, starts_on__lte=day).exclude(ends_on__lte=day)
    return set(held.values_list("branch", flat=True))


def present_file(*, presented: Presented, key: UUID, who: Who) -> tuple[SocialActionDeliberation, bool]:
    """The director presents a file to the council; with whether the same form had presented it. Raises JointRefused."""
    earlier = SocialActionDeliberation.objects.filter(form_key=key).first()
    if earlier is not None:
        return earlier, True
    errors, day = _presented_errors(presented, who), presented.presented_on
    if errors or day is None:
        raise JointRefused(errors)
    try:
        with transaction.atomic():
            made = SocialActionDeliberation.objects.create(
                body_id=presented.body, title=presented.title, presented_by_id=who.user_pk, presented_on=day,
                guideline=presented.guideline, form_key=key,
            )  # fmt: skip
            _journal(made, "presented", who)
    except IntegrityError:
        return SocialActionDeliberation.objects.get(form_key=key), True
    return made, False


def _presented_errors(presented: Presented, who: Who) -> dict[str, str]:
    user, body = User.objects.get(pk=who.user_pk), Organisation.objects.filter(code=presented.body).first()
    is_there = body is None or conducts(user, body.seat_departement, who.on)
    if not (may(user, Right.FILE_JOINT_FUNDS, who.on) and is_there):
        return {"body": "La direction de la caisse commune présente les dossiers, personne d’autre (CSS L. 216-5)."}
    errors = {}
    if words := text_error(presented.title, 10, 200, "ce qui est demandé au conseil"):
        errors["title"] = words
    day = presented.presented_on
    if day is None or day > who.on:
        return errors | {"presented_on": "Écrivez le jour de la présentation, aujourd’hui au plus tard."}
    if not Organisation.objects.filter(code=presented.body, body="CCSS").exists():
        return errors | {"body": "Choisissez la caisse commune."}
    refused = social_action_refusals(day, branches_on(presented.body, day), presented.guideline)
    return errors | JointRefused.because(refused).errors


def enter_deliberation(
    *, deliberation_pk: int, deliberated_on: date | None, is_adopted: bool | None, who: Who
) -> tuple[SocialActionDeliberation, bool]:
    """What the council decided, once; the same again changes nothing, and says so. Raises JointRefused."""
    with transaction.atomic():
        found = SocialActionDeliberation.objects.select_for_update(of=("self",)).get(pk=deliberation_pk)
        if found.deliberated_on is not None:
            if (found.deliberated_on, found.is_adopted) == (deliberated_on, is_adopted):
                return found, True
            raise JointRefused({"deliberated_on": "Le conseil a déjà délibéré : ce qui est inscrit ne change pas."})
        if errors := _deliberation_errors(found, deliberated_on, is_adopted, who.on):
            raise JointRefused(errors)
        found.deliberated_on, found.is_adopted = deliberated_on, is_adopted
        found.save(update_fields=["deliberated_on", "is_adopted"])
        _journal(found, "deliberated", who, adopted=is_adopted)
    return found, False


def _deliberation_errors(
    found: SocialActionDeliberation, day: date | None, is_adopted: bool | None, on: date
) -> dict[str, str]:
    errors = {}
    if day is None or not found.presented_on <= day <= on:
        errors["deliberated_on"] = "Écrivez le jour de la délibération : de la présentation à aujourd’hui."
    if is_adopted is None:
        errors["is_adopted"] = "Dites si le conseil a adopté."
    return errors


def _journal(found: SocialActionDeliberation, action: str, who: Who, **detail: object) -> None:
    journal(
        actor=who.username, action=f"joint.{action}", subject=f"joint.deliberation:{found.pk}",
        detail={"body": found.body_id} | detail, at=who.at,
    )  # fmt: skip
