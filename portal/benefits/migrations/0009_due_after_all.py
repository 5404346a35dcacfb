"""What a family received in excess and is due after all pays the debt of its own month, in whatever state it is."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

FORMER = import_module("portal.benefits.migrations.0008_nothing_withheld_without_agreement").MOVES
FORMER_ENDS = "('REMITTED', 'RECOVERED'),"
# What a committee cancelled is no longer given up, once its month is corrected again.
MOVES = FORMER.replace(FORMER_ENDS, f"{FORMER_ENDS} ('CANCELLED', 'CANCELLED'), ('CANCELLED', 'RECOVERED'),")
# Nor does the run that noted a sum change, nor what it rests on.
for side in ("NEW", "OLD"):
    MOVES = MOVES.replace(f"{side}.noted_on)", f"{side}.noted_on, {side}.run_id, {side}.rests_on_id)")
MOVES = MOVES.replace(
    "OR NEW.recovered_cents < OLD.recovered_cents",
    "OR NEW.recovered_cents < OLD.recovered_cents OR NEW.given_again_cents < OLD.given_again_cents",
)
STATES = [
    ("WRITTEN_OFF", "abandonnée et comptée"),
    ("TO_RECOVER", "à récupérer"),
    ("CONTESTED", "contestée"),
    ("RECOVERED", "réglée"),
    ("REMITTED", "remise"),
    ("CANCELLED", "annulée, la commission a donné raison à la famille"),
    ("UNCLAIMED", "jamais réclamée"),
]


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
        migrations.AddField(
            "benefitoverpayment",
            "run",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="batches.run",
            ),
        ),
        migrations.AddField(
            "benefitoverpayment",
            "rests_on",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="benefits.benefitoverpayment",
            ),
        ),
        migrations.AddField("benefitoverpayment", "given_again_cents", models.BigIntegerField(default=0)),
        migrations.AddConstraint(
            model_name="benefitoverpayment",
            constraint=models.CheckConstraint(
                name="benefitoverpayment_given_again",
                condition=models.Q(given_again_cents__gte=0, given_again_cents__lte=models.F("recovered_cents"))
                & (models.Q(rests_on__isnull=True) | models.Q(state__in=["UNCLAIMED", "RECOVERED"])),
            ),
        ),
        migrations.AlterField("benefitoverpayment", "state", models.CharField(choices=STATES, max_length=11)),
        migrations.RunSQL(MOVES, FORMER),
    ]
