"""Who sits: members named for a category, from a day, before another; the permanent secretariat by an act of the two chairs."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from fraud.models import CodafMember
from fraud.rules import codaf as rules
from portal.accounts.models import User
from portal.audit.operations import journal
from portal.frame.refusals import FieldsRefused


class CodafRefused(FieldsRefused):
    """Why an act of the committee is not possible."""


@dataclass(frozen=True)
class Named:
    """What is typed of a member."""

    first_name: str
    last_name: str
    body: str
    category: str
    valid_from: date | None
    valid_to: date | None = None
    secretariat_act: str = ""
    user_pk: int | None = None


def name_member(*, departement: str, named: Named, by_pk: int, at: datetime) -> CodafMember:
    """Name one member; the same again gives the first row. Raises CodafRefused."""
    by = User.objects.get(pk=by_pk)
    if errors := _errors(departement, named, by_pk):
        raise CodafRefused(errors)
    known = {
        "departement": departement, "category": named.category, "body": named.body, "first_name": named.first_name,
        "last_name": named.last_name, "valid_from": named.valid_from,
    }  # fmt: skip
    more = {"valid_to": named.valid_to, "secretariat_act": named.secretariat_act, "user_id": named.user_pk}
    with transaction.atomic():
        made, is_new = CodafMember.objects.get_or_create(**known, defaults=more)
        if is_new:
            journal(
                actor=by.get_username(), action="control.codaf.named", subject=f"codaf:{departement}",
                detail={"member": made.pk, "category": made.category, "secretariat": bool(made.secretariat_act)}, at=at,
            )  # fmt: skip
    return made


def _errors(departement: str, named: Named, by_pk: int) -> dict[str, str]:
    errors = {
        name: words for name, words in {
            "first_name": "Écrivez le prénom.", "last_name": "Écrivez le nom.", "body": "Écrivez le service ou l’organisme.",
        }.items() if len(getattr(named, name)) < 2
    }  # fmt: skip
    if named.valid_from is None:
        errors["valid_from"] = "Écrivez le premier jour, par exemple 01/09/2026."
    elif not rules.may_sit(named.category, named.valid_from, departement):
        errors["category"] = "Cette catégorie ne siège pas ce jour-là dans ce département."
    if named.valid_from and named.valid_to and named.valid_to <= named.valid_from:
        errors["valid_to"] = "La fin vient après le premier jour."
    if named.secretariat_act and named.user_pk == by_pk:
        errors["secretariat_act"] = "Personne ne se nomme soi-même au secrétariat permanent."
    return errors


def end_member(*, member_pk: int, on: date, by_pk: int, at: datetime) -> CodafMember:
    """The member leaves: `on` is the first day they no longer sit. A second call changes nothing. Raises CodafRefused."""
    by = User.objects.get(pk=by_pk)
    try:
        with transaction.atomic():
            found = CodafMember.objects.select_for_update(of=("self",)).get(pk=member_pk)
            if found.valid_to is not None and found.valid_to <= on:
                return found
            if on <= found.valid_from:
                raise CodafRefused({"member": "Cette personne ne siège pas encore."})
            found.valid_to = on
            found.save(update_fields=["valid_to"])
            journal(
                actor=by.get_username(), action="control.codaf.left", subject=f"codaf:{found.departement}",
                detail={"member": found.pk}, at=at,
            )  # fmt: skip
    except IntegrityError as refused:
        raise CodafRefused({"member": "Cette personne a siégé depuis : sa fin ne peut pas être avant."}) from refused
    return found
