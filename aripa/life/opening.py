"""From a title or a request to live intermediation: C. civ. 373-2-2, CSS L. 582-1, R. 582-5, D. 582-2."""

from collections.abc import Callable
from datetime import date

from aripa.life.facts import JUDICIAL, Event, Kind, Title
from aripa.life.living import BOTH, CREDITOR, DEBTOR, PARTIES, Life, other
from aripa.life.state import BEFORE_LIVE, Answer, Case, Notice, State
from aripa.life.terms import due_day
from aripa.rules.calendar import (
    deadline_for_fund,
    discharge_date,
    information_by,
    penalty_payment_by,
    second_information_by,
)
from aripa.rules.figures import number_on
from aripa.rules.penalty import penalty_cents

REQUEST_AFTER_UNPAID, ALL_REQUESTS = date(2020, 10, 1), date(2021, 1, 1)
AUTOMATIC_DIVORCE, AUTOMATIC_ALL = date(2022, 3, 1), date(2023, 1, 1)
# Where a main home makes the residence stable (CSS R. 111-2); Mayotte, Saint-Pierre and the Pacific are not named.
RESIDENCES = ("FR", "GP", "MQ", "GF", "RE", "BL", "MF")
OTHER_RULES = ("975", "976", "984", "986", "987", "988")
# Findings that never suspend nor bar: they rest on violence, or on the creditor's refuge (D. 523-2, 3 and 4).
NEVER_SUSPENDS = ("3", "4")


def receive_title(life: Life, title: Title) -> None:
    """A first title opens the case if the law does so by itself; one that replaces another changes or ends it."""
    case = life.case
    case.debtor = case.debtor or title.debtor
    if title.violence:
        raise_violence(life)
    case.without_title = life.title().kind == Kind.NONE
    if title.kind == Kind.NONE:
        case.received_on = case.received_on or life.day
        return
    if case.state in BEFORE_LIVE and is_against(life, title):
        reject(life, *PARTIES)
    elif case.state in (None, State.REJECTED) and (origin := _origin_by_itself(life, title)):
        _open(life, title, origin, automatic=True, asked=PARTIES)


def raise_violence(life: Life) -> None:
    """The flag, never its facts; a request to end that waits for consent is refused, its writer alone is told."""
    case = life.case
    case.violence = True
    if case.consent and not case.consent.agreed:
        life.write("L02", case.consent.party)
        case.consent = None


def is_against(life: Life, title: Title) -> bool:
    """Whether a title leaves no place to intermediation; with violence the refusal of both has no effect (3.3)."""
    refused = title.refused_by_both and not life.case.violence
    return title.cancels_support or title.excluded_by_judge or refused


def is_excluded(life: Life) -> bool:
    """An exclusion by the judge stands until another decision of a judge: no deed and no request lifts it."""
    judged = [one for one in life.book.titles(life.case.number, life.day) if one.kind in JUDICIAL]
    return bool(judged) and judged[-1].excluded_by_judge


def _origin_by_itself(life: Life, title: Title) -> str:
    """Why intermediation opens without a request, or ''."""
    if title.cancels_support:
        return ""
    provided = title.provides_intermediation and title.received_on >= ALL_REQUESTS
    former = [one for one in life.book.titles(title.case, life.day) if one.number == title.supersedes]
    if provided and former and former[0].excluded_by_judge and title.kind == Kind.COURT_DECISION:
        return "COURT_RESTORED"
    if is_automatic(title):
        return "TITLE_AUTOMATIC"
    return "TITLE_PROVIDED" if provided else ""


def is_automatic(title: Title) -> bool:
    """Every title since 2023, divorce rulings since March 2022 (law 2021-1754 art. 100, decree 2022-259)."""
    if title.dated is None:
        return False
    ruling = title.divorce and title.kind == Kind.COURT_DECISION
    return title.dated >= AUTOMATIC_ALL or (ruling and title.dated >= AUTOMATIC_DIVORCE)


