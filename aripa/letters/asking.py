"""The letters of a day, asked for in the transaction of the run that wrote them; the batch of letters writes them.

A letter says what was true on its own day, also when several days are lived at once (`aripa.letters.watching`).
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from django.conf import settings

from aripa.garnishees.links import address_of, code_of, ensure_links
from aripa.letters.facts import facts_of, l06
from aripa.letters.kinds import kind_code
from aripa.letters.told import Facts, People, Told
from aripa.letters.watching import WatchedBook
from aripa.life.living import DEBTOR, Life, Outcome
from aripa.life.state import Family, Letter, Movement
from aripa.models import OrderLink, Parent
from aripa.models import Title as TitleRow
from aripa.own.papers import subject_of
from portal.accounts.permissions import moment_on, today
from portal.legislation.parameters import NoParameterInForce
from portal.letters.operations import Wanted, ask_batches

logger = logging.getLogger(__name__)
BY = "portail"


Letters = dict[str, list[Wanted]]


def letters_of(families: Mapping[str, Family], books: Mapping[str, WatchedBook], out: Outcome) -> Letters:
    """Every letter that left since the portal took over, by kind. Those of the days before were sent by who wrote then:
    years of facts may be lived at once. In the transaction of the run, once its days are lived."""
    first = settings.PENSIONS_SINCE
    letters = [one for one in out.letters if first is not None and one.day >= first]
    if not letters:
        return {}
    owner = {number: creditor for creditor, family in families.items() for number in family.cases}
    people = _people(families, letters)
    moved = _overpaid(out.movements)
    wanted: Letters = defaultdict(list)
    for letter, life, family in _lives(books, letters, owner):
        one = Told(life, family, letter, people, moved.get(letter.case, []))
        for code, facts in _with_schedule(one):
            wanted[code].append(_wanted(code, letter, facts))
    _invite(wanted.get("L11", []))
    return wanted


def ask_letters(wanted: Letters, *, until: date) -> None:
    """Ask for them, last of what a slice of the run writes: the journal is held from here to its end."""
    ask_batches(letters={kind_code(code): of_kind for code, of_kind in wanted.items()}, dated=until, by=BY)


def _invite(letters: Sequence[Wanted]) -> None:
    """The order to a garnishee says where to answer and by which code; its copy to the debtor never does."""
    orders = [one.facts for one in letters if one.facts.get("party") == "GARNISHEE" and one.facts.get("garnishee")]
    links = ensure_links([(one["case_no"], one["order_no"], one["garnishee"]) for one in orders], at=moment_on(today()))
    for facts in orders:
        facts |= way_in(links[facts["case_no"], facts["order_no"]])


def way_in(link: OrderLink) -> Facts:
    """What the letter prints of the way in."""
    return {"order_link": address_of(link), "order_code": code_of(link), "order_reference": link.reference}


def _overpaid(movements: Iterable[Movement]) -> dict[str, list[Movement]]:
    """By case, the sums paid in excess: what letter L16 tells."""
    found: dict[str, list[Movement]] = defaultdict(list)
    for one in movements:
        if one.kind == "OVERPAYMENT":
            found[one.case].append(one)
    return found


def _with_schedule(one: Told) -> Iterable[tuple[str, Facts]]:
    """The letter itself; with the set-up of a debtor who is debited, the debits of the year."""
    yield one.letter.code, _safely(facts_of, one) or {}
    if (one.letter.code, one.letter.to) == ("L05", DEBTOR) and (schedule := _safely(l06, one)) is not None:
        yield "L06", schedule


def _safely(facts: Callable[[Told], Facts | None], one: Told) -> Facts | None:
    """The facts; nothing when they cannot be told (a figure that the law did not have yet). No letter stops the money of
    a day: the job is there, cannot be written, and stands in the list of failures with what it lacks."""
    try:
        return facts(one)
    except NoParameterInForce as missing:
        logger.warning("letter %s of case %s: %s", one.letter.code, one.letter.case, missing)
    except Exception:
        logger.exception("letter %s of case %s", one.letter.code, one.letter.case)
    return None


def key_of(case_no: str, number: int, code: str) -> str:
    """``aripa:C1:12:L08``: written once, whoever asks."""
    return f"aripa:{case_no}:{number}:{code}"


def _wanted(code: str, letter: Letter, facts: Facts) -> Wanted:
    key = key_of(letter.case, letter.number, code)
    return Wanted(key, subject_of(letter.case, letter.to), facts, dated=letter.day)


def _lives(
    books: Mapping[str, WatchedBook], letters: Iterable[Letter], owner: Mapping[str, str]
) -> Iterable[tuple[Letter, Life, Family]]:  # fmt: skip
    """Each letter with its case, and its family, as they stood at the end of the letter's day."""
    by_family: dict[str, list[Letter]] = defaultdict(list)
    for letter in letters:
        by_family[owner[letter.case]].append(letter)
    for creditor, written in by_family.items():
        for day in sorted({one.day for one in written}):
            family = books[creditor].family_on(day)
            for letter in (one for one in written if one.day == day):
                yield letter, Life(family.cases[letter.case], books[creditor], day, Outcome()), family


def _people(families: Mapping[str, Family], letters: Sequence[Letter]) -> People:
    """The rows of everybody written to, in two queries."""
    cases = {letter.case for letter in letters}
    lives = [case for family in families.values() for case in family.cases.values() if case.number in cases]
    numbers = {number for case in lives for number in (case.creditor, case.debtor) if number}
    parents: dict[str, list[Parent]] = defaultdict(list)
    for row in Parent.objects.filter(parent_no__in=numbers, known_until__isnull=True).order_by("updated_at"):
        parents[row.parent_no].append(row)
    names: dict[str, dict[str, str]] = defaultdict(dict)
    titles: dict[str, TitleRow] = {}
    rows = TitleRow.objects.filter(case_no__in=cases, known_until__isnull=True).order_by("received_on", "pk")
    for title in rows:
        titles[title.title_no] = title
        if title.child_first_name:
            names[title.case_no][title.child_id] = title.child_first_name
    return People(parents, names, titles)
