"""`/agent/controle/`: what families are owed, then leads; and one lead. Nothing here touches a payment."""

from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from fraud.access import leads_of
from fraud.guarding import LinkedToThem
from fraud.models import Lead, LeadState, RuleState
from fraud.signals import selectors
from fraud.signals.deciding import last_check, overdue_in_favour, read_lead, version_of
from fraud.signals.declaring import SEVERITIES
from fraud.signals.people import CMG, PENSION, closed_subjects, names_of, number_of
from fraud.signals.publishing import published_rule
from fraud.views.lead_common import SEE, TREAT, agent, closed
from portal.accounts.models import User
from portal.accounts.permissions import for_roles, today
from portal.frame.filters import Field, FilterBar, filter_bar
from portal.frame.forms import may
from portal.frame.paging import count_up_to, page_of

FIRST = 25
STATES = ((LeadState.REJECTED.value, "écartés"), (LeadState.ACCEPTED.value, "retenus"))
NATURES = (("droits", "droits manquants"), ("signaux", "signaux d’une règle"), ("tirage", "tirages au sort"))
NATURE = {
    "droits": {"in_favour": True},
    "signaux": {"in_favour": False, "is_sample": False},
    "tirage": {"is_sample": True},
}


@dataclass(frozen=True)
class Line:
    """One lead in a list; of a file that a declared link closes, nothing but that is told."""

    lead: Lead
    name: str
    number: str
    severity: str
    closed: bool


@require_GET
@never_cache
@for_roles(SEE)
def control(request: HttpRequest) -> HttpResponse:
    """What families are owed first, then leads; cases by step; what is not met."""
    user, day = agent(request), today()
    waiting = selectors.open_leads(user, day)
    owed = waiting.filter(in_favour=True).order_by("found_on", "pk")
    bar = _bar(user, request)
    found = _filtered(user, day, bar)
    page = page_of(found, request.GET, order=("found_on", "pk"))
    shown = selectors.shown_rules(day)
    severities = {(one.rule.code, one.version.version): SEVERITIES[one.rule.severity] for one in shown}
    late = sum(
        overdue_in_favour(user, fund, day).count()
        for fund in owed.order_by().values_list("fund", flat=True).distinct()[:FIRST]
    )
    context = {
        "owed": _lines(user, day, owed[:FIRST], severities), "owed_count": count_up_to(owed), "first": FIRST,
        "leads_count": count_up_to(waiting.filter(in_favour=False)), "bar": bar, "total": count_up_to(found),
        "lines": _lines(user, day, page.rows, severities), "page": page, "on": day, "aside": selectors.put_aside(user, day),
        "steps": selectors.case_steps(user, day), "guards": selectors.guards_not_met(user, day, shown, late),
        "contests": selectors.contests_to_answer(user, day)[:FIRST], "decided": bool(bar.values["etat"]),
    }  # fmt: skip
    return render(request, "fraud/control.html", context)


def _bar(user: User, request: HttpRequest) -> FilterBar:
    codes = [(code, f"{code} {version.content['title']}") for code, version in selectors.current_versions().items()]
    fields = [
        Field("regle", "Règle", codes or [("", "")], is_feminine=True),
        Field("nature", "Nature", NATURES, is_feminine=True),
        Field("etat", "Décision", STATES, is_feminine=True),
    ]
    return filter_bar("fraud.control", user, request.GET, fields)


def _filtered(user: User, day: date, bar: FilterBar):  # type: ignore[no-untyped-def]
    """Leads to read but those of the first block, unless the filters ask otherwise."""
    values = bar.values
    found = (
        leads_of(user, day).filter(state=values["etat"], purged_on=None)
        if values["etat"]
        else selectors.open_leads(user, day)
    )
    if values["regle"]:
        found = found.filter(rule_code=values["regle"])
    if values["nature"]:
        return found.filter(**NATURE[values["nature"]])
    return found if values["etat"] or values["regle"] else found.filter(in_favour=False)


def _lines(user: User, day: date, leads, severities: dict[tuple[str, int], str]) -> list[Line]:  # type: ignore[no-untyped-def]
    """Names and links are read for the whole list at once."""
    rows = list(leads)
    shut = closed_subjects(user, day, (row.subject for row in rows))
    names = names_of(row.subject for row in rows if row.subject and row.subject not in shut)
    return [
        Line(
            row, names.get(row.subject, ""), number_of(row.subject) if row.subject not in shut else "",
            severities.get((row.rule_code, row.rule_version), ""), row.subject in shut,
        )
        for row in rows
    ]  # fmt: skip


@require_GET
@never_cache
@for_roles(SEE)
def lead(request: HttpRequest, lead: int) -> HttpResponse:
    """One lead: innocent explanations first, what was compared, what it may lead to."""
    user, day = agent(request), today()
    try:
        found = read_lead(user=user, lead_pk=lead, on=day)
    except Lead.DoesNotExist as missing:
        raise Http404 from missing
    except LinkedToThem as refused:
        return closed(request, refused)
    version = version_of(found)
    rule = published_rule(version)
    context = lead_frame(found) | {
        "rule": rule, "version": version, "facts": found.facts.get("facts", []), "reasons": rule.reasons,
        "severity": SEVERITIES[rule.severity], "may_treat": may(request, TREAT) and found.state == LeadState.TO_READ,
        "may_contest": may(request, TREAT) and found.state == LeadState.ACCEPTED, "last_check": last_check(found, day),
        "blocking": overdue_in_favour(user, found.fund, day).first() if not found.in_favour else None,
        "contests": found.contests.select_related("noted_by", "answered_by").order_by("pk"),
        "others": leads_of(user, day).filter(subject=found.subject).exclude(pk=found.pk).exclude(subject="").order_by("-pk")[:10],
        "suspended": version.moves.filter(to_state=RuleState.SUSPENDED).exists(), "on": day,
        "next": selectors.next_lead(user, day) if found.state != LeadState.TO_READ and may(request, TREAT) else None,
    }  # fmt: skip
    return render(request, "fraud/lead.html", context)


def lead_frame(found: Lead) -> dict[str, object]:
    """What every page of a lead shows of it."""
    subject = found.subject
    return {
        "lead": found, "name": names_of([subject]).get(subject, "") if subject else "effacé",
        "number": number_of(subject), "employer_no": subject.removeprefix(CMG) if subject.startswith(CMG) else "",
        "is_pension": subject.startswith(PENSION),
    }  # fmt: skip
