"""The one menu of the family's pages: seven entries, and the pages of the entry one is in."""

from dataclasses import dataclass, field

from django.urls import reverse

from cmg.family.unread import Unread

# Label and address of each entry, then its pages when there are several; what a page leads to is under its address.
ENTRIES: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    ("Ma famille", "own_home", ()),
    ("Mes mois", "own_months", ()),
    ("Déclarer", "declare", ()),
    ("Mes paiements", "own_payments", (("Paiements", "own_payments"), ("Compte bancaire", "own_account"))),
    ("Mes droits", "own_rights", (("Mes droits", "own_rights"), ("Simulateur", "simulator"))),
    ("Mes demandes", "own_requests", (
        ("Suivre", "own_requests"), ("Signaler un problème", "own_report"), ("Avance", "own_advance"),
        ("Remboursement", "own_refund"), ("Urgence", "own_emergency"),
    )),
    ("Courriers et messages", "own_letters", (
        ("Courriers", "own_letters"), ("Messages", "own_messages"), ("Préférences", "own_preferences"),
    )),
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """`is_here`: the page is this one; `holds_here`: it is one of its pages. `unread` is counted behind its label."""

    label: str
    link: str
    is_here: bool
    holds_here: bool = False
    unread: int = 0
    pages: list["Entry"] = field(default_factory=list)


def menu_of(path: str, unread: Unread) -> list[Entry]:
    """The menu of the page at `path`."""
    counts = {"own_letters": unread.letters, "own_messages": unread.messages}
    return [_entry(label, name, pages, path, counts) for label, name, pages in ENTRIES]


def _entry(
    label: str, name: str, pages: tuple[tuple[str, str], ...], path: str, counts: dict[str, int]
) -> Entry:  # fmt: skip
    inside = [
        Entry(words, _address(page), is_here=_is_in(page, path), unread=counts.get(page, 0)) for words, page in pages
    ]
    here = any(one.is_here for one in inside) or _is_in(name, path)
    return Entry(
        label, _address(name), is_here=path == _address(name), holds_here=here,
        unread=sum(one.unread for one in inside), pages=inside,
    )  # fmt: skip


def _address(name: str) -> str:
    return reverse(f"cmg:{name}")


def _is_in(name: str, path: str) -> bool:
    """Whether a page is at this address or under it; every page is under the first one."""
    return path == _address(name) if name == "own_home" else path.startswith(_address(name))
