"""Payment orders: prepared by COPY, moved state by state with what moved them."""

import polars as pl

from portal.bulk import copy_in, read_frame

COLUMNS = (
    "id", "run_id", "kind", "purpose", "subject", "end_to_end_id", "name", "iban_key", "mandate_ref",
    "mandate_signed_on", "amount_cents", "due_on", "remittance", "settlement_id", "state", "reason_code",
)  # fmt: skip


def prepare_orders(orders: pl.DataFrame) -> int:
    """Write orders, ready to be sent, inside the caller's transaction; returns how many.

    `orders`: run_id, kind, purpose, subject, end_to_end_id, name, iban_key, mandate_ref, mandate_signed_on,
    amount_cents, due_on, remittance, settlement_id. A reference used before raises IntegrityError.
    """
    if orders.is_empty():
        return 0
    ids = read_frame(
        "SELECT nextval('banking_paymentorder_ids') FROM generate_series(1, %s)", {"id": pl.Int64}, (orders.height,)
    )
    ready = orders.hstack(ids).with_columns(
        pl.col("mandate_ref").fill_null(""), state=pl.lit("PREPARED"), reason_code=pl.lit("")
    )
    return copy_in(ready, "banking_paymentorder", COLUMNS)
