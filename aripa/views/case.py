"""One case: what is next, its calendar, its money, its recovery, its history; each parent's statement on its own page."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from aripa import ladder, selectors
from aripa.acts.table import offered
from aripa.admission import conditions
from aripa.asf_sentences import asf_sentence
from aripa.bank.selectors import waiting_for_accounts
from aripa.casefile import CaseFile, read_case
from aripa.models import Act, Case, Disclosure, Event, GarnisheeAnswer, GarnisheeAnswerKind, Referent, Worry
from aripa.models.received import PaymentMeans, TitleKind
from aripa.next_step import steps_ahead
from aripa.no_title import rights_of
from aripa.selectors import SUBJECT
from aripa.statements import creditor_rows, debtor_rows
from aripa.views.access import AGENTS, CASEWORKERS, for_roles, lived_day, moment_on, today
from aripa.words import (
    ASF_KINDS,
    END_REASONS,
    LETTERS,
    MEANS,
    MOVEMENTS,
    ORDERS,
    ORIGINS,
    READERS,
    TOOLS,
    event_words,
    party_words,
)
from portal.audit.operations import journal
from portal.casework.presence import note_presence
from portal.exchange.models import ReceivedFile

STATEMENTS = {"creancier": ("creditor", creditor_rows), "debiteur": ("debtor", debtor_rows)}
SHOWN, HISTORY = 40, 200


def get_file(request: HttpRequest, case_no: str) -> CaseFile:
    """A case of the person's funds, read whole, or « page introuvable »."""
    try:
        row = selectors.get_case(case_no, request.user, today())
    except Case.DoesNotExist as unknown:
        raise Http404 from unknown
    return read_case(row, day=lived_day(), today=today())


@never_cache
@require_GET
@for_roles(AGENTS)
def case(request: HttpRequest, case_no: str) -> HttpResponse:
    """What is next, who the parties are, the calendar of a year, ASF, letters, history. Opening it is journaled."""
    file = get_file(request, case_no)
    journal(actor=request.user.get_username(), action="aripa.case.read", subject=SUBJECT + case_no)
    years, year = file.years, _year(request, file)
    context = common(request, file) | {
        "for_account": [(READERS[party], one) for party, one in waiting_for_accounts(file.row.pk).items()],
        "years": years,
        "year": year,
        "months": file.calendar(year),
        "asf": [(one, ASF_KINDS[one.kind], asf_sentence(one)) for one in _asf_of(file, year)],
        "money": money_of(file),
        "balance": balance_of(money_of(file)),
        "steps": steps_ahead(file.life),
        "conditions": conditions(file.life) if file.title else [],
        "letters": [(one, LETTERS[one.code], READERS[one.to]) for one in reversed(file.letters)][:SHOWN],
        "letters_left": max(0, len(file.letters) - SHOWN),
        "history": history_of(file),
        "worries": list(Worry.objects.filter(case_id=case_no).order_by("handled_on", "-day")[:SHOWN]),
        "acts": offered(file),
        "rights": rights_of(file) if file.state.without_title else [],
        "disclosures": list(Disclosure.objects.filter(case_no=case_no).select_related("by").order_by("-pk")[:5]),
        "key": uuid4(),
        "may_treat": may_treat(request),
    }
    return render(request, "aripa/case.html", context)


def common(request: HttpRequest, file: CaseFile) -> dict[str, object]:
    """What the head of every page of a case shows."""
    present = note_presence(subject=SUBJECT + file.row.pk, user=request.user, at=timezone.now())
    words = {"origin": ORIGINS.get(file.state.origin, ""), "end": END_REASONS.get(file.state.end_reason, "")}
    title = file.title
    return {
        "file": file,
        "words": words,
        "title_kind": TitleKind(title.kind).label if title else "",
        "debtor_means": MEANS.get(file.debtor.payment_means or PaymentMeans.DIRECT_DEBIT, "") if file.debtor else "",
        "referent": selectors.referent_of(file.row.pk),
        "present": present,
        "day": file.day,
    }


