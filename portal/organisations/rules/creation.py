"""The file that creates a joint fund: what it needs at each step (CSS L. 216-4), and why a step is not possible yet.

Until the end of 2019 the fund was an experiment of five years, only where every municipality was in a rural zone (ZRR); since
then it is permanent, in any département, overseas too; not at Mayotte, where one fund has every branch already. Always: the
boards of the bodies concerned propose it, each by one vote, all favourable; the national bodies give their opinion, which
binds nobody; the minister's order comes no later than the first day.
Pure module: facts and dates in, refusals out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from portal.legislation.parameters import NoParameterInForce
from portal.organisations.directory import Mission, body_on, departements
from portal.organisations.rules.competence import (
    COLLECTION,
    FAMILY,
    SICKNESS,
    Competence,
    NoCompetentBody,
    Scheme,
    competent_body,
)
from portal.organisations.rules.figures import joint_parameters

CREATION, REFORM = "CSS L. 216-4", "loi 2019-1446 du 24 décembre 2019 (article 51 du projet)"
FIRST_LAW = "loi 2006-1640 du 21 décembre 2006, art. 141"
MAYOTTE = "ordonnance 96-1122 du 20 décembre 1996, art. 22"
NATIONAL = {SICKNESS: "CNAM", FAMILY: "CNAF", COLLECTION: "URSSAF-CN"}
NATIONAL_NAMES = {
    "CNAM": "Caisse nationale de l’assurance maladie",
    "CNAF": "Caisse nationale des allocations familiales",
    "URSSAF-CN": "Urssaf Caisse nationale",
}


class State(StrEnum):
    """Where a creation file stands. `WITHDRAWN` ends it: given up before its first day, or its fund ended after it worked."""

    PROPOSED = "PROPOSED"
    NATIONAL_OPINIONS = "NATIONAL_OPINIONS"
    ORDER_SIGNED = "ORDER_SIGNED"
    LIVE = "LIVE"
    WITHDRAWN = "WITHDRAWN"


MOVES: Mapping[str, frozenset[str]] = {
    State.PROPOSED: frozenset({State.NATIONAL_OPINIONS, State.WITHDRAWN}),
    State.NATIONAL_OPINIONS: frozenset({State.ORDER_SIGNED, State.WITHDRAWN}),
    State.ORDER_SIGNED: frozenset({State.LIVE, State.WITHDRAWN}),
    State.LIVE: frozenset({State.WITHDRAWN}),
    State.WITHDRAWN: frozenset(),
}


@dataclass(frozen=True, slots=True)
class CreationRefusal:
    """Why not: a stable code, a sentence, its article. `field` is what of the form it is about."""

    code: str
    field: str
    sentence: str
    article: str

    @property
    def words(self) -> str:
        return f"{self.sentence} ({self.article})"


@dataclass(frozen=True, slots=True)
class Asked:
    """What boards propose. `outside_rural_zone`: how many municipalities are in no rural zone, None: nobody counted."""

    departement: str
    branches: Sequence[str]
    proposed_on: date
    outside_rural_zone: int | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """One vote or opinion: of whom, when, which way."""

    body: str
    on: date
    is_favourable: bool


@dataclass(frozen=True, slots=True)
class Order:
    """The minister's order, and the first day that it gives."""

    signed_on: date
    starts_on: date


def experiment_years_on(day: date) -> int | None:
    """For how many years a fund is created by an order of `day`; None: for good. Raises NoParameterInForce before 2006."""
    joint_parameters().value("joint.law", day)
    try:
        return int(joint_parameters().value("joint.experiment_years", day))
    except NoParameterInForce:
        return None


def mission_end(order: Order) -> date | None:
    """The day before which an experiment ends, None for a permanent fund."""
    years = experiment_years_on(order.signed_on)
    return None if years is None else date(order.starts_on.year + years, order.starts_on.month, _last(order.starts_on))


def _last(day: date) -> int:
    """A 29 February has its anniversary on the 28th."""
    return 28 if (day.month, day.day) == (2, 29) else day.day


def bodies_concerned(asked: Asked, missions: Iterable[Mission]) -> list[Competence]:
    """The bodies whose boards vote: those that hold the branches today, each once. Raises NoCompetentBody."""
    known = tuple(missions)
    found = [
        competent_body(asked.departement, one, Scheme.GENERAL, asked.proposed_on, known)
        for one in sorted(set(asked.branches))
    ]
    return list({one.code: one for one in found}.values())


def bodies_consulted(branches: Iterable[str]) -> list[str]:
    """The national bodies that give an opinion."""
    return sorted({NATIONAL[one] for one in branches})


def opening_refusals(asked: Asked, missions: Iterable[Mission]) -> list[CreationRefusal]:
    """Why boards cannot propose this; empty when they can."""
    known = tuple(missions)
    try:
        rural = bool(joint_parameters().value("joint.rural_zone_required", asked.proposed_on))
    except NoParameterInForce:
        return [_no_law(asked.proposed_on)]
    found = [*_place_refusals(asked), *_branch_refusals(asked, known)]
    if rural:
        found += _rural_refusals(asked.outside_rural_zone)
    return found or _body_refusals(asked, known)


