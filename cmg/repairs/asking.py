"""The fields of an act: how each is asked, read and refused. All errors at once, each with its remedy."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from cmg.models import EmployeeKind, Prepare, Right, RightStatus
from cmg.repairs.acts import RIGHT_FIELDS, Act

TEXT_MOST = 40
YES_NO = (("", "non connu"), ("1", "oui"), ("0", "non"))
EMPTY = "–"


class NotReadable(ValueError):
    """Why a value cannot be read, in French, with an example."""


@dataclass(frozen=True)
class Asking:
    """How one field is asked: its words, its kind (date, money, count, choice, text) and its choices."""

    name: str
    label: str
    kind: str
    hint: str = ""
    choices: Sequence[tuple[str, str]] = ()
    required: bool = True


@dataclass(frozen=True)
class Entry:
    """One field on the page, with what was typed and what is wrong with it."""

    asking: Asking
    value: str
    problem: str = ""


@dataclass(frozen=True)
class FieldError:
    """One line of the summary of errors."""

    column: str
    label: str
    message: str
    remedy: str = ""


END_HINT = "Le premier jour qui n’est plus couvert. Vide : sans fin."
ASKINGS = {
    one.name: one
    for one in (
        Asking("status", "État du droit", "choice", choices=RightStatus.choices),
        Asking("starts_on", "Premier jour couvert", "date"),
        Asking("ends_on", "Fin", "date", END_HINT, required=False),
        Asking("annual_resources_cents", "Ressources annuelles, €", "money", "Par exemple 30 000.", required=False),
        Asking("dependent_children", "Enfants à charge", "count", required=False),
        Asking("isolated_parent", "Parent isolé", "flag", choices=YES_NO, required=False),
        Asking("aah", "AAH", "flag", choices=YES_NO, required=False),
        Asking("aeeh_children", "Enfants avec AEEH", "count", required=False),
        Asking("prepare", "PreParE", "choice", choices=Prepare.choices),
        Asking("shared_residence", "Résidence alternée", "flag", choices=YES_NO, required=False),
        Asking("child_birth_date", "Naissance de l’enfant", "date"),
        Asking("child_id", "Identifiant de l’enfant", "text", "Celui de la déclaration."),
        Asking("child_first_name", "Prénom de l’enfant", "text", required=False),
        Asking("nir", "Numéro de sécurité sociale", "text", "Quinze caractères, clé comprise."),
        Asking("employee_no", "Numéro de la personne employée", "text"),
        Asking("employee_kind", "Elle est", "choice", choices=EmployeeKind.choices),
        Asking("licence_no", "Numéro d’agrément", "text", required=False),
        Asking("licence_end", "Fin de l’agrément", "date", END_HINT, required=False),
    )
}
OF_ACT = {"END_COPY": {"ends_on": Asking("ends_on", "Fin du droit", "date", "Le premier jour qui n’est plus couvert.")}}


def askings_of(act: Act) -> list[Asking]:
    """The fields of an act, in its order."""
    return [OF_ACT.get(act.code, {}).get(name, ASKINGS[name]) for name in act.fields]


def entries_of(act: Act, typed: Mapping[str, str], errors: Sequence[FieldError] = ()) -> list[Entry]:
    """The fields with what stands in them."""
    problems = {one.column: one.message for one in errors}
    return [Entry(one, typed.get(one.name, ""), problems.get(one.name, "")) for one in askings_of(act)]


def read_values(act: Act, typed: Mapping[str, str]) -> tuple[dict[str, Any], list[FieldError]]:
    """The values of an act's form, and every error at once. An empty optional field is None."""
    values: dict[str, Any] = {}
    errors = []
    for one in askings_of(act):
        try:
            values[one.name] = _read(one, typed.get(one.name, "").replace("\x00", "").strip())
        except NotReadable as wrong:
            errors.append(FieldError(one.name, one.label, str(wrong)))
    return values, errors


def _read(asking: Asking, text: str) -> Any:
    if not text:
        if asking.required:
            raise NotReadable("Remplissez ce champ.")
        return None
    return READERS[asking.kind](text, asking)


def _date(text: str, _asking: Asking) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise NotReadable(f"« {text[:20]} » n’est pas une date, par exemple 2026-09-01.") from wrong


def _money(text: str, _asking: Asking) -> int:
    try:
        euros = Decimal("".join(text.replace("€", "").split()).replace(",", "."))
    except InvalidOperation as wrong:
        raise NotReadable(f"« {text[:20]} » n’est pas un montant, par exemple 30 000.") from wrong
    # What is not a number, and what no cent could count, come first: neither can be rounded.
    if not euros.is_finite() or not 0 <= euros <= 10**9 or euros != round(euros, 2):
        raise NotReadable("Un montant va de 0 à un milliard d’euros, avec deux décimales au plus.")
    return int(euros * 100)


def _count(text: str, _asking: Asking) -> int:
    if not text.isdecimal() or len(text) > 2:
        raise NotReadable(f"« {text[:20]} » n’est pas un nombre d’enfants, par exemple 2.")
    return int(text)


def _choice(text: str, asking: Asking) -> str:
    if text not in dict(asking.choices):
        raise NotReadable("Choisissez une des réponses proposées.")
    return text


def _flag(text: str, asking: Asking) -> bool:
    return _choice(text, asking) == "1"


def _text(text: str, _asking: Asking) -> str:
    if len(text) > TEXT_MOST:
        raise NotReadable(f"{TEXT_MOST} signes au plus.")
    return text


READERS: dict[str, Callable[[str, Asking], Any]] = {
    "date": _date, "money": _money, "count": _count, "choice": _choice, "flag": _flag, "text": _text,
}  # fmt: skip


def typed_of(right: Right) -> dict[str, str]:
    """A right as the fields of a new decision on it show it."""
    return {name: as_typed(getattr(right, name), ASKINGS[name].kind) for name in RIGHT_FIELDS}


def as_typed(value: Any, kind: str) -> str:
    """A value as its field would hold it."""
    if value is None:
        return ""
    if kind == "money":
        euros, cents = divmod(int(value), 100)
        return f"{euros},{cents:02d}" if cents else str(euros)
    return str(int(value)) if kind == "flag" else str(value)


def in_words(value: Any, kind: str, choices: Sequence[tuple[str, str]] = ()) -> str:
    """A value as people read it."""
    if value is None or value == "":
        return EMPTY
    if kind == "date" and isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return dict(choices).get(as_typed(value, kind), as_typed(value, kind))
