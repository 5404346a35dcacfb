"""What agents read of the duties: campaigns, follow-ups, silences, orientations, within the départements they follow.

Counters and lists come from the same rows. Nothing here orders people by their breaches.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from monenfant.access import departements_followed, followed_by
from monenfant.duties.territory import departement_in
from monenfant.models import (
    Approval,
    CarePlace,
    CareStructure,
    ChildcareDesk,
    DeclarationFollowUp,
    DeskReferral,
    FollowUpNote,
    NoteKind,
    Provider,
    Stop,
    StructureSilence,
    SuspensionDecision,
    WithdrawalDecision,
)
from monenfant.rules import follow_up as rules
from portal.accounts.models import User
from portal.accounts.permissions import funds_on
from portal.accounts.rights import Right
from portal.exchange.models import ReceivedFile
from portal.exchange.received import CURRENT

SHOWN_STATES = (*rules.OPEN_STATES, rules.COMPLIANT, rules.EXEMPT)
CAMPAIGNS_SHOWN = 4


def follow_ups(user: User, day: date) -> QuerySet[DeclarationFollowUp]:
    """The follow-ups that the user sees, with their places and départements."""
    is_over = Case(When(state__in=rules.OPEN_STATES, then=Value(0)), default=Value(1), output_field=IntegerField())
    return _within(DeclarationFollowUp.objects.select_related("place"), user, day).annotate(
        departement=departement_in("place__insee_code"), is_over=is_over
    )


def silences(user: User, day: date) -> QuerySet[StructureSilence]:
    """The silences that are not over, of the structures that the user sees."""
    found = StructureSilence.objects.filter(ended_on=None).select_related("place", "adviser")
    return _within(found, user, day).annotate(departement=departement_in("place__insee_code"))


def referrals(user: User, day: date) -> QuerySet[DeskReferral]:
    """Those whom a desk may help, as long as their declaration is awaited."""
    found = DeskReferral.objects.filter(follow_up__state__in=rules.OPEN_STATES).select_related("follow_up__place")
    return found.filter(_follows(user, day, "follow_up__place"))


def stops(user: User, day: date) -> QuerySet[Stop]:
    """The stops that places told and did not take back, that hold on that day or are to come."""
    found = Stop.objects.filter(Q(end=None) | Q(end__gt=day), withdrawn_at=None).select_related("place")
    return _within(found, user, day)


def stop_kinds() -> dict[str, Q]:
    """How long nobody is received, by name: for good, until further notice, until a day."""
    return {"final": Q(is_final=True), "open": Q(end=None, is_final=False), "until": Q(end__isnull=False)}


def _within(found: QuerySet, user: User, day: date) -> QuerySet:
    return found.filter(_follows(user, day, "place"))


def _follows(user: User, day: date, name: str) -> Q:
    """The places that the user follows; everything for who follows every fund."""
    if funds_on(user, day, Right.SEE_CHILDCARE) is None:
        return Q()
    return Q(**{f"{name}__in": followed_by(user, day)})


# ---- campaigns ----------------------------------------------------------------------------------------------------


@dataclass
class Counts:
    """How many follow-ups stand in each state."""

    by_state: dict[str, int] = field(default_factory=dict)

    def add(self, state: str, count: int) -> None:
        self.by_state[state] = self.by_state.get(state, 0) + count

    @property
    def asked(self) -> int:
        """All but those who are not, or no longer, bound."""
        return sum(count for state, count in self.by_state.items() if state != rules.EXEMPT)

    @property
    def declared(self) -> int:
        return self.by_state.get(rules.COMPLIANT, 0)

    @property
    def rate(self) -> int | None:
        """Those who declared, of a hundred who were asked; a whole number, never rounded up to a hundred."""
        return 100 * self.declared // self.asked if self.asked else None

    @property
    def states(self) -> list[tuple[str, int]]:
        return [(state, self.by_state.get(state, 0)) for state in SHOWN_STATES]


@dataclass(frozen=True)
class Board:
    """A campaign counted: in all, and by département."""

    whole: Counts
    departements: dict[str, Counts]


def board_of(found: QuerySet[DeclarationFollowUp]) -> Board:
    """The counts of some follow-ups, in one query."""
    whole, departements = Counts(), {}  # type: ignore[var-annotated]
    rows = found.order_by().values_list("departement", "state").annotate(count=Count("pk"))  # type: ignore[misc]
    for departement, state, count in sorted(rows):
        whole.add(state, count)
        departements.setdefault(departement, Counts()).add(state, count)
    return Board(whole, departements)


def campaigns(user: User, day: date) -> dict[date, Counts]:
    """The last campaigns with their counts, the latest first, in one query."""
    ahead = day + timedelta(days=rules.CAMPAIGN_DAYS)
    deadlines = rules.deadlines_between(day.replace(year=day.year - 3, day=1), ahead + timedelta(days=1))
    shown = deadlines[-CAMPAIGNS_SHOWN:]
    counted: dict[date, Counts] = {deadline: Counts() for deadline in reversed(shown)}
    found = follow_ups(user, day).filter(deadline__in=shown).order_by()
    for deadline, state, count in found.values_list("deadline", "state").annotate(count=Count("pk")):
        counted[deadline].add(state, count)
    return {deadline: counts for deadline, counts in counted.items() if counts.by_state}


def narrowed(found: QuerySet[DeclarationFollowUp], filters: Mapping[str, str]) -> QuerySet[DeclarationFollowUp]:
    """The follow-ups that answer the filters of a list."""
    for name in ("state", "departement"):
        if filters.get(name):
            found = found.filter(**{name: filters[name]})
    return found.filter(of_text(filters["q"], "place")) if filters.get("q") else found


def boxes(on: date) -> dict[str, Q]:
    """What waits for a caseworker, by name: what the département said, and what it warned of."""
    answered = on - timedelta(days=rules.ANSWER_DAYS)
    return {"to_note": Q(state=rules.REFERRED, moved_on__lte=answered), "warned": Q(state=rules.WARNED)}


def of_text(text: str, name: str) -> Q:
    """Places by their number, or by the beginning of a childminder's name or of a structure's."""
    people = Approval.objects.filter(CURRENT, last_name__istartswith=text).values("childminder_no")
    structures = CareStructure.objects.filter(CURRENT, name__icontains=text).values("cnaf_id")
    prefix = f"{name}__" if name else ""
    return (
        Q(**{f"{prefix}number__iexact": text})
        | Q(**{f"{prefix}provider": Provider.CHILDMINDER, f"{prefix}number__in": people})
        | Q(**{f"{prefix}provider": Provider.STRUCTURE, f"{prefix}number__in": structures})
    )


# ---- names --------------------------------------------------------------------------------------------------------


def approval_of(place: CarePlace) -> Approval | None:
    """The childminder's last approval; None for a structure."""
    return Approval.objects.filter(CURRENT, childminder_no=place.number).order_by("-start").first()


