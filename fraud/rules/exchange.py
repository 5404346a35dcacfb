"""Exchanges between bodies: states, grounds, delays, answers (CSS L. 114-12, L. 114-16-1).

Pure module: facts, figures and days in. Professional secrecy between designated officers is no ground of refusal, so that the
list below has no word for it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from portal.legislation.calendar import months_later
from portal.legislation.parameters import Parameters

DRAFT, SENT, ACKNOWLEDGED = "DRAFT", "SENT", "ACKNOWLEDGED"
ANSWERED, PARTIAL, REFUSED, EXPIRED = "ANSWERED", "PARTIAL", "REFUSED", "EXPIRED"
CLOSED, PURGED = "CLOSED", "PURGED"
# A late answer is better than none: an exchange whose time is over takes it until it is closed. What the other body refuses to
# take in goes from SENT to REFUSED; a draft that nobody sends is closed, then purged, like the rest.
ALLOWED_MOVES: Mapping[str, frozenset[str]] = {
    DRAFT: frozenset({SENT, CLOSED}),
    SENT: frozenset({ACKNOWLEDGED, REFUSED, EXPIRED}),
    ACKNOWLEDGED: frozenset({ANSWERED, PARTIAL, REFUSED, EXPIRED, CLOSED}),
    ANSWERED: frozenset({CLOSED}),
    PARTIAL: frozenset({CLOSED}),
    REFUSED: frozenset({CLOSED}),
    EXPIRED: frozenset({ANSWERED, PARTIAL, REFUSED, CLOSED}),
    CLOSED: frozenset({PURGED}),
    PURGED: frozenset(),
}
TO_ANSWER = frozenset({ACKNOWLEDGED, EXPIRED})
DECIDED = frozenset({ANSWERED, PARTIAL, REFUSED})
OVER = DECIDED | {EXPIRED}

REQUEST, SPONTANEOUS = "REQUEST", "SPONTANEOUS"
INFORMATION, DATA, DOCUMENT = "INFORMATION", "DATA", "DOCUMENT"
NORMAL, URGENT = "NORMAL", "URGENT"
# What is said of one item.
GIVEN, NOT_HELD = "GIVEN", "NOT_HELD"

L114_12, L114_16_1, L114_19, L152_LPF, CODAF = "L114-12", "L114-16-1", "L114-19", "L152-LPF", "CODAF"
RIGHTS, INFORMING, LIQUIDATION, FRAUD = "RIGHTS", "INFORMING", "LIQUIDATION", "FRAUD"
FINDING, CONTRIBUTIONS, RECOVERY = "FINDING", "CONTRIBUTIONS", "RECOVERY"
# What each text lets a body ask for.
PURPOSES: Mapping[str, frozenset[str]] = {
    L114_12: frozenset({RIGHTS, INFORMING, LIQUIDATION, FRAUD}),
    L114_16_1: frozenset({FINDING, CONTRIBUTIONS, RECOVERY}),
    L114_19: frozenset({RIGHTS, LIQUIDATION, RECOVERY}),
    L152_LPF: frozenset({RIGHTS, LIQUIDATION, FRAUD, RECOVERY}),
    CODAF: frozenset({FINDING, CONTRIBUTIONS, RECOVERY}),
}

NOT_DESIGNATED, OUT_OF_SCOPE, PURPOSE_UNLAWFUL = "NOT_DESIGNATED", "OUT_OF_SCOPE", "PURPOSE_UNLAWFUL"
NOT_NECESSARY, IDENTITY_UNCERTAIN, TOO_OLD = "NOT_NECESSARY", "IDENTITY_UNCERTAIN", "TOO_OLD"
MEDICAL_SECRECY, JUDICIAL_SECRECY, DEFENCE_SECRECY = "MEDICAL_SECRECY", "JUDICIAL_SECRECY", "DEFENCE_SECRECY"
REFUSALS = (
    NOT_DESIGNATED, OUT_OF_SCOPE, PURPOSE_UNLAWFUL, NOT_NECESSARY, IDENTITY_UNCERTAIN, NOT_HELD, MEDICAL_SECRECY,
    JUDICIAL_SECRECY, TOO_OLD, DEFENCE_SECRECY,
)  # fmt: skip
# Two secrets do not end the matter: they name who may be asked.
ASK_INSTEAD: Mapping[str, str] = {MEDICAL_SECRECY: "MEDICAL_ADVISER", JUDICIAL_SECRECY: "PROSECUTOR"}


class MoveNotAllowed(Exception):
    """The exchange exists but cannot go from its present state to the one asked for."""


@dataclass(frozen=True)
class Drafted:
    """An exchange as its sender writes it, before anything of it is kept or sent."""

    form: str
    legal_basis: str
    purpose: str
    person: Mapping[str, str]
    has_case: bool
    reason: str
    items: Sequence[str]
    period: tuple[date | None, date | None]
    payload_kinds: Collection[str] = (INFORMATION,)


def check_move(before: str, after: str) -> None:
    """Raises MoveNotAllowed."""
    if after not in ALLOWED_MOVES[before]:
        raise MoveNotAllowed(f"Un échange « {before} » ne devient pas « {after} ».")


def wrong_in(parameters: Parameters, drafted: Drafted, on: date) -> dict[str, str]:
    """What must be written or mended before sending, a code by field; empty when nothing is."""
    found: dict[str, str] = {}
    if drafted.legal_basis not in PURPOSES:
        found["legal_basis"] = "missing"
    elif drafted.purpose not in PURPOSES[drafted.legal_basis]:
        found["purpose"] = "unlawful" if drafted.purpose else "missing"
    if not is_named(drafted.person):
        found["person"] = "missing"
    if not drafted.has_case and not drafted.reason.strip():
        found["reason"] = "missing"
    if not drafted.items:
        found["items"] = "missing"
    start, end = drafted.period
    if start is None or end is None or end <= start or start > on:
        found["period"] = "missing" if None in drafted.period else "order"
    if not set(drafted.payload_kinds) <= payload_kinds(parameters, drafted.legal_basis, on):
        found["payload_kinds"] = "information_only"
    return found


def is_named(person: Mapping[str, str]) -> bool:
    """A number, or a whole identity: a family name alone is nobody."""
    return bool(person.get("nir")) or all(person.get(name) for name in ("last_name", "first_name", "born_on"))


def payload_kinds(parameters: Parameters, legal_basis: str, on: date) -> frozenset[str]:
    """What may circulate: under L. 114-12 only information before 28 December 2019, data and documents too since."""
    if legal_basis == L114_12:
        return frozenset(parameters.value("exchange.payload_kinds", on))
    return frozenset({INFORMATION, DATA, DOCUMENT})


def due_on(parameters: Parameters, sent_on: date, urgency: str = NORMAL) -> date:
    """The last day to answer: thirty days, ten for an urgent request."""
    name = "exchange.answer_days_urgent" if urgency == URGENT else "exchange.answer_days"
    return sent_on + timedelta(days=int(parameters.value(name, sent_on)))


def has_expired(due: date, on: date) -> bool:
    """The day after the last one."""
    return on > due


def state_of_answer(outcomes: Sequence[str]) -> str:
    """What the exchange becomes once every item is decided; empty while one is not."""
    if not outcomes or "" in outcomes:
        return ""
    given = outcomes.count(GIVEN)
    return ANSWERED if given == len(outcomes) else PARTIAL if given else REFUSED


def kept_until(parameters: Parameters, last_move_on: date) -> date:
    """First day when an exchange without a case is no longer kept."""
    return months_later(last_move_on, int(parameters.value("exchange.kept_unlinked_months", last_move_on)))


def unlinked_kept_since(parameters: Parameters, on: date) -> date:
    """The first day of which `on` still keeps what came or left and belongs to no exchange."""
    return _first_kept(parameters, "exchange.kept_unlinked_months", on)


def refused_kept_since(parameters: Parameters, on: date) -> date:
    """The first day of which `on` still keeps the trace of what came and was no envelope to be trusted."""
    return _first_kept(parameters, "envelope.refused_kept_months", on)


def _first_kept(parameters: Parameters, name: str, on: date) -> date:
    return months_later(on, -int(parameters.value(name, on)))
