"""The conditions of intermediation, each with its verdict and article: what the admission tested, as known today."""

from collections.abc import Callable
from dataclasses import dataclass

from aripa.life.living import CREDITOR, DEBTOR, Life
from aripa.life.opening import NEVER_SUSPENDS, lives_in_france


@dataclass(frozen=True)
class Condition:
    """One test. `is_met`: what is not known is asked of the parents, and counts as met meanwhile."""

    label: str
    article: str
    is_met: bool


def _is_enforceable(life: Life) -> bool:
    on = life.title().enforceable_on
    return on is not None and on <= life.day


def _is_able(life: Life) -> bool:
    return not life.case.unable or life.case.unable in NEVER_SUSPENDS


TESTS: tuple[tuple[str, str, Callable[[Life], bool]], ...] = (
    ("titre exécutoire", "C. civ. 373-2-2, I", _is_enforceable),
    ("part de la pension en argent", "C. civ. 373-2-2, I", lambda life: any(one.cash > 0 for one in life.title().lines)),
    ("parent qui reçoit : résidence stable et séjour régulier", "CSS L. 512-1", lambda life: lives_in_france(life, CREDITOR)),
    ("parent qui paie : résidence stable", "CSS L. 512-1", lambda life: lives_in_france(life, DEBTOR)),
    ("parent qui paie : en état de payer, ou violences", "CSS L. 582-1", _is_able),
    ("pas d’exclusion par le juge", "C. civ. 373-2-2, II", lambda life: not life.title().excluded_by_judge),
    ("pas de refus des deux parents, sauf violences", "C. civ. 373-2-2, II",
     lambda life: not life.title().refused_by_both or life.case.violence),
)  # fmt: skip


def conditions(life: Life) -> list[Condition]:
    """Every condition, those that fail first."""
    found = [Condition(label, article, test(life)) for label, article, test in TESTS]
    return sorted(found, key=lambda one: one.is_met)
