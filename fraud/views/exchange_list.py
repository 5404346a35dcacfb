"""The box: what must be answered and by when, what was sent and received, one's designation and its end."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from fraud.directory.selectors import ending_soon
from fraud.exchanges import selectors
from fraud.exchanges.selectors import TO_ANSWER, Counts
from fraud.models import AuthorisedOfficer, ExchangeState, InfoExchange
from fraud.rules import exchange as rules
from fraud.rules.designation import SCOPES
from fraud.views.exchange_common import Area
from portal.accounts.permissions import today
from portal.frame.filters import Field, filter_bar
from portal.frame.paging import count_up_to, page_of

# By its name in the address: its words, and which rows it holds.
VIEWS = {
    "repondre": ("À répondre", "to_answer"), "envoyes": ("Envoyés", "sent"), "recus": ("Reçus", "received"),
    "refus": ("Refus reçus", "refused"), "passes": ("Délai passé", "expired"), "brouillons": ("Brouillons", "drafts"),
}  # fmt: skip
TONES = {
    "DRAFT": "", "SENT": "wait", "ACKNOWLEDGED": "wait", "ANSWERED": "ok", "PARTIAL": "wait", "REFUSED": "stop",
    "EXPIRED": "stop", "CLOSED": "", "PURGED": "",
}  # fmt: skip
# A clock waits; what was refused, or is over, bears another mark.
ICONS = {"REFUSED": "circle-x", "PARTIAL": "circle"}


@dataclass(frozen=True)
class Badge:
    """The state in the words of the side that reads it."""

    label: str
    tone: str
    icon: str


def badge_of(one: InfoExchange) -> Badge:
    """What came and waits is « à répondre » to who must answer, « reçu » to who asked."""
    label, tone = one.get_state_display(), TONES[one.state]
    if one.state == rules.ACKNOWLEDGED and one.kind == rules.SPONTANEOUS:
        label, tone = ("Reçu", "ok") if one.direction == "IN" else ("Remis", "ok")
    elif one.state == rules.ACKNOWLEDGED:
        label = "À répondre" if one.direction == "IN" else "Remis, sans réponse encore"
    return Badge(label, tone, ICONS.get(one.state, ""))


@require_GET
def exchanges(request: HttpRequest, area: Area) -> HttpResponse:
    """What waits first; the rest by its tab."""
    day, user = today(), request.user
    mine = selectors.designations_of(user, day)  # type: ignore[arg-type]
    if not mine:
        return undesignated(request, area)
    all_of_them = selectors.exchanges_of(user, day)  # type: ignore[arg-type]
    counts = selectors.counts_of(all_of_them)
    view = request.GET.get("vue", "")
    view = view if view in VIEWS else ("repondre" if counts.to_answer else "recus")
    fields = [
        Field("q", "N° d’échange, de dossier, ou nom d’une personne de l’autre organisme"),
        Field("state", "État", ExchangeState.choices),
        Field("vue", "Vue", [(name, label) for name, (label, _which) in VIEWS.items()], hidden=True),
    ]
    bar = filter_bar(area.home, user, request.GET, fields)  # type: ignore[arg-type]
    rows = _filtered(all_of_them.filter(selectors.VIEWS[VIEWS[view][1]]), bar.values)
    # What waits is read by its last day, the rest from the newest.
    page = page_of(rows, request.GET.dict(), order=("due_on", "pk") if view == "repondre" else ("-pk",))
    context = {
        "area": area, "page": page, "rows": [(one, badge_of(one)) for one in page.rows],
        "total": count_up_to(rows), "bar": bar, "on": day, "view": view, "mine": mine,
        "tabs": _tabs(counts), "counts": counts, "to_answer": shown(counts.to_answer), "first": _first(all_of_them), "scopes": SCOPES,
        "ending": _ending(request),
        "new": area.link("exchange_new"), "page_name": f"fraud:{area.begins}exchange",
    }  # fmt: skip
    return render(request, "fraud/exchanges.html", context)


def _ending(request: HttpRequest) -> list[tuple[str, date]]:
    """The bodies for which one's designation ends within the month, each with its last day."""
    soon = ending_soon(AuthorisedOfficer.objects.filter(user_id=request.user.pk), today()).order_by("valid_to")
    return [(one.body.name, last_of(one)) for one in soon[:3]]


def last_of(one: AuthorisedOfficer) -> date:
    """The last day on which a designation holds, or held."""
    ends = min(one.valid_to, one.revoked_on) if one.revoked_on else one.valid_to
    return ends - timedelta(days=1)


def undesignated(request: HttpRequest, area: Area) -> HttpResponse:
    """No content at all: when it ended, what remains possible, whom to ask."""
    ended = selectors.last_designation(request.user, today())  # type: ignore[arg-type]
    context = {"area": area, "ended": ended, "last": last_of(ended) if ended else None}
    return render(request, "fraud/exchanges_undesignated.html", context)


def _first(found: QuerySet[InfoExchange]) -> InfoExchange | None:
    """The one whose last day comes first."""
    return found.filter(TO_ANSWER).order_by("due_on", "pk").first()


def _tabs(counts: Counts) -> list[dict[str, Any]]:
    always = {"repondre", "envoyes", "recus"}
    numbers = {name: getattr(counts, which) for name, (_label, which) in VIEWS.items()}
    return [
        {"name": name, "label": label, "count": numbers[name], "shown": shown(numbers[name])}
        for name, (label, _which) in VIEWS.items()
        if name in always or numbers[name]
    ]


def shown(number: int) -> str:
    """``99 et plus``: beyond, nobody counts."""
    return str(number) if number <= selectors.COUNTED else f"{selectors.COUNTED} et plus"


def _filtered(rows: QuerySet[InfoExchange], values: dict[str, str]) -> QuerySet[InfoExchange]:
    if values["state"]:
        rows = rows.filter(state=values["state"])
    if values["q"]:
        text = values["q"]
        rows = rows.filter(
            Q(number__icontains=text)
            | Q(case_number__icontains=text)
            | Q(counterpart__code__iexact=text)
            | Q(counterpart_officer__last_name__icontains=text)
        )
    return rows
