"""Who answers for the files of a fund, on a day. Numbers do not move: a joint fund takes over the files of a former body,
which go on bearing its code (CSS L. 216-4). Read from the missions, one query a call: they are few, and nothing is kept.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from portal.organisations.directory import bodies, fund_name, is_fund_code
from portal.organisations.models import BodyMission, Branch


@dataclass(frozen=True)
class Serving:
    """The body that answers for a fund's files. `former` is the name under which they were opened or followed before, `since`
    the day from which another answers; empty and None when it has always been the fund itself. `is_back`: it answers again,
    after a joint fund that ended."""

    code: str
    name: str
    former: str = ""
    since: date | None = None
    is_back: bool = False


def competent_for(fund: str, branch: str, day: date) -> str:
    """The code of the body competent that day for the files that bear `fund`."""
    held = _held_on(day).filter(former=fund, branch=branch).first()
    return held.body_id if held else fund


def funds_served(body: str, branch: str, day: date) -> list[str]:
    """The codes of the files that `body` holds in `branch` that day: its own, unless another took them over; those that it
    took over itself. None in a branch that it does not hold."""
    held = list(_held_on(day).filter(Q(body=body) | Q(former=body), branch=branch))
    if body.startswith("CCSS"):
        return sorted(one.former_id for one in held)
    return [] if held else [body]


def serving(fund: str, day: date, branch: str = Branch.FAMILY) -> Serving:
    """Who answers for a fund's files. Raises UnknownFund."""
    return serving_of([fund], day, branch)[fund]


def serving_of(funds: Iterable[str], day: date, branch: str = Branch.FAMILY) -> dict[str, Serving]:
    """The same of several, in one query. Raises UnknownFund."""
    wanted = set(funds)
    begun = BodyMission.objects.filter(former__in=wanted, branch=branch, starts_on__lte=day).select_related("body")
    last = {one.former_id: one for one in begun.order_by("starts_on")}
    return {code: _told(code, last.get(code), day) for code in wanted}


def name_on(fund: str, day: date, branch: str = Branch.FAMILY) -> str:
    """The name to show that day. Raises UnknownFund."""
    return serving(fund, day, branch).name


def names_on(funds: Iterable[str], day: date, branch: str = Branch.FAMILY) -> dict[str, str]:
    """The names of several; what a fund calls itself, when the directory does not know it."""
    wanted = set(funds)
    known = serving_of((code for code in wanted if is_fund_code(code)), day, branch)
    return {code: known[code].name if code in known else code for code in wanted}


def _held_on(day: date) -> QuerySet[BodyMission]:
    found = BodyMission.objects.filter(Q(ends_on=None) | Q(ends_on__gt=day), starts_on__lte=day)
    return found.select_related("body").order_by("former", "branch")


def _told(code: str, held: BodyMission | None, day: date) -> Serving:
    own = fund_name(code)
    if held is None:
        return Serving(code, own)
    if held.ends_on is not None and held.ends_on <= day:
        again = bodies().get(code)
        return Serving(code, again.name if again else own, held.body.name, held.ends_on, is_back=True)
    # The directory names a joint fund by the code of its files when it knew it already: then nobody reads a former name.
    former = "" if own == held.body.name else own
    return Serving(held.body_id, held.body.name, former, held.starts_on)
