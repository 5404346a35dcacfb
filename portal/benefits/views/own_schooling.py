"""`/famille/prestations/scolarite/`: one answer per child past 16, or of Mayotte whose class is not known; then a receipt."""

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from portal.accounts.permissions import moment_on, today
from portal.benefits.models import EnteredAct, EnteredFacts, SchoolCycle, Schooling, SchoolingStatus
from portal.benefits.persons.asking import Asked, Term, asked_of, is_scale_known, last_day_to_answer, terms_on
from portal.benefits.persons.declaring import (
    CLASS_OF,
    PAY_OF,
    Answer,
    DeclarationRefused,
    as_written,
    declare_schooling,
)
from portal.benefits.persons.entering import CHANGED, AlreadyHeld, ChangedMeanwhile, EntryWrong
from portal.benefits.persons.selectors import Family, awards_of
from portal.benefits.rules.figures import MAYOTTE
from portal.benefits.views.own_common import METHODS, own_page
from portal.frame.errors import Conflict
from portal.frame.forms import form_key, key_of, listed
from portal.frame.questions import plain, typed_text
from portal.organisations.directory import territory_of

WORDS = (
    (SchoolingStatus.SCHOOL, "Oui, élève ou étudiant"),
    (SchoolingStatus.APPRENTICE, "Oui, en apprentissage, avec une paie"),
    (SchoolingStatus.NONE, "Non, ni l’un ni l’autre"),
)
CLASSES = (("", "à choisir"), *SchoolCycle.choices)


@dataclass(frozen=True)
class Page:
    """One opening or sending of the form: whose, for which of the terms that are open, and what it asks."""

    request: HttpRequest
    family: Family
    terms: list[Term]
    term: Term
    asked: list[Asked]


@require_http_methods(METHODS)
@own_page
def schooling(request: HttpRequest, family: Family) -> HttpResponse:
    """The question, child by child, for this start of term or a former one that is still open; sent, it leads to its receipt."""
    day, awards = today(), awards_of(family.file, issued=True)
    terms = terms_on(day)
    term = _term_asked(request, terms)
    page = Page(request, family, terms, term, asked_of(family, awards, term))
    if request.method != "POST":
        return _shown(page, {}, "")
    answers = [answer for one in page.asked if (answer := _answer(request, one))]
    if not answers:
        told = (
            "Répondez pour un enfant au moins." if page.asked else "Rien n’est demandé ici : rien n’a été enregistré."
        )
        return _shown(page, {}, told)
    try:
        entered, again = declare_schooling(
            family=family, awards=awards, term=term, answers=answers, form_key=form_key(request),
            by=request.user.get_username(), on=day, at=moment_on(day),
        )  # fmt: skip
    except (AlreadyHeld, ChangedMeanwhile) as meanwhile:
        address = f"{reverse('benefits:own_schooling')}?rentree={term.school_year}"
        raise Conflict(CHANGED, link=address, action="Relire mes réponses") from meanwhile
    except EntryWrong as wrong:
        return _shown(page, _by_field(wrong.errors, page.asked), "")
    except DeclarationRefused as refused:
        return _shown(page, {}, str(refused))
    return redirect(reverse("benefits:own_receipt", args=[entered.form_key]) + ("?deja=1" if again else ""))


def _term_asked(request: HttpRequest, terms: list[Term]) -> Term:
    """That of the address, else that of the civil year; one that is not open is not there."""
    wanted = request.GET.get("rentree", str(terms[0].school_year))
    found = next((one for one in terms if str(one.school_year) == wanted), None)
    if found is None:
        raise Http404
    return found


