"""What parents asked and nobody has answered: the list, one act with its papers, its answer; a request admitted."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from aripa import selectors
from aripa.acts.table import ACTS
from aripa.casefile import read_case
from aripa.models import ActKind, AnswerKind, Case, ParentAct, RequestDraft
from aripa.own import answering
from aripa.own.acts import has_proof
from aripa.own.admitting import Checked, admit_request, foresee
from aripa.own.answering import REFUSALS, Answered
from aripa.own.entering import NotPossible, current_parent
from aripa.own.request import QUESTIONS, day_of
from aripa.selectors import SUBJECT
from aripa.views.access import AGENTS, CASEWORKERS, for_roles, lived_day, moment_on, today
from aripa.words import LETTERS, READERS, STATES
from portal.audit.operations import journal
from portal.casework.models import Attachment
from portal.casework.papers import PaperRefused
from portal.casework.presence import note_presence
from portal.casework.serving import serve_paper
from portal.frame.filters import Field, filter_bar
from portal.frame.forms import form_key, listed
from portal.frame.paging import count_up_to, page_of
from portal.frame.questions import Question, iso_day
from portal.frame.templatetags.portal import money, month_name, short_day
from portal.people.vault import Undecipherable

ORDER = ("answer_by", "pk")
KINDS = (ActKind.REQUEST, ActKind.ALREADY_PAID, ActKind.CONFIRMED, ActKind.DENIED, ActKind.HARDSHIP, ActKind.ASF)
ANSWERS = (AnswerKind.GRANTED, AnswerKind.PAPERS, AnswerKind.REFUSED)
CONFIRM = "confirm"


@dataclass(frozen=True)
class Line:
    """An act in the list; of a protected case, no name and no place."""

    act: ParentAct
    names: str
    is_protected: bool
    said: str


@require_GET
@for_roles(AGENTS)
def waiting(request: HttpRequest) -> HttpResponse:
    """What waits for a person's answer, the nearest day first."""
    kinds = [(kind.value, kind.label) for kind in KINDS]
    bar = filter_bar("aripa:waiting", request.user, request.GET, [Field("kind", "Demande", kinds, is_feminine=True)])  # type: ignore[arg-type]
    found = answering.waiting(request.user, today())  # type: ignore[arg-type]
    if bar.values["kind"]:
        found = found.filter(kind=bar.values["kind"])
    page = page_of(found, request.GET.dict(), order=ORDER)
    context = {
        "page": page, "lines": _lines(page.rows), "total": count_up_to(found), "bar": bar, "on": today(),
        "now": timezone.now(),
    }  # fmt: skip
    return render(request, "aripa/waiting.html", context)


def _lines(acts: list[ParentAct]) -> list[Line]:
    """In three queries, however many acts: the cases, their parents, the drafts of the requests."""
    cases = {one.pk: one for one in Case.objects.filter(pk__in=[one.case_no for one in acts])}
    parents = selectors.parents_of(list(cases.values()))
    drafts = {one.key: one for one in RequestDraft.objects.filter(key__in=[one.key for one in acts])}
    return [_line(one, cases.get(one.case_no), parents, drafts.get(one.key)) for one in acts]


def _line(act: ParentAct, case: Case | None, parents: dict, draft: RequestDraft | None) -> Line:
    protected = case.violence if case else bool(draft) and draft.answers.get("protect") == "oui"  # type: ignore[union-attr]
    names = "Demande d’un parent"
    if case and not protected:
        names = " et ".join(
            selectors.last_name(parents.get(number), is_protected=False)
            for number in (case.household_id, case.debtor_no)
        )
    return Line(act, names, protected, said_by(act))


def said_by(act: ParentAct) -> str:
    """What the parent said, for agents: one line, figures and dates."""
    facts = act.facts
    month = month_name(date.fromisoformat(facts["month"])) if "month" in facts else ""
    match act.kind:
        case ActKind.ALREADY_PAID:
            to = "à l’autre parent" if facts["directly"] else "au service"
            return f"Dit avoir payé {money(facts['cents'])} {to} le {short_day(date.fromisoformat(facts['paid_on']))}, pour {month}"
        case ActKind.CONFIRMED:
            return f"Confirme avoir reçu {money(facts['cents'])} pour {month}"
        case ActKind.DENIED:
            return f"Dit ne pas avoir reçu {money(facts['cents'])} pour {month}"
        case ActKind.HARDSHIP:
            offer = f"propose {money(facts['offer'])}" if facts["offer"] else "ne propose rien"
            return f"Ne peut pas tout payer pour {month}, {offer}"
        case ActKind.ASF:
            return "Demande l’ASF et dit vivre sans conjoint ; une vie en couple est connue"
        case _:
            return "Demande l’intermédiation" + (
                ", comme parent qui reçoit" if act.party == "CREDITOR" else ", comme parent qui paie"
            )


