"""An account as people type it: what is wrong with it, and what to do, in French."""

import re

from portal.banking.iban import LENGTHS, is_iban_valid

HOLDER_LONGEST = 70
# What a bank file can carry of a name (EPC: Latin letters, digits and a few signs; accents are put off there).
HOLDER = re.compile(r"[^\W\d_][\w .,'’()/+-]*")


def compact(text: str) -> str:
    """An IBAN without what people put between its groups, in capitals."""
    return re.sub(r"[\s\u00a0\u202f.\-]", "", text).upper().removeprefix("IBAN")


def iban_error(text: str) -> str:
    """What is wrong with an IBAN, and what to do; empty when it may be taken."""
    iban = compact(text)
    if not iban:
        return "Écrivez votre IBAN, par exemple FR76 3000 6000 0112 3456 7890 189."
    if not iban.isascii() or not iban.isalnum():
        return "Un IBAN n’a que des lettres sans accent et des chiffres. Recopiez-le depuis votre relevé."
    length = LENGTHS.get(iban[:2])
    if length is None:
        return "Ce pays n’est pas dans la zone des prélèvements SEPA. Un IBAN français commence par FR."
    if len(iban) != length:
        return _length_error(len(iban), length, iban[:2])
    if not is_iban_valid(iban):
        return "Un caractère est faux, ou deux sont inversés : la clé de l’IBAN ne correspond pas. Recopiez-le depuis votre relevé."
    return ""


def _length_error(found: int, expected: int, country: str) -> str:
    """``Il manque 2 caractères : un IBAN français en a 27.``"""
    gap = abs(expected - found)
    word = f"{gap}\u00a0caractère{'s' if gap > 1 else ''}"
    which = "un IBAN français en a" if country == "FR" else f"un IBAN qui commence par {country} en a"
    what = f"Il manque {word}" if found < expected else f"Il y a {word} de trop"
    return f"{what} : {which} {expected}. Recopiez-le depuis votre relevé."


def errors_of(*, iban: str, holder: str, accepted: bool) -> dict[str, str]:
    """Every error of the form at once, by field."""
    found = {"iban": iban_error(iban), "holder": "", "mandate": ""}
    if not HOLDER.fullmatch(holder.strip()) or len(holder.strip()) > HOLDER_LONGEST:
        found["holder"] = "Écrivez le nom qui est sur le relevé, en 70 caractères au plus, par exemple Émilie Chabrol."
    if not accepted:
        found["mandate"] = "Cochez la case pour accepter le mandat : sans lui, nous ne pouvons pas utiliser ce compte."
    return {name: told for name, told in found.items() if told}
