"""What a parent reads of sums paid in excess, and `/famille/prestations/accord/…/retirer/`: taking the agreement back, alone."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from portal.accounts.permissions import today
from portal.benefits.models import RepaymentAgreement
from portal.benefits.persons.selectors import Family
from portal.benefits.small.agreeing import least_agreed, withdraw
from portal.benefits.small.selectors import debts_of
from portal.benefits.views.own_common import METHODS, own_page
from portal.frame.forms import form_key, key_of

WORDS = "retiré par la famille depuis son espace"


def debts_told(family: Family) -> dict[str, object]:
    """What the parent's page says of what was paid in excess; nothing when nothing is asked."""
    debts = debts_of(family.file.fund, family.file.beneficiary_no)
    if not debts:
        return {}
    living = {one.agreement for one in debts if one.agreement is not None and one.agreement.is_live}
    return {"debts": debts, "agreements": sorted(living, key=lambda one: one.pk), "least_cents": least_agreed(today())}


@require_http_methods(METHODS)
@own_page
def own_withdraw(request: HttpRequest, family: Family, pk: int) -> HttpResponse:
    """The parent's own agreement ends at once; another family's is not there."""
    agreed = RepaymentAgreement.objects.filter(
        pk=pk, fund=family.file.fund, beneficiary_no=family.file.beneficiary_no
    ).first()
    if agreed is None:
        raise Http404
    if request.method != "POST":
        return render(request, "benefits/own/withdraw.html", {"agreed": agreed, "key": key_of(request)})
    key = form_key(request)
    _agreed, again = withdraw(agreement_pk=pk, words=WORDS, form_key=key, by=request.user.get_username(), on=today())
    messages.success(
        request, ("C’était déjà fait. " if again else "") + "Votre accord est retiré : rien n’est plus retenu."
    )
    return redirect("benefits:own_home")
