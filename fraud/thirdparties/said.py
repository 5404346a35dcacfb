"""What a third party says: read from its page or noted by an officer; every error at once."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fraud.models import AnswerKind

LONGEST = {"name": 100, "email": 254, "phone": 25, "words": 1000}
PAPERS_MOST = 5


@dataclass(frozen=True)
class Paper:
    """A file as it came."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Said:
    """One answer, read."""

    kind: AnswerKind
    words: str
    contact: Mapping[str, str]
    papers: Sequence[Paper] = ()

    @property
    def digest(self) -> str:
        """What tells one answer from another."""
        told = [self.kind, self.words, dict(self.contact), [one.sha256 for one in self.papers]]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def read(
    given: Mapping[str, str], papers: Sequence[Paper], *, with_contact: bool
) -> tuple[Said | None, dict[str, str]]:
    """The answer, or every error of it by field."""
    texts = {name: given.get(name, "").strip() for name in ("answer", *LONGEST)}
    errors = {
        name: f"Écrivez {most} signes au plus." for name, most in LONGEST.items() if len(texts[name]) > most
    }  # fmt: skip
    kind = texts["answer"]
    if kind not in AnswerKind.values:
        errors["answer"] = "Choisissez une réponse."
    elif kind == AnswerKind.GIVEN and not papers and not texts["words"]:
        errors["papers"] = "Joignez les copies, ou écrivez ce qui est demandé."
    elif kind == AnswerKind.REFUSED and len(texts["words"]) < 10:
        errors.setdefault("words", "Dites pourquoi vous refusez, en dix signes au moins.")
    if len(papers) > PAPERS_MOST:
        errors["papers"] = f"Envoyez {PAPERS_MOST} fichiers à la fois : cette page reste ouverte pour les suivants."
    if with_contact:
        _contact(texts, errors)
    if errors:
        return None, errors
    contact = {name: texts[name] for name in ("name", "email", "phone")}
    return Said(AnswerKind(kind), texts["words"], contact, papers), {}


def _contact(texts: Mapping[str, str], errors: dict[str, str]) -> None:
    if len(texts["name"]) < 2:
        errors.setdefault("name", "Écrivez votre nom, ou celui de votre service.")
    if not texts["email"] and not texts["phone"]:
        errors.setdefault("phone", "Laissez un téléphone ou une adresse électronique, pour une question.")
