"""What the signature of a run of ARS or AEEH binds, and the button."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.accounts.permissions import for_roles
from portal.batches.models import Run
from portal.batches.pages import Outlier, has_signed, sign_as_read, signature_context
from portal.benefits.running import selectors
from portal.benefits.views.run_common import SIGNERS, get_run, run_context

LAST_STEP = "Émission vers la banque, puis les virements aux familles."
UNSEEN = "Cochez chaque montant de la liste comme vu avant de signer."


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(SIGNERS)
def signature(request: HttpRequest, run: int) -> HttpResponse:
    """The totals, the largest amounts to tick, the digest."""
    found = get_run(run)
    outliers, error = _outliers(found), ""
    if request.method == "POST":
        if has_signed(request, found):
            messages.info(request, "C’est déjà signé : rien n’a été fait deux fois.")
            return redirect("benefits:signature", found.pk)
        error = sign_as_read(request, found, (str(one.pk) for one in outliers), unseen=UNSEEN)
        if not error:
            messages.success(request, "Signature enregistrée.")
            return redirect("benefits:signature", found.pk)
    context = run_context(request, found)
    context |= signature_context(request, found, context["seats"], last_step=LAST_STEP)
    context |= {"outliers": outliers, "error": error, "statuses": selectors.status_lines(found)}
    return render(request, "benefits/signature.html", context, status=409 if error else 200)


def _outliers(run: Run) -> list[Outlier]:
    rows = selectors.largest(run)
    names = selectors.names_of(rows)
    return [
        Outlier(one.pk, names.get(f"{one.fund}/{one.beneficiary_no}", one.beneficiary_no), one.paid_cents, "à verser.",
                reverse("benefits:award", args=[one.pk]))
        for one in rows
    ]  # fmt: skip
