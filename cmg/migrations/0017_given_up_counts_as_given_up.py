"""A sum that was abandoned or cancelled is given up: paid in excess = repaid + given up + outstanding, in every state."""

from django.db import migrations

SQL = """
UPDATE cmg_overpayment SET remitted_cents = amount_cents - repaid_cents WHERE state IN ('ABANDONED', 'CANCELLED')
"""


class Migration(migrations.Migration):
    dependencies = [("cmg", "0016_runs_issued_before_an_advance")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
