"""`/agent/prestations/petites-sommes/trop-verses/somme/…`: one sum paid in excess, what was decided of it, and deciding."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from portal.accounts.permissions import for_roles, funds_on, today
from portal.accounts.rights import Right, holders
from portal.benefits.models import BenefitOverpayment, OverpaymentState
from portal.benefits.rules.figures import missing_words
from portal.benefits.small.agreeing import months_taken
from portal.benefits.small.causing import SAYABLE
from portal.benefits.small.letters import recipients
from portal.benefits.small.overpaying import payments_of
from portal.benefits.small.owed import DebtRefused, Told, subject_of_debt
from portal.benefits.small.remitting import proposal_of
from portal.benefits.views.small_common import cents_typed
from portal.benefits.views.small_debt_acts import ACTS, Act, Typed
from portal.frame.forms import day_typed, form_key, key_of, listed, may, question
from portal.frame.questions import Question, typed_text
from portal.frame.templatetags.portal import short_day
from portal.legislation.parameters import NoParameterInForce

SEE, TREAT = holders(Right.SEE_BENEFITS), holders(Right.TREAT_BENEFITS)
CHOOSE = ("", "à choisir")
WORDS_LEAST, HISTORY_MOST = 10, 60


@require_GET
@for_roles(SEE)
def overpaid_debt(request: HttpRequest, pk: int) -> HttpResponse:
    """One sum: what is left, what the family agreed to, what was decided, what may be done."""
    debt = get_debt(request, pk, Right.SEE_BENEFITS)
    agreed = debt.agreement if debt.agreement is not None and debt.agreement.is_live else None
    name = recipients([(debt.fund, debt.beneficiary_no)])[debt.fund, debt.beneficiary_no][0]
    context = {
        "debt": debt, "name": name, "day": today(), "agreed": agreed, "until": _until(debt) if agreed else None,
        "acts": [act for act in ACTS.values() if act.is_open(debt)] if may(request, TREAT) else [],
        "history": debt.acts.order_by("-pk")[:HISTORY_MOST], "proposed": proposal_of(debt),
        "deductions": debt.deductions.select_related("run").order_by("-pk")[:HISTORY_MOST],
        "paid": payments_of(debt)[:HISTORY_MOST],
    }  # fmt: skip
    return render(request, "benefits/small/debt.html", context)


def _until(debt: BenefitOverpayment) -> date | None:
    """The month in which the agreement of a sum ends, as things are."""
    assert debt.agreement is not None
    debts = [one for one in debt.agreement.overpayments.order_by("pk") if one.state == OverpaymentState.TO_RECOVER]
    taken = months_taken(debts, debt.benefit, debt.agreement.each_cents, today())
    return taken[-1][0] if taken else None


def get_debt(request: HttpRequest, pk: int, right: Right) -> BenefitOverpayment:
    """The sum, for who holds `right` for its fund; else « page introuvable »."""
    funds = funds_on(request.user, today(), right)  # type: ignore[arg-type]
    found = BenefitOverpayment.objects.select_related("agreement").filter(pk=pk)
    debt = (found if funds is None else found.filter(fund__in=funds)).first()
    if debt is None:
        raise Http404
    return debt


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(TREAT)
def overpaid_act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One act on a sum: its form, then what it would change, then its receipt."""
    debt, act = get_debt(request, pk, Right.TREAT_BENEFITS), ACTS.get(name)
    if act is None:
        raise Http404
    if request.method != "POST":
        return _form(request, debt, act, {}, []) if act.is_open(debt) else _not_open(request, debt)
    key = form_key(request)
    typed, told, errors = _read(request, act)
    if errors:
        return _form(request, debt, act, errors, [])
    told = Told(told.words, told.told_on, key, request.user.get_username(), today())
    try:
        if "decide" not in request.POST:
            return (
                _form(request, debt, act, {}, act.preview(debt, typed, told))
                if act.is_open(debt)
                else _not_open(request, debt)
            )
        sentence, again = act.do(debt, typed, told)
    except DebtRefused as refused:
        return _form(request, debt, act, {"": str(refused)}, [])
    except NoParameterInForce as missing:
        return _form(request, debt, act, {"": f"Rien n’est décidé. {missing_words(missing)}"}, [])
    messages.success(request, ("C’était déjà fait. " if again else "") + sentence)
    return redirect("benefits:overpaid_debt", debt.pk)


def _not_open(request: HttpRequest, debt: BenefitOverpayment) -> HttpResponse:
    messages.error(request, f"Cette somme est « {debt.get_state_display()} » : cela ne se fait pas, ou plus.")
    return redirect("benefits:overpaid_debt", debt.pk)


def _read(request: HttpRequest, act: Act) -> tuple[Typed, Told, dict[str, str]]:
    sent, errors = request.POST, {}
    words, day, cents = (
        typed_text(sent.get("words", "")),
        day_typed(request, "day"),
        cents_typed(sent.get("amount", "")),
    )
    if len(words) < WORDS_LEAST:
        errors["words"] = "Dites-le en une ligne."
    if act.day and day is None:
        errors["day"] = f"Écrivez une date, par exemple {short_day(today())}."
    if act.amount and not cents:
        errors["amount"] = "Écrivez un montant, par exemple 20,00."
    if act.asks_cause and sent.get("cause") not in SAYABLE:
        errors["cause"] = "Choisissez une cause."
    told_on = day if act.day and day else today()
    return Typed(cents, sent.get("cause", "")), Told(words, told_on, form_key(request), "", today()), errors


def _form(
    request: HttpRequest, debt: BenefitOverpayment, act: Act, errors: dict[str, str], changes: list[str]
) -> HttpResponse:
    labels = {"cause": "Cause", "amount": act.amount, "day": act.day, "words": act.words}
    context = {
        "debt": debt, "act": act, "key": key_of(request), "errors": listed(errors, labels), "changes": changes,
        "subject": subject_of_debt(debt), "questions": _questions(request, act, errors, labels), "proposed": proposal_of(debt),
    }  # fmt: skip
    return render(request, "benefits/small/debt_act.html", context, status=422 if errors else 200)


def _questions(request: HttpRequest, act: Act, errors: dict[str, str], labels: dict[str, str]) -> list[Question]:
    causes = (CHOOSE, *((one.value, one.label) for one in SAYABLE))
    asked = {
        "cause": question(request, "cause", labels["cause"], errors, choices=causes) if act.asks_cause else None,
        "amount": question(request, "amount", act.amount, errors, unit="€") if act.amount else None,
        "day": question(request, "day", act.day, errors, unit="jj/mm/aaaa") if act.day else None,
        "words": question(request, "words", act.words, errors),
    }
    return [one for one in asked.values() if one is not None]
