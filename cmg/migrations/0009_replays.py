"""The incident of June 2019, replayed: one row a calculation, one a declaration that is not clean in both circuits."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cmg", "0008_gate_of_instalments"),
    ]

    operations = [
        migrations.CreateModel(
            name="Replay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("care_month", models.DateField()),
                ("families", models.IntegerField()),
                ("seed", models.IntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("WAITING", "Demandé"),
                            ("RUNNING", "Calcul en cours"),
                            ("DONE", "Calculé"),
                            ("FAILED", "Interrompu"),
                        ],
                        default="WAITING",
                        max_length=7,
                    ),
                ),
                ("step", models.CharField(blank=True, max_length=120)),
                ("done", models.IntegerField(default=0)),
                ("total", models.IntegerField(default=0)),
                ("asked_by", models.CharField(max_length=150)),
                ("asked_at", models.DateTimeField()),
                ("beat_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("declarations", models.IntegerField(default=0)),
                ("desynchronised", models.IntegerField(default=0)),
                ("first_day", models.DateField(null=True)),
                ("last_day", models.DateField(null=True)),
                ("parameters_digest", models.CharField(blank=True, max_length=64)),
                ("rule_version", models.CharField(blank=True, max_length=20)),
                ("digest", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "verbose_name": "rejeu",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["WAITING", "RUNNING"])),
                        fields=("care_month",),
                        name="replay_one_at_a_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReplayLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("declaration_no", models.CharField(max_length=40)),
                ("employer_no", models.CharField(max_length=40)),
                ("name", models.CharField(blank=True, max_length=210)),
                ("fund", models.CharField(blank=True, max_length=8)),
                ("declared_on", models.DateField()),
                ("taken_on", models.DateField()),
                ("leaves_on", models.DateField(null=True)),
                (
                    "wait",
                    models.CharField(
                        choices=[
                            ("NONE", "Réglée sans attendre"),
                            ("AT_ONCE", "Réparée le jour même, sans retenue"),
                            ("AUTO", "Retenue, puis réparée seule"),
                            ("PERSON", "Retenue, confiée à une personne"),
                        ],
                        max_length=7,
                    ),
                ),
                ("is_decided", models.BooleanField()),
                ("codes", models.CharField(blank=True, max_length=120)),
                ("left_debit_cents", models.BigIntegerField()),
                ("left_payout_cents", models.BigIntegerField()),
                ("due_debit_cents", models.BigIntegerField()),
                ("due_payout_cents", models.BigIntegerField()),
                ("right_debit_cents", models.BigIntegerField()),
                ("right_payout_cents", models.BigIntegerField()),
                ("left_wrong_cents", models.BigIntegerField()),
                ("left_undecided_cents", models.BigIntegerField()),
                ("left_missing_cents", models.BigIntegerField()),
                ("right_wrong_cents", models.BigIntegerField()),
                (
                    "replay",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="cmg.replay"
                    ),
                ),
            ],
            options={
                "verbose_name": "déclaration rejouée",
                "indexes": [
                    models.Index(fields=["replay", "employer_no", "id"], name="cmg_replayl_replay__dab4e7_idx")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("replay", "declaration_no"), name="replayline_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("leaves_on__isnull", True), ("leaves_on__gte", models.F("taken_on")), _connector="OR"
                        ),
                        name="replayline_in_time",
                    ),
                ],
            },
        ),
    ]
