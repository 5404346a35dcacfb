"""What a fund writes of an agreement: the title (L24), an original for each parent and for the fund, or the refusal (L02)."""

from datetime import date
from typing import Any

from django.conf import settings

from aripa.agreements.questions import INDEXES, STAYS
from aripa.agreements.seats import CREDITOR, DEBTOR, Seat, seat_of, seats_of
from aripa.agreements.text import children_of, lines_of, parent_line
from aripa.letters.facts import INDEXATION, full_name
from aripa.letters.kinds import kind_code
from aripa.models import Agreement
from aripa.own.entering import current_parent
from aripa.own.papers import subject_of
from portal.frame.templatetags.portal import hour, long_day
from portal.letters.models import Letter
from portal.letters.operations import ask_letter
from portal.organisations.serving import name_on

FUND = "FUND"
ARTICLE = "articles L. 582-2 et R. 582-1 à R. 582-3 du code de la sécurité sociale"


def key_of(agreement: Agreement, to: str, code: str) -> str:
    """``aripa.agreement:12:CREDITOR:L24``: written once, whoever asks."""
    return f"{Agreement.SUBJECT}:{agreement.pk}:{to}:{code}"


def ask_titles(agreement: Agreement, *, signed_by: str, by: str, on: date) -> None:
    """Three originals of one title: each parent's, read among the letters of their side, and the fund's."""
    same = _title_facts(agreement, signed_by, on)
    for to, recipient in _readers(agreement, on):
        ask_letter(
            kind=kind_code("L24"), key=key_of(agreement, to, "L24"), subject=subject_of(agreement.case_no, to),
            facts=_frame(agreement, recipient, to) | same, dated=on, by=by,
        )  # fmt: skip


def ask_refusal(agreement: Agreement, *, by: str, on: date) -> None:
    """The same reason to both, and where each of them can go."""
    facts = {"reason": agreement.reason, "article": ARTICLE, "is_agreement": True}
    for to, recipient in _readers(agreement, on):
        if to != FUND:
            ask_letter(
                kind=kind_code("L02"), key=key_of(agreement, to, "L02"), subject=f"{Agreement.SUBJECT}:{agreement.pk}:{to}",
                facts=_frame(agreement, recipient, to) | facts, dated=on, by=by,
            )  # fmt: skip


def letter_to(agreement: Agreement, to: str) -> Letter | None:
    """The answer of the fund as this reader has it; None before it is written."""
    keys = [key_of(agreement, to, code) for code in ("L24", "L02")]
    return Letter.objects.filter(job__key__in=keys).defer("pdf", "text").first()


def _readers(agreement: Agreement, on: date) -> list[tuple[str, list[str]]]:
    """Who gets an original, with the lines of their own address."""
    found = [(one.party, _address(one, on)) for one in seats_of(agreement)]
    return [*found, (FUND, [name_on(agreement.fund, on), "Original de la caisse"])]


def _address(seat: Seat, on: date) -> list[str]:
    row, own = current_parent(seat.parent_no(on), on), seat.own
    if row is not None and row.address:
        lines = [full_name(row), row.address, " ".join(filter(None, [row.postcode, row.city]))]
    else:
        lines = [
            seat.user.full_name,
            own.get("address", ""),
            f"{own.get('postcode', '')} {own.get('city', '')}".strip(),
        ]
    return [line for line in lines if line]


def _frame(agreement: Agreement, recipient: list[str], to: str) -> dict[str, Any]:
    return {
        "recipient": recipient, "sender": f"{settings.PENSIONS_NAME}, {settings.PENSIONS_ADDRESS}",
        "phone": settings.PENSIONS_PHONE, "signatory": f"Le {settings.PENSIONS_NAME}", "party": to,
        "case_no": agreement.case_no or agreement.number, "reference": f"Accord {agreement.number}",
        "service": settings.PENSIONS_NAME,
    }  # fmt: skip


def _title_facts(agreement: Agreement, signed_by: str, on: date) -> dict[str, Any]:
    shared = agreement.shared
    roles = ((CREDITOR, "reçoit la pension"), (DEBTOR, "paie la pension"))
    return {
        "parents": [f"{parent_line(shared, party)} : {role}" for party, role in roles],
        "children": [
            {"child": one.name, "born": one.born.isoformat(), "visiting": dict(STAYS)[one.stay], "cents": one.cents}
            for one in children_of(shared)
        ],
        "index": _index(shared["index"]), "signed_on": on.isoformat(), "director": signed_by,
        "by_silence": agreement.decided_by is None,
        "received_on": agreement.received_on.isoformat() if agreement.received_on else None,
        "request": [[heading, [list(line) for line in lines]] for heading, lines in lines_of(shared)],
        "signatures": [_signature(agreement, party) for party, _role in roles],
    }  # fmt: skip


def _index(chosen: str) -> str:
    return INDEXATION["NONE_MENTIONED"] if chosen == "NONE_MENTIONED" else f"{dict(INDEXES)[chosen]}."


def _signature(agreement: Agreement, party: str) -> str:
    seat = seat_of(agreement, party)
    made = seat.signature()
    assert made is not None, "a filed request is signed by both"
    return f"{parent_line(agreement.shared, party)}, le {long_day(made.signed_at)} à {hour(made.signed_at)}"
