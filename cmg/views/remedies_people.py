"""The hotline's reports and the social emergency board: a family found, its words taken in, an owner and a date."""

from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from cmg import selectors as families
from cmg.family.control import control_family
from cmg.models import BoardCase, BoardSession
from cmg.models.remedies import Channel, Symptom
from cmg.remedies import board, reports, selectors
from cmg.remedies.limits import RemedyRefused
from cmg.rules.priority import Hardship, priority_score
from cmg.searching import search_families
from cmg.views.access import AGENTS, HEALERS, for_roles, moment_on, today
from cmg.views.remedies import _month_of, account_or_404, form_key, listed, may_heal
from cmg.views.remedies_acts import cents_of, count_of, words_of
from cmg.views.remedies_shown import line_of
from portal.frame.filters import clean

BY_AGENTS = [(Channel.PHONE, "au téléphone"), (Channel.COUNTER, "à l’accueil"), (Channel.MAIL, "par courrier")]


@require_GET
@for_roles(AGENTS)
def report_list(request: HttpRequest) -> HttpResponse:
    """Reports to answer, by the day promised; and the search that opens a new one."""
    return listed(
        request,
        "reports",
        "cmg/remedies/reports.html",
        page="cmg:reports",
        export="cmg:export_reports",
        **_search(request),
    )


@require_GET
@for_roles(AGENTS)
def board_list(request: HttpRequest) -> HttpResponse:
    """The order of the next session with its reasons, then every request."""
    funds = families.funds_of(request.user, today())
    session = BoardSession.objects.filter(held_on__gte=today(), closed_on__isnull=True).order_by("held_on").first()
    cases = list(session.cases.filter(state="SCHEDULED").select_related("session")[:200]) if session else []
    seen = [case for case in cases if funds is None or case.fund in funds]
    order = sorted(seen, key=lambda case: (-priority_score(board.hardship_of(case)), case.referred_on, case.pk))
    lines = [line_of("board", case) for case in order]
    more = {"session": session, "order": lines, "order_names": families.names_of([line.employer_no for line in lines])}
    return listed(
        request,
        "board",
        "cmg/remedies/board.html",
        page="cmg:board",
        export="cmg:export_board",
        **more,
        **_search(request),
    )


def _search(request: HttpRequest) -> dict[str, object]:
    """Families found for a new report or a new request."""
    text = clean(request.GET.get("famille", ""))
    return {"searched": text, "found": search_families(text, request.user, today())[:20] if text else []}


@for_roles(HEALERS)
def new_report(request: HttpRequest, employer_no: str) -> HttpResponse:
    """Take in what a family says on the phone; a disagreement nobody knows is looked for at once."""
    account, refusal = account_or_404(request, employer_no), ""
    if request.method == "POST":
        try:
            return _take_in(request, employer_no)
        except RemedyRefused as refused:
            refusal = str(refused)
    context = {
        "account": account, "refusal": refusal, "typed": request.POST, "months": selectors.declared_months(employer_no),
        "symptoms": Symptom.choices, "channels": BY_AGENTS, "key": request.POST.get("key") or uuid4(),
        "chosen": request.POST.getlist("month"),
    }  # fmt: skip
    return render(request, "cmg/remedies/new_report.html", context, status=422 if refusal else 200)


def _take_in(request: HttpRequest, employer_no: str) -> HttpResponse:
    symptom, channel = request.POST.get("symptom", ""), request.POST.get("channel", "")
    if symptom not in Symptom.values or channel not in dict(BY_AGENTS):
        raise RemedyRefused("Dites ce qui se passe, et comment la famille nous l’a dit.")
    by, at = request.user.get_username(), moment_on(today())
    told = reports.open_report(
        form_key=form_key(request.POST.get("key", "")), employer_no=employer_no, channel=Channel(channel),
        symptom=Symptom(symptom), months=[_month_of(text) for text in request.POST.getlist("month")],
        words=request.POST.get("words", "").replace("\x00", "").strip(), by=by, at=at,
    )  # fmt: skip
    report = told.report
    if told.again:
        messages.info(request, f"Signalement {report.number} déjà reçu : rien n’a été fait deux fois.")
    else:
        if report.state == "NEW_ANOMALY":
            control_family(report_pk=report.pk, on=today(), by=by)
        stops = " Le prélèvement du mois ne part pas." if report.stops_debit else ""
        messages.success(
            request, f"Signalement {report.number}, première réponse avant le {report.first_answer_by:%d/%m/%Y}.{stops}"
        )
    return redirect("cmg:report", pk=report.pk)


@for_roles(HEALERS)
def new_board_case(request: HttpRequest, employer_no: str) -> HttpResponse:
    """Refer a family to the board; one open request at a time."""
    account, refusal = account_or_404(request, employer_no), ""
    if request.method == "POST":
        known = BoardCase.objects.filter(
            employer_no=employer_no, state__in=("REFERRED", "COMPLETE", "SCHEDULED", "GRANTED")
        ).first()
        if known is not None:
            messages.info(request, "Une demande est déjà en cours pour cette famille : la voici.")
            return redirect("cmg:board_case", pk=known.pk)
        try:
            case = _refer(request, employer_no, account.fund or "")
        except RemedyRefused as refused:
            refusal = str(refused)
        else:
            messages.success(request, "Demande transmise à la commission d’urgence sociale.")
            return redirect("cmg:board_case", pk=case.pk)
    context = {"account": account, "refusal": refusal, "typed": request.POST}
    return render(request, "cmg/remedies/new_board_case.html", context, status=422 if refusal else 200)


def _refer(request: HttpRequest, employer_no: str, fund: str) -> BoardCase:
    if not may_heal(request):
        raise Http404
    sent = request.POST
    months = count_of(sent.get("months_unpaid", ""))
    if months > 120:
        raise RemedyRefused("Le nombre de mois sans versement ne peut pas dépasser 120.")
    hardship = Hardship(
        months, cents_of(sent.get("missing", "")), cents_of(sent.get("net_pay", "")), bool(sent.get("banking_incident")),
        bool(sent.get("pay_threatened")),
    )  # fmt: skip
    return board.refer_family(
        employer_no=employer_no, fund=fund, words=words_of(sent.get("words", "")), hardship=hardship,
        by=request.user.get_username(), on=today(),
    )  # fmt: skip
