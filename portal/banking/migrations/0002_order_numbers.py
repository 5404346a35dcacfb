"""Numbers of payment orders, drawn in ranges."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("banking", "0001_initial")]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE banking_paymentorder_ids", "DROP SEQUENCE banking_paymentorder_ids")
    ]
