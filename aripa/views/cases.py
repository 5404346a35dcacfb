"""The lists of the day, the search, the export: cases of the caseworker's funds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from aripa import selectors
from aripa.agreements.selectors import at_fund
from aripa.bank import selectors as bank
from aripa.casefile import state_words
from aripa.days import loading
from aripa.exporting import EXPORT_MOST, REASON_LEAST, lines_of
from aripa.life.living import Book, Life, Outcome
from aripa.models import Case, Disclosure
from aripa.next_step import NextStep, next_step
from aripa.own.answering import waiting
from aripa.selectors import FAR
from aripa.views.access import AGENTS, EXPORTERS, for_roles, lived_day, today
from aripa.words import STATES
from portal.audit.operations import journal
from portal.frame.filters import Field, FilterBar, clean, filter_bar
from portal.frame.paging import count_up_to, page_of
from portal.frame.sheets import as_csv
from portal.legislation.calendar import next_business_day
from portal.people.identity import normalised_nir

FIRST_BOX = "notify"
ORDER = ("due", "case_no")


@dataclass(frozen=True)
class Line:
    """A case in a list. Of a protected one: its number and state, no name, no place."""

    case: Case
    names: str
    state: tuple[str, str]
    due: date | None
    next: NextStep


def lines_for(cases: Sequence[Case], on: date) -> list[Line]:
    """What a list says of some cases, in a number of queries that does not grow with them."""
    parents, children = selectors.parents_of(cases), selectors.children_of(cases)
    creditors = sorted({one.household_id for one in cases})
    families = loading.families(creditors) if creditors else {}
    books = loading.books(creditors, loading.prices(on)) if creditors else {}
    return [_line(one, parents, children, families, books, on) for one in cases]


def _line(one: Case, parents: dict, children: dict, families: dict, books: dict[str, Book], on: date) -> Line:
    names = ""
    if not one.violence:
        creditor, debtor = parents.get(one.household_id), parents.get(one.debtor_no)
        first_names = ", ".join(children.get(one.pk, []))
        payer = selectors.last_name(debtor, is_protected=False)
        names = f"{selectors.last_name(creditor, is_protected=False)} → {first_names} ← {payer}"
    state = families[one.household_id].cases[one.pk]
    life = Life(state, books[one.household_id], on, Outcome())
    return Line(one, names, state_words(state), _day_of(one), next_step(life))


def _day_of(one: Case) -> date | None:
    """The day of the list, as people count it: a delay of theirs goes on to the next working day."""
    due = getattr(one, "due", None)
    if due is None or due == FAR:
        return None
    return next_business_day(due) if getattr(one, "moves", False) else due


def _bar(request: HttpRequest) -> FilterBar:
    funds = selectors.funds_of(request.user, today())
    states = [(code, words) for code, (words, _tone) in STATES.items() if code]
    fields = [
        Field("box", "Liste", hidden=True),
        Field("q", "Nom, n° de dossier ou de titre, dans cette liste"),
        Field("state", "État", states),
        Field("fund", "Caisse", [(fund, fund) for fund in funds], is_feminine=True),
    ]
    return filter_bar("aripa:cases", request.user, request.GET, fields)


def _box(bar: FilterBar, counts: Mapping[str, int]) -> str:
    """The list asked for, else the first that holds something."""
    asked = bar.values["box"]
    return asked if asked in counts else next((name for name, number in counts.items() if number), FIRST_BOX)


@require_GET
@for_roles(AGENTS)
def cases(request: HttpRequest) -> HttpResponse:
    """The deadlines of the day: each list with its count, the most urgent first."""
    if normalised_nir(request.GET.get("q", "")):
        return _nir_in_address(request)
    on, bar = lived_day(), _bar(request)
    boxes, counts = selectors.boxes(on), selectors.counts(request.user, today(), on)
    box = _box(bar, counts)
    found = selectors.listed(request.user, today(), on, box, bar.values)
    page = page_of(found, request.GET.dict(), order=ORDER)
    asked = waiting(request.user, today())
    context = {
        "page": page,
        "lines": lines_for(page.rows, on),
        "total": count_up_to(found),
        "tiles": [(name, counts[name], one.label) for name, one in boxes.items()],
        "box": box,
        "shown_box": boxes[box],
        "bar": bar,
        "on": on,
        "export_most": EXPORT_MOST,
        "told": selectors.disclosures_to_tell(request.user),
        "agreements": count_up_to(at_fund(request.user, today())),  # type: ignore[arg-type]
        "answers": count_up_to(asked),
        "answers_by": asked.order_by("answer_by").values_list("answer_by", flat=True).first(),
        "may_live": settings.PORTAL_DEMO,
        "next_day": on + timedelta(days=1),
        "waiting": count_up_to(bank.waiting(request.user, today())),
    }
    return render(request, "aripa/cases.html", context)


def _nir_in_address(request: HttpRequest) -> HttpResponse:
    """A NIR typed into the filter would stay in histories and logs: it is forgotten, the form that posts is shown."""
    messages.error(request, "Un numéro de sécurité sociale se cherche ici : il ne reste pas dans l’adresse.")
    return redirect("aripa:search")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(AGENTS)
def search(request: HttpRequest) -> HttpResponse:
    """A name, a NIR, a case or a title number. Posted, so that nothing typed stays in an address."""
    text = clean(request.POST.get("q", ""))
    found = selectors.search_cases(text, request.user, today())
    if request.method == "POST":
        journal(
            actor=request.user.get_username(), action="aripa.search", subject="aripa",
            detail={"found": len(found), "nir": bool(normalised_nir(text))},
        )  # fmt: skip
    more = len(found) > selectors.SEARCH_MOST
    lines = lines_for(found[: selectors.SEARCH_MOST], lived_day())
    context = {"text": "" if normalised_nir(text) else text, "searched": bool(text), "lines": lines, "more": more}
    return render(request, "aripa/search.html", context)


@require_POST
@for_roles(EXPORTERS)
def export(request: HttpRequest) -> HttpResponse:
    """The present list as CSV, its reason in the journal; nothing protected is in it."""
    on, bar = lived_day(), _bar(request)
    back = redirect(reverse("aripa:cases") + (f"?{bar.query}" if bar.query else ""))
    reason = request.POST.get("reason", "").strip()[:200]
    if len(reason) < REASON_LEAST:
        messages.error(request, "Dites en quelques mots à quoi servira cet export, par exemple « revue du lundi ».")
        return back
    box = _box(bar, selectors.counts(request.user, today(), on))
    found = selectors.listed(request.user, today(), on, box, bar.values)
    if bar.values["fund"]:
        # A list of one fund would tell the fund of the protected cases that it names.
        found = found.filter(violence=False)
    rows = list(found.order_by(*ORDER)[: EXPORT_MOST + 1])
    if len(rows) > EXPORT_MOST:
        messages.error(
            request, "Cette liste a plus de 5 000 lignes : ajoutez un filtre, puis exportez. Rien n’est sorti."
        )
        return back
    filters = {name: value for name, value in bar.values.items() if value}
    journal(
        actor=request.user.get_username(), action="aripa.cases.exported", subject="aripa",
        detail={"reason": reason, "filters": filters, "rows": len(rows)},
    )  # fmt: skip
    response = HttpResponse(as_csv(lines_of(rows)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="pensions.csv"'
    return response


@require_POST
@for_roles(AGENTS)
def disclosures_seen(request: HttpRequest) -> HttpResponse:
    """The person in charge has read who looked at what is protected."""
    shown = [int(one) for one in request.POST.getlist("seen") if one.isdecimal() and len(one) < 18]
    own = Disclosure.objects.filter(pk__in=shown, referent=request.user, seen_at__isnull=True)
    own.update(seen_at=timezone.now())
    return redirect("aripa:cases")
