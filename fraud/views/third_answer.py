"""The page of a third party: a code, what is asked, its answer with papers, a receipt. Without an account; never kept."""

from uuid import UUID, uuid4

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from fraud.models import AnswerKind, Receipt, ThirdPartyRequest, ThirdPartyState
from fraud.rules import third_party as rules
from fraud.thirdparties import links
from fraud.thirdparties.answering import RequestOver, answer, contact_of, words_of
from fraud.thirdparties.asking import note_receipt
from fraud.thirdparties.letters import concerned_of
from fraud.thirdparties.moving import RequestRefused
from fraud.thirdparties.said import LONGEST, PAPERS_MOST, read
from fraud.views.third_common import papers_given
from portal.accounts.letter_doors import THIRD
from portal.accounts.permissions import moment_on, today
from portal.accounts.views.letter_code import ask_code, to_receipt
from portal.frame.forms import form_key, listed
from portal.frame.private import in_private
from portal.organisations.serving import name_on

# Of one request, in all: a hundred papers, beyond which a letter or a call serves better.
ANSWERS_MOST = 20
LABELS = {
    "answer": "Votre réponse", "papers": "Pièces", "words": "Précisions", "name": "Nom", "phone": "Téléphone",
    "email": "Adresse électronique",
}  # fmt: skip


@in_private
@require_http_methods(["GET", "HEAD", "POST"])
def third_answer(request: HttpRequest, token: str) -> HttpResponse:
    """The code first; then what is asked, and the form of the answer."""
    found = links.find(token)
    if found is None:
        return render(request, "fraud/tiers/unknown.html", _said_of_us(), status=404)
    if found.over_on is not None and today() >= rules.link_closes_on(found.over_on):
        return render(request, "fraud/tiers/closed.html", {"one": found} | _said_of_us(), status=410)
    if not links.DOOR.is_open(request, found):
        return _ask_code(request, found, token)
    return _answer(request, found, token) if request.method == "POST" else _page(request, found)


def _said_of_us() -> dict[str, str]:
    return {"phone": settings.PORTAL_PHONE, "hours": settings.PORTAL_HOURS}


def _ask_code(request: HttpRequest, found: ThirdPartyRequest, token: str) -> HttpResponse:
    """Whoever types the code has received the letter: its delay runs from today at the latest."""
    asked = ask_code(request, links.DOOR, found, "fraud/tiers/code.html", _said_of_us())
    if asked is not None:
        return asked
    day = today()
    note_receipt(request_pk=found.pk, received_on=day, receipt=Receipt.LINK, by=THIRD, on=day, at=moment_on(day))
    return redirect("fraud:third_answer", token=token)


def _answer(request: HttpRequest, found: ThirdPartyRequest, token: str) -> HttpResponse:
    key, day = form_key(request), today()
    papers, wrong = papers_given(request)
    typed = {name: request.POST.get(name, "")[:2000] for name in ("answer", *LONGEST)}
    said, errors = read(typed, papers, with_contact=True)
    if found.answers.exclude(key=key).count() >= ANSWERS_MOST:
        wrong = wrong | {"papers": "Cette page a déjà reçu vingt réponses. Appelez-nous pour la suite."}
    if said is None or wrong:
        return _page(request, found, typed, errors | wrong, status=422)
    try:
        made, again = answer(request_pk=found.pk, said=said, key=key, by_pk=None, day=day, at=moment_on(day))
    except RequestRefused as refused:
        return _page(request, found, typed, refused.errors, status=422)
    except RequestOver:
        found.refresh_from_db()
        return _page(request, found, status=409)
    return to_receipt("fraud:third_answer_receipt", token, made.key, again=again)


def _page(
    request: HttpRequest, found: ThirdPartyRequest, typed: dict[str, str] | None = None, errors: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    told, fine, one = errors or {}, rules.fine_on(found.persons, today()), rules.fine_on(1, today())
    context = {
        "one": found, "concerned": concerned_of(found), "errors": told, "kinds": AnswerKind.choices,
        "typed": _contact(found) if typed is None else typed, "listed": listed(told, LABELS),
        "key": request.POST.get("key") if told else uuid4(), "today": today(), "per_person": one.per_person_cents,
        "cap": fine.cap_cents, "answers": found.answers.order_by("pk")[:ANSWERS_MOST], "papers_most": PAPERS_MOST,
        "is_over": found.state == ThirdPartyState.WITHDRAWN, "service": name_on(found.case.fund, today()),
    } | _said_of_us()  # fmt: skip
    return render(request, "fraud/tiers/request.html", context, status=status)


def _contact(found: ThirdPartyRequest) -> dict[str, str]:
    """Whom to call is asked once: who completes an answer finds it in the form."""
    last = found.answers.filter(by_link=True).order_by("-pk").first()
    return contact_of(last) if last else {}


@in_private
@require_GET
def receipt(request: HttpRequest, token: str, key: UUID) -> HttpResponse:
    """What was answered, its number, and what comes next."""
    found = links.find(token)
    if found is None or not links.DOOR.is_open(request, found):
        return redirect("fraud:third_answer", token=token)
    made = found.answers.filter(key=key).first()
    if made is None:
        raise Http404
    context = {
        "made": made, "token": token, "number": f"{found.number}/{made.pk}", "words": words_of(made),
        "steps": [
            {"text": f"Votre réponse est dans le dossier{', avec ses pièces' if made.papers else ''}", "done": True},
            {"text": "Une personne les lit et peut vous appeler.", "done": False},
            {"text": "Vous avez oublié une pièce ? Cette page la prend encore.", "done": False},
        ],
        "again": "encore" in request.GET,
    }  # fmt: skip
    return render(request, "fraud/tiers/receipt.html", context)
