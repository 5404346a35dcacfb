"""An index of the refunds by their settlement. Built beside the work going on."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("banking", "0004_protect_orders"),
        ("batches", "0004_runs_of_a_few_families"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="paymentorder",
            index=models.Index(
                condition=models.Q(("purpose", "CMG_REFUND")), fields=["settlement_id"], name="order_refund"
            ),
        ),
    ]
