"""A campaign: its counts by state and département, each opening its list; those whom a desk may help; exports."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from cmg.views.lists import EXPORT_MOST, export_list
from monenfant.duties import selectors
from monenfant.duties.selectors import Counts
from monenfant.models import DeclarationFollowUp, FollowUpState
from monenfant.naming import names_of
from monenfant.rules import follow_up as rules
from monenfant.views.agent_common import EXPORTERS, SEE
from portal.accounts.permissions import for_roles, today
from portal.frame.filters import Field, FilterBar, filter_bar
from portal.frame.forms import may
from portal.frame.paging import count_up_to, page_of
from portal.frame.templatetags.portal import short_day
from portal.organisations.communes import communes
from portal.organisations.directory import departements

# Those who are awaited, then the others: a list never says who did how often.
ORDER = ("is_over", "pk")
TONES = {rules.COMPLIANT: "ok", rules.DUE: "", rules.EXEMPT: "", rules.RECORDED: "stop", rules.WARNED: "stop"}


@dataclass(frozen=True)
class Line:
    """A follow-up in a list: who, where, and until when something is awaited."""

    one: DeclarationFollowUp
    name: str
    city: str
    tone: str
    next: date | None


def lines_of(rows: Sequence[DeclarationFollowUp]) -> list[Line]:
    """In two queries, however many."""
    names = names_of(one.place for one in rows)
    return [
        Line(one, names[one.place_id], city_of(one.place.insee_code), TONES.get(one.state, "wait"), awaited(one))
        for one in rows
    ]  # fmt: skip


def city_of(insee_code: str) -> str:
    found = communes().get(insee_code)
    return found.name if found else insee_code


def awaited(one: DeclarationFollowUp) -> date | None:
    """The day on which a follow-up goes on without a declaration."""
    return one.deadline if one.state == rules.DUE else rules.moves_on(one.state, one.moved_on)


def _deadline(text: str) -> date:
    """The deadline of an address; a day that is none has no page."""
    try:
        found = date.fromisoformat(text)
    except ValueError as wrong:
        raise Http404 from wrong
    if (found.month, found.day) not in rules.DEADLINES or found.isoformat() != text:
        raise Http404
    return found


def _campaign(request: HttpRequest, deadline: date) -> QuerySet[DeclarationFollowUp]:
    return selectors.follow_ups(request.user, today()).filter(deadline=deadline)  # type: ignore[arg-type]


def _bar(request: HttpRequest, names: list[tuple[str, str]]) -> FilterBar:
    fields = [
        Field("q", "Nom ou n°, dans cette liste"),
        Field("state", "État", FollowUpState.choices),
        Field("departement", "Département", names),
    ]
    return filter_bar("monenfant:campaign", request.user, request.GET, fields)  # type: ignore[arg-type]


def _named(numbers: Sequence[str]) -> list[tuple[str, str]]:
    known = departements()
    return [(number, f"{number} {known[number].name}" if number in known else number) for number in numbers]


def _labelled(counts: Counts) -> list[tuple[str, int, str]]:
    return [(state, count, FollowUpState(state).label) for state, count in counts.states]


@require_GET
@for_roles(SEE)
def campaign(request: HttpRequest, day: str) -> HttpResponse:
    """Counts and list of one deadline, from the same rows."""
    deadline = _deadline(day)
    whole = _campaign(request, deadline)
    board = selectors.board_of(whole)
    names = _named(list(board.departements))
    bar = _bar(request, names)
    found = selectors.narrowed(whole, bar.values)
    page = page_of(found, request.GET.dict(), order=ORDER)
    context = {
        "deadline": deadline, "opens": rules.campaign_opens(deadline), "until": rules.period_end(deadline), "on": today(),
        "board": board, "tiles": _labelled(board.whole),
        "rows": [(number, name, (one := board.departements[number]).rate, _labelled(one)) for number, name in names],
        "heads": [FollowUpState(state).label for state in selectors.SHOWN_STATES],
        "page": page, "lines": lines_of(page.rows), "total": count_up_to(found), "bar": bar,
        "may_export": may(request, EXPORTERS), "export_most": EXPORT_MOST,
        "export_link": f"{reverse('monenfant:export_campaign', args=[day])}?{bar.query}",
    }  # fmt: skip
    return render(request, "monenfant/childcare_campaign.html", context)


@require_POST
@for_roles(EXPORTERS)
def export_campaign(request: HttpRequest, day: str) -> HttpResponse:
    """The list as CSV, with its reason in the journal; no address, telephone or e-mail is in it."""
    deadline = _deadline(day)
    whole = _campaign(request, deadline)
    bar = _bar(request, _named(list(selectors.board_of(whole).departements)))
    return export_list(
        request, bar, selectors.narrowed(whole, bar.values), _cells, name=f"declarations-{deadline}",
        about=f"childcare:campaign:{deadline}", where={"day": day},
    )  # fmt: skip


def _cells(rows: list[DeclarationFollowUp]) -> list[list[str]]:
    lines = [
        [line.one.place.number, line.name, line.city, line.one.departement, line.one.get_state_display(),  # type: ignore[attr-defined]
         short_day(line.one.moved_on), short_day(line.next)]
        for line in lines_of(rows)
    ]  # fmt: skip
    return [["N°", "Nom", "Commune", "Département", "État", "Depuis le", "Suite à partir du"], *lines]


BOXES = (("to_note", "Transmis depuis trente jours, à noter"), ("warned", "Avertissements notés, suivi ouvert"))


@require_GET
@for_roles(SEE)
def every(request: HttpRequest) -> HttpResponse:
    """The follow-ups of every campaign: one person looked for, or what waits for a caseworker."""
    fields = [
        Field("q", "Nom ou n° d’assistant maternel"),
        Field("box", "Liste", BOXES),
        Field("state", "État", FollowUpState.choices),
    ]
    bar = filter_bar("monenfant:follow_ups", request.user, request.GET, fields)  # type: ignore[arg-type]
    found = selectors.narrowed(selectors.follow_ups(request.user, today()), bar.values)  # type: ignore[arg-type]
    box = bar.values["box"]
    if box:
        found = found.filter(selectors.boxes(today())[box])
    page = page_of(found, request.GET.dict(), order=("-pk",))
    context = {
        "page": page, "lines": lines_of(page.rows), "total": count_up_to(found), "bar": bar, "on": today(),
        "label": dict(BOXES).get(box, "Suivis des déclarations"),
    }  # fmt: skip
    return render(request, "monenfant/childcare_follow_ups.html", context)


@require_GET
@for_roles(SEE)
def helped(request: HttpRequest) -> HttpResponse:
    """Those whom a desk may help to declare, since the fund's letter."""
    found = selectors.referrals(request.user, today())  # type: ignore[arg-type]
    numbers = sorted(set(found.order_by().values_list("desk_no", flat=True).distinct()))
    names = selectors.desks_named(numbers)
    desks = [(number or "0", names.get(number, number) or "Aucun relais : la caisse aide") for number in numbers]
    bar = filter_bar("monenfant:helped", request.user, request.GET, [Field("desk", "Relais", desks)])  # type: ignore[arg-type]
    if bar.values["desk"]:
        found = found.filter(desk_no="" if bar.values["desk"] == "0" else bar.values["desk"])
    page = page_of(found, request.GET.dict())
    lines = lines_of([one.follow_up for one in page.rows])
    rows = [(line, names.get(one.desk_no, ""), one.made_on) for line, one in zip(lines, page.rows, strict=True)]
    context = {"page": page, "rows": rows, "total": count_up_to(found), "bar": bar}
    return render(request, "monenfant/childcare_helped.html", context)
