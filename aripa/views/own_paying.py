"""The account and the means of payment of a parent. A new account asks for the second factor again."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from aripa.models import PaymentMeans
from aripa.own import paying
from aripa.own.entering import NotPossible
from aripa.views.own import METHODS, own_parent, page, who_of
from aripa.views.own_acts import to_receipt
from portal.accounts import sessions
from portal.accounts.views.doors import leads_to_providers
from portal.frame.forms import form_key

NOT_FRESH = "Confirmez d’abord que c’est vous : rien n’a été changé."
LABELS = {"iban": "IBAN", "holder": "Nom du titulaire", "mandate": "Mandat"}
# Withholding on benefits needs a paper signed at the fund: it is not offered here. No card is taken here yet.
OFFERED = [one for one in PaymentMeans.choices if one[0] in ("DIRECT_DEBIT", "TRANSFER", "CHEQUE")]


@require_http_methods(METHODS)
@own_parent
def account(request: HttpRequest, parent_no: str) -> HttpResponse:
    """Which account, for what; the change, with its mandate for who pays."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            return _change(request)
        except paying.WrongAccount as wrong:
            errors = wrong.errors
        except NotPossible as refused:
            errors = {"": str(refused)}
    context = {
        "held": paying.own_parent(who_of(request)), "pays": paying.pays_somewhere(parent_no), "errors": errors,
        "listed": [{"column": name, "label": LABELS.get(name, ""), "message": told} for name, told in errors.items()],
        "fresh": sessions.is_factor_fresh(request), "here": reverse("aripa:own_account"),
        "typed_iban": _typed(request, "iban"), "accepted": request.POST.get("mandate") == "1",
        "typed_holder": _typed(request, "holder") or request.user.get_full_name(),  # type: ignore[union-attr]
    }  # fmt: skip
    return leads_to_providers(page(request, "aripa/own/account.html", context, status=422 if errors else 200))


def _change(request: HttpRequest) -> HttpResponse:
    if not sessions.is_factor_fresh(request):
        raise paying.WrongAccount({"": NOT_FRESH})
    return to_receipt(
        paying.change_account(
            key=form_key(request), who=who_of(request), iban=_typed(request, "iban"), holder=_typed(request, "holder"),
            accepted=request.POST.get("mandate") == "1",
        )
    )  # fmt: skip


def _typed(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "")[:100]


@require_http_methods(METHODS)
@own_parent
def means(request: HttpRequest, parent_no: str) -> HttpResponse:
    """How and on which day the parent who pays wants to pay."""
    pays, problem = paying.pays_somewhere(parent_no), ""
    if request.method == "POST":
        if not pays:
            raise Http404
        day = request.POST.get("day", "")
        try:
            chosen = request.POST.get("means", "")
            return to_receipt(paying.choose_means(
                key=form_key(request), who=who_of(request), means=chosen if chosen in dict(OFFERED) else "",
                day=int(day) if day.isdecimal() else 0,
            ))  # fmt: skip
        except NotPossible as refused:
            problem = str(refused)
    held = paying.own_parent(who_of(request))
    context = {"held": held, "pays": pays, "problem": problem, "offered": OFFERED, "days": paying.DAYS}
    return page(request, "aripa/own/means.html", context, status=422 if problem else 200)
