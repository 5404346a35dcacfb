"""The terms of a case: when they fall due, for how much, once indexed (CSS R. 582-7)."""

from calendar import monthrange
from datetime import date, timedelta

from aripa.life.facts import JUDICIAL, ChildLine, Price, Title
from aripa.life.living import DEBTOR, PARTIES, Life
from aripa.life.state import LIVING, Case, Line, State, Term
from aripa.rules.amounts import indexed_cents
from aripa.rules.calendar import anniversary, month_shifted
from aripa.rules.calendar import due_on as day_in


def month_of(day: date) -> date:
    return day.replace(day=1)


def next_month(month: date) -> date:
    return month_shifted(month, 1)


def previous_month(month: date) -> date:
    return month_shifted(month, -1)


def due_day(life: Life, month: date | None = None) -> int:
    """The day of a judge's title, else the one the debtor chose, the first otherwise. A choice made within a month
    counts from the next one."""
    title = life.title()
    if title.kind in JUDICIAL and title.due_day:
        return title.due_day
    first = life.book.parent(life.case.debtor, min(month, life.day)) if month else None
    chosen = first or life.parent(DEBTOR)
    return chosen.payment_day if chosen else 1


def due_on(life: Life, month: date) -> date:
    return day_in(month, due_day(life, month))


def call_terms(life: Life) -> Term | None:
    """The term that falls due today, if one does; a month is called once."""
    case, month = life.case, month_of(life.day)
    if case.calls_from is None or _is_over(life) or (case.called_to and case.called_to >= month):
        return None
    if life.day < due_on(life, month):
        return None
    case.called_to = month
    if life.day < case.calls_from and not _was_suspended(life):
        return None
    lines = due_lines(life, month)
    if not lines:
        return None
    suspended = case.state == State.SUSPENDED or life.day < case.calls_from
    _look_for_indices(life)
    term = Term(month=month, due_on=life.day, title=life.title().number, suspended=suspended, lines=lines)
    case.terms.append(term)
    return term


def _look_for_indices(life: Life) -> None:
    """A first term whose amount should have been indexed before anybody could be told."""
    title = life.title()
    is_first = all(term.title != title.number for term in life.case.terms)
    if is_first and last_anniversary(title, life.day) != life.day:
        _tell_missing(life, [amount_of(life, title, line) for line in title.lines])


def _tell_missing(life: Life, amounts: list[tuple[int, bool]]) -> None:
    if any(lacks for _amount, lacks in amounts):
        life.worry("Indice des prix manquant : l’ancien montant reste dû.")


def _was_suspended(life: Life) -> bool:
    """Terms between the end of a suspension and the first one called again are suspended, not forgotten."""
    return life.case.discharge_date is not None and life.day >= life.case.discharge_date


def _is_over(life: Life) -> bool:
    """Nothing is called from the end on, but a last month that is due whole."""
    end = life.case.end_date
    return end is not None and life.day >= end and not is_last_month_due(life)


def is_last_month_due(life: Life) -> bool:
    return is_due_after_the_end(life.case, life.day)


def is_due_after_the_end(case: Case, day: date) -> bool:
    """The month of a death, and that of the last day of every amount, are due even when their due day comes later."""
    end = case.end_date
    if end is None or month_of(day) != month_of(end):
        return False
    return case.end_reason == "DEATH" or (case.end_reason == "SUPPORT_END" and end.day > 1)


def due_lines(life: Life, month: date) -> list[Line]:
    """The lines of the children for whom something is due in that month, in the order of the children."""
    title = life.title()
    return [
        Line(child=line.child, due=amount)
        for line in title.lines
        if is_due(life, line, month) and (amount := amount_of(life, title, line)[0])
    ]


def is_due(life: Life, line: ChildLine, month: date) -> bool:
    """Due if it starts by the last day of the month and ends after its first; a child's death ends it."""
    last = month.replace(day=monthrange(month.year, month.month)[1])
    starts = line.starts_on or life.title().starts_on
    died = life.case.dead.get(line.child)
    if died and month > month_of(died):
        return False
    return starts <= last and (line.ends_on is None or line.ends_on > month)


def amount_of(life: Life, title: Title, line: ChildLine) -> tuple[int, bool]:
    """The amount of a line today, indexed from the initial amount; and whether an index that lacks kept the old one."""
    latest = on = last_anniversary(title, life.day)
    while on is not None:
        found = indices(title, on, life)
        if found is not None:
            base, new = found
            return indexed_cents(line.cash, base.value, new.value, title.rounding), on != latest
        on = last_anniversary(title, on - timedelta(days=1))
    return line.cash, latest is not None


def is_indexed(title: Title) -> bool:
    """Kinds 3° to 6° always; a judge's title unless it leaves indexation out."""
    return not (title.indexation == "EXCLUDED" and title.kind in JUDICIAL)


def _indexed_from(title: Title) -> tuple[date | None, int]:
    """The day whose anniversaries index, and how many years after it the first one is."""
    if not is_indexed(title):
        return None, 0
    if title.indexation == "CLAUSE" and title.first_indexation_on:
        return title.first_indexation_on, 0
    return title.dated, 1


def last_anniversary(title: Title, day: date) -> date | None:
    """The latest day of indexation by `day`: each year after the title, or from the first day a clause names."""
    start, first = _indexed_from(title)
    if start is None:
        return None
    year = day.year if anniversary(start, day.year) <= day else day.year - 1
    return anniversary(start, year) if year - start.year >= first else None


def next_anniversary(title: Title, day: date) -> date | None:
    start, first = _indexed_from(title)
    if start is None:
        return None
    year = day.year if anniversary(start, day.year) > day else day.year + 1
    return anniversary(start, max(year, start.year + first))


def indices(title: Title, on: date, life: Life) -> tuple[Price, Price] | None:
    """Base and new index of an indexation, both in the base of the newer one; None when one is not published."""
    prices, today = life.book.prices, life.day
    new = prices.last_published(title.series, on, known_by=today)
    base_month = title.base_month if title.indexation == "CLAUSE" else None
    if base_month is None and title.dated:
        known = prices.last_published(title.series, title.dated, known_by=today)
        base_month = known.month if known else None
    if new is None or base_month is None:
        return None
    base = prices.of_month(title.series, base_month, new.base, on, known_by=today)
    return (base, new) if base else None


def tell_indexation(life: Life) -> None:
    """L07 to both on the anniversary, when an amount changes; from the discharge date on, no end being known."""
    case, title = life.case, life.title()
    live = case.state in (*LIVING, State.SUSPENDED) and case.discharge_date and case.discharge_date <= life.day
    if not live or case.end_date is not None or last_anniversary(title, life.day) != life.day:
        return
    eve = Life(case, life.book, life.day - timedelta(days=1), life.out)
    lines = [line for line in title.lines if is_due(life, line, month_of(life.day))]
    amounts = [amount_of(life, title, line) for line in lines]
    _tell_missing(life, amounts)
    if [amount for amount, _lacks in amounts] != [amount_of(eve, title, line)[0] for line in lines]:
        life.write("L07", *PARTIES)


def monthly_support(life: Life) -> int:
    """The support of the month, all children together."""
    return sum(line.due for line in due_lines(life, month_of(life.day)))


def is_with_title(life: Life) -> bool:
    return not life.case.without_title