def _no_law(day: date) -> CreationRefusal:
    return CreationRefusal(
        "no_parameter", "proposed_on", f"Aucune loi ne permettait de créer une caisse commune au {day:%d/%m/%Y}.", FIRST_LAW
    )  # fmt: skip


def _place_refusals(asked: Asked) -> list[CreationRefusal]:
    place = departements().get(asked.departement)
    if place is None:
        return [CreationRefusal("joint.unknown_departement", "departement", "Choisissez le département.", CREATION)]
    if place.territory == "MAYOTTE":
        words = "À Mayotte, une seule caisse a déjà toutes les branches : il n’y a rien à réunir."
        return [CreationRefusal("joint.one_fund_already", "departement", words, MAYOTTE)]
    caf = body_on("CAF", place.number, asked.proposed_on)
    if place.territory == "OVERSEAS" and caf is not None and caf.seat_departement != place.number:
        words = f"{place.name} n’est pas un département ; sa caisse est la {caf.name} ({caf.seat_departement})."
        return [CreationRefusal("joint.not_a_departement", "departement", words, CREATION)]
    return []


def _branch_refusals(asked: Asked, missions: tuple[Mission, ...]) -> list[CreationRefusal]:
    held = {
        one for one in NATIONAL if any(known.covers(asked.departement, one, asked.proposed_on) for known in missions)
    }
    if twice := held & set(asked.branches):
        words = (
            f"Une caisse commune tient déjà {words_of(twice)} dans ce département : une seule par branche et par jour."
        )
        return [CreationRefusal("joint.already_live", "branches", words, CREATION)]
    least = int(joint_parameters().value("joint.branches_least", asked.proposed_on))
    if not asked.branches or not set(asked.branches) <= set(NATIONAL) or len(held | set(asked.branches)) < least:
        words = f"Une caisse commune réunit au moins {least} branches : cochez-les."
        return [CreationRefusal("joint.branches", "branches", words, CREATION)]
    return []


BRANCH_WORDS = {SICKNESS: "la maladie", FAMILY: "la famille", COLLECTION: "le recouvrement"}


def words_of(branches: Iterable[str]) -> str:
    """« la famille, la maladie »."""
    return ", ".join(BRANCH_WORDS[one] for one in sorted(branches))


def _rural_refusals(outside: int | None) -> list[CreationRefusal]:
    if outside == 0:
        return []
    if outside is None:
        words = "Avant 2020, toutes les communes devaient être en zone de revitalisation rurale : dites combien n’y sont pas."
        return [CreationRefusal("joint.rural_zone_unknown", "outside_rural_zone", words, FIRST_LAW)]
    words = (
        "Avant 2020, toutes les communes du département devaient être en zone de revitalisation rurale : "
        f"{outside} n’y {'est pas' if outside == 1 else 'sont pas'}."
    )
    return [CreationRefusal("joint.outside_rural_zone", "outside_rural_zone", words, FIRST_LAW)]


def _body_refusals(asked: Asked, missions: tuple[Mission, ...]) -> list[CreationRefusal]:
    """A body that the directory lacks; or one that holds all that is asked, as a CGSS, when no joint fund is there to join."""
    try:
        concerned = bodies_concerned(asked, missions)
    except NoCompetentBody as refused:
        return [CreationRefusal("joint.unknown_body", "departement", str(refused), CREATION)]
    joins = any(one.covers(asked.departement, branch, asked.proposed_on) for one in missions for branch in NATIONAL)
    if len(concerned) > 1 or joins:
        return []
    words = (
        f"{concerned[0].name} tient déjà {words_of(asked.branches)} : une caisse commune réunit plusieurs organismes."
    )
    return [CreationRefusal("joint.one_body", "branches", words, CREATION)]


def vote_refusals(concerned: Iterable[str], votes: Iterable[Decided]) -> list[CreationRefusal]:
    """What the boards still lack: a vote each, and every one favourable."""
    given = {one.body: one for one in votes}
    return [
        refusal for code in concerned if (refusal := _vote_refusal(code, given.get(code))) is not None
    ]  # fmt: skip


def _vote_refusal(code: str, vote: Decided | None) -> CreationRefusal | None:
    if vote is None:
        return CreationRefusal("joint.vote_missing", "votes", f"Le conseil de {code} n’a pas encore voté.", CREATION)
    if not vote.is_favourable:
        words = f"Le conseil de {code} a voté contre le {vote.on:%d/%m/%Y} : tous doivent être favorables."
        return CreationRefusal("joint.vote_against", "votes", words, CREATION)
    return None


