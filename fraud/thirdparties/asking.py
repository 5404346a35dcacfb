"""Preparing a request, sending it by letter, noting its receipt, reminding, withdrawing. A form sent twice does it once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from fraud.guarding import refuse_linked
from fraud.models import (
    AttemptWay,
    CaseState,
    ControlCase,
    PartyKind,
    PartyPurpose,
    Receipt,
    ThirdPartyMove,
    ThirdPartyRequest,
    ThirdPartyState,
    UnidentifiedAuthorisation,
)
from fraud.rules import third_party as rules
from fraud.thirdparties.access import authorisation_on, holds_power
from fraud.thirdparties.letters import ask_reminder_letter, ask_request_letter
from fraud.thirdparties.links import DOOR
from fraud.thirdparties.moving import RequestRefused, bring, locked, note_step
from portal.accounts.models import User
from portal.audit.operations import journal
from portal.people.vault import encrypt

CONCERNED_MOST, LINE_MOST = 50, 160
TEXT_LEAST, TEXT_MOST = 10, 1000
T = ThirdPartyState


@dataclass(frozen=True)
class Wanted:
    """What is typed of a request. `concerned`: one person a line, with what lets the third party find them."""

    kind: str
    name: str
    address: str
    purpose: str
    asked: str
    concerned: Sequence[str]
    is_identified: bool = True
    attempt_on: date | None = None
    attempt_way: str = ""
    no_attempt_reason: str = ""

    @property
    def persons(self) -> int:
        """Of people not identified nobody can be counted: a fine then concerns one."""
        return len(self.concerned) if self.is_identified else 1


def prepare(
    *, case_pk: int, wanted: Wanted, key: UUID, by_pk: int, on: date, at: datetime
) -> tuple[ThirdPartyRequest, bool]:
    """Write a request that somebody sworn will send; with whether it was written already by the same form.

    Raises ControlCase.DoesNotExist, LinkedToThem, or RequestRefused with everything that is wrong.
    """
    user, case = User.objects.get(pk=by_pk), ControlCase.objects.get(pk=case_pk)
    refuse_linked(user=user, day=on, action="control.third_party.prepared", subject=case.subject)
    act = None if wanted.is_identified else authorisation_on(user, on)
    earlier = ThirdPartyRequest.objects.filter(form_key=key, case=case).first()
    if earlier is not None:
        return earlier, True
    if errors := errors_of(wanted, case, act, on):
        raise RequestRefused(errors)
    try:
        with transaction.atomic():
            return _write(case, wanted, act, key, user, on, at), False
    except IntegrityError:
        return ThirdPartyRequest.objects.get(form_key=key, case=case), True


def _write(
    case: ControlCase, wanted: Wanted, act: UnidentifiedAuthorisation | None, key: UUID, user: User, on: date, at: datetime
) -> ThirdPartyRequest:  # fmt: skip
    (secret,) = DOOR.new_secrets(1)
    made = ThirdPartyRequest.objects.create(
        number=_number(on), case=case, kind=wanted.kind, name=wanted.name, address=wanted.address, purpose=wanted.purpose,
        asked=wanted.asked, concerned=encrypt("\n".join(wanted.concerned).encode()), persons=wanted.persons,
        is_identified=wanted.is_identified, authorisation=act, attempt_on=wanted.attempt_on, attempt_way=wanted.attempt_way,
        no_attempt_reason=wanted.no_attempt_reason, officer=user, prepared_on=on, form_key=key, **secret,
    )  # fmt: skip
    username = user.get_username()
    ThirdPartyMove.objects.create(request=made, to_state=T.PREPARED, at=at, dated=on, by=username)
    journal(
        actor=username, action="control.third_party.prepared", subject=case.subject,
        detail={"request": made.number, "case": case.number, "kind": wanted.kind}, at=at,
    )  # fmt: skip
    return made


def errors_of(wanted: Wanted, case: ControlCase, act: UnidentifiedAuthorisation | None, on: date) -> dict[str, str]:
    """Everything that is wrong, by field."""
    errors = {}
    if case.state == CaseState.CLOSED:
        errors["asked"] = "Ce dossier est clos : plus rien ne se demande pour lui."
    if wanted.kind not in PartyKind.values:
        errors["kind"] = "Choisissez qui est interrogé : la liste de la loi est fermée."
    if wanted.purpose not in PartyPurpose.values:
        errors["purpose"] = "Choisissez pourquoi : la loi ne permet rien d’autre."
    if len(wanted.name) < 2:
        errors["name"] = "Écrivez le nom de l’organisme."
    if len(wanted.address) < TEXT_LEAST:
        errors["address"] = "Écrivez l’adresse où la lettre part."
    if not TEXT_LEAST <= len(wanted.asked) <= TEXT_MOST:
        errors["asked"] = f"Écrivez ce qui est demandé et pour quelles dates, en {TEXT_LEAST} à {TEXT_MOST} signes."
    return errors | _who_errors(wanted, act) | _attempt_errors(wanted, on)


def _who_errors(wanted: Wanted, act: UnidentifiedAuthorisation | None) -> dict[str, str]:
    if not wanted.concerned or len(wanted.concerned) > CONCERNED_MOST or max(map(len, wanted.concerned)) > LINE_MOST:
        return {"concerned": f"Écrivez une personne par ligne, {CONCERNED_MOST} au plus, avec de quoi la reconnaître."}
    if not wanted.is_identified and act is None:
        return {
            "is_identified": "Demander sur des personnes non identifiées exige une autorisation spéciale, que vous n’avez "
            "pas aujourd’hui. Nommez les personnes, ou demandez cette autorisation à la direction."
        }
    return {}


def _attempt_errors(wanted: Wanted, on: date) -> dict[str, str]:
    """The person is asked first, or somebody writes why not."""
    if len(wanted.no_attempt_reason) >= TEXT_LEAST or not rules.is_first_attempt_due(on):
        return {}
    if wanted.attempt_on is None and not wanted.attempt_way:
        return {
            "attempt_on": "La pièce se demande d’abord à la personne : dites quand et comment, ou pourquoi ce n’est pas possible."
        }
    errors = {}
    if wanted.attempt_on is None or wanted.attempt_on > on:
        errors["attempt_on"] = "Écrivez le jour où la pièce a été demandée à la personne, aujourd’hui au plus tard."
    if wanted.attempt_way not in AttemptWay.values:
        errors["attempt_way"] = "Choisissez comment la pièce a été demandée."
    return errors


def _number(on: date) -> str:
    """``T-2026-7``: the next of the year, one at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('fraud_thirdpartyrequest_number'))")
        cursor.execute(
            "SELECT coalesce(max(split_part(number, '-', 3)::int), 0) + 1 FROM fraud_thirdpartyrequest WHERE number LIKE %s",
            (f"T-{on.year}-%",),
        )
        return f"T-{on.year}-{cursor.fetchone()[0]}"


