"""What a caseworker does with a follow-up: transmit it, note the département's warning, then the breach.

Each is one transaction with its move and its line in the journal. The same form again gives what it did the first time.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction

from monenfant.models import DeclarationFollowUp, Delivery, FollowUpNote, NoteKind, StructureSilence
from monenfant.operations import move_follow_up
from monenfant.rules import follow_up as rules
from portal.audit.operations import journal
from portal.frame.refusals import FieldsRefused
from portal.frame.templatetags.portal import long_day

TEXT_LEAST, TEXT_MOST = 10, 1000


class ActRefused(FieldsRefused):
    """Why an act is not possible."""


@dataclass(frozen=True, slots=True)
class Noted:
    """What a caseworker typed of a warning or of a breach."""

    dated: date | None
    text: str
    key: UUID
    delivery: str = ""
    delivered_on: date | None = None


def refer(*, follow_up_pk: int, by_pk: int, on: date) -> DeclarationFollowUp:
    """Transmit a follow-up to the département, thirty days after the reminder and never before.

    Raises DeclarationFollowUp.DoesNotExist, MoveNotAllowed (also for a second call) or ActRefused.
    """
    with transaction.atomic():
        found = DeclarationFollowUp.objects.select_for_update(of=("self",)).get(pk=follow_up_pk)
        rules.check_move(found.state, rules.REFERRED)
        _check_day(found, on, "")
        return move_follow_up(
            follow_up_pk=follow_up_pk, to=rules.REFERRED, on=on, by_pk=by_pk, reason="transmis au département"
        )


def note_warning(
    *, follow_up_pk: int, noted: Noted, by_pk: int, on: date, now: datetime
) -> tuple[FollowUpNote, bool]:  # fmt: skip
    """Note the simple warning that a département gave: its day, its text, how the person received it. With whether it was
    noted already. Raises what `refer` raises."""
    return _note(NoteKind.WARNING, rules.WARNED, follow_up_pk, noted, by_pk, on, now)


def note_breach(*, follow_up_pk: int, noted: Noted, by_pk: int, on: date, now: datetime) -> tuple[FollowUpNote, bool]:
    """Note the breach in the file, after its warning; a declaration cures it. Raises what `refer` raises."""
    return _note(NoteKind.BREACH, rules.RECORDED, follow_up_pk, noted, by_pk, on, now)


def _note(
    kind: NoteKind, to: str, follow_up_pk: int, noted: Noted, by_pk: int, on: date, now: datetime
) -> tuple[FollowUpNote, bool]:  # fmt: skip
    with transaction.atomic():
        found = DeclarationFollowUp.objects.select_for_update(of=("self",)).get(pk=follow_up_pk)
        earlier = FollowUpNote.objects.filter(form_key=noted.key, follow_up=found).first()
        if earlier:
            return earlier, True
        rules.check_move(found.state, to)
        dated = _checked_day(found, kind, noted, on)
        note = FollowUpNote.objects.create(
            follow_up=found, kind=kind, dated=dated, text=noted.text, delivery=noted.delivery,
            delivered_on=noted.delivered_on, noted_by_id=by_pk, noted_at=now, form_key=noted.key,
        )  # fmt: skip
        move_follow_up(follow_up_pk=found.pk, to=to, on=on, by_pk=by_pk, reason=kind.label.lower())
        _tell(f"childcare.{kind.lower()}", found, note, by_pk, now)
    return note, False


def _checked_day(found: DeclarationFollowUp, kind: NoteKind, noted: Noted, on: date) -> date:
    """The day of the act, once all that was typed is right. Raises ActRefused, with everything that is wrong."""
    errors = {}
    if noted.dated is None or noted.dated > on:
        errors["dated"] = "Écrivez le jour de l’acte, aujourd’hui au plus tard."
    if not TEXT_LEAST <= len(noted.text.strip()) <= TEXT_MOST:
        errors["text"] = f"Écrivez ce qui est dit, en {TEXT_LEAST} à {TEXT_MOST} signes."
    if kind == NoteKind.WARNING:
        errors |= _delivery_errors(noted, on)
    if errors or noted.dated is None:
        raise ActRefused(errors)
    if kind == NoteKind.WARNING:
        _check_day(found, noted.dated, "dated")
    else:
        _check_after_warning(found, noted.dated)
    return noted.dated


def _delivery_errors(noted: Noted, on: date) -> dict[str, str]:
    errors = {}
    if noted.delivery not in Delivery.values:
        errors["delivery"] = (
            "Choisissez comment l’avertissement a été remis : sans remise, il n’y a pas d’avertissement."
        )
    if noted.delivered_on is None or noted.delivered_on > on or (noted.dated and noted.delivered_on < noted.dated):
        errors["delivered_on"] = "Écrivez le jour de la remise : du jour de l’avertissement à aujourd’hui."
    return errors


def _check_day(found: DeclarationFollowUp, day: date, field: str) -> None:
    first = rules.moves_on(found.state, found.moved_on)
    if first is not None and day < first:
        raise ActRefused({field: f"Trente jours sont laissés pour déclarer : pas avant le {long_day(first)}."})


def _check_after_warning(found: DeclarationFollowUp, dated: date) -> None:
    warning = found.notes.filter(kind=NoteKind.WARNING).first()
    if warning is not None and warning.delivered_on is not None and dated < warning.delivered_on:
        received = long_day(warning.delivered_on)
        raise ActRefused(
            {"dated": f"L’avertissement a été reçu le {received} : le manquement ne peut pas le précéder."}
        )


def _tell(action: str, found: DeclarationFollowUp, note: FollowUpNote, by_pk: int, now: datetime) -> None:
    username = get_user_model().objects.get(pk=by_pk).get_username()
    journal(
        actor=username, action=action, subject=f"care_place:{found.place_id}",
        detail={"follow_up": found.pk, "note": note.pk, "deadline": found.deadline.isoformat()}, at=now,
    )  # fmt: skip


def note_call(*, silence_pk: int, said: str, by_pk: int, on: date, now: datetime) -> StructureSilence:
    """Note what an adviser heard from a silent structure; noted again, the last stands. Raises ActRefused, or
    StructureSilence.DoesNotExist also when the silence is over."""
    if not TEXT_LEAST <= len(said.strip()) <= TEXT_MOST // 2:
        raise ActRefused({"said": f"Écrivez ce qui a été dit, en {TEXT_LEAST} à {TEXT_MOST // 2} signes."})
    with transaction.atomic():
        found = StructureSilence.objects.select_for_update(of=("self",)).get(pk=silence_pk, ended_on=None)
        found.called_on, found.said = on, said.strip()
        found.save(update_fields=["called_on", "said"])
        username = get_user_model().objects.get(pk=by_pk).get_username()
        journal(actor=username, action="childcare.silence.called", subject=f"care_place:{found.place_id}",
                detail={"silence": found.pk}, at=now)  # fmt: skip
    return found
