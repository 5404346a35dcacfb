"""The kinds of letters, registered by each application: a template, a title, and what the law wants in it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LetterKind:
    """One template of letter. `needs` names the facts without which it cannot be written; `articles` its legal basis."""

    code: str
    title: str
    template: str
    needs: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()


class UnknownLetter(LookupError):
    """No application registered this kind of letter."""


_kinds: dict[str, LetterKind] = {}


def register(kind: LetterKind) -> None:
    """Make a kind known; registering the same code again replaces it."""
    _kinds[kind.code] = kind


def kind_of(code: str) -> LetterKind:
    """Raises UnknownLetter."""
    if code not in _kinds:
        raise UnknownLetter(f"Aucun modèle de courrier « {code} ».")
    return _kinds[code]


def all_kinds() -> list[LetterKind]:
    """Every kind, by code."""
    return [_kinds[code] for code in sorted(_kinds)]
