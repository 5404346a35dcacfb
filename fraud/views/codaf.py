"""The committee of one's département: who may sit today, the next meeting, the plenaries of the year, what is to follow."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast, Concat, LPad
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fraud.codaf.access import departements_of, meetings_of, members_on, seat_of, secretary_of
from fraud.codaf.naming import CodafRefused, Named, end_member, name_member
from fraud.codaf.reporting import figures_of
from fraud.models import CodafFormation, CodafMeeting, CodafMember, JointOperation, MeetingState, OperationState
from fraud.rules import codaf as rules
from portal.accounts.models import Posting, User
from portal.accounts.permissions import for_roles, moment_on, today
from portal.accounts.rights import Right, holders
from portal.frame.forms import day_typed, form_key, get_one, key_of, listed, question
from portal.frame.paging import page_of
from portal.frame.questions import typed_text
from portal.organisations.directory import departements

HOLD = holders(Right.HOLD_CODAF)
OPERATIONS_SHOWN = 20
PLENARIES = {
    rules.Plenaries.MET: "le nombre de l’année est atteint", rules.Plenaries.NOT_MET: "l’obligation n’a pas été tenue",
    rules.Plenaries.UNDER_WAY: "l’année n’est pas finie",
}  # fmt: skip
LABELS = {
    "first_name": "Prénom", "last_name": "Nom", "body": "Service ou organisme", "category": "Catégorie",
    "valid_from": "À partir du",
    "valid_to": "Jusqu’au", "secretariat_act": "Secrétariat permanent", "user": "Compte",
}  # fmt: skip


@dataclass(frozen=True)
class Seats:
    """One category with its members of the day."""

    name: str
    members: list[CodafMember]


def departement_of(request: HttpRequest) -> str:
    """The département of the address, when it is one's own; else one's first. Raises Http404 without any."""
    own = departements_of(request.user, today())  # type: ignore[arg-type]
    asked = request.GET.get("departement", "")
    if not own or (asked and asked not in own):
        raise Http404
    return asked or own[0]


def seats_on(departement: str, request: HttpRequest) -> list[Seats]:
    """Who may sit today, category by category; a category without anybody is shown too."""
    members = list(members_on(departement, today()))
    return [
        Seats(one.name, [member for member in members if member.category == one.code])
        for one in rules.categories_on(today(), departement)
    ]


def _by_day(found: QuerySet[CodafMeeting]) -> QuerySet[CodafMeeting]:
    """With a rank by day, then by order of entry: a page of a list goes by one column that never repeats."""
    entered = LPad(Cast("pk", CharField()), 12, Value("0"))
    return found.annotate(rank=Concat(Cast("dated", CharField()), Value("/"), entered))


@require_GET
@for_roles(HOLD)
def codaf(request: HttpRequest) -> HttpResponse:
    """What waits, and who may come."""
    day, where = today(), departement_of(request)
    seen = meetings_of(request.user, day).filter(departement=where)  # type: ignore[arg-type]
    years = [(year, figures_of(where, year, day)) for year in (day.year, day.year - 1)]
    hidden = CodafMeeting.objects.filter(departement=where, formation=CodafFormation.RESTRICTED, dated__year=day.year)
    context = {
        "on": day, "where": departements()[where], "own": departements_of(request.user, day),
        "page": page_of(_by_day(seen), request.GET.dict(), order=("-rank",)),  # type: ignore[arg-type]
        "next": seen.filter(state=MeetingState.PLANNED, dated__gte=day).order_by("dated", "pk").first(),
        "to_say": seen.filter(state=MeetingState.PLANNED, dated__lt=day).order_by("dated", "pk")[:5],
        "years": [(year, found, PLENARIES[rules.Plenaries(found["state"])]) for year, found in years],
        "operations": JointOperation.objects.filter(state=OperationState.DECIDED, meeting__in=seen)
        .select_related("lead", "meeting").order_by("planned_on", "pk")[:OPERATIONS_SHOWN],
        "seats": seats_on(where, request), "seat": seat_of(request.user, where, day),
        "secretary": secretary_of(request.user, where, day),  # type: ignore[arg-type]
        "may_name": may_name(request, where), "text": rules.text_on(day), "reserved": hidden.exclude(pk__in=seen.values("pk")).count(),
        "key": key_of(request),
    }  # fmt: skip
    return render(request, "fraud/codaf.html", context)


def may_name(request: HttpRequest, departement: str) -> bool:
    """A member in force names the others; where nobody sits yet, whoever represents the fund names the first."""
    seat = seat_of(request.user, departement, today())  # type: ignore[arg-type]
    return seat is not None or not members_on(departement, today()).exists()


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(HOLD)
def new_member(request: HttpRequest) -> HttpResponse:
    """Name a member: a category that sits that day, and the act of the two chairs for the secretariat."""
    where, errors = departement_of(request), {}
    if not may_name(request, where):
        raise Http404
    if request.method == "POST":
        form_key(request)
        try:
            made = name_member(departement=where, named=_named(request), by_pk=request.user.pk, at=moment_on(today()))  # type: ignore[arg-type]
        except CodafRefused as refused:
            errors = refused.errors
        else:
            messages.success(request, f"{made.full_name} siège à partir du {made.valid_from:%d/%m/%Y}.")
            return redirect(f"{reverse('fraud:codaf')}?departement={where}")
    categories = (("", "à choisir"), *((one.code, one.name) for one in rules.categories_on(today(), where)))
    accounts = (("", "aucun"), *((str(one.pk), one.full_name) for one in _accounts(where)))
    fields = [
        question(request, "category", LABELS["category"], errors, choices=categories),
        question(request, "body", LABELS["body"], errors), question(request, "first_name", LABELS["first_name"], errors),
        question(request, "last_name", LABELS["last_name"], errors),
        question(request, "valid_from", LABELS["valid_from"], errors, unit="jour/mois/année"),
        question(request, "valid_to", "Ne siège plus à partir du", errors, unit="facultatif"),
        question(request, "secretariat_act", LABELS["secretariat_act"], errors, unit="acte des deux présidences, s’il y en a un"),
        question(request, "user", LABELS["user"], errors, choices=accounts),
    ]  # fmt: skip
    context = {
        "questions": fields,
        "errors": listed(errors, LABELS),
        "key": key_of(request),
        "where": departements()[where],
    }
    return render(request, "fraud/codaf_member.html", context, status=422 if errors else 200)


def _accounts(departement: str) -> list[User]:
    """The accounts that represent a fund of the département."""
    found = Posting.objects.in_force_on(today()).filter(role__in=HOLD, serves__endswith=departement)
    return list(User.objects.filter(pk__in=found.values("user_id")).order_by("last_name", "pk")[:100])


def _named(request: HttpRequest) -> Named:
    typed = {
        name: typed_text(request.POST.get(name, ""))
        for name in ("first_name", "last_name", "body", "category", "secretariat_act")
    }
    user = request.POST.get("user", "")
    known = {str(one.pk): one.pk for one in _accounts(departement_of(request))}
    return Named(
        **{name: text[:80] for name, text in typed.items()}, valid_from=day_typed(request, "valid_from"),
        valid_to=day_typed(request, "valid_to"), user_pk=known.get(user),
    )  # fmt: skip


@require_POST
@for_roles(HOLD)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Today is the member's last day."""
    form_key(request)
    own = departements_of(request.user, today())  # type: ignore[arg-type]
    found = get_one(CodafMember.objects.filter(departement__in=own), pk)
    if not may_name(request, found.departement):
        raise Http404
    try:
        end_member(member_pk=found.pk, on=today() + timedelta(days=1), by_pk=request.user.pk, at=moment_on(today()))  # type: ignore[arg-type]
    except CodafRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{found.full_name} ne siège plus à partir de demain.")
    return redirect(f"{reverse('fraud:codaf')}?departement={found.departement}")
