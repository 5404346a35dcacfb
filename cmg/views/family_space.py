"""The team's side of a family's space: its messages, and what became of the e-mails sent to it."""

from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cmg import selectors
from cmg.family.household import moment_on
from cmg.family.messages import conversation, mark_read, notices_of
from cmg.models import Account
from cmg.selectors import SUBJECT
from cmg.views.access import AGENTS, for_roles, today
from portal.accounts.models import Role
from portal.audit.operations import journal
from portal.casework import selectors as dossiers
from portal.casework.operations import add_event
from portal.casework.papers import PaperRefused, send_message
from portal.frame.forms import form_key

# The desks answer families; officers and auditors read.
WRITERS = frozenset({Role.FUND_CASEWORKER, Role.PAJEMPLOI_CASEWORKER, Role.SUPERVISOR})


@for_roles(AGENTS)
def agent_messages(request: HttpRequest, employer_no: str) -> HttpResponse:
    """The conversation with one family, and the answer; opening it is journaled, and marks her messages as read."""
    try:
        account = selectors.get_account(employer_no, request.user, today())
    except Account.DoesNotExist as unknown:
        raise Http404 from unknown
    subject, at, problem = SUBJECT + employer_no, moment_on(today()), ""
    may_write = bool(WRITERS & set(request.portal_roles))  # type: ignore[attr-defined]
    if request.method == "POST" and not may_write:
        raise Http404
    if request.method == "POST":
        problem = _answer(request, subject)
        if not problem:
            return redirect("cmg:agent_messages", employer_no=employer_no)
    journal(actor=request.user.get_username(), action="cmg.messages.read", subject=subject, detail={})
    context = {
        "account": account, "conversation": conversation(subject), "notices": notices_of(subject), "problem": problem,
        "may_write": may_write,
        "text": request.POST.get("text", ""), "key": request.POST.get("key") or uuid4(),
    }  # fmt: skip
    answer = render(request, "cmg/family_space/agent_messages.html", context, status=422 if problem else 200)
    mark_read(subject, by_family=False, at=at)
    return answer


def _answer(request: HttpRequest, subject: str) -> str:
    """Send; or why not, in French."""
    dossier = dossiers.last_of(subject)
    by = request.user.get_username()
    try:
        sent = send_message(
            subject=subject, from_family=False, author=by, text=request.POST.get("text", ""),
            form_key=form_key(request), at=moment_on(today()), dossier=dossier,
        )  # fmt: skip
    except PaperRefused as refused:
        return str(refused)
    if sent.again:
        messages.info(request, "C’est déjà envoyé. Rien n’a été envoyé deux fois.")
        return ""
    if dossier is not None:
        add_event(
            dossier_pk=dossier.pk, kind="MESSAGE", text="Message écrit à la famille.", by=by, at=moment_on(today())
        )
    messages.success(request, "Votre message est envoyé : la famille est prévenue par courriel si elle l’a choisi.")
    return ""
