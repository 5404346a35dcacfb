"""The second factor: to show it, to set it up (two methods and recovery codes), to see one's account."""

import json
import time
from collections.abc import Callable
from functools import wraps

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.internal import auth as webauthn
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from portal.accounts import codes, factors, sessions
from portal.accounts.adapters import safe_next
from portal.accounts.models import Door, Posting, User
from portal.accounts.permissions import today
from portal.accounts.views.doors import leads_to_providers
from portal.audit.models import JournalEntry
from portal.audit.operations import journal

# In the session of somebody who sets up their first second factor: who received a code, who has just set one up.
MAIL_SHOWN, ENROLLED = "mail_shown", "enrolled"


def for_visitor(view: Callable) -> Callable:
    """For whoever is signed in, or has shown their first factor; others go to the doors."""

    @never_cache
    @wraps(view)
    def checked(request: HttpRequest) -> HttpResponse:
        who = sessions.visitor(request)
        if who is None or who.door == Door.FAMILY:
            return redirect("accounts:sign_in")
        return view(request, who)

    return checked


@for_visitor
def factor(request: HttpRequest, who: User) -> HttpResponse:
    """Show one's second factor: to come in, or once more before something grave."""
    methods, signed_in = factors.methods_of(who), request.user.is_authenticated
    if not methods.any and not signed_in:
        return redirect("accounts:add_app" if _may_enrol(request, who) else "accounts:factor_mail")
    wrong = False
    if request.method == "POST":
        kind = _shown(request, who)
        if kind:
            return _pass(request, who, kind)
        wrong = True
        _failed(who, "factor")
    context = _factor_context(request, who, methods) | {"wrong": wrong}
    response = render(request, "accounts/factor.html", context, status=422 if wrong else 200)
    return leads_to_providers(response)


def _factor_context(request: HttpRequest, who: User, methods: factors.Methods) -> dict[str, object]:
    door, _token = request.session.get(sessions.OPENID, ("", ""))
    return {
        "who": who,
        "methods": methods,
        "next": _next(request),
        "door": door if request.user.is_authenticated and door == "proconnect" else "",
        "options": _json(webauthn.begin_authentication(who)) if methods.keys else "",
    }


def _shown(request: HttpRequest, who: User) -> str:
    """The kind of second factor that was shown; empty when it was wrong."""
    credential = _credential(request)
    if credential:
        return "webauthn" if factors.show_key(who, credential) else ""
    return factors.show_code(who, request.POST.get("code", ""))


def _pass(request: HttpRequest, who: User, kind: str) -> HttpResponse:
    """The second factor is right: come in, or go on."""
    if request.user.is_authenticated:
        sessions.factor_shown(request)
        journal(actor=who.username, action="account.factor_shown", subject=f"user:{who.pk}", detail={"kind": kind})
        return redirect(safe_next(request, _next(request)))
    waiting = sessions.pending(request)
    if waiting is None:
        return redirect("accounts:sign_in")
    sessions.begin(request, who, how=f"{waiting.how}+{kind}", factor_at=time.time())
    return redirect(safe_next(request, waiting.next_url))


@for_visitor
def factor_mail(request: HttpRequest, who: User) -> HttpResponse:
    """A code at the professional address: the second method of agents, and the first step when setting up."""
    methods = factors.methods_of(who)
    if not _may_use_mail(request, who, methods):
        return redirect(_with_next("accounts:factor", request))
    wrong = False
    if request.method == "POST" and request.POST.get("action") == "send":
        codes.send_code(request, user=who, address=who.email, purpose="factor")
        return redirect(_with_next("accounts:factor_mail", request))
    if request.method == "POST":
        if codes.check_code(request, purpose="factor", code=request.POST.get("code", "")) == who:
            return _mail_shown(request, who, methods)
        wrong = True
        _failed(who, "mail")
    context = {"who": who, "sent": codes.sent_to(request, "factor"), "next": _next(request), "first": not methods.any}
    return render(request, "accounts/factor_mail.html", context | {"wrong": wrong}, status=422 if wrong else 200)


def _may_use_mail(request: HttpRequest, who: User, methods: factors.Methods) -> bool:
    """An address serves once it is one of one's methods; to make it one, at the first step or with a fresh factor."""
    if who.door != Door.AGENT or not who.email:
        return False
    first = not request.user.is_authenticated and not methods.any
    return methods.mail or first or (request.user.is_authenticated and sessions.is_factor_fresh(request))


def _mail_shown(request: HttpRequest, who: User, methods: factors.Methods) -> HttpResponse:
    """The code was right. Alone it lets nobody in: the first step of setting up leads to the next one."""
    factors.confirm_address(who)
    if not request.user.is_authenticated and not methods.any:
        request.session[MAIL_SHOWN] = who.pk
        return redirect("accounts:add_app")
    if methods.mail:
        return _pass(request, who, "mail")
    messages.success(request, "Cette adresse est une de vos méthodes.")
    return redirect("accounts:account")


def _may_enrol(request: HttpRequest, who: User) -> bool:
    """Whether a second factor may be set up now.

    Signed in: with a fresh one. At the first sign-in, or after a reset: when none is left, and an agent has received
    a code at the address they were posted with (a professional has at the door).
    """
    if request.user.is_authenticated:
        return sessions.is_factor_fresh(request)
    if request.session.get(ENROLLED) == who.pk:
        return True
    proven = who.door == Door.PROFESSIONAL or request.session.get(MAIL_SHOWN) == who.pk
    return proven and not factors.methods_of(who).any


