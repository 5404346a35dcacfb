"""The cases behind each figure of a programme: the same conditions as the counts, so that a list holds what was counted."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, Q, QuerySet

from fraud.models import ControlCase, ControlProgramme, ObtainedInformation, Penalty
from fraud.programme.figures import RECOVERY_MONTHS
from fraud.rules.figures import control_parameters


@dataclass(frozen=True)
class Scope:
    """What a list is narrowed to. `axis`: None for all, empty for the cases of no axis."""

    axis: str | None = None
    benefit: str = ""
    month: date | None = None


# By indicator: what a decided case must be to be counted. Those that count no case have the list of what they divide.
CONDITIONS: dict[str, Q] = {
    "HIT_RATE": Q(owed_by_cents__gt=0) | Q(owed_to_cents__gt=0) | Q(avoided_cents__gt=0),
    "POSITIVE_SHARE": Q(owed_to_cents__gt=0),
    "OWED_TO": Q(owed_to_cents__gt=0),
    "OVERPAYMENTS": Q(owed_by_cents__gt=0),
    "FRAUD": Q(fraud_cents__gt=0),
    "AVOIDED": Q(avoided_cents__gt=0),
}


def cases_behind(programme: ControlProgramme, code: str, scope: Scope, as_of: date) -> QuerySet[ControlCase]:
    """The cases that an indicator counts, the oldest decision first."""
    if code == "RECOVERY":
        return _recoverable(programme, scope, as_of)
    if code in ("PENALTIES", "PENALTY_AMOUNT"):
        return _punished(programme, scope, as_of)
    found = _decided(programme, scope, as_of)
    if code == "REPLIES":
        return found.filter(replies__received_on__lte=as_of).distinct()
    if code == "ANNULLED":
        return found.filter(annulled_on__lte=as_of)
    if code == "COMPLAINTS":
        return found.filter(moves__to_state="COMPLAINT", moves__dated__lte=as_of).distinct()
    if code == "NOTICES":
        told = ObtainedInformation.objects.filter(obtained_on__lte=F("case__decided_on"))
        return found.filter(pk__in=told.values("case_id"))
    return found.filter(CONDITIONS[code]) if code in CONDITIONS else found


def _period(programme: ControlProgramme, scope: Scope) -> tuple[date, date]:
    if scope.month is not None:
        return scope.month, _next(scope.month)
    return date(programme.year, 1, 1), date(programme.year + 1, 1, 1)


def _narrowed(programme: ControlProgramme, scope: Scope) -> QuerySet[ControlCase]:
    found = ControlCase.objects.filter(fund=programme.body, decided_on__isnull=False)
    if scope.axis is not None:
        found = found.filter(axis_code=scope.axis)
    return found.filter(benefit=scope.benefit) if scope.benefit else found


def _decided(programme: ControlProgramme, scope: Scope, as_of: date) -> QuerySet[ControlCase]:
    first, end = _period(programme, scope)
    return _narrowed(programme, scope).filter(decided_on__gte=first, decided_on__lt=end, decided_on__lte=as_of)


def _punished(programme: ControlProgramme, scope: Scope, as_of: date) -> QuerySet[ControlCase]:
    """The cases whose penalty was decided in the year."""
    first, end = date(programme.year, 1, 1), date(programme.year + 1, 1, 1)
    decided = Penalty.objects.filter(
        decided_on__gte=first, decided_on__lt=end, decided_on__lte=as_of, decided_cents__isnull=False
    )
    return _narrowed(programme, scope).filter(pk__in=decided.values("case_id"))


def _recoverable(programme: ControlProgramme, scope: Scope, as_of: date) -> QuerySet[ControlCase]:
    """The cases whose sum reached its term of recovery in the year."""
    first, end = _period(programme, scope)
    months = int(control_parameters().value(RECOVERY_MONTHS, date(programme.year, 1, 1)))
    found = (
        _narrowed(programme, scope).filter(owed_by_cents__gt=0).filter(Q(annulled_on=None) | Q(annulled_on__gt=as_of))
    )
    return found.extra(  # the same sum of months as the count, which PostgreSQL alone knows
        where=["(decided_on + make_interval(months => %s))::date BETWEEN %s AND %s"],
        params=[months, first, min(end - timedelta(days=1), as_of)],
    )


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
