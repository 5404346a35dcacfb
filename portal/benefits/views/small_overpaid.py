"""`/agent/prestations/petites-sommes/trop-verses/`: what was paid in excess, given up and counted, or to recover; and noting it."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from portal.accounts.naming import full_names
from portal.accounts.permissions import for_roles, today
from portal.accounts.rights import Right, holders
from portal.benefits.models import Benefit, BenefitOverpayment, OverpaymentCause, OverpaymentState
from portal.benefits.persons.selectors import Family
from portal.benefits.rules.figures import missing_words
from portal.benefits.small import selectors
from portal.benefits.small.causing import SAYABLE
from portal.benefits.small.letters import recipients
from portal.benefits.small.overpaying import Overpaid, OverpaymentRefused, note
from portal.benefits.views.person_common import get_family
from portal.benefits.views.small_common import cents_typed, threshold_told
from portal.frame.filters import Field, filter_bar
from portal.frame.forms import form_key, key_of, listed, question
from portal.frame.paging import count_up_to, page_of
from portal.frame.questions import Choices, iso_month, typed_text
from portal.frame.templatetags.portal import money
from portal.legislation.facts import read_month
from portal.legislation.parameters import NoParameterInForce
from portal.organisations.directory import territory_of

SEE, TREAT = holders(Right.SEE_BENEFITS), holders(Right.TREAT_BENEFITS)
LABELS = {
    "benefit": "Prestation", "cause": "Cause", "amount": "Versé en trop", "month": "Pour le mois de", "reason": "Ce qui s’est passé",
}  # fmt: skip
CHOOSE: Choices = (("", "à choisir"),)
REASON_LEAST = 10


@require_GET
@for_roles(SEE)
def overpaid(request: HttpRequest) -> HttpResponse:
    """What was given up, counted; what is to recover, with what is left."""
    day = today()
    seen = selectors.overpayments_seen(request.user, day)  # type: ignore[arg-type]
    funds = seen.order_by("fund").values_list("fund", flat=True).distinct()
    fields = [
        Field("q", "Numéro d’allocataire"), Field("state", "État", OverpaymentState.choices),
        Field("cause", "Cause", OverpaymentCause.choices), Field("fund", "Caisse", [(fund, fund) for fund in funds]),
    ]  # fmt: skip
    bar = filter_bar("benefits:overpaid", request.user, request.GET, fields)  # type: ignore[arg-type]
    exact = {"beneficiary_no" if name == "q" else name: value for name, value in bar.values.items() if value}
    found = seen.filter(**exact)
    page = page_of(found, request.GET.dict(), order=("-pk",))
    names = recipients((one.fund, one.beneficiary_no) for one in page.rows)
    context = {
        "day": day, "bar": bar, "page": page, "total": count_up_to(found), "counts": selectors.count_overpayments(seen),
        "lines": [(one, names[one.fund, one.beneficiary_no][0]) for one in page.rows], **threshold_told(day),
        "people": full_names(one.noted_by for one in page.rows),
    }  # fmt: skip
    return render(request, "benefits/small/overpaid.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(TREAT)
def note_overpaid(request: HttpRequest, fund: str, number: str) -> HttpResponse:
    """Note a sum paid in excess; the receipt says whether it is given up or to recover."""
    family = get_family(request, fund, number, Right.TREAT_BENEFITS)
    if request.method != "POST":
        return _form(request, family, {})
    key = form_key(request)
    what, reason, errors = _read(request, family)
    if errors:
        return _form(request, family, errors)
    try:
        noted, again = note(what=what, reason=reason, form_key=key, by=request.user.get_username(), on=today())
    except OverpaymentRefused as refused:
        return _form(request, family, {"month": str(refused)})
    except NoParameterInForce as missing:
        return _form(request, family, {"amount": f"Rien n’est noté. {missing_words(missing)}"})
    messages.success(request, ("C’était déjà noté. " if again else "") + _receipt(noted))
    return redirect("benefits:family", fund, number)


def _read(request: HttpRequest, family: Family) -> tuple[Overpaid, str, dict[str, str]]:
    sent, errors = request.POST, {}
    cents, month = cents_typed(sent.get("amount", "")), _month(sent.get("month", ""))
    reason = typed_text(sent.get("reason", ""))
    if sent.get("benefit") not in Benefit.values:
        errors["benefit"] = "Choisissez une prestation."
    if sent.get("cause") not in SAYABLE:
        errors["cause"] = "Choisissez une cause."
    if not cents:
        errors["amount"] = "Écrivez un montant, par exemple 22,00."
    if month is None:
        errors["month"] = "Écrivez un mois, par exemple 9/2026."
    if len(reason) < REASON_LEAST:
        errors["reason"] = "Dites en une ligne ce qui s’est passé."
    file = family.file
    what = Overpaid(
        file.fund, file.beneficiary_no, sent.get("benefit", ""), sent.get("cause", ""), cents, month or date.min
    )
    return what, reason, errors


def _month(text: str) -> date | None:
    try:
        return read_month(iso_month(text))
    except ValueError:
        return None


def _receipt(noted: BenefitOverpayment) -> str:
    if noted.state == OverpaymentState.WRITTEN_OFF:
        return f"{money(noted.amount_cents)} : abandonnés et comptés, sous le seuil. Aucun courrier ne part."
    return f"{money(noted.amount_cents)} : à récupérer. Un courrier le dit à la famille ; rien n’est retenu sans son accord."


def _form(request: HttpRequest, family: Family, errors: dict[str, str]) -> HttpResponse:
    file = family.file
    context = {
        "family": family, "key": key_of(request), "errors": listed(errors, LABELS),
        "day": today(), **threshold_told(today(), territory=territory_of(file.fund)),
        "questions": [
            question(request, "benefit", LABELS["benefit"], errors, choices=(*CHOOSE, *Benefit.choices)),
            question(request, "cause", LABELS["cause"], errors, choices=(*CHOOSE, *((one.value, one.label) for one in SAYABLE))),
            question(request, "amount", LABELS["amount"], errors, unit="€"),
            question(request, "month", LABELS["month"], errors, unit="mm/aaaa"),
            question(request, "reason", LABELS["reason"], errors, unit="en une ligne, rien sur la santé de l’enfant"),
        ],
    }  # fmt: skip
    return render(request, "benefits/small/note.html", context, status=422 if errors else 200)
