"""What a parent asks or says of one case: a page a question, the same form again shows the first receipt."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from aripa.life.living import CREDITOR, DEBTOR
from aripa.models import ParentAct
from aripa.own import acts, month
from aripa.own.entering import NotPossible, current_parent
from aripa.own.papers import subject_of
from aripa.own.standing import Standing
from aripa.views.own import METHODS, how_to_pay, own_case, page, who_of
from portal.accounts.permissions import today
from portal.casework.papers import PaperRefused, check_paper, keep_attachment
from portal.frame.forms import form_key
from portal.frame.refusals import FieldsRefused

EUROS = re.compile(r"\d{1,6}([,.]\d{1,2})?")
WORDS_MOST = 500


class Wrong(FieldsRefused):
    """What is wrong in a form."""


def typed_cents(text: str) -> int | None:
    """Cents of « 250 », « 250,5 » or « 1 250,50 »; None for anything else, and for nothing."""
    plain = re.sub(r"[\s\u00a0\u202f€]", "", text)
    cents = int(Decimal(plain.replace(",", ".")) * 100) if EUROS.fullmatch(plain) else 0
    return cents or None


def typed_month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


def to_receipt(done: acts.Done) -> HttpResponse:
    act, again = done
    return redirect(reverse("aripa:own_receipt", args=[act.key]) + ("?deja=1" if again else ""))


def form(
    request: HttpRequest, found: Standing, template: str, send: Callable[[], acts.Done], context: dict[str, object],
    labels: dict[str, str] | None = None,
) -> HttpResponse:  # fmt: skip
    """A page with one form: sent, its receipt; wrong, its errors beside the fields, nothing lost of what was typed."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        form_key(request)
        try:
            return to_receipt(send())
        except Wrong as wrong:
            errors = wrong.errors
        except NotPossible as refused:
            errors = {"": str(refused)}
    listed = [{"column": name, "label": (labels or {}).get(name, ""), "message": told} for name, told in errors.items()]
    frame = {"errors": errors, "listed": listed, "typed": request.POST, "pay": how_to_pay(found)}
    return page(request, template, frame | context, found=found, status=422 if errors else 200)