def may_enrol(view: Callable) -> Callable:
    """Pages that set up a second factor."""

    @for_visitor
    @wraps(view)
    def checked(request: HttpRequest, who: User) -> HttpResponse:
        if not _may_enrol(request, who):
            return redirect(reverse("accounts:factor") + "?" + urlencode({"next": request.path}))
        return view(request, who)

    return checked


@may_enrol
def add_app(request: HttpRequest, who: User) -> HttpResponse:
    """The application of codes: a picture to photograph or a key to type, then the code that it shows."""
    wrong = False
    if request.method == "POST":
        if factors.add_app(request, who, request.POST.get("code", "")):
            return _enrolled(request, who)
        wrong = True
        _failed(who, "set_up")
    secret = factors.totp_secret(request, fresh=not wrong)
    adapter = get_adapter()
    context = {
        "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        "picture": adapter.build_totp_svg(adapter.build_totp_url(who, secret)),
        "wrong": wrong,
        "first": not request.user.is_authenticated,
    }
    return render(request, "accounts/add_app.html", context, status=422 if wrong else 200)


@may_enrol
def add_key(request: HttpRequest, who: User) -> HttpResponse:
    """A security key, or the passkey of the device."""
    wrong = False
    if request.method == "POST":
        credential = _credential(request)
        name = request.POST.get("name", "").replace("\x00", "").strip()[:60] or "Clé"
        if credential and factors.add_key(who, name, credential):
            return _enrolled(request, who)
        wrong = True
    context = {"options": _json(webauthn.begin_registration(who, passwordless=False)), "wrong": wrong}
    return render(request, "accounts/add_key.html", context, status=422 if wrong else 200)


def _enrolled(request: HttpRequest, who: User) -> HttpResponse:
    if request.user.is_authenticated and factors.methods_of(who).codes_left:
        messages.success(request, "Cette méthode est enregistrée.")
        return redirect("accounts:account")
    request.session[ENROLLED] = who.pk
    return redirect("accounts:recovery_codes")


@may_enrol
def recovery_codes(request: HttpRequest, who: User) -> HttpResponse:
    """Ten codes for the day when the telephone is lost: shown once."""
    methods = factors.methods_of(who)
    if not methods.any:
        return redirect("accounts:add_app")
    if request.method == "POST" and request.POST.get("action") == "done":
        request.session.pop(ENROLLED, None)
        request.session.pop(MAIL_SHOWN, None)
        if request.user.is_authenticated:
            return redirect("accounts:account")
        return _pass(request, who, "set_up") if methods.codes_left else redirect("accounts:recovery_codes")
    shown = factors.new_recovery_codes(who) if request.method == "POST" else []
    context = {"codes": shown, "left": methods.codes_left, "first": not request.user.is_authenticated}
    return render(request, "accounts/recovery_codes.html", context)


@require_GET
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Who I am here: roles with their dates, second factors, last sign-ins."""
    user = request.user
    day = today()
    postings = list(Posting.objects.filter(user_id=user.pk).order_by("-starts_on", "role", "fund"))
    mine = JournalEntry.objects.filter(subject=f"user:{user.pk}", action__startswith="account.").order_by("-pk")
    context = {
        "postings": postings,
        "in_force": {posting.pk for posting in postings if _in_force(posting, day)},
        "methods": factors.methods_of(user),
        "guarded": user.door != Door.FAMILY,
        "entries": [(entry, WORDS.get(entry.action, entry.action)) for entry in mine[:8]],
    }
    return render(request, "accounts/account.html", context)


WORDS = {
    "account.signed_in": "entrée", "account.signed_out": "sortie", "account.session_ended": "session arrêtée",
    "account.sign_in_failed": "essai manqué", "account.locked": "entrée bloquée après trop d’essais",
    "account.factor_added": "méthode ajoutée", "account.factor_shown": "second facteur montré",
    "account.reset_asked": "reprise demandée", "account.reset_approved": "reprise approuvée",
    "account.reset_refused": "reprise refusée", "account.posted": "affectation donnée",
    "account.posting_followed": "affectation suivie à la caisse commune",
    "account.posting_ended": "affectation finie", "account.created": "compte ouvert",
}  # fmt: skip


def _in_force(posting: Posting, day: object) -> bool:
    return posting.starts_on <= day and (posting.ends_on is None or posting.ends_on > day)  # type: ignore[operator]


def _failed(who: User, how: str) -> None:
    journal(actor=who.username, action="account.sign_in_failed", subject=f"user:{who.pk}", detail={"how": how})


def _credential(request: HttpRequest) -> dict | None:
    try:
        found = json.loads(request.POST.get("credential") or "null")
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _json(options: dict) -> str:
    return json.dumps(options)


def _next(request: HttpRequest) -> str:
    return safe_next(request, request.POST.get("next") or request.GET.get("next") or "")


def _with_next(name: str, request: HttpRequest) -> str:
    return reverse(name) + "?" + urlencode({"next": _next(request)})
