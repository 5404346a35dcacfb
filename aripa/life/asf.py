"""ASF month by month, on its day: CSS L. 523-1 to L. 523-3, L. 581-2, R. 523-1 to R. 523-8, `domain` 5.5 and 10."""

from datetime import date
from typing import NamedTuple

from aripa.life.control import note_asf
from aripa.life.living import CREDITOR, Book, Life, Outcome
from aripa.life.state import AsfMonth, Case, Claim, Family, Term
from aripa.life.terms import month_of, next_month, previous_month
from aripa.rules.asf import AsfChild, AsfLine, asf_of_month
from aripa.rules.calendar import asf_day
from aripa.rules.figures import first_day_of, number_on

ON_SUPPORT = ("C1", "D")
NO_TITLE_PAYMENTS = 4


class Candidate(NamedTuple):
    """A child with a right for the month: what the rules are asked, and what the row keeps."""

    life: Life
    child: str
    code: str
    facts: AsfChild


def pay_asf(family: Family, book: Book, day: date, out: Outcome) -> None:
    """On the day of ASF: the amounts of the month of all the creditor's cases, the minimum on their total, the payment."""
    month = previous_month(month_of(day))
    if asf_day(month) != day:
        return
    lives = [Life(case, book, day, out) for _number, case in sorted(family.cases.items())]
    found = [one for life in lives for one in _of_case(life, family, month)]
    if found and month < first_day_of("bmaf", "asf_rate_one_parent"):
        found[0].life.worry("Le montant de l’ASF de ce mois n’est pas connu.")
        found = []
    given = asf_of_month([one.facts for one in found], month) if found else []
    for one, line in zip(found, given, strict=True):
        if line.amount_cents:
            row = _row(one, line, month)
            one.life.case.asf.append(row)
            _subrogate(one.life.case, row)
    for life in lives:
        _note_what_lacks(life.case, month)
        _pay(life, month)
        note_asf(life.case, month, day)
        _tell_right(life, month)
        _remind(life, month)


def _row(one: Candidate, line: AsfLine, month: date) -> AsfMonth:
    return AsfMonth(
        child=one.child, month=month, kind=line.kind or "", code=one.code, net=line.net_cents,
        due=one.facts.support_due_cents, received=one.facts.support_received_cents, amount=line.amount_cents,
        recoverable=line.recoverable_cents, surplus=line.surplus_cents, still_owed=line.still_owed_cents,
        counted=line.paid_cents,
    )  # fmt: skip


def _of_case(life: Life, family: Family, month: date) -> list[Candidate]:
    case = life.case
    died = case.dead.get(CREDITOR)
    if not case.claims or (died and died < month):
        return []
    term = next((one for one in case.terms if one.month == month and not one.arrears), None)
    found = [
        _of_child(life, family, term, child, month)
        for child, born_on in _children(life)
        if not is_of_age(born_on, month) and case.dead.get(child, month) >= month
    ]
    return [one for one in found if one is not None]


def _children(life: Life) -> list[tuple[str, date | None]]:
    titles = life.book.titles(life.case.number, life.day)
    born = {line.child: line.born_on for title in titles for line in title.lines}
    return sorted(born.items())


def is_of_age(born_on: date | None, month: date) -> bool:
    """The last month is the one before that of the twentieth birthday."""
    limit = number_on("asf_child_age_limit", month)
    return born_on is not None and month >= date(born_on.year + limit, born_on.month, 1)


def _of_child(life: Life, family: Family, term: Term | None, child: str, month: date) -> Candidate | None:
    claims = [one for one in life.case.claims if month_of(one.claimed_on) <= month and one.child in ("", child)]
    lone = is_alone(family, month)
    for claim in claims:
        if claim.code in ON_SUPPORT or not (lone or claim.code == "A2") or not _has_begun(life, claim, child, month):
            continue
        if claim.code != "C3" or (continues_without_title(life.case, child) and not _is_called(term, child)):
            return Candidate(life, child, claim.code, AsfChild(claim.code))
    if lone and term is not None and any(one.code in ON_SUPPORT for one in claims):
        return _on_support(life, term, child, month)
    return None


