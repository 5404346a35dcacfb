"""A new exchange: to whom first, then purpose, person, items and period; what cannot be asked is listed, with why."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from fraud.access import cases_of, open_cases_of
from fraud.exchanges import drafting, selectors
from fraud.exchanges.designated import why_not
from fraud.exchanges.drafting import Person, Written
from fraud.exchanges.keeping import content_of, said_of
from fraud.exchanges.opening import open_exchange
from fraud.exchanges.words import NOT_POSSIBLE, ExchangeRefused
from fraud.models import AuthorisedOfficer, ExchangeKind, ExchangePurpose, InfoExchange, LegalBasis, Urgency
from fraud.rules import exchange as rules
from fraud.rules.designation import SCOPES, covers
from fraud.rules.exchange_items import ITEMS
from fraud.views.exchange_common import Area, found, text_typed, told
from fraud.views.exchange_list import undesignated
from portal.accounts.permissions import moment_on, today
from portal.frame.errors import Conflict
from portal.frame.forms import day_typed, form_key, key_of, listed
from portal.frame.questions import Question, typed_text
from portal.organisations.directory import departements

RECIPIENTS, CASES = 200, 50
CHOOSE = ("", "à choisir")
LABELS = {
    "recipient": "Destinataire", "legal_basis": "Texte", "purpose": "Finalité", "scope": "Prestation",
    "departement": "Département", "person": "Personne concernée", "items": "Éléments", "period": "Période",
    "reason": "Motif", "case": "Dossier de contrôle", "said": "Ce que vous communiquez", "payload_kinds": "Éléments",
}  # fmt: skip


@dataclass(frozen=True)
class Offered:
    """One item of the catalogue for this recipient: `why` it cannot be; its state in the form."""

    code: str
    label: str
    why: str
    is_chosen: bool
    said: str


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, area: Area) -> HttpResponse:
    """The form; sent, it is a draft, which its own page shows before it leaves."""
    mine = selectors.designations_of(request.user, today())  # type: ignore[arg-type]
    if not mine:
        return undesignated(request, area)
    recipients = list(selectors.recipients_of(mine, today())[:RECIPIENTS])
    chosen = _chosen(request, recipients)
    if chosen is None:
        context = {"area": area, "recipients": recipients, "kinds": ExchangeKind.choices, "case": _case_named(request)}
        return render(request, "fraud/exchange_to.html", context)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            return _kept(request, area, mine[-1], chosen)
        except ExchangeRefused as refused:
            errors = refused.errors
    context = _context(request, request.POST, area, mine[-1], chosen, errors)
    return render(request, "fraud/exchange_new.html", context, status=422 if errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, area: Area, key: UUID) -> HttpResponse:
    """One's own draft in the same form; what was written is there. Opening it is journaled."""
    one, link = found(request, key), area.link("exchange", key)
    if one.state != rules.DRAFT:
        raise Conflict(drafting.OWN_DRAFT, link=link, action="Revenir à l’échange")
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            return _rewritten(request, one, link)
        except ExchangeRefused as refused:
            errors = refused.errors
    with told(link):
        open_exchange(exchange=one, user=request.user, on=today(), at=moment_on(today()), what="draft")  # type: ignore[arg-type]
    typed = request.POST if request.method == "POST" else typed_of(one)
    context = _context(request, typed, area, one.officer, one.counterpart_officer, errors) | {
        "edited": one,
        "back": link,
    }
    return render(request, "fraud/exchange_new.html", context, status=422 if errors else 200)


def _rewritten(request: HttpRequest, one: InfoExchange, link: str) -> HttpResponse:
    """Its page again. Raises ExchangeRefused."""
    written = replace(_written(request, one.counterpart_officer, form_key(request)), form=one.kind)
    with told(link):
        drafting.rewrite(
            exchange_pk=one.pk, written=written, by_pk=request.user.pk, on=today(), at=moment_on(today())  # type: ignore[arg-type]
        )  # fmt: skip
    messages.success(request, f"Le brouillon {one.number} est modifié. Rien n’est parti.")
    return redirect(link)


