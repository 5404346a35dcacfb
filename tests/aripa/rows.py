"""Facts of ARIPA put into their tables as a file would."""

from datetime import UTC, date, datetime
from itertools import count

from aripa.models import Event, Parent, Title
from portal.exchange.buckets import bucket_of

NOW = datetime(2025, 12, 1, tzinfo=UTC)
lines = count(1)


def day(text: str) -> date:
    return date.fromisoformat(text if len(text) == 10 else f"{text}-01")


def parent_row(number: str, updated: str = "2025-01-01", **said: object) -> Parent:
    values = {
        "nir_valid": True, "name_key": "", "fund": "CAF63", "country": "FR", "stable_residence": True, "lawful_stay": True,
        "payment_means": "DIRECT_DEBIT", "payment_day": 1, "iban_key": "00000000-0000-4000-8000-000000000001",
        "iban_valid": True, "mandate_ref": f"M-{number}", "mandate_signed_on": day("2024-01-01"),
        "updated_at": datetime.combine(day(updated), NOW.timetz()),
    }  # fmt: skip
    return Parent.objects.create(
        file_id=1, line=next(lines), known_from=NOW, parent_no=number, updated_on=day(updated), **(values | said)
    )


def title_row(case: str = "C1", received: str = "2025-12-01", **said: object) -> Title:
    values = {
        "title_no": f"T-{case}", "creditor_no": f"P-{case}", "debtor_no": f"D-{case}", "kind": "COURT_DECISION",
        "title_date": day("2025-11-14"), "enforceable_on": day("2025-11-20"), "due_day": 10, "indexation": "EXCLUDED",
        "index_series": "ALL_HOUSEHOLDS", "rounding": "CENT", "child_id": f"K-{case}",
        "child_birth_date": day("2017-05-02"), "cash_share_cents": 250_00, "monthly_total_cents": 250_00,
        "effective_on": day("2025-12-01"), "sender": "CLERK",
    }  # fmt: skip
    values |= said
    return Title.objects.create(
        file_id=1, line=next(lines), known_from=NOW, case_no=case, received_on=day(received),
        bucket=bucket_of(str(values["creditor_no"])), **values,
    )  # fmt: skip


def event_row(on: str, kind: str, case: str = "C1", **said: object) -> Event:
    for name in ("month", "effective_on"):
        if isinstance(value := said.get(name), str):
            said[name] = day(value)
    number = next(lines)
    said.setdefault("event_no", number)
    return Event.objects.create(file_id=1, line=number, known_from=NOW, day=day(on), case_no=case, kind=kind, **said)


def live_case(case: str = "C1", **said: object) -> None:
    """A case whose parents answer at once: its first term is due on 10 January 2026."""
    parent_row(f"P-{case}")
    parent_row(f"D-{case}")
    title_row(case, **said)
    event_row("2025-12-10", "INFORMATION", case, party="BOTH", reason="FULL")


def forced_case(case: str = "C1", *, fund: str = "CAF63", **said: object) -> None:
    """A case whose debtor pays nothing: notice received on 20 January, forced on 5 February 2026, an order on the 10th."""
    parent_row(f"P-{case}", fund=fund, name_key=f"MARTIN {case}", birth_name="Martin", first_names="Léa")
    parent_row(
        f"D-{case}",
        fund=fund,
        payment_means="TRANSFER",
        name_key=f"PETIT {case}",
        birth_name="Petit",
        first_names="Paul",
    )
    title_row(case, **said)
    event_row("2025-12-10", "INFORMATION", case, party="BOTH", reason="FULL")
    event_row(
        "2026-01-21", "NOTICE_RECEIVED", case, letter="L08", party="DEBTOR", month="2026-01", effective_on="2026-01-20"
    )
    event_row("2026-02-10", "RECOVERY_DECISION", case, reason="DIRECT_PAYMENT", ref="EMP1", amount_cents=1600_00)
