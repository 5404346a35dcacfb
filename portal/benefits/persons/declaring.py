"""A family says, child by child, whether those past 16 are at school, and at Mayotte the class: entered at once, changed again
before the payment."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from portal.benefits.models import EnteredAct, EnteredFacts, SchoolingSource, SchoolingStatus
from portal.benefits.persons.asking import Asked, Term, asked_of
from portal.benefits.persons.entering import EntryWrong, Telling, enter
from portal.benefits.persons.selectors import Family, Shown
from portal.exchange.models import FileOrigin
from portal.legislation.trace import euros

AMOUNT = re.compile(r"\d{1,6}(\.\d{1,2})?", re.ASCII)
# Begin the name of a problem with one child's pay or class; the child's identifier follows.
PAY_OF, CLASS_OF = "pay:", "cycle:"


class DeclarationRefused(Exception):
    """Why a family's own declaration is not taken, in plain French; nothing was entered."""


@dataclass(frozen=True)
class Answer:
    """One child's answer as the form told it; `read` is the version that the page had shown."""

    child_id: str
    status: str
    monthly_pay: str
    cycle: str
    read: int | None


def declare_schooling(
    *, family: Family, awards: Sequence[Shown], term: Term, answers: Sequence[Answer], form_key: UUID, by: str, on: date,
    at: datetime,
) -> tuple[EnteredFacts, bool]:  # fmt: skip
    """Enter a family's answers for a start of term; a second sending gives the first receipt and True.

    Raises DeclarationRefused (out of time, a child who is not asked, paid already, nothing new), EntryWrong for a cell,
    ChangedMeanwhile.
    """
    first = EnteredFacts.objects.filter(form_key=form_key, fund=family.file.fund).first()
    if first is not None and first.beneficiary_no == family.file.beneficiary_no:
        return first, True
    _check_time(term, on)
    asked = {one.child.row.child_id: one for one in asked_of(family, awards, term)}
    changed = [one for one in answers if _is_new(one, asked)]
    if not changed:
        raise DeclarationRefused("Rien n’a changé : ces réponses sont déjà les vôtres. Elles restent enregistrées.")
    _check_pay(changed)
    _check_class(changed, asked)
    return enter(form_key=form_key, told=_telling(family, term, changed, by, on, at))


def _check_time(term: Term, on: date) -> None:
    if on < term.opens:
        raise DeclarationRefused(f"La déclaration de cette rentrée ouvre le {term.opens:%d/%m/%Y}.")
    if on > term.closes:
        raise DeclarationRefused(
            f"Le dernier jour était le {term.closes:%d/%m/%Y} : au-delà de deux ans, l’allocation ne peut plus être demandée "
            "(article L. 553-1 du code de la sécurité sociale)."
        )


def _is_new(answer: Answer, asked: dict[str, Asked]) -> bool:
    """Whether the answer differs from the one that is held. Raises DeclarationRefused for one that is not the family's."""
    one = asked.get(answer.child_id)
    if one is None:
        raise DeclarationRefused("Cette déclaration n’est pas demandée pour cet enfant. Rien n’a été enregistré.")
    told = one.told
    same = told is not None and (told.status, as_written(told.monthly_pay_cents), told.cycle or "") == (
        answer.status, _two_decimals(answer.monthly_pay), answer.cycle,
    )  # fmt: skip
    if not same and one.is_settled:
        raise DeclarationRefused(
            f"L’allocation de {one.child.name} est déjà versée avec votre réponse. Si sa situation a changé, écrivez à votre "
            "caisse : elle la corrige avec vous."
        )
    return not same


def as_written(cents: int | None) -> str:
    """``740.50``, as files write it; empty when it is not known."""
    return "" if cents is None else euros(cents)


def _two_decimals(pay: str) -> str:
    whole, _, rest = pay.partition(".")
    return f"{whole}.{rest.ljust(2, '0')}" if pay else ""


def _check_pay(answers: Sequence[Answer]) -> None:
    """An apprentice's pay decides of the right: asked for under the child's own field."""
    apprentices = [one for one in answers if one.status == SchoolingStatus.APPRENTICE]
    lacking = [one for one in apprentices if not AMOUNT.fullmatch(one.monthly_pay)]
    if lacking:
        told = "Écrivez la rémunération brute d’un mois, par exemple 740,50 : le droit en dépend."
        raise EntryWrong({f"{PAY_OF}{one.child_id}": told for one in lacking})


def _check_class(answers: Sequence[Answer], asked: dict[str, Asked]) -> None:
    """At Mayotte the amount follows the class: nobody guesses it."""
    at_school = [one for one in answers if asked[one.child_id].is_by_class and one.status != SchoolingStatus.NONE]
    if lacking := [one for one in at_school if not one.cycle]:
        told = "Choisissez l’école, le collège ou le lycée : à Mayotte le montant en dépend."
        raise EntryWrong({f"{CLASS_OF}{one.child_id}": told for one in lacking})


def _telling(
    family: Family, term: Term, answers: Sequence[Answer], by: str, on: date, at: datetime
) -> Telling:  # fmt: skip
    rows = [
        {
            "child_id": one.child_id, "school_year": str(term.school_year), "status": one.status, "cycle": one.cycle,
            "monthly_pay": one.monthly_pay, "declared_on": on.isoformat(), "source": SchoolingSource.FAMILY.value,
        }
        for one in answers
    ]  # fmt: skip
    return Telling(
        EnteredAct.SCHOOLING, family.file.fund, family.file.beneficiary_no, rows, [one.read for one in answers],
        FileOrigin.FAMILY, by, at,
    )  # fmt: skip
