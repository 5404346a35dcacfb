"""What the lists of a national month search by: the few rows of a run that a fund's caseworkers look at."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("cmg", "0014_drafts_estimates_and_mandates")]
    operations = [
        AddIndexConcurrently(
            "settlement",
            models.Index(name="settlement_held_fund", fields=["run", "fund", "id"], condition=Q(status="HELD")),
        ),
        AddIndexConcurrently(
            "settlement",
            models.Index(name="settlement_flagged", fields=["run", "fund"], condition=~Q(anomaly_codes="")),
        ),
    ]