def typed_of(one: InfoExchange) -> QueryDict:
    """A draft as its form would send it."""
    typed, person, items = (
        QueryDict(mutable=True),
        content_of(one).get("person", {}),
        list(one.items.order_by("position")),
    )
    for name in ("legal_basis", "purpose", "scope", "departement", "urgency"):
        typed[name] = getattr(one, name)
    last = one.period_end - timedelta(days=1)
    typed.update({
        "form": one.kind, "case": one.case_number, "reason": one.motive, "period_start": f"{one.period_start:%d/%m/%Y}",
        "period_end": f"{last:%d/%m/%Y}", **{name: person.get(name, "") for name in ("nir", "last_name", "first_name")},
        "born_on": f"{date.fromisoformat(person['born_on']):%d/%m/%Y}" if person.get("born_on") else "",
        **{f"said-{item.code}": said_of(one, item).get("words", "") for item in items},
    })  # fmt: skip
    typed.setlist("items", [item.code for item in items])
    return typed


def _chosen(request: HttpRequest, recipients: list[AuthorisedOfficer]) -> AuthorisedOfficer | None:
    asked = request.POST.get("recipient") or request.GET.get("destinataire", "")
    return next((one for one in recipients if str(one.pk) == asked), None)


def _form(request: HttpRequest) -> str:
    asked = request.POST.get("form") or request.GET.get("forme", "")
    return asked if asked in ExchangeKind.values else rules.REQUEST


def _case_named(request: HttpRequest) -> str:
    return typed_text(request.GET.get("dossier", ""))[:20]


def _kept(request: HttpRequest, area: Area, mine: AuthorisedOfficer, chosen: AuthorisedOfficer) -> HttpResponse:
    """The draft, then its page. Raises ExchangeRefused."""
    written = _written(request, chosen, form_key(request))
    with told(area.address, "Revenir aux échanges"):
        made = drafting.draft(
            written=written, by_pk=request.user.pk, body_code=mine.body_id, on=today(), at=moment_on(today())  # type: ignore[arg-type]
        )  # fmt: skip
    return redirect(area.link("exchange", made.key))


def _written(request: HttpRequest, chosen: AuthorisedOfficer, key: UUID) -> Written:
    born, last = day_typed(request, "born_on"), day_typed(request, "period_end")
    case = cases_of(request.user, today()).filter(number=text_typed(request, "case", 20)).first()  # type: ignore[arg-type]
    items = request.POST.getlist("items")[: len(ITEMS)]
    return Written(
        form_key=key, recipient_pk=chosen.pk, form=_form(request), legal_basis=text_typed(request, "legal_basis", 9),
        purpose=text_typed(request, "purpose", 13), scope=text_typed(request, "scope", 24),
        departement=text_typed(request, "departement", 3),
        person=Person(
            text_typed(request, "nir", 25), text_typed(request, "last_name", 80), text_typed(request, "first_name", 80),
            born.isoformat() if born else text_typed(request, "born_on", 12),
        ),
        items=items, period_start=day_typed(request, "period_start"),
        # The form says the last day covered; the row, the first one that is not.
        period_end=last.fromordinal(last.toordinal() + 1) if last else None, urgency=text_typed(request, "urgency", 6),
        case_pk=case.pk if case else None, reason=text_typed(request, "reason", drafting.REASON_MOST),
        said={code: text_typed(request, f"said-{code}", drafting.SAID_MOST) for code in items if code in ITEMS},
    )  # fmt: skip