def get_act(request: HttpRequest, pk: int) -> ParentAct:
    """An act that a person answers, of the user's cases, answered or not; else « page introuvable »."""
    act = ParentAct.objects.select_related("user", "answered_by").filter(pk=pk, answer_by__isnull=False).first()
    if act is None:
        raise Http404
    if act.kind != ActKind.REQUEST:
        try:
            selectors.get_case(act.case_no, request.user, today())  # type: ignore[arg-type]
        except Case.DoesNotExist as unknown:
            raise Http404 from unknown
    return act


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(CASEWORKERS)
def act(request: HttpRequest, act: int) -> HttpResponse:
    """One act: what was said and given, the facts that may be told for it, the answer to the parent."""
    found, problem = get_act(request, act), ""
    if request.method == "POST":
        problem = _answer(request, found)
        if not problem:
            return redirect("aripa:waiting_act", act=found.pk)
    case = Case.objects.filter(pk=found.case_no).first()
    context = _frame(request, found) | {
        "case": case, "tells": _tells(found, case) if case else [], "said": said_by(found), "typed": request.POST,
        "problem": problem, "answers": _offered(found), "refusals": REFUSALS, "key": request.POST.get("key") or uuid4(),
        "others": ParentAct.objects.filter(case_no=found.case_no, facts__about=found.pk) if case else [],
        "proof": has_proof(found),
    }  # fmt: skip
    return render(request, "aripa/waiting_act.html", context, status=422 if problem else 200)


def _frame(request: HttpRequest, found: ParentAct) -> dict[str, object]:
    draft = RequestDraft.objects.filter(key=found.key).first() if found.kind == ActKind.REQUEST else None
    return {
        "act": found, "papers": answering.papers_of(found), "request_lines": _told(draft) if draft else [],
        "present": note_presence(subject=f"aripa:act:{found.pk}", user=request.user, at=timezone.now()),  # type: ignore[arg-type]
        "on": today(),
    }  # fmt: skip


def _told(draft: RequestDraft) -> list[tuple[str, str]]:
    """The answers of a request, question by question."""
    fields = [one for question in QUESTIONS for one in question.fields]
    return [
        (one.label, dict(one.choices).get(text, text)) for one in fields if (text := draft.answers.get(one.name, ""))
    ]


def _offered(found: ParentAct) -> list[AnswerKind]:
    """A request is admitted on its own page, once its document is read."""
    return [one for one in ANSWERS if found.kind != ActKind.REQUEST or one != AnswerKind.GRANTED]


def _tells(found: ParentAct, case: Case) -> list[tuple[str, str]]:
    """The facts that this act may lead to and the case allows now: each with its form already filled."""
    file = read_case(case, day=lived_day(), today=today())
    facts = found.facts
    cells = {"month": str(facts.get("month", ""))[:7]}
    if "cents" in facts:
        cells["amount"] = f"{facts['cents'] / 100:.2f}".replace(".", ",")
    if facts.get("paid_on"):
        cells["effective_on"] = short_day(date.fromisoformat(facts["paid_on"]))
    codes = {
        ActKind.ALREADY_PAID: ("PAID_BETWEEN_PARENTS" if facts.get("directly") else "PAYMENT_RECEIVED", "COMPLAINT_CLOSED"),
        ActKind.CONFIRMED: ("PAID_BETWEEN_PARENTS", "COMPLAINT_CLOSED"), ActKind.DENIED: ("COMPLAINT_CLOSED",),
        ActKind.HARDSHIP: ("PLAN_ACCEPTED", "UNABLE_TO_PAY"), ActKind.ASF: ("ASF_CLAIM", "LONE_PARENT"),
    }.get(ActKind(found.kind), ())  # fmt: skip
    return [
        (code, f"{reverse('aripa:tell', args=[code, found.case_no])}?{urlencode(cells)}")
        for code in codes
        if ACTS[code].offered(file)
    ]


