"""`/agent/prestations/petites-sommes/`: what waits by fund and age, each sum, the list as a file."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from portal.accounts.permissions import for_roles, funds_on, today
from portal.accounts.rights import Right, holders
from portal.audit.operations import journal
from portal.benefits.models import Benefit, DeferredSum, SumState
from portal.benefits.rules.small_payments import given_up_on, months_back
from portal.benefits.small import selectors
from portal.benefits.small.letters import recipients
from portal.benefits.views.small_common import threshold_told
from portal.frame.filters import Field, FilterBar, filter_bar
from portal.frame.paging import count_up_to, page_of
from portal.frame.sheets import as_csv
from portal.frame.templatetags.portal import amount, month_key, short_day
from portal.organisations.directory import is_fund_code
from portal.people.identity import normalised_nir

SEE, EXPORTERS = holders(Right.SEE_BENEFITS), holders(Right.EXPORT)
ORDER = ("month", "pk")
EXPORT_MOST, REASON_LEAST = 5_000, 10
HEADINGS = ("Caisse", "Numéro", "Prestation", "Mois dû", "Montant, €", "État", "Depuis ou le", "Arrêté")


@dataclass(frozen=True)
class Line:
    """One sum with whose it is, and the day it is given up when nothing releases it before."""

    row: DeferredSum
    name: str
    ends_on: str


@require_GET
@for_roles(SEE)
def small_sums(request: HttpRequest) -> HttpResponse:
    """What waits, this figure first, then by fund and age, then each sum."""
    if normalised_nir(request.GET.get("q", "")):
        messages.error(request, "Un numéro de sécurité sociale se cherche ici : il ne reste pas dans l’adresse.")
        return redirect("benefits:persons")
    day = today()
    seen = selectors.sums_seen(request.user, day)  # type: ignore[arg-type]
    bar = _bar(request, seen)
    found = _filtered(seen, bar)
    page = page_of(found.select_related("run"), request.GET.dict(), order=ORDER)
    context = _figures(request, seen) | {
        "page": page, "lines": _lines(page.rows), "total": count_up_to(found), "bar": bar, "box": _box(bar), "ages": selectors.AGES,
        "may_export": bool(EXPORTERS & set(request.portal_roles)), "export_most": EXPORT_MOST,  # type: ignore[attr-defined]
    }  # fmt: skip
    return render(request, "benefits/small/sums.html", context)


def _figures(request: HttpRequest, seen: QuerySet[DeferredSum]) -> dict[str, object]:
    day, user = today(), request.user
    funds = funds_on(user, day, Right.SEE_BENEFITS)  # type: ignore[arg-type]
    lines = selectors.fund_lines(seen, funds or (), day)
    overpaid = selectors.count_overpayments(selectors.overpayments_seen(user, day))  # type: ignore[arg-type]
    return {
        **threshold_told(day), **_ending(seen, day),
        "day": day, "fund_lines": lines, "is_national": funds is None, "overpaid": overpaid,
        "waiting": sum(one.count for one in lines), "waiting_cents": sum(one.cents for one in lines),
        "oldest": str(len(selectors.AGES) - 1),
        "paid": count_up_to(seen.filter(state=SumState.PAID)), "waived": count_up_to(seen.filter(state=SumState.WAIVED)),
    }  # fmt: skip


def _ending(seen: QuerySet[DeferredSum], day: date) -> dict[str, object]:
    """What the first day of next month gives up, if its threshold is known by then."""
    ending, on = selectors.ending_next(seen, day), months_back(day, -1)
    cents = ending.aggregate(cents=Sum("amount_cents", default=0))["cents"]
    may_end = threshold_told(on)["threshold"] is not None
    return {"ending": ending.count(), "ending_cents": cents, "ending_on": on, "may_end": may_end}


def _bar(request: HttpRequest, seen: QuerySet[DeferredSum]) -> FilterBar:
    funds = seen.order_by("fund").values_list("fund", flat=True).distinct()
    fields = [
        Field("box", "Liste", SumState.choices, hidden=True),
        Field("q", "Numéro d’allocataire"),
        Field("age", "Âge", [(str(place), words) for place, (_from, words) in enumerate(selectors.AGES)]),
        Field("fund", "Caisse", [(fund, fund) for fund in funds]),
    ]
    return filter_bar("benefits:small_sums", request.user, request.GET, fields)  # type: ignore[arg-type]


def _filtered(seen: QuerySet[DeferredSum], bar: FilterBar) -> QuerySet[DeferredSum]:
    wanted = bar.values
    exact = {"beneficiary_no": wanted["q"], "fund": wanted["fund"]}
    found = seen.filter(state=_box(bar), **{name: value for name, value in exact.items() if value})
    return selectors.of_age(found, int(wanted["age"]), today()) if wanted["age"] else found


def _box(bar: FilterBar) -> str:
    """The list asked for; else what waits."""
    return bar.values["box"] or SumState.WAITING.value


def _lines(rows: list[DeferredSum]) -> list[Line]:
    names, paying = recipients((one.fund, one.beneficiary_no) for one in rows), _paying(rows)
    return [Line(one, names[one.fund, one.beneficiary_no][0], ending_of(one, paying)) for one in rows]


def _paying(rows: Iterable[DeferredSum]) -> set[str]:
    """The funds that pay every sum from the next month at the latest."""
    return selectors.paying_on((one.fund for one in rows), months_back(today(), -1))


def ending_of(one: DeferredSum, paying: Collection[str]) -> str:
    """The day a sum ended; or the one on which it is given up when nothing is added to it before, unless its fund is one of
    those `paying`; past that day, the threshold keeps it."""
    if one.state != SumState.WAITING or one.ended_on:
        return f"le {short_day(one.ended_on)}" if one.ended_on else ""
    if one.fund in paying:
        return "part avec la prochaine AEEH, la caisse paie tout"
    soonest = given_up_on(one.month)
    return f"abandonnée le {short_day(soonest)}" if soonest >= today() else f"douze mois passés le {short_day(soonest)}"


@require_POST
@for_roles(EXPORTERS & SEE)
def small_export(request: HttpRequest) -> HttpResponse:
    """The present list as CSV, without names, its reason in the journal."""
    seen = selectors.sums_seen(request.user, today())  # type: ignore[arg-type]
    bar = _bar(request, seen)
    back = redirect(reverse("benefits:small_sums") + (f"?{bar.query}" if bar.query else ""))
    reason = request.POST.get("reason", "").replace("\x00", "").strip()[:200]
    if len(reason) < REASON_LEAST:
        messages.error(request, "Dites en quelques mots à quoi servira cet export, par exemple « revue du lundi ».")
        return back
    rows = list(_filtered(seen, bar).select_related("run").order_by(*ORDER)[: EXPORT_MOST + 1])
    if len(rows) > EXPORT_MOST:
        messages.error(request, "Cette liste a plus de 5 000 lignes : ajoutez un filtre. Rien n’est sorti.")
        return back
    paying = _paying(rows)
    detail = {"reason": reason, "filters": {one.name: one.value for one in bar.chips}, "rows": len(rows)}
    journal(actor=request.user.get_username(), action="benefits.small.exported", subject="benefits", detail=detail)
    answer = HttpResponse(
        as_csv([HEADINGS, *(_cells(one, paying) for one in rows)]), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = 'attachment; filename="petites-sommes.csv"'
    return answer


def _cells(one: DeferredSum, paying: Collection[str]) -> tuple[str, ...]:
    return (
        one.fund, one.beneficiary_no, Benefit(one.benefit).value, month_key(one.month), amount(one.amount_cents),
        one.get_state_display(), ending_of(one, paying), f"{month_key(one.run.month)} n° {one.run.ordinal}",
    )  # fmt: skip


@require_GET
@for_roles(SEE)
def small_policy_of(request: HttpRequest) -> HttpResponse:
    """To the rule of the fund that a national role names."""
    fund = request.GET.get("fund", "").strip().upper()
    if not is_fund_code(fund):
        messages.error(request, "Écrivez le code d’une caisse, par exemple CAF63 ou MSA15.")
        return redirect("benefits:small_sums")
    return redirect("benefits:small_policy", fund)
