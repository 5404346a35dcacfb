"""Asking for an appointment, without an account: what a family may write, and the request that comes of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone

from monenfant.appointments.mails import ask_mail
from monenfant.appointments.moves import note
from monenfant.appointments.routing import answerer_for
from monenfant.models import AppointmentRequest, MailKind, Mover, Need
from monenfant.rules.appointments import desk_answer_by, erased_from
from portal.people.vault import decrypt_row, encrypt_row

REACHABLE = (("MORNING", "Le matin"), ("NOON", "Entre midi et deux"), ("AFTERNOON", "L’après-midi"),
             ("EVENING", "Après 17 heures"))  # fmt: skip
LONGEST = {"name": 80, "email": 254, "phone": 25, "words": 500}
MONTHS_AHEAD = 18
Errors = dict[str, str]


@dataclass(frozen=True)
class Asked:
    """What a family asks. Nothing of it names a child."""

    insee_code: str
    needs: tuple[str, ...]
    expected_from: date | None
    name: str
    email: str
    phone: str
    words: str
    reachable: tuple[str, ...]


@dataclass(frozen=True)
class Contact:
    """What was sealed, opened for who answers the family."""

    email: str
    phone: str
    words: str
    reachable: str


def read(
    insee_code: str, given: Mapping[str, str], needs: Sequence[str], reachable: Sequence[str], on: date
) -> tuple[Asked, Errors]:
    """What was typed, and every error of it by the name of its field."""
    texts = {name: " ".join(given.get(name, "").replace("\0", "").split()) for name in LONGEST}
    errors = {name: f"Écrivez {LONGEST[name]} signes au plus." for name in LONGEST if len(texts[name]) > LONGEST[name]}
    chosen = tuple(one for one in Need.values if one in needs)
    if not chosen:
        errors["needs"] = "Cochez au moins une case."
    if not texts["name"]:
        errors["name"] = "Écrivez votre nom, ou votre prénom."
    month = _month(given.get("expected_from", ""), on, errors)
    _contact(texts, errors)
    when = tuple(code for code, _label in REACHABLE if code in reachable)
    return Asked(insee_code, chosen, month, reachable=when, **texts), errors


def months_offered(on: date) -> list[date]:
    """The months in which care may begin: this one and those that follow."""
    first = on.year * 12 + on.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(first, first + MONTHS_AHEAD)]


def _month(text: str, on: date, errors: Errors) -> date | None:
    """The month chosen; nothing for « je ne sais pas encore »."""
    found = next((month for month in months_offered(on) if f"{month:%Y-%m}" == text), None)
    if text and found is None:
        errors["expected_from"] = "Choisissez un mois de la liste."
    return found


def _contact(texts: Mapping[str, str], errors: Errors) -> None:
    if not texts["email"] and not texts["phone"]:
        errors["email"] = "Donnez une adresse électronique ou un téléphone, pour que nous puissions répondre."
    if texts["email"] and "email" not in errors:
        try:
            validate_email(texts["email"])
        except ValidationError:
            errors["email"] = "Écrivez une adresse comme nom@exemple.fr."
    if texts["phone"] and not 10 <= len(re.sub(r"\D", "", texts["phone"])) <= 15:
        errors["phone"] = "Écrivez les dix chiffres de votre téléphone."


def ask(*, key: UUID, asked: Asked, at: datetime) -> tuple[AppointmentRequest, bool]:
    """The request of a form, and whether it was there already: the same key gives the first one and writes nothing.

    Raises UnknownCommune; nothing is kept then.
    """
    try:
        with transaction.atomic():
            request = _made(key, asked, at)
            note(request, by=Mover.FAMILY, user=None, action="asked", words="Demande envoyée", at=at)
            ask_mail(request, MailKind.RECEIVED)
            ask_mail(request, MailKind.TO_DESK)
    except IntegrityError:
        return AppointmentRequest.objects.get(key=key), True
    return request, False


def _made(key: UUID, asked: Asked, at: datetime) -> AppointmentRequest:
    on = timezone.localdate(at)
    who = answerer_for(asked.insee_code, on)
    desk_no = who.desk.desk_no if who.desk else ""
    return AppointmentRequest.objects.create(
        key=key, insee_code=asked.insee_code, departement=who.commune.departement, needs=list(asked.needs),
        expected_from=asked.expected_from, name=asked.name, sealed=_sealed(asked), route=who.route, desk_no=desk_no,
        first_desk_no=desk_no, fund=who.fund, asked_at=at, changed_at=at, due_on=desk_answer_by(on),
        erase_on=erased_from(on),
    )  # fmt: skip


def _sealed(asked: Asked) -> bytes:
    labels = dict(REACHABLE)
    when = ", ".join(labels[code].lower() for code in asked.reachable)
    return encrypt_row({"email": asked.email, "phone": asked.phone, "words": asked.words, "reachable": when})


def contact_of(request: AppointmentRequest) -> Contact:
    return Contact(**decrypt_row(bytes(request.sealed)))
