"""Cases, penalties, panels and opinions as pages and figures read them: of the funds where the reader holds the right."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from fraud.access import open_cases_of
from fraud.cases.acting import missing_for
from fraud.models import (
    CASE_MOVES,
    CaseMove,
    CaseRecovery,
    CaseState,
    ControlCase,
    CopyRequest,
    ObtainedInformation,
    PaperKind,
    Penalty,
    PenaltyState,
    Qualification,
    SuspensionProposal,
)
from fraud.rules.procedure import MissingPaper
from fraud.signals.people import linked_subjects
from portal.accounts.models import User
from portal.accounts.permissions import funds_on
from portal.accounts.rights import Right
from portal.frame.paging import count_up_to

STRAIGHT = (
    CaseState.OPENED, CaseState.INFORMED, CaseState.INVESTIGATING, CaseState.FINDINGS_SENT, CaseState.ADVERSARIAL,
    CaseState.DECISION,
)  # fmt: skip
ARTICLES = {
    CaseState.INFORMED: "CSS L. 114-10", CaseState.FINDINGS_SENT: "CSS L. 114-9", CaseState.DECISION: "CSS L. 114-21",
    CaseState.OVERPAYMENT: "CSS R. 133-9-2", CaseState.PENALTY_PROCEDURE: "CSS L. 114-17", CaseState.COMPLAINT: "CSS L. 114-9",
}  # fmt: skip

# What the act of a step brings with it: its absence does not stop the act.
BROUGHT = {
    CaseState.INFORMED: "control.information_missing", CaseState.FINDINGS_SENT: "control.findings_missing",
    CaseState.COMPLAINT: "control.complaint_missing",
}  # fmt: skip


@dataclass(frozen=True)
class TimelineStep:
    """A step as `components/what_next.html` shows it."""

    text: str
    state: str
    by: date | None = None
    article: str = ""


@dataclass(frozen=True)
class NextStep:
    """A step that the table allows, and what it still needs in words; nothing is missing when it may be taken."""

    to: CaseState
    missing: list[MissingPaper]
    article: str


def listed_cases(user: User, day: date) -> QuerySet[ControlCase]:
    """Those that the user sees, each with whether the person still has something to be told or sent."""
    untold = ObtainedInformation.objects.filter(case=OuterRef("pk"), told=None)
    due = CopyRequest.objects.filter(case=OuterRef("pk"), paper=None)
    return (
        open_cases_of(user, day).select_related("officer").annotate(is_untold=Exists(untold), is_copy_due=Exists(due))
    )


def something_to_tell() -> Q:
    """The person is owed a notice or a copy."""
    return Q(is_untold=True) | Q(is_copy_due=True)


def of_text(text: str) -> Q:
    """A number of case, the family's number, or words of the title."""
    return Q(number__iexact=text) | Q(subject__endswith=f":{text}") | Q(title__icontains=text)


def next_steps(case: ControlCase, on: date) -> list[NextStep]:
    """In the order of the table."""
    allowed = [to for to in CaseState if to in CASE_MOVES[CaseState(case.state)]]
    return [NextStep(to, _missing(case, to, on), ARTICLES.get(to, "")) for to in allowed]


def _missing(case: ControlCase, to: CaseState, on: date) -> list[MissingPaper]:
    return [one for one in missing_for(case, to, on) if one.code != BROUGHT.get(to)]


def timeline(case: ControlCase) -> list[TimelineStep]:
    """What was done and when, where it stands, and the straight way to its end."""
    moves = list(CaseMove.objects.filter(case=case).order_by("pk"))
    done = [
        TimelineStep(CaseState(move.to_state).label, "done", move.dated, ARTICLES.get(CaseState(move.to_state), ""))
        for move in moves
    ]
    state = CaseState(case.state)
    if state == CaseState.CLOSED or not done:
        return done
    coming = [step for step in STRAIGHT if step in STRAIGHT[STRAIGHT.index(state) + 1 :]] if state in STRAIGHT else []
    ahead = [TimelineStep(step.label, "coming", None, ARTICLES.get(step, "")) for step in coming]
    current = TimelineStep(done[-1].text, "current", None, done[-1].article)
    last = [TimelineStep("Suite donnée, puis clôture", "coming")]
    return [*done[:-1], current, *ahead, *last]


