"""Asking third parties: who may be asked, why, in how many days, and the fine for silence or refusal (CSS L. 114-19 to L. 114-21).

Pure module. Money in integer cents; every figure is dated (`fraud/parameters/third_party.yaml`).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from fraud.rules.figures import control_parameters


class ThirdPartyKind(StrEnum):
    """Who may be asked: a closed list (CSS L. 114-20)."""

    BANK = "BANK"
    ENERGY = "ENERGY"
    TELECOM = "TELECOM"
    EMPLOYER = "EMPLOYER"
    LANDLORD = "LANDLORD"


class ThirdPartyPurpose(StrEnum):
    """What for: nothing else is lawful (CSS L. 114-19)."""

    DECLARATIONS = "DECLARATIONS"
    PAPERS = "PAPERS"
    RECOVERY = "RECOVERY"


@dataclass(frozen=True)
class Fine:
    """A fine and how it comes about, in cents."""

    persons: int
    per_person_cents: int
    cap_cents: int

    @property
    def uncapped_cents(self) -> int:
        return self.persons * self.per_person_cents

    @property
    def amount_cents(self) -> int:
        """So much a person concerned, never above the cap."""
        return min(self.uncapped_cents, self.cap_cents)


def fine_on(persons: int, day: date) -> Fine:
    """The fine for one request, of the figures in force the day it is proposed. Raises ValueError without anybody concerned."""
    if persons < 1:
        raise ValueError("a fine concerns at least one person")
    return Fine(persons, 100 * _days("fine_per_person", day), 100 * _days("fine_cap", day))


def answer_due(received_on: date) -> date:
    """The last day to answer: so many days after the third party received the request, never after it was sent."""
    return received_on + timedelta(days=_days("answer_days", received_on))


def receipt_awaited_until(sent_on: date) -> date:
    """The last day on which the acknowledgement of receipt is simply awaited: without it no delay runs."""
    return sent_on + timedelta(days=_days("receipt_days", sent_on))


def may_fine(due_on: date | None, today: date) -> bool:
    """Whether the delay has run out: a third party that refused may still change its mind until then."""
    return due_on is not None and today > due_on


def fine_reply_until(proposed_on: date) -> date:
    """The last day for the third party to say why it should not be fined; nothing is decided before it is over."""
    return proposed_on + timedelta(days=_days("fine_reply_days", proposed_on))


def is_first_attempt_due(day: date) -> bool:
    """Whether the paper must first have been asked of the person, but for a written reason."""
    return bool(_days("first_attempt", day))


def link_closes_on(over_on: date) -> date:
    """The day from which the page of a request that is over opens nothing."""
    return over_on + timedelta(days=_days("link_days", over_on))


def _days(name: str, day: date) -> int:
    return int(control_parameters().value(f"third_party.{name}", day))
