"""Kinds of notices, registered by applications: the subject that any eye may see, and the sentence of the message."""

from dataclasses import dataclass


@dataclass(frozen=True)
class NoticeKind:
    """`title` names it in the preferences. `subject` and `text` may hold ``{words}``; neither says an amount or a name."""

    code: str
    title: str
    subject: str
    text: str


DISCREET = "Un message vous attend"
_kinds: dict[str, NoticeKind] = {}


def register(kind: NoticeKind) -> None:
    """Make a kind known; registering the same code again replaces it."""
    _kinds[kind.code] = kind


def kind_of(code: str) -> NoticeKind:
    """Raises KeyError: an application forgot to register it."""
    return _kinds[code]


def all_kinds() -> list[NoticeKind]:
    """Every kind, in the order of registration."""
    return list(_kinds.values())
