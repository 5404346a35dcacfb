"""What a place would cost: three facts, the rest proposed, and the comparison of costs does the sum.

The same form, words and computation as the simulator: nothing is computed here. The child's birth is told by its age in
months on the first day searched for, to the day.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from monenfant.models import CarePlace, Childminder
from monenfant.reporting.contacts import Known
from monenfant.reporting.showing import SOMEBODY
from monenfant.search.need import Need
from monenfant.search.place import paid_mode
from monenfant.simulations.forms import COMPARISON, comparison
from monenfant.simulations.prices import BODIES
from monenfant.simulations.words import CRECHES
from portal.frame import simulators
from portal.frame.questions import Question, plain, typed_text
from portal.legislation.trace import euros

FACTS = ("annual_resources", "dependent_children", "hours", "child_birth_date")
HOURS_OF_DAY = 8
DAYS_MOST = 31
HELP = {
    "annual_resources": "en euros, revenus d’il y a deux ans", "dependent_children": "", "hours": "",
    "child_birth_date": "jj/mm/aaaa",
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """The place whose mode comes first."""

    name: str
    mode: str
    hourly_rate_cents: int | None


def place_to_compare(place: CarePlace, known: Known | None) -> Place:
    mode = paid_mode(place, known)
    told = Childminder.objects.filter(number=place.number).first() if mode == "CHILDMINDER" else None
    return Place(known.name if known else SOMEBODY, mode, told.hourly_rate_cents if told else None)


def born_on(need: Need | None) -> str:
    """A birth that gives the age searched for, on the first day."""
    if need is None:
        return ""
    months = need.first.year * 12 + need.first.month - 1 - need.age_months
    return f"{min(need.first.day, 28):02d}/{months % 12 + 1:02d}/{months // 12}"


def questions(typed: Mapping[str, str], errors: Mapping[str, str]) -> list[Question]:
    labels = {one.name: one.label for _title, asks in COMPARISON.groups for one in asks}
    return [
        Question(name, labels[name], typed_text(typed.get(name, "")), HELP[name], (), errors.get(name, ""))
        for name in FACTS
    ]


def compared(typed: Mapping[str, str], place: Place | None, month: date) -> simulators.Shown:
    """The comparison of these facts, the mode of the place first."""
    given = {name: typed_text(typed.get(name, "")) for name in FACTS}
    form = replace(COMPARISON, summary=partial(comparison, first=place.mode if place else ""))
    return simulators.simulated(form, _whole(given, place, month))


def _whole(given: dict[str, str], place: Place | None, month: date) -> dict[str, str]:
    """What the form of the simulator would hold: prices proposed, or the place's own; days of eight hours."""
    # Care by a body is compared on the whole simulator.
    proposed = {name: price for name, price in COMPARISON.proposed(month).items() if name not in BODIES}
    if place and place.hourly_rate_cents:
        proposed["childminder_hourly"] = euros(place.hourly_rate_cents).replace(".", ",")
    if place and place.mode in CRECHES:
        proposed["creche_kind"] = place.mode
    return proposed | {"care_month": f"{month:%m/%Y}", "days": _days(given["hours"])} | given


def _days(hours: str) -> str:
    """Days of eight hours; none for what is no number, which the simulator refuses under its name."""
    whole = plain(hours).partition(".")[0]
    return str(min(DAYS_MOST, -(-int(whole) // HOURS_OF_DAY))) if whole.isascii() and whole.isdigit() else ""
