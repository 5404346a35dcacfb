"""The address by which a family follows its request: who answers by when, times to choose, and how to change its mind."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from monenfant.appointments.answering import ChangedMeanwhile, TimeTaken, ask_others, cancel, fix, word_of
from monenfant.appointments.asking import Contact, contact_of
from monenfant.appointments.calendars import address_of, family_calendar
from monenfant.appointments.links import find_request, follow_address
from monenfant.appointments.routing import desk_of, holder_name, why
from monenfant.models import AppointmentRequest, AppointmentState
from portal.accounts.permissions import moment_on, today
from portal.casework.moves import MoveNotAllowed
from portal.frame.private import in_private
from portal.frame.questions import typed_text
from portal.organisations.communes import commune_of

View = Callable[..., HttpResponse]
CHANGED = "Cette page avait changé entre-temps. Rien n’a été enregistré : voici où en est votre demande."
TAKEN_BY_OTHERS = (
    "Cet horaire vient d’être pris par une autre famille. Choisissez-en un autre, ou demandez-en d’autres."
)


def of_family(view: View) -> View:
    """The request that the address opens; an address that opens nothing is no page."""

    @wraps(view)
    def answered(request: HttpRequest, token: str) -> HttpResponse:
        found = find_request(token)
        if found is None:
            raise Http404
        return view(request, found)

    return in_private(answered)


@of_family
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest, found: AppointmentRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, found)
    try:
        said = _act(request, found)
    except (ChangedMeanwhile, TimeTaken, MoveNotAllowed) as refused:
        found.refresh_from_db()
        return _page(request, found, problem=_words(refused), status=409)
    if not said:
        return _page(request, found, problem="Choisissez un des horaires.", status=422)
    messages.success(request, said)
    return redirect(request.path)


def _words(refused: Exception) -> str:
    """Why nothing was done, for the family."""
    if isinstance(refused, MoveNotAllowed):
        return f"{refused} Rien n’a été changé."
    return TAKEN_BY_OTHERS if isinstance(refused, TimeTaken) else CHANGED


def _act(request: HttpRequest, found: AppointmentRequest) -> str:
    """What was done, in a sentence; nothing when no time was chosen. Raises what the operations raise."""
    action, at = request.POST.get("action"), moment_on(today())
    if action == "choose":
        if not (time := request.POST.get("time", "")).isdecimal() or len(time) > 18:
            return ""
        fix(request_pk=found.pk, time_pk=int(time), by=None, at=at)
        return "C’est noté : votre rendez-vous est fixé."
    round_ = request.POST.get("round", "")
    seen = int(round_) if round_.isdecimal() and len(round_) < 5 else -1
    if action == "others":
        ask_others(request_pk=found.pk, seen_round=seen, words=typed_text(request.POST.get("words", "")), at=at)
        return "C’est envoyé : d’autres horaires sont demandés."
    if action == "cancel":
        cancel(request_pk=found.pk, seen_round=seen, by=None, words="", at=at)
        return "C’est annulé. Vous n’avez rien d’autre à faire."
    raise Http404


def _page(request: HttpRequest, found: AppointmentRequest, problem: str = "", status: int = 200) -> HttpResponse:
    desk, at, contact = desk_of(found.desk_no), moment_on(today()), contact_of(found)
    is_over = found.starts_at is not None and found.starts_at <= at
    context = {
        "found": found, "desk": desk, "who": holder_name(found, desk), "commune": commune_of(found.insee_code),
        "why": why(found.route, commune_of(found.insee_code)), "today": today(), "problem": problem,
        "times": found.times.filter(round=found.round, starts_at__gt=at).order_by("position"),
        "place": address_of(found, desk), "is_over": is_over, "moves": found.moves.select_related("user").order_by("pk"),
        "is_late": found.state == AppointmentState.NEW and found.due_on < today(),
        "told_to": _masked(contact.email), "word": word_of(found), "is_received": "recu" in request.GET or "encore" in request.GET,
        "again": "encore" in request.GET, "steps": _steps(found, holder_name(found, desk), contact),
        "link": follow_address(found),
    }  # fmt: skip
    return render(request, "monenfant/appointment_follow.html", context, status=status)


def _steps(found: AppointmentRequest, who: str, contact: Contact) -> list[dict[str, object]]:
    reminder = "La veille, un courriel vous rappelle le rendez-vous."
    return [
        {"text": f"{who} lit votre demande et vous propose des horaires.", "done": found.round > 0},
        {"text": "Vous en choisissez un sur cette page, ou par téléphone.", "done": found.starts_at is not None},
        {
            "text": reminder
            if contact.email
            else "Notez bien le jour : aucun rappel ne part sans adresse électronique.",
            "done": False,
        },
    ]


def _masked(email: str) -> str:
    """``l…@exemple.fr``: enough to know one's own address."""
    name, _, host = email.partition("@")
    return f"{name[:1]}…@{host}" if email else ""


@of_family
@require_GET
def calendar(request: HttpRequest, found: AppointmentRequest) -> HttpResponse:
    """The appointment as a calendar file; not there before a time was ever fixed."""
    if found.starts_at is None:
        raise Http404
    desk = desk_of(found.desk_no)
    content = family_calendar(found, desk, holder_name(found, desk))
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="rendez-vous.ics"'
    return response
