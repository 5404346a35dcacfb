"""« Dossier suivant »: after one dossier the next of the list that the person was working on, never an empty page."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from cmg.searching import dossiers_matching
from cmg.views.access import today
from portal.casework import selectors as dossiers
from portal.casework.models import Dossier

# The filters of the list are a preference of the session; which dossier is open stays in the address alone.
KEPT = "queue"
# When the list is done: what waits elsewhere, one's own first.
OTHERWISE = ("mine", "offered", "unassigned", "team")


@dataclass(frozen=True)
class Following:
    """The way on from a dossier: the next one (None: nothing is left anywhere), and the list it comes from."""

    dossier: Dossier | None
    list_link: str
    is_same_list: bool


def keep_list(request: HttpRequest, filters: dict[str, str]) -> None:
    """The list that the person works on now."""
    kept = {name: value for name, value in filters.items() if value}
    if request.session.get(KEPT) != kept:
        request.session[KEPT] = kept


def list_link(request: HttpRequest) -> str:
    """The way back to that list, with its filters."""
    kept = request.session.get(KEPT)
    return reverse("cmg:queue") + (f"?{urlencode(kept)}" if kept else "")


def following(request: HttpRequest, dossier: Dossier | None) -> Following | None:
    """What comes after `dossier`; None for a family that has none."""
    if dossier is None:
        return None
    for place, (box, text) in enumerate(_lists(request)):
        found = dossiers.queue(request.user, box, today(), matching=dossiers_matching(text))  # type: ignore[arg-type]
        following_one = dossiers.next_in(found, dossier)
        if following_one is not None:
            # Who came another way has no list that could be over.
            return Following(following_one, list_link(request), place == 0 or KEPT not in request.session)
    return Following(None, list_link(request), is_same_list=False)


def _lists(request: HttpRequest) -> Iterator[tuple[str, str]]:
    kept = request.session.get(KEPT) or {}
    first = (kept.get("box", "mine"), kept.get("q", ""))
    yield first
    yield from ((box, "") for box in OTHERWISE if (box, "") != first)
