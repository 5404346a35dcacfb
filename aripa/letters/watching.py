"""How each case stood on the days on which it was written to, kept while a family lives, so that a letter says what was
true on its own day even when years are lived at once."""

from datetime import date

import msgspec
from django.conf import settings

from aripa.life.facts import Title
from aripa.life.living import Book
from aripa.life.state import Family


class WatchedBook(Book):
    """The facts of a family, asked for at the beginning of each day: what the day before left is then complete."""

    def __init__(self, book: Book, family: Family) -> None:
        self.__dict__.update(book.__dict__)
        self._family, self._day = family, family.lived_until
        self._written = _count(family)
        self._stood: dict[date, bytes] = {}

    def received(self, day: date) -> list[Title]:
        self.look()
        self._day = day
        return super().received(day)

    def look(self) -> None:
        """Keep the state of the day that ended, when letters left on it that the portal itself is to write."""
        count, since = _count(self._family), settings.PENSIONS_SINCE
        if count == self._written or self._day is None:
            return
        self._written = count
        if since is not None and self._day >= since:
            self._stood[self._day] = msgspec.json.encode(self._family)

    def family_on(self, day: date) -> Family:
        """The family at the end of a day on which letters left."""
        return msgspec.json.decode(self._stood[day], type=Family)


def _count(family: Family) -> int:
    return sum(case.letters for case in family.cases.values())
