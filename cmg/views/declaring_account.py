"""The family's bank account and mandate. Changing them asks for the second factor again."""

from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cmg.declaring import bank
from cmg.declaring.sending import moment
from cmg.family.household import Household
from cmg.models import Account, FamilyMandate
from cmg.repairs.entering import ChangedMeanwhile
from cmg.views.access import today
from cmg.views.own import own_account, page
from portal.accounts import sessions
from portal.accounts.views.doors import leads_to_providers
from portal.frame.errors import Conflict

LABELS = {"iban": "IBAN", "holder": "Nom du titulaire", "mandate": "Mandat"}
NOT_FRESH = "Confirmez d’abord que c’est vous : rien n’a été changé."


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@own_account
def account(request: HttpRequest, home: Household, found: Account) -> HttpResponse:
    """Which account, for what; the change with its mandate; its receipt."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        if not sessions.is_factor_fresh(request):
            errors = {"": NOT_FRESH}
        else:
            try:
                return _change(request, found)
            except bank.WrongAccount as wrong:
                errors = wrong.errors
    context, status = _context(request, found, errors), 422 if errors else 200
    response = page(request, home, "cmg/declare/account.html", context, status=status)
    return leads_to_providers(response)


def _change(request: HttpRequest, found: Account) -> HttpResponse:
    try:
        mandate, again = bank.change_account(
            key=_key(request), account=found, iban=_typed(request, "iban"), holder=_typed(request, "holder"),
            accepted=request.POST.get("mandate") == "1", by=request.user, at=moment(today()), on=today(),
        )  # fmt: skip
    except ChangedMeanwhile as refused:
        raise Conflict(str(refused), link=reverse("cmg:own_account"), action="Revoir mon compte bancaire") from refused
    return redirect(reverse("cmg:own_account") + f"?recu={mandate.key}" + ("&deja=1" if again else ""))


def _key(request: HttpRequest) -> UUID:
    """The form's key; a form without one is a form of its own."""
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid4()


def _typed(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\x00", "")[:100]


def _context(request: HttpRequest, found: Account, errors: dict[str, str]) -> dict[str, object]:
    cents, is_another = bank.sent_back(found)
    return {
        "account": found, "mandate": bank.mandate_of(found), "under_way": bank.under_way(found.employer_no),
        "sent_back": cents, "is_another": is_another, "fresh": sessions.is_factor_fresh(request),
        "key": request.POST.get("key") or uuid4(), "typed_iban": _typed(request, "iban"),
        "typed_holder": _typed(request, "holder") or request.user.get_full_name(),
        "accepted": request.POST.get("mandate") == "1", "errors": errors,
        "listed": [{"column": name, "label": LABELS.get(name, ""), "message": told, "remedy": ""}
                   for name, told in errors.items()],
        "receipt": _receipt(request, found), "again": request.GET.get("deja") == "1",
    }  # fmt: skip


def _receipt(request: HttpRequest, found: Account) -> dict[str, object] | None:
    """The change just made by this family."""
    try:
        key = UUID(request.GET.get("recu", ""))
    except ValueError:
        return None
    mandate = FamilyMandate.objects.filter(key=key, employer_no=found.employer_no).first()
    if mandate is None:
        return None
    cents, is_another = bank.sent_back(found)
    steps = ["Les prochains mouvements passent par ce compte."]
    if bank.under_way(found.employer_no):
        steps.insert(0, "Ce qui est déjà en route garde l’ancien compte : laissez-le ouvert jusque-là.")
    if cents and is_another:
        steps.append("L’argent que votre banque nous avait renvoyé : nous le renvoyons sur ce compte.")
    return {
        "number": mandate.reference, "at": mandate.accepted_at,
        "done": f"Nouveau compte enregistré, finissant par {mandate.iban_tail}. Mandat accepté.",
        "steps": [{"text": text, "done": False} for text in steps],
    }  # fmt: skip
