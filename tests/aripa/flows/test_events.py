"""Each kind of event: what it needs, what it may say, and that nothing else is let in."""

from pathlib import Path

import pytest

from aripa.flows.events import ASF_CODES, NEEDED, RETURN_CODES, UNABLE, USES
from aripa.models import Event, EventKind
from tests.aripa.files import event, problems, take_in

pytestmark = pytest.mark.django_db

# One sound event of each kind, with everything that it needs and nothing else.
SOUND = {
    "REQUEST": {"party": "BOTH"},
    "INFORMATION": {"party": "DEBTOR", "reason": "PARTIAL"},
    "NOTICE_RECEIVED": {"letter": "L01", "party": "DEBTOR", "effective_on": "2026-01-05"},
    "OBSERVATIONS_ACCEPTED": {},
    "DEBIT_RETURNED": {"month": "2026-01", "reason": "AM04", "amount": "170.00"},
    "PAYMENT_RECEIVED": {"amount": "0.01", "means": "GARNISHEE"},
    "EXPENSE": {"amount": "30.00", "reason": "SERVICE"},
    "BANK_DETAILS": {"party": "DEBTOR"},
    "MOVE": {"party": "CREDITOR"},
    "DEATH": {"party": "DEBTOR", "effective_on": "2026-01-05"},
    "LONE_PARENT": {"reason": "COUPLE", "effective_on": "2026-03-01"},
    "ASF_CLAIM": {"reason": "C1"},
    "JUDGE_APPLIED": {},
    "UNABLE_TO_PAY": {"reason": "2k"},
    "ABLE_TO_PAY": {},
    "VIOLENCE": {},
    "ARREARS_REQUEST": {"month": "2025-11", "child_id": "K1", "amount": "170.00"},
    "PLAN_ACCEPTED": {"amount": "50.00"},
    "RECOVERY_DECISION": {"reason": "DIRECT_PAYMENT", "ref": "EMP-1"},
    "GARNISHEE_ANSWER": {"ref": "EMP-1", "reason": "ENDED"},
    "RELEASE_REQUEST": {},
    "COMPLAINT": {},
    "COMPLAINT_CLOSED": {},
    "END_REQUEST": {"party": "DEBTOR"},
    "END_CONSENT": {"party": "CREDITOR"},
    "END_REFUSAL": {"party": "BOTH"},
    "OFFSET_CONSENT": {},
    "CREDITOR_REPAID": {"amount": "20.00"},
    # The portal's own: no partner sends it, its pages and agents tell it.
    "PAID_BETWEEN_PARENTS": {"month": "2026-01", "amount": "20.00"},
}
ANYTHING = {
    "party": "DEBTOR", "reason": "AM04", "letter": "L08", "effective_on": "2026-01-01", "month": "2026-01",
    "amount": "10.00", "means": "CARD", "child_id": "K1", "ref": "R1",
}  # fmt: skip


def told(folder: Path, kind: str, **cells: str) -> list[tuple[str, str]]:
    return problems(take_in(folder, "events", event(kind, **cells))).get(2, [])


def test_every_kind_of_the_contract_is_known() -> None:
    assert set(SOUND) == set(USES) == set(EventKind.values)
    assert len(USES) == 29


def test_a_sound_event_of_each_kind_enters(tmp_path: Path) -> None:
    rows = [event(kind, event_no=number, **cells) for number, (kind, cells) in enumerate(SOUND.items())]

    report = take_in(tmp_path, "events", *rows)

    assert problems(report) == {}
    assert Event.objects.count() == len(SOUND)


def test_what_a_kind_needs_is_asked_for_and_what_it_does_not_use_must_be_empty(tmp_path: Path) -> None:
    rows, expected = [], {}
    for kind, cells in SOUND.items():
        for column in NEEDED:
            is_needed = column in cells and column in USES[kind].needs
            is_let = column in (*USES[kind].needs, *USES[kind].allows)
            if not is_needed and is_let:
                continue
            changed = cells | {column: "" if is_needed else ANYTHING[column]}
            rows.append(event(kind, event_no=len(rows), **changed))
            expected[len(rows) + 1] = [(column, "required" if is_needed else "not_expected")]

    report = take_in(tmp_path, "events", *rows)

    assert len(rows) > 200
    assert problems(report) == expected


