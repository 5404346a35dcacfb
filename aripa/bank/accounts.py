"""The bank account of a parent as the days know it: heard by a day, usable or not."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from aripa.models import Parent

FIELDS = (
    "parent_no", "birth_name", "usual_name", "first_names", "iban_key", "iban_valid", "bank_statement_on", "mandate_ref",
    "mandate_signed_on", "updated_on", "heard_on",
)  # fmt: skip
Known = Mapping[str, Sequence[Parent]]


def known_rows(numbers: Iterable[str]) -> Known:
    """Every row heard of some parents, the one that holds last. One query."""
    rows = Parent.objects.filter(parent_no__in=set(numbers), heard_on__isnull=False).only(*FIELDS)
    found: dict[str, list[Parent]] = {}
    for row in rows.order_by("updated_on", "heard_on", "pk"):
        found.setdefault(row.parent_no, []).append(row)
    return found


def account_on(known: Known, number: str, day: date, *, is_debit: bool) -> Parent | None:
    """What was known on `day`, the day of the movement itself: lived late, a day asks what it would have asked then.

    None when it cannot be used: no valid IBAN, or no signed mandate to debit by.
    """
    rows = (one for one in reversed(known.get(number, ())) if one.heard_on and one.heard_on <= day)
    row = next(rows, None)
    if row is None or row.iban_key is None or not row.iban_valid:
        return None
    return row if not is_debit or (row.mandate_ref and row.mandate_signed_on) else None
