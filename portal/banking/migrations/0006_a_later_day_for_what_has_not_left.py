"""An order that has not left may be put off, never brought nearer: a bank file asks for no day that has passed."""

from django.db import migrations

KEPT = (
    "id", "run_id", "kind", "purpose", "subject", "end_to_end_id", "name", "iban_key", "mandate_ref",
    "mandate_signed_on", "amount_cents", "remittance", "settlement_id",
)  # fmt: skip


def _trigger(columns: tuple[str, ...], also: str) -> str:
    old, new = (", ".join(f"{row}.{name}" for name in columns) for row in ("OLD", "NEW"))
    return f"""
    DROP TRIGGER protect ON banking_paymentorder;
    CREATE TRIGGER protect BEFORE UPDATE ON banking_paymentorder FOR EACH ROW
        WHEN ((({old}) IS DISTINCT FROM ({new})){also}) EXECUTE FUNCTION portal_refuse_change();
    """


PUT_OFF = """
    OR (OLD.due_on IS DISTINCT FROM NEW.due_on AND (OLD.state <> 'PREPARED' OR NEW.due_on < OLD.due_on))"""


class Migration(migrations.Migration):
    dependencies = [("banking", "0005_refunds_by_settlement")]
    operations = [migrations.RunSQL(_trigger(KEPT, PUT_OFF), _trigger((*KEPT, "due_on"), ""))]
