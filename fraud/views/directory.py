"""The directory: who is designated to exchange, by which act, until when; the keys of the bodies; designating, withdrawing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fraud.directory import operations, selectors
from fraud.envelopes import keys
from fraud.envelopes.sealing import now
from fraud.models import AuthorisedOfficer, BodyKey, OfficerCategory
from fraud.rules.designation import SCOPES
from portal.accounts.permissions import for_roles, moment_on, today
from portal.accounts.rights import Right, holders
from portal.frame.filters import Field, FilterBar, filter_bar
from portal.frame.forms import form_key
from portal.frame.paging import count_up_to, page_of
from portal.frame.questions import typed_text

SEE = holders(Right.EXCHANGE, Right.DIRECT_CONTROL, Right.SAMPLE_JOURNAL)
DIRECT = holders(Right.DIRECT_CONTROL)
STATES = (("now", "en vigueur"), ("soon", "finissent bientôt"), ("over", "finies ou retirées"))
ENDS = {"": ("en vigueur", "ok"), "NOT_YET": ("à venir", "wait")}
OVER = {"EXPIRED": "finie", "REVOKED": "retirée", "LEFT_THE_POST": "poste quitté"}
REVIEW_SHOWN = 25


@dataclass(frozen=True)
class Line:
    """A designation as the list shows it; `soon`: how many days are left when few are."""

    officer: AuthorisedOfficer
    label: str
    tone: str
    soon: int | None
    last_day: date
    scopes: list[str]


def lines_of(officers: Sequence[AuthorisedOfficer], on: date) -> list[Line]:
    codes = selectors.codes_of(officers, on)
    return [_line(one, codes[one.pk], on) for one in officers]


def _line(officer: AuthorisedOfficer, code: str, on: date) -> Line:
    label, tone = ENDS.get(code, (OVER.get(code, "sans valeur"), "stop"))
    left = (officer.valid_to - on).days
    is_soon = not code and left <= selectors.soon_days(on)
    return Line(
        officer, label, "wait" if is_soon else tone, left if is_soon else None, officer.valid_to - timedelta(days=1),
        [SCOPES.get(scope, scope) for scope in officer.scopes],
    )  # fmt: skip


@require_GET
@for_roles(SEE)
def directory(request: HttpRequest) -> HttpResponse:
    """Everybody designated, with what the director has to look at first."""
    day, fields = today(), [
        Field("q", "Nom, organisme ou n° d’acte"), Field("category", "Catégorie", OfficerCategory.choices, is_feminine=True),
        Field("state", "État", STATES),
    ]  # fmt: skip
    bar = filter_bar("fraud:directory", request.user, request.GET, fields)  # type: ignore[arg-type]
    found = _found(bar, day)
    page = page_of(found, request.GET.dict(), order=("body_id", "pk"))
    soon = selectors.ending_soon(AuthorisedOfficer.objects.all(), day)
    context = {
        "page": page, "lines": lines_of(page.rows, day), "total": count_up_to(found), "bar": bar,
        "soon": soon.count(), "may_direct": _directs(request), "key": uuid4(), "on": day, **(_review(request, day)),
    }  # fmt: skip
    return render(request, "fraud/directory.html", context)


def _directs(request: HttpRequest) -> bool:
    return bool(DIRECT & set(request.portal_roles))  # type: ignore[attr-defined]


def _review(request: HttpRequest, day: date) -> dict[str, Any]:
    """What the quarter's review leaves to look at, for who directs."""
    if not _directs(request):
        return {}
    left = selectors.to_review(request.user, day)  # type: ignore[arg-type]
    return {
        "to_review": lines_of(list(left[:REVIEW_SHOWN]), day), "review_left": left.count(),
        "quarter": selectors.quarter_of(day), "reviewed": selectors.reviewed(request.user, day),  # type: ignore[arg-type]
    }  # fmt: skip


def _found(bar: FilterBar, day: date) -> QuerySet[AuthorisedOfficer]:
    found = AuthorisedOfficer.objects.select_related("body", "user")
    for word in bar.values["q"].split():
        named = Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(act_no__icontains=word)
        found = found.filter(named | Q(body__code__iexact=word) | Q(body__name__icontains=word))
    if bar.values["category"]:
        found = found.filter(category=bar.values["category"])
    if bar.values["state"] == "now":
        return selectors.in_force(found, day)
    if bar.values["state"] == "soon":
        return selectors.ending_soon(found, day)
    if bar.values["state"] == "over":
        return found.filter(Q(valid_to__lte=day) | Q(revoked_on__lte=day))
    return found


@require_GET
@for_roles(SEE)
def body_keys(request: HttpRequest) -> HttpResponse:
    """The keys of the bodies: what each is for, its fingerprint, until when it serves."""
    found = BodyKey.objects.select_related("body").defer("private", "request", "certificates")
    page = page_of(found, request.GET.dict(), order=("body_id", "pk"))
    context = {
        "page": page,
        "rows": [(key, keys.print_of(key), *keys.state_of(key, now())) for key in page.rows],
        "total": count_up_to(found),
    }
    return render(request, "fraud/directory_keys.html", context)


def _own(request: HttpRequest, pk: int) -> AuthorisedOfficer:
    """A designation of the bodies that this person directs; else « page introuvable »."""
    bodies = selectors.bodies_designated_by(request.user, today())  # type: ignore[arg-type]
    found = AuthorisedOfficer.objects.select_related("body").filter(pk=pk, body__in=bodies).first()
    if found is None:
        raise Http404
    return found


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(DIRECT)
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw a designation at once, with its reason."""
    officer, day = _own(request, pk), today()
    reason, error = typed_text(request.POST.get("reason", "")), ""
    if request.method == "POST":
        form_key(request)
        if len(reason) >= 10:
            operations.revoke(officer_pk=pk, on=day, reason=reason, by=request.user.get_username())
            messages.success(
                request, f"La désignation de {officer.full_name} est retirée. Rien ne part plus sous son nom."
            )
            return redirect("fraud:directory")
        error = "Écrivez le motif en une phrase : il reste au journal."
    context = {
        "line": lines_of([officer], day)[0], "reason": reason, "error": error, "key": request.POST.get("key") or uuid4(),
        "is_over": selectors.code_of(officer, day) in ("REVOKED", "EXPIRED"),
    }  # fmt: skip
    return render(request, "fraud/designation_revoke.html", context, status=422 if error else 200)


@require_POST
@for_roles(DIRECT)
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """One designation looked at for the quarter and kept; to withdraw it is the other page."""
    form_key(request)
    officer, day = _own(request, pk), today()
    try:
        operations.review(officer_pk=pk, is_kept=True, by_pk=request.user.pk, at=moment_on(day), on=day)  # type: ignore[arg-type]
    except operations.DesignationRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"La désignation de {officer.full_name} est maintenue pour ce trimestre.")
    return redirect("fraud:directory")
