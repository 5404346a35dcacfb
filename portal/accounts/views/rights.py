"""Who may do what, until when; the supervised reset of a second factor."""

from datetime import date

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from portal.accounts import resets
from portal.accounts.models import Door, FactorReset, Posting, ResetState, Role, User
from portal.accounts.permissions import for_roles, funds_on, may, today, unsigned_roles
from portal.accounts.rights import TABLE, Right, holders
from portal.frame.filters import Field, filter_bar
from portal.frame.paging import count_up_to, page_of

SEES, RESETS = holders(Right.SEE_RIGHTS), holders(Right.ASK_RESET, Right.DECIDE_RESET)
STATES = (("now", "en vigueur"), ("later", "à venir"), ("over", "expirée"))


@require_GET
@for_roles(SEES)
def rights(request: HttpRequest) -> HttpResponse:
    """The table of roles, and who holds which, from when to when; what has expired is shown as such."""
    day = today()
    fields = [Field("q", "Nom ou identifiant"), Field("role", "Rôle", Role.choices), Field("state", "État", STATES)]
    bar = filter_bar("accounts:rights", request.user, request.GET, fields)
    found = _filtered(visible_postings(request.user, day), bar.values, day)
    page = page_of(found, request.GET.dict())
    context = {
        "table": [(role, grant, sorted(grant.rights)) for role, grant in TABLE.items()],
        "unsigned": unsigned_roles(day),
        "page": page,
        "rows": [(posting, state_on(posting, day)) for posting in page.rows],
        "total": count_up_to(found),
        "bar": bar,
        "may_reset": may(request.user, Right.ASK_RESET, day) or may(request.user, Right.DECIDE_RESET, day),
        "may_designate": may(request.user, Right.DIRECT_CONTROL, day),
    }
    return render(request, "accounts/rights.html", context)


def visible_postings(user: User, day: date) -> QuerySet[Posting]:
    """The postings that the user may see: of their funds, and the national ones with them when they see every fund."""
    found = Posting.objects.select_related("user", "granted_by")
    funds = funds_on(user, day)
    return found if funds is None else found.of_files(funds)


def _filtered(found: QuerySet[Posting], values: dict[str, str], day: date) -> QuerySet[Posting]:
    for word in values["q"].split():
        named = Q(user__first_name__icontains=word) | Q(user__last_name__icontains=word)
        found = found.filter(named | Q(user__username__icontains=word))
    if values["role"]:
        found = found.filter(role=values["role"])
    if values["state"] == "now":
        return found.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day), starts_on__lte=day)
    if values["state"] == "later":
        return found.filter(starts_on__gt=day)
    return found.filter(ends_on__lte=day) if values["state"] == "over" else found


def state_on(posting: Posting, day: date) -> str:
    """``now``, ``later`` or ``over``."""
    if posting.starts_on > day:
        return "later"
    return "over" if posting.ends_on is not None and posting.ends_on <= day else "now"


@for_roles(RESETS)
def factor_resets(request: HttpRequest) -> HttpResponse:
    """What is asked, what was decided; asking for one more."""
    refusal = ""
    if request.method == "POST":
        refusal = _ask(request)
        if not refusal:
            messages.success(request, "La reprise est demandée : une autre personne doit l’approuver.")
            return redirect("accounts:resets")
    asked = _visible_resets(request.user).filter(state=ResetState.ASKED).order_by("asked_at", "pk")
    context = {
        "asked": [(reset, resets.decision_refusal(reset, request.user)) for reset in asked[:50]],
        "decided": _visible_resets(request.user).exclude(state=ResetState.ASKED).order_by("-decided_at", "-pk")[:20],
        "may_ask": may(request.user, Right.ASK_RESET, today()),
        "refusal": refusal,
        "person": (request.POST.get("person") or request.GET.get("person") or "")[:150],
        "reason": request.POST.get("reason", "")[:200],
    }
    return render(request, "accounts/resets.html", context, status=422 if refusal else 200)


def _visible_resets(user: User) -> QuerySet[FactorReset]:
    people = visible_postings(user, today()).values("user_id")
    return FactorReset.objects.filter(user_id__in=people).select_related("user", "asked_by", "decided_by")


def _ask(request: HttpRequest) -> str:
    """Ask; or why not, in French."""
    people = visible_postings(request.user, today()).values("user_id")
    named = User.objects.filter(pk__in=people, username=request.POST.get("person", "").strip()).exclude(
        door=Door.FAMILY
    )
    user = named.first()
    if user is None:
        return "Aucune personne de votre périmètre n’a cet identifiant."
    try:
        resets.ask(user_pk=user.pk, reason=request.POST.get("reason", "").replace("\x00", ""),
                   asked_by=request.user.get_username())  # fmt: skip
    except resets.ResetRefused as refused:
        return str(refused)
    return ""


@for_roles(RESETS)
def decide_reset(request: HttpRequest, reset: int) -> HttpResponse:
    """Approve or refuse the reset that somebody else asked for."""
    found = get_object_or_404(_visible_resets(request.user), pk=reset)
    if request.method == "POST":
        to = {"approve": ResetState.APPROVED, "refuse": ResetState.REFUSED}.get(request.POST.get("decision", ""))
        if to is None:
            raise Http404
        try:
            resets.decide(reset_pk=found.pk, to=to, decided_by=request.user.get_username())
        except resets.ResetRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, "C’est enregistré.")
        return redirect("accounts:resets")
    refusal = resets.decision_refusal(found, request.user)
    return render(request, "accounts/decide_reset.html", {"reset": found, "refusal": refusal})