def _answer(request: HttpRequest, found: ParentAct) -> str:
    """The answer sent; the sentence of what is wrong, or nothing."""
    words, choice = request.POST.get("words", ""), request.POST.get("answer", "")
    key = form_key(request)
    if choice not in _offered(found):
        return "Choisissez une réponse."
    reason = request.POST.get("reason", "")
    if found.kind == ActKind.REQUEST and choice == AnswerKind.REFUSED:
        if reason not in REFUSALS:
            return "Choisissez le motif du refus : le parent le lit, avec ce qu’il peut faire."
        words = " ".join([*REFUSALS[reason], words]).strip()
    try:
        _act, again = answering.answer(
            act_pk=found.pk, said=Answered(AnswerKind(choice), words, key), by=request.user,  # type: ignore[arg-type]
            at=moment_on(today()), on=today(),
        )  # fmt: skip
    except NotPossible as refused:
        return str(refused)
    messages.success(
        request, "C’est déjà reçu : rien n’a été écrit deux fois." if again else "Le parent lit cette réponse."
    )
    return ""


# ---- a request admitted -------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(CASEWORKERS)
def admit(request: HttpRequest, act: int) -> HttpResponse:
    """What the caseworker reads in the document, what the next day will do with it, then the case opens."""
    found = get_act(request, act)
    if found.kind != ActKind.REQUEST or found.answered_on:
        raise Http404
    checked, errors = _checked(request) if request.method == "POST" else (None, {})
    if checked and request.POST.get("step") == CONFIRM:
        try:
            case_no = admit_request(
                act_pk=found.pk, checked=checked, by=request.user.get_username(), at=moment_on(today()), on=today()
            )
        except NotPossible as refused:
            errors = {"": str(refused)}
        else:
            messages.success(request, f"Demande admise. Le prochain jour vécu ouvre le dossier {case_no}.")
            return redirect("aripa:waiting")
    draft = RequestDraft.objects.get(key=found.key)
    seen = foresee(draft, checked, today()) if checked and not errors else None
    context = _frame(request, found) | {
        "questions": _questions(request, errors), "checked": request.POST if seen else None, "seen": seen,
        "state": STATES[seen.state][0] if seen else "", "errors": listed(errors, LABELS),
        "letters": [(code, LETTERS[code], READERS[to]) for code, to in seen.letters] if seen else [],
    }  # fmt: skip
    return render(request, "aripa/admit.html", context, status=422 if errors else 200)


LABELS = {
    "enforceable_on": "Exécutoire depuis le (jour/mois/année)", "effective_on": "Pension due à partir du (jour/mois/année)",
    "fund": "Caisse du parent qui reçoit", "other_no": "N° de l’autre parent, s’il est déjà connu",
}  # fmt: skip


def _questions(request: HttpRequest, errors: dict[str, str]) -> list[Question]:
    funds = (("", "à choisir"), *((one, one) for one in selectors.funds_of(request.user, today())))  # type: ignore[arg-type]
    return [
        Question(name, label, request.POST.get(name, ""), "", funds if name == "fund" else (), errors.get(name, ""))
        for name, label in LABELS.items()
    ]


def _checked(request: HttpRequest) -> tuple[Checked | None, dict[str, str]]:
    """What was read in the document, or what is wrong, by field."""
    days = {name: day_of(iso_day(request.POST.get(name, ""))) for name in ("enforceable_on", "effective_on")}
    fund, other = request.POST.get("fund", ""), request.POST.get("other_no", "").replace("\x00", "").strip()[:40]
    errors = {name: "Écrivez une date, par exemple 15/02/2022." for name, found in days.items() if found is None}
    if fund not in selectors.funds_of(request.user, today()):  # type: ignore[arg-type]
        errors["fund"] = "Choisissez la caisse : elle suit le dossier."
    if other and current_parent(other, today()) is None:
        errors["other_no"] = "Aucun parent ne porte ce numéro. Laissez vide s’il n’est pas connu."
    enforceable, effective = days["enforceable_on"], days["effective_on"]
    if errors or enforceable is None or effective is None:
        return None, errors
    return Checked(enforceable_on=enforceable, effective_on=effective, fund=fund, other_no=other), {}


@require_GET
@for_roles(CASEWORKERS)
def paper(request: HttpRequest, paper: int) -> HttpResponse:
    """A paper that a parent gave with an act; opening it is journaled."""
    given = Attachment.objects.filter(pk=paper).first()
    about = answering.act_of(given) if given else None
    if given is None or about is None:
        raise Http404
    found = get_act(request, about)
    try:
        answer = serve_paper(given)
    except (PaperRefused, Undecipherable) as refused:
        raise Http404 from refused
    subject = SUBJECT + found.case_no if found.case_no else f"aripa:act:{found.pk}"
    journal(actor=request.user.get_username(), action="aripa.paper.read", subject=subject, detail={"paper": given.pk})
    return answer
