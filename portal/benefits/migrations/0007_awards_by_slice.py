"""The awards of one slice are found without reading those of all the others."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("benefits", "0006_nothing_claimed_that_was_never_received")]

    operations = [
        AddIndexConcurrently("award", models.Index(name="award_slice", fields=["run", "slice_number"])),
    ]
