"""What agents' pages about a family share: who may see and treat it, forms of facts, what a read leaves in the journal."""

from collections.abc import Mapping

from django.http import Http404, HttpRequest
from django.urls import reverse

from portal.accounts.permissions import today
from portal.accounts.rights import Right, holders
from portal.benefits.persons.entering import EntryWrong
from portal.benefits.persons.selectors import Family, family_seen
from portal.frame.errors import Conflict
from portal.frame.questions import YES_NO, Question, typed_text

SEE, TREAT = holders(Right.SEE_BENEFITS), holders(Right.TREAT_BENEFITS)
METHODS = ["GET", "HEAD", "POST"]
CHOOSE = ("", "à choisir")
A_DAY, A_CHOICE = "Une date qui existe, par exemple 12/06/2026.", "À choisir dans la liste."


def get_family(request: HttpRequest, fund: str, number: str, right: Right = Right.SEE_BENEFITS) -> Family:
    """The family, for who holds `right` for its fund; else « page introuvable »."""
    found = family_seen(request.user, today(), fund, number, right)  # type: ignore[arg-type]
    if found is None:
        raise Http404
    return found


def address_of(family: Family) -> str:
    return reverse("benefits:family", args=[family.file.fund, family.file.beneficiary_no])


def changed(family: Family, sentence: str) -> Conflict:
    """Somebody acted first: the family's page shows what."""
    return Conflict(sentence, link=address_of(family), action="Relire le dossier")


class Typed:
    """The fields of a form: what was typed, else what is held, with what is wrong."""

    def __init__(self, request: HttpRequest, held: Mapping[str, str], errors: Mapping[str, str]) -> None:
        self.sent = request.POST if request.method == "POST" else {}
        self.held, self.errors = held, errors

    def __getitem__(self, name: str) -> str:
        return typed_text(self.sent.get(name, self.held.get(name, "")))

    def ask(self, name: str, label: str, *, unit: str = "", choices: tuple = ()) -> Question:
        return Question(name, label, self[name], unit, choices, self.errors.get(name, ""))

    def yes_no(self, name: str, label: str) -> Question:
        return self.ask(name, label, choices=(CHOOSE, *YES_NO))


def children_choices(family: Family) -> tuple:
    """Every child of the family, as a form offers them."""
    born = [(one.row.child_id, f"{one.name}, {one.row.birth_date:%d/%m/%Y}") for one in family.children]
    return (CHOOSE, *born) if len(born) != 1 else tuple(born)


def told_in_form(wrong: EntryWrong, expected: Mapping[str, str]) -> dict[str, str]:
    """What is wrong, field by field; of a field that is empty or not of its form, what the form wants."""
    return {
        name: expected.get(name, message) if name in wrong.formless else message
        for name, message in wrong.errors.items()
    }


def version_read(request: HttpRequest, held: int | None) -> int | None:
    """The version that the page had shown when it was sent; `held`, on a page that is opened."""
    if request.method != "POST":
        return held
    read = request.POST.get("read", "")
    return int(read) if read.isdecimal() else None
