"""`/api/v1/aripa/orders`: what payroll software reads of its orders, and answers (docs/garnishees.md).

By the body's key, under the order's reference (``O-0000012``); or by the letter, its address's token and its code.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from django.conf import settings
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound, PermissionDenied, Throttled
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from aripa.garnishees import links, orders
from aripa.garnishees.answering import OrderOver, answer
from aripa.garnishees.orders import Shown
from aripa.garnishees.said import TEXTS, Errors, read
from aripa.models import GarnisheeAnswer, Order, OrderLink
from aripa.views.access import lived_day, moment_on, today
from portal.accounts.api import Caller, KeyedView, with_mission
from portal.accounts.letter_doors import WrongCode
from portal.accounts.limits import TooManyTries
from portal.accounts.models import Mission
from portal.frame.api import FactsParser, not_json
from portal.legislation.facts import error
from portal.legislation.trace import euros

AT_ONCE = 50
REFERENCE = re.compile(r"O-(\d{7,15})", re.ASCII)
CODE = OpenApiParameter(
    "Order-Code", str, OpenApiParameter.HEADER, description="Code de la lettre, sans clé d’organisme."
)
ONCE = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, description="La même réponse rend le même reçu."
)


class AnswerParser(FactsParser):
    """An answer is a few lines."""

    megabytes = 1


class OrdersView(KeyedView):
    """The orders of one garnishee, fifty at a time, the last first; `before` goes on."""

    permission_classes = [with_mission(Mission.GARNISHEE)]

    @extend_schema(parameters=[OpenApiParameter("before", str)], responses={200: OpenApiTypes.OBJECT})
    def get(self, request: Request) -> Response:
        found = OrderLink.objects.filter(ref=request.user.body)
        if before := REFERENCE.fullmatch(request.query_params.get("before", "")):
            found = found.filter(pk__lt=int(before[1]))
        page = list(found.order_by("-pk")[: AT_ONCE + 1])
        shown = page[:AT_ONCE]
        more = shown[-1].reference if len(page) > AT_ONCE else None
        return Response({"orders": _lines(shown, request.user.body), "before": more})


def _lines(found: Sequence[OrderLink], ref: str) -> list[dict[str, Any]]:
    """Some orders in three queries."""
    rows = Order.objects.filter(case_id__in=[one.case_no for one in found], ref=ref)
    by_number = {(one.case_id, one.number): one for one in rows}
    answers = GarnisheeAnswer.objects.filter(link__in=found).order_by("pk")
    last = {one.link_id: one for one in answers}
    told = [(one, by_number.get((one.case_no, one.number)), last.get(one.pk)) for one in found]
    return [_line(link, order, said) for link, order, said in told if order is not None]


def _line(link: OrderLink, order: Order, last: GarnisheeAnswer | None) -> dict[str, Any]:
    return {
        "order": link.reference, "payment_reference": order.case_id, "decided_on": order.decided_on.isoformat(),
        "monthly": _euros(orders.monthly_of(order)), "state": _state(order), "answer": last.kind if last else None,
        "closed_on": order.closed_on.isoformat() if order.closed_on else None,
    }  # fmt: skip


def _state(order: Order) -> str:
    """OPEN or CLOSED: that a complaint pauses further steps is no garnishee's business, it goes on paying (R. 213-6)."""
    return "OPEN" if order.state in orders.OPEN else "CLOSED"


def _euros(cents: int | None) -> str | None:
    return None if cents is None else euros(cents)


def _moment(made: GarnisheeAnswer) -> str:
    return timezone.localtime(made.at).isoformat()


class OrderView(KeyedView):
    """One order; `POST` answers it. 200 known already, 201 answered, 409 it no longer asks for an answer."""

    permission_classes = [AllowAny]
    parser_classes = [AnswerParser]

    @extend_schema(parameters=[CODE], responses={200: OpenApiTypes.OBJECT})
    def get(self, request: Request, ref: str) -> Response:
        return Response(_told(_opened(request, ref)))

    @extend_schema(
        parameters=[CODE, ONCE],
        request=OpenApiTypes.OBJECT,
        responses=dict.fromkeys((200, 201, 400, 409), OpenApiTypes.OBJECT),
    )
    def post(self, request: Request, ref: str) -> Response:
        found = _opened(request, ref)
        if not isinstance(request.data, dict):
            return not_json(request.data, "Il faut un objet.")
        errors = _strange(request.data)
        said, wrong = read(request.data, monthly_cents=found.monthly, today=today())
        if said is None or errors:
            return Response({"errors": [*errors, *_listed(wrong)]}, status=status.HTTP_400_BAD_REQUEST)
        try:
            made, again = answer(
                link_pk=found.link.pk, key=_key(request, found.link), said=said, by_software=True, day=today(),
                at=moment_on(today()),
            )  # fmt: skip
        except OrderOver:
            return _refused(
                "", "order_over", "Cet ordre n’attend plus de réponse.", "Lire son état.", status.HTTP_409_CONFLICT
            )
        if again and made.content_sha256 != said.digest:
            sentence = "Cette clé a déjà servi à une autre réponse : rien n’a été reçu."
            remedy = "En tirer une nouvelle pour chaque réponse."
            return _refused("Idempotency-Key", "key_reused", sentence, remedy, status.HTTP_422_UNPROCESSABLE_ENTITY)
        receipt = {
            "receipt": made.number,
            "order": found.link.reference,
            "answer": made.kind,
            "at": _moment(made),
        }
        code = status.HTTP_200_OK if again else status.HTTP_201_CREATED
        return Response(receipt | {"again": again}, status=code)


