"""What every page's frame needs."""

from django.conf import settings
from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, object]:
    """Name, help phone and demo day of this installation."""
    return {
        "portal_name": settings.PORTAL_NAME,
        "portal_phone": settings.PORTAL_PHONE,
        "portal_hours": settings.PORTAL_HOURS,
        "portal_demo": settings.PORTAL_DEMO,
        "portal_day": settings.PORTAL_DAY,
    }
