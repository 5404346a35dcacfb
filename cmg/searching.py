"""Finding a family: by a number, or by its name without accents, in any order, and with a letter wrong.

Numbers are looked up as they are. A name is first searched word by word, each as the beginning of a word; only when
nobody bears such a name, by words that look alike (trigrams). All of it goes through indexes: a national base answers
as fast as a département.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection, transaction
from django.db.models import Exists, F, FloatField, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat, Least

from cmg.models import Account, Right
from cmg.selectors import SUBJECT, funds_of, words_begun
from portal.accounts.models import User
from portal.people.identity import name_key, normalised_nir
from portal.people.vault import lookup_key

MOST = 50
SHORTEST = 2
# Candidates share this part of their trigrams (« emlie » and « emilie » 0.44); then their letters are compared.
ALIKE = 0.4
CANDIDATES = 500
SHORTEST_ALIKE = 4
LONG_WORD = 8
DAY = re.compile(r"\b(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\b")


@dataclass(frozen=True)
class Found:
    """A family, and what matched, in words."""

    account: Account
    reason: str


def search_families(text: str, user: User, day: date) -> list[Found]:
    """The families that a number or a name designates, among those the user may see; at most fifty-one."""
    text = text.strip()
    if len(text) < SHORTEST:
        return []
    visible = _visible(user, day)
    found = {one.account.pk: one for one in _by_number(text, visible, funds_of(user, day))}
    named, born = _without_date(text)
    words = sorted(set(name_key(named).split()), key=len, reverse=True)
    if words and not text.isdecimal() and not found:
        accounts = visible.filter(birth_date=born) if born else visible
        found = {one.account.pk: one for one in _by_name(words, accounts, born)}
    return list(found.values())[: MOST + 1]


def dossiers_matching(text: str) -> Q:
    """Dossiers of the families that a text designates, as a search of families finds them; everything for no text.

    The whole list is searched, not its first page: « Martin » in somebody's queue is not the fifty first Martin of all.
    """
    text = text.strip()
    if not text:
        return Q()
    current = Account.objects.filter(known_until__isnull=True)
    named, born = _without_date(text)
    has_number = born is None and any(char.isdigit() for char in text)
    wanted = _numbered(text, current) if has_number else _named(named, current, born)
    found = Q(subject=SUBJECT + text)
    for accounts in wanted:
        found |= Q(subject__in=accounts.annotate(subject=Concat(Value(SUBJECT), "employer_no")).values("subject"))
    return found


def _numbered(text: str, accounts: QuerySet[Account]) -> list[QuerySet[Account]]:
    """The accounts with this number, one query set for each kind of number: each goes through its own index."""
    numbers = sorted({text, "".join(text.split())})
    rights = Right.objects.filter(known_until__isnull=True, beneficiary_no__in=numbers, employer_no__isnull=False)
    found = [
        accounts.filter(employer_no__in=numbers),
        accounts.filter(beneficiary_no__in=numbers),
        accounts.filter(employer_no__in=rights.values("employer_no")),
    ]
    nir = normalised_nir(text)
    return [*found, accounts.filter(nir_key=lookup_key(nir, "NIR"))] if nir else found


def _named(named: str, accounts: QuerySet[Account], born: date | None) -> list[QuerySet[Account]]:
    words = sorted(set(name_key(named).split()), key=len, reverse=True)
    accounts = accounts.filter(birth_date=born) if born else accounts
    if not words:
        return [accounts] if born else []
    begun = accounts.filter(words_begun(words))
    return [begun if begun.exists() else accounts.filter(pk__in=[one.pk for one in _alike(words, accounts)])]


def _visible(user: User, day: date) -> QuerySet[Account]:
    """The current accounts of the user's funds: by the account's own fund, or by a right that names it."""
    accounts = Account.objects.filter(known_until__isnull=True)
    funds = funds_of(user, day)
    if funds is None:
        return accounts
    of_fund = Right.objects.filter(known_until__isnull=True, employer_no=OuterRef("employer_no"), fund__in=funds)
    return accounts.filter(Q(fund__in=funds) | Exists(of_fund))


def _by_number(text: str, visible: QuerySet[Account], funds: list[str] | None) -> list[Found]:
    compact = "".join(text.split())
    numbers = sorted({text, compact})
    found = [Found(one, "numéro d’employeur") for one in visible.filter(employer_no__in=numbers)[: MOST + 1]]
    nir = normalised_nir(text)
    if nir:
        keyed = visible.filter(nir_key=lookup_key(nir, "NIR")).order_by("name_key", "pk")
        found += [Found(one, "numéro de sécurité sociale") for one in keyed[: MOST + 1]]
    own = visible.filter(beneficiary_no__in=numbers).order_by("name_key", "pk")
    found += [Found(one, "numéro allocataire") for one in own[: MOST + 1]]
    # After a move, the new number is on the right before it is on the account.
    rights = Right.objects.filter(known_until__isnull=True, beneficiary_no__in=numbers)
    rights = rights if funds is None else rights.filter(fund__in=funds)
    employers = list(rights.values_list("employer_no", flat=True)[: MOST + 1])
    linked = visible.filter(employer_no__in=[one for one in employers if one]).order_by("name_key", "pk")
    found += [Found(one, "numéro allocataire, sur le droit") for one in linked]
    first: dict[int, Found] = {}
    for one in found:
        first.setdefault(one.account.pk, one)
    return list(first.values())


def _without_date(text: str) -> tuple[str, date | None]:
    """The words beside a birth date such as ``12/04/1990``, and that date."""
    told = DAY.search(text)
    if told is None:
        return text, None
    try:
        return DAY.sub(" ", text), date(int(told[3]), int(told[2]), int(told[1]))
    except ValueError:
        return text, None


def _by_name(words: Sequence[str], accounts: QuerySet[Account], born: date | None) -> list[Found]:
    reason = "nom et naissance" if born else "nom"
    begun = accounts.filter(words_begun(words))
    exact = [Found(one, reason) for one in begun.order_by("name_key", "pk")[: MOST + 1]]
    return exact or [Found(one, f"{reason}, à une lettre près") for one in _alike(words, accounts)]


def _alike(words: Sequence[str], accounts: QuerySet[Account]) -> list[Account]:
    """Those whose names look most like the words; short words must stand there as they are."""
    long = [word for word in words if len(word) >= SHORTEST_ALIKE]
    if not long:
        return []
    for word in words:
        alike = Q(name_key__trigram_word_similar=word) if word in long else Q(name_key__contains=word)
        accounts = accounts.filter(alike)
    scores = [TrigramWordSimilarity(Value(word), F("name_key"), output_field=FloatField()) for word in long]
    worst = Least(*scores) if len(scores) > 1 else scores[0]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL pg_trgm.word_similarity_threshold = %s", [ALIKE])
        candidates = list(accounts.annotate(alike=worst).order_by("-alike", "name_key", "pk")[:CANDIDATES])
    return [one for one in candidates if all(_stands_in(word, one.name_key) for word in words)][: MOST + 1]


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
