"""A family asks and follows: a report, an advance, a refund, the emergency board, a sum said to be paid in excess."""

from datetime import date
from uuid import UUID, uuid4

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from cmg import tasks
from cmg.family.household import Household, moment_on
from cmg.family.months import NOT_DECLARED, OwnMonth, own_months
from cmg.family.papers import about_report, keep_photo
from cmg.family.people import owner_of
from cmg.family.requests import Asked, NotYours, get_asked, list_asked, may_reopen, report_done
from cmg.models import Report
from cmg.models.remedies import Channel, Symptom
from cmg.remedies import reports
from cmg.remedies.limits import AnotherForm, RemedyRefused, count_on
from cmg.views.access import today
from cmg.views.own import own_family, page
from portal.casework.models import Attachment
from portal.casework.moves import MoveNotAllowed
from portal.casework.papers import PaperRefused, check_paper
from portal.casework.selectors import papers_about
from portal.frame.forms import form_key

WORDS_MOST = 2000


@own_family
def report(request: HttpRequest, home: Household) -> HttpResponse:
    """« Que se passe-t-il ? » : one question, her words, a photo; the same form again shows the first receipt."""
    months = [one for one in own_months(home, today()) if one.state != NOT_DECLARED]
    errors: list[dict[str, str]] = []
    if request.method == "POST":
        key = form_key(request)
        errors = _wrong_in(request, months)
        first = _first_of(request, home, key, is_read=not errors)
        if first is not None:
            return redirect(_receipt(first.number, again=True))
        if not errors:
            try:
                told = _open(request, home, key)
            except AnotherForm as foreign:
                raise Http404 from foreign
            return redirect(_receipt(told.report.number, again=told.again))
    return page(
        request, home, "cmg/family_space/report.html",
        {
            "symptoms": Symptom.choices, "months": months, "errors": errors, "key": request.POST.get("key") or uuid4(),
            "symptom": request.POST.get("symptom") or request.GET.get("symptome", ""),
            "chosen": request.POST.get("month") or request.GET.get("mois", ""), "words": request.POST.get("words", ""),
            "cutoff_hour": count_on("policy.report_cutoff_hour", today()),
        },
        status=422 if errors else 200,
    )  # fmt: skip


def _first_of(request: HttpRequest, home: Household, key: UUID, *, is_read: bool) -> Report | None:
    """The report this form gave already; or one, still open, that says the same: the page was loaded again in between."""
    own = Report.objects.filter(employer_no=home.employer_no)
    found = own.filter(form_key=key).first()
    if found is not None or not is_read or request.FILES:
        return found
    same = own.filter(
        state__in=reports.OPEN_REPORTS, symptom=request.POST["symptom"], words=_words(request),
        months=[_month_sent(request)],
    )  # fmt: skip
    return same.order_by("pk").first()


def _words(request: HttpRequest) -> str:
    return request.POST.get("words", "").replace("\x00", "").replace("\r\n", "\n").strip()


def _month_sent(request: HttpRequest) -> date:
    return date.fromisoformat(request.POST["month"] + "-01")


def _wrong_in(request: HttpRequest, months: list[OwnMonth]) -> list[dict[str, str]]:
    """Everything that is to be corrected, at once, each beside its field."""
    found = []
    if request.POST.get("symptom") not in Symptom.values:
        found.append({"column": "symptom", "label": "Que se passe-t-il ?", "message": "Choisissez ce qui se passe."})
    if request.POST.get("month") not in {f"{one.month:%Y-%m}" for one in months}:
        found.append({"column": "month", "label": "Pour quel mois ?", "message": "Choisissez le mois concerné."})
    if len(request.POST.get("words", "")) > WORDS_MOST:
        words = f"Votre texte dépasse {WORDS_MOST} signes : gardez l’essentiel, vous pourrez écrire ensuite."
        found.append({"column": "words", "label": "Vos mots", "message": words})
    photo = request.FILES.get("photo")
    if photo is not None:
        try:
            check_paper(photo.size, photo.read(16))
        except PaperRefused as refused:
            found.append({"column": "photo", "label": "Votre photo", "message": str(refused)})
    return found


def _open(request: HttpRequest, home: Household, key: UUID) -> reports.Told:
    """Take the report in with its paper; a family without a known disagreement is controlled at once."""
    at, by = moment_on(today()), request.user.get_username()
    photo = request.FILES.get("photo")
    with transaction.atomic():
        told = reports.open_report(
            form_key=key, employer_no=home.employer_no, channel=Channel.WEB, symptom=Symptom(request.POST["symptom"]),
            months=[_month_sent(request)], words=_words(request), by=by, at=at,
        )  # fmt: skip
        if photo is not None and not told.again:
            keep_photo(photo, subject=home.subject, about=about_report(told.report), by=by, at=at)
        if not told.again and not told.report.codes:
            # Lost with the broker, the control is taken up by the sweep: the report itself is never lost.
            pk = told.report.pk
            transaction.on_commit(lambda: tasks.control_family.delay(report_pk=pk), robust=True)
    return told


def _receipt(number: str, *, again: bool) -> str:
    return reverse("cmg:own_follow", args=[number]) + ("?deja=1" if again else "?recu=1")


@require_GET
@own_family
def follow_list(request: HttpRequest, home: Household) -> HttpResponse:
    """Everything the family asked for, the latest first."""
    owner = owner_of(home.subject, today())
    return page(request, home, "cmg/family_space/follow_list.html", {"asked": list_asked(home, owner), "owner": owner})


@require_GET
@own_family
def follow(request: HttpRequest, home: Household, number: str) -> HttpResponse:
    """One request: its receipt when it was just sent, what happens next, who, and its decision with its reason."""
    asked, owner = _asked(home, number)
    at = moment_on(today())
    is_report = isinstance(asked.row, Report)
    context = {
        "asked": asked, "owner": owner, "again": "deja" in request.GET, "new": "recu" in request.GET,
        "may_reopen": is_report and may_reopen(asked.row, at), "done": is_report and report_done(asked.row),
        "kind": type(asked.row).__name__, "papers": _papers(asked),
    }  # fmt: skip
    return page(request, home, "cmg/family_space/follow.html", context)


def _asked(home: Household, number: str) -> tuple[Asked, object]:
    owner = owner_of(home.subject, today())
    try:
        return get_asked(home, number, owner), owner
    except NotYours as unknown:
        raise Http404 from unknown


def _papers(asked: Asked) -> list[Attachment]:
    return papers_about(about_report(asked.row)) if isinstance(asked.row, Report) else []


@require_POST
@own_family
def reopen(request: HttpRequest, home: Household, number: str) -> HttpResponse:
    """The answer does not suit: the same number opens again."""
    asked, _owner = _asked(home, number)
    if not isinstance(asked.row, Report):
        raise Http404
    try:
        reports.reopen_report(report_pk=asked.row.pk, by=request.user.get_username(), at=moment_on(today()))
    except (RemedyRefused, MoveNotAllowed):
        messages.info(
            request, "Ce signalement est déjà ouvert, ou clos depuis plus de 30 jours. Rien n’a été fait deux fois."
        )
    else:
        messages.success(request, f"Le signalement {asked.number} est rouvert sous le même numéro.")
    return redirect("cmg:own_follow", number=number)
