"""A search answered, for the page, its map and the API alike."""

from dataclasses import dataclass
from datetime import date

from monenfant.reporting.contacts import known_of_many
from monenfant.search.need import Need
from monenfant.search.relaxations import Relaxation, relaxations
from monenfant.search.selectors import PAGE, PAGES_MOST, search, silent_around
from monenfant.search.shown import Card, cards


@dataclass(frozen=True, slots=True)
class Answer:
    """What serves the need, then what may, then who said nothing; ways round when nothing serves it."""

    cards: list[Card]
    unconfirmed: list[Card]
    silent: list[Card]
    relaxations: list[Relaxation]
    page: int
    has_more: bool

    @property
    def hidden(self) -> int:
        """How many of the list have no marker."""
        return sum(card.is_hidden for card in self.cards)

    @property
    def next_page(self) -> int | None:
        return self.page + 1 if self.has_more and self.page < PAGES_MOST else None

    @property
    def total(self) -> int:
        """How many are found up to this page."""
        return PAGE * (self.page - 1) + len(self.cards)


def answer_to(need: Need, *, on: date, page: int = 1) -> Answer:
    """A page of the answer; what is not confirmed stands on the first. The queries do not grow with what is found."""
    found = search(need, on=on, most=PAGE * page)
    silent = silent_around(need, on=on) if page == 1 else []
    unconfirmed = found.unconfirmed if page == 1 else []
    known = known_of_many(((one.provider, one.number) for one in (*found.matches, *unconfirmed, *silent)), on)
    shown = cards(found.matches, known, on)[PAGE * (page - 1) :]
    around = [] if found.matches else relaxations(need, on=on)
    return Answer(
        shown, cards(unconfirmed, known, on, is_fresh=False), cards(silent, known, on), around, page, found.has_more
    )