def of_party(party: str) -> Callable[..., Callable[..., HttpResponse]]:
    """A page of one side only: for the other parent it is not there."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @require_http_methods(METHODS)
        @own_case
        def checked(request: HttpRequest, found: Standing) -> HttpResponse:
            if found.party != party:
                raise Http404
            return view(request, found)

        return checked

    return decorate


@require_http_methods(METHODS)
@own_case
def end(request: HttpRequest, found: Standing) -> HttpResponse:
    """Ask for the end, or answer the other parent who asks; one sentence wherever the law bars it."""
    who = who_of(request)

    def send() -> acts.Done:
        key, answer = form_key(request), request.POST.get("answer", "")
        if answer in ("oui", "non"):
            return acts.answer_end(found=found, who=who, key=key, agreed=answer == "oui")
        return acts.ask_end(found=found, who=who, key=key)

    context = {
        "may": acts.may_ask_end(found), "asked": acts.is_asked_to_end(found), "bar": acts.NO_END,
        "deadline": found.case.consent.notice.deadline if acts.is_asked_to_end(found) and found.case.consent else None,
    }  # fmt: skip
    return form(request, found, "aripa/own/end.html", send, context)


@of_party(DEBTOR)
def already_paid(request: HttpRequest, found: Standing) -> HttpResponse:
    """« J’ai déjà payé »: which month, how much, when, to whom, and the proof."""
    owed = [one for one in month.months_of(found) if one.left]

    def send() -> acts.Done:
        facts, proof = _paid_facts(request, found), _proof(request)
        with transaction.atomic():
            done = acts.say_paid(found=found, who=who_of(request), key=form_key(request), **facts)
            if proof and not done[1]:
                _keep_proof(request, found, done[0], *proof)
        return done

    labels = {"cents": "Montant", "paid_on": "Date", "to": "À qui", "proof": "Preuve", "month": "Mois"}
    return form(request, found, "aripa/own/already_paid.html", send, {"owed": owed}, labels)


def _keep_proof(request: HttpRequest, found: Standing, act: ParentAct, name: str, content: bytes) -> None:
    """Raises Wrong, and then nothing of the form is kept."""
    who = who_of(request)
    try:
        keep_attachment(
            subject=subject_of(found.case.number, DEBTOR), about=f"aripa.act:{act.pk}", name=name, content=content,
            given_by=who.user.get_username(), at=who.at,
        )  # fmt: skip
    except PaperRefused as refused:
        raise Wrong({"proof": str(refused)}) from refused


def _paid_facts(request: HttpRequest, found: Standing) -> dict[str, object]:
    cents, of_month = typed_cents(request.POST.get("cents", "")), typed_month(request.POST.get("month", ""))
    to, paid_on, errors = request.POST.get("to", ""), None, {}
    try:
        paid_on = date.fromisoformat(request.POST.get("paid_on", ""))
    except ValueError:
        errors["paid_on"] = "Écrivez la date du paiement, par exemple 14/10/2026."
    if paid_on and paid_on > today():
        errors["paid_on"] = "Cette date n’est pas encore passée. Écrivez la date du paiement déjà fait."
    if cents is None:
        errors["cents"] = "Écrivez le montant payé, par exemple 250,00."
    if of_month not in [one.month for one in month.months_of(found) if one.left]:
        errors["month"] = "Choisissez le mois que vous avez payé."
    if to not in ("parent", "service"):
        errors["to"] = "Choisissez à qui vous avez payé."
    if errors:
        raise Wrong(errors)
    return {"month": of_month, "cents": cents, "paid_on": paid_on, "directly": to == "parent"}


def _proof(request: HttpRequest) -> tuple[str, bytes] | None:
    """The proof sent with the form, checked before anything is kept. Raises Wrong."""
    sent = request.FILES.get("proof")
    if sent is None or sent.name is None or sent.size is None:
        return None
    try:
        check_paper(sent.size, sent.read(16))
    except PaperRefused as refused:
        raise Wrong({"proof": str(refused)}) from refused
    sent.seek(0)
    return sent.name, sent.read()


@of_party(DEBTOR)
def hardship(request: HttpRequest, found: Standing) -> HttpResponse:
    """« Je ne peux pas payer ce mois-ci »: for which month, how much now, a word."""
    here = month.present(found)

    def send() -> acts.Done:
        text = request.POST.get("offer", "").strip()
        offer = typed_cents(text) if text not in ("", "0", "0,00") else 0
        of_month = here.month if here else today().replace(day=1)
        if offer is None:
            raise Wrong({"offer": "Écrivez un montant, par exemple 100,00, ou laissez vide."})
        return acts.say_hardship(
            found=found, who=who_of(request), key=form_key(request), month=of_month, offer_cents=offer,
            words=request.POST.get("words", "")[:WORDS_MOST],
        )  # fmt: skip

    labels = {"offer": "Ce que vous pouvez payer"}
    return form(
        request, found, "aripa/own/hardship.html", send, {"now": here, "has_plan": bool(found.owed_arrears())}, labels
    )


@of_party(DEBTOR)
def plan(request: HttpRequest, found: Standing) -> HttpResponse:
    """A plan for past months: how much a month, from the least the law allows."""

    def send() -> acts.Done:
        monthly = typed_cents(request.POST.get("monthly", ""))
        if monthly is None:
            raise Wrong({"monthly": "Écrivez un montant par mois, par exemple 80,00."})
        return acts.offer_plan(found=found, who=who_of(request), key=form_key(request), monthly_cents=monthly)

    owed = found.owed_arrears()
    context = {"owed": owed, "total": sum(one.lacking for one in owed), "least": acts.smallest_plan(found)}
    return form(request, found, "aripa/own/plan.html", send, context, {"monthly": "Montant par mois"})


@of_party(DEBTOR)
def release(request: HttpRequest, found: Standing) -> HttpResponse:
    """Ask that forced recovery stops, after six months paid."""
    who = who_of(request)
    send = lambda: acts.ask_release(found=found, who=who, key=form_key(request))  # noqa: E731
    return form(
        request,
        found,
        "aripa/own/release.html",
        send,
        {"may": acts.may_be_released(found), "owes": acts.owes_now(found)},
    )


@of_party(CREDITOR)
def confirm(request: HttpRequest, found: Standing) -> HttpResponse:
    """One tap: the other parent's payment came directly, or it did not."""
    asked = acts.asked_to_confirm(found)

    def send() -> acts.Done:
        answer, about = request.POST.get("answer", ""), request.POST.get("about", "")
        if answer not in ("oui", "non") or not about.isdecimal():
            raise Wrong({"answer": "Répondez oui ou non."})
        return acts.confirm_paid(
            found=found, who=who_of(request), key=form_key(request), about=int(about), received=answer == "oui"
        )

    context: dict[str, object] = {"asked": asked}
    if asked:
        context |= {"month": date.fromisoformat(asked.facts["month"]), "cents": asked.facts["cents"]}
    return form(request, found, "aripa/own/confirm.html", send, context, {"answer": "Votre réponse"})


