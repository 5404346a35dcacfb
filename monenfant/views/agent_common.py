"""What the pages of `/agent/enfance/` share: who may, what they may see, dates typed."""

from datetime import date
from typing import Any, TypeVar
from uuid import UUID, uuid4

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest

from portal.accounts.permissions import for_roles, moment_on, today
from portal.accounts.rights import Right, holders
from portal.frame.questions import Choices, Question, iso_day, typed_text

__all__ = ["EXPORTERS", "SEE", "TREAT", "for_roles", "moment_on", "today"]

SEE, TREAT = holders(Right.SEE_CHILDCARE), holders(Right.TREAT_CHILDCARE)
EXPORTERS = holders(Right.EXPORT) & SEE
Row = TypeVar("Row", bound=Model)


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


def listed(errors: dict[str, str], labels: dict[str, str]) -> list[dict[str, Any]]:
    """Errors as the summary shows them."""
    return [{"column": name, "label": labels.get(name, ""), "message": told} for name, told in errors.items()]


def key_of(request: HttpRequest) -> str:
    """The key of the form: the one that was sent, so that a form shown again with its errors is still the same form."""
    try:
        return str(UUID(request.POST.get("key", "")))
    except ValueError:
        return str(uuid4())
