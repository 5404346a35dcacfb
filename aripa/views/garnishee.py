"""The page of a garnishee: a code, the order, its answer, a receipt. Without an account; never indexed, never kept."""

from uuid import UUID, uuid4

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from aripa.garnishees import links, orders
from aripa.garnishees.answering import OrderOver, answer, contact_of
from aripa.garnishees.orders import Shown
from aripa.garnishees.said import LONGEST, REASON_WORDS, REASONS, TEXTS, Errors, read
from aripa.models import GarnisheeAnswer, GarnisheeAnswerKind, Order, OrderLink
from aripa.views.access import lived_day, moment_on, today
from portal.accounts.views.letter_code import ask_code, to_receipt
from portal.frame.forms import form_key, listed
from portal.frame.private import in_private
from portal.frame.questions import iso_day, plain

LABELS = {
    "answer": "Votre réponse", "reason": "Pourquoi", "amount": "Somme par mois", "ended_on": "Dernier jour",
    "name": "Nom", "email": "Adresse électronique", "phone": "Téléphone", "words": "Précisions",
}  # fmt: skip


@in_private
@require_http_methods(["GET", "HEAD", "POST"])
def garnishee(request: HttpRequest, token: str) -> HttpResponse:
    """The code first; then the order and the form of the answer."""
    link = links.find(token)
    if link is None:
        return render(request, "aripa/tiers/unknown.html", {"service": settings.PENSIONS_NAME}, status=404)
    if not links.DOOR.is_open(request, link):
        asked = ask_code(request, links.DOOR, link, "aripa/tiers/code.html", _said_of_us(), by_software=False)
        return redirect("aripa:garnishee", token=token) if asked is None else asked
    found = _shown(link)
    if orders.is_expired(found.order, today()):
        return render(
            request, "aripa/tiers/expired.html", {"found": found, "service": settings.PENSIONS_NAME}, status=410
        )
    return _answer(request, found, token) if request.method == "POST" else _page(request, found)


def _shown(link: OrderLink) -> Shown:
    try:
        return orders.shown(link, lived=lived_day(), today=today())
    except Order.DoesNotExist as never_lived:
        raise Http404 from never_lived


def _said_of_us() -> dict[str, str]:
    return {"service": settings.PENSIONS_NAME, "phone": settings.PENSIONS_PHONE}


def _answer(request: HttpRequest, found: Shown, token: str) -> HttpResponse:
    typed = {name: request.POST.get(name, "")[:1000] for name in TEXTS}
    given = typed | {"amount": plain(typed["amount"]), "ended_on": iso_day(typed["ended_on"])}
    said, errors = read(given, monthly_cents=found.monthly, today=today())
    if said is None:
        return _page(request, found, typed, errors, status=422)
    try:
        key, at = form_key(request), moment_on(today())
        made, again = answer(link_pk=found.link.pk, key=key, said=said, by_software=False, day=today(), at=at)
    except OrderOver:
        return _page(request, _shown(found.link), status=409)
    return to_receipt("aripa:garnishee_receipt", token, made.key, again=again)


def _page(
    request: HttpRequest, found: Shown, typed: dict[str, str] | None = None, errors: Errors | None = None, status: int = 200
) -> HttpResponse:  # fmt: skip
    told = {name: sentence for name, (_code, sentence) in (errors or {}).items()}
    context = {
        "found": found, "order": found.order, "typed": typed or _typed_before(found),
        "errors": told, "listed": listed(told, LABELS),
        "kinds": GarnisheeAnswerKind.choices, "reasons": [(GarnisheeAnswerKind(kind).label, of_kind) for kind, of_kind in REASONS.items()],
        "key": uuid4(), "iban": settings.PENSIONS_IBAN, "service": settings.PENSIONS_NAME, "phone": settings.PENSIONS_PHONE,
        "said": answered_words(found.last) if found.last else "",
    }  # fmt: skip
    return render(request, "aripa/tiers/order.html", context, status=status)


def _typed_before(found: Shown) -> dict[str, str]:
    """Who answered last time need not be typed again."""
    known = contact_of(found.last) if found.last else {}
    return {name: known.get(name, "") for name in LONGEST if name != "words"}


def answered_words(made: GarnisheeAnswer) -> str:
    """An answer in one line."""
    words = [GarnisheeAnswerKind(made.kind).label]
    if made.reason:
        words.append(REASON_WORDS[made.reason][:1].lower() + REASON_WORDS[made.reason][1:])
    return " : ".join(words)


@in_private
@require_GET
def receipt(request: HttpRequest, token: str, key: UUID) -> HttpResponse:
    """What was answered, its number, and what comes next."""
    link = links.find(token)
    if link is None or not links.DOOR.is_open(request, link):
        return redirect("aripa:garnishee", token=token)
    made = link.answers.filter(key=key).first()
    if made is None:
        raise Http404
    context = {
        "made": made, "token": token, "words": answered_words(made), "steps": _steps(made), "again": "encore" in request.GET,
        "service": settings.PENSIONS_NAME,
    }  # fmt: skip
    return render(request, "aripa/tiers/receipt.html", context)


def _steps(made: GarnisheeAnswer) -> list[dict[str, object]]:
    after = {
        GarnisheeAnswerKind.YES: "Payez chaque mois, jusqu’à notre courrier de fin.",
        GarnisheeAnswerKind.PARTLY: "Payez chaque mois ce que vous avez dit. Une personne lit votre raison et peut vous appeler.",
        GarnisheeAnswerKind.NO: "Vous n’avez rien à payer. Une personne lit votre réponse et peut vous appeler.",
        GarnisheeAnswerKind.ENDED: "Vous n’avez plus rien à payer après le dernier jour que vous avez dit.",
    }
    return [
        {"text": "Votre réponse est dans le dossier", "done": True}, {"text": after[GarnisheeAnswerKind(made.kind)], "done": False},
        {"text": "Si quelque chose change, dites-le ici sous huit jours (article R. 213-4).", "done": False},
    ]  # fmt: skip
