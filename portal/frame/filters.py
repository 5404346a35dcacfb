"""Filters of a list: typed fields read from the address, chips to remove them, and those that a user saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.http import QueryDict

from portal.accounts.models import User
from portal.frame.models import SavedFilter

LONGEST = 80
SAVED_MOST = 20


class FilterRefused(Exception):
    """Why a filter cannot be saved, in French."""


@dataclass(frozen=True)
class Field:
    """One filter: a text, a choice among (value, words), or a value that the page carries along (`hidden`).

    `is_feminine`: what is chosen is « toutes », as the label is.
    """

    name: str
    label: str
    choices: Sequence[tuple[str, str]] = ()
    value: str = ""
    hint: str = ""
    hidden: bool = False
    is_feminine: bool = False

    @property
    def no_choice(self) -> str:
        """What the list of choices begins with: nothing is narrowed."""
        return "Toutes" if self.is_feminine else "Tous"

    @property
    def words(self) -> str:
        """The value as people read it."""
        return dict(self.choices).get(self.value, self.value)


@dataclass(frozen=True)
class FilterBar:
    """The filters of a list (`page` names it), with their present values."""

    page: str
    fields: list[Field]
    saved: list[SavedFilter] = field(default_factory=list)

    @property
    def values(self) -> dict[str, str]:
        return {one.name: one.value for one in self.fields}

    @property
    def chips(self) -> list[Field]:
        return [one for one in self.fields if one.value and not one.hidden]

    @property
    def hidden(self) -> list[Field]:
        return [one for one in self.fields if one.value and one.hidden]

    @property
    def query(self) -> str:
        """The filters alone, as the address writes them."""
        found = QueryDict(mutable=True)
        found.update({one.name: one.value for one in self.fields if one.value})
        return found.urlencode()

    @property
    def is_saved(self) -> bool:
        return any(one.query == self.query for one in self.saved)


def clean(text: str) -> str:
    """What somebody typed, without what no name or number holds."""
    return text.replace("\x00", "").strip()[:LONGEST]


def filter_bar(page: str, user: User, params: Mapping[str, str], fields: Sequence[Field]) -> FilterBar:
    """The fields with the values of the address; a value that is none of a field's choices is no value. One query."""
    read = []
    for one in fields:
        value = clean(params.get(one.name, ""))
        known = not one.choices or value in dict(one.choices)
        read.append(replace(one, value=value if known else ""))
    return FilterBar(page, read, list(SavedFilter.objects.filter(user=user, page=page).order_by("name")[:SAVED_MOST]))


def save_filter(*, user: User, page: str, name: str, query: str) -> SavedFilter:
    """Keep a filter under a name; the same name again replaces it. Raises FilterRefused."""
    name, query = clean(name)[:60], query.replace("\x00", "")
    if not name:
        raise FilterRefused("Donnez un nom à ce filtre, par exemple « Retenues de ma caisse ».")
    if not query or len(query) > 500:
        raise FilterRefused("Choisissez d’abord un filtre, puis enregistrez-le.")
    own = SavedFilter.objects.filter(user=user, page=page)
    if not own.filter(name=name).exists() and own.count() >= SAVED_MOST:
        raise FilterRefused(f"Vous avez déjà {SAVED_MOST} filtres sur cette liste : supprimez-en un.")
    saved, _created = SavedFilter.objects.update_or_create(
        user=user, page=page, name=name, defaults={"query": QueryDict(query).urlencode()}
    )
    return saved