def opinion_refusals(consulted: Iterable[str], opinions: Iterable[Decided]) -> list[CreationRefusal]:
    """Which opinions lack. An unfavourable one does not stop the file: it is an opinion."""
    given = {one.body for one in opinions}
    return [
        CreationRefusal("joint.opinion_missing", "opinions", f"L’avis manque : {NATIONAL_NAMES[code]}.", CREATION)
        for code in consulted if code not in given
    ]  # fmt: skip


def order_refusals(
    order: Order, asked: Asked, decided: Iterable[Decided], missions: Iterable[Mission], *, on: date
) -> list[CreationRefusal]:
    """Why this order creates no fund. `decided`: every vote and opinion; `on`: the day it is entered."""
    last = max((one.on for one in decided), default=asked.proposed_on)
    if order.signed_on > on:
        return [_order("joint.order_to_come", "order_signed_on", "Cet arrêté est daté d’un jour à venir.")]
    if order.signed_on < last:
        words = f"L’arrêté suit les votes et les avis : le dernier est du {last:%d/%m/%Y}."
        return [_order("joint.order_too_early", "order_signed_on", words)]
    if order.starts_on < order.signed_on:
        words = "Le premier jour ne peut pas précéder la signature de l’arrêté."
        return [_order("joint.order_after_start", "starts_on", words)]
    return _overlaps(order, asked, tuple(missions))


def _order(code: str, field: str, words: str) -> CreationRefusal:
    return CreationRefusal(code, field, words, CREATION)


def _overlaps(order: Order, asked: Asked, missions: tuple[Mission, ...]) -> list[CreationRefusal]:
    """Another joint fund that holds a branch at any time after the first day."""
    taken = {one.branch for one in missions if one.departement == asked.departement and one.branch in asked.branches
             and one.starts_on is not None and (one.ends_on is None or one.ends_on > order.starts_on)}  # fmt: skip
    if not taken:
        return []
    words = f"Une autre caisse commune tient {words_of(taken)} après ce jour : une seule par branche et par jour."
    return [_order("joint.already_live", "starts_on", words)]


def start_refusals(starts_on: date, on: date) -> list[CreationRefusal]:
    """A fund begins on its day, never before."""
    if on >= starts_on:
        return []
    words = f"La caisse commune commence le {starts_on:%d/%m/%Y}, pas avant."
    return [_order("joint.not_its_day", "starts_on", words)]


@dataclass(frozen=True, slots=True)
class Routed:
    """One line of the preview: a branch and a scheme, who serves before the first day and from it."""

    branch: str
    scheme: str
    before: Competence
    after: Competence

    @property
    def changes(self) -> bool:
        return self.before.code != self.after.code


def routing(asked: Asked, planned: Mission, missions: Iterable[Mission], starts_on: date) -> list[Routed]:
    """Every branch and scheme, the day before and the first day. Raises NoCompetentBody.

    `planned` is the joint fund as a mission of no branch: it takes those that are asked.
    """
    known, eve = tuple(missions), starts_on - timedelta(days=1)
    to_be = (*known, *(_mission(planned, one, starts_on) for one in asked.branches))
    return [
        Routed(branch, scheme, competent_body(asked.departement, branch, scheme, eve, known),
               competent_body(asked.departement, branch, scheme, starts_on, to_be))
        for scheme in Scheme for branch in NATIONAL
    ]  # fmt: skip


def _mission(planned: Mission, branch: str, starts_on: date) -> Mission:
    return Mission(planned.body, planned.name, branch, planned.departement, "", starts_on, None)


@dataclass(frozen=True, slots=True)
class Seats:
    """One line of a council: `is_sure` is false for a name taken from an older wording."""

    group: str
    who: str
    seats: int
    is_sure: bool


def council_on(day: date, branches: Iterable[str]) -> list[Seats]:
    """Who sits in the council of a fund with these branches (CSS R. 216-3). Raises NoParameterInForce."""
    found, held = joint_parameters().dated("joint.council", day), {"", *branches}
    return [
        Seats(line["group"], line["who"], int(line["seats"]), found.status != "uncertain")
        for line in found.value if line["branch"] in held
    ]  # fmt: skip


def social_action_refusals(day: date, branches: Iterable[str], guideline: str) -> list[CreationRefusal]:
    """A deliberation is on a file in line with a guideline of the CNAF, in a fund that has the family branch (L. 216-5)."""
    if FAMILY not in set(branches):
        words = "Cette caisse n’avait pas la branche famille ce jour-là : elle ne délibère pas d’action sociale."
        return [CreationRefusal("joint.no_family_branch", "body", words, "CSS L. 216-5")]
    if len(guideline) < 5:
        words = f"Nommez l’orientation de la CNAF {GUIDED[_role(day)]}."
        return [CreationRefusal("joint.no_guideline", "guideline", words, "CSS L. 216-5")]
    return []


GUIDED = {"IN_LINE": "avec laquelle le dossier s’accorde", "TAKES_ACCOUNT": "dont le dossier tient compte"}


def _role(day: date) -> str:
    return str(joint_parameters().value("joint.social_action", day))
