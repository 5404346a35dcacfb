"""Sessions: one way in, whatever the door. A visitor is either wholly signed in, or not at all.

Somebody whose second factor is still to be shown is not signed in: only their number waits in the session, for ten
minutes. So no page can be reached half-way, and no page has to think of it.
"""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from portal.accounts.limits import TooManyTries
from portal.accounts.models import User
from portal.audit.operations import journal

PENDING, BEGAN, FACTOR_AT, OPENID = "pending", "began", "factor_at", "openid"
PENDING_SECONDS = 600
BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True)
class Pending:
    """Who has passed the first factor, how, and where they want to go."""

    user_pk: int
    how: str
    next_url: str
    at: float


def wait_for_factor(request: HttpRequest, user: User, *, how: str, next_url: str) -> None:
    """Remember who passed the first factor; they are not signed in yet."""
    logout(request)
    request.session[PENDING] = asdict(Pending(user.pk, how, next_url, time.time()))


def pending(request: HttpRequest) -> Pending | None:
    """Who waits for their second factor here, if it is not too long ago."""
    found = request.session.get(PENDING)
    if not found or time.time() - found["at"] > PENDING_SECONDS:
        return None
    return Pending(**found)


def visitor(request: HttpRequest) -> User | None:
    """Who shows or sets up a second factor: the one signed in, else the one who waits."""
    if request.user.is_authenticated:
        return request.user
    waiting = pending(request)
    return User.objects.filter(pk=waiting.user_pk, is_active=True).first() if waiting else None


def begin(request: HttpRequest, user: User, *, how: str, factor_at: float | None = None) -> None:
    """Sign in: a new session with its beginning, when the second factor was shown, and a line in the journal."""
    request.session.pop(PENDING, None)
    login(request, user, backend=BACKEND)
    request.session[BEGAN] = time.time()
    request.session[FACTOR_AT] = factor_at or 0
    journal(
        actor=user.username, action="account.signed_in", subject=f"user:{user.pk}",
        detail={"how": how, "second_factor": bool(factor_at)},
    )  # fmt: skip


def factor_shown(request: HttpRequest, at: float | None = None) -> None:
    """The second factor was shown again in this session."""
    request.session[FACTOR_AT] = at or time.time()


def is_factor_fresh(request: HttpRequest) -> bool:
    """Whether the second factor was shown within the last minutes (PORTAL_FRESH_FACTOR_MINUTES)."""
    return time.time() - request.session.get(FACTOR_AT, 0) < settings.PORTAL_FRESH_FACTOR_MINUTES * 60


def end(request: HttpRequest, *, action: str = "account.signed_out") -> None:
    """Sign out, with its line in the journal."""
    if request.user.is_authenticated:
        user = request.user
        journal(actor=user.get_username(), action=action, subject=f"user:{user.pk}", detail={})
    logout(request)


class SessionLimits:
    """Ends a session after its longest time, or when what opened it was taken back (idle time: the cookie's age)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.session.session_key and request.user.is_authenticated and self._is_over(request):
            end(request, action="account.session_ended")
        return self.get_response(request)

    def _is_over(self, request: HttpRequest) -> bool:
        began = request.session.setdefault(BEGAN, time.time())
        since = request.user.sessions_since
        too_old = time.time() - began > settings.PORTAL_SESSION_HOURS * 3600
        return too_old or (since is not None and began < since.timestamp())


class LockedDoors:
    """Too many tries at a door: the page says until when, and whom to call."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, TooManyTries):
            return None
        who = visitor(request)
        subject = f"user:{who.pk}" if who else f"door:{request.path[:60]}"
        actor = who.username if who else "anonyme"
        journal(actor=actor, action="account.locked", subject=subject, detail={"until": exception.until.isoformat()})
        minutes = max(1, round((exception.until - timezone.now()).total_seconds() / 60 + 0.5))
        context = {"until": exception.until, "minutes": minutes}
        return render(request, "accounts/locked.html", context, status=429)