def request(life: Life, event: Event) -> None:
    """A parent asks; on an open or ended case it changes nothing."""
    case = life.case
    if case.state not in (None, State.REJECTED) or case.without_title:
        return
    case.requester = event.party
    opened = ALL_REQUESTS if event.reason != "UNPAID" else REQUEST_AFTER_UNPAID
    if life.day < opened or is_excluded(life):
        _receive(life, "PARENT_REQUEST", automatic=False)
        reject(life, *_writers(life))
        return
    asked = () if event.party == BOTH else (other(event.party),)
    _open(life, life.title(), "PARENT_REQUEST", automatic=False, asked=asked)


def _receive(life: Life, origin: str, *, automatic: bool) -> None:
    case = life.case
    parent = life.parent(CREDITOR)
    case.origin, case.automatic, case.received_on = origin, automatic, life.day
    case.fund = parent.fund if parent else ""
    life.become(State.ADMISSIBILITY)


def _writers(life: Life) -> tuple[str, ...]:
    """Whom a refusal is told to: who asked, or both when nobody had to."""
    asked_by = life.case.requester
    return PARTIES if life.case.automatic or asked_by in ("", BOTH) else (asked_by,)


def reject(life: Life, *to: str) -> None:
    life.become(State.REJECTED)
    life.write("L02", *to)


def _open(life: Life, title: Title, origin: str, *, automatic: bool, asked: tuple[str, ...]) -> None:
    """The tests of the day: 3.3 for what opens by itself (a parent may ask after a refusal), 3.2 for all."""
    _receive(life, origin, automatic=automatic)
    if (automatic and (is_against(life, title) or is_excluded(life))) or refusal(life, title):
        reject(life, *_writers(life))
        return
    life.case.answers = {
        party: Answer(asked=party in asked, given="" if party in asked else "FULL") for party in PARTIES
    }
    if not asked and not _can_be_debited(life):
        asked = (DEBTOR,)
        life.case.answers[DEBTOR] = Answer(asked=True)
    _ask(life, asked)
    try_to_go_live(life)


def _ask(life: Life, asked: tuple[str, ...]) -> None:
    life.become(State.INFO_REQUESTED)
    for party in asked:
        life.case.answers[party].notice = Notice(code="L01", sent_on=life.day)
        life.write("L01", party)


def refusal(life: Life, title: Title) -> str:
    """The condition of 3.2 that fails on the day, or ''. What is not known is asked by L01, not refused."""
    if title.enforceable_on is None or title.enforceable_on > life.day:
        return "title_not_enforceable"
    if not any(line.cash > 0 for line in title.lines):
        return "no_cash_share"
    if not lives_in_france(life, CREDITOR):
        return "creditor_residence"
    if not lives_in_france(life, DEBTOR):
        return "debtor_abroad"
    return "debtor_unable" if life.case.unable and life.case.unable not in NEVER_SUSPENDS else ""


def lives_in_france(life: Life, party: str) -> bool:
    """CSS L. 512-1; for the creditor a lawful stay besides. An unknown residence is not an absent one."""
    parent = life.parent(party)
    if parent is None:
        return True
    elsewhere = parent.country not in ("", *RESIDENCES) or parent.postcode.startswith(OTHER_RULES)
    unlawful = party == CREDITOR and parent.lawful_stay is False
    return not (elsewhere or unlawful or parent.stable_residence is False)


def _can_be_debited(life: Life) -> bool:
    """Whether what the debtor gave allows the set-up: by direct debit an account and a mandate are needed."""
    debtor = life.parent(DEBTOR)
    return debtor is None or debtor.means not in ("", "DIRECT_DEBIT") or debtor.reachable


def inform(life: Life, event: Event) -> None:
    """The answer of a parent to L01 or L03."""
    case = life.case
    parties = PARTIES if event.party == BOTH else (event.party,)
    for party in parties:
        answer = case.answers.get(party)
        if case.state not in BEFORE_LIVE or answer is None or answer.given == "FULL":
            continue
        answer.given = event.reason
        if party == DEBTOR and event.reason == "FULL" and not _can_be_debited(life):
            answer.given = "PARTIAL"
    try_to_go_live(life)


def drop_penalty(life: Life) -> None:
    """The director accepts the observations: back to the request, without a delay."""
    case = life.case
    if case.state not in (State.PENALTY_WARNED, State.PENALTY_PRONOUNCED):
        return
    life.become(State.INFO_REQUESTED)
    case.warning, case.decision = None, None
    life.charge("PENALTY", -case.penalty)
    case.answers[DEBTOR].notice = None


