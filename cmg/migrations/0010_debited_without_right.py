"""An index of the contributions debited on the decision that there was no right. Built beside the work going on."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("batches", "0004_runs_of_a_few_families"),
        ("cmg", "0009_replays"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="settlement",
            index=models.Index(
                condition=models.Q(
                    ("debit_cents__gt", 0), ("status", "SETTLED"), models.Q(("decision", "RIGHT"), _negated=True)
                ),
                fields=["run"],
                name="settlement_no_right_debited",
            ),
        ),
    ]
