"""What was ordered never changes: only its progress does. Open items may come without a message of the bank."""

import django.db.models.deletion
from django.db import migrations, models

SQL = """
CREATE TRIGGER protect BEFORE UPDATE ON banking_paymentorder FOR EACH ROW
    WHEN ((OLD.id, OLD.run_id, OLD.kind, OLD.purpose, OLD.subject, OLD.end_to_end_id, OLD.name, OLD.iban_key,
           OLD.mandate_ref, OLD.mandate_signed_on, OLD.amount_cents, OLD.due_on, OLD.remittance, OLD.settlement_id)
          IS DISTINCT FROM
          (NEW.id, NEW.run_id, NEW.kind, NEW.purpose, NEW.subject, NEW.end_to_end_id, NEW.name, NEW.iban_key,
           NEW.mandate_ref, NEW.mandate_signed_on, NEW.amount_cents, NEW.due_on, NEW.remittance, NEW.settlement_id))
    EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER protect_all BEFORE DELETE OR TRUNCATE ON banking_paymentorder
    FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER protect_all BEFORE DELETE OR TRUNCATE ON banking_bankmessage
    FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
"""
REVERSE = """
DROP TRIGGER protect ON banking_paymentorder; DROP TRIGGER protect_all ON banking_paymentorder;
DROP TRIGGER protect_all ON banking_bankmessage;
"""


class Migration(migrations.Migration):
    dependencies = [("banking", "0003_bank_statements"), ("audit", "0002_chain_and_protect")]

    operations = [
        migrations.AlterField(
            model_name="openitem",
            name="message",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="open_items",
                to="banking.bankmessage",
            ),
        ),
        migrations.AlterField(
            model_name="openitem", name="reference", field=models.CharField(blank=True, max_length=100)
        ),
        migrations.RunSQL(SQL, REVERSE),
    ]