def notice_of(case: Case, letter: str, party: str) -> tuple[Notice | None, Callable[[date], date] | None]:
    """The notice that a receipt is about, and how the delay it starts is counted."""
    if letter == "L01":
        answer = case.answers.get(party)
        return (answer.notice if answer else None), information_by
    if party != DEBTOR:
        return None, None
    if letter == "L03":
        return case.warning, second_information_by
    return (case.decision, penalty_payment_by) if letter == "L04" else (None, None)


def note_receipt(life: Life, letter: str, party: str, received_on: date) -> bool:
    """Delays run from the receipt, never from the sending. False when no such letter waits."""
    notice, deadline = notice_of(life.case, letter, party)
    if notice is None or deadline is None or notice.received_on is not None:
        return False
    notice.received_on, notice.deadline = received_on, deadline(received_on)
    return True


def follow_information(life: Life) -> None:
    """The day after a delay: warning, penalty, forced set-up; a silent creditor holds the file."""
    case = life.case
    if case.state not in BEFORE_LIVE:
        return
    if case.state in (State.INFO_REQUESTED, State.ADMISSIBILITY):
        _follow_request(life)
    elif case.state == State.PENALTY_WARNED and _has_passed(life, case.warning) and not _answered(life, DEBTOR):
        life.become(State.PENALTY_PRONOUNCED)
        case.decision = Notice(code="L04", sent_on=life.day)
        life.charge("PENALTY", penalty_cents(life.day))
        life.write("L04", DEBTOR)
    elif case.state == State.PENALTY_PRONOUNCED:
        _follow_penalty(life)


def _follow_request(life: Life) -> None:
    case = life.case
    if not _answered(life, DEBTOR) and _has_passed(life, case.answers[DEBTOR].notice):
        life.become(State.PENALTY_WARNED)
        case.warning = Notice(code="L03", sent_on=life.day)
        life.write("L03", DEBTOR)
    elif not _answered(life, CREDITOR) and _has_passed(life, case.answers[CREDITOR].notice):
        life.become(State.ADMISSIBILITY)
        if life.day > silence_ends_on(case.answers[CREDITOR].notice):
            reject(life, *_writers(life))


def silence_ends_on(notice: Notice | None) -> date:
    """The last day on which a creditor who did not answer in time still keeps the file open."""
    assert notice is not None
    assert notice.deadline is not None
    return deadline_for_fund(notice.deadline, number_on("choice.silent_creditor_days", notice.deadline))


def _follow_penalty(life: Life) -> None:
    """T10: recovery starts although the debtor is silent; a silent creditor blocks it, and so does a complaint."""
    case = life.case
    if not _has_passed(life, case.decision) or is_calm(life) or not _answered(life, CREDITOR):
        return
    go_live(life)
    life.become(State.FORCED)
    case.forced_since = life.day


def is_calm(life: Life) -> bool:
    """While a complaint is open, and on the day it closes, nothing is done towards forced recovery."""
    return life.case.complaint or (life.case.calm_until is not None and life.day <= life.case.calm_until)


def _has_passed(life: Life, notice: Notice | None) -> bool:
    return notice is not None and notice.deadline is not None and life.day > notice.deadline


def _answered(life: Life, party: str) -> bool:
    return life.case.answers[party].given == "FULL"


def try_to_go_live(life: Life) -> None:
    """The day every parent addressed has answered in full (T5, T7, T9, T12)."""
    case = life.case
    if case.state not in BEFORE_LIVE:
        return
    if all(_answered(life, party) for party in PARTIES):
        go_live(life)
    elif _answered(life, CREDITOR if case.state == State.ADMISSIBILITY else DEBTOR):
        life.become(State.INFO_REQUESTED)


def go_live(life: Life) -> None:
    """L05 to each parent; the first term called is due at least fourteen days later."""
    case = life.case
    life.become(State.LIVE)
    case.calls_from = discharge_date(life.day, due_day(life))
    case.discharge_date = case.discharge_date or case.calls_from
    life.write("L05", *PARTIES)