@of_party(CREDITOR)
def claim_asf(request: HttpRequest, found: Standing) -> HttpResponse:
    """Claim ASF: one statement to make, living alone."""
    send = lambda: acts.claim_asf(  # noqa: E731
        found=found, who=who_of(request), key=form_key(request), alone=request.POST.get("alone") == "oui"
    )
    return form(request, found, "aripa/own/asf.html", send, {"may": acts.may_claim_asf(found)})


@of_party(CREDITOR)
def repay(request: HttpRequest, found: Standing) -> HttpResponse:
    """A sum paid in excess: at once, or little by little with a written agreement."""

    def send() -> acts.Done:
        how, who, key = request.POST.get("how", ""), who_of(request), form_key(request)
        if how == "deduire":
            return acts.agree_offset(found=found, who=who, key=key)
        if how == "rendre":
            return acts.choose_repayment(found=found, who=who, key=key)
        raise Wrong({"how": "Choisissez comment rendre cette somme."})

    context = {"cents": found.case.overpaid, "offsets": found.case.offsets}
    return form(request, found, "aripa/own/repay.html", send, context, {"how": "Votre choix"})


@of_party(CREDITOR)
def arrears(request: HttpRequest, found: Standing) -> HttpResponse:
    """Past months that the other parent did not pay: an amount a month and a child."""
    who = who_of(request)
    months = acts.arrears_months(found, who.day)
    lines = [
        (f"{one:%Y-%m}", one, [(line.child, found.names.get(line.child, ""), line.cash) for line in _lines(found)])
        for one in months
    ]

    def send() -> acts.Done:
        amounts, errors = {}, {}
        for key, of_month, children in lines:
            for child, name, _cash in children:
                text = request.POST.get(f"m-{key}-{child}", "").strip()
                cents = typed_cents(text)
                if text and cents is None:
                    errors[f"m-{key}-{child}"] = f"Écrivez un montant pour {name or 'cet enfant'}, par exemple 250,00."
                elif cents:
                    amounts[of_month, child] = cents
        if errors:
            raise Wrong(errors)
        return acts.ask_arrears(found=found, who=who, key=form_key(request), amounts=amounts)

    fields = [
        (of_month, [(f"m-{key}-{child}", name, cash, request.POST.get(f"m-{key}-{child}", ""))
                    for child, name, cash in children])
        for key, of_month, children in lines
    ]  # fmt: skip
    return form(request, found, "aripa/own/arrears.html", send, {"fields": fields})


def _lines(found: Standing) -> list:
    return [line for line in found.life.title().lines if line.cash]


@require_http_methods(METHODS)
@own_case
def answer(request: HttpRequest, found: Standing) -> HttpResponse:
    """The opening letter: straight to what is missing, then one button."""
    who = who_of(request)
    lacking = acts.missing(found, current_parent(who.parent_no, who.day))
    send = lambda: acts.answer_opening(found=found, who=who, key=form_key(request))  # noqa: E731
    notice = found.case.answers[found.party].notice if acts.is_awaited(found) else None
    context = {"awaited": acts.is_awaited(found), "missing": lacking, "deadline": notice.deadline if notice else None}
    return form(request, found, "aripa/own/answer.html", send, context)
