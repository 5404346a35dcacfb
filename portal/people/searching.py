"""Finding people by their names: in any order, without accents, with a letter wrong; whichever table holds `name_key`.

A name is first searched word by word, each as the beginning of a word; only when nobody bears such a name, by words that
look alike (trigrams). All of it goes through indexes: a national base answers as fast as a département.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection, transaction
from django.db.models import F, FloatField, Q, QuerySet, Value
from django.db.models.functions import Least

from portal.people.identity import name_key

# Candidates share this part of their trigrams (« emlie » and « emilie » 0.44); then their letters are compared.
ALIKE = 0.4
CANDIDATES = 500
SHORTEST_ALIKE = 4
LONG_WORD = 8
DAY = re.compile(r"\b(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\b")


def words_of(text: str) -> list[str]:
    """The words of a name as they are compared, the longest first."""
    return sorted(set(name_key(text).split()), key=len, reverse=True)


def words_begun(words: Sequence[str]) -> Q:
    """Names of which each word, in any order, begins a word."""
    found = Q()
    for word in words:
        found &= Q(name_key__startswith=word) | Q(name_key__contains=f" {word}")
    return found


def without_date(text: str) -> tuple[str, date | None]:
    """The words beside a birth date such as ``12/04/1990``, and that date."""
    told = DAY.search(text)
    if told is None:
        return text, None
    try:
        return DAY.sub(" ", text), date(int(told[3]), int(told[2]), int(told[1]))
    except ValueError:
        return text, None


def alike(words: Sequence[str], people: QuerySet[Any], most: int) -> list[Any]:
    """Those whose names look most like the words, `most` of them; short words must stand there as they are."""
    long = [word for word in words if len(word) >= SHORTEST_ALIKE]
    if not long:
        return []
    for word in words:
        near = Q(name_key__trigram_word_similar=word) if word in long else Q(name_key__contains=word)
        people = people.filter(near)
    scores = [TrigramWordSimilarity(Value(word), F("name_key"), output_field=FloatField()) for word in long]
    worst = Least(*scores) if len(scores) > 1 else scores[0]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL pg_trgm.word_similarity_threshold = %s", [ALIKE])
        candidates = list(people.annotate(alike=worst).order_by("-alike", "name_key", "pk")[:CANDIDATES])
    return [one for one in candidates if all(_stands_in(word, one.name_key) for word in words)][:most]


def _stands_in(word: str, name: str) -> bool:
    """Whether a word of the name is `word` but for one letter; two when it is long."""
    most = 0 if len(word) < SHORTEST_ALIKE else 2 if len(word) >= LONG_WORD else 1
    return any(abs(len(word) - len(other)) <= most and edits(word, other) <= most for other in name.split())


def edits(one: str, other: str) -> int:
    """How many letters to add, remove, change or swap with the next one to make a word of the other."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        former, before, row = before, row, [i]
        for j, against in enumerate(other, start=1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != against))
            if i > 1 and j > 1 and (letter, one[i - 2]) == (other[j - 2], against):
                best = min(best, former[j - 2] + 1)
            row.append(best)
    return row[-1]
