"""What a garnishee may say of an order, from a form or from JSON: the same rules, every error at once."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from aripa.models import GarnisheeAnswerKind
from portal.legislation.facts import hundredths, read_day

REASONS: Mapping[str, tuple[tuple[str, str], ...]] = {
    GarnisheeAnswerKind.PARTLY: (
        ("FLOOR", "Le minimum à laisser empêche de tout payer"),
        ("OTHER_ORDER", "Un autre paiement direct ou une saisie est déjà servi"), ("OTHER_PART", "Autre raison, dite plus bas"),
    ),
    GarnisheeAnswerKind.NO: (
        ("NEVER", "Cette personne n’a jamais travaillé ici, ou n’a pas de compte ici"),
        ("NOTHING_DUE", "Rien ne lui est dû en ce moment"), ("OTHER_NO", "Autre raison, dite plus bas"),
    ),
    GarnisheeAnswerKind.ENDED: (
        ("CONTRACT_ENDED", "Le contrat de travail est fini"), ("ACCOUNT_CLOSED", "Le compte est clos"),
        ("RIGHTS_ENDED", "Les allocations ou la pension de retraite sont finies"), ("OTHER_END", "Autre raison, dite plus bas"),
    ),
}  # fmt: skip
REASON_WORDS = {code: words for found in REASONS.values() for code, words in found}
LONGEST = {"name": 100, "email": 254, "phone": 25, "words": 500}
TEXTS = ("answer", "reason", "amount", "ended_on", *LONGEST)
AMOUNT_MOST = 99_999_999
# Why a wrong field is wrong, by its name: sentences of the page, and codes of the API.
Errors = dict[str, tuple[str, str]]


@dataclass(frozen=True)
class Said:
    """One answer, read."""

    kind: GarnisheeAnswerKind
    reason: str
    amount_cents: int | None
    ended_on: date | None
    contact: Mapping[str, str]

    @property
    def digest(self) -> str:
        """What tells one answer from another."""
        told = [self.kind, self.reason, self.amount_cents, str(self.ended_on), dict(self.contact)]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def read(given: Mapping[str, Any], *, monthly_cents: int, today: date) -> tuple[Said | None, Errors]:
    """The answer, or every error of it. Amounts as JSON writes them (``120.50``), days as ``2026-10-31``."""
    texts, errors = _texts(given)
    kind, reason = texts["answer"], texts["reason"]
    if "answer" not in errors and kind not in GarnisheeAnswerKind.values:
        errors["answer"] = ("required", "Choisissez une réponse.")
    allowed = dict(REASONS.get(kind, ()))  # type: ignore[call-overload]
    if allowed and reason not in allowed:
        errors.setdefault("reason", ("required", "Dites pourquoi : choisissez la raison de cette réponse."))
    amount = _amount(kind, texts["amount"], monthly_cents, errors)
    ended = _ended(kind, texts["ended_on"], today, errors)
    _contact(texts, errors)
    if reason.startswith("OTHER_") and reason != "OTHER_ORDER" and allowed and not texts["words"]:
        errors.setdefault("words", ("required", "Dites la raison en quelques mots."))
    if errors:
        return None, errors
    contact = {name: texts[name] for name in LONGEST}
    return Said(GarnisheeAnswerKind(kind), reason if allowed else "", amount, ended, contact), {}


def _texts(given: Mapping[str, Any]) -> tuple[dict[str, str], Errors]:
    """Every field as a text that can be kept; a value of another type is told."""
    texts, errors = {}, {}
    for name in TEXTS:
        value = given.get(name) or ""
        if not isinstance(value, str) or not _is_text(value):
            errors[name], value = ("bad_type", "Écrivez un texte."), ""
        texts[name] = value.strip()
        if len(texts[name]) > LONGEST.get(name, 40):
            errors[name] = ("too_long", f"Écrivez {LONGEST.get(name, 40)} signes au plus.")
    return texts, errors


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in value


def _amount(kind: str, text: str, monthly_cents: int, errors: Errors) -> int | None:
    if kind != GarnisheeAnswerKind.PARTLY or "amount" in errors:
        return None
    try:
        cents = hundredths(AMOUNT_MOST)(text)
    except ValueError:
        errors["amount"] = ("bad_value", "Écrivez la somme que vous payez chaque mois, par exemple 120,50.")
        return None
    if not 0 < cents < monthly_cents:
        errors["amount"] = (
            "out_of_range",
            "Écrivez moins que ce qui est demandé et plus que zéro, ou choisissez une autre réponse.",
        )
        return None
    return cents


def _ended(kind: str, text: str, today: date, errors: Errors) -> date | None:
    if kind != GarnisheeAnswerKind.ENDED or "ended_on" in errors:
        return None
    try:
        day = read_day(text)
    except ValueError:
        errors["ended_on"] = ("bad_value", "Écrivez le dernier jour, par exemple 30/09/2026.")
        return None
    if day > today:
        errors["ended_on"] = (
            "in_the_future",
            "Ce jour n’est pas encore venu : payez jusque-là, puis dites-le-nous sous huit jours.",
        )
        return None
    return day


def _contact(texts: Mapping[str, str], errors: Errors) -> None:
    if len(texts["name"]) < 2:
        errors.setdefault("name", ("required", "Écrivez votre nom, ou celui de votre service."))
    if not texts["email"] and not texts["phone"]:
        errors.setdefault("phone", ("required", "Laissez un téléphone ou une adresse électronique, pour une question."))
    if texts["email"] and ("@" not in texts["email"] or " " in texts["email"]):
        errors.setdefault("email", ("bad_value", "Écrivez une adresse comme nom@exemple.fr."))
