"""By which door somebody works on a place: their account, or the link sent to the place's known address."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest
from django.urls import reverse

from monenfant.access import places_of
from monenfant.models import CarePlace, Publication
from monenfant.reporting.writing import Who
from portal.accounts.permissions import for_roles, today
from portal.accounts.rights import Right, holders

reporting = for_roles(holders(Right.REPORT_PLACES))


@dataclass(frozen=True, slots=True)
class Door:
    """`token` is the link's; empty for an account, which alone may undo and open the other pages. `page`: where the week
    stands under the link."""

    place: CarePlace
    who: Who
    token: str = ""
    page: str = "pro_link"

    @property
    def week(self) -> str:
        if self.token:
            return reverse(f"monenfant:{self.page}", args=[self.token])
        return reverse("monenfant:pro_week", args=[self.place.number])

    def receipt(self, made: Publication) -> str:
        if self.token:
            return reverse("monenfant:pro_link_receipt", args=[self.token, made.key])
        return reverse("monenfant:pro_receipt", args=[self.place.number, made.key])


def door_of(request: HttpRequest, number: str) -> Door:
    """The visitor's own place by its number; any other is not there."""
    place = places_of(request.user, today()).filter(number=number).first()  # type: ignore[arg-type]
    if place is None:
        raise Http404
    return Door(place, who_of(request))


def who_of(request: HttpRequest) -> Who:
    return Who(request.user.get_username(), request.user.pk)
