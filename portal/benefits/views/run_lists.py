"""The families of a run: filtered, searched, exported with a reason; one family's award, explained."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from portal.accounts.permissions import for_roles, today
from portal.accounts.rights import Right, holders
from portal.audit.operations import journal_read
from portal.batches.models import Run
from portal.benefits.models import Award, AwardStatus
from portal.benefits.persons.asking import terms_on
from portal.benefits.persons.selectors import Family, subject_of
from portal.benefits.persons.stuck import stuck_of
from portal.benefits.running import selectors
from portal.benefits.running.explaining import because, explanation_of, title_of_award
from portal.benefits.running.kinds import title_of
from portal.benefits.running.reasons import CYCLE_UNKNOWN, NOT_DECLARED, REASONS, reason_of
from portal.benefits.running.selectors import TERRITORIES
from portal.benefits.views.own_common import own_page
from portal.benefits.views.run_common import SEE, get_run
from portal.frame.exports import EXPORT_MOST, export_list, may_export
from portal.frame.filters import Field, FilterBar, filter_bar
from portal.frame.paging import count_up_to, page_of
from portal.frame.templatetags.portal import money
from portal.organisations.serving import name_on

KINDS = (("differential", "différentielle"), ("excess", "rien de plus à verser, ou versé en trop"))
HEADING = ["Famille", "Caisse", "N° d’allocataire", "Territoire", "État", "Motif", "Dû", "Déjà décidé",
           "Déjà versé, noté en trop", "À verser"]  # fmt: skip


def _bar(request: HttpRequest, run: Run) -> FilterBar:
    codes = {line.code: REASONS[line.code].message for line in selectors.reason_lines(run)}
    fields = [
        Field("status", "État", AwardStatus.choices),
        Field("reason", "Motif", sorted(codes.items())),
        Field("territory", "Territoire", list(TERRITORIES.items())),
        Field("kind", "Seulement", KINDS),
        Field("fund", "Caisse", [(fund, fund) for fund in selectors.funds_shown(request.user, today())]),  # type: ignore[arg-type]
        Field("q", "Nom ou n° d’allocataire"),
    ]
    return filter_bar("benefits:run_families", request.user, request.GET, fields)  # type: ignore[arg-type]


@never_cache
@require_GET
@for_roles(SEE)
def families(request: HttpRequest, run: int) -> HttpResponse:
    """The families of a run, one a line."""
    found = get_run(run)
    bar = _bar(request, found)
    awards = selectors.awards_seen(found, request.user, today(), bar.values)  # type: ignore[arg-type]
    page = page_of(awards, request.GET.dict())
    context = {
        "run": found, "title": title_of(found), "bar": bar, "page": page, "total": count_up_to(awards),
        "rows": _named(page.rows), "may_export": may_export(request), "export_most": EXPORT_MOST,
    }  # fmt: skip
    return render(request, "benefits/run_families.html", context)


def _named(awards: list[Award]) -> list[tuple[Award, str, str]]:
    """Each with its family's name and the words of its reason."""
    names = selectors.names_of(awards)
    return [
        (one, names.get(f"{one.fund}/{one.beneficiary_no}", ""), reason_of(one.status, one.refusal)) for one in awards
    ]  # fmt: skip


@require_POST
@for_roles(holders(Right.EXPORT) & SEE)
def export_families(request: HttpRequest, run: int) -> HttpResponse:
    """The present list as CSV: no NIR, no account, no child."""
    found = get_run(run)
    bar = _bar(request, found)
    awards = selectors.awards_seen(found, request.user, today(), bar.values)  # type: ignore[arg-type]
    name = f"{found.kind}-{found.month:%Y-%m}-{found.ordinal}"
    return export_list(
        request, bar, awards, award_rows, name=name, about=f"run:{found.pk}", where={"run": str(found.pk)}
    )


def award_rows(awards: list[Award]) -> list[list[str]]:
    lines = [
        [name, one.fund, one.beneficiary_no, TERRITORIES.get(one.territory, ""), one.get_status_display(), reason,
         money(one.net_cents), money(one.already_cents - one.due_again_cents), money(one.due_again_cents),
         money(one.paid_cents)]
        for one, name, reason in _named(awards)
    ]  # fmt: skip
    return [HEADING, *lines]


@never_cache
@require_GET
@for_roles(SEE)
def award(request: HttpRequest, award: int) -> HttpResponse:
    """One award, explained; opening it is journaled."""
    found = selectors.award_seen(request.user, today(), award)  # type: ignore[arg-type]
    if found is None:
        raise Http404
    journal_read(
        actor=request.user.get_username(), action="benefits.award.read",
        subject=f"family:{found.fund}/{found.beneficiary_no}", fields=("enfants", "ressources", "CDAPH", "prestations"),
        why="montant expliqué", body=found.fund,
    )  # fmt: skip
    name = selectors.names_of([found]).get(f"{found.fund}/{found.beneficiary_no}", found.beneficiary_no)
    context = _explained(found) | {"name": name, "run": found.run, "run_title": title_of(found.run)}
    return render(request, "benefits/award.html", context)


@require_GET
@own_page
def own_award(request: HttpRequest, family: Family, award: int) -> HttpResponse:
    """A parent's own award, once its run is issued."""
    found = Award.objects.filter(
        pk=award, fund=family.file.fund, beneficiary_no=family.file.beneficiary_no, run__issued_at__isnull=False,
        run__dry_run=False,
    ).select_related("run").first()  # fmt: skip
    if found is None:
        raise Http404
    context = {"fund": name_on(found.fund, today()), "question": _question_of(found), "number": found.beneficiary_no}
    return render(request, "benefits/own/award.html", _explained(found) | context)


def _question_of(found: Award) -> str:
    """Where the family answers what its ARS waits for; nothing for another reason, or once it may no longer be claimed."""
    years = [term.school_year for term in terms_on(today())]
    if found.refusal not in (NOT_DECLARED, CYCLE_UNKNOWN) or found.month.year not in years:
        return ""
    return f"{reverse('benefits:own_schooling')}?rentree={found.month.year}"


def _explained(found: Award) -> dict[str, object]:
    subject = subject_of(found.fund, found.beneficiary_no)
    stuck = [one for one in stuck_of(subject) if one.award == found.pk]
    heading = title_of_award(found, waits_cents=sum(one.cents for one in stuck))
    return {
        "award": found, "heading": heading, "because": because(found), "explained": explanation_of(found), "stuck": stuck,
    }  # fmt: skip
