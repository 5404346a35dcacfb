"""Whose cases and leads somebody sees: those of the funds where they hold the right."""

from datetime import date

from django.db.models import QuerySet

from fraud.models import ControlCase, Lead
from fraud.signals.people import linked_subjects
from portal.accounts.models import User
from portal.accounts.permissions import funds_on
from portal.accounts.rights import Right


def cases_of(user: User, day: date) -> QuerySet[ControlCase]:
    funds = funds_on(user, day, Right.SEE_CONTROL)
    return ControlCase.objects.all() if funds is None else ControlCase.objects.filter(fund__in=funds)


def open_cases_of(user: User, day: date) -> QuerySet[ControlCase]:
    """The same for lists, searches and choices: without those that a declared link closes, whose existence is told to nobody
    who is close. Opening one by its number is refused and journaled (`fraud.guarding.refuse_linked`)."""
    return cases_of(user, day).exclude(subject__in=linked_subjects(user, day))


def leads_of(user: User, day: date) -> QuerySet[Lead]:
    funds = funds_on(user, day, Right.SEE_CONTROL)
    return Lead.objects.all() if funds is None else Lead.objects.filter(fund__in=funds)
