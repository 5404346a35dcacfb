"""The creation file of a joint fund, up to the minister's order: opened, voted, given opinions, ordered, or withdrawn.

One transaction, one line of the journal each; the rules say what is lacking, the database refuses what must never be.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction

from portal.accounts.models import User
from portal.audit.operations import journal
from portal.casework.moves import move
from portal.organisations.joint.acting import JointRefused, Who, conducts, missions_now, text_error
from portal.organisations.models import BoardVote, CreationFile, CreationState, NationalOpinion, Organisation
from portal.organisations.rules import creation
from portal.organisations.rules.creation import Asked, Decided, Order

OPEN = (CreationState.PROPOSED, CreationState.NATIONAL_OPINIONS, CreationState.ORDER_SIGNED)


@dataclass(frozen=True)
class Proposed:
    """What is typed of a fund to be created. `outside_rural_zone` counts only for a proposal made before 2020."""

    departement: str
    branches: Sequence[str]
    name: str
    seat_city: str
    proposed_on: date | None
    outside_rural_zone: int | None = None


@dataclass(frozen=True)
class Entered:
    """What is typed of a vote or of an opinion."""

    body: str
    on: date | None
    is_favourable: bool | None
    reference: str


def open_creation_file(*, proposed: Proposed, key: UUID, who: Who) -> tuple[CreationFile, bool]:
    """Open the file, with whose boards vote and who gives an opinion; with whether the same form had opened it.

    Raises JointRefused.
    """
    earlier = CreationFile.objects.filter(form_key=key).first()
    if earlier is not None:
        return earlier, True
    asked = _asked(proposed, who.on)
    if not conducts(User.objects.get(pk=who.user_pk), asked.departement, who.on):
        raise JointRefused(
            {"departement": "Ce n’est pas votre département : sa direction, ou la nationale, ouvre le dossier."}
        )
    concerned = _checked(proposed, asked)
    try:
        with transaction.atomic():
            return _open(proposed, asked, concerned, key, who), False
    except IntegrityError:
        earlier = CreationFile.objects.filter(form_key=key).first()
        if earlier is not None:
            return earlier, True
        if not CreationFile.objects.filter(departement=asked.departement, state__in=OPEN).exists():
            raise
    raise JointRefused({"departement": "Un dossier est déjà ouvert pour ce département : suivez-le, ou retirez-le."})


def _checked(proposed: Proposed, asked: Asked) -> list[str]:
    """The bodies whose boards vote. Raises JointRefused when the file cannot be opened."""
    known = missions_now(asked.departement)
    refused = JointRefused.because(creation.opening_refusals(asked, known))
    refused.errors.update(_proposal_errors(proposed))
    if refused.errors:
        raise refused
    concerned = [one.code for one in creation.bodies_concerned(asked, known)]
    if missing := set(concerned) - set(body_names(concerned)):
        words = f"L’annuaire n’est pas chargé dans ce portail : {', '.join(sorted(missing))} y manque."
        raise JointRefused({"departement": words})
    return concerned


def _asked(proposed: Proposed, on: date) -> Asked:
    """Raises JointRefused, of every field at once, for one that says nothing or a day to come: no rule can be asked then."""
    day, errors = proposed.proposed_on, {}
    if not proposed.departement:
        errors["departement"] = "Choisissez un département de la liste."
    if not proposed.branches:
        errors["branches"] = "Cochez les branches que la caisse commune réunit."
    if day is None or day > on:
        errors["proposed_on"] = "Écrivez le jour de la proposition, aujourd’hui au plus tard."
    if errors or day is None:
        raise JointRefused(errors | _proposal_errors(proposed))
    return Asked(proposed.departement, proposed.branches, day, proposed.outside_rural_zone)


def _proposal_errors(proposed: Proposed) -> dict[str, str]:
    told = {
        "name": text_error(proposed.name, 10, 120, "le nom de la caisse commune"),
        "seat_city": text_error(proposed.seat_city, 2, 80, "la ville du siège"),
    }
    return {name: words for name, words in told.items() if words}


def _open(proposed: Proposed, asked: Asked, concerned: list[str], key: UUID, who: Who) -> CreationFile:
    made = CreationFile.objects.create(
        code=f"CCSS{asked.departement}", name=proposed.name, departement=asked.departement, branches=sorted(set(asked.branches)),
        seat_city=proposed.seat_city, concerned=concerned, consulted=creation.bodies_consulted(asked.branches),
        proposed_on=asked.proposed_on, opened_by_id=who.user_pk, form_key=key,
    )  # fmt: skip
    _journal(made, "opened", who, concerned=concerned, branches=made.branches)
    return made


def _journal(file: CreationFile, action: str, who: Who, **detail: object) -> None:
    journal(
        actor=who.username, action=f"joint.{action}", subject=f"{file.SUBJECT}:{file.pk}",
        detail={"code": file.code} | detail, at=who.at,
    )  # fmt: skip


def _locked(creation_pk: int) -> CreationFile:
    return CreationFile.objects.select_for_update(of=("self",)).get(pk=creation_pk)


def votes_of(file: CreationFile) -> list[Decided]:
    return [Decided(one.body_id, one.held_on, one.is_favourable) for one in file.votes.all()]


def opinions_of(file: CreationFile) -> list[Decided]:
    return [Decided(one.body, one.given_on, one.is_favourable) for one in file.opinions.all()]


def enter_vote(*, creation_pk: int, vote: Entered, who: Who) -> tuple[CreationFile, bool]:
    """Write the vote of one board; the last favourable one brings the file to the national opinions.

    A board votes again while the file is proposed; later, only a favourable vote may be corrected, and none after the order.
    The same again changes nothing, and says so. Raises JointRefused.
    """
    with transaction.atomic():
        file = _locked(creation_pk)
        known = file.votes.filter(body_id=vote.body).first()
        if known and (known.held_on, known.is_favourable, known.reference) == (
            vote.on,
            vote.is_favourable,
            vote.reference,
        ):
            return file, True
        if errors := _vote_errors(file, vote, who.on):
            raise JointRefused(errors)
        values = {
            "held_on": vote.on,
            "is_favourable": vote.is_favourable,
            "reference": vote.reference,
            "entered_by_id": who.user_pk,
        }
        BoardVote.objects.update_or_create(file=file, body_id=vote.body, defaults=values)
        _journal(
            file,
            "vote",
            who,
            body=vote.body,
            favourable=vote.is_favourable,
            held_on=f"{vote.on}",
            again=known is not None,
        )
        if file.state == CreationState.PROPOSED and not creation.vote_refusals(file.concerned, votes_of(file)):
            move(file, CreationState.NATIONAL_OPINIONS, by=who.username, reason="every board is favourable", at=who.at)
    return file, False


def _vote_errors(file: CreationFile, vote: Entered, on: date) -> dict[str, str]:
    if file.state not in (CreationState.PROPOSED, CreationState.NATIONAL_OPINIONS):
        return {"body": "L’arrêté est signé ou le dossier retiré : les votes ne changent plus."}
    errors = _entered_errors(vote, on, "Écrivez le jour du vote, aujourd’hui au plus tard.")
    if vote.body not in file.concerned:
        errors["body"] = "Choisissez le conseil, parmi ceux que ce dossier concerne."
    if file.state == CreationState.NATIONAL_OPINIONS:
        errors |= _correction_errors(file, vote)
    return errors


def _correction_errors(file: CreationFile, vote: Entered) -> dict[str, str]:
    """A vote corrected once every board is favourable: it stays so, and before the opinions."""
    errors = {}
    if vote.is_favourable is False:
        errors["is_favourable"] = "Tous les conseils étaient favorables : si l’un ne l’est plus, retirez le dossier."
    first = min((one.on for one in opinions_of(file)), default=None)
    if first is not None and vote.on is not None and vote.on > first:
        errors["on"] = f"Le vote précède les avis : le premier est du {first:%d/%m/%Y}."
    return errors


def _entered_errors(entered: Entered, on: date, day_words: str) -> dict[str, str]:
    errors = {}
    if entered.on is None or entered.on > on:
        errors["on"] = day_words
    if entered.is_favourable is None:
        errors["is_favourable"] = "Dites dans quel sens."
    if words := text_error(entered.reference, 2, 120, "la référence, telle qu’elle est au procès-verbal"):
        errors["reference"] = words
    return errors


def enter_opinion(*, creation_pk: int, opinion: Entered, who: Who) -> tuple[CreationFile, bool]:
    """Write the opinion of a national body; an unfavourable one does not stop the file. The same again changes nothing, and
    says so; it may be corrected until the order. Raises JointRefused."""
    with transaction.atomic():
        file = _locked(creation_pk)
        known = file.opinions.filter(body=opinion.body).first()
        told = (opinion.on, opinion.is_favourable, opinion.reference)
        if known and (known.given_on, known.is_favourable, known.reference) == told:
            return file, True
        if errors := _opinion_errors(file, opinion, who.on):
            raise JointRefused(errors)
        values = dict(zip(("given_on", "is_favourable", "reference"), told, strict=True)) | {
            "entered_by_id": who.user_pk
        }
        NationalOpinion.objects.update_or_create(file=file, body=opinion.body, defaults=values)
        _journal(
            file, "opinion", who, body=opinion.body, favourable=opinion.is_favourable, given_on=f"{opinion.on}",
            again=known is not None,
        )  # fmt: skip
    return file, False


def _opinion_errors(file: CreationFile, opinion: Entered, on: date) -> dict[str, str]:
    if file.state != CreationState.NATIONAL_OPINIONS:
        return {"body": "Les avis nationaux viennent après tous les votes favorables, avant l’arrêté (CSS L. 216-4)."}
    errors = _entered_errors(opinion, on, "Écrivez le jour de l’avis, aujourd’hui au plus tard.")
    if opinion.body not in file.consulted:
        errors["body"] = "Choisissez l’organisme national, parmi ceux des branches réunies."
    last = max(one.on for one in votes_of(file))
    if opinion.on is not None and opinion.on < last:
        errors["on"] = f"L’avis suit les votes : le dernier est du {last:%d/%m/%Y}."
    return errors


def enter_order(
    *, creation_pk: int, reference: str, signed_on: date | None, starts_on: date | None, who: Who
) -> tuple[CreationFile, bool]:
    """Write the minister's order and the first day that it gives. The same again changes nothing, and says so.

    Raises JointRefused.
    """
    with transaction.atomic():
        file = _locked(creation_pk)
        if file.order_reference and (file.order_reference, file.order_signed_on, file.starts_on) == (
            reference, signed_on, starts_on,
        ):  # fmt: skip
            return file, True
        errors = _order_errors(file, reference, signed_on, starts_on, who.on)
        if errors or signed_on is None or starts_on is None:
            raise JointRefused(errors)
        move(
            file, CreationState.ORDER_SIGNED, by=who.username, reason=reference, at=who.at, order_reference=reference,
            order_signed_on=signed_on, starts_on=starts_on,
        )  # fmt: skip
    return file, False


def _order_errors(
    file: CreationFile, reference: str, signed_on: date | None, starts_on: date | None, on: date
) -> dict[str, str]:  # fmt: skip
    if file.state != CreationState.NATIONAL_OPINIONS:
        return {"reference": "L’arrêté vient après les votes et les avis nationaux, une seule fois (CSS L. 216-4)."}
    errors = {}
    if words := text_error(reference, 5, 80, "la référence de l’arrêté"):
        errors["reference"] = words
    if signed_on is None:
        errors["order_signed_on"] = "Écrivez le jour de la signature, par exemple 15/12/2026."
    if starts_on is None:
        errors["starts_on"] = "Écrivez le premier jour de la caisse commune, par exemple 01/01/2027."
    if signed_on is None or starts_on is None:
        return errors
    return errors | JointRefused.because(_order_refusals(file, Order(signed_on, starts_on), on)).errors


def _order_refusals(file: CreationFile, order: Order, on: date) -> list[creation.CreationRefusal]:
    votes, opinions = votes_of(file), opinions_of(file)
    lacking = [
        *creation.vote_refusals(file.concerned, votes), *creation.opinion_refusals(file.consulted, opinions)
    ]  # fmt: skip
    asked = Asked(file.departement, file.branches, file.proposed_on)
    decided, known = [*votes, *opinions], missions_now(file.departement)
    return lacking or creation.order_refusals(order, asked, decided, known, on=on)


def withdraw(*, creation_pk: int, reason: str, who: Who) -> tuple[CreationFile, bool]:
    """Give the file up, until the day before the fund begins. Already withdrawn: nothing changes, and it says so.

    Raises JointRefused, or MoveNotAllowed for a fund that works.
    """
    with transaction.atomic():
        file = _locked(creation_pk)
        if file.state == CreationState.WITHDRAWN:
            return file, True
        if words := text_error(reason, 10, 500, "pourquoi le dossier est retiré"):
            raise JointRefused({"reason": words})
        if file.starts_on is not None and file.starts_on <= who.on:
            raise JointRefused(
                {
                    "reason": "Son premier jour est venu : seul un arrêté la finit. Inscrivez-le sur la page de la caisse."
                }
            )
        move(
            file, CreationState.WITHDRAWN, by=who.username, reason=reason, at=who.at, withdrawn_on=who.on,
            withdrawn_because=reason,
        )  # fmt: skip
    return file, False


def body_names(codes: Sequence[str]) -> dict[str, str]:
    """The names of bodies, by code."""
    return dict(Organisation.objects.filter(code__in=codes).values_list("code", "name"))