def desk_named(desk_no: str) -> ChildcareDesk | None:
    return ChildcareDesk.objects.filter(CURRENT, desk_no=desk_no).first() if desk_no else None


def desks_named(numbers: Iterable[str]) -> dict[str, str]:
    """Names of desks, in one query."""
    return dict(ChildcareDesk.objects.filter(CURRENT, desk_no__in=set(numbers)).values_list("desk_no", "name"))


# ---- structures ---------------------------------------------------------------------------------------------------


def awaited_structures(user: User, day: date) -> int:
    """The structures that must report, in the départements followed."""
    bound = CareStructure.objects.filter(CURRENT, obligation_start__lte=day, listing_status="LISTED")
    places = CarePlace.objects.filter(
        provider=Provider.STRUCTURE, published_from__lte=day, number__in=bound.values("cnaf_id")
    )
    if funds_on(user, day, Right.SEE_CHILDCARE) is not None:
        places = places.filter(pk__in=followed_by(user, day))
    return places.count()


# ---- decisions ----------------------------------------------------------------------------------------------------


def breaches_shown(place_pk: int, on: date) -> list[FollowUpNote]:
    """The breaches that may be read when a decision is prepared: neither cured nor older than five years."""
    noted = FollowUpNote.objects.filter(kind=NoteKind.BREACH, follow_up__place_id=place_pk)
    return [
        one
        for one in noted.select_related("follow_up").order_by("pk")
        if rules.is_breach_shown(one.dated, one.follow_up.cured_on, on)
    ]


def suspensions(user: User, day: date) -> QuerySet[SuspensionDecision]:
    return _within(SuspensionDecision.objects.select_related("place", "recorded_by"), user, day)


def withdrawals(user: User, day: date) -> QuerySet[WithdrawalDecision]:
    found = WithdrawalDecision.objects.select_related("place", "recorded_by").prefetch_related("grounds")
    return _within(found, user, day)


# ---- files of the offer -------------------------------------------------------------------------------------------


def offer_files(user: User, day: date) -> QuerySet[ReceivedFile]:
    """The files of the offer whose rows the user may read: those that speak of their funds and départements alone."""
    found = ReceivedFile.objects.filter(kind__in=("care-structures", "childminder-approvals", "childcare-desks"))
    funds = funds_on(user, day, Right.SEE_CHILDCARE)
    if funds is None:
        return found
    told = [*funds, *departements_followed(funds)]
    return found.filter(scope__contained_by=told).exclude(scope=[])
