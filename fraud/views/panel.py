"""The panel that qualifies: the facts, what the person answered, the proofs; each member's own view."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from fraud.cases import selectors
from fraud.cases.acting import Act, ActRefused, AlreadyDone
from fraud.cases.qualifying import give_view, is_investigator
from fraud.guarding import refuse_linked
from fraud.models import CaseReply, Qualification, QualificationOutcome
from fraud.signals.people import linked_subjects
from fraud.views.case_common import Field, closed_to_linked, listed, read_fields
from portal.accounts.permissions import for_roles, moment_on, today
from portal.accounts.rights import Right, holders
from portal.audit.operations import journal
from portal.frame.forms import form_key, key_of
from portal.frame.paging import count_up_to, page_of
from portal.people.vault import decrypt

SIT = holders(Right.QUALIFY_FRAUD)
DONE_SHOWN = 10


@require_GET
@for_roles(SIT)
def panel(request: HttpRequest) -> HttpResponse:
    """What the panel is asked, the first asked first; what it said lately."""
    day = today()
    closed = linked_subjects(request.user, day)  # type: ignore[arg-type]
    found = selectors.panels(request.user, day).exclude(case__subject__in=closed)  # type: ignore[arg-type]
    waiting = found.filter(outcome="")
    page = page_of(waiting, request.GET.dict())
    said = set(
        Qualification.objects.filter(pk__in=[one.pk for one in page.rows], seats__member=request.user).values_list(
            "pk", flat=True
        )
    )
    done = found.exclude(outcome="").order_by("-decided_on", "-pk")[:DONE_SHOWN]
    context = {"page": page, "total": count_up_to(waiting), "said": said, "done": done}
    return render(request, "fraud/panel.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(SIT)
@closed_to_linked
def panel_case(request: HttpRequest, qualification: int) -> HttpResponse:
    """One question, everything that bears on it, and one's own view. Another member's view is read after giving one's own."""
    found = selectors.panels(request.user, today()).filter(pk=qualification).first()  # type: ignore[arg-type]
    if found is None:
        raise Http404
    refuse_linked(user=request.user, day=today(), action="control.panel_read", subject=found.case.subject)  # type: ignore[arg-type]
    fields, refused = _fields(), ""
    if request.method == "POST":
        key = form_key(request)
        fields, values = read_fields(request, fields)
        if not listed(fields):
            act = Act(request.user.pk, today(), moment_on(today()), key)
            try:
                give_view(qualification_pk=found.pk, outcome=values["outcome"], reason=values["reason"], act=act)
            except AlreadyDone as done:
                messages.info(request, str(done))
                return redirect("fraud:panel_case", qualification=found.pk)
            except ActRefused as error:
                refused = str(error)
            else:
                messages.success(request, "Votre avis est enregistré.")
                return redirect("fraud:panel_case", qualification=found.pk)
    else:
        detail = {"case": found.case.number}
        journal(
            actor=request.user.get_username(), action="control.panel_read", subject=found.case.subject, detail=detail
        )
    return _page(request, found, fields, refused)


def _fields() -> list[Field]:
    return [
        Field("outcome", "Votre avis", "choice", choices=tuple(QualificationOutcome.choices)),
        Field("reason", "Pourquoi", "long", "Ce que vous écrivez est gardé au dossier."),
    ]


def _page(request: HttpRequest, found: Qualification, fields: list[Field], refused: str) -> HttpResponse:
    own, errors = found.seats.filter(member=request.user).first(), listed(fields)
    shown = found.seats.select_related("member").order_by("pk")
    context = {
        "asked": found, "one": found.case, "fields": fields, "errors": errors, "refused": refused, "key": key_of(request),
        "own": own, "seats": shown if own or found.outcome else (), "given": found.seats.count(),
        "may_sit": not found.outcome and own is None and not is_investigator(request.user, found.case),  # type: ignore[arg-type]
        "findings": found.case.findings.order_by("since", "pk"), "intent": found.intent.select_related("item").order_by("pk"),
        "replies": [(reply, text_of(reply)) for reply in found.case.replies.order_by("pk")],
        "obtained": found.case.obtained.order_by("pk"), "evidence": found.case.evidence.defer("content").order_by("pk"),
    }  # fmt: skip
    return render(request, "fraud/panel_case.html", context, status=422 if errors or refused else 200)


def text_of(reply: CaseReply) -> str:
    """What the person said; empty once the case forgot."""
    return decrypt(reply.text).decode() if reply.text else ""
