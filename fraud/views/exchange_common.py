"""What the pages of exchanges share: the two areas, what somebody may see there, and what a refusal becomes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from fraud.exchanges import selectors
from fraud.exchanges.words import NothingLeft, NotNow
from fraud.guarding import LinkedToThem
from fraud.models import InfoExchange
from portal.accounts.permissions import for_roles, today
from portal.accounts.rights import Right, holders
from portal.frame.errors import Conflict


@dataclass(frozen=True)
class Area:
    """One of the two doors to the same pages. `begins`: of the names of its addresses."""

    home: str
    begins: str
    title: str
    right: Right

    @property
    def address(self) -> str:
        """Of its first page."""
        return reverse(self.home)

    def link(self, name: str, *args: object) -> str:
        """The address of one of its pages (`exchange`, `exchange_act`, …)."""
        return reverse(f"fraud:{self.begins}{name}", args=args)


AGENT = Area("fraud:exchanges", "", "Échanges", Right.EXCHANGE)
PARTNER = Area("fraud:partner", "partner_", "Boîte", Right.PARTNER_EXCHANGE)
NOTHING = "Rien n’est parti."


def in_area(area: Area, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view for the roles of an area, which it is given."""

    @for_roles(holders(area.right))
    @wraps(view)
    def page(request: HttpRequest, **kwargs: object) -> HttpResponse:
        return view(request, area=area, **kwargs)

    return page


def found(request: HttpRequest, key: UUID) -> InfoExchange:
    """The exchange, of those that the person sees today; else « page introuvable »."""
    one = selectors.exchanges_of(request.user, today()).filter(key=key).first()  # type: ignore[arg-type]
    if one is None:
        raise Http404
    return one


@contextmanager
def told(link: str, action: str = "Revenir à l’échange") -> Iterator[None]:
    """What an operation refuses is told on a page of its own, with the way back."""
    try:
        yield
    except (NotNow, LinkedToThem) as refused:
        raise Conflict(str(refused), link=link, action=action) from refused
    except NothingLeft as refused:
        raise Conflict(f"{NOTHING} {refused}", link=link, action=action) from refused


def text_typed(request: HttpRequest, name: str, most: int = 500) -> str:
    """What was typed, no longer than it is kept."""
    return request.POST.get(name, "").strip()[:most]
