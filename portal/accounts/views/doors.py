"""The doors: which one to take, the way to the provider and back, the code by e-mail, the way out."""

from urllib.parse import urlsplit

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.conf import settings
from django.contrib.auth import authenticate
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from requests import RequestException

from portal.accounts import codes, openid, sessions
from portal.accounts.adapters import refuse, safe_next
from portal.accounts.limits import forget, take_try
from portal.accounts.models import Door, User
from portal.audit.operations import journal

MAIL_DOOR = "mail"
ELSEWHERE = "elsewhere"  # in the session of somebody who has just signed out: where the provider ends its own


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Which door to take; in the demo, also a card for each demo person."""
    if request.user.is_authenticated:
        return redirect(safe_next(request, request.GET.get("next", "")))
    wrong = False
    if request.method == "POST":
        if not settings.PORTAL_PASSWORDS:
            raise Http404
        user = _by_password(request)
        if user is not None:
            sessions.wait_for_factor(request, user, how="password", next_url=safe_next(request, _next(request)))
            return redirect("accounts:factor")
        wrong = True
    context = {
        "people": demo_people(),
        "doors": {app["provider_id"] for app in _configured()},
        "passwords": settings.PORTAL_PASSWORDS,
        "next": _next(request),
        "wrong": wrong,
        "elsewhere": request.session.pop(ELSEWHERE, ""),
    }
    response = render(request, "accounts/sign_in.html", context, status=422 if wrong else 200)
    return leads_to_providers(response)


def _by_password(request: HttpRequest) -> User | None:
    """Emergency accounts of the installation only (PORTAL_PASSWORDS): the second factor follows."""
    username, password = request.POST.get("username", "").strip(), request.POST.get("password", "")
    take_try(f"password:{username}")
    user = authenticate(request, username=username, password=password)
    if user is None or user.door != Door.AGENT:
        journal(
            actor="anonyme", action="account.sign_in_failed", subject="door:password", detail={"typed": username[:60]}
        )
        return None
    forget(f"password:{username}")
    return user


def _next(request: HttpRequest) -> str:
    return request.POST.get("next") or request.GET.get("next") or ""


def _configured() -> list[dict]:
    return settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]


def demo_people() -> list:
    """The cards of the demo people; nobody outside the demo."""
    return import_string(settings.PORTAL_DEMO_PEOPLE)() if settings.PORTAL_DEMO else []


def leads_to_providers(response: HttpResponse) -> HttpResponse:
    """A page whose forms lead to the providers: browsers follow a form's redirection only where this allows."""
    addresses = [urlsplit(app["settings"]["issuer"]) for app in _configured()]
    origins = sorted({f"{address.scheme}://{address.netloc}" for address in addresses})
    response._csp_update = {"form-action": origins}  # type: ignore[attr-defined]  # django-csp reads it
    return response


@require_POST
def enter(request: HttpRequest, door: str) -> HttpResponse:
    """Leave for ProConnect or FranceConnect; with `again`, to prove anew who one is."""
    return _leave(request, door, again=bool(request.POST.get("again")))


def _leave(request: HttpRequest, door: str, *, again: bool = False, hint: str = "") -> HttpResponse:
    try:
        provider = get_adapter(request).get_provider(request, door)
        return provider.leave(request, next_url=safe_next(request, _next(request)), again=again, hint=hint)
    except SocialApp.DoesNotExist as unknown:
        raise Http404 from unknown
    except (RequestException, OAuth2Error, KeyError, ValueError) as silent:
        return refuse(
            request, "accounts/door_failed.html", status=503, reason=type(silent).__name__, door=door
        ).response


@never_cache
@require_GET
def returned(request: HttpRequest, door: str) -> HttpResponse:
    """Back from the provider."""
    if door not in {app["provider_id"] for app in _configured()}:
        raise Http404
    try:
        return openid.complete(request, door)
    except ImmediateHttpResponse as answer:
        return answer.response
    except (RequestException, KeyError, ValueError) as silent:
        return refuse(
            request, "accounts/door_failed.html", status=503, reason=type(silent).__name__, door=door
        ).response


@require_POST
def enter_as(request: HttpRequest, username: str) -> HttpResponse:
    """Demo only: enter as one of the demo people, by the local provider or by e-mail as they would."""
    person = next((card for card in demo_people() if card.username == username), None)
    if person is None:
        raise Http404
    if person.door == MAIL_DOOR:
        return redirect(reverse("accounts:mail") + "?" + urlencode({"address": person.email}))
    return _leave(request, person.door, hint=username)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mail(request: HttpRequest) -> HttpResponse:
    """Professionals: their address, to which a code leaves. The answer is the same when the address is unknown."""
    if request.method != "POST":
        return render(request, "accounts/mail.html", {"address": request.GET.get("address", "")[:254]})
    address = request.POST.get("address", "").strip().lower()[:254]
    if "@" not in address:
        return render(request, "accounts/mail.html", {"address": address, "wrong": True}, status=422)
    found = User.objects.filter(door=Door.PROFESSIONAL, is_active=True, email__iexact=address)
    user = found[0] if len(found) == 1 else None
    codes.send_code(request, user=user, address=address, purpose="door")
    return redirect("accounts:mail_code")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mail_code(request: HttpRequest) -> HttpResponse:
    """The code received; the second factor follows."""
    address = codes.sent_to(request, "door")
    if not address:
        return redirect("accounts:mail")
    if request.method == "POST":
        user = codes.check_code(request, purpose="door", code=request.POST.get("code", ""))
        if user is not None:
            sessions.wait_for_factor(request, user, how="mail", next_url=settings.LOGIN_REDIRECT_URL)
            return redirect("accounts:factor")
        journal(actor="anonyme", action="account.sign_in_failed", subject="door:mail", detail={})
    wrong = request.method == "POST"
    context = {"address": address, "wrong": wrong}
    return render(request, "accounts/mail_code.html", context, status=422 if wrong else 200)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """The way out; where the provider keeps its own session open, the next page offers to close it."""
    door, token = request.session.get(sessions.OPENID, ("", ""))
    elsewhere = openid.end_session_url(request, door, token) if token else ""
    sessions.end(request)
    if elsewhere:
        request.session[ELSEWHERE] = elsewhere
    return redirect("accounts:sign_in")
