"""One exchange: who asks whom, for what, until when; its proof; each item said or to be said; what may be done now."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from fraud.access import open_cases_of
from fraud.exchanges import answering, designated, ending, obtaining, retrying, sending, taking_over
from fraud.exchanges.answering import Decision
from fraud.exchanges.attaching import Paper, attach
from fraud.exchanges.export import may_export
from fraud.exchanges.keeping import content_of, said_of
from fraud.exchanges.opening import open_exchange
from fraud.exchanges.proving import proof_line
from fraud.exchanges.taking_out import take_out
from fraud.exchanges.words import ExchangeRefused, NotNow, asked_instead
from fraud.models import ExchangeDocument, ExchangeItem, InfoExchange, ItemOutcome, RefusalReason
from fraud.rules import exchange as rules
from fraud.rules.designation import SCOPES, SENTENCES
from fraud.rules.exchange_items import ITEMS
from fraud.views.exchange_common import Area, found, text_typed, told
from fraud.views.exchange_list import Badge, badge_of, last_of
from portal.accounts.models import User
from portal.accounts.permissions import moment_on, today
from portal.casework.papers import LARGEST
from portal.frame.forms import day_typed, form_key, key_of, listed

REASONS = [(value, label) for value, label in RefusalReason.choices if value != rules.NOT_HELD]

# As many as an envelope may bring.
PAPERS_MOST = 20
# What a form says of one item, each under the item's code.
TYPED = ("outcome", "refusal", "words", "data", "format", "system", "taken")


@dataclass(frozen=True)
class Line:
    """One item on the page: what was said of it, what may be said, what is wrong in what was typed."""

    one: ExchangeItem
    label: str
    said: dict[str, str]
    documents: list[ExchangeDocument]
    instead: str
    typed: dict[str, str]
    problems: dict[str, str]


@never_cache
@require_GET
def exchange(request: HttpRequest, area: Area, key: UUID) -> HttpResponse:
    """The page; opening it is journaled with its motive."""
    return _opened(request, area, found(request, key), {}, status=200)


def _opened(
    request: HttpRequest, area: Area, one: InfoExchange, errors: dict[str, str], *, status: int
) -> HttpResponse:
    """The page, also the one that is shown again with what is wrong in a form: closed to who is close, and journaled."""
    with told(area.address, "Revenir aux échanges"):
        open_exchange(exchange=one, user=_user(request), on=today(), at=moment_on(today()))
    return _page(request, area, one, errors, status=status)


def _user(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]


def _page(request: HttpRequest, area: Area, one: InfoExchange, errors: dict[str, str], *, status: int) -> HttpResponse:
    day, user = today(), _user(request)
    may = _may(one, user)
    lines = [_line(request, one, item, errors) for item in one.items.order_by("position")]
    labels = {f"{line.one.code}-{name}": line.label for line in lines for name in (*TYPED, "paper")}
    nothing_held = _nothing_held(one, lines)
    context = {
        "badge": Badge("Information non détenue", "wait", "circle") if nothing_held else badge_of(one),
        "nothing_held": nothing_held, "area": area, "one": one, "on": day, "person": content_of(one).get("person", {}), "lines": lines,
        "errors": listed(errors, labels), "scope": SCOPES.get(one.scope, one.scope), "key": key_of(request),
        "proof": proof_line(one), "moves": one.moves.order_by("pk"), "reasons": REASONS, "outcomes": ItemOutcome.choices,
        "may": may, "last": _last_before_due(one) if may["answer"] else None, "left": sum(1 for line in lines if not line.one.outcome),
        "stopped": _stopped(one), "on_text": f"{day:%d/%m/%Y}", "page_name": f"fraud:{area.begins}exchange",
        "cases": _cases(one, user), "loose": one.documents.filter(item=None).select_related("evidence"),
    }  # fmt: skip
    return render(request, "fraud/exchange.html", context, status=status)


def _nothing_held(one: InfoExchange, lines: list[Line]) -> bool:
    """Whether nothing could be given because none of it is held: no more is due, but nobody refused."""
    return one.state == rules.REFUSED and all(line.one.outcome == rules.NOT_HELD for line in lines)


def _last_before_due(one: InfoExchange) -> date | None:
    """The last day on which its officer may answer, when their designation ends before the answer is due."""
    last = last_of(one.officer)
    return last if one.due_on and today() <= last < one.due_on else None


def _line(request: HttpRequest, one: InfoExchange, item: ExchangeItem, errors: dict[str, str]) -> Line:
    prefix = f"{item.code}-"
    typed = {name: request.POST.get(prefix + name, "") for name in TYPED}
    said = said_of(one, item)
    documents = list(one.documents.filter(item=item).select_related("evidence").order_by("pk"))
    problems = {name.removeprefix(prefix): text for name, text in errors.items() if name.startswith(prefix)}
    if not any(typed.values()):
        typed |= {"outcome": item.outcome, "refusal": item.refusal}
        typed |= {name: said.get(name, "") for name in ("words", "data", "system")}
    return Line(item, ITEMS[item.code].label, said, documents, asked_instead(item.refusal), typed, problems)


def _may(one: InfoExchange, user: User) -> dict[str, bool]:
    """What the person may do now; the operations ask again."""
    day = today()
    is_mine = one.officer.user_id == user.pk
    failed = retrying.may_try_again(one, retrying.delivery_of(one))
    return {
        "send": one.state == rules.DRAFT and is_mine, "answer": taking_over.waits_here(one) and is_mine,
        "waits": taking_over.waits_here(one), "take_over": taking_over.may_take_over(one, user, day), "is_mine": is_mine,
        "close": is_mine and ending.may_close(one), "try_again": failed and is_mine, "export": may_export(one, user, day),
    }  # fmt: skip


def _cases(one: InfoExchange, user: User) -> list[Any]:
    """The cases into which a communication may enter."""
    if one.case_id or (one.direction, one.kind) != ("IN", rules.SPONTANEOUS) or one.sealed is None:
        return []
    return list(open_cases_of(user, today()).filter(fund=one.holder_id).exclude(state="CLOSED").order_by("-pk")[:50])


def _stopped(one: InfoExchange) -> str:
    """Why a draft would not leave today; empty when both designations hold, or once it left."""
    return SENTENCES.get(designated.refusal_of(one, today()), "") if one.state == rules.DRAFT else ""


@require_POST
def item(request: HttpRequest, area: Area, key: UUID, code: str) -> HttpResponse:
    """One item decided."""
    one, link = found(request, key), area.link("exchange", key)
    form_key(request)
    if not one.items.filter(code=code).exists():
        raise Http404
    try:
        with told(link):
            answering.decide_item(
                exchange_pk=one.pk, code=code, decision=_decision(request, code), by_pk=_user(request).pk, on=today(),
                at=moment_on(today()),
            )  # fmt: skip
    except ExchangeRefused as refused:
        return _opened(request, area, one, refused.errors, status=422)
    left = one.items.filter(outcome="").count()
    rest = f"Il en reste {left}." if left else "Tout est décidé : relisez, puis envoyez la réponse."
    messages.success(request, f"« {ITEMS[code].label} » est noté. {rest}")
    return redirect(link)


def _decision(request: HttpRequest, code: str) -> Decision:
    return Decision(
        text_typed(request, f"{code}-outcome", 8), refusal=text_typed(request, f"{code}-refusal", 18),
        words=text_typed(request, f"{code}-words", 20_001), data=text_typed(request, f"{code}-data", 20_001),
        data_format=text_typed(request, f"{code}-format", 4), system=text_typed(request, f"{code}-system", 80),
        extraction_at=_taken(request, f"{code}-taken"), papers=_papers(request, f"{code}-paper"),
    )  # fmt: skip


def _taken(request: HttpRequest, name: str) -> datetime | None:
    """The day on which something was taken out of its system, as an instant."""
    day = day_typed(request, name)
    return timezone.make_aware(datetime.combine(day, time())) if day else None


def _papers(request: HttpRequest, name: str) -> tuple[Paper, ...]:
    """The files that were sent. One byte more than the most says that one is too large, without taking it all in."""
    return tuple(Paper(str(sent.name), sent.read(LARGEST + 1)) for sent in request.FILES.getlist(name)[:PAPERS_MOST])


@require_POST
def act(request: HttpRequest, area: Area, key: UUID, code: str) -> HttpResponse:
    """Sending, answering, taking over, closing, entering a case."""
    one, link = found(request, key), area.link("exchange", key)
    done = ACTS.get(code)
    if done is None:
        raise Http404
    form_key(request)
    who = {"exchange_pk": one.pk, "by_pk": _user(request).pk, "on": today(), "at": moment_on(today())}
    try:
        with told(link):
            sentence = done(request, who)
    except ExchangeRefused as refused:
        return _opened(request, area, one, refused.errors, status=422)
    messages.success(request, sentence)
    return redirect(link)


def _send(_request: HttpRequest, who: dict[str, Any]) -> str:
    sent = sending.send(**who)
    return f"L’échange {sent.number} est parti vers {sent.counterpart.name}, à l’attention de {sent.counterpart_officer.full_name}."


def _answer(_request: HttpRequest, who: dict[str, Any]) -> str:
    answering.send_answer(**who)
    return "La réponse est partie. Elle ne change plus."


def _take_over(_request: HttpRequest, who: dict[str, Any]) -> str:
    taking_over.take_over(**who)
    return "Vous suivez désormais cet échange, en votre nom."


def _try_again(_request: HttpRequest, who: dict[str, Any]) -> str:
    retrying.try_again(**who)
    return "L’envoi est relancé. Il part dans la minute ; cette page dira quand il est remis."


def _close(_request: HttpRequest, who: dict[str, Any]) -> str:
    done = ending.close(**who)
    return f"L’échange {done.number} est clos."


def _link(request: HttpRequest, who: dict[str, Any]) -> str:
    done = obtaining.link_to_case(case_number=text_typed(request, "case", 20), **who)
    assert done.case is not None
    return f"Cette communication est dans le dossier {done.case.number}. La personne en sera informée avant toute décision."


def _attach(request: HttpRequest, who: dict[str, Any]) -> str:
    papers = _papers(request, "paper")
    if not papers:
        raise NotNow("Choisissez d’abord un fichier.")
    for paper in papers:
        attach(
            exchange_pk=who["exchange_pk"], paper=paper, system=text_typed(request, "system", 80),
            extraction_at=_taken(request, "taken"), by_pk=who["by_pk"], at=who["at"],
        )  # fmt: skip
    names = ", ".join(f"« {paper.name} »" for paper in papers)
    return f"{names} : jointe à l’échange. Son empreinte partira avec lui."


def _take_out(request: HttpRequest, who: dict[str, Any]) -> str:
    typed = text_typed(request, "document", 18)
    if not typed.isascii() or not typed.isdecimal():
        raise Http404
    was_there = take_out(
        exchange_pk=who["exchange_pk"], document_pk=int(typed), by_pk=who["by_pk"], at=who["at"]
    )  # fmt: skip
    return "La pièce est retirée et effacée. Rien n’en part." if was_there else "Cette pièce n’est plus à l’échange."


ACTS = {
    "joindre": _attach,
    "retirer": _take_out,
    "envoyer": _send,
    "repondre": _answer,
    "reprendre": _take_over,
    "relancer": _try_again,
    "clore": _close,
    "dossier": _link,
}
