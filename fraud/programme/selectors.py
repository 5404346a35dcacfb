"""Which programmes somebody sees, and what waits for them there."""

from datetime import date

from django.db.models import Q, QuerySet

from fraud.models import ControlCase, ControlProgramme, HalfYearReview, InternalControlPlan, ProgrammeAxis
from fraud.rules import programme as rules
from fraud.rules.figures import control_parameters
from fraud.rules.programme import ProgrammeDate, programme_dates
from portal.accounts.models import Role, User
from portal.accounts.permissions import funds_on, may, roles_on
from portal.accounts.rights import Right


def programmes_of(user: User, day: date) -> QuerySet[ControlProgramme]:
    """Those of the funds where they see programmes."""
    funds = funds_on(user, day, Right.SEE_PROGRAMME)
    found = ControlProgramme.objects.select_related("plan", "adopted_by", "drafted_by", "opinion_by")
    return found if funds is None else found.filter(body__in=funds)


def bodies_of(user: User, day: date) -> list[str]:
    """The funds whose programmes they may open: theirs, or for everybody's, those with a programme or a case."""
    funds = funds_on(user, day, Right.SEE_PROGRAMME)
    if funds is not None:
        return funds
    with_programme = ControlProgramme.objects.order_by("body").values_list("body", flat=True).distinct()
    with_cases = ControlCase.objects.order_by("fund").values_list("fund", flat=True).distinct()
    return sorted({*with_programme, *with_cases})


def shown_of(user: User, day: date, body: str, year: int) -> ControlProgramme | None:
    """The version in force of a body and year; without one, its draft."""
    found = programmes_of(user, day).filter(body=body, year=year, superseded_on=None)
    return found.exclude(status=rules.DRAFT).first() or found.first()


def axes_in_force(body: str, day: date) -> QuerySet[ProgrammeAxis]:
    """The axes of the programme that a body adopted for the year and has not closed, as it stands on that day."""
    adopted = Q(programme__status__in=[rules.ADOPTED, rules.IN_PROGRESS], programme__adopted_on__lte=day)
    current = Q(programme__superseded_on=None) | Q(programme__superseded_on__gt=day)
    return ProgrammeAxis.objects.filter(adopted, current, programme__body=body, programme__year=day.year).order_by("pk")


def review_of(body: str, year: int) -> HalfYearReview | None:
    return HalfYearReview.objects.filter(body=body, year=year).select_related("reviewed_by").first()


def plan_of(body: str, year: int) -> InternalControlPlan | None:
    """The plan that an adoption would lean on: entered already, though no programme bears it yet."""
    return InternalControlPlan.objects.filter(body=body, year=year).first()


def dates_of(body: str, year: int, on: date) -> list[tuple[ProgrammeDate, bool]]:
    """The days of a year, each with whether it is done."""
    found = ControlProgramme.objects.filter(body=body, year=year, superseded_on=None)
    status = max((one.status for one in found), key=rules.ORDER.index, default="")
    is_reviewed = HalfYearReview.objects.filter(body=body, year=year).exists()
    return programme_dates(year=year, status=status, is_reviewed=is_reviewed, on=on, figures=control_parameters())


def near_dates(bodies: list[str], on: date) -> list[tuple[str, int, ProgrammeDate]]:
    """What is due soon or late: of the year before, of this one and of the next, for each body."""
    return [
        (body, year, one)
        for body in bodies for year in (on.year - 1, on.year, on.year + 1)
        if year >= on.year or ControlProgramme.objects.filter(body=body, year=year).exists()
        for one, _done in dates_of(body, year, on) if one.alert
    ]  # fmt: skip


def waiting_for(user: User, day: date) -> QuerySet[ControlProgramme]:
    """The drafts that wait for this very person: for their opinion, or for their adoption once it is given."""
    drafts = programmes_of(user, day).filter(status=rules.DRAFT)
    wanted = Q(pk=None)
    if Role.DATA_PROTECTION in roles_on(user, day):
        wanted |= Q(opinion="")
    if may(user, Right.DIRECT_CONTROL, day):
        wanted |= ~Q(opinion="")
    return drafts.filter(wanted).exclude(moves__to_status=rules.DRAFT, moves__by=user.get_username())


def count_waiting(user: User, day: date) -> int:
    return waiting_for(user, day).count()
