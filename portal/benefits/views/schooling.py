"""`/agent/prestations/scolarite/…`: a caseworker enters what is known of a child's schooling for a start of term."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.accounts.permissions import for_roles, moment_on, today
from portal.accounts.rights import Right
from portal.benefits.models import EnteredAct, SchoolCycle, Schooling, SchoolingSource, SchoolingStatus
from portal.benefits.persons.declaring import as_written
from portal.benefits.persons.entering import ChangedMeanwhile, EntryWrong, Telling, enter
from portal.benefits.persons.selectors import Family
from portal.benefits.views.person_common import (
    A_CHOICE,
    A_DAY,
    CHOOSE,
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
from portal.frame.questions import iso_day, plain

LABELS = {
    "child_id": "Enfant", "school_year": "Rentrée", "status": "Situation", "cycle": "Classe",
    "monthly_pay": "Rémunération de l’apprenti", "declared_on": "Déclaré le", "source": "D’où vient l’information",
}  # fmt: skip
EXPECTED = {
    "child_id": A_CHOICE, "school_year": "L’année de la rentrée en quatre chiffres, par exemple 2026.", "status": A_CHOICE,
    "monthly_pay": "Un montant par mois, par exemple 740,50.", "declared_on": A_DAY, "source": A_CHOICE, "cycle": A_CHOICE,
}  # fmt: skip


@never_cache
@require_http_methods(METHODS)
@for_roles(TREAT)
def schooling(request: HttpRequest, fund: str, number: str) -> HttpResponse:
    """The form, filled with what is held for the child and the year asked for; sent, it enters like a received row."""
    family = get_family(request, fund, number, Right.TREAT_BENEFITS)
    held = _held(request, family)
    if request.method != "POST":
        return _shown(request, family, held, {})
    telling = _telling(request, family, held)
    try:
        entered, again = enter(form_key=form_key(request), told=telling)
    except EntryWrong as wrong:
        return _shown(request, family, held, told_in_form(wrong, EXPECTED))
    except ChangedMeanwhile as meanwhile:
        raise changed(family, str(meanwhile)) from meanwhile
    messages.success(request, told_again(entered) if again else f"Scolarité enregistrée, référence {entered.number}.")
    return redirect(address_of(family))


def _held(request: HttpRequest, family: Family) -> Schooling | None:
    """What is held for the child and the start of term that the address names."""
    child = family.child(request.GET.get("enfant", ""))
    year = request.GET.get("rentree", str(today().year))
    return child.told_for(int(year)) if child and year.isdecimal() and len(year) == 4 else None


def _telling(request: HttpRequest, family: Family, held: Schooling | None) -> Telling:
    typed = Typed(request, {}, {})
    cells = {name: typed[name] for name in LABELS}
    cells |= {"declared_on": iso_day(cells["declared_on"]), "monthly_pay": plain(cells["monthly_pay"])}
    if family.child(cells["child_id"]) is None:
        cells["child_id"] = ""
    read = version_read(request, held.pk if held else None)
    return Telling(
        EnteredAct.SCHOOLING, family.file.fund, family.file.beneficiary_no, [cells], [read], FileOrigin.AGENT,
        request.user.get_username(), moment_on(today()), typed["reason"],
    )  # fmt: skip


def _shown(request: HttpRequest, family: Family, held: Schooling | None, errors: dict[str, str]) -> HttpResponse:
    typed = Typed(request, _values(request, held), errors)
    context = {
        "family": family, "key": key_of(request), "errors": listed(errors, LABELS), "reason": typed["reason"],
        "read": version_read(request, held.pk if held else None) or "", "questions": _questions(typed, family),
        "held": held,
    }  # fmt: skip
    return render(request, "benefits/schooling.html", context, status=422 if errors else 200)


def _questions(typed: Typed, family: Family) -> list[object]:
    return [
        typed.ask("child_id", LABELS["child_id"], choices=children_choices(family)),
        typed.ask("school_year", LABELS["school_year"], unit="année, 2026 pour 2026-2027"),
        typed.ask("status", LABELS["status"], choices=(CHOOSE, *SchoolingStatus.choices)),
        typed.ask("cycle", LABELS["cycle"], unit="à Mayotte", choices=(("", "non précisée"), *SchoolCycle.choices)),
        typed.ask("monthly_pay", LABELS["monthly_pay"], unit="brute, € par mois"),
        typed.ask("source", LABELS["source"], choices=tuple(SchoolingSource.choices)),
        typed.ask("declared_on", LABELS["declared_on"], unit="jj/mm/aaaa"),
    ]


def _values(request: HttpRequest, held: Schooling | None) -> dict[str, str]:
    """What stands in the fields of a page that is opened."""
    if held is None:
        year = request.GET.get("rentree", "") or str(today().year)
        return {
            "child_id": request.GET.get("enfant", ""), "school_year": year, "source": SchoolingSource.FUND.value,
            "declared_on": f"{today():%d/%m/%Y}",
        }  # fmt: skip
    return {
        "child_id": held.child_id, "school_year": str(held.school_year), "status": held.status, "source": held.source,
        "cycle": held.cycle or "", "monthly_pay": as_written(held.monthly_pay_cents).replace(".", ","),
        "declared_on": f"{held.declared_on:%d/%m/%Y}" if held.declared_on else "",
    }  # fmt: skip
