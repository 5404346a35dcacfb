"""Joint requests of parents at the fund: the list, one request with its checks, papers, the decision of the delegate."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from aripa.agreements import deciding, selectors
from aripa.agreements.letters import FUND, letter_to
from aripa.agreements.papers import PAPERS, given_by
from aripa.agreements.progress import TONES
from aripa.agreements.reference import reference_of
from aripa.agreements.seats import Seat, seats_of
from aripa.agreements.text import digest_of, lines_of
from aripa.models import Agreement, Case
from aripa.own.entering import NotPossible
from aripa.rules.figures import number_on
from aripa.views.access import AGENTS, CASEWORKERS, READERS, SIGNATORIES, for_roles, moment_on, today
from portal.accounts import sessions
from portal.accounts.permissions import may
from portal.accounts.rights import Right
from portal.accounts.views.doors import leads_to_providers
from portal.audit.operations import journal
from portal.casework.models import Attachment
from portal.casework.papers import content_of
from portal.casework.presence import note_presence
from portal.frame.forms import form_key
from portal.frame.paging import count_up_to, page_of
from portal.frame.templatetags.portal import plural
from portal.letters.answers import as_pdf
from portal.organisations.serving import name_on

ORDER = ("answer_by", "pk")
PARTIES = (("CREDITOR", "Parent qui reçoit"), ("DEBTOR", "Parent qui paie"))
NOT_FRESH = "Votre second facteur date de plus de quelques minutes : confirmez que c’est vous, puis signez."


def get_agreement(request: HttpRequest, pk: int) -> Agreement:
    """A request that a fund of the person's has received, or « page introuvable »."""
    found = selectors.visible(request.user, today()).filter(pk=pk).first()  # type: ignore[arg-type]
    if found is None:
        raise Http404
    return found


@never_cache
@require_GET
@for_roles(READERS)
def agreements(request: HttpRequest) -> HttpResponse:
    """What waits, the nearest end of four months first; or what was decided."""
    which = request.GET.get("liste", "")
    select = selectors.decided if which == "decidees" else selectors.at_fund
    found = select(request.user, today())  # type: ignore[arg-type]
    page = page_of(found, request.GET.dict(), order=ORDER)
    lines = [(one, TONES.get(one.state, ""), _state_of_work(one)) for one in page.rows]  # type: ignore[call-overload]
    context = {
        "page": page, "lines": lines, "total": count_up_to(found), "is_decided": which == "decidees", "today": today(),
        "may_bank": may(request.user, Right.FETCH_SUPPORT_FILES, today()),  # type: ignore[arg-type]
    }  # fmt: skip
    return render(request, "aripa/agreements.html", context)