def penalties_in(user: User, day: date, right: Right) -> QuerySet[Penalty]:
    funds = funds_on(user, day, right)
    found = Penalty.objects.select_related("case", "proposed_by")
    return found if funds is None else found.filter(case__fund__in=funds)


def to_sign(user: User, day: date) -> QuerySet[Penalty]:
    """What waits for the director: proposals, months that ended, opinions given. One's own proposals are somebody else's."""
    waits = (
        Q(state=PenaltyState.PROPOSED)
        | Q(state=PenaltyState.NOTIFIED, reply_until__lt=day)
        | Q(state=PenaltyState.OPINION_GIVEN, director_until__gte=day)
    )
    found = penalties_in(user, day, Right.DIRECT_CONTROL).filter(waits).exclude(proposed_by=user)
    return found.exclude(case__subject__in=linked_subjects(user, day))


def suspensions_to_decide(user: User, day: date) -> QuerySet[SuspensionProposal]:
    """Proposals that wait for the director. One's own are somebody else's."""
    funds = funds_on(user, day, Right.DIRECT_CONTROL)
    found = SuspensionProposal.objects.filter(answer="").exclude(case__state=CaseState.CLOSED)
    found = found.select_related("case", "reminder", "proposed_by")
    found = found if funds is None else found.filter(case__fund__in=funds)
    found = found.exclude(proposed_by=user).exclude(case__subject__in=linked_subjects(user, day))
    return found.order_by("proposed_on", "pk")


def opinions_awaited(user: User, day: date) -> QuerySet[Penalty]:
    """What the board's commission is asked, the first to end first."""
    return asked_opinions(user, day).filter(state=PenaltyState.APPEALED)


def asked_opinions(user: User, day: date) -> QuerySet[Penalty]:
    """Every penalty on which the board's commission was asked, but those of people one is tied to."""
    found = penalties_in(user, day, Right.GIVE_OPINION).filter(appealed_on__isnull=False)
    return found.exclude(case__subject__in=linked_subjects(user, day))


def panels(user: User, day: date) -> QuerySet[Qualification]:
    """What the panel is asked in the user's funds, and what it said."""
    funds = funds_on(user, day, Right.QUALIFY_FRAUD)
    found = Qualification.objects.select_related("case")
    return found if funds is None else found.filter(case__fund__in=funds)


def count_views_awaited(user: User, day: date) -> int:
    """What the menu says to a member of the panel: questions on which they have not given their view."""
    asked = panels(user, day).filter(outcome="")
    return count_up_to(asked.exclude(pk__in=asked.filter(seats__member=user).values("pk")), 100)


def count_opinions_awaited(user: User, day: date) -> int:
    return count_up_to(opinions_awaited(user, day), 100)


def live_penalty(case: ControlCase) -> Penalty | None:
    """The last penalty of a case, fallen ones included."""
    return (
        Penalty.objects.filter(case=case)
        .select_related("proposed_by", "signed_by", "decided_by")
        .order_by("-pk")
        .first()
    )


def recovered_by_case(case_pks: Iterable[int], *, until: date) -> dict[int, int]:
    """Cents that came back for each case by the end of `until`, for the programme's indicators; a case without is absent."""
    found = CaseRecovery.objects.filter(case_id__in=list(case_pks), received_on__lte=until).values_list("case_id")
    return dict(found.annotate(cents=Sum("cents")).order_by("case_id"))


def notices_before_decisions(cases: QuerySet[ControlCase]) -> tuple[int, int]:
    """Of decided cases that relied on others' words, how many sent the notice of L. 114-21 first, and how many there are."""
    with_words = cases.filter(decided_on__isnull=False).filter(
        Exists(ObtainedInformation.objects.filter(case=OuterRef("pk"), obtained_on__lte=OuterRef("decided_on")))
    )
    late = ObtainedInformation.objects.filter(case=OuterRef("pk"), obtained_on__lte=OuterRef("decided_on")).exclude(
        told__paper__kind=PaperKind.NOTICE, told__paper__sent_on__lte=OuterRef("decided_on")
    )
    return with_words.filter(~Exists(late)).count(), with_words.count()
