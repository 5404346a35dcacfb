from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("casework", "0006_answers_from_timelines")]
    operations = [
        AddIndexConcurrently(
            "dossier",
            models.Index(
                name="dossier_figures", fields=["opened_on"], include=["fund", "state", "deadline", "answered_on"]
            ),
        )
    ]
