"""`/agent/prestations/decision/…`: a decision of the CDAPH, entered or corrected as a new version; its category proposed."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.accounts.permissions import for_roles, moment_on, today
from portal.accounts.rights import Right
from portal.benefits.models import CommissionDecision, EnteredAct
from portal.benefits.persons.entering import ChangedMeanwhile, EntryWrong, Telling, enter
from portal.benefits.persons.proposing import Proposal, length_words, propose
from portal.benefits.persons.selectors import Family
from portal.benefits.views.person_common import (
    A_CHOICE,
    A_DAY,
    METHODS,
    TREAT,
    Typed,
    address_of,
    changed,
    children_choices,
    get_family,
    told_in_form,
    version_read,
)
from portal.benefits.views.receipts import told_again
from portal.exchange.models import FileOrigin
from portal.frame.forms import form_key, key_of, listed
from portal.frame.questions import YES_NO, iso_day
from portal.organisations.directory import territory_of

LABELS = {
    "decision_no": "Numéro de la décision", "child_id": "Enfant", "incapacity_rate": "Taux d’incapacité",
    "has_support": "Établissement, scolarité adaptée ou soins préconisés", "complement": "Complément",
    "complement_by_help": "Complément justifié par une aide, pas par des frais seuls",
    "chose_compensation": "La famille a choisi la prestation de compensation (PCH)", "filed_on": "Demande déposée le",
    "decided_on": "Décidée le", "starts_on": "Premier jour", "ends_on": "Premier jour qui n’est plus couvert",
}  # fmt: skip
DAYS = ("filed_on", "decided_on", "starts_on", "ends_on")
FLAGS = ("has_support", "complement_by_help", "chose_compensation")
HELP = {
    "work_cut": "Travail réduit par un parent", "helper_hours": "Tierce personne payée", "expenses": "Frais du handicap",
    "needs_supervision": "Surveillance et soins permanents",
}  # fmt: skip
EXPECTED = {
    "decision_no": "Le numéro écrit en haut de la décision, par exemple MDPH63-26-01234.", "child_id": A_CHOICE,
    "incapacity_rate": "Un nombre entier de 0 à 100, par exemple 80.", **dict.fromkeys(DAYS, A_DAY),
    **dict.fromkeys((*FLAGS, "complement"), A_CHOICE),
}  # fmt: skip
NONE = tuple((str(number), f"complément {number}" if number else "aucun") for number in range(7))


@dataclass(frozen=True)
class Form:
    """One opening or sending of the form: the decision that it corrects, or none."""

    request: HttpRequest
    family: Family
    held: CommissionDecision | None


@never_cache
@require_http_methods(METHODS)
@for_roles(TREAT)
def decision(request: HttpRequest, fund: str, number: str) -> HttpResponse:
    """Proposed, the category stands in the form and nothing is entered; sent, the decision enters like a received row."""
    family = get_family(request, fund, number, Right.TREAT_BENEFITS)
    form = Form(request, family, _held(request, family))
    if request.method != "POST":
        return _shown(form, {}, None)
    if "propose" in request.POST:
        proposal = propose(Typed(request, {}, {}), territory_of(fund), today())
        return _shown(form, proposal.errors, proposal)
    try:
        entered, again = enter(form_key=form_key(request), told=_telling(form))
    except EntryWrong as wrong:
        return _shown(form, told_in_form(wrong, EXPECTED), None)
    except ChangedMeanwhile as meanwhile:
        raise changed(family, str(meanwhile)) from meanwhile
    messages.success(request, told_again(entered) if again else f"Décision enregistrée, référence {entered.number}.")
    if unusual := length_words(CommissionDecision.objects.get(file_id=entered.file_id), family):
        messages.info(request, unusual)
    return redirect(address_of(family))


def _held(request: HttpRequest, family: Family) -> CommissionDecision | None:
    """The decision that the address names, to be corrected; one that is not the family's is not there."""
    number = request.GET.get("numero")
    if number is None:
        return None
    found = [one for child in family.children for one in child.decisions if one.decision_no == number]
    if not found:
        raise Http404
    return found[0]


def _telling(form: Form) -> Telling:
    typed, held = Typed(form.request, {}, {}), form.held
    cells = {name: typed[name] for name in LABELS} | {name: iso_day(typed[name]) for name in DAYS}
    if held is not None:
        cells |= {"decision_no": held.decision_no, "child_id": held.child_id}
    if form.family.child(cells["child_id"]) is None:
        cells["child_id"] = ""
    file = form.family.file
    read = version_read(form.request, held.pk if held else None)
    return Telling(
        EnteredAct.DECISION, file.fund, file.beneficiary_no, [cells], [read], FileOrigin.AGENT,
        form.request.user.get_username(), moment_on(today()), typed["reason"],
    )  # fmt: skip


def _shown(form: Form, errors: dict[str, str], proposal: Proposal | None) -> HttpResponse:
    held, given = _values(form), proposal.fields if proposal else {}
    typed = Typed(form.request, held, errors)
    typed.sent = {**dict(typed.sent.items()), **given}
    context = {
        "family": form.family, "held": form.held, "key": key_of(form.request), "errors": listed(errors, LABELS | HELP),
        "read": version_read(form.request, form.held.pk if form.held else None) or "", "reason": typed["reason"],
        "about": _about(typed, form), "help": _help(typed), "complement": _complement(typed), "proposal": proposal,
    }  # fmt: skip
    return render(form.request, "benefits/decision.html", context, status=422 if errors else 200)


def _about(typed: Typed, form: Form) -> list[object]:
    names = [] if form.held else [
        typed.ask("decision_no", LABELS["decision_no"]),
        typed.ask("child_id", LABELS["child_id"], choices=children_choices(form.family)),
    ]  # fmt: skip
    return [
        *names,
        typed.ask("incapacity_rate", LABELS["incapacity_rate"], unit="%"),
        typed.yes_no("has_support", LABELS["has_support"]),
        *(typed.ask(name, LABELS[name], unit="jj/mm/aaaa" + (", vide si sans fin" if name == "ends_on" else ""))
          for name in DAYS),
    ]  # fmt: skip


def _help(typed: Typed) -> list[object]:
    return [
        typed.ask("work_cut", HELP["work_cut"], unit="% d’un temps plein, 100 : ne travaille plus"),
        typed.ask("helper_hours", HELP["helper_hours"], unit="heures par semaine"),
        typed.ask("expenses", HELP["expenses"], unit="€ par mois"),
        typed.ask("needs_supervision", HELP["needs_supervision"], choices=YES_NO),
    ]


def _complement(typed: Typed) -> list[object]:
    return [
        typed.ask("complement", LABELS["complement"], unit="la catégorie, même si la PCH est choisie", choices=NONE),
        typed.ask("complement_by_help", LABELS["complement_by_help"], choices=YES_NO),
        typed.ask("chose_compensation", LABELS["chose_compensation"], choices=YES_NO),
    ]


def _values(form: Form) -> dict[str, str]:
    """What stands in the fields of a page that is opened."""
    held = form.held
    if held is None:
        return {"child_id": form.request.GET.get("enfant", ""), "complement": "0"} | dict.fromkeys(FLAGS[1:], "0")
    days = {name: getattr(held, name) for name in DAYS}
    return (
        {"incapacity_rate": str(held.incapacity_rate), "complement": str(held.complement)}
        | {name: str(int(getattr(held, name))) for name in FLAGS}
        | {name: f"{day:%d/%m/%Y}" if day else "" for name, day in days.items()}
    )