def _context(
    request: HttpRequest,
    typed: QueryDict,
    area: Area,
    mine: AuthorisedOfficer,
    chosen: AuthorisedOfficer,
    errors: dict[str, str],
) -> dict[str, Any]:
    offered = _offered(typed, mine, chosen)
    return {
        "area": area, "mine": mine, "chosen": chosen, "form": typed.get("form") or _form(request),
        "kinds": dict(ExchangeKind.choices), "key": key_of(request),
        "errors": listed(errors, LABELS), "problems": errors, "grounds": _grounds(request, typed, mine, chosen, errors),
        "person": _person(typed), "period": _period(typed), "possible": [one for one in offered if not one.why],
        "outside": sorted((one for one in offered if one.why), key=lambda one: one.why), "reason": typed.get("reason", ""),
        "reason_most": drafting.REASON_MOST, "said_most": drafting.SAID_MOST,
    }  # fmt: skip


def _offered(typed: QueryDict, mine: AuthorisedOfficer, chosen: AuthorisedOfficer) -> list[Offered]:
    taken, form = set(typed.getlist("items")), typed.get("form") or rules.REQUEST
    pair = {"sender": mine.category, "recipient": chosen.category}
    return [
        Offered(
            one.code, one.label, NOT_POSSIBLE.get(why_not(form, one.code, on=today(), **pair), ""), one.code in taken,
            typed.get(f"said-{one.code}", ""),
        )
        for one in ITEMS.values()
    ]  # fmt: skip


def _question(
    typed: QueryDict, name: str, label: str, errors: dict[str, str] | None = None, *, unit: str = "", choices: Any = (),
    first: str = "",
) -> Question:  # fmt: skip
    value = typed_text(typed.get(name) or first)
    return Question(name, label, value, unit, tuple(choices), (errors or {}).get(name, ""))


def _grounds(
    request: HttpRequest, typed: QueryDict, mine: AuthorisedOfficer, chosen: AuthorisedOfficer, errors: dict[str, str]
) -> list[Question]:  # fmt: skip
    scopes = [(code, label) for code, label in SCOPES.items() if code in mine.scopes and code in chosen.scopes]
    places = [(code, f"{code}, {departements()[code].name}") for code in departements_of(mine, chosen)]
    found = [
        _question(typed, "legal_basis", LABELS["legal_basis"], errors, choices=(CHOOSE, *LegalBasis.choices)),
        _question(typed, "purpose", LABELS["purpose"], errors, choices=(CHOOSE, *ExchangePurpose.choices)),
        _question(typed, "scope", LABELS["scope"], errors, choices=(CHOOSE, *scopes)),
        _question(typed, "departement", LABELS["departement"], errors, choices=places or (CHOOSE,)),
        _question(typed, "urgency", "Délai", choices=Urgency.choices),
    ]
    cases = (
        open_cases_of(request.user, today()).filter(fund=mine.body_id).exclude(state="CLOSED").order_by("-pk")[:CASES]
    )  # type: ignore[arg-type]
    choices = [(one.number, f"{one.number}, {one.title}") for one in cases]
    if not choices:
        return found
    none = ("", "aucun : j’écris le motif")
    return [
        *found,
        _question(typed, "case", "Dossier de contrôle", errors, choices=(none, *choices), first=_case_named(request)),
    ]


def departements_of(mine: AuthorisedOfficer, theirs: AuthorisedOfficer) -> list[str]:
    """Where both may exchange: their territories, or what their bodies serve; without any, the whole country."""
    named = [mine.territory or mine.body.departements, theirs.territory or theirs.body.departements]
    wanted = [set(one) for one in named if one]
    both = set.intersection(*wanted) if wanted else set(departements())
    return [
        code
        for code in departements()
        if code in both and covers(mine.territory, code) and covers(theirs.territory, code)
    ]


def _person(typed: QueryDict) -> list[Question]:
    return [
        _question(typed, "nir", "Numéro de sécurité sociale", unit="15 chiffres, si vous l’avez"),
        _question(typed, "last_name", "Nom de naissance"),
        _question(typed, "first_name", "Prénom"),
        _question(typed, "born_on", "Né ou née le", unit="jour/mois/année"),
    ]


def _period(typed: QueryDict) -> list[Question]:
    return [
        _question(typed, "period_start", "Premier jour", unit="jour/mois/année"),
        _question(typed, "period_end", "Dernier jour", unit="jour/mois/année"),
    ]