def _refused(key: str, code: str, message: str, remedy: str, answered: int) -> Response:
    return Response({"errors": [error(key, code, message, remedy)]}, status=answered)


def _opened(request: Request, ref: str) -> Shown:
    """The order that the key or the code opens; anything else is not there."""
    link = _by_key(request.user, ref) if isinstance(request.user, Caller) else _by_letter(request, ref)
    try:
        found = orders.shown(link, lived=lived_day(), today=today())
    except Order.DoesNotExist as never_lived:
        raise NotFound("Ordre introuvable.") from never_lived
    if orders.is_expired(found.order, today()):
        raise NotFound("Cet ordre est fini, sa page est fermée.")
    return found


def _by_key(caller: Caller, ref: str) -> OrderLink:
    number = REFERENCE.fullmatch(ref)
    mine = (
        OrderLink.objects.filter(ref=caller.body) if caller.mission == Mission.GARNISHEE else OrderLink.objects.none()
    )
    link = mine.filter(pk=int(number[1])).first() if number else None
    if link is None:
        raise NotFound("Ordre introuvable.")
    return link


def _by_letter(request: Request, token: str) -> OrderLink:
    link = links.find(token)
    if link is None:
        raise NotFound("Ordre introuvable.")
    try:
        links.DOOR.check_code(link, request.headers.get("Order-Code", ""), by_software=True)
    except WrongCode as wrong:
        raise PermissionDenied("Le code de la lettre manque, ou n’est pas celui-ci.") from wrong
    except TooManyTries as shut:
        raise Throttled(wait=max(1.0, (shut.until - timezone.now()).total_seconds())) from shut
    return link


def _told(found: Shown) -> dict[str, Any]:
    order = found.order
    return _line(found.link, order, found.last) | {
        "standing": found.standing.value, "answer_by": found.answer_by.isoformat(), "debtor": found.debtor,
        "title": found.title, "current": _euros(order.current_cents), "due_day": found.due_day,
        "arrears": {
            "total": _euros(order.arrears_cents), "terms": order.terms, "months": order.months,
            "instalment": _euros(order.instalment_cents), "last_instalment": _euros(order.last_instalment_cents),
        },
        "left_to_debtor": _euros(found.floor), "pay_to": {"name": settings.PENSIONS_NAME, "iban": settings.PENSIONS_IBAN},
        "fine_at_most": _euros(found.fine), "answers": [
            {"receipt": one.number, "answer": one.kind, "reason": one.reason, "amount": _euros(one.amount_cents), "at": _moment(one)}
            for one in found.answers
        ],
        "law": ["CPCE L. 213-1 à L. 213-6", "CPCE R. 213-1 à R. 213-13", "C. trav. L. 3252-5"],
    }  # fmt: skip


def _strange(given: Mapping[str, Any]) -> list[dict[str, str]]:
    """Keys that nobody asked for, or given twice: which value was meant is not known."""
    if all(name in TEXTS for name in given) and not getattr(given, "repeated", ()):
        return []
    allowed = f"Les clés sont {', '.join(TEXTS)}, une fois chacune."
    return [error("", "unknown_key", "Une clé n’est pas connue, ou figure deux fois.", allowed)]


def _listed(wrong: Errors) -> list[dict[str, str]]:
    return [error(name, code, sentence, "Corriger cette valeur.") for name, (code, sentence) in wrong.items()]


def _key(request: Request, link: OrderLink) -> UUID:
    """One answer per idempotency key of an order; without one, the words alone tell a second sending."""
    given = request.headers.get("Idempotency-Key", "")
    return uuid5(NAMESPACE_URL, f"order:{link.pk}:{given}") if given else uuid4()
