"""Where a parent of a pension is told that a message waits: an address, confirmed by its link. Its e-mails say nothing more."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from aripa.views.own import METHODS, own_parent, page
from portal.accounts.limits import forget, take_try
from portal.accounts.permissions import moment_on, today
from portal.notices import operations as notices
from portal.notices.models import Contact


@require_http_methods(METHODS)
@own_parent
def address(request: HttpRequest, parent_no: str) -> HttpResponse:
    """The address held, and another one. Whoever protects themselves from somebody chooses a box that only they open."""
    problem, contact = "", Contact.objects.filter(user=request.user).first()  # type: ignore[misc]
    typed = request.POST.get("address", "").strip()[:254]
    if request.method == "POST":
        problem = _wrong(typed)
        if not problem:
            take_try(f"notice:{request.user.pk}")
            path = reverse("aripa:own_notices")
            notices.give_address(
                user_pk=request.user.pk, address=typed, discreet=True, at=moment_on(today()), path=path  # type: ignore[arg-type]
            )  # fmt: skip
            messages.success(request, f"Un courriel est parti vers {typed} : ouvrez son lien dans les deux jours.")
            return redirect("aripa:own_notices")
    context = {"contact": contact, "problem": problem, "typed": typed}
    return page(request, "aripa/own/notices.html", context, status=422 if problem else 200)


def _wrong(typed: str) -> str:
    try:
        validate_email(typed)
    except ValidationError:
        return "Cette adresse n’est pas complète. Exemple : prenom@exemple.fr"
    return ""


@require_GET
@own_parent
def confirm(request: HttpRequest, parent_no: str, token: str) -> HttpResponse:
    """The link of a confirmation, opened by the parent whose address it is."""
    try:
        notices.confirm_address(user_pk=request.user.pk, token=token, at=moment_on(today()))  # type: ignore[arg-type]
    except notices.LinkExpired:
        return page(request, "aripa/own/link_expired.html", {}, status=410)
    forget(f"notice:{request.user.pk}")
    messages.success(request, "Votre adresse est confirmée : nous vous écrivons quand un message vous attend.")
    return redirect("aripa:own_notices")
