"""Who may make an agreement before a fund: each refusal in plain words, with what to do instead (CSS L. 582-2)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q

from aripa.agreements.questions import COUPLES, YES_NO
from aripa.models import Title, TitleKind
from aripa.own.request import Field, Question
from aripa.own.standing import has_safe_case

COUPLE = Field("couple", "Votre situation avec l’autre parent", "choice", (
    *COUPLES, ("MARRIED", "Nous sommes mariés, ou divorcés"), ("TOGETHER", "Nous vivons encore ensemble"),
))  # fmt: skip
TITLE = Field("title", "Un jugement, une convention ou un acte fixe-t-il déjà une pension pour l’un de ces enfants ?",
              "choice", YES_NO)  # fmt: skip
STEP = Field("step", "L’un de vous a-t-il commencé une démarche : juge, avocat, notaire ?", "choice", YES_NO)
FEAR = Field("fear", "Avez-vous peur de l’autre parent, pour vous ou pour un enfant ?", "choice", YES_NO)
START = Question("conditions", "Avant de commencer", (FEAR, COUPLE, TITLE, STEP))
JOIN = Question("rejoindre", "Avant de commencer", (FEAR, TITLE, STEP))


@dataclass(frozen=True)
class Refusal:
    """Why this way is closed, and which one is open."""

    why: str
    remedy: str
    article: str
    link: str = ""
    action: str = ""


REFUSALS = {
    ("couple", "MARRIED"): Refusal(
        "Une caisse ne peut pas donner force à un accord d’époux ou d’anciens époux.",
        "La pension se fixe dans le divorce : par le juge, ou par une convention avec vos deux avocats et un notaire.",
        "CSS L. 582-2",
    ),
    ("couple", "TOGETHER"): Refusal(
        "L’accord est pour des parents qui ne vivent plus ensemble.",
        "Revenez quand vous serez séparés : rien n’est à refaire, rien n’a été gardé.",
        "CSS L. 582-2",
    ),
    ("title", "oui"): Refusal(
        "Une pension est déjà fixée : un second titre serait nul.",
        "Pour qu’elle soit payée, demandez l’intermédiation. Pour changer son montant, adressez-vous au juge aux affaires familiales.",
        "CSS L. 582-2, 1°",
        "aripa:own_request",
        "Demander l’intermédiation",
    ),
    ("step", "oui"): Refusal(
        "Une démarche est déjà commencée : les deux ne peuvent pas aller ensemble.",
        "Attendez sa fin, ou arrêtez-la tous les deux, puis revenez.",
        "CSS L. 582-2, 1°",
    ),
}  # fmt: skip


def refusals_of(answers: Mapping[str, str]) -> list[Refusal]:
    """Every reason for which this way is closed."""
    return [refusal for (name, value), refusal in REFUSALS.items() if answers.get(name) == value]


def is_protected(parent_no: str) -> bool:
    """Whether this parent is one whom a case protects from another."""
    return bool(parent_no) and has_safe_case(parent_no)


def is_in_danger(numbers: Iterable[str]) -> bool:
    """Whether a case protects this person, under any of their numbers."""
    return any(is_protected(one) for one in sorted(numbers))


def title_between(ones: Collection[str], others: Collection[str]) -> Title | None:
    """A title that fixes a support between two people already, whoever pays: another one would be void. Each by every
    number under which they may be known."""
    if not (ones and others):
        return None
    between = Q(creditor_no__in=ones, debtor_no__in=others) | Q(creditor_no__in=others, debtor_no__in=ones)
    found = Title.objects.filter(between, known_until__isnull=True).exclude(kind=TitleKind.NONE)
    return found.exclude(cancels_support=True).order_by("-pk").first()