def may_treat(request: HttpRequest) -> bool:
    return bool(CASEWORKERS & set(request.portal_roles))  # type: ignore[attr-defined]


def _year(request: HttpRequest, file: CaseFile) -> int:
    """The year asked for, else that of the day, else the last with something in it."""
    asked = request.GET.get("annee", "")
    years = file.years
    if asked.isdecimal() and len(asked) == 4 and int(asked) in years:
        return int(asked)
    return file.day.year if file.day.year in years or not years else years[0]


def _asf_of(file: CaseFile, year: int) -> list:
    return sorted((one for one in file.state.asf if one.month.year == year), key=lambda one: (one.month, one.child))


@dataclass(frozen=True)
class Money:
    """Where the money of a case went: the two sides of the identity are equal, always."""

    came: list[tuple[str, int]]
    went: list[tuple[str, int]]

    @property
    def total(self) -> int:
        return sum(cents for _words, cents in self.came)

    @property
    def gap(self) -> int:
        return self.total - sum(cents for _words, cents in self.went)


def balance_of(money: Money) -> SimpleNamespace:
    """The identity as the component of equations shows it."""
    return SimpleNamespace(whole=("Entré", money.total), terms=money.went, unexplained=money.gap)


def money_of(file: CaseFile) -> Money:
    """`collected + asf_paid + overpaid = paid_to_creditor + refunded_asf + management + refunded + held`."""
    moved = file.state.totals.get
    asf = moved("ASF", 0) + moved("ASF_TOP_UP", 0)
    came = [
        ("encaissé, retours déduits", moved("DEBIT", 0) + moved("RECEIPT", 0) - moved("DEBIT_RETURN", 0)),
        ("ASF versée", asf),
        ("à rendre par le parent qui reçoit", file.state.overpaid),
    ]
    went = [
        ("remis au parent qui reçoit, ASF comprise", moved("PAYOUT", 0) + asf - moved("REPAYMENT", 0)),
        ("rendu à l’ASF", moved("ASF_REFUND", 0)),
        ("frais et pénalité", moved("COST", 0) + moved("FEE", 0) + moved("PENALTY", 0)),
        ("remboursé au parent qui paie", moved("REFUND", 0)),
        ("gardé pour la suite", file.in_hand),
    ]
    return Money(came, went)


@dataclass(frozen=True)
class Told:
    """One fact of the history: what was told, by whom, and since when the life of the case knows it."""

    event: Event
    words: str
    party: str
    origin: str
    reason: str = ""


def history_of(file: CaseFile) -> list[Told]:
    """The facts as files and people told them, the last day first: numbers tell who wrote, not when."""
    told = sorted(file.told, key=lambda one: (one.day, one.event_no))[-HISTORY:]
    acts = {one.event_no: one for one in Act.objects.filter(case_no=file.row.pk).select_related("done_by")}
    heard = [one.event_no for one in told if one.kind == "GARNISHEE_ANSWER"]
    answers = {one.event_no: one for one in GarnisheeAnswer.objects.filter(event_no__in=heard)}
    # Apart from the facts: a fact whose file were not found would still be told.
    names = dict(ReceivedFile.objects.filter(pk__in={one.file_id for one in told}).values_list("pk", "name"))
    return [
        _told(one, acts.get(one.event_no), answers.get(one.event_no), names.get(one.file_id, ""))
        for one in reversed(told)
    ]


def _told(event: Event, act: Act | None, answer: GarnisheeAnswer | None, file_name: str) -> Told:
    origin, reason = f"fichier {file_name}", ""
    if answer is not None:
        origin = f"répondu par le tiers, reçu {answer.number}"
    if act is not None:
        origin, reason = f"inscrit par {act.done_by.full_name}", act.reason
    return Told(event, event_words(event.kind, event.reason), party_words(event.party), origin, reason)


