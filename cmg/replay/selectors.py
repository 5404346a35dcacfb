"""What the pages of a replay read: its totals on a day, and the list behind each of them, from one table of conditions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from statistics import median_low
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum

from cmg.models import Replay, ReplayLine, ReplayState, Wait

HELD_WAITS = (Wait.AUTO, Wait.PERSON)


@dataclass(frozen=True)
class Figure:
    """One total of a circuit, in words for one family and for several; `cents_of` is what it sums, if anything."""

    key: str
    label: str
    cents_of: str = ""


# In the order of the page; the first of each circuit is the big one.
LEFT = (
    Figure("left_wrong", "famille prélevée à tort,familles prélevées à tort", "left_wrong_cents"),
    Figure("left_missing", "famille sans toute son aide,familles sans toute leur aide", "left_missing_cents"),
    Figure(
        "left_undecided",
        "famille prélevée sans aucune décision,familles prélevées sans aucune décision",
        "left_undecided_cents",
    ),
)
RIGHT = (
    Figure("right_wrong", "famille prélevée à tort,familles prélevées à tort", "right_wrong_cents"),
    Figure(
        "right_held",
        "famille retenue ce jour-là : rien n’est prélevé,familles retenues ce jour-là : rien n’est prélevé",
        "left_taken",
    ),
    Figure("right_waiting", "famille dont l’aide attend,familles dont l’aide attend", "due_payout_cents"),
    Figure("right_alone", "famille réparée seule,familles réparées seules"),
    Figure(
        "right_undecided",
        "famille retenue faute de décision,familles retenues faute de décision",
        "left_undecided_cents",
    ),
)
EVERYTHING = Figure(
    "all",
    "famille dont une déclaration n’est pas simple,familles dont une déclaration n’est pas simple",
)
FIGURES = {figure.key: figure for figure in (*LEFT, *RIGHT, EVERYTHING)}


def conditions(day: date) -> dict[str, Q]:
    """The lines behind each total on `day`: what has happened by then, in either circuit."""
    taken = Q(taken_on__lte=day)
    left_yet = Q(leaves_on__lte=day)
    held = Q(declared_on__lte=day, wait__in=HELD_WAITS) & ~left_yet
    return {
        "left_wrong": taken & Q(left_wrong_cents__gt=0),
        "left_missing": taken & Q(left_missing_cents__gt=0),
        "left_undecided": taken & Q(left_undecided_cents__gt=0),
        "right_wrong": left_yet & Q(right_wrong_cents__gt=0),
        "right_held": held,
        "right_waiting": taken & held & Q(due_payout_cents__gt=0),
        "right_alone": Q(wait=Wait.AUTO) & left_yet | Q(wait=Wait.AT_ONCE, declared_on__lte=day),
        "right_undecided": held & Q(is_decided=False),
        EVERYTHING.key: Q(declared_on__lte=day),
    }


def last_replay() -> Replay | None:
    """The last one calculated."""
    return Replay.objects.filter(state=ReplayState.DONE).order_by("-finished_at", "-pk").first()


def under_way() -> Replay | None:
    """The last one asked for, unless it is done."""
    found = Replay.objects.order_by("-pk").first()
    return found if found is not None and found.state != ReplayState.DONE else None


def totals_on(replay: Replay, day: date) -> dict[str, tuple[int, int | None]]:
    """Each figure on `day`: families, and cents where it sums some. One query."""
    wanted: dict[str, Any] = {}
    for key, condition in conditions(day).items():
        wanted[f"families_{key}"] = Count("employer_no", distinct=True, filter=condition)
        column = _cents(FIGURES[key])
        if column:
            wanted[f"cents_{key}"] = Sum(column, filter=condition, default=0)
    found = ReplayLine.objects.filter(replay=replay).aggregate(**wanted)
    return {key: (found[f"families_{key}"], found.get(f"cents_{key}")) for key in FIGURES}


def _cents(figure: Figure) -> str:
    # What a hold keeps from leaving is what the other circuit takes.
    return "left_debit_cents" if figure.cents_of == "left_taken" else figure.cents_of


def lines_of(replay: Replay, key: str, day: date, filters: Mapping[str, str]) -> QuerySet[ReplayLine]:
    """The declarations behind a figure on `day`, searched by name or number, filtered by code."""
    found = ReplayLine.objects.filter(conditions(day)[key], replay=replay)
    if filters.get("code"):
        found = found.filter(codes__contains=filters["code"])
    text = filters.get("q", "")
    return found.filter(Q(name__icontains=text) | Q(employer_no=text)) if text else found


def family_lines(replay: Replay, employer_no: str) -> list[ReplayLine]:
    """The family's declarations, in the order of their numbers."""
    return list(ReplayLine.objects.filter(replay=replay, employer_no=employer_no).order_by("declaration_no"))


@dataclass(frozen=True)
class MadeWhole:
    """Of the families held although their right was decided: how many, and the days until everything left."""

    families: int
    median_days: int | None
    last_days: int | None


def made_whole(replay: Replay) -> MadeWhole:
    """Days from the declaration until what was held left, for the families that a decision lets go. One query."""
    held = ReplayLine.objects.filter(replay=replay, wait__in=HELD_WAITS, leaves_on__isnull=False)
    last: dict[str, int] = {}
    for employer_no, declared_on, leaves_on in held.values_list("employer_no", "declared_on", "leaves_on"):
        last[employer_no] = max(last.get(employer_no, 0), (leaves_on - declared_on).days)
    days = sorted(last.values())
    return MadeWhole(len(days), median_low(days) if days else None, days[-1] if days else None)


def by_code(replay: Replay) -> list[dict[str, Any]]:
    """Families by the codes the control found, the most numerous first: what each circuit did with them in the end."""
    found = ReplayLine.objects.filter(replay=replay).exclude(codes="").values("codes").order_by("codes")
    return list(
        found.annotate(
            families=Count("employer_no", distinct=True),
            wrong=Count("employer_no", distinct=True, filter=Q(left_wrong_cents__gt=0)),
            wrong_cents=Sum("left_wrong_cents"),
            held=Count("employer_no", distinct=True, filter=Q(wait__in=HELD_WAITS)),
        ).order_by("-families", "codes")
    )


@dataclass(frozen=True)
class Day:
    """Families on one day: debited wrongly so far by the circuit of 2019, by the portal, and held by the portal."""

    day: date
    wrong: int
    right_wrong: int
    held: int


BY_DAY = """
SELECT d.day::date,
       count(DISTINCT l.employer_no) FILTER (WHERE l.left_wrong_cents > 0 AND l.taken_on <= d.day),
       count(DISTINCT l.employer_no) FILTER (WHERE l.right_wrong_cents > 0 AND l.leaves_on <= d.day),
       count(DISTINCT l.employer_no) FILTER (WHERE l.wait IN ('AUTO', 'PERSON') AND l.declared_on <= d.day
                                             AND (l.leaves_on IS NULL OR l.leaves_on > d.day))
FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS d (day)
LEFT JOIN cmg_replayline l ON l.replay_id = %(replay)s
GROUP BY 1 ORDER BY 1
"""


def by_day(replay: Replay) -> list[Day]:
    """The curve of a replay, one point a day, from the same conditions as its totals. One query."""
    with connection.cursor() as cursor:
        cursor.execute(BY_DAY, {"first": replay.first_day, "last": replay.last_day, "replay": replay.pk})
        return [Day(*row) for row in cursor.fetchall()]
