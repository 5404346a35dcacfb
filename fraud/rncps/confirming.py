"""What a lead was worth: asked of the body that serves the benefit, noted in a person's words, before any adverse act."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from fraud.cases.opening import note_obtained
from fraud.models import ObtainedVia, Outcome, RncpsConfirmation, RncpsConsultation, Worth
from portal.accounts.models import User
from portal.audit.operations import journal


class ConfirmationRefused(Exception):
    """What is wrong, as a sentence; `field` is the one to look at."""

    def __init__(self, sentence: str, field: str = "said") -> None:
        super().__init__(sentence)
        self.field = field


class LeadNotConfirmed(Exception):
    """A look-up of the case was answered and nobody has confirmed it: no adverse act yet. `str()` is the sentence shown."""


def unconfirmed(case_pk: int) -> QuerySet[RncpsConsultation]:
    """The leads of a case that no body has spoken about yet, the oldest first."""
    found = RncpsConsultation.objects.filter(case_id=case_pk, result__outcome=Outcome.ANSWERED, confirmation=None)
    return found.order_by("pk")


def refuse_unconfirmed(*, case_pk: int) -> None:
    """Raise LeadNotConfirmed while a lead of the case waits for the body that serves the benefit. Call it before an adverse
    act (a sum to recover, a penalty, a complaint): the database refuses the same."""
    waiting = list(unconfirmed(case_pk).values_list("pk", flat=True)[:20])
    if waiting:
        numbers = ", ".join(f"n° {pk}" for pk in waiting)
        raise LeadNotConfirmed(
            f"Une réponse du répertoire est une piste, pas une preuve. Notez d’abord ce que dit l’organisme qui sert la "
            f"prestation : consultation {numbers}."
        )


def confirm(
    *, consultation_pk: int, worth: str, in_favour: bool, body: str, said: str, answered_on: date | None, by_pk: int, on: date,
    at: datetime,
) -> RncpsConfirmation:  # fmt: skip
    """Note what the body said; a confirmed lead of a case is told to the person with the body's words (L. 114-21).

    Raises ConfirmationRefused; a second call gives the first note.
    """
    row = RncpsConsultation.objects.select_related("result", "case").get(pk=consultation_pk)
    known = RncpsConfirmation.objects.filter(consultation=row).first()
    if known is not None:
        return known
    words, who, by = said.strip()[:1000], body.strip()[:160], User.objects.get(pk=by_pk)
    _refuse(row, worth, who, words, answered_on, on)
    try:
        with transaction.atomic():
            noted = RncpsConfirmation.objects.create(
                consultation=row, worth=worth, in_favour=in_favour, body=who, said=words, answered_on=answered_on or on,
                noted_by=by, noted_at=at,
            )  # fmt: skip
            if worth == Worth.CONFIRMED and row.case_id is not None:
                note_obtained(
                    case_pk=row.case_id, via=ObtainedVia.RNCPS, reference=f"RNCPS-{row.pk}-organisme", origin=who,
                    content=words, on=noted.answered_on,
                )  # fmt: skip
            journal(
                actor=by.get_username(), action="control.rncps_confirmed", subject=f"rncps:{row.pk}",
                detail={"worth": worth, "body": who}, at=at,
            )  # fmt: skip
    except IntegrityError:
        return RncpsConfirmation.objects.get(consultation=row)
    return noted


def _refuse(row: RncpsConsultation, worth: str, body: str, said: str, answered_on: date | None, on: date) -> None:
    result = getattr(row, "result", None)
    if result is None or result.outcome != Outcome.ANSWERED:
        raise ConfirmationRefused("Cette consultation n’a rien montré : il n’y a rien à confirmer.")
    if worth not in Worth.values:
        raise ConfirmationRefused("Choisissez ce que la piste est devenue.", "worth")
    if not said:
        raise ConfirmationRefused("Écrivez ce que l’organisme a dit, ou pourquoi vous n’en tirez rien.")
    if worth == Worth.NOT_USED:
        return
    if not body:
        raise ConfirmationRefused("Nommez l’organisme qui sert la prestation et qui vous a répondu.", "body")
    if answered_on is None or not row.dated <= answered_on <= on:
        raise ConfirmationRefused("Écrivez le jour de sa réponse, entre la consultation et aujourd’hui.", "answered_on")
