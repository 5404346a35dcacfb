"""One request to a third party: what happened, its letters, its answers and papers, and what may be done now."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from fraud.guarding import refuse_linked
from fraud.models import THIRD_PARTY_MOVES, AnswerKind, Receipt, ThirdPartyRequest, ThirdPartyState
from fraud.rules import third_party as rules
from fraud.thirdparties import asking, fining
from fraud.thirdparties.access import holds_power, requests_of
from fraud.thirdparties.answering import CLOSED, RequestOver, answer, contact_of, words_of
from fraud.thirdparties.letters import concerned_of, request_facts, subject_of
from fraud.thirdparties.moving import RequestRefused
from fraud.thirdparties.said import read
from fraud.views.case_common import closed_to_linked
from fraud.views.third_common import names_in, papers_given, papers_of, show_evidence
from fraud.views.third_parties import DIRECT, SEE, TREAT
from portal.accounts.permissions import for_roles, moment_on, today
from portal.audit.operations import journal
from portal.casework.moves import MoveNotAllowed
from portal.frame.errors import Conflict
from portal.frame.forms import day_typed, form_key, get_one, key_of, listed, may, question
from portal.frame.templatetags.portal import long_day
from portal.letters.answers import as_pdf
from portal.letters.models import LetterJob
from portal.letters.preview import preview_of
from portal.letters.selectors import letters_of

T = ThirdPartyState
ANSWERABLE = [state for state in T.values if state not in CLOSED]


@dataclass(frozen=True)
class Act:
    """What an officer may do from some states."""

    code: str
    label: str
    effect: str
    states: tuple[str, ...]


WITHDRAWABLE = tuple(state for state, to in THIRD_PARTY_MOVES.items() if T.WITHDRAWN in to)
ACTS = {
    one.code: one
    for one in (
        Act("envoyer", "Envoyer la lettre",
            "Elle part en recommandé avec accusé de réception, avec le lien et le code de la réponse. Ensuite, la demande ne "
            "change plus.", (T.PREPARED,)),
        Act("recue", "Noter l’accusé de réception", "Le délai de réponse court du jour de réception.",
            (T.SENT, T.REMINDED, T.REFUSED)),
        Act("rappel", "Rappeler",
            "La même lettre repart, avec le même lien. Elle part seule vingt jours après la réception.", (T.SENT,)),
        Act("reponse", "Noter une réponse reçue autrement",
            "Une réponse par courrier ou par téléphone. Ses pièces sont gardées comme preuves du dossier.", tuple(ANSWERABLE)),
        Act("amende", "Proposer une amende",
            "Le tiers en est averti et peut répondre. La direction décide ensuite : une autre personne que vous.",
            (T.SILENT, T.REFUSED)),
        Act("retirer", "Retirer la demande", "La personne a donné la pièce, ou la demande ne sert plus.", WITHDRAWABLE),
    )
}  # fmt: skip
LABELS = {
    "received_on": "Reçue le", "reason": "Pourquoi", "answer": "Réponse", "words": "Ce qui est dit", "papers": "Pièces",
    "send": "Envoi",
    "name": "Qui a répondu", "request": "Demande",
}  # fmt: skip


def _found(request: HttpRequest, pk: int) -> ThirdPartyRequest:
    """The request, when the reader sees its case and declared no link with the family."""
    found = get_one(requests_of(request.user, today()), pk)  # type: ignore[arg-type]
    refuse_linked(
        user=request.user, day=today(), action="control.third_party.read", subject=found.case.subject  # type: ignore[arg-type]
    )  # fmt: skip
    return found


def _next(found: ThirdPartyRequest) -> str:
    """What happens now, and by when."""
    if found.purged_on is not None:
        return f"Le contenu est effacé depuis le {long_day(found.purged_on)}, avec le dossier. Il reste ce qui s’est passé, et quand."
    if found.state in (T.SENT, T.REMINDED):
        if found.due_on is None:
            until = long_day(rules.receipt_awaited_until(found.sent_on)) if found.sent_on else ""
            return f"L’accusé de réception est attendu avant le {until}. Sans lui, aucun délai ne court."
        return f"La réponse est attendue au plus tard le {long_day(found.due_on)}."
    if found.state == T.FINE_PROPOSED and found.fine.reply_until < today():
        return (
            f"Le tiers pouvait répondre jusqu’au {long_day(found.fine.reply_until)} : la direction décide de l’amende."
        )
    return {
        T.PREPARED: "La lettre n’est pas partie. Un agent assermenté de la caisse l’envoie.",
        T.SILENT: "Le délai est passé sans réponse. Une réponse tardive est encore prise ; une amende peut être proposée.",
        T.REFUSED: "Le tiers refuse. Il peut changer d’avis ; une amende peut être proposée une fois le délai passé.",
        T.ANSWERED: "La réponse est au dossier. La personne en lira le contenu et l’origine avant toute décision.",
        T.FINE_PROPOSED: "Le tiers est averti de l’amende envisagée. La direction décide après son délai de réponse.",
    }.get(T(found.state), "Rien de plus n’est attendu.")


@require_GET
@for_roles(SEE)
@closed_to_linked
def request_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What was asked and why, where it stands; opening it is journaled, for it names people."""
    found, day = _found(request, pk), today()
    moves = list(found.moves.order_by("pk")[:100])
    journal(
        actor=request.user.get_username(), action="control.third_party.read", subject=found.case.subject, detail={"request": found.number},
    )  # fmt: skip
    context = _frame(found) | {
        "next": _next(found), "concerned": concerned_of(found), "moves": moves, "names": names_in(moves),
        "answers": [(one, words_of(one), contact_of(one)) for one in found.answers.select_related("noted_by").order_by("pk")[:50]],
        "papers": papers_of(found.number), "letters": letters_of(subject_of(found))[:20],
        "asked_letters": LetterJob.objects.filter(subject=subject_of(found)).exclude(state="DONE")[:20],
        "acts": [one for one in ACTS.values() if _offers(one, found, request)], "may_direct": may(request, DIRECT),
        "holds_power": holds_power(request.user, found.case.fund, day), "on": day,  # type: ignore[arg-type]
        "preview": preview_of("fraud.third_request", request_facts(found, day), dated=day) if _is_to_send(found) else "",
    }  # fmt: skip
    return render(request, "fraud/third_request.html", context)


