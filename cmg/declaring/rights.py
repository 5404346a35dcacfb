"""A family's rights as it reads them: for which child, from when to when, on what income, and what changes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cmg.closing.figures import MAYOTTE, OVERSEAS
from cmg.declaring.cares import Family, living_declarations
from cmg.declaring.fields import values_of
from cmg.models import Account, CareMode, Declaration, Right, RightStatus, Side
from cmg.reconciliation.sides import next_month
from cmg.rules.figures import cmg_parameters
from portal.frame.templatetags.portal import month_key
from portal.organisations.serving import names_on

STRUCTURES = (CareMode.STRUCTURE_CHILDMINDER, CareMode.STRUCTURE_HOME, CareMode.MICRO_CRECHE)
FULL_YEARS, CONTRIBUTION_YEARS = 3, 3


@dataclass(frozen=True)
class Coming:
    """Something that will change: the first day of the change, and what it is."""

    day: date
    text: str


@dataclass(frozen=True)
class ChildRight:
    """One right of the fund, in words; `coming` in the order of the days."""

    right: Right
    name: str
    state: str
    is_open: bool
    coming: list[Coming]
    # Who answers for it that day: ``Caf du Puy-de-Dôme``.
    fund_words: str

    @property
    def last_day(self) -> date | None:
        return self.right.ends_on - timedelta(days=1) if self.right.ends_on else None


def rights_of_children(family: Family, on: date) -> list[ChildRight]:
    """The fund's rights, the open ones first."""
    rights = [right for right in family.rights if right.side == Side.FUND]
    names = names_on((right.fund for right in rights), on)
    found = [
        ChildRight(right, right.child_first_name or f"né le {right.child_birth_date:%d/%m/%Y}", _state(right, on),
                   is_open_on(right, on), changes_of(right, on), names[right.fund])
        for right in rights
    ]  # fmt: skip
    return sorted(found, key=lambda one: (not one.is_open, one.right.child_birth_date, one.right.child_id))


def is_open_on(right: Right, on: date) -> bool:
    """Whether the right covers `on`; a closed right still covers the days before its end."""
    covers = right.starts_on <= on and (right.ends_on is None or on < right.ends_on)
    return (
        covers
        and right.status != RightStatus.SUSPENDED
        and (right.status == RightStatus.ACTIVE or right.ends_on is not None)
    )


def _state(right: Right, on: date) -> str:
    if right.status == RightStatus.SUSPENDED:
        return "suspendu"
    if right.starts_on > on:
        return "à venir"
    return "ouvert" if is_open_on(right, on) else "terminé"


def changes_of(right: Right, on: date) -> list[Coming]:
    """What changes after `on`: the end decided, the birthdays that count, and 31 August. Each by its first day."""
    born, limit = right.child_birth_date, _age_limit(right, on)
    found = [Coming(_after_birthday(born, limit), f"L’aide s’arrête : {limit} ans, c’est l’âge limite.")]
    if right.care_mode == CareMode.HOME_EMPLOYEE:
        text = "Après ses 3 ans, le plafond des cotisations prises en charge est plus bas."
        found.append(Coming(_after_birthday(born, CONTRIBUTION_YEARS), text))
    if right.care_mode in STRUCTURES:
        found.append(Coming(full_amount_until(born), "L’aide passe au montant réduit, après ses 3 ans."))
    if right.ends_on is not None:
        found.append(Coming(right.ends_on, "Le droit décidé par votre caisse prend fin."))
    end = min((one.day for one in found if one.text.startswith(("L’aide s’arrête", "Le droit"))), default=date.max)
    coming = [one for one in found if on < one.day <= end]
    return sorted(coming, key=lambda one: one.day)


def full_amount_until(born: date) -> date:
    """The first month of the reduced scale: after 31 August for a third birthday before September, else after its month."""
    after = _after_birthday(born, FULL_YEARS)
    return date(after.year, 9, 1) if born.month <= 8 else after


def _after_birthday(born: date, years: int) -> date:
    """A birthday takes effect on the first day of the following month (CSS R. 552-3)."""
    return next_month(date(born.year + years, born.month, 1))


def _age_limit(right: Right, on: date) -> int:
    isolated = bool(right.isolated_parent) and right.care_mode not in STRUCTURES
    return int(cmg_parameters().value("age_limit.isolated_parent_direct" if isolated else "age_limit.general", on))


def facts_for_simulator(right: Right, family: Family, on: date) -> dict[str, str]:
    """Today's values of one right, as the simulator's form takes them; pay and hours are those declared last."""
    facts = {
        "care_month": month_key(on.replace(day=1)), "care_mode": right.care_mode,
        "child_birth_date": f"{right.child_birth_date:%d/%m/%Y}",
        "annual_resources": "" if right.annual_resources_cents is None else str(right.annual_resources_cents // 100),
        "dependent_children": str(right.dependent_children or ""), "isolated_parent": "1" if right.isolated_parent else "0",
        "aah": "1" if right.aah else "0", "aeeh_children": str(right.aeeh_children or 0), "prepare": right.prepare,
        "territory": territory_of(family.account, right), "all_in_one": "1" if family.account.all_in_one else "0",
    }  # fmt: skip
    declared = last_declared(family, right.child_id)
    if declared is None:
        return facts
    births = [date.fromisoformat(born) for born in declared.child_birth_dates.split("|")]
    if right.care_mode == CareMode.HOME_EMPLOYEE:
        facts["child_birth_date"] = ", ".join(f"{born:%d/%m/%Y}" for born in births)
    copied = {name: value for name, value in values_of(declared).items() if value and name != "mileage"}
    return facts | copied


def last_declared(family: Family, child_id: str) -> Declaration | None:
    """The last living declaration that names the child."""
    for month in dict.fromkeys(one.care_month for one in family.declarations):
        for declared in living_declarations(family, month):
            if child_id in declared.child_ids.split("|"):
                return declared
    return None


def territory_of(account: Account, right: Right) -> str:
    """As the closing reads it, from the number that ends the fund's code."""
    number = (right.fund or account.fund or "")[3:]
    return "MAYOTTE" if number == MAYOTTE else "OVERSEAS" if number in OVERSEAS else "METROPOLE"


def next_change(children: Sequence[ChildRight]) -> tuple[ChildRight, Coming] | None:
    """What changes first, among the open rights."""
    found = [(one, coming) for one in children if one.is_open for coming in one.coming[:1]]
    return min(found, key=lambda pair: pair[1].day, default=None)
