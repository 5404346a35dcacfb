"""Who sees the requests to third parties, and who holds the power to send one."""

from datetime import date

from django.db.models import QuerySet

from fraud.access import cases_of
from fraud.cases.standing import is_sworn
from fraud.models import ThirdPartyFine, ThirdPartyRequest, UnidentifiedAuthorisation
from fraud.signals.people import linked_subjects
from portal.accounts.models import Posting, Role, User
from portal.accounts.permissions import funds_on
from portal.accounts.rights import Right


def requests_of(user: User, day: date) -> QuerySet[ThirdPartyRequest]:
    """Those of the cases that the user sees."""
    found = ThirdPartyRequest.objects.filter(case__in=cases_of(user, day))
    return found.select_related("case", "officer", "sent_by", "fine__proposed_by", "fine__decided_by")


def listed_requests(user: User, day: date) -> QuerySet[ThirdPartyRequest]:
    """The same for lists and counts, without those of a file that a declared link closes."""
    return requests_of(user, day).exclude(case__subject__in=linked_subjects(user, day))


def fines_of(user: User, day: date) -> QuerySet[ThirdPartyFine]:
    """Those that the user decides of, by delegation of the direction."""
    found = ThirdPartyFine.objects.select_related("request__case", "proposed_by", "decided_by")
    funds = funds_on(user, day, Right.DIRECT_CONTROL)
    return found if funds is None else found.filter(request__case__fund__in=funds)


def holds_power(user: User, fund: str, day: date) -> bool:
    """Whether the user is posted to control in the fund that day, sworn and approved: only those ask third parties."""
    posted = Posting.objects.in_force_on(day).filter(user_id=user.pk, role=Role.CONTROLLER, serves=fund).exists()
    return posted and is_sworn(user.pk, day)


def authorisation_on(user: User, day: date) -> UnidentifiedAuthorisation | None:
    """The act that lets the user ask about people not identified, or None."""
    found = UnidentifiedAuthorisation.objects.filter(user_id=user.pk, valid_from__lte=day, valid_to__gt=day)
    return found.order_by("-valid_from", "-pk").first()
