"""« Accord entre parents »: the list, the start, the code, one question a page, the text, the two signatures."""

from collections.abc import Callable, Mapping
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from aripa.agreements import inviting, progress, writing
from aripa.agreements.conditions import JOIN, START, is_protected
from aripa.agreements.letters import letter_to
from aripa.agreements.papers import PAPERS, give, given_by, lacking_of, needed_of
from aripa.agreements.questions import answers_of, errors_of, has_room, is_fixed, questions_of, shown
from aripa.agreements.reference import reference_of
from aripa.agreements.seats import Seat, own_seat, own_seats, seats_of
from aripa.agreements.text import children_of, digest_of, lines_of, other_name
from aripa.own.entering import NotPossible
from aripa.own.request import Question, cents_of
from aripa.views.own import METHODS, PARENTS, page, who_of
from portal.accounts import sessions
from portal.accounts.permissions import for_roles, today
from portal.accounts.views.doors import leads_to_providers
from portal.casework.papers import PaperRefused, check_paper
from portal.frame.errors import Version
from portal.frame.forms import form_key
from portal.frame.templatetags.portal import money
from portal.letters.answers import as_pdf

READ = ["GET", "HEAD"]
NOT_FRESH = "Confirmez d’abord que c’est vous : rien n’a été signé."
NOT_STATED = "Cochez l’attestation : sans elle, l’accord est nul."
Context = dict[str, object]


def of_parents(methods: list[str]) -> Callable[..., Callable[..., HttpResponse]]:
    """A page of parents; for whom this way is not, a gentle page that nobody else learns of."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def checked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            try:
                if is_protected(who_of(request).parent_no):
                    raise writing.Stopped
                return view(request, *args, **kwargs)
            except writing.Stopped:
                return page(request, "aripa/own/agreement_stopped.html", {"safe": True})

        return never_cache(require_http_methods(methods)(for_roles(PARENTS)(checked)))

    return decorate


def of_seat(methods: list[str]) -> Callable[..., Callable[..., HttpResponse]]:
    """A page of one's own agreement; anybody else's is not there."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def checked(request: HttpRequest, key: UUID, **kwargs: object) -> HttpResponse:
            seat = own_seat(request.user, key)  # type: ignore[arg-type]
            if seat is None:
                raise Http404
            if seat.is_stopped:
                raise writing.Stopped
            return view(request, seat, **kwargs)

        return of_parents(methods)(checked)

    return decorate


def _to(seat: Seat) -> HttpResponse:
    return redirect("aripa:own_agreement", key=seat.agreement.key)


def _form(question: Question, answers: Mapping[str, str], errors: Mapping[str, str]) -> Context:
    """What the fields of a page need."""
    labels = {one.name: one.label for one in question.fields}
    return {
        "question": question, "errors": errors,
        "fields": [(one, answers.get(one.name, ""), errors.get(one.name, "")) for one in question.fields],
        "listed": [{"column": name, "label": labels.get(name, ""), "message": told} for name, told in errors.items()],
    }  # fmt: skip


@of_parents(READ)
def home(request: HttpRequest) -> HttpResponse:
    """One's agreements, with who must act; how it goes; start or come in with a code."""
    shown_seats = [
        (one, progress.turn_of(one, today()), progress.TONES.get(one.agreement.state, ""))  # type: ignore[call-overload]
        for one in own_seats(request.user) if not one.is_stopped  # type: ignore[arg-type]
    ]  # fmt: skip
    return page(request, "aripa/own/agreements.html", {"agreements": shown_seats, "today": today()})


@of_parents(METHODS)
def start(request: HttpRequest) -> HttpResponse:
    """The conditions, then the agreement; a way that the law closes says which one is open."""
    begin = lambda: writing.start(key=form_key(request), who=who_of(request), answers=request.POST)  # noqa: E731
    return _conditions(request, "aripa/own/agreement_start.html", START, begin)


@of_parents(METHODS)
def join(request: HttpRequest) -> HttpResponse:
    """Come in with the code that the other parent gave."""
    code = request.POST.get("code", "")[:20]
    enter = lambda: writing.join(who=who_of(request), code=code, answers=request.POST)  # noqa: E731
    return _conditions(request, "aripa/own/agreement_join.html", JOIN, enter, code=code)


def _conditions(
    request: HttpRequest, template: str, question: Question, act: Callable[[], Seat], **more: object
) -> HttpResponse:  # fmt: skip
    """A form of conditions: done, the agreement; else why not, with what was typed."""
    errors, wrong = {}, {}
    if request.method == "POST":
        errors = errors_of(question, request.POST, today())
        try:
            if not errors:
                return _to(act())
        except writing.Closed as closed:
            wrong = {"refusals": closed.refusals}
        except (NotPossible, writing.CodeRefused) as refused:
            wrong = {"problem": str(refused)}
    context = _form(question, request.POST, errors) | wrong | more
    return page(request, template, context, status=422 if errors or wrong else 200)


