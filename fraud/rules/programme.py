"""The control programme of a body and a year (CSS L. 114-9): its states, the days of its year, what its adoption demands.

It leans on the internal control plan of the same year (CSS L. 114-8-1), and goes nowhere without the opinion of the person
in charge of data protection. Pure module: no ORM, no clock; the day and the figures come from the caller.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from portal.legislation.parameters import Parameters

DRAFT, ADOPTED, IN_PROGRESS, CLOSED, REPORTED = "DRAFT", "ADOPTED", "IN_PROGRESS", "CLOSED", "REPORTED"
PROGRAMME_MOVES = {
    DRAFT: frozenset({ADOPTED}),
    ADOPTED: frozenset({IN_PROGRESS}),
    IN_PROGRESS: frozenset({CLOSED}),
    CLOSED: frozenset({REPORTED}),
    REPORTED: frozenset(),
}
# The whole budget of hours, in thousandths.
WHOLE = 1000


class ProgrammeRefused(Exception):
    """What cannot be done with a programme; `str()` is the sentence shown."""


class ProgrammeMoveNotAllowed(ProgrammeRefused):
    """The programme exists but cannot go from its present state to the one asked for."""


class ProgrammeWithoutPlanError(ProgrammeRefused):
    """No internal control plan of the same body and year: nothing to lean on."""


class ProgrammeWithoutOpinionError(ProgrammeRefused):
    """The person in charge of data protection has not given an opinion on what is adopted."""


class ProgrammeOfItsDrafterError(ProgrammeRefused):
    """Who wrote a programme does not adopt it."""


class ProgrammeTooEarlyError(ProgrammeRefused):
    """The year is not at that point."""


def check_programme_move(state: str, to: str) -> None:
    """Raises ProgrammeMoveNotAllowed."""
    if to not in PROGRAMME_MOVES[state]:
        raise ProgrammeMoveNotAllowed("Ce programme n’est plus à cette étape : rien n’a changé.")


def check_programme_adoption(
    *, year: int, plan_year: int | None, plan_adopted_on: date | None, opinion_on: date | None, on: date,
    is_by_its_drafter: bool,
) -> None:  # fmt: skip
    """Raises the first reason why a programme cannot be adopted `on`."""
    if plan_year != year or plan_adopted_on is None or plan_adopted_on > on:
        raise ProgrammeWithoutPlanError(
            f"Adoption impossible : le plan de contrôle interne {year} n’est pas inscrit (CSS L. 114-8-1). "
            "Un plan d’une autre année ne compte pas."
        )
    if opinion_on is None or opinion_on > on:
        raise ProgrammeWithoutOpinionError(
            "Adoption impossible : l’avis de la protection des données sur ce programme n’est pas donné."
        )
    if is_by_its_drafter:
        raise ProgrammeOfItsDrafterError("Vous avez rédigé ce programme : une autre personne de la direction l’adopte.")


def check_programme_started(year: int, on: date) -> None:
    """Raises ProgrammeTooEarlyError before its year."""
    if on < date(year, 1, 1):
        raise ProgrammeTooEarlyError(f"Ce programme commence le 1er janvier {year}.")


def check_programme_over(year: int, on: date) -> None:
    """Raises ProgrammeTooEarlyError while its year goes on."""
    if on < date(year + 1, 1, 1):
        raise ProgrammeTooEarlyError(
            f"L’année {year} n’est pas finie : la clôture est possible à partir du 1er janvier."
        )


def check_review_in_time(year: int, on: date) -> None:
    """Raises ProgrammeTooEarlyError before the end of the first half."""
    if on < date(year, 6, 30):
        raise ProgrammeTooEarlyError("La revue à mi-année se fait à partir du 30 juin.")


def shares_fit(shares: list[int]) -> bool:
    """Whether the shares of the budget of hours (thousandths) are at most the whole."""
    return sum(shares) <= WHOLE


@dataclass(frozen=True)
class ProgrammeDate:
    """One day of the year by which something must be done. `alert`: ``D60``, ``D30``, ``D7``, ``LATE`` or empty."""

    code: str
    due: date
    alert: str = ""


# What must be done, and from which state on it is.
DUE = (
    ("draft", DRAFT),
    ("adopted", ADOPTED),
    ("reviewed", ""),
    ("closed", CLOSED),
    ("reported", REPORTED),
)
ORDER = (DRAFT, ADOPTED, IN_PROGRESS, CLOSED, REPORTED)


def programme_due_on(code: str, year: int, figures: Parameters) -> date:
    """The last day for `code` of the programme of `year`."""
    told = figures.value(f"programme.{code}_by", date(year, 1, 1))
    return date(year + int(told["years"]), int(told["month"]), int(told["day"]))


def alert_of(due: date, on: date, days: list[int]) -> str:
    """``LATE`` once the day is over; else the nearest of `days` (``D7`` seven days before and less); empty when it is far."""
    if on > due:
        return "LATE"
    reached = [number for number in days if on >= due - timedelta(days=number)]
    return f"D{min(reached)}" if reached else ""


def programme_dates(
    *, year: int, status: str, is_reviewed: bool, on: date, figures: Parameters
) -> list[tuple[ProgrammeDate, bool]]:
    """Every day of the year, each with whether it is done; what is done has no alert. `status` is empty without a draft."""
    days = [int(number) for number in figures.value("programme.alert_days", date(year, 1, 1))]
    found = []
    for code, state in DUE:
        done = is_reviewed if code == "reviewed" else bool(status) and ORDER.index(status) >= ORDER.index(state)
        due = programme_due_on(code, year, figures)
        # A half-year review that was never made is past once the year is closed: nobody can make it any more.
        over = code == "reviewed" and status in (CLOSED, REPORTED)
        found.append((ProgrammeDate(code, due, "" if done or over else alert_of(due, on, days)), done))
    return found
