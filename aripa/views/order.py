"""An order as agents see it: how each amount was found, what its garnishee answered, the letter with its link."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from aripa import ladder
from aripa.casefile import CaseFile
from aripa.garnishees import links, orders
from aripa.garnishees.answering import contact_of
from aripa.garnishees.letters import ask_again, facts_of_letter
from aripa.garnishees.said import REASON_WORDS
from aripa.life.state import Order
from aripa.models import GarnisheeAnswer, GarnisheeAnswerKind, OrderLink
from aripa.rules.calendar import garnishee_answer_by
from aripa.selectors import SUBJECT
from aripa.views.access import AGENTS, CASEWORKERS, for_roles, moment_on, today
from aripa.views.case import common, get_file, may_treat, order_state
from aripa.words import TOOLS
from portal.audit.operations import journal
from portal.letters.preview import preview_of


@dataclass(frozen=True)
class Heard:
    """One answer in words; of a protected case, not who gave it: an employer is in no page."""

    made: GarnisheeAnswer
    words: str
    reason: str
    contact: dict[str, str]


def _order_of(file: CaseFile, number: int) -> Order:
    found = next((one for one in file.state.orders if one.number == number), None)
    if found is None:
        raise Http404
    return found


@never_cache
@require_GET
@for_roles(AGENTS)
def order(request: HttpRequest, case_no: str, number: int) -> HttpResponse:
    """How each amount of an order was found: the steps of `direct_payment`, and of `seizable` when the pay is known."""
    file = get_file(request, case_no)
    found = _order_of(file, number)
    pay = ladder.pay_of(found, file.told)
    context = common(request, file) | {
        "order": found,
        "tool": TOOLS[found.tool],
        "state": order_state(found.state, file),
        "figures": ladder.figures_of(found, pay),
        "pay": pay,
        "floor": ladder.floor_on(found.decided_on),
        "first_month": found.current + (found.instalments[0] if found.instalments else 0),
        "may_treat": may_treat(request),
        "has_letter": _has_letter(found),
        "answers": answers_of(file, found.number),
        "answer_by": garnishee_answer_by(found.decided_on),
        "is_late": ladder.is_unanswered(found, file.day),
    }
    return render(request, "aripa/order.html", context)


def _has_letter(found: Order) -> bool:
    return found.tool == orders.TOOL and bool(found.ref)


def answers_of(file: CaseFile, number: int) -> list[Heard]:
    """What the garnishee of an order said, the last first."""
    rows = GarnisheeAnswer.objects.filter(link__case_no=file.row.pk, link__number=number).order_by("-pk")
    return [
        Heard(
            one,
            GarnisheeAnswerKind(one.kind).label,
            REASON_WORDS.get(one.reason, ""),
            {} if file.is_protected else contact_of(one),
        )
        for one in rows[:20]
    ]


@never_cache
@require_GET
@for_roles(CASEWORKERS)
def letter(request: HttpRequest, case_no: str, number: int) -> HttpResponse:
    """The letter L11 of the garnishee, with its link and code; opening it is journaled."""
    file = get_file(request, case_no)
    found = _order_of(file, number)
    if not _has_letter(found):
        raise Http404
    link = _link_of(file, found)
    journal(
        actor=request.user.get_username(), action="aripa.order_letter.read", subject=SUBJECT + case_no,
        detail={"order": number, "link": link.pk},
    )  # fmt: skip
    context = common(request, file) | {
        "order": found, "link": link, "address": links.token_of(link), "code": links.code_of(link),
        "preview": _preview(file, found, link),
    }  # fmt: skip
    return render(request, "aripa/order_letter.html", context)


def _link_of(file: CaseFile, found: Order) -> OrderLink:
    """The way in of an order; made now for an order older than its letter's links."""
    key = (file.row.pk, found.number)
    return links.ensure_links([(*key, found.ref)], at=moment_on(today()))[key]


def _preview(file: CaseFile, found: Order, link: OrderLink) -> Any:
    """The letter as it stands, where its facts are kept; of a protected case, without the debtor's home."""
    facts = facts_of_letter(file.letters, found, link)
    if facts is None:
        return None
    return preview_of("aripa.L11", facts | ({"debtor_home": ""} if file.is_protected else {}), dated=found.decided_on)


@require_POST
@for_roles(CASEWORKERS)
def renew(request: HttpRequest, case_no: str, number: int) -> HttpResponse:
    """Another link and code, for a letter lost or gone astray; the letter is written again."""
    file = get_file(request, case_no)
    found = _order_of(file, number)
    if not _has_letter(found):
        raise Http404
    link = links.renew(link_pk=_link_of(file, found).pk, by=request.user, at=moment_on(today()))  # type: ignore[arg-type]
    asked = ask_again(file.letters, found, link, on=file.known_until, by=request.user.get_username())
    then = " La lettre est réécrite avec eux." if asked else ""
    messages.success(request, f"Le lien et le code d’avant n’ouvrent plus rien.{then}")
    return redirect("aripa:order_letter", case_no=case_no, number=number)
