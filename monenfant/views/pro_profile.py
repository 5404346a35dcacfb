"""« Profil et ce qui est publié »: the form on one side, on the other exactly what a family reads."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, RegexValidator, URLValidator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from monenfant.access import places_of
from monenfant.models import ContactsTold, Provider
from monenfant.naming import DAYS
from monenfant.reporting import contacts
from monenfant.reporting.conditions import CONDITIONS, Conditions, conditions_of, tell_conditions
from monenfant.reporting.contacts import Known, NothingReceived, known_of, tell_contacts
from monenfant.reporting.showing import shown_as
from monenfant.rules.childminders import Hidden
from monenfant.rules.opening import WEEK
from monenfant.search.place import published_on
from monenfant.views.pro_access import Door, door_of, reporting
from portal.accounts.permissions import moment_on, today
from portal.exchange.cells import PHONE
from portal.legislation.facts import hundredths

RATE_MOST = 100_00
ONE_HOUR = r"^([01]\d|2[0-3]):[0-5]\d$"
# One answer: hiding both cannot be asked for.
REACHED = {
    "both": "Par téléphone et par e-mail",
    "phone": "Par téléphone, mon e-mail est caché",
    "email": "Par e-mail, mon téléphone est caché",
}
WHY = "L’un des deux reste visible : les familles doivent pouvoir vous joindre (R. 421-39)."
ONE_STAYS = {
    "both": WHY,
    "phone": f"Votre téléphone reste visible tant que votre e-mail est caché. {WHY}",
    "email": f"Votre e-mail reste visible tant que votre téléphone est caché. {WHY}",
}
CHECKS = {
    "phone": (RegexValidator(PHONE), "Écrivez un numéro de téléphone, par exemple 06 39 98 00 00."),
    "email": (EmailValidator(), "Écrivez une adresse comme nom@exemple.fr."),
    "web": (URLValidator(schemes=["http", "https"]), "Écrivez une adresse qui commence par https://."),
}


@dataclass(frozen=True)
class Profile:
    """What the form holds, read; `errors` by field."""

    texts: Mapping[str, str]
    hidden: Mapping[str, bool]
    told: Conditions
    errors: Mapping[str, str]


@require_GET
@reporting
def profiles(request: HttpRequest) -> HttpResponse:
    """The profile of the one place of the visitor; who has several chooses at home."""
    found = list(places_of(request.user, today())[:2])  # type: ignore[arg-type]
    if len(found) == 1:
        return redirect("monenfant:pro_profile", number=found[0].number)
    return redirect("monenfant:pro_home")


@require_http_methods(["GET", "HEAD", "POST"])
@reporting
def profile(request: HttpRequest, number: str) -> HttpResponse:
    door = door_of(request, number)
    try:
        known = known_of(door.place, today())
    except NothingReceived as gone:
        raise Http404 from gone
    if request.method != "POST":
        return _page(request, door, known, _stands(door, known))
    typed = _read(request, door)
    if typed.errors:
        return _page(request, door, known, typed, status=422)
    if request.POST.get("do") == "preview":
        return _page(request, door, known, typed, is_saved=False)
    return _save(request, door, known, typed)


def _stands(door: Door, known: Known) -> Profile:
    texts = {"phone": known.phone, "email": known.email, "web": known.web}
    hidden = {"address": known.hidden.address, "email": known.hidden.email, "phone": known.hidden.phone}
    return Profile(texts, hidden, conditions_of(door.place), {})


def _read(request: HttpRequest, door: Door) -> Profile:
    sent, errors = request.POST, {}
    texts = {name: sent.get(name, "").strip()[:254] for name in CHECKS}
    for name, (check, sentence) in CHECKS.items():
        try:
            if texts[name]:
                check(texts[name])
        except ValidationError:
            errors[name] = sentence
    reached = sent.get("reached", "both")
    hidden = {"address": "hides_address" in sent, "email": reached == "phone", "phone": reached == "email"}
    told = conditions_of(door.place)
    if door.place.provider == Provider.CHILDMINDER:
        told = _conditions(sent, errors)
    if not any(texts[name] and not hidden[name] for name in ("email", "phone")):
        errors.setdefault("email" if hidden["phone"] else "phone", "Il faut un moyen de vous joindre : écrivez-le ici.")
    return Profile(texts, hidden, told, errors)


def _conditions(sent: Mapping[str, str], errors: dict[str, str]) -> Conditions:
    answers = {name: {"1": True, "0": False}.get(sent.get(name, "")) for name in CONDITIONS}
    return Conditions(_hours(sent, errors), _rate(sent.get("rate", ""), errors), answers)


def _rate(text: str, errors: dict[str, str]) -> int | None:
    if not text.strip():
        return None
    try:
        cents = hundredths(RATE_MOST)(text.strip().replace(",", ".").removesuffix("€").strip())
    except ValueError:
        cents = 0
    if not cents:
        errors["rate"] = "Écrivez un prix de l’heure, par exemple 4,50."
        return None
    return cents


def _hours(sent: Mapping[str, str], errors: dict[str, str]) -> dict[str, str]:
    """The same hours on each day that is ticked."""
    days = [name for name in WEEK if f"open-{name}" in sent]
    first, last = sent.get("from", "").strip(), sent.get("to", "").strip()
    if not days:
        return {}
    try:
        for text in (first, last):
            RegexValidator(ONE_HOUR)(text)
    except ValidationError:
        errors["from"] = "Écrivez deux heures, par exemple 07:30 et 18:30."
        return {}
    if first >= last:
        errors["from"] = "L’heure de fin vient avant celle du début. Corrigez l’une des deux."
        return {}
    return dict.fromkeys(days, f"{first}-{last}")


def _save(request: HttpRequest, door: Door, known: Known, typed: Profile) -> HttpResponse:
    at = moment_on(today())
    try:
        changed = tell_contacts(
            place_pk=door.place.pk, phone=typed.texts["phone"], email=typed.texts["email"], web=typed.texts["web"],
            hidden=Hidden(**typed.hidden), who=door.who, on=today(), now=at,
        )  # fmt: skip
    except contacts.AddressIsOpen:
        problem = {"address": "Cette adresse est ouverte aux familles : elle reste visible."}
        return _page(request, door, known, replace(typed, errors=problem), status=422)
    if door.place.provider == Provider.CHILDMINDER:
        also = tell_conditions(place_pk=door.place.pk, told=typed.told, who=door.who, now=at)
    else:
        also = False
    said = "C’est enregistré. Les familles le lisent dès maintenant." if changed or also else "Rien n’a changé."
    messages.success(request, said)
    return redirect("monenfant:pro_profile", number=door.place.number)


def _page(
    request: HttpRequest, door: Door, known: Known, typed: Profile, *, is_saved: bool = True, status: int = 200
) -> HttpResponse:
    """The preview shows what is typed, as families would read it."""
    showing = known if is_saved and status == 200 else _as_typed(known, typed)
    told = typed.told if door.place.provider == Provider.CHILDMINDER else None
    week = typed.told.opening_hours
    first, _dash, last = next(iter(week.values()), "").partition("-")
    reached = "phone" if typed.hidden["email"] else "email" if typed.hidden["phone"] else "both"
    context: dict[str, Any] = {
        "door": door, "place": door.place, "known": known, "typed": typed, "is_saved": is_saved,
        "shown": shown_as(door.place, showing, told, today()), "hours": {"first": first, "last": last},
        "days": [(name, label, name in week) for name, label in zip(WEEK, DAYS, strict=True)],
        "conditions": [(name, words, typed.told.answers.get(name)) for name, words in CONDITIONS.items()],
        "errors": [{"column": name, "label": LABELS[name], "message": text} for name, text in typed.errors.items()],
        "reached": reached, "choices": REACHED.items(), "stays": ONE_STAYS[reached],
        "by_childminder": door.place.provider == Provider.CHILDMINDER,
        "is_public": published_on(today()).filter(pk=door.place.pk).exists(),
        "authorised_on": getattr(known.received, "publication_authorised_on", None),
        "history": ContactsTold.objects.filter(place=door.place).select_related("told_by").order_by("-told_at", "-pk")[:10],
    }  # fmt: skip
    return render(request, "monenfant/pro_profile.html", context, status=status)


LABELS = {
    "phone": "Téléphone", "email": "E-mail", "web": "Site", "rate": "Prix de l’heure", "from": "Heures", "address": "Adresse",
}  # fmt: skip


def _as_typed(known: Known, typed: Profile) -> Known:
    """The place as it would stand; nothing is saved."""
    told = ContactsTold(
        **typed.texts, hides_address=typed.hidden["address"] and known.at_home,
        hides_email=typed.hidden["email"], hides_phone=typed.hidden["phone"], told_at=moment_on(today()),
    )  # fmt: skip
    return replace(known, told=told)
