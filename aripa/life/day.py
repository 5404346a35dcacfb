"""A family's days: the order of what happens on each, and the next day on which something will."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

from aripa.life import accounts, asf, ending, money, opening, recovery, terms
from aripa.life.facts import Event, Title
from aripa.life.living import BOTH, DEBTOR, PARTIES, Book, Life, Outcome
from aripa.life.state import BEFORE_LIVE, LIVING, Case, Claim, Family, Notice, Receipt, State, Term
from aripa.rules.calendar import asf_day, day_after, day_it_is_unpaid, debit_day
from portal.legislation.calendar import next_bank_day, next_business_day

Told = Callable[[Life, Event], None]


def _costs(life: Life, event: Event) -> None:
    life.charge("COST", event.amount or 0)


def _claims(life: Life, event: Event) -> None:
    """A claim counts from the day it was made, whenever its file came."""
    made_on = event.told_on or event.day
    life.case.claims.append(
        Claim(code=event.reason, claimed_on=made_on, opens_on=event.effective_on, child=event.child)
    )


def _judge(life: Life, _event: Event) -> None:
    life.case.judge_applied = True


WITHOUT_DELAY = tuple(f"L{number:02d}" for number in range(1, 25) if number not in (1, 3, 4, 8, 9, 13))


def _received(life: Life, event: Event) -> bool:
    """A notice reached its readers and its delay starts; False when no such letter waits for its receipt."""
    parties = PARTIES if event.party == BOTH else (event.party,)
    waited = [_received_by(life, event, party) for party in parties]
    return any(waited)


def _received_by(life: Life, event: Event, party: str) -> bool:
    on = event.effective_on or event.day
    if not _starts_a_delay(life, event, party, on) and event.letter not in WITHOUT_DELAY:
        return False
    receipt = Receipt(case=event.case, code=event.letter, to=party, month=event.month, received_on=on)
    life.out.receipts.append(receipt)
    return True


def _starts_a_delay(life: Life, event: Event, party: str, on: date) -> bool:
    if event.letter in recovery.DELAYS:
        return party == DEBTOR and recovery.note_receipt(life, event, on)
    if event.letter == "L13":
        return ending.note_receipt(life, party, on)
    return opening.note_receipt(life, event.letter, party, on)


def _offsets(life: Life, _event: Event) -> None:
    life.case.offsets = True


# Events that are not money, and those that are; the first come first on their day.
TOLD: dict[str, Told] = {
    "REQUEST": opening.request,
    "INFORMATION": opening.inform,
    "OBSERVATIONS_ACCEPTED": lambda life, _event: opening.drop_penalty(life),
    "BANK_DETAILS": ending.unblock_debits,
    "MOVE": ending.announce_move,
    "DEATH": ending.hear_death,
    "ASF_CLAIM": _claims,
    "JUDGE_APPLIED": _judge,
    "UNABLE_TO_PAY": ending.find_unable,
    "ABLE_TO_PAY": ending.find_able,
    "VIOLENCE": lambda life, _event: opening.raise_violence(life),
    "ARREARS_REQUEST": recovery.ask_arrears,
    "PLAN_ACCEPTED": recovery.accept_plan,
    "RECOVERY_DECISION": recovery.decide,
    "GARNISHEE_ANSWER": recovery.hear_garnishee,
    "RELEASE_REQUEST": lambda life, _event: recovery.release(life),
    "COMPLAINT": lambda life, _event: recovery.complain(life, closed=False),
    "COMPLAINT_CLOSED": lambda life, _event: recovery.complain(life, closed=True),
    "END_REQUEST": ending.ask_end,
    "END_CONSENT": ending.consent,
    "END_REFUSAL": ending.refuse_end,
    "OFFSET_CONSENT": _offsets,
}
MONEY: dict[str, Told] = {
    "DEBIT_RETURNED": money.return_debit,
    "PAYMENT_RECEIVED": money.receive,
    "PAID_BETWEEN_PARENTS": money.settle_between,
    "EXPENSE": _costs,
    "CREDITOR_REPAID": money.repay,
}
KINDS = ("LONE_PARENT", "NOTICE_RECEIVED", *TOLD, *MONEY)


def live_through(family: Family, book: Book, events: Sequence[Event], *, until: date) -> Outcome:
    """Live every day after the last one lived, up to `until`. Days on which nothing happens are passed over."""
    out = Outcome()
    days = _days_of_facts(family, book, events, until)
    day = _next_day(family, book, days, family.lived_until)
    while day is not None and day <= until:
        live_day(family, book, [one for one in events if one.day == day], day, out)
        day = _next_day(family, book, days, day)
    family.lived_until = until
    return out


def live_day(family: Family, book: Book, events: Iterable[Event], day: date, out: Outcome) -> None:
    """One day, in the order of the contract: facts, delays, terms, money, debits, payouts, ASF."""
    for title in book.received(day):
        life = Life(_case_of(family, title), book, day, out)
        opening.receive_title(life, title)
    ordered = sorted(events, key=lambda one: one.number)
    for event in ordered:
        if event.kind == "LONE_PARENT":
            family.couple.append((event.effective_on or day, event.reason == "COUPLE"))
            family.couple.sort()
    for number in sorted(family.cases):
        _live_case(Life(family.cases[number], book, day, out), [one for one in ordered if one.case == number])
    for lost in {one.case for one in ordered} - set(family.cases):
        out.worries.append((lost, day, "Évènement d’un dossier inconnu."))
    asf.pay_asf(family, book, day, out)


def _case_of(family: Family, title: Title) -> Case:
    found = family.cases.get(title.case)
    if found is None:
        found = Case(number=title.case, creditor=title.creditor, debtor=title.debtor, title=title.number)
        family.cases[title.case] = found
    return found


def _live_case(life: Life, events: list[Event]) -> None:
    early = [one for one in events if not _tell(life, one)]
    _pass_delays(life)
    for event in early:
        # Handed over on the very day it was written: the letter did not exist yet when the day began.
        if not _received(life, event):
            life.worry(f"Accusé de réception de {event.letter} sans lettre en attente.")
    term = terms.call_terms(life)
    money.give_kept(life, term)
    for event in sorted(
        (one for one in events if one.kind in MONEY), key=lambda one: (one.kind != "DEBIT_RETURNED", one.number)
    ):
        MONEY[event.kind](life, event)
    money.debit_due(life)
    money.pay_out(life)
    money.give_back(life)
    accounts.tell(life)
    life.case.title = life.title().number


def _tell(life: Life, event: Event) -> bool:
    """Hear a fact that is not money. False for the receipt of a letter that has not left yet."""
    if event.kind == "NOTICE_RECEIVED":
        return _received(life, event)
    if event.kind in TOLD:
        TOLD[event.kind](life, event)
    return True


def _pass_delays(life: Life) -> None:
    """What ended the day before takes effect."""
    ending.move(life)
    ending.suspend(life)
    ending.follow_title(life)
    ending.follow_residence(life)
    ending.follow_consent(life)
    ending.close_if_over(life)
    opening.follow_information(life)
    recovery.find_unpaid(life)
    recovery.follow_plan(life)
    recovery.force_late(life)
    recovery.notify_unpaid(life)
    terms.tell_indexation(life)


# ---- which day comes next -----------------------------------------------------------------------------------------


def _days_of_facts(family: Family, book: Book, events: Sequence[Event], until: date) -> list[date]:
    since = family.lived_until
    days = {one.day for one in events} | set(book.fact_days())
    return sorted(one for one in days if (since is None or one > since) and one <= until)


def _next_day(family: Family, book: Book, facts: list[date], after: date | None) -> date | None:
    """The first day after `after` on which a fact comes or a case has something to do."""
    found = [next((one for one in facts if after is None or one > after), None)]
    if after is not None:
        found += [wakes_on(Life(case, book, after, Outcome())) for case in family.cases.values()]
    return min((one for one in found if one is not None), default=None)


def wakes_on(life: Life) -> date | None:
    """The next day after `life.day` on which this case may do something by itself; early is harmless, late is not."""
    days = [one for one in _candidates(life) if one is not None and one > life.day]
    return min(days, default=None)


def _candidates(life: Life) -> Iterable[date | None]:
    case, tomorrow = life.case, life.day + timedelta(days=1)
    owed = [term for term in case.terms if term.lacking]
    yield from _of_notices(case, owed)
    yield case.calm_until and day_after(case.calm_until)
    yield case.suspended_from
    yield case.end_date
    yield from (on for on, _fund in case.moves)
    yield accounts.account_due(case)
    if case.plan:
        yield tomorrow
    # A title that replaces another is the one of the case from its day on, in whatever state the case is.
    yield from (one.starts_on for one in life.book.titles(case.number, life.day))
    if case.payables or case.refunds:
        yield next_bank_day(tomorrow)
    if case.claims or case.lacked or any(not term.suspended for term in owed):
        month = terms.month_of(life.day)
        yield from (asf_day(one) for one in (terms.previous_month(month), month))
    if case.state in (*LIVING, State.SUSPENDED) or terms.is_last_month_due(life):
        yield from _of_terms(life, owed)


def _of_notices(case: Case, owed: Sequence[Term]) -> Iterable[date | None]:
    notices: list[Notice | None] = [case.warning, case.decision, case.consent.notice if case.consent else None]
    notices += [answer.notice for answer in case.answers.values()] if case.state in BEFORE_LIVE else []
    notices += [term.notice for term in owed if not term.forced_on]
    for notice in notices:
        if notice and notice.deadline:
            yield day_after(notice.deadline)
    creditor = case.answers.get("CREDITOR")
    if case.state in BEFORE_LIVE and creditor and creditor.notice and creditor.notice.deadline:
        yield day_after(opening.silence_ends_on(creditor.notice))


def _of_terms(life: Life, owed: Sequence[Term]) -> Iterable[date | None]:
    case, month, tomorrow = life.case, terms.month_of(life.day), life.day + timedelta(days=1)
    yield from (terms.due_on(life, one) for one in (month, terms.next_month(month)))
    if case.end_date or case.kept:
        yield terms.next_month(month)
    for term in owed:
        if not term.suspended and not term.arrears:
            yield debit_day(term.due_on)
            yield day_it_is_unpaid(term.due_on)
            if term.unpaid_on and not term.notice and not term.forced_on:
                yield tomorrow if case.state == State.FORCED else next_business_day(tomorrow)
    title = life.title()
    yield title.intermediation_end
    yield from (line.ends_on for line in title.lines)
    yield terms.next_anniversary(title, life.day)
