"""Remedies for agents: who waits for money and since when, and one page for each remedy with what may be done."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from cmg import selectors as families
from cmg.family.papers import about_report
from cmg.models import Account
from cmg.models.remedies import Origin, Symptom
from cmg.remedies import advances, selectors, telling
from cmg.remedies.limits import RemedyRefused
from cmg.remedies.overpayments import present_again
from cmg.remedies.refunds import request_refund
from cmg.views.access import AGENTS, HEALERS, for_roles, today
from cmg.views.remedies_acts import Sent, acts_for, cents_of, day_of, do_act, send_again, words_of
from cmg.views.remedies_shown import NAMES, STATES, Line, facts_of, line_of
from portal.audit.models import JournalEntry
from portal.audit.operations import journal
from portal.banking.models import PaymentOrder
from portal.casework.moves import MoveNotAllowed
from portal.casework.selectors import papers_about
from portal.frame.errors import Conflict, Version
from portal.frame.exports import EXPORT_MOST, may_export
from portal.frame.filters import Field, FilterBar, filter_bar
from portal.frame.paging import count_up_to, page_of
from portal.frame.templatetags.portal import moment
from portal.letters.preview import preview_of

BOXES = {
    "advances": ("avances à décider, verser ou déduire", "avance,avances"),
    "refunds": ("remboursements de cotisations", "remboursement,remboursements"),
    "overpayments": ("sommes versées en trop", "somme,sommes"),
    "returned": ("virements revenus", "virement,virements"),
}
SEARCHED = {"reports": "Nom, numéro d’employeur ou de signalement"}
EMPTY = {
    "advances": "Aucune avance en cours. Elle se propose depuis la page d’une famille, ou seule quand un délai publié est dépassé.",
    "refunds": "Aucun remboursement n’attend. Ils s’ouvrent quand un mois réglé à nouveau rend des cotisations, ou sur demande.",
    "overpayments": "Aucune somme versée en trop n’est en cours.",
    "returned": "Aucun virement revenu n’attend : tout ce que la banque a rendu est reparti.",
    "reports": "Aucun signalement n’attend de réponse.",
    "board": "Aucune demande n’attend la commission.",
}


@require_GET
@for_roles(AGENTS)
def remedies(request: HttpRequest) -> HttpResponse:
    """Who waits for money, by list, the oldest first."""
    return listed(request, box_of(request), "cmg/remedies/list.html", page="cmg:remedies", export="cmg:export_remedies")


def box_of(request: HttpRequest) -> str:
    """The list of the address, or the first."""
    box = request.GET.get("box", "advances")
    return box if box in BOXES else "advances"


def bar_of(request: HttpRequest, name: str, page: str) -> FilterBar:
    """The filters of a list of remedies."""
    fields = [
        Field("box", "Liste", hidden=True),
        Field("q", SEARCHED.get(name, "Nom ou numéro d’employeur")),
    ]
    if name in STATES:
        fields.insert(1, Field("state", "État", STATES[name].choices))
    if name == "reports":
        fields.insert(1, Field("symptom", "Ce qui se passe", Symptom.choices))
    return filter_bar(page, request.user, request.GET, fields)


def rows_of(request: HttpRequest, name: str, bar: FilterBar) -> QuerySet:
    """The rows of a list that the user may see, filtered."""
    found = selectors.waiting(name, request.user, today(), bar.values)
    return found.select_related("session") if name == "board" else found


def listed(request: HttpRequest, name: str, template: str, *, page: str, export: str, **more: object) -> HttpResponse:
    """A list of remedies with its filters, its page and its names."""
    bar = bar_of(request, name, page)
    found = rows_of(request, name, bar)
    rows = page_of(found, request.GET.dict(), order=selectors.ORDER[name])
    lines = [line_of(name, row) for row in rows.rows]
    counts = selectors.counts(request.user, today(), tuple(BOXES)) if name in BOXES else {}
    context = {
        "name": name, "bar": bar, "page": rows, "lines": lines, "total": count_up_to(found), "empty": EMPTY[name],
        "names": families.names_of([line.employer_no for line in lines]), "noun": BOXES.get(name, ("", "ligne,lignes"))[1],
        "tiles": [(box, counts[box], label) for box, (label, _noun) in BOXES.items() if counts],
        "export_link": f"{reverse(export)}?{bar.query}" if may_export(request) else "", "export_most": EXPORT_MOST,
        "may_heal": may_heal(request), "balanced": any(line.balance for line in lines),
    }  # fmt: skip
    return render(request, template, context | more)


def may_heal(request: HttpRequest) -> bool:
    return bool(HEALERS & set(request.portal_roles))  # type: ignore[attr-defined]


def account_or_404(request: HttpRequest, employer_no: str) -> Account:
    """The family's account, when the user may see it."""
    try:
        return families.get_account(employer_no, request.user, today())
    except Account.DoesNotExist as unknown:
        raise Http404 from unknown


