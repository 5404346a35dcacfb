"""What the forms of agents' pages share: the key that they bear, the row they are about, dates typed, errors told."""

from collections.abc import Mapping
from datetime import date
from typing import TypeVar
from uuid import UUID, uuid4

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest

from portal.frame.questions import Choices, Question, iso_day, typed_text

Row = TypeVar("Row", bound=Model)


def form_key(request: HttpRequest) -> UUID:
    """The key of the form that was sent: a second sending shows the first receipt. A form without one is not ours."""
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError as wrong:
        raise Http404 from wrong


def may(request: HttpRequest, roles: frozenset) -> bool:
    """Whether the person holds one of `roles`."""
    return bool(roles & set(request.portal_roles))  # type: ignore[attr-defined]


def get_one(found: QuerySet[Row], pk: int) -> Row:
    """The row, of those that the person sees; else « page introuvable »."""
    row = found.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def day_typed(request: HttpRequest, name: str) -> date | None:
    """A date as people write it; None for a text that is none."""
    try:
        return date.fromisoformat(iso_day(typed_text(request.POST.get(name, ""))))
    except ValueError:
        return None


def question(
    request: HttpRequest, name: str, label: str, errors: dict[str, str], *, unit: str = "", choices: Choices = ()
) -> Question:  # fmt: skip
    """One field with what was typed in it and what is wrong with it."""
    return Question(name, label, typed_text(request.POST.get(name, "")), unit, choices, errors.get(name, ""))


def listed(errors: Mapping[str, str], labels: Mapping[str, str]) -> list[dict[str, str]]:
    """Errors as the summary shows them, in the order of `labels`; one that is of no field comes last and leads nowhere."""
    known = [
        {"column": name, "label": label, "message": errors[name]} for name, label in labels.items() if name in errors
    ]
    return known + [{"column": "", "label": "", "message": told} for name, told in errors.items() if name not in labels]


def key_of(request: HttpRequest) -> str:
    """The key of the form: the one that was sent, so that a form shown again with its errors is still the same form."""
    try:
        return str(UUID(request.POST.get("key", "")))
    except ValueError:
        return str(uuid4())