def _answer(request: HttpRequest, one: Asked) -> Answer | None:
    """What the form says of a child; None when it says nothing."""
    pk, cycle = one.child.row.pk, typed_text(request.POST.get(f"cycle-{one.child.row.pk}", ""))
    read = request.POST.get(f"read-{pk}", "")
    version = int(read) if read.isdecimal() else None
    if one.is_class_alone:
        status = one.told.status if one.told else SchoolingStatus.SCHOOL.value
        pay = as_written(one.told.monthly_pay_cents) if one.told else ""
        return Answer(one.child.row.child_id, status, pay, cycle, version) if cycle else None
    status = typed_text(request.POST.get(f"answer-{pk}", ""))
    pay = plain(typed_text(request.POST.get(f"pay-{pk}", ""))) if status == SchoolingStatus.APPRENTICE else ""
    cycle = "" if status == SchoolingStatus.NONE else cycle
    return Answer(one.child.row.child_id, status, pay, cycle, version) if status else None


def _by_field(errors: dict[str, str], asked: list[Asked]) -> dict[str, str]:
    """What is wrong with a child's pay or class under that child's field; anything else under the first, which no form of ours
    sends."""
    names = ((PAY_OF, "pay"), (CLASS_OF, "cycle"))
    fields = {
        f"{start}{one.child.row.child_id}": f"{name}-{one.child.row.pk}" for one in asked for start, name in names
    }
    return {fields.get(name, f"answer-{asked[0].child.row.pk}"): told for name, told in errors.items()}


def _shown(page: Page, errors: dict[str, str], problem: str) -> HttpResponse:
    request, family, asked = page.request, page.family, page.asked
    context = {
        "family": family, "term": page.term, "day": today(), "known": is_scale_known(family, page.term), "words": WORDS,
        "others": [one for one in page.terms if one != page.term], "classes": CLASSES,
        "is_by_class": territory_of(family.file.fund) == MAYOTTE, "key": key_of(request), "errors": errors,
        "problem": problem, "children": [_field(request, one, errors) for one in asked],
        "listed": listed(errors, _labels(asked)),
    }  # fmt: skip
    return render(request, "benefits/own/schooling.html", context, status=422 if errors or problem else 200)


def _labels(asked: list[Asked]) -> dict[str, str]:
    return {f"{name}-{one.child.row.pk}": one.child.name for one in asked for name in ("answer", "pay", "cycle")}


def _field(request: HttpRequest, one: Asked, errors: dict[str, str]) -> dict[str, object]:
    """One child's fieldset: what was typed, else what is held."""
    pk, told = one.child.row.pk, one.told
    pay = as_written(told.monthly_pay_cents).replace(".", ",") if told else ""
    held = {"answer": told.status if told else "", "pay": pay, "cycle": (told.cycle or "") if told else ""}
    typed = {name: typed_text(request.POST.get(f"{name}-{pk}", value)) for name, value in held.items()}
    problems = {f"{name}_problem": errors.get(f"{name}-{pk}", "") for name in ("answer", "pay", "cycle")}
    read = request.POST.get(f"read-{pk}", str(told.pk) if told else "")
    return {"asked": one, "pk": pk, "read": read} | typed | problems


@require_GET
@own_page
def receipt(request: HttpRequest, family: Family, key: UUID) -> HttpResponse:
    """What was declared, and what comes next; another family's is not there."""
    file = family.file
    entered = EnteredFacts.objects.filter(
        form_key=key, act=EnteredAct.SCHOOLING, fund=file.fund, beneficiary_no=file.beneficiary_no
    ).first()
    if entered is None:
        raise Http404
    rows = Schooling.objects.filter(file_id=entered.file_id).order_by("line")
    told = [(family.child(one.child_id), one) for one in rows]
    year = rows[0].school_year
    steps = [
        {"text": "Votre déclaration est enregistrée dans votre dossier, votre caisse la voit.", "done": True},
        {"text": f"Le prochain paiement de l’ARS de la rentrée {year} en tient compte. Vous n’avez rien d’autre à envoyer.",
         "done": False},
        {"text": f"Vous pouvez la changer jusqu’au {last_day_to_answer(year):%d/%m/%Y}, tant que l’allocation n’est pas versée.",
         "done": False},
    ]  # fmt: skip
    context = {"entered": entered, "told": told, "steps": steps, "again": "deja" in request.GET, "year": year}
    return render(request, "benefits/own/receipt.html", context)
