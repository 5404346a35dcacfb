"""An accepted agreement becomes a title like any other received: parents and title enter as facts, with the agent's origin.

The day's run hears it the same evening: since 2023 such a title opens intermediation by itself (C. civ. 373-2-2, II).
"""

import secrets
from datetime import date, datetime
from typing import Any

from aripa.agreements.questions import fund_at
from aripa.agreements.seats import CREDITOR, DEBTOR, Seat, seat_of
from aripa.agreements.text import children_of, content_of
from aripa.models import Agreement, Indexation, IndexSeries, Title, TitleKind
from aripa.own.admitting import keep_told, own_number
from portal.exchange.buckets import bucket_of

KIND = "agreement-accepted"
# No fund is named to the two parents: it would say where the one who receives lives.
ISSUER = "Caisse compétente, convention des parents"
INDEXES = {
    "NONE_MENTIONED": (Indexation.NONE_MENTIONED, IndexSeries.ALL_HOUSEHOLDS),
    "ALL_HOUSEHOLDS": (Indexation.CLAUSE, IndexSeries.ALL_HOUSEHOLDS),
    "URBAN_WORKERS": (Indexation.CLAUSE, IndexSeries.URBAN_WORKERS),
}


def enter_title(agreement: Agreement, *, by: str, at: datetime, on: date) -> str:
    """Enter the parents who have no number yet, and the title, in the caller's transaction; returns the case's number."""
    told = {"agreement": agreement.number, "content": content_of(agreement), "checks": agreement.checks, "by": by}
    file = keep_told(f"accord-{agreement.pk}.json", KIND, told, by=by, at=at)
    numbers = {
        party: own_number(seat.user, _cells(seat), file, at=at, on=on)
        for party in (CREDITOR, DEBTOR) for seat in (seat_of(agreement, party),)
    }  # fmt: skip
    case_no = _case_no(numbers)
    same = _facts(agreement, case_no, numbers, on)
    Title.objects.bulk_create(
        Title(file=file, line=number, known_from=at, child_id=f"{case_no}-{number}", child_first_name=one.name[:100],
              child_birth_date=one.born, monthly_total_cents=one.cents, cash_share_cents=one.cents, **same)
        for number, one in enumerate(children_of(agreement.shared), start=1)
    )  # fmt: skip
    return case_no


def _cells(seat: Seat) -> dict[str, Any]:
    """What a parent who had no number said of their home."""
    own = seat.own
    return {
        "fund": fund_at(own.get("body", ""), own.get("postcode", "")) or None, "address": own.get("address"),
        "postcode": own.get("postcode", "")[:10], "city": own.get("city", "")[:100],
    }  # fmt: skip


def _case_no(numbers: dict[str, str]) -> str:
    """The case that links them already without a title (ASF), else a number that says nothing."""
    known = Title.objects.filter(
        creditor_no=numbers[CREDITOR], debtor_no=numbers[DEBTOR], known_until__isnull=True, kind=TitleKind.NONE
    ).first()  # fmt: skip
    return known.case_no if known else f"D{secrets.token_hex(6).upper()}"


def _facts(agreement: Agreement, case_no: str, numbers: dict[str, str], on: date) -> dict[str, Any]:
    """What the title says of itself, repeated on each child's row."""
    indexation, series = INDEXES[agreement.shared["index"]]
    refused = agreement.shared["way"] == "DIRECT"
    return {
        "title_no": f"T{agreement.number}", "case_no": case_no, "bucket": bucket_of(numbers[CREDITOR]),
        "kind": TitleKind.CAF_ENFORCEABLE_AGREEMENT, "issuer": ISSUER, "minute_no": agreement.number, "title_date": on,
        "enforceable_on": on, "provides_intermediation": not refused, "refused_by_both": refused,
        "excluded_by_judge": False, "cancels_support": False, "violence": False, "creditor_no": numbers[CREDITOR],
        "debtor_no": numbers[DEBTOR], "indexation": indexation, "index_series": series, "rounding": "CENT",
        "effective_on": on, "sender": "FUND", "received_on": on,
    }  # fmt: skip
