"""What every page's frame needs."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from portal.accounts.permissions import rights_on, today
from portal.frame.menu import entries

THEME_COOKIE = "apparence"
THEMES = {"clair": "light", "sombre": "dark"}


def theme_of(request: HttpRequest) -> str:
    """``light`` or ``dark`` when chosen by hand; empty follows the device."""
    return THEMES.get(request.COOKIES.get(THEME_COOKIE, ""), "")


def shown_to(request: HttpRequest) -> frozenset[str]:
    """What the menu shows: the names of the visitor's rights on the day (``SEE_CMG``, ``SEE_RIGHTS``…)."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return frozenset()
    return frozenset(right.name for right in rights_on(user, today(), getattr(request, "portal_roles", None)))


def frame(request: HttpRequest) -> dict[str, object]:
    """Name, help phone and demo day of this installation, and the look chosen."""
    shown: Any = SimpleLazyObject(lambda: shown_to(request))
    return {
        "portal_name": settings.PORTAL_NAME,
        "portal_phone": settings.PORTAL_PHONE,
        "portal_hours": settings.PORTAL_HOURS,
        "portal_demo": settings.PORTAL_DEMO,
        "portal_day": settings.PORTAL_DAY,
        "today": today(),
        "shown": shown,
        "menu": SimpleLazyObject(lambda: entries(request, shown)),
        "theme": theme_of(request),
    }
