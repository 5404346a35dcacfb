"""« Demander l’intermédiation »: a list of what is needed, one question a page, the answers checked, a receipt."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from aripa.own import request as asking
from aripa.own.entering import NotPossible
from aripa.views.own import METHODS, PARENTS, page, who_of
from aripa.views.own_acts import to_receipt
from portal.accounts.permissions import for_roles, today
from portal.casework.papers import PaperRefused, check_paper, keep_attachment
from portal.frame.forms import form_key

DOCUMENT, CHECK = "document", "verifier"


@never_cache
@require_http_methods(["GET", "HEAD"])
@for_roles(PARENTS)
def home(request: HttpRequest) -> HttpResponse:
    """What is needed, and what is done of it."""
    draft = asking.draft_of(request.user)  # type: ignore[arg-type]
    states = asking.states_of(draft, today())
    ready = all(not one.errors for one in states) and bool(asking.papers_of(draft))
    return page(
        request, "aripa/own/request.html", {"states": states, "papers": asking.papers_of(draft), "ready": ready}
    )


@never_cache
@require_http_methods(METHODS)
@for_roles(PARENTS)
def section(request: HttpRequest, section: str) -> HttpResponse:
    """One page of the request."""
    if section == CHECK:
        return _check(request)
    if section == DOCUMENT:
        return _document(request)
    if section not in asking.BY_SLUG:
        raise Http404
    return _question(request, asking.BY_SLUG[section])


def _question(request: HttpRequest, question: asking.Question) -> HttpResponse:
    who, errors = who_of(request), {}
    draft = asking.draft_of(who.user)
    answers = draft.answers if draft else {}
    if request.method == "POST":
        draft = asking.save(user=who.user, question=question, answers=request.POST, at=who.at)
        answers = draft.answers
        errors = asking.errors_of(question, answers, who.day)
        if not errors:
            return redirect("aripa:own_request_section", section=_after(question))
    fields = [(one, answers.get(one.name, ""), errors.get(one.name, "")) for one in question.fields]
    labels = {one.name: one.label for one in question.fields}
    context = {
        "question": question, "fields": fields, "errors": errors,
        "number": asking.QUESTIONS.index(question) + 1, "total": len(asking.QUESTIONS) + 1,
        "listed": [{"column": name, "label": labels[name], "message": told} for name, told in errors.items()],
    }  # fmt: skip
    return page(request, "aripa/own/question.html", context, status=422 if errors else 200)


def _after(question: asking.Question) -> str:
    index = asking.QUESTIONS.index(question) + 1
    return asking.QUESTIONS[index].slug if index < len(asking.QUESTIONS) else DOCUMENT


def _document(request: HttpRequest) -> HttpResponse:
    """The copy of the title, by photo or PDF."""
    who, problem = who_of(request), ""
    draft = asking.draft_of(who.user)
    if request.method == "POST":
        sent = request.FILES.get("paper")
        if draft is None or sent is None or sent.size is None:
            problem = "Ajoutez une photo ou un PDF du document."
        else:
            try:
                check_paper(sent.size, sent.read(16))
                sent.seek(0)
                keep_attachment(
                    subject=asking.subject_of(draft), about="aripa.title", name=sent.name or "document",
                    content=sent.read(), given_by=who.user.get_username(), at=who.at,
                )  # fmt: skip
            except PaperRefused as refused:
                problem = str(refused)
            else:
                return redirect("aripa:own_request_section", section=CHECK)
    context = {"problem": problem, "papers": asking.papers_of(draft)}
    return page(request, "aripa/own/request_document.html", context, status=422 if problem else 200)


def _check(request: HttpRequest) -> HttpResponse:
    """Every answer with its link, then the sending."""
    who, problem = who_of(request), ""
    draft = asking.draft_of(who.user)
    if request.method == "POST":
        try:
            return to_receipt(asking.send(key=form_key(request), who=who))
        except NotPossible as refused:
            problem = str(refused)
    if draft is None:
        return redirect("aripa:own_request")
    states = asking.states_of(draft, who.day)
    answers = [(one, _shown(one.question, draft.answers)) for one in states]
    ready = all(not one.errors for one in states) and bool(asking.papers_of(draft))
    context = {
        "answers": answers, "problem": problem, "papers": asking.papers_of(draft), "ready": ready, "key": draft.key,
    }  # fmt: skip
    return page(request, "aripa/own/request_check.html", context, status=422 if problem else 200)


def _shown(question: asking.Question, answers: dict[str, str]) -> list[tuple[str, str]]:
    """The answers of one page, in words."""
    return [
        (one.label, dict(one.choices).get(text, text)) for one in question.fields if (text := answers.get(one.name, ""))
    ]