def _state_of_work(one: Any) -> str:
    """What is done of the checks, in words."""
    if one.decided_on:
        return one.decided_by.full_name if one.decided_by else "par le silence de la caisse"
    left = len(deciding.ITEMS) - len(one.checks)
    return (
        "pièces demandées"
        if one.waits
        else "à signer ou refuser"
        if not left
        else f"{left} {plural('point,points', left)} à vérifier"
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(READERS)
def agreement(request: HttpRequest, pk: int) -> HttpResponse:
    """One request: the text, the threshold of the day, the papers, the points to verify. Opening it is journaled."""
    found = get_agreement(request, pk)
    if request.method == "POST":
        return _check(request, found)
    journal(actor=request.user.get_username(), action=f"{Agreement.SUBJECT}.read", subject=f"{Agreement.SUBJECT}:{pk}")
    return render(request, "aripa/agreement.html", _context(request, found))


def _check(request: HttpRequest, found: Agreement) -> HttpResponse:
    if not CASEWORKERS & set(request.portal_roles):  # type: ignore[attr-defined]
        raise Http404
    try:
        deciding.check(
            agreement_pk=found.pk, verdicts=request.POST, by=request.user, at=moment_on(today())  # type: ignore[arg-type]
        )  # fmt: skip
        messages.success(request, "Vos vérifications sont enregistrées.")
    except NotPossible as refused:
        messages.error(request, str(refused))
    return redirect("aripa:agreement", pk=found.pk)


def _context(request: HttpRequest, found: Agreement) -> dict[str, object]:
    day, roles = today(), set(request.portal_roles)  # type: ignore[attr-defined]
    held_back = deciding.is_held_back(found, day)
    present = note_presence(subject=f"{Agreement.SUBJECT}:{found.pk}", user=request.user, at=timezone.now())  # type: ignore[arg-type]
    return {
        "one": found, "tone": TONES.get(found.state, ""), "today": day, "fund": name_on(found.fund, day),  # type: ignore[call-overload]
        "lines": lines_of(found.shared), "digest": digest_of(found), "reference": reference_of(found.shared, day),
        "held_back": held_back, "known_title": deciding.known_title(found, day),
        "seats": [(seat, _papers(seat), _home(seat, held_back)) for seat in seats_of(found)],
        "signatures": found.signatures.filter(voided_at__isnull=True).select_related("user").order_by("signed_at"),
        "items": [(name, label, article, found.checks.get(name, "")) for name, (label, article) in deciding.ITEMS.items()],
        "asks": [(ask, _party(found, ask.of_id)) for ask in found.asks.select_related("asked_by").order_by("-pk")[:20]],
        "parties": PARTIES, "key": uuid4(), "wanted_by": _wanted_by(found, day), "present": present,
        "may_check": bool(CASEWORKERS & roles) and found.state == "FILED",
        "may_sign": bool(SIGNATORIES & roles) and found.state == "FILED",
        "hindrances": deciding.hindrances(found, day) if found.state == "FILED" else [],
        "may_open_case": bool(AGENTS & roles) and Case.objects.filter(pk=found.case_no).exists(),
        "has_original": letter_to(found, FUND) is not None,
    }  # fmt: skip


def _papers(seat: Seat) -> list[tuple[str, list[Attachment]]]:
    return [(PAPERS.get(kind, kind), papers) for kind, papers in given_by(seat).items()]


def _home(seat: Seat, held_back: bool) -> str:  # noqa: FBT001
    """Where a parent lives, which makes the fund competent; nothing of it once one of them is protected."""
    own = seat.own
    return "" if held_back else f"{own.get('address', '')}, {own.get('postcode', '')} {own.get('city', '')}"


def _party(found: Agreement, user_pk: int) -> str:
    seat = next(one for one in seats_of(found) if one.user.pk == user_pk)
    return dict(PARTIES)[seat.party]


def _wanted_by(found: Agreement, day: date) -> date:
    """The day proposed for papers: some days, never past the four months."""
    wanted = day + timedelta(days=number_on("choice.agreement_papers_days", day))
    return min(wanted, found.answer_by) if found.answer_by else wanted


@require_POST
@for_roles(CASEWORKERS)
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask one parent for papers, with a day."""
    found = get_agreement(request, pk)
    try:
        wanted_by = date.fromisoformat(request.POST.get("wanted_by", ""))
    except ValueError:
        wanted_by = date.min
    try:
        deciding.ask_papers(
            agreement_pk=pk, key=form_key(request), party=request.POST.get("party", ""), text=request.POST.get("text", ""),
            wanted_by=wanted_by, by=request.user, at=moment_on(today()), on=today(),  # type: ignore[arg-type]
        )  # fmt: skip
        messages.success(request, "La demande de pièces est partie : ce parent la lit dans son espace.")
    except NotPossible as refused:
        messages.error(request, str(refused))
    return redirect("aripa:agreement", pk=found.pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(SIGNATORIES)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign the title or refuse, with a fresh second factor; by somebody else than who verified the papers."""
    found, problem = get_agreement(request, pk), ""
    if request.method == "POST":
        try:
            return _decide(request, found)
        except NotPossible as refused:
            problem = str(refused)
    context = _context(request, found) | {
        "problem": problem, "fresh": sessions.is_factor_fresh(request), "here": request.path,
        "is_checker": found.checked_by_id == request.user.pk, "reason": request.POST.get("reason", "")[:500],
    }  # fmt: skip
    return leads_to_providers(render(request, "aripa/agreement_decide.html", context, status=422 if problem else 200))


def _decide(request: HttpRequest, found: Agreement) -> HttpResponse:
    if found.decided_by_id == request.user.pk:
        messages.info(request, "C’est déjà décidé par vous : rien n’a été fait deux fois.")
        return redirect("aripa:agreement", pk=found.pk)
    if not sessions.is_factor_fresh(request):
        raise NotPossible(NOT_FRESH)
    who = {"agreement_pk": found.pk, "by": request.user, "on": today(), "at": moment_on(today())}
    if request.POST.get("decision") == "accept":
        deciding.accept(**who)  # type: ignore[arg-type]
        messages.success(
            request, "Le titre est signé. Il est exécutoire aujourd’hui ; chaque parent reçoit son original."
        )
    else:
        deciding.refuse(**who, reason=request.POST.get("reason", ""))  # type: ignore[arg-type]
        messages.success(request, "Le refus est enregistré. Chaque parent en lit la raison.")
    return redirect("aripa:agreement", pk=found.pk)


@require_GET
@for_roles(READERS)
def original(request: HttpRequest, pk: int) -> HttpResponse:
    """The fund's original of the title."""
    letter = letter_to(get_agreement(request, pk), FUND)
    if letter is None:
        raise Http404
    return as_pdf(letter, name="titre")


@never_cache
@require_GET
@for_roles(READERS)
def paper(request: HttpRequest, pk: int, paper: int) -> HttpResponse:
    """One paper of one parent; opening it is journaled."""
    found = get_agreement(request, pk)
    subjects = [seat.subject for seat in seats_of(found)]
    one = Attachment.objects.filter(pk=paper, subject__in=subjects).first()
    if one is None or deciding.is_held_back(found, today()):
        raise Http404
    journal(
        actor=request.user.get_username(), action=f"{Agreement.SUBJECT}.paper_read", subject=f"{Agreement.SUBJECT}:{pk}",
        detail={"paper": paper},
    )  # fmt: skip
    answer = HttpResponse(content_of(one), content_type=one.content_type)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(one.name)}"
    return answer