def send(*, request_pk: int, by_pk: int, on: date, at: datetime) -> ThirdPartyRequest:
    """Send the letter, registered with a receipt; a second call changes nothing.

    Raises LinkedToThem, MoveNotAllowed, or RequestRefused when the officer does not hold the power.
    """
    user = User.objects.get(pk=by_pk)
    subject = ThirdPartyRequest.objects.values_list("case__subject", flat=True).get(pk=request_pk)
    refuse_linked(user=user, day=on, action="control.third_party.sent", subject=subject)
    with transaction.atomic():
        found = locked(request_pk)
        if found.state == T.SENT:
            return found
        if not holds_power(user, found.case.fund, on):
            raise RequestRefused({"send": "Seul un agent assermenté de cette caisse envoie une demande à un tiers."})
        bring(
            found, T.SENT, by=user.get_username(), on=on, at=at, reason="lettre recommandée demandée", sent_on=on, sent_by=user
        )  # fmt: skip
        ask_request_letter(found, on=on, by=user.get_username())
    return found


def note_receipt(
    *, request_pk: int, received_on: date | None, receipt: Receipt, by: str, on: date, at: datetime
) -> ThirdPartyRequest:
    """Note the day on which the third party received the letter: its delay runs from there. The first proof stands.

    Raises RequestRefused.
    """
    with transaction.atomic():
        found = locked(request_pk)
        if found.received_on is not None or found.state not in (T.SENT, T.REMINDED, T.REFUSED):
            return found
        if found.sent_on is None or received_on is None or not found.sent_on <= received_on <= on:
            raise RequestRefused({"received_on": "Écrivez le jour de l’accusé : de l’envoi à aujourd’hui."})
        found.received_on, found.receipt, found.due_on = received_on, receipt, rules.answer_due(received_on)
        found.save(update_fields=["received_on", "receipt", "due_on"])
        note_step(found, by=by, on=on, at=at, reason=f"reçue le {received_on:%d/%m/%Y} : {receipt.label}")
    return found


def remind(*, request_pk: int, by: str, on: date, at: datetime) -> ThirdPartyRequest:
    """Write again, once; a second call changes nothing. Raises MoveNotAllowed."""
    with transaction.atomic():
        found = locked(request_pk)
        if found.state != T.REMINDED:
            bring(found, T.REMINDED, by=by, on=on, at=at, reason="rappel demandé")
            ask_reminder_letter(found, on=on, by=by)
    return found


def withdraw(*, request_pk: int, reason: str, by_pk: int, on: date, at: datetime) -> ThirdPartyRequest:
    """The paper is no longer needed (the person gave it); a second call changes nothing. Raises MoveNotAllowed, RequestRefused."""
    if not TEXT_LEAST <= len(reason.strip()) <= 500:
        raise RequestRefused({"reason": f"Dites pourquoi, en {TEXT_LEAST} à 500 signes."})
    username = User.objects.get(pk=by_pk).get_username()
    with transaction.atomic():
        found = locked(request_pk)
        if found.state != T.WITHDRAWN:
            bring(found, T.WITHDRAWN, by=username, on=on, at=at, reason=reason.strip(), over_on=on)
    return found


def authorise_unidentified(
    *, username: str, act_no: str, signatory: str, valid_from: date, valid_to: date, granted_by: str
) -> UnidentifiedAuthorisation:
    """Let an officer ask about people not identified, for some time; the same act again gives the first row.

    Raises User.DoesNotExist, or RequestRefused for oneself or for an act without days.
    """
    user, by = User.objects.get(username=username), User.objects.get(username=granted_by)
    if user == by:
        raise RequestRefused({"by": "Personne ne s’autorise soi-même."})
    if not valid_from < valid_to:
        raise RequestRefused({"until": "L’autorisation finit après son début."})
    known: dict[str, Any] = {
        "signatory": signatory, "valid_from": valid_from, "valid_to": valid_to, "granted_by": by
    }  # fmt: skip
    with transaction.atomic():
        made, is_new = UnidentifiedAuthorisation.objects.get_or_create(user=user, act_no=act_no, defaults=known)
        if is_new:
            journal(
                actor=granted_by, action="control.unidentified_authorised", subject=f"user:{user.pk}",
                detail={"act": act_no, "until": valid_to.isoformat()},
            )  # fmt: skip
    return made
