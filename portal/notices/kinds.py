"""Kinds of notices, registered by applications: the subject that any eye may see, and the sentence of the message."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class NoticeKind:
    """`title` names it in the preferences. `subject` and `text` may hold ``{words}``; neither says an amount or a name.

    `reach` and `link` are for those who are written to without an account: from the notice's subject, their address (empty:
    none) and that of the page. Both are asked when it leaves: no address and no key lies in a row.
    """

    code: str
    title: str
    subject: str
    text: str
    reach: Callable[[str], str] | None = None
    link: Callable[[str], str] | None = None


DISCREET = "Un message vous attend"
_kinds: dict[str, NoticeKind] = {}


def register(kind: NoticeKind) -> None:
    """Make a kind known; registering the same code again replaces it."""
    _kinds[kind.code] = kind


def kind_of(code: str) -> NoticeKind:
    """Raises KeyError: an application forgot to register it."""
    return _kinds[code]


def all_kinds() -> list[NoticeKind]:
    """Every kind that an account may want or not, in the order of registration."""
    return [kind for kind in _kinds.values() if kind.reach is None]
