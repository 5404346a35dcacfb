"""The letters to a third party: the request, its reminder, the fine that is proposed, what was decided."""

from datetime import date
from typing import Any

from fraud.models import FineState, ThirdPartyFine, ThirdPartyRequest
from fraud.rules import third_party as rules
from fraud.rules.figures import control_parameters
from fraud.thirdparties.links import address_of, code_of
from portal.frame.templatetags.portal import money
from portal.letters.kinds import LetterKind, register
from portal.letters.operations import ask_letter
from portal.organisations.serving import name_on
from portal.people.vault import decrypt

NEEDS = ("recipient", "reference", "concerned", "asked")
KINDS = (
    LetterKind("fraud.third_request", "Demande d’informations", "letters/fraud/third_request.html",
               (*NEEDS, "days", "link", "code"), ("CSS L. 114-19", "CSS L. 114-20")),
    LetterKind("fraud.third_reminder", "Rappel : votre réponse est attendue", "letters/fraud/third_request.html",
               (*NEEDS, "days", "link", "code"), ("CSS L. 114-19",)),
    LetterKind("fraud.third_fine_notice", "Une amende est envisagée", "letters/fraud/third_fine.html",
               (*NEEDS, "amount_cents", "reply_until"), ("CSS L. 114-19", "CRPA L. 122-1")),
    LetterKind("fraud.third_fine_decided", "Décision sur une amende", "letters/fraud/third_fine.html",
               (*NEEDS, "amount_cents", "decision"), ("CSS L. 114-19",)),
)  # fmt: skip


def register_letters() -> None:
    for kind in KINDS:
        register(kind)


def subject_of(request: ThirdPartyRequest) -> str:
    """Whose the letters are: the request's, never the family's, who would read them in its own space."""
    return f"thirdparty:{request.number}"


def concerned_of(request: ThirdPartyRequest) -> list[str]:
    """The people concerned, one a line; nobody once it is erased. Raises Undecipherable."""
    return decrypt(request.concerned).decode().splitlines() if request.concerned else []


def _facts(request: ThirdPartyRequest, on: date) -> dict[str, Any]:
    return {
        "recipient": [request.name, *request.address.splitlines()], "reference": request.number,
        "concerned": concerned_of(request), "asked": request.asked, "is_identified": request.is_identified,
        "sender": name_on(request.case.fund, on), "signatory": "L’agent de contrôle assermenté et agréé",
    }  # fmt: skip


def request_facts(request: ThirdPartyRequest, on: date) -> dict[str, Any]:
    """What the letter of a request says."""
    fine, one = rules.fine_on(request.persons, on), rules.fine_on(1, on)
    return _facts(request, on) | {
        "days": int(control_parameters().value("third_party.answer_days", on)), "link": address_of(request),
        "code": code_of(request), "per_person": money(one.per_person_cents), "cap": money(fine.cap_cents),
        "due_on": request.due_on.isoformat() if request.due_on else "",
    }  # fmt: skip


def ask_request_letter(request: ThirdPartyRequest, *, on: date, by: str) -> None:
    _ask("fraud.third_request", "sent", request, request_facts(request, on), on, by)


def ask_reminder_letter(request: ThirdPartyRequest, *, on: date, by: str) -> None:
    _ask("fraud.third_reminder", "reminded", request, request_facts(request, on), on, by)


def ask_fine_letter(fine: ThirdPartyFine, *, on: date, by: str) -> None:
    """What is envisaged, then what was decided."""
    kind, step = (
        ("fraud.third_fine_notice", "fine")
        if fine.state == FineState.PROPOSED
        else ("fraud.third_fine_decided", "decided")
    )
    facts = _facts(fine.request, on) | {
        "persons": fine.persons, "per_person_cents": fine.per_person_cents, "cap_cents": fine.cap_cents,
        "amount_cents": fine.amount_cents, "reason": fine.reason, "reply_until": fine.reply_until.isoformat(),
        "state": fine.state, "decision": fine.decision, "link": address_of(fine.request), "code": code_of(fine.request),
        "due_on": fine.request.due_on.isoformat() if fine.request.due_on else "", "signatory": "La direction",
    }  # fmt: skip
    _ask(kind, step, fine.request, facts, on, by)


def _ask(kind: str, step: str, request: ThirdPartyRequest, facts: dict[str, Any], on: date, by: str) -> None:
    ask_letter(
        kind=kind, key=f"thirdparty:{request.number}:{step}", subject=subject_of(request), facts=facts, dated=on, by=by
    )