@never_cache
@require_GET
@for_roles(AGENTS)
def statement(request: HttpRequest, case_no: str, party: str) -> HttpResponse:
    """What one of the two parents may read, line for line; the other's is another page."""
    if party not in STATEMENTS:
        raise Http404
    file = get_file(request, case_no)
    journal(
        actor=request.user.get_username(),
        action="aripa.statement.read",
        subject=SUBJECT + case_no,
        detail={"of": party},
    )
    rows = STATEMENTS[party][1](file.lived)
    context = common(request, file) | {"party": party, "rows": rows, "balance": rows[-1].balance if rows else 0}
    return render(request, "aripa/statement.html", context)


@never_cache
@require_GET
@for_roles(AGENTS)
def recovery(request: HttpRequest, case_no: str) -> HttpResponse:
    """The ladder, what the portal proposes, the floors left to the debtor, the orders."""
    file = get_file(request, case_no)
    context = common(request, file) | {
        "ladder": ladder.standing(file.life, file.letters, file.told),
        "proposed": TOOLS.get(ladder.proposed_tool(file.state, file.day), ""),
        "floor": ladder.floor_on(file.day),
        "charges": file.state.costs + file.state.fees + file.state.penalty,
        "orders": orders_of(file),
        "acts": [one for one in offered(file) if one.code in RECOVERY_ACTS] if may_treat(request) else [],
        "movements": [(one, MOVEMENTS[one.kind]) for one in reversed(file.movements)][:SHOWN],
    }
    return render(request, "aripa/recovery.html", context)


RECOVERY_ACTS = ("RECOVERY_DECISION", "GARNISHEE_ANSWER", "PAYMENT_RECEIVED", "PLAN_ACCEPTED", "RELEASE_REQUEST", "COMPLAINT",
                 "COMPLAINT_CLOSED")  # fmt: skip


def orders_of(file: CaseFile) -> Sequence[tuple]:
    """The orders, the last first: tool and state in words, what the garnishee said last, whether its delay has passed."""
    answers = GarnisheeAnswer.objects.filter(link__case_no=file.row.pk).select_related("link").order_by("pk")
    last = {one.link.number: GarnisheeAnswerKind(one.kind).label for one in answers}
    return [
        (
            one,
            TOOLS[one.tool],
            order_state(one.state, file),
            last.get(one.number, ""),
            ladder.is_unanswered(one, file.day),
        )
        for one in reversed(file.state.orders)
    ]


def order_state(state: str, file: CaseFile) -> tuple[str, str]:
    return ORDERS["PAUSED" if file.state.complaint and state in ladder.OPEN else state]


@require_POST
@for_roles(CASEWORKERS)
def take(request: HttpRequest, case_no: str) -> HttpResponse:
    """Be in charge of a case: of nobody's, or of a colleague's, who is told by the page itself."""
    get_row(request, case_no)
    _referent, _new = Referent.objects.update_or_create(
        case_no=case_no, defaults={"user": request.user, "since": today()}
    )
    journal(actor=request.user.get_username(), action="aripa.case.taken", subject=SUBJECT + case_no)
    messages.success(request, "Vous êtes responsable de ce dossier.")
    return redirect("aripa:case", case_no=case_no)


def get_row(request: HttpRequest, case_no: str) -> Case:
    try:
        return selectors.get_case(case_no, request.user, today())
    except Case.DoesNotExist as unknown:
        raise Http404 from unknown


@require_POST
@for_roles(CASEWORKERS)
def worry(request: HttpRequest, worry: int) -> HttpResponse:
    """Somebody looked at what the day could not decide; the first who says so stays."""
    found = get_object_or_404(Worry, pk=worry)
    get_row(request, found.case_id)
    open_one = Worry.objects.filter(pk=worry, handled_on__isnull=True)
    if open_one.update(handled_on=today(), handled_by=request.user.get_username()):
        journal(
            actor=request.user.get_username(), action="aripa.worry.handled", subject=SUBJECT + found.case_id,
            detail={"worry": worry}, at=moment_on(today()),
        )  # fmt: skip
        messages.success(request, "Ce point est traité.")
    else:
        messages.info(request, "Ce point était déjà traité : rien n’a été fait deux fois.")
    return redirect("aripa:case", case_no=found.case_id)