@pytest.mark.parametrize(
    ("kind", "cells", "found"),
    [
        ("NOTICE_RECEIVED", {"effective_on": "2026-01-06"}, [("effective_on", "after_day")]),
        ("NOTICE_RECEIVED", {"letter": "L25"}, [("letter", "bad_value")]),
        ("NOTICE_RECEIVED", {"letter": "L00"}, [("letter", "bad_value")]),
        ("NOTICE_RECEIVED", {"letter": "L24"}, []),
        ("NOTICE_RECEIVED", {"letter": "L08", "month": "2026-01"}, []),
        ("NOTICE_RECEIVED", {"letter": "L09", "month": "2026-01"}, [("month", "not_expected")]),
        ("NOTICE_RECEIVED", {"letter": "L11", "party": "GARNISHEE"}, []),
        ("DEATH", {"effective_on": "2026-01-06"}, [("effective_on", "after_day")]),
        ("DEATH", {"party": ""}, [("party", "required")]),
        ("DEATH", {"child_id": "K1"}, [("child_id", "not_expected")]),
        ("DEATH", {"party": "", "child_id": "K1"}, []),
        ("DEATH", {"party": "BOTH"}, [("party", "bad_value")]),
        ("MOVE", {"party": "BOTH"}, [("party", "bad_value")]),
        ("REQUEST", {"reason": "UNPAID"}, []),
        ("REQUEST", {"reason": "LATE"}, [("reason", "bad_value")]),
        ("REQUEST", {"party": "OFFICER"}, [("party", "bad_value")]),
        ("INFORMATION", {"reason": "MAYBE"}, [("reason", "bad_value")]),
        ("PAYMENT_RECEIVED", {"amount": "0.00"}, [("amount", "zero")]),
        ("PAYMENT_RECEIVED", {"means": "DIRECT_DEBIT"}, [("means", "bad_value")]),
        ("PAYMENT_RECEIVED", {"month": "2026-01", "means": "PUBLIC_ACCOUNTANT"}, []),
        ("RECOVERY_DECISION", {"amount": "0.00"}, []),
        ("RECOVERY_DECISION", {"ref": ""}, [("ref", "required")]),
        ("RECOVERY_DECISION", {"reason": "PUBLIC_RECOVERY", "ref": ""}, []),
        ("RECOVERY_DECISION", {"reason": "PRISON"}, [("reason", "bad_value")]),
        ("ASF_CLAIM", {"effective_on": "2026-01-01"}, [("effective_on", "not_expected")]),
        ("ASF_CLAIM", {"reason": "D", "child_id": "K1"}, []),
        ("ASF_CLAIM", {"reason": "A1"}, [("effective_on", "required")]),
        ("ASF_CLAIM", {"reason": "A1", "effective_on": "2025-06-01"}, []),
        ("ASF_CLAIM", {"reason": "E"}, [("reason", "bad_value")]),
        ("UNABLE_TO_PAY", {"reason": "2"}, [("reason", "bad_value")]),
        ("UNABLE_TO_PAY", {"reason": "2l"}, [("reason", "bad_value")]),
        ("ABLE_TO_PAY", {"reason": "2f"}, []),
        ("VIOLENCE", {"text": "Elle raconte que"}, [("text", "facts_of_violence")]),
        ("COMPLAINT", {"text": "Conteste le montant de janvier"}, []),
        ("DEBIT_RETURNED", {"reason": "AM05"}, [("reason", "bad_value")]),
        ("DEBIT_RETURNED", {"month": "2026-13"}, [("month", "bad_value")]),
        ("EXPENSE", {"effective_on": "2025-12-20", "reason": "OFFICER"}, []),
    ],
)
def test_rules_between_the_cells_of_an_event(
    tmp_path: Path, kind: str, cells: dict[str, str], found: list[tuple[str, str]]
) -> None:
    assert told(tmp_path, kind, **(SOUND[kind] | cells)) == found


def test_every_code_of_the_law_is_taken(tmp_path: Path) -> None:
    returned = [event("DEBIT_RETURNED", **(SOUND["DEBIT_RETURNED"] | {"reason": code})) for code in RETURN_CODES]
    unable = [event("UNABLE_TO_PAY", reason=item) for item in UNABLE]
    claims = [
        event("ASF_CLAIM", reason=code, effective_on="" if code in ("C1", "D") else "2025-01-01") for code in ASF_CODES
    ]
    rows = [one | {"event_no": str(number)} for number, one in enumerate([*returned, *unable, *claims])]

    assert take_in(tmp_path, "events", *rows).applied == 11 + 14 + 8


def test_all_the_errors_of_an_event_are_told_at_once(tmp_path: Path) -> None:
    assert told(tmp_path, "DEBIT_RETURNED", party="DEBTOR", reason="XX", letter="L08") == [
        ("month", "required"),
        ("amount", "required"),
        ("party", "not_expected"),
        ("letter", "not_expected"),
        ("reason", "bad_value"),
    ]