@for_roles(AGENTS)
def remedy(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """One remedy: its facts, its identity, its history, and what may be done with it."""
    try:
        row: Any = selectors.get_one(kind, pk, request.user, today())
    except ObjectDoesNotExist as unknown:
        raise Http404 from unknown
    refusal = ""
    if request.method == "POST":
        if not may_heal(request):
            raise Http404
        if request.POST.get("state") != row.state:
            return _moved_on(request, row)
        try:
            done = do_act(kind, row, _sent(request), by=request.user.get_username(), on=today())
        except (RemedyRefused, MoveNotAllowed) as refused:
            refusal = str(refused)
            row = selectors.get_one(kind, pk, request.user, today())
        else:
            messages.success(request, done)
            return redirect(request.path)
    return _shown(request, kind, row, refusal)


def _moved_on(request: HttpRequest, row: Any) -> HttpResponse:
    """The row is no longer as the page showed it: one's own form sent twice, or a colleague was first."""
    last = JournalEntry.objects.filter(subject=f"{row.SUBJECT}:{row.pk}").order_by("-pk").first()
    if last is None or last.actor == request.user.get_username():
        messages.info(request, f"C’est déjà « {row.get_state_display()} » : rien n’a été fait deux fois.")
        return redirect(request.path)
    who = families.full_names([last.actor]).get(last.actor, "Le portail")
    typed = {"reason": "Pourquoi", "answer": "Votre réponse", "words": "Vos raisons", "amount": "Montant"}
    written = [(label, request.POST.get(name, "").strip()) for name, label in typed.items()]
    raise Conflict(
        f"{who} a agi le {moment(last.at)} : c’est maintenant « {row.get_state_display()} ».",
        link=request.path, action="Voir où cela en est",
        versions=[Version(label, str(last.detail.get("reason", "")), text) for label, text in written if text],
    )  # fmt: skip


def _sent(request: HttpRequest) -> Sent:
    """What the form holds; a field left out is empty."""
    names = ("act", "reason", "months", "first_due_on", "answer", "held_on", "amount", "words")
    return {name: request.POST.get(name, "") for name in names}


def _shown(request: HttpRequest, kind: str, row: Any, refusal: str) -> HttpResponse:
    history = list(JournalEntry.objects.filter(subject=f"{row.SUBJECT}:{row.pk}").order_by("-pk")[:30])
    actors = {entry.actor for entry in history}
    actors |= {getattr(row, name, "") for name in ("proposed_by", "decided_by", "referred_by", "opened_by")}
    if kind == "board":
        actors |= set(row.votes.values_list("member", flat=True))
    people = families.full_names(sorted(actors - {""}))
    labels = dict(STATES[kind].choices)
    context = {
        "kind": kind, "row": row, "noun": NAMES[kind], "line": line_of(kind, row), "facts": facts_of(kind, row, people),
        "name": families.names_of([row.employer_no]).get(row.employer_no, row.employer_no),
        "acts": acts_for(kind, row) if may_heal(request) else [], "refusal": refusal, "typed": request.POST,
        "history": [
            (entry.at, people.get(entry.actor, entry.actor), labels.get(entry.detail.get("to", ""), ""), entry.detail.get("reason", ""))
            for entry in history if entry.detail.get("to")
        ],
        "order": selectors.order_of(getattr(row, "end_to_end_id", "")),
        "instalments": _instalments(row) if kind == "overpayments" else [],
        "papers": papers_about(about_report(row)) if kind == "reports" else [],
        "preview": _preview(row) if kind == "overpayments" and row.state == "OPENED" else "",
    }  # fmt: skip
    return render(request, "cmg/remedies/detail.html", context, status=422 if refusal else 200)


def _preview(row: Any) -> str:
    """The notice as it would leave today."""
    on = today()
    code, facts = telling.overpayment_draft(row, on=on)
    return preview_of(code, facts, dated=on)


def _instalments(row: Any) -> list[tuple[Any, Any]]:
    """Each line of the plan with its bank order."""
    parts = list(row.instalments.order_by("number"))
    found = PaymentOrder.objects.filter(end_to_end_id__in=[part.end_to_end_id for part in parts if part.end_to_end_id])
    orders = {order.end_to_end_id: order for order in found}
    return [(part, orders.get(part.end_to_end_id)) for part in parts]


@require_POST
@for_roles(HEALERS)
def instalment_again(request: HttpRequest, pk: int, part: int) -> HttpResponse:
    """Ask again, on another day, for an instalment that the bank gave back."""
    try:
        row: Model = selectors.get_one("overpayments", pk, request.user, today())
        row.instalments.get(pk=part)  # type: ignore[attr-defined]
    except ObjectDoesNotExist as unknown:
        raise Http404 from unknown
    try:
        due = day_of(request.POST.get("due_on", ""))
        present_again(instalment_pk=part, due_on=due, by=request.user.get_username(), on=today())
    except RemedyRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "Échéance reportée : elle sera demandée à la nouvelle date.")
    return redirect("cmg:overpayment", pk=pk)


