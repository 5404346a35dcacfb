"""What a family received in excess and is due after all pays the debt of its own month, in whatever state it is."""

from importlib import import_module

from django.db import migrations, models

FORMER = import_module("portal.benefits.migrations.0008_nothing_withheld_without_agreement").MOVES
FORMER_ENDS = "('REMITTED', 'RECOVERED'),"
# What a committee cancelled is no longer given up, once its month is corrected again.
MOVES = FORMER.replace(FORMER_ENDS, f"{FORMER_ENDS} ('CANCELLED', 'CANCELLED'), ('CANCELLED', 'RECOVERED'),")


class Migration(migrations.Migration):
    dependencies = [("benefits", "0008_nothing_withheld_without_agreement")]

    operations = [
        migrations.AddField("award", "due_again_cents", models.BigIntegerField(default=0)),
        migrations.AddConstraint(
            model_name="award",
            constraint=models.CheckConstraint(
                name="award_due_again_in_a_rise",
                condition=models.Q(due_again_cents=0)
                | models.Q(
                    due_again_cents__gt=0,
                    already_cents__gte=models.F("due_again_cents"),
                    net_cents__gte=models.F("already_cents"),
                ),
            ),
        ),
        migrations.RunSQL(MOVES, FORMER),
    ]