def _is_called(term: Term | None, child: str) -> bool:
    """Whether a title calls this child's support for the month: there is then a title (C3 is for none)."""
    return term is not None and any(line.child == child for line in term.lines)


def is_alone(family: Family, month: date) -> bool:
    """Alone on every day of the month: a couple counts from the first day of its month, alone again from the next."""
    state = False
    for day, couple in family.couple:
        first = month_of(day) if couple else next_month(month_of(day))
        if first <= month:
            state = couple
    return not state


def _has_begun(life: Life, claim: Claim, child: str, month: date) -> bool:
    """From the first day of the month after what opens the right; for an orphan, after the birth if it is later."""
    opens = claim.opens_on or claim.claimed_on
    born = dict(_children(life)).get(child)
    if claim.code == "A1" and born:
        opens = max(opens, born)
    return month >= next_month(month_of(opens))


def continues_without_title(case: Case, child: str) -> bool:
    """Without a title, four payments; more only once the debtor is found unable or the judge was asked (R. 523-3)."""
    before = sum(one.counted > 0 for one in case.asf if one.child == child and one.code == "C3")
    return before < NO_TITLE_PAYMENTS or bool(case.unable) or case.judge_applied


def _tell_right(life: Life, month: date) -> None:
    """L21 when a right begins, changes kind or ends: what the children have is not what they had the month before."""
    if natures_of(life.case, month) != natures_of(life.case, previous_month(month)):
        life.write("L21", CREDITOR, month=month)


def natures_of(case: Case, month: date) -> set[tuple[str, str, str]]:
    """Child, case of the law and kind of each right of a month. An advance in part is an advance: what the debtor pays
    changes its amount every month, not the right."""
    return {(one.child, one.code, one.kind.removeprefix("PARTIAL_")) for one in case.asf if one.month == month}


def _remind(life: Life, month: date) -> None:
    """L23 with the second payment made without a title."""
    paid = {one.month for one in life.case.asf if one.code == "C3" and one.counted}
    if len(paid) == 2 and max(paid) == month:
        life.write("L23", CREDITOR)


def _on_support(life: Life, term: Term, child: str, month: date) -> Candidate | None:
    """In default since the month before, the advance; paid in full, the top-up; suspended, the whole."""
    line = next((one for one in term.lines if one.child == child), None)
    if line is None:
        return None
    if term.suspended:
        return Candidate(life, child, "C1", AsfChild("C1", line.due, 0, debtor_unable=True))
    if line.lacking:
        was_lacking = (previous_month(month), child) in life.case.lacked
        return Candidate(life, child, "C1", AsfChild("C1", line.due, line.creditor)) if was_lacking else None
    was_called = _was_called(life.case, previous_month(month))
    return Candidate(life, child, "D", AsfChild("D", line.due, line.due)) if was_called else None


def _was_called(case: Case, month: date) -> bool:
    return any(term.month == month and not term.arrears and not term.suspended for term in case.terms)


def _subrogate(case: Case, one: AsfMonth) -> None:
    """What is advanced is owed to the fund from now on (L. 581-2)."""
    for term in case.terms:
        if term.month == one.month and not term.arrears:
            for line in term.lines:
                if line.child == one.child:
                    line.advanced = one.recoverable


def _note_what_lacks(case: Case, month: date) -> None:
    """What lacked on its own day of ASF decides of the next month; older months decide of nothing any more."""
    case.lacked = [
        (month, line.child)
        for term in case.terms
        if term.month == month and not term.arrears and not term.suspended
        for line in term.lines
        if line.lacking
    ]


def _pay(life: Life, month: date) -> None:
    """The month's ASF; the top-ups of a quarter together, on the day of its last month (R. 523-6)."""
    case = life.case
    now = [one for one in case.asf if one.month == month and one.kind != "TOP_UP"]
    for one in now:
        one.paid_on = life.day if one.counted else None
    life.move("ASF", sum(one.counted for one in now), month)
    if month.month % 3 == 0:
        waiting = [one for one in case.asf if one.kind == "TOP_UP" and one.counted and one.paid_on is None]
        for one in waiting:
            one.paid_on = life.day
        for top_up in sorted({one.month for one in waiting}):
            life.move("ASF_TOP_UP", sum(one.counted for one in waiting if one.month == top_up), top_up)