@require_POST
@for_roles(HEALERS)
def resend(request: HttpRequest, order: int) -> HttpResponse:
    """Send a returned transfer to the family's other account; what was sent again meanwhile is told, not lost."""
    found = selectors.orders(request.user, today()).filter(pk=order).first()
    if found is None:
        raise Http404
    try:
        reference = send_again(order, by=request.user.get_username(), on=today())
    except RemedyRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"Renvoyé sur l’autre compte, référence {reference}.")
    if request.POST.get("from") == "family":
        return redirect("cmg:family", employer_no=found.subject.removeprefix(families.SUBJECT))
    return redirect(reverse("cmg:remedies") + "?box=returned")


@for_roles(AGENTS)
def of_family(request: HttpRequest, employer_no: str) -> HttpResponse:
    """Everything of one family: what it waits for, what it was given, and the forms that propose or ask."""
    account = account_or_404(request, employer_no)
    refusal = ""
    if request.method == "POST":
        if not may_heal(request):
            raise Http404
        try:
            return _proposed(request, employer_no)
        except RemedyRefused as refused:
            refusal = str(refused)
    journal(
        actor=request.user.get_username(), action="cmg.remedies.read", subject=families.SUBJECT + employer_no, detail={}
    )
    names = ("advances", "refunds", "overpayments", "returned", "reports", "board")
    months = selectors.declared_months(employer_no)
    awaited = [(month, advances.estimate(employer_no, [month])) for month in months]
    context = {
        "account": account, "refusal": refusal, "typed": request.POST, "may_heal": may_heal(request),
        "groups": [(NAMES.get(name, "Virement revenu"), _lines(name, employer_no)) for name in names],
        "awaited": [(month, cents) for month, cents in awaited if cents], "months": months,
        "sum": sum(cents for _month, cents in awaited), "chosen": request.POST.getlist("month"),
    }  # fmt: skip
    return render(request, "cmg/remedies/family.html", context, status=422 if refusal else 200)


def _lines(name: str, employer_no: str) -> list[Line]:
    return [line_of(name, row) for row in selectors.of_family(name, employer_no)]


def _proposed(request: HttpRequest, employer_no: str) -> HttpResponse:
    by, on = request.user.get_username(), today()
    months = [_month_of(text) for text in request.POST.getlist("month")]
    if request.POST.get("act") == "refund":
        found = request_refund(
            employer_no=employer_no, month=_only(months), words=words_of(request.POST.get("words", "")), by=by, on=on
        )
        messages.success(request, f"Demande ouverte, réponse avant le {found[0].deadline:%d/%m/%Y}.")
        return redirect("cmg:refund", pk=found[0].pk)
    cents, reason = cents_of(request.POST.get("amount", "")), words_of(request.POST.get("reason", ""))[:300]
    again = _same_proposal(employer_no, months, cents, by, on)
    if again is not None:
        messages.info(request, "Cette avance est déjà proposée : rien n’a été fait deux fois.")
        return redirect("cmg:advance", pk=again.pk)
    origin = Origin.ASKED if request.POST.get("asked") else Origin.PROPOSED
    advance = advances.propose_advance(
        employer_no=employer_no, months=months, amount_cents=cents, origin=origin, reason=reason, by=by, on=on
    )
    messages.success(request, "Avance proposée." + (" Une autre personne la décide." if advance.four_eyes else ""))
    return redirect("cmg:advance", pk=advance.pk)


def _same_proposal(employer_no: str, months: list[date], cents: int, by: str, on: date) -> Any:
    """The advance that the same person proposed today for the same months and amount: the form was sent twice."""
    found = selectors.MODELS["advances"]._default_manager.filter(
        employer_no=employer_no, amount_cents=cents, proposed_by=by, proposed_on=on, months__is_live=True,
        months__care_month__in=months,
    )  # fmt: skip
    return found.first()


def _month_of(text: str) -> date:
    return day_of(f"{text[:7]}-01")


def _only(months: list[date]) -> date:
    if len(months) != 1:
        raise RemedyRefused("Choisissez le mois concerné.")
    return months[0]


def form_key(text: str) -> UUID:
    """The key of a form. Raises RemedyRefused when it was not made by our page."""
    try:
        return UUID(text)
    except ValueError as wrong:
        raise RemedyRefused("Cette page est trop ancienne : rechargez-la, puis recommencez.") from wrong
