"""Orders on a joint fund that works: one ends it on a day, one repeals that end, one makes an experiment permanent; and what an
experiment needs.

The last order confirmed on an end counts, as long as the day of the former has not come: sooner, later, or no end.

An experiment of the first law lasts five years; an order may make it permanent, for all or part of its missions (CSS L. 216-5,
former wording, act 2014-1, art. 24). Nothing said, its missions end on the day that its own order gave. Pure module: missions
and dates in, refusals out.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from portal.legislation.parameters import NoParameterInForce
from portal.organisations.directory import Mission
from portal.organisations.rules.creation import CREATION, CreationRefusal, words_of
from portal.organisations.rules.figures import joint_parameters

PERMANENCE = "CSS L. 216-5, ancienne rédaction ; loi 2014-1, art. 24"


class Kind(StrEnum):
    """What an order does to a fund that works."""

    END = "END"
    REPEAL = "REPEAL"
    PERMANENT = "PERMANENT"


class OrderState(StrEnum):
    """One person enters, another confirms: then missions change. `DROPPED` before that: nothing ever changed."""

    ENTERED = "ENTERED"
    CONFIRMED = "CONFIRMED"
    DROPPED = "DROPPED"


ORDER_MOVES: Mapping[str, frozenset[str]] = {
    OrderState.ENTERED: frozenset({OrderState.CONFIRMED, OrderState.DROPPED}),
    OrderState.CONFIRMED: frozenset(),
    OrderState.DROPPED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class FundOrdered:
    """An order: for which branches, signed when; `ends_on` is the first day without the fund, None when it stays."""

    branches: Sequence[str]
    signed_on: date
    ends_on: date | None = None


def is_experimental(mission: Mission) -> bool:
    """Whether it still ends with its experiment."""
    return mission.ends_on is not None and mission.ends_on == mission.experimental_until


def lawful_end(mission: Mission, permanent: Collection[str], on: date) -> date | None:
    """The day on which a mission held on `on` ends when no order ends it: that of its experiment, or None. `permanent`: the
    branches that an order made so here; a mission held after its experiment had been made so before."""
    until = mission.experimental_until
    return None if until is None or until <= on or mission.branch in permanent else until


def ended_by_order(held: Iterable[Mission], permanent: Collection[str], on: date) -> list[Mission]:
    """Those of the missions held that end by an order, and not by the law."""
    return [one for one in held if one.ends_on is not None and one.ends_on != lawful_end(one, permanent, on)]


def end_refusals(
    order: FundOrdered, held: Iterable[Mission], permanent: Collection[str] = (), *, on: date
) -> list[CreationRefusal]:
    """Why this order ends no fund. `held`: what the fund holds on `on`, the day it is entered, then confirmed; `permanent`: as for
    `lawful_end`. A fund that an order ends already takes another day; no order goes beyond an experiment but its permanence."""
    missions, end = tuple(held), order.ends_on
    assert end is not None, "an order that ends a fund gives the day"
    if not missions:
        return [
            _refused("joint.not_live", "signed_on", "Cette caisse ne tient aucune branche : il n’y a rien à finir.")
        ]
    if order.signed_on > on:
        return [_refused("joint.order_to_come", "signed_on", "Cet arrêté est daté d’un jour à venir.")]
    if end < order.signed_on:
        return [_refused("joint.end_before_order", "ends_on", "La fin ne peut pas précéder la signature de l’arrêté.")]
    if end <= on:
        words = "La fin est à venir : ce jour-là les dossiers reviennent, et rien ne revient en arrière."
        return [_refused("joint.end_not_to_come", "ends_on", words)]
    if all(one.ends_on == end for one in missions):
        return [_refused("joint.ends_already", "ends_on", "Cette caisse finit déjà ce jour-là.")]
    return _beyond(end, missions, permanent, on)


def _beyond(end: date, missions: tuple[Mission, ...], permanent: Collection[str], on: date) -> list[CreationRefusal]:
    laws = {one.branch: lawful_end(one, permanent, on) for one in missions}
    sooner = {branch for branch, law in laws.items() if law is not None and law <= end}
    if not sooner:
        return []
    words = f"L’expérience finit avant ce jour ou ce jour-là : {words_of(sooner)}. Seule une pérennisation la prolonge."
    return [_refused("joint.beyond_experiment", "ends_on", words)]


def repeal_refusals(
    order: FundOrdered, held: Iterable[Mission], permanent: Collection[str] = (), *, on: date
) -> list[CreationRefusal]:
    """Why this order repeals no end: the end of an order that has not come is repealed, that of an experiment is the law's."""
    if not ended_by_order(held, permanent, on):
        words = "Aucun arrêté ne finit cette caisse : il n’y a rien à abroger."
        return [_refused("joint.nothing_to_repeal", "signed_on", words)]
    if order.signed_on > on:
        return [_refused("joint.order_to_come", "signed_on", "Cet arrêté est daté d’un jour à venir.")]
    return []


def permanence_refusals(order: FundOrdered, held: Iterable[Mission], *, on: date) -> list[CreationRefusal]:
    """Why this order makes nothing permanent: it is signed, entered and confirmed before the experiment ends."""
    if order.signed_on > on:
        return [_refused("joint.order_to_come", "signed_on", "Cet arrêté est daté d’un jour à venir.")]
    try:
        joint_parameters().value("joint.made_permanent", order.signed_on)
    except NoParameterInForce:
        words = f"Aucune loi ne permettait de pérenniser une caisse commune au {order.signed_on:%d/%m/%Y}."
        return [CreationRefusal("no_parameter", "signed_on", words, PERMANENCE)]
    experiments = {one.branch for one in held if is_experimental(one)}
    if not order.branches or not set(order.branches) <= experiments:
        words = "Cochez les missions que l’arrêté nomme, parmi celles dont l’expérience n’est pas finie."
        return [CreationRefusal("joint.not_experimental", "branches", words, PERMANENCE)]
    return []


def _refused(code: str, field: str, words: str) -> CreationRefusal:
    return CreationRefusal(code, field, words, CREATION)


@dataclass(frozen=True, slots=True)
class Experiment:
    """What an experiment still needs: for which branches, until which day, the last day on which an order can be confirmed.
    `is_near`: it ends within the time in which the direction is told."""

    branches: tuple[str, ...]
    ends_on: date
    is_near: bool

    @property
    def act_by(self) -> date:
        return self.ends_on - timedelta(days=1)


def experiments_of(held: Iterable[Mission], on: date) -> list[Experiment]:
    """The experiments among these missions, the first to end first; the missions of one day together."""
    by_end: dict[date, list[str]] = {}
    for one in held:
        if one.ends_on is not None and is_experimental(one):
            by_end.setdefault(one.ends_on, []).append(one.branch)
    months = int(joint_parameters().value("joint.experiment_warning_months", on))
    return [
        Experiment(tuple(branches), end, end <= _months_after(on, months))
        for end, branches in sorted(by_end.items())
    ]  # fmt: skip


def _months_after(day: date, months: int) -> date:
    """The first of the month after: a warning is never later for the length of a month."""
    ahead = day.month + months
    return date(day.year + ahead // 12, ahead % 12 + 1, 1)
