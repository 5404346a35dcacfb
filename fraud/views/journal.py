"""The journal read again: what was drawn, what is thought of it, alarms, questions; no family is ever named here."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cmg.selectors import full_names
from fraud.journal import reviewing
from fraud.journal.reads import looks_of
from fraud.journal.reviewing import Reviewer, ReviewRefused, managers_of
from fraud.journal.sampling import SampleTooEarly, draw_sample
from fraud.journal.selectors import last_seal, lines_shown, open_alarms, progress_of, questions_waiting, told
from fraud.journal.sensitive import end_file, enter_file
from fraud.models import JournalSample, LineVerdict, LookQuestion, ReadingAlarm, SampledLine, SampleWhy, SensitiveFile
from portal.accounts.models import Role
from portal.accounts.permissions import for_national, for_roles, moment_on, today
from portal.accounts.rights import Right, holders
from portal.audit.persons import index_of
from portal.frame.filters import Field, filter_bar
from portal.frame.forms import form_key
from portal.frame.paging import count_up_to, page_of
from portal.frame.private import in_private
from portal.frame.templatetags.portal import month_name

# An auditor reads: what is thought of a look, and whose name is shown, is data protection's alone.
JUDGES = frozenset({Role.DATA_PROTECTION})
READ, MANAGERS = holders(Right.SAMPLE_JOURNAL), frozenset({Role.SUPERVISOR})
SHOWN_MOST = 12


def _judges(request: HttpRequest) -> bool:
    return bool(JUDGES & set(request.portal_roles))  # type: ignore[attr-defined]


def _acts(request: HttpRequest) -> UUID:
    """The key of a form that somebody who judges sent; anybody else's is « page introuvable »."""
    if not _judges(request):
        raise Http404
    return form_key(request)


def _reviewer(request: HttpRequest) -> Reviewer:
    assert request.user.pk is not None
    return Reviewer(request.user.pk, today(), moment_on(today()))


@require_GET
@for_roles(READ)
@for_national(Right.SAMPLE_JOURNAL)
def journal(request: HttpRequest) -> HttpResponse:
    """Where the reading is: alarms first, then the months, the questions that wait, the seals."""
    samples = list(JournalSample.objects.order_by("-month")[:SHOWN_MOST])
    month = (today().replace(day=1) - timedelta(days=1)).replace(day=1)
    context = {
        "progress": progress_of(samples), "alarms": list(open_alarms()[:50]), "may_judge": _judges(request), "today": today(),
        "month": month,
        "is_drawn": any(one.month == month for one in samples), "seal": last_seal(),
        "handled": ReadingAlarm.objects.exclude(handled_by=None).select_related("user", "handled_by").order_by("-pk")[:SHOWN_MOST],
        "questions": list(questions_waiting()[:50]), "key": str(uuid4()),
    }  # fmt: skip
    return render(request, "fraud/journal.html", context)


@require_POST
@for_roles(JUDGES)
def draw(request: HttpRequest) -> HttpResponse:
    """Draw the month that is over; drawn already, it is opened."""
    form_key(request)
    day = today()
    month = (day.replace(day=1) - timedelta(days=1)).replace(day=1)
    try:
        draw_sample(month=month, by=request.user.get_username(), on=day, at=moment_on(day))
    except SampleTooEarly as early:
        messages.error(request, str(early))
        return redirect("fraud:journal")
    return redirect("fraud:journal_month", month=f"{month:%Y-%m}")


