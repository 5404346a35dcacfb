"""What goes on with a joint fund, and goes back from it: each application says what it holds open, and every open file is
noted on the day.

Numbers do not move: a file keeps its code, its number, its history and its deadline; who is competent for it changes. So to
move is to note each open file as it stood, in the transaction of the day, then to find each one again under who answers
from it, slice by slice (`running`), and to prove that none lacks (`proving`).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import CharField, DateField, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast

from portal.organisations.models import BodyMission, Branch, CreationFile, FileMove, FundReturn
from portal.organisations.serving import funds_served

Move = CreationFile | FundReturn


def bears(code: str) -> Q:
    return Q(fund=code)


@dataclass(frozen=True)
class Holding:
    """What an application holds for the files of a fund. `label`: one and several of them, in French.

    `rows` are all of them, open or not; `is_open` says which are; `of` those of a fund's code; `key` and `deadline` are
    columns (or annotations of `rows`). `subject`: what comes before the key in the ledger's and the bank's subjects, for the
    kind whose money is proved; `cents`: a column of sums that wait, proved to the cent too. A kind that does not `tell_keys` is
    counted and never listed: its numbers are protected.
    """

    kind: str
    label: str
    rows: Callable[[], QuerySet[Any]]
    is_open: Q
    of: Callable[[str], Q] = bears
    key: str = "pk"
    deadline: str = ""
    branch: str = Branch.FAMILY
    subject: Callable[[str], str] | None = None
    cents: str = ""
    tells_keys: bool = True


_holdings: dict[str, Holding] = {}


def register_holding(holding: Holding) -> None:
    """Have what it describes noted and found again for each fund that begins or ends."""
    _holdings[holding.kind] = holding


def holdings(branch: str = "") -> list[Holding]:
    """Those of a branch, or all, in the order of kinds."""
    return [one for _kind, one in sorted(_holdings.items()) if branch in ("", one.branch)]


def holding_of(kind: str) -> Holding:
    return _holdings[kind]


@dataclass(frozen=True)
class Counted:
    """How many files of a kind are open, before anything is moved, and the cents of those that are sums."""

    label: str
    count: int
    cents: int


def count_open(held: Iterable[tuple[str, str]]) -> list[Counted]:
    """What is open now for these branches and codes of files, kind by kind; the kinds of which nothing is are left out."""
    wanted = sorted(set(held))
    told = [_counted(one, [code for branch, code in wanted if branch == one.branch]) for one in holdings()]
    return [one for one in told if one.count]


def _counted(one: Holding, codes: list[str]) -> Counted:
    mine = Q(pk__in=[])
    for code in codes:
        mine |= one.of(code)
    found = one.rows().filter(one.is_open, mine)
    cents = found.aggregate(cents=Sum(one.cents, default=0))["cents"] if one.cents else 0
    return Counted(one.label, found.count() if codes else 0, cents)


def note_files(move: Move, mission: BodyMission) -> int:
    """Note every file open under the code of the former body, with its deadline; one statement a kind. A second call notes
    none twice."""
    return sum(_note(move, mission, one) for one in holdings(mission.branch))


NOTE = """INSERT INTO organisations_filemove ({way}, kind, key, former, deadline, trouble)
{open_files} ON CONFLICT DO NOTHING"""


def _note(move: Move, mission: BodyMission, one: Holding) -> int:
    deadline = Cast(F(one.deadline) if one.deadline else Value(None), DateField())
    found = one.rows().filter(one.is_open, one.of(mission.former_id)).order_by()
    noted = found.annotate(
        move_way=Value(move.pk), move_kind=Value(one.kind), move_key=Cast(one.key, CharField()),
        move_former=Value(mission.former_id), move_deadline=deadline, move_trouble=Value(""),
    ).values_list("move_way", "move_kind", "move_key", "move_former", "move_deadline", "move_trouble")  # fmt: skip
    sql, params = noted.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(NOTE.format(way=f"{_way(move)}_id", open_files=sql), params)
        return cursor.rowcount


def _way(move: Move) -> str:
    return "creation" if isinstance(move, CreationFile) else "returned"


def moves_of(move: Move) -> QuerySet[FileMove]:
    return FileMove.objects.filter(**{_way(move): move})


def codes_received(move: Move, branch: str, day: date) -> list[str]:
    """The codes of the files that who answers from the move serves on `day` in a branch: the joint fund, while it holds its
    mission; the former bodies, once it has ended and until a joint fund takes their place again."""
    if isinstance(move, FundReturn):
        found = move.missions.filter(branch=branch)
        return sorted(code for one in found for code in funds_served(one.former_id, branch, _while_back(one, day)))
    mission = BodyMission.objects.filter(body=move.code, branch=branch, starts_on=move.moves_on).first()
    if mission is not None and mission.ends_on is not None:
        day = min(day, mission.ends_on - timedelta(days=1))
    return funds_served(move.code, branch, day)


def _while_back(mission: BodyMission, day: date) -> date:
    """`day`, or the eve of the next mission that takes over from the same body: what went back was there until then."""
    assert mission.ends_on is not None, "its files went back"
    later = BodyMission.objects.filter(former=mission.former_id, branch=mission.branch, starts_on__gt=mission.ends_on)
    taken = later.order_by("starts_on").values_list("starts_on", flat=True).first()
    return day if taken is None else min(day, taken - timedelta(days=1))
