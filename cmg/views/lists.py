"""Lists: my queue, disagreements, held declarations. Filters live in the address; an export has a reason and a trace."""

from collections.abc import Callable, Iterable

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from cmg import selectors
from cmg.models import Anomaly, AnomalyState, Settlement
from cmg.reconciliation.catalogue import EFFECTS, catalogue
from cmg.remedies.returned import returned_of
from cmg.searching import dossiers_matching
from cmg.selectors import AGE_WORDS, SUBJECT
from cmg.views.access import AGENTS, EXPORTERS, for_roles, today
from cmg.views.months import _month, _run_or_404
from cmg.views.next_dossier import keep_list
from portal.batches.models import Run
from portal.casework import selectors as dossiers
from portal.casework.models import Dossier
from portal.frame.exports import EXPORT_MOST, export_list, may_export
from portal.frame.filters import Field, FilterBar, clean, filter_bar
from portal.frame.paging import COUNTED, count_up_to, page_of
from portal.frame.templatetags.portal import effect_word, short_day
from portal.legislation.words import sum_in_words

FILE_NAMES = {"cmg:held": "retenues", "cmg:anomalies": "desaccords"}
BOXES = (
    ("today", "à rendre aujourd’hui"),
    ("week", "cette semaine"),
    ("mine", "mes dossiers"),
    ("team", "dossiers ouverts de l’équipe"),
    ("late", "en retard"),
    ("unassigned", "sans responsable"),
    ("offered", "transmissions à accepter"),
    ("repaired", "réparés, l’argent n’est pas parti"),
)
SEARCHED = "Nom, n° d’employeur ou de déclaration"


def _queue_bar(request: HttpRequest) -> FilterBar:
    fields = [Field("box", "File", hidden=True), Field("q", "Nom ou numéro, dans cette liste")]
    return filter_bar("cmg:queue", request.user, request.GET, fields)


def _queued(request: HttpRequest, bar: FilterBar) -> QuerySet[Dossier]:
    return dossiers.queue(request.user, bar.values["box"], today(), matching=dossiers_matching(bar.values["q"]))


@require_POST
@for_roles(EXPORTERS)
def export_queue(request: HttpRequest) -> HttpResponse:
    """The dossiers of the present list as CSV."""
    bar = _queue_bar(request)
    return export_list(request, bar, _queued(request, bar), dossier_rows, name="dossiers", about="queue")


def dossier_rows(rows: list[Dossier]) -> list[list[str]]:
    """Heading and lines of a list of dossiers: no NIR, no bank account, no child."""
    lines = [
        [row.title, row.subject.removeprefix(SUBJECT), row.fund, row.reasons, sum_in_words(row.held_cents),
         row.owner.full_name if row.owner else "À attribuer", short_day(row.opened_on), short_day(row.deadline)]
        for row in rows
    ]  # fmt: skip
    return [["Famille", "N° d’employeur", "Caisse", "Motifs", "Non prélevé", "Responsable", "Ouvert le", "Échéance"],
            *lines]  # fmt: skip


@require_GET
@for_roles(AGENTS)
def queue(request: HttpRequest) -> HttpResponse:
    """My dossiers, the most urgent first."""
    day = today()
    bar = _queue_bar(request)
    keep_list(request, bar.values)
    found = _queued(request, bar)
    counts = dossiers.counts(request.user, day)
    page = page_of(found, request.GET.dict(), order=dossiers.URGENT_FIRST)
    context = {
        "page": page,
        "total": count_up_to(found),
        "nearest": None if page.rows else dossiers.nearest(request.user, day),
        "may_export": may_export(request),
        "export_most": EXPORT_MOST,
        "counts": counts,
        "tiles": [(name, counts[name], label) for name, label in BOXES],
        "bar": bar,
        "catalogue": catalogue(),
        "returned": {
            subject: rows[0].words for subject, rows in returned_of([one.subject for one in page.rows]).items()
        },
        "box": bar.values["box"] if bar.values["box"] in counts else "mine",
    }
    return render(request, "cmg/queue.html", context)


def _anomaly_bar(request: HttpRequest, run: Run, codes: Iterable[selectors.CodeLine]) -> FilterBar:
    fields = [
        Field("code", "Motif", [(line.code, f"{line.code} {line.label}") for line in codes]),
        Field("effect", "Prélèvement", [(effect, effect_word(effect)) for effect in EFFECTS]),
        Field("state", "État", AnomalyState.choices),
        Field("fund", "Caisse", [(fund, fund) for fund in _funds(request, run)], is_feminine=True),
        Field("owner", "Responsable", selectors.owners_of_dossiers(request.user, today())),
        Field("age", "Âge du dossier", AGE_WORDS),
        Field("q", SEARCHED),
    ]
    return filter_bar("cmg:anomalies", request.user, request.GET, fields)


def _held_bar(request: HttpRequest, run: Run, codes: Iterable[selectors.CodeLine]) -> FilterBar:
    fields = [
        Field("code", "Motif", [(line.code, f"{line.code} {line.label}") for line in codes if line.held]),
        Field("fund", "Caisse", [(fund, fund) for fund in _funds(request, run)], is_feminine=True),
        Field("owner", "Responsable", selectors.owners_of_dossiers(request.user, today())),
        Field("age", "Âge du dossier", AGE_WORDS),
        Field("q", SEARCHED),
    ]
    return filter_bar("cmg:held", request.user, request.GET, fields)