@require_GET
@for_roles(READ)
@for_national(Right.SAMPLE_JOURNAL)
def month(request: HttpRequest, month: str) -> HttpResponse:
    """The lines of a month, those that nobody has judged first among the choices."""
    sample = _sample(month)
    fields = [
        Field("verdict", "Avis", [("WAITING", "À relire"), *LineVerdict.choices]),
        Field("why", "Raison de la relire", list(SampleWhy.choices), is_feminine=True),
    ]
    bar = filter_bar("fraud:journal_month", request.user, request.GET, fields)  # type: ignore[arg-type]
    rows = sample.lines.select_related("entry", "reviewed_by")
    if bar.values["verdict"]:
        rows = rows.filter(verdict="" if bar.values["verdict"] == "WAITING" else bar.values["verdict"])
    if bar.values["why"]:
        rows = rows.filter(why=bar.values["why"])
    page = page_of(rows, request.GET.dict())
    context = {
        "sample": sample, "progress": progress_of([sample])[0], "bar": bar, "page": page, "lines": lines_shown(page.rows),
        "total": count_up_to(rows), "name": month_name(sample.month), "names": full_names([one.actor for one in page.rows]),
        "next": sample.lines.filter(verdict="").exclude(actor=request.user.get_username()).order_by("pk").first(),
    }  # fmt: skip
    return render(request, "fraud/journal_month.html", context)


def _sample(month: str) -> JournalSample:
    try:
        return JournalSample.objects.get(month=date.fromisoformat(f"{month}-01"))
    except (ValueError, JournalSample.DoesNotExist) as unknown:
        raise Http404 from unknown


def _line(pk: int) -> SampledLine:
    found = SampledLine.objects.select_related("entry", "sample", "reviewed_by").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@in_private
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(READ)
@for_national(Right.SAMPLE_JOURNAL)
def line(request: HttpRequest, pk: int) -> HttpResponse:
    """One look: who, when, from where, about whom (an index), what, why; then what is thought of it."""
    found, problem, name = _line(pk), "", ""
    if request.method == "POST":
        key, deed = _acts(request), request.POST.get("deed", "")
        try:
            if deed == "reveal":
                name = reviewing.reveal(line_pk=found.pk, why=_typed(request, "why"), by=_reviewer(request))
            else:
                messages.success(request, _deed(request, deed, key, line_pk=found.pk))
                return redirect(_after(found) if deed == "judge" else request.path)
        except ReviewRefused as refused:
            problem = str(refused)
    found = _line(pk)
    context = {
        "line": found, "told": told(found.entry), "problem": problem, "name": name, "key": str(uuid4()),
        "verdicts": LineVerdict.choices, "managers": managers_of(found.actor, today()), "today": today(),
        "questions": found.questions.select_related("manager", "asked_by").order_by("pk"), "typed": request.POST,
        "is_own": found.actor == request.user.get_username(), "may_judge": _judges(request),
        "is_open": found.verdict not in (LineVerdict.NORMAL, LineVerdict.UNJUSTIFIED), "month": month_name(found.sample.month),
    }  # fmt: skip
    return render(request, "fraud/journal_line.html", context, status=422 if problem else 200)


def _typed(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "")


def _key(text: str) -> int:
    """A key chosen in a list; zero, that no row has, for anything else."""
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _after(found: SampledLine) -> str:
    """The next line to read, or the month when none is left."""
    left = found.sample.lines.filter(verdict="", pk__gt=found.pk).order_by("pk").first()
    if left is not None:
        return reverse("fraud:journal_line", args=[left.pk])
    return reverse("fraud:journal_month", args=[f"{found.sample.month:%Y-%m}"])