@of_seat(READ)
def agreement(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Who must act, the way, the list of pages, what changed under a signature, the answer of the fund."""
    day, one = today(), seat.agreement
    voided = one.signatures.filter(voided_at__isnull=False).order_by("-pk").first() if seat.is_open else None
    context = {
        "seat": seat, "agreement": one, "turn": progress.turn_of(seat, day), "steps": progress.steps_of(seat),
        "tone": progress.TONES.get(one.state, ""), "tasks": progress.tasks_of(seat, day) if seat.is_open else [],  # type: ignore[call-overload]
        "papers_left": lacking_of(seat), "may_invite": writing.may_invite(seat, day), "today": day,
        "other": other_name(one.shared, seat.party), "is_ready": writing.is_ready(one, day),
        "has_signed": seat.signature() is not None,
        "signatures": progress.both_signed(seat), "voided": voided, "letter": letter_to(one, seat.party),
        "has_text": bool(children_of(one.shared)),
    }  # fmt: skip
    return page(request, "aripa/own/agreement.html", context)


@of_seat(METHODS)
def section(request: HttpRequest, seat: Seat, section: str) -> HttpResponse:
    """One page of questions, kept right or wrong."""
    question = _page_of(seat, section)
    if question is None or not seat.is_open or is_fixed(seat, question):
        raise Http404
    if request.method == "POST":
        return _save(request, seat, question)
    return _question(request, seat, question, answers_of(seat, question), {})


def _page_of(seat: Seat, slug: str) -> Question | None:
    """The page of this parent by its name, with the fields that their answers call for."""
    question = next((one for one in questions_of(seat) if one.slug == slug), None)
    return shown(question, answers_of(seat, question), today()) if question else None


def _save(request: HttpRequest, seat: Seat, question: Question) -> HttpResponse:
    try:
        kept = writing.save(
            agreement_pk=seat.agreement.pk, who=who_of(request), question=question, answers=request.POST,
            read=request.POST.get("read", ""),
        )  # fmt: skip
    except writing.ChangedMeanwhile as changed:
        return _conflict(request, seat, question, changed)
    except NotPossible as refused:
        messages.error(request, str(refused))
        return _to(seat)
    question = _page_of(kept, question.slug) or question
    errors = _errors(kept, question)
    if errors:
        return _question(request, kept, question, answers_of(kept, question), errors, status=422)
    if request.POST.get("step") == "more":
        return redirect("aripa:own_agreement_section", key=seat.agreement.key, section=question.slug)
    return _to(seat)


def _errors(seat: Seat, question: Question) -> dict[str, str]:
    """Those of the page, and an amount lower than the least."""
    errors = errors_of(question, answers_of(seat, question), today())
    reference = reference_of(seat.agreement.shared, today()) if question.slug == "montants" and not errors else None
    for one, child in zip(question.fields, reference.children if reference else [], strict=False):
        if cents_of(answers_of(seat, question).get(one.name, "")) < child.least_cents:
            errors[one.name] = (
                f"Au moins {money(child.least_cents)} : c’est le montant le plus bas qu’une caisse accepte."
            )
    return errors


def _question(
    request: HttpRequest, seat: Seat, question: Question, answers: Mapping[str, str], errors: dict[str, str],
    *, status: int = 200,
) -> HttpResponse:  # fmt: skip
    reference = reference_of(seat.agreement.shared, today()) if question.slug == "montants" else None
    context = _form(question, answers, errors) | {
        "seat": seat, "read": writing.mark_of(question, answers_of(seat, question)), "reference": reference,
        "more": has_room(question, answers),
        "is_private": question.slug == "vous",
    }  # fmt: skip
    return page(request, "aripa/own/agreement_question.html", context, status=status)


def _conflict(
    request: HttpRequest, seat: Seat, question: Question, changed: writing.ChangedMeanwhile
) -> HttpResponse:  # fmt: skip
    """The other parent was first: both versions side by side, nothing typed is lost."""
    fresh = own_seat(seat.user, seat.agreement.key) or seat
    versions = [
        Version(one.label, _word(one.choices, changed.theirs.get(one.name, "")), _word(one.choices, typed))
        for one in question.fields
        if (typed := request.POST.get(one.name, "").strip()[:200]) != changed.theirs.get(one.name, "")
    ]
    context = _form(question, request.POST, {}) | {
        "seat": fresh, "read": writing.mark_of(question, changed.theirs), "conflict": str(changed), "versions": versions,
    }  # fmt: skip
    return page(request, "aripa/own/agreement_question.html", context, status=409)


def _word(choices: tuple[tuple[str, str], ...], value: str) -> str:
    return dict(choices).get(value, value)


@of_seat(METHODS)
def invite(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The code, to be passed on by the parent themselves."""
    problem = ""
    if request.method == "POST":
        try:
            seat = writing.invite(agreement_pk=seat.agreement.pk, who=who_of(request), key=form_key(request))
        except NotPossible as refused:
            problem = str(refused)
    if not writing.may_invite(seat, today()) and not problem:
        return _to(seat)
    context = {
        "seat": seat, "agreement": seat.agreement, "code": inviting.code_of(seat.agreement), "problem": problem,
        "days": progress.code_days(today()), "other": other_name(seat.agreement.shared, seat.party),
        "is_over": seat.agreement.code_until is not None and seat.agreement.code_until < today(),
    }  # fmt: skip
    return page(request, "aripa/own/agreement_invite.html", context, status=422 if problem else 200)


@of_seat(READ)
def reference(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The reference amount, step by step with its articles; the indicative table beside, which binds nobody."""
    found = reference_of(seat.agreement.shared, today())
    return page(request, "aripa/own/agreement_reference.html", {"seat": seat, "reference": found})


@of_seat(METHODS)
def papers(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The supporting papers, each kind by itself; the other parent never sees them."""
    problem = ""
    if request.method == "POST":
        try:
            _give(request, seat)
        except (PaperRefused, NotPossible) as refused:
            problem = str(refused)
        else:
            return redirect("aripa:own_agreement_papers", key=seat.agreement.key)
    given = given_by(seat)
    context = {
        "seat": seat, "problem": problem, "kinds": [(kind, PAPERS[kind], given.get(kind, [])) for kind in needed_of(seat)],
        "asked": seat.agreement.asks.filter(of=seat.user).order_by("-pk")[:20], "today": today(),
    }  # fmt: skip
    return page(request, "aripa/own/agreement_papers.html", context, status=422 if problem else 200)


def _give(request: HttpRequest, seat: Seat) -> None:
    sent, kind = request.FILES.get("paper"), request.POST.get("kind", "")
    if sent is None or sent.size is None or kind not in needed_of(seat):
        raise PaperRefused("Choisissez une photo ou un PDF, puis « Ajouter ».")
    check_paper(sent.size, sent.read(16))
    sent.seek(0)
    give(seat=seat, who=who_of(request), kind=kind, name=sent.name or "pièce", content=sent.read())


@of_seat(METHODS)
def sign(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The whole text, the statement with its warning, the signature with a second factor."""
    problem = ""
    if request.method == "POST":
        try:
            return _sign(request, seat)
        except NotPossible as refused:
            problem = str(refused)
    one = seat.agreement
    context = {
        "seat": seat, "agreement": one, "lines": lines_of(one.shared), "digest": digest_of(one), "problem": problem,
        "is_ready": writing.is_ready(one, today()), "signed": seat.signature(), "fresh": sessions.is_factor_fresh(request),
        "reference": reference_of(one.shared, today()), "signatures": progress.both_signed(seat), "here": request.path,
        "is_alone": len(seats_of(one)) < 2,
    }  # fmt: skip
    return leads_to_providers(page(request, "aripa/own/agreement_sign.html", context, status=422 if problem else 200))


def _sign(request: HttpRequest, seat: Seat) -> HttpResponse:
    key = form_key(request)
    if not sessions.is_factor_fresh(request):
        raise NotPossible(NOT_FRESH)
    if request.POST.get("stated") != "1":
        raise NotPossible(NOT_STATED)
    again = writing.sign(
        agreement_pk=seat.agreement.pk, who=who_of(request), key=key, digest=request.POST.get("digest", "")
    )  # fmt: skip
    messages.success(
        request, "C’était déjà signé : rien n’a été fait deux fois." if again else "Votre signature est enregistrée."
    )
    return _to(seat)


@of_seat(METHODS)
def leave(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Withdraw, which the other parent sees; or stop out of fear, of which the other sees nothing."""
    problem = ""
    if request.method == "POST":
        if request.POST.get("why") == "fear":
            writing.stop(agreement_pk=seat.agreement.pk, who=who_of(request))
            raise writing.Stopped
        try:
            writing.withdraw(agreement_pk=seat.agreement.pk, who=who_of(request))
        except NotPossible as refused:
            problem = str(refused)
        else:
            messages.success(request, "La demande est retirée. Elle n’engage personne.")
            return _to(seat)
    context = {"seat": seat, "agreement": seat.agreement, "problem": problem}
    return page(request, "aripa/own/agreement_leave.html", context, status=422 if problem else 200)


@of_seat(READ)
def answer(request: HttpRequest, seat: Seat) -> HttpResponse:
    """One's own original of the title, or the refusal, as PDF."""
    letter = letter_to(seat.agreement, seat.party)
    if letter is None:
        raise Http404
    return as_pdf(letter)
