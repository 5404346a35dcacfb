"""The families of a preview, one by one: filtered, explained on both sides, exported with a reason."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from portal.accounts.permissions import for_roles
from portal.audit.operations import journal_read
from portal.benefits.models import Benefit, Uprating, UpratingLine
from portal.benefits.rules.figures import missing_words
from portal.benefits.running.reasons import sentence_of
from portal.benefits.running.selectors import names_of
from portal.benefits.uprating.explaining import chapters_of
from portal.benefits.uprating.guards import FIGURES
from portal.benefits.views.uprating_common import EXPORT, SEE, get_uprating, visible
from portal.frame.exports import EXPORT_MOST, export_list, may_export
from portal.frame.filters import Field, FilterBar, filter_bar
from portal.frame.paging import count_up_to, page_of
from portal.frame.templatetags.portal import amount
from portal.legislation.parameters import NoParameterInForce

PAGE = "benefits:uprating_families"
FIELDS = ("nom", "montant avant", "montant après")
KINDS = {
    "up": ("montant plus élevé", Q(difference_cents__gt=0)),
    "same": ("même montant", Q(difference_cents=0)),
    "down": ("montant plus bas", Q(difference_cents__lt=0)),
    "crosses": ("passe le seuil des petites sommes", Q(crosses=True)),
    "waits": ("ne se calcule pas en entier", ~Q(refusal="")),
}
ORDER = ("fund", "beneficiary_no")
HEADER = ["Caisse", "N° d’allocataire", "Prestation", "Avant, €", "Après, €", "Différence, €", "Ce qui manque"]


def _bar(request: HttpRequest, uprating: Uprating) -> FilterBar:
    told = uprating.run.totals if uprating.run else {}
    funds = sorted({fund for one in Benefit for fund in told.get(one, {}).get("funds", {})})
    fields = [
        Field("benefit", "Prestation", [(one.value, one.value) for one in Benefit]),
        Field("kind", "Ce qui change", [(name, words) for name, (words, _condition) in KINDS.items()]),
        Field("fund", "Caisse", [(fund, fund) for fund in funds]),
        Field("q", "N° d’allocataire"),
    ]
    return filter_bar(PAGE, request.user, request.GET, fields)  # type: ignore[arg-type]


def _found(request: HttpRequest, uprating: Uprating, bar: FilterBar) -> QuerySet[UpratingLine]:
    asked = bar.values
    lines = visible(request, uprating).filter(benefit=asked["benefit"] or Benefit.AEEH)
    if asked["kind"]:
        lines = lines.filter(KINDS[asked["kind"]][1])
    if asked["fund"]:
        lines = lines.filter(fund=asked["fund"])
    return lines.filter(beneficiary_no=asked["q"]) if asked["q"] else lines


@never_cache
@require_GET
@for_roles(SEE)
def uprating_families(request: HttpRequest, number: int) -> HttpResponse:
    """Each family before and after, by fund and number."""
    uprating = get_uprating(number)
    bar = _bar(request, uprating)
    found = _found(request, uprating, bar)
    page = page_of(found, request.GET.dict(), order=ORDER)
    _journal_list(request, uprating, bar)
    context = {
        "uprating": uprating, "name": FIGURES[uprating.key], "bar": bar, "page": page, "total": count_up_to(found),
        "names": names_of(page.rows), "reasons": {one.refusal: sentence_of(one.refusal) for one in page.rows},
        "may_export": may_export(request), "export_most": EXPORT_MOST, "benefit": bar.values["benefit"] or "AEEH",
    }  # fmt: skip
    return render(request, "benefits/uprating_families.html", context)


def _journal_list(request: HttpRequest, uprating: Uprating, bar: FilterBar) -> None:
    journal_read(
        actor=request.user.get_username(), action="benefits.uprating_families.read", subject=f"uprating:{uprating.pk}",
        fields=FIELDS, why=f"familles d’un aperçu {bar.query}"[:200],
    )  # fmt: skip


@never_cache
@require_GET
@for_roles(SEE)
def uprating_family(request: HttpRequest, number: int, line: int) -> HttpResponse:
    """One family's two calculations side by side. Opening it is journaled."""
    uprating = get_uprating(number)
    found = visible(request, uprating).filter(pk=line).first()
    if found is None or uprating.run is None:
        raise Http404
    journal_read(
        actor=request.user.get_username(), action="benefits.uprating_family.read",
        subject=f"family:{found.fund}/{found.beneficiary_no}", fields=(*FIELDS, "enfants", "CDAPH", "ressources"),
        why=f"aperçu {uprating.number}", body=found.fund,
    )  # fmt: skip
    names = names_of([found])
    context: dict[str, Any] = {
        "uprating": uprating, "name": FIGURES[uprating.key], "line": found,
        "family": names.get(f"{found.fund}/{found.beneficiary_no}", found.beneficiary_no),
        "reason": sentence_of(found.refusal), "run": uprating.run,
    }  # fmt: skip
    try:
        context["chapters"] = chapters_of(found, uprating.run)
    except NoParameterInForce as unknown:
        context["unknown"] = missing_words(unknown)
    return render(request, "benefits/uprating_family.html", context)


@require_POST
@for_roles(EXPORT)
def export_uprating_families(request: HttpRequest, number: int) -> HttpResponse:
    """The families of the present filters as CSV: no name, no NIR, no account, no child."""
    uprating = get_uprating(number)
    bar = _bar(request, uprating)
    return export_list(
        request, bar, _found(request, uprating, bar), _lines, name=f"revalorisation-{number}",
        about=f"uprating:{number}", where={"number": str(number)},
    )  # fmt: skip


def _lines(rows: list[UpratingLine]) -> list[list[str]]:
    return [HEADER, *(_line(one) for one in rows)]


def _line(one: UpratingLine) -> list[str]:
    cents = [amount(value) for value in (one.before_cents, one.after_cents, one.difference_cents)]
    return [one.fund, one.beneficiary_no, one.benefit, *cents, sentence_of(one.refusal)]
