"""Ends, suspensions, moves: CSS L. 582-1 VII, C. civ. 373-2-2 III, `domain` 8."""

from datetime import date

from aripa.life.control import note_finding
from aripa.life.facts import Event
from aripa.life.living import BOTH, CREDITOR, DEBTOR, PARTIES, Life, other
from aripa.life.money import remove_after
from aripa.life.opening import NEVER_SUSPENDS, go_live, is_against, lives_in_france, reject
from aripa.life.state import BEFORE_LIVE, LIVING, Consent, Notice, State
from aripa.life.terms import is_due_after_the_end, is_with_title, month_of, next_month
from aripa.rules.calendar import deadline_for_parent
from aripa.rules.figures import number_on

OPEN = (*LIVING, State.SUSPENDED)


def end(life: Life, on: date, reason: str) -> None:
    """The end is known: L14 to each living parent; terms called for after it are removed. The first cause stays."""
    case = life.case
    if case.state not in OPEN or (case.end_date is not None and case.end_date <= on):
        return
    case.end_date, case.end_reason = on, reason
    life.write("L14", *PARTIES)
    remove_after(life, next_month(on) if is_due_after_the_end(case, on) else on)
    close_if_over(life)


def close_if_over(life: Life) -> None:
    """ENDED from the end date on; what was kept for a term to come goes back to the debtor."""
    case = life.case
    if case.state in OPEN and case.end_date is not None and case.end_date <= life.day:
        life.become(State.ENDED)
        case.consent = None


def hear_death(life: Life, event: Event) -> None:
    """Of a parent: the end, the term of that month still due. Of a child: its lines alone, the end with the last one."""
    case, died = life.case, event.effective_on or life.day
    who = event.child or event.party
    case.dead.setdefault(who, died)
    if event.child:
        remove_after(life, next_month(died), (event.child,))
        if is_with_title(life) and all(line.child in case.dead for line in life.title().lines):
            end(life, died, "DEATH")
    elif case.state in BEFORE_LIVE:
        reject(life, *PARTIES)
    else:
        end(life, died, "DEATH")


def follow_title(life: Life) -> None:
    """A cancelling title, the end of intermediation in the title, or of every amount: the dates speak by themselves."""
    if life.case.state not in OPEN or not is_with_title(life):
        return
    titles = life.book.titles(life.case.number, life.day)
    replaced = {one.supersedes for one in titles}
    for title in titles:
        if title.supersedes and title.number not in replaced and is_against(life, title):
            end(life, title.starts_on, "NEW_TITLE")
            return
    title = life.title()
    if title.intermediation_end and title.intermediation_end <= life.day:
        end(life, title.intermediation_end, "TITLE_END")
    ends = [line.ends_on for line in title.lines if line.cash and line.child not in life.case.dead]
    if ends and all(one is not None and one <= life.day for one in ends):
        end(life, max(one for one in ends if one), "SUPPORT_END")


def follow_residence(life: Life) -> None:
    """A parent whose residence is no longer stable in France ends it on the day it is known (`domain` 8, [U])."""
    if life.case.state in OPEN and not all(lives_in_france(life, party) for party in PARTIES):
        end(life, life.day, "RESIDENCE")


# ---- consent ------------------------------------------------------------------------------------------------------


def ask_end(life: Life, event: Event) -> None:
    """Request to end: impossible with violence, the other parent being told nothing; else L13 to the other."""
    case = life.case
    if case.violence:
        life.write("L02", *((event.party,) if event.party != BOTH else PARTIES))
    elif case.state in LIVING and case.end_date is None and case.consent is None:
        if event.party == BOTH:
            end(life, next_month(month_of(life.day)), "CONSENT")
            return
        case.consent = Consent(party=event.party, notice=Notice(code="L13", sent_on=life.day))
        life.write("L13", other(event.party))


def consent(life: Life, event: Event) -> None:
    """The other parent agrees in writing: the end is the first day of the next month."""
    case = life.case
    if case.consent and not case.consent.agreed and event.party in (other(case.consent.party), BOTH):
        case.consent.agreed = True
        end(life, next_month(month_of(life.day)), "CONSENT")


def refuse_end(life: Life, _event: Event) -> None:
    """The other parent refuses, or the one who asked no longer wants it: the state of before (T19)."""
    case = life.case
    if case.consent and not case.consent.agreed:
        case.consent = None


def note_receipt(life: Life, party: str, received_on: date) -> bool:
    """The other parent's thirty days run from the receipt of L13. False when no request waits."""
    asked = life.case.consent
    if asked is None or party == asked.party or asked.notice.received_on is not None:
        return False
    asked.notice.received_on = received_on
    asked.notice.deadline = deadline_for_parent(received_on, number_on("choice.end_answer_days", received_on))
    return True


def follow_consent(life: Life) -> None:
    """Silence is not consent: the request lapses the day after its thirty days."""
    asked = life.case.consent
    if asked and not asked.agreed and asked.notice.deadline and life.day > asked.notice.deadline:
        life.case.consent = None


# ---- suspension, violence, moves ----------------------------------------------------------------------------------


def find_unable(life: Life, event: Event) -> None:
    """The debtor cannot pay: suspension from the next month on, L15 to both; never for violence or refuge (T15)."""
    case = life.case
    case.unable = event.reason
    note_finding(life, event)
    # A control that finds the same again changes no day, and L15 has left.
    if event.reason in NEVER_SUSPENDS or case.suspended_from:
        return
    case.suspended_from = next_month(month_of(life.day))
    if case.state in LIVING:
        life.write("L15", *PARTIES)


def suspend(life: Life) -> None:
    case = life.case
    if case.state in LIVING and case.suspended_from and case.suspended_from <= life.day:
        life.become(State.SUSPENDED)
        case.consent = None


def find_able(life: Life, event: Event) -> None:
    """The debtor can pay: calls resume as at a set-up (T16). One who always could: the control is done, nothing moves."""
    case = life.case
    note_finding(life, event)
    case.unable, case.suspended_from = "", None
    if case.state == State.SUSPENDED:
        go_live(life)
        case.forced_since = None


def announce_move(life: Life, event: Event) -> None:
    """The case goes to the creditor's new fund on the first day of the next month."""
    parent = life.parent(CREDITOR)
    if event.party == CREDITOR and parent and parent.fund:
        life.case.moves.append((next_month(month_of(life.day)), parent.fund))


def move(life: Life) -> None:
    """The fund is the one of the creditor as first known, then the new one from the first of the month after a move."""
    parent = life.parent(CREDITOR)
    if (life.case.state or life.case.without_title) and not life.case.fund and parent:
        life.case.fund = parent.fund
    for on, fund in [one for one in life.case.moves if one[0] <= life.day]:
        life.case.fund = fund
        life.case.moves.remove((on, fund))


def unblock_debits(life: Life, event: Event) -> None:
    if event.party in (DEBTOR, BOTH):
        life.case.debits_blocked = False