def _funds(request: HttpRequest, run: Run) -> list[str]:
    """The funds to choose from; the one in the address stays a choice, or its filter would silently go."""
    asked = clean(request.GET.get("fund", ""))[:8]
    return sorted({*selectors.funds_held(run, request.user, today()), *([asked] if asked else [])})


@require_GET
@for_roles(AGENTS)
def anomalies(request: HttpRequest, month: str) -> HttpResponse:
    """The disagreements of the month, by code, then one by one."""
    run = _run_or_404(_month(month))
    codes = selectors.code_lines(run, selectors.funds_of(request.user, today()))
    bar = _anomaly_bar(request, run, codes)
    found = selectors.anomalies_of(run, request.user, today(), bar.values)
    page = page_of(found, request.GET.dict())
    counts = selectors.anomaly_counts(found)
    context = _list_context(request, run, bar, min(counts["rows"], COUNTED + 1)) | {
        "codes": codes,
        "limited": selectors.funds_of(request.user, today()) is not None,
        "page": page,
        "families": counts["families"],
        "names": selectors.names_of([row.employer_no for row in page.rows]),
        "children": selectors.children_names([child for row in page.rows for child in row.child_id.split("|")]),
        "settlements": selectors.held_by_declaration(run, [row.declaration_id for row in page.rows]),
        "dossiers": dossiers.by_subject([SUBJECT + row.employer_no for row in page.rows]),
    }
    return render(request, "cmg/anomalies.html", context)


@require_GET
@for_roles(AGENTS)
def held(request: HttpRequest, month: str) -> HttpResponse:
    """The families whose debit does not leave."""
    run = _run_or_404(_month(month))
    bar = _held_bar(request, run, selectors.code_lines(run, selectors.funds_of(request.user, today())))
    found = selectors.held_of(run, request.user, today(), bar.values)
    page = page_of(found, request.GET.dict())
    context = _list_context(request, run, bar, count_up_to(found)) | {
        "sums": selectors.held_sums(found),
        "page": page,
        "names": selectors.names_of([row.employer_no for row in page.rows]),
        "dossiers": dossiers.by_subject([SUBJECT + row.employer_no for row in page.rows]),
    }
    return render(request, "cmg/held.html", context)


def _list_context(request: HttpRequest, run: Run, bar: FilterBar, total: int) -> dict[str, object]:
    return {
        "month": run.month,
        "run": run,
        "bar": bar,
        "total": total,
        "catalogue": catalogue(),
        "may_export": may_export(request),
        "export_most": EXPORT_MOST,
    }


@require_POST
@for_roles(EXPORTERS)
def export_anomalies(request: HttpRequest, month: str) -> HttpResponse:
    """The disagreements of the present filters as CSV."""
    run = _run_or_404(_month(month))
    bar = _anomaly_bar(request, run, selectors.code_lines(run, selectors.funds_of(request.user, today())))
    return _export_of_month(
        request, run, bar, selectors.anomalies_of(run, request.user, today(), bar.values), anomaly_rows
    )


@require_POST
@for_roles(EXPORTERS)
def export_held(request: HttpRequest, month: str) -> HttpResponse:
    """The held declarations of the present filters as CSV."""
    run = _run_or_404(_month(month))
    bar = _held_bar(request, run, selectors.code_lines(run, selectors.funds_of(request.user, today())))
    return _export_of_month(request, run, bar, selectors.held_of(run, request.user, today(), bar.values), held_rows)


def anomaly_rows(rows: list[Anomaly]) -> list[list[str]]:
    """Heading and lines of the disagreements: no NIR, no bank account, no child."""
    names = selectors.names_of([row.employer_no for row in rows])
    lines = [
        [row.code, catalogue()[row.code].label, names.get(row.employer_no, ""), row.employer_no, row.declaration_no,
         effect_word(row.debit_effect), row.get_state_display()]
        for row in rows
    ]  # fmt: skip
    return [["Code", "Motif", "Famille", "N° d’employeur", "Déclaration", "Prélèvement", "État"], *lines]


def held_rows(rows: list[Settlement]) -> list[list[str]]:
    """Heading and lines of the held declarations: no NIR, no bank account, no child."""
    names = selectors.names_of([row.employer_no for row in rows])
    found = dossiers.by_subject([SUBJECT + row.employer_no for row in rows])
    lines = []
    for row in rows:
        dossier = found.get(SUBJECT + row.employer_no)
        owner = dossier.owner.full_name if dossier and dossier.owner else "À attribuer"
        lines.append(
            [names.get(row.employer_no, ""), row.employer_no, row.fund, row.declaration_no, row.anomaly_codes,
             sum_in_words(row.held_debit_cents), sum_in_words(row.payout_cents), owner, short_day(dossier.deadline if dossier else None)]
        )  # fmt: skip
    return [["Famille", "N° d’employeur", "Caisse", "Déclaration", "Motifs", "Non prélevé", "Aide prévue", "Responsable",
             "Échéance"], *lines]  # fmt: skip


def _export_of_month(
    request: HttpRequest, run: Run, bar: FilterBar, found: QuerySet, lines_of: Callable[[list], list[list[str]]]
) -> HttpResponse:
    month = f"{run.month:%Y-%m}"
    return export_list(
        request, bar, found, lines_of, name=f"{FILE_NAMES[bar.page]}-{month}", about=f"month:{month}",
        where={"month": month}, detail={"run": run.pk},
    )  # fmt: skip
