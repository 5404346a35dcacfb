"""A synthetic population of intermediation as flow files: titles, parents, prices, and what happens day by day."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from aripa.life.facts import Event, Price, Prices
from aripa.life.living import Outcome
from aripa.life.state import Family
from aripa.population import files
from aripa.population.cast import Row, case_cast, parent_row, person
from aripa.population.chance import Chance
from aripa.population.chapters import Chapters
from aripa.population.people import People
from aripa.population.prices import prices
from aripa.population.story import Story

FIRST_DAY, LAST_DAY = date(2021, 1, 1), date(2026, 10, 31)
# The first dated figures of ASF: nothing can be computed before.
EARLIEST = date(2018, 4, 1)
PERSONS_OF_FAMILY = 4


@dataclass(slots=True)
class Summary:
    """What was written, and what the engine would have a person look at."""

    cases: int
    rows: dict[str, int] = field(default_factory=dict)
    files: tuple[Path, ...] = ()
    worries: list[tuple[str, date, str]] = field(default_factory=list)
    families: list[Family] = field(default_factory=list)

    def __str__(self) -> str:
        counts = ", ".join(f"{count} {name}" for name, count in self.rows.items())
        return f"{self.cases} dossiers : {counts}"


def generate(cases: int, seed: int, out: Path, *, first: date = FIRST_DAY, last: date = LAST_DAY) -> Summary:
    """Write so many cases whose titles come between `first` and `last`, the same for the same arguments.

    Raises ValueError for arguments outside these bounds.
    """
    if cases < 1:
        raise ValueError("Il faut au moins un dossier.")
    if not EARLIEST <= first < last:
        raise ValueError(f"La période commence au plus tôt le {EARLIEST} et finit après son début.")
    published = prices(last)
    summary, stories = Summary(cases), list(_stories(cases, seed, Prices(published), first, last))
    out.mkdir(parents=True, exist_ok=True)
    _write(summary, stories, published, out)
    summary.families = [story.family for story in stories]
    summary.worries = [worry for story in stories for worry in story.worries]
    return summary


def _write(summary: Summary, stories: list[Story], published: list[Price], out: Path) -> None:
    parents = [row for story in stories for rows in story.parents.values() for row in rows]
    titles = [row for story in stories for rows in story.titles.values() for row in rows]
    titles.sort(key=lambda row: (row["received_at"], row["title_no"], row["child_id"]))
    written = [
        files.write(out, files.PARENTS, files.parents(parents)),
        files.write(out, files.TITLES, titles),
        files.write(out, files.PRICES, files.price_rows(published)),
        files.write(out, files.EVENTS, files.event_rows(_told(stories))),
    ]
    summary.files = tuple(path for path, _count in written)
    summary.rows = {path.stem: count for path, count in written}


def _told(stories: list[Story]) -> list[tuple[Event, str]]:
    return sorted((one for story in stories for one in story.events), key=lambda one: one[0].day)


def _stories(cases: int, seed: int, known: Prices, first: date, last: date) -> Iterator[Story]:
    """Creditors one after the other, most with one case, some with two."""
    number, family = 0, 0
    while number < cases:
        chance = Chance(seed, f"family {family}")
        count = 2 if chance.hit(40) and number + 1 < cases else 1
        yield _story(chance, seed, family, range(number, number + count), known, first, last)
        number, family = number + count, family + 1


def _story(
    chance: Chance, seed: int, family: int, numbers: range, known: Prices, first: date, last: date
) -> Story:  # fmt: skip
    creditor = person(chance, family * PERSONS_OF_FAMILY, is_creditor=True)
    story = Story(creditor.parent_no, known, last)
    all_people = []
    latest = max(first, last - timedelta(days=45))
    for rank, number in enumerate(numbers, 1):
        own = Chance(seed, f"case {number}")
        debtor = person(own, family * PERSONS_OF_FAMILY + rank, is_creditor=False)
        cast = case_cast(own, number, creditor, debtor, first, latest, with_title=not own.hit(50))
        known_on = cast.title["received_at"] - timedelta(days=own.below(3))
        _introduce(story, own, parent_row(own, debtor, known_on) if cast.debtor else None)
        _introduce(story, chance, parent_row(chance, creditor, known_on))
        people = People(story, cast, own)
        all_people.append(people)
        Chapters(people).begin()

    def react(out: Outcome) -> None:
        for people in all_people:
            people.react(out)

    story.run(react)
    return story


def _introduce(story: Story, chance: Chance, row: Row | None) -> None:
    """A parent as known with the title; a creditor of two cases is introduced once, by the earlier."""
    if row is None:
        return
    if chance.hit(8):
        row |= {"country": "BE", "fund": None, "postcode": "1000", "city": "Bruxelles", "stable_residence": None}
    known = story.parents.get(row["parent_no"])
    if known:
        known[0]["updated_at"] = min(known[0]["updated_at"], row["updated_at"])
    else:
        story.know_parent(row)