def _deed(request: HttpRequest, deed: str, key: UUID, **about: int) -> str:
    """Judge a line, handle an alarm, or ask; the sentence of what was done. Raises ReviewRefused."""
    by = _reviewer(request)
    if deed == "ask":
        made, again = reviewing.ask_manager(
            manager_pk=_key(_typed(request, "manager")), question=_typed(request, "question"), key=key, by=by,
            line_pk=about.get("line_pk"), alarm_pk=about.get("alarm_pk"),
        )  # fmt: skip
        return "La question était déjà posée." if again else f"La question est posée à {made.manager.full_name}."
    judge: Callable[..., object] = reviewing.judge_line if "line_pk" in about else reviewing.handle_alarm
    judge(verdict=_typed(request, "verdict"), note=_typed(request, "note"), by=by, **about)
    return "L’avis est inscrit."


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(READ)
@for_national(Right.SAMPLE_JOURNAL)
def alarm(request: HttpRequest, pk: int) -> HttpResponse:
    """One alarm: how many files, hour by hour, beside the limit; then what it was."""
    found, problem = _alarm(pk), ""
    if request.method == "POST":
        key = _acts(request)
        try:
            messages.success(request, _deed(request, request.POST.get("deed", ""), key, alarm_pk=found.pk))
            return redirect("fraud:journal_alarm", pk=found.pk)
        except ReviewRefused as refused:
            problem = str(refused)
    found = _alarm(pk)
    looks = looks_of(found.day, [found.user_id])[found.user_id]
    context = {
        "alarm": found, "problem": problem, "key": str(uuid4()), "verdicts": LineVerdict.choices, "today": today(),
        "hours": _by_hour(looks), "total": len({subject for _at, subject in looks}), "typed": request.POST,
        "managers": managers_of(found.user.username, today()), "is_own": found.user_id == request.user.pk, "may_judge": _judges(request),
        "questions": found.questions.select_related("manager", "asked_by").order_by("pk"),
    }  # fmt: skip
    return render(request, "fraud/journal_alarm.html", context, status=422 if problem else 200)


def _alarm(pk: int) -> ReadingAlarm:
    found = ReadingAlarm.objects.select_related("user", "handled_by").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _by_hour(looks: list[tuple[Any, str]]) -> list[tuple[int, int, int]]:
    """Hour of Paris, looks, different files."""
    hours: dict[int, list[str]] = {}
    for at, subject in looks:
        hours.setdefault(timezone.localtime(at).hour, []).append(subject)
    return [(hour, len(found), len(set(found))) for hour, found in sorted(hours.items())]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(MANAGERS)
def question(request: HttpRequest, pk: int) -> HttpResponse:
    """A manager reads what is asked of them, about whom of their team, and answers once."""
    asked = LookQuestion.objects.select_related("line__entry", "alarm__user", "asked_by")
    found = asked.filter(pk=pk, manager_id=request.user.pk).first()
    if found is None:
        raise Http404
    problem = ""
    if request.method == "POST":
        form_key(request)
        try:
            reviewing.answer_question(question_pk=found.pk, answer=_typed(request, "answer"), by=_reviewer(request))
            messages.success(request, "La réponse est transmise à la protection des données.")
            return redirect("fraud:journal_question", pk=found.pk)
        except ReviewRefused as refused:
            problem = str(refused)
    context = {
        "one": found, "told": told(found.line.entry) if found.line else None, "problem": problem, "key": str(uuid4()),
        "today": today(), "answer": _typed(request, "answer"),
    }  # fmt: skip
    return render(request, "fraud/journal_question.html", context, status=422 if problem else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(READ)
@for_national(Right.SAMPLE_JOURNAL)
def sensitive(request: HttpRequest) -> HttpResponse:
    """The files of which every look-up is read again: by their index, once entered."""
    problem = ""
    if request.method == "POST":
        _acts(request)
        try:
            messages.success(request, _change_sensitive(request))
            return redirect("fraud:journal_sensitive")
        except ReviewRefused as refused:
            problem = str(refused)
    rows = SensitiveFile.objects.select_related("entered_by").order_by("until", "-pk")[:200]
    context = {
        "files": [(one, index_of(one.subject)) for one in rows], "problem": problem, "key": str(uuid4()), "typed": request.POST,
        "today": today(), "may_judge": _judges(request),
    }  # fmt: skip
    return render(request, "fraud/journal_sensitive.html", context, status=422 if problem else 200)


def _change_sensitive(request: HttpRequest) -> str:
    """Enter a file, or take one out from today on. Raises ReviewRefused."""
    by, ended = _reviewer(request), _typed(request, "end")
    if ended:
        end_file(file_pk=_key(ended), by=by)
        return "Ce dossier n’est plus relu d’office."
    enter_file(subject=_typed(request, "subject"), reason=_typed(request, "reason"), by=by)
    return "Toute consultation de ce dossier sera relue."
