"""The act by which the director designates somebody: typed once, refused in words, shown again with what was typed."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from fraud.directory import operations, selectors
from fraud.directory.operations import Act, DesignationRefused
from fraud.models import OfficerCategory
from fraud.rules.designation import SCOPES, first_day_proposed, latest_end
from portal.accounts.permissions import for_roles, today
from portal.accounts.rights import Right, holders
from portal.frame.forms import form_key
from portal.frame.questions import Question, iso_day, typed_text
from portal.frame.templatetags.portal import short_day
from portal.organisations.directory import departements

DIRECT = holders(Right.DIRECT_CONTROL)
# Of the bodies that are designated for here: family funds, whose officers manage or check.
CATEGORIES = (OfficerCategory.SCHEME_CONTROL, OfficerCategory.SCHEME_MANAGEMENT)
QUALITIES = ("Directrice", "Directeur", "Directrice générale", "Directeur général", "Responsable du contrôle")
LABELS = {
    "person": "Personne désignée", "category": "Catégorie", "act_no": "Numéro de l’acte", "act_dated": "Date de l’acte",
    "signatory": "Signataire de l’acte", "signatory_quality": "Qualité du signataire", "valid_from": "Premier jour",
    "last_day": "Dernier jour", "territory": "Départements", "scopes": "Prestations",
}  # fmt: skip
DAYS = ("act_dated", "valid_from", "last_day")
UNITS = dict.fromkeys(DAYS, "jour/mois/année") | {"territory": "numéros ; rien pour tout le pays"}
# Where each refusal is told: beside the field that one would change.
FIELD_OF = {
    "NOT_OPEN_YET": "act_dated", "TOO_LONG": "last_day", "WRONG_SIGNATORY": "signatory_quality", "WRONG_BODY": "category",
    "SELF_DESIGNATION": "signatory", "LEFT_THE_POST": "person", "TWICE": "act_no",
}  # fmt: skip


@dataclass
class Typed:
    """What was typed, or what is proposed first; and what is wrong with it, by field."""

    values: dict[str, str]
    scopes: list[str]
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def territory(self) -> tuple[str, ...]:
        """The départements, each once; none for the whole country."""
        return tuple(sorted(set(self.values["territory"].replace(",", " ").upper().split())))

    def day(self, name: str) -> date | None:
        try:
            return date.fromisoformat(iso_day(self.values[name]))
        except ValueError:
            return None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(DIRECT)
def designation(request: HttpRequest) -> HttpResponse:
    """Designate somebody of a body that one directs."""
    people = _people(request)
    typed = _typed(request) if request.method == "POST" else _proposed(request)
    if request.method == "POST":
        form_key(request)
        _check(typed, dict(people))
        if not typed.errors and _designated(request, typed):
            return redirect("fraud:directory")
    context = {
        "questions": _questions(typed, people), "scopes": [(code, words, code in typed.scopes) for code, words in SCOPES.items()],
        "errors": [{"column": name, "label": LABELS[name], "message": told} for name, told in typed.errors.items()],
        "scopes_error": typed.errors.get("scopes", ""), "key": request.POST.get("key") or uuid4(), "people": people,
    }  # fmt: skip
    return render(request, "fraud/designation.html", context, status=422 if typed.errors else 200)


def _people(request: HttpRequest) -> list[tuple[str, str]]:
    found = selectors.may_be_designated(request.user, today())  # type: ignore[arg-type]
    return [
        (f"{one.user_id}:{one.serves}", f"{one.user.full_name}, {one.get_role_display()} ({one.place})")
        for one in found[:500]
    ]


def _proposed(request: HttpRequest) -> Typed:
    """Today, for as long as may be; signed by who opened the page."""
    first = first_day_proposed(CATEGORIES[0], today())
    last = latest_end(first) - timedelta(days=1)
    values = dict.fromkeys(LABELS, "") | {
        "act_dated": short_day(today()), "valid_from": short_day(first), "last_day": short_day(last),
        "signatory": request.user.full_name, "category": CATEGORIES[0].value,  # type: ignore[union-attr]
    }  # fmt: skip
    return Typed(values, [])


def _typed(request: HttpRequest) -> Typed:
    values = {name: typed_text(request.POST.get(name, "")) for name in LABELS}
    return Typed(values, [typed_text(code) for code in request.POST.getlist("scopes")])


def _check(typed: Typed, people: dict[str, str]) -> None:
    """What cannot even be read as an act."""
    if typed.values["person"] not in people:
        typed.errors["person"] = "Choisissez quelqu’un de la liste."
    if typed.values["category"] not in [str(one) for one in CATEGORIES]:
        typed.errors["category"] = "Choisissez une catégorie de la liste."
    if typed.values["signatory_quality"] not in QUALITIES:
        typed.errors["signatory_quality"] = "Choisissez une qualité de la liste."
    for name in ("act_no", "signatory"):
        if not typed.values[name] or len(typed.values[name]) > 40:
            typed.errors[name] = "À écrire, en quarante signes au plus."
    for name in DAYS:
        if typed.day(name) is None:
            typed.errors[name] = "Écrivez un jour, par exemple 01/11/2026."
    if not typed.scopes or not set(typed.scopes) <= set(SCOPES):
        typed.errors["scopes"] = "Choisissez au moins une famille de prestations."
    if not set(typed.territory) <= set(departements()):
        typed.errors["territory"] = "Écrivez des numéros de département, par exemple 63, 43 ; rien pour tout le pays."
    if not typed.errors:
        _check_order(typed)


def _check_order(typed: Typed) -> None:
    signed, first, last = (typed.day(name) for name in DAYS)
    assert signed is not None
    assert first is not None
    assert last is not None
    if signed > today():
        typed.errors["act_dated"] = "Un acte est signé avant d’être inscrit : aujourd’hui au plus tard."
    if first < signed:
        typed.errors["valid_from"] = "Une désignation ne commence pas avant son acte."
    if last < first:
        typed.errors["last_day"] = "Le dernier jour vient après le premier."


def _designated(request: HttpRequest, typed: Typed) -> bool:
    user, body = typed.values["person"].split(":")
    signed, first, last = (typed.day(name) for name in DAYS)
    act = Act(
        category=typed.values["category"], act_no=typed.values["act_no"], act_dated=signed,  # type: ignore[arg-type]
        signatory=typed.values["signatory"], signatory_quality=typed.values["signatory_quality"],
        valid_from=first, valid_to=last + timedelta(days=1), scopes=tuple(sorted(set(typed.scopes))),  # type: ignore[arg-type,operator]
        territory=typed.territory,
    )  # fmt: skip
    try:
        made = operations.designate(user_pk=int(user), body_code=body, act=act, by_pk=request.user.pk, on=today())  # type: ignore[arg-type]
    except DesignationRefused as refused:
        typed.errors[FIELD_OF[refused.code]] = str(refused)
        return False
    messages.success(
        request,
        f"La désignation de {made.full_name} est inscrite : acte {made.act_no}, jusqu’au {short_day(last)} inclus.",
    )
    return True


def _questions(typed: Typed, people: list[tuple[str, str]]) -> list[Question]:
    choices = {
        "person": (("", "Choisir"), *people), "category": tuple((one.value, one.label) for one in CATEGORIES),
        "signatory_quality": (("", "Choisir"), *((one, one) for one in QUALITIES)),
    }  # fmt: skip
    return [
        Question(
            name, label, typed.values[name], UNITS.get(name, ""), choices.get(name, ()),
            typed.errors.get(name, ""),
        )
        for name, label in LABELS.items() if name != "scopes"
    ]  # fmt: skip