def _is_to_send(found: ThirdPartyRequest) -> bool:
    return found.state == T.PREPARED and found.purged_on is None


def _frame(found: ThirdPartyRequest) -> dict[str, Any]:
    return {"one": found, "fine": getattr(found, "fine", None)}


def _offers(one: Act, found: ThirdPartyRequest, request: HttpRequest) -> bool:
    """Whether the page offers an act: only what could be done now."""
    if not may(request, TREAT) or found.state not in one.states or found.purged_on is not None:
        return False
    if one.code == "envoyer":
        return holds_power(request.user, found.case.fund, today())  # type: ignore[arg-type]
    if one.code == "recue":
        return found.received_on is None
    return one.code != "amende" or rules.may_fine(found.due_on, today())


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(TREAT)
@closed_to_linked
def act(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """One act: what it does, its fields, then what was done."""
    found, done = _found(request, pk), ACTS.get(code)
    if done is None:
        raise Http404
    errors: dict[str, str] = {}
    if request.method == "POST":
        key = form_key(request)
        try:
            messages.success(request, _do(request, found, done, key))
        except RequestRefused as refused:
            errors = refused.errors
        except (MoveNotAllowed, RequestOver) as moved:
            raise _already(found) from moved
        else:
            return redirect("fraud:third_request", pk=found.pk)
    elif found.state not in done.states or found.purged_on is not None:
        raise _already(found)
    context = _frame(found) | _fields(request, done, errors) | {"act": done, "key": key_of(request), "on": today()}
    if code == "amende":
        context["amount"] = rules.fine_on(found.persons, today())
    return render(request, "fraud/third_act.html", context, status=422 if errors else 200)


def _already(found: ThirdPartyRequest) -> Conflict:
    found.refresh_from_db()
    where = "effacée" if found.purged_on else found.get_state_display().lower()
    return Conflict(
        f"Cette demande est « {where} » : cet acte n’est plus possible. Rien n’a été fait.",
        link=reverse("fraud:third_request", args=[found.pk]), action="Voir la demande",
    )  # fmt: skip


def _do(request: HttpRequest, found: ThirdPartyRequest, done: Act, key: UUID) -> str:
    """Do it; the sentence of what was done. Raises RequestRefused, MoveNotAllowed, RequestOver, LinkedToThem."""
    when: dict[str, Any] = {"request_pk": found.pk, "on": today(), "at": moment_on(today())}
    by: dict[str, Any] = {"by_pk": request.user.pk}
    username, reason = request.user.get_username(), request.POST.get("reason", "")
    match done.code:
        case "envoyer":
            asking.send(**when, **by)
            return "La lettre est demandée : elle part en recommandé."
        case "recue":
            asking.note_receipt(
                **when, received_on=day_typed(request, "received_on"), receipt=Receipt.NOTICE, by=username
            )
            return "L’accusé de réception est noté : le délai court."
        case "rappel":
            asking.remind(**when, by=username)
            return "Le rappel est demandé."
        case "amende":
            fining.propose_fine(**when, **by, reason=reason)
            return "L’amende est proposée : le tiers en est averti, la direction décidera."
        case "retirer":
            asking.withdraw(**when, **by, reason=reason)
            return "La demande est retirée."
    return _note_answer(request, found, key)


def _note_answer(request: HttpRequest, found: ThirdPartyRequest, key: UUID) -> str:
    papers, wrong = papers_given(request)
    said, errors = read(request.POST.dict(), papers, with_contact=False)
    if said is None or wrong:
        raise RequestRefused(errors | wrong)
    _made, again = answer(
        request_pk=found.pk, said=said, key=key, by_pk=request.user.pk, day=today(), at=moment_on(today())
    )
    return "C’est déjà reçu : rien n’a été noté deux fois." if again else "La réponse est au dossier."


def _fields(request: HttpRequest, done: Act, errors: dict[str, str]) -> dict[str, Any]:
    dated = (
        [question(request, "received_on", "Reçue le", errors, unit="jour/mois/année")] if done.code == "recue" else []
    )
    return {
        "questions": dated, "has_reason": done.code in ("amende", "retirer"), "has_answer": done.code == "reponse",
        "kinds": AnswerKind.choices, "typed": request.POST, "errors": errors, "listed": listed(errors, LABELS),
    }  # fmt: skip


@require_GET
@for_roles(SEE)
@closed_to_linked
def letter(request: HttpRequest, pk: int, letter: int) -> HttpResponse:
    """A letter as it left; opening it is journaled."""
    found = _found(request, pk)
    one = get_one(letters_of(subject_of(found)), letter)
    journal(actor=request.user.get_username(), action="letter.read", subject=one.subject, detail={"number": one.number})
    return as_pdf(one, shown=True)


@require_GET
@for_roles(SEE)
@closed_to_linked
def paper(request: HttpRequest, pk: int, paper: int) -> HttpResponse:
    """A paper of the answer, with the reader's mark; opening it is journaled."""
    found = _found(request, pk)
    one = next((kept for kept in papers_of(found.number) if kept.pk == paper), None)
    if one is None:
        raise Http404
    return show_evidence(request, one, back=reverse("fraud:third_request", args=[found.pk]))
