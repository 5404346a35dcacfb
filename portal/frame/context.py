"""What every page's frame needs."""

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

THEME_COOKIE = "apparence"
THEMES = {"clair": "light", "sombre": "dark"}


def theme_of(request: HttpRequest) -> str:
    """``light`` or ``dark`` when chosen by hand; empty follows the device."""
    return THEMES.get(request.COOKIES.get(THEME_COOKIE, ""), "")


def frame(request: HttpRequest) -> dict[str, object]:
    """Name, help phone and demo day of this installation, and the look chosen."""
    return {
        "portal_name": settings.PORTAL_NAME,
        "portal_phone": settings.PORTAL_PHONE,
        "portal_hours": settings.PORTAL_HOURS,
        "portal_demo": settings.PORTAL_DEMO,
        "portal_day": settings.PORTAL_DAY,
        "today": settings.PORTAL_DAY or timezone.localdate(),
        "theme": theme_of(request),
    }
