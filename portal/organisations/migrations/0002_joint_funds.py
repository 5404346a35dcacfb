import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_doors_rights_and_links"),
        ("organisations", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="valid_from",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="organisation",
            name="valid_to",
            field=models.DateField(null=True),
        ),
        migrations.AlterField(
            model_name="organisation",
            name="body",
            field=models.CharField(
                choices=[
                    ("CAF", "Caf"),
                    ("MSA", "MSA"),
                    ("URSSAF", "Urssaf"),
                    ("CPAM", "CPAM"),
                    ("CARSAT", "Carsat"),
                    ("CSSM", "Caisse de sécurité sociale de Mayotte"),
                    ("CGSS", "CGSS"),
                    ("CCSS", "Caisse commune de sécurité sociale"),
                ],
                max_length=8,
            ),
        ),
        migrations.CreateModel(
            name="CreationFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=12)),
                ("name", models.CharField(max_length=120)),
                ("departement", models.CharField(max_length=3)),
                (
                    "branches",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[("SICKNESS", "Maladie"), ("FAMILY", "Famille"), ("COLLECTION", "Recouvrement")],
                            max_length=10,
                        ),
                        size=None,
                    ),
                ),
                ("seat_city", models.CharField(max_length=80)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("PROPOSED", "Proposée par les conseils"),
                            ("NATIONAL_OPINIONS", "Avis des organismes nationaux"),
                            ("ORDER_SIGNED", "Arrêté signé"),
                            ("LIVE", "En service"),
                            ("WITHDRAWN", "Retirée"),
                        ],
                        default="PROPOSED",
                        max_length=17,
                    ),
                ),
                ("proposed_on", models.DateField()),
                ("order_reference", models.CharField(blank=True, max_length=80)),
                ("order_signed_on", models.DateField(null=True)),
                ("starts_on", models.DateField(null=True)),
                ("live_since", models.DateTimeField(null=True)),
                ("withdrawn_on", models.DateField(null=True)),
                ("withdrawn_because", models.CharField(blank=True, max_length=500)),
                ("form_key", models.UUIDField(unique=True)),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "dossier de création",
            },
        ),
        migrations.CreateModel(
            name="BoardVote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("held_on", models.DateField()),
                ("is_favourable", models.BooleanField()),
                ("reference", models.CharField(max_length=120)),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="votes",
                        to="organisations.creationfile",
                    ),
                ),
            ],
            options={
                "verbose_name": "vote d’un conseil",
            },
        ),
        migrations.CreateModel(
            name="FileMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("key", models.CharField(max_length=80)),
                ("former", models.CharField(max_length=12)),
                ("deadline", models.DateField(null=True)),
                ("moved_at", models.DateTimeField()),
                (
                    "creation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moves",
                        to="organisations.creationfile",
                    ),
                ),
            ],
            options={
                "verbose_name": "dossier repris",
            },
        ),
        migrations.CreateModel(
            name="NationalOpinion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("body", models.CharField(max_length=12)),
                ("given_on", models.DateField()),
                ("is_favourable", models.BooleanField()),
                ("reference", models.CharField(max_length=120)),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opinions",
                        to="organisations.creationfile",
                    ),
                ),
            ],
            options={
                "verbose_name": "avis national",
            },
        ),
        migrations.CreateModel(
            name="SocialActionDeliberation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200)),
                ("presented_on", models.DateField()),
                ("guideline", models.CharField(max_length=200)),
                ("deliberated_on", models.DateField(null=True)),
                ("is_adopted", models.BooleanField(null=True)),
                ("form_key", models.UUIDField(unique=True)),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliberations",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "presented_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "délibération d’action sociale",
            },
        ),
        migrations.CreateModel(
            name="BodyMission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "branch",
                    models.CharField(
                        choices=[("SICKNESS", "Maladie"), ("FAMILY", "Famille"), ("COLLECTION", "Recouvrement")],
                        max_length=10,
                    ),
                ),
                ("departement", models.CharField(max_length=3)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(null=True)),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="missions",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "former",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"
                    ),
                ),
            ],
            options={
                "verbose_name": "mission d’une caisse commune",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on", None), ("ends_on__gt", models.F("starts_on")), _connector="OR"),
                        name="mission_half_open",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("departement", "="),
                            ("branch", "="),
                            (
                                models.Func(
                                    models.F("starts_on"),
                                    models.F("ends_on"),
                                    function="daterange",
                                    output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                                ),
                                "&&",
                            ),
                        ],
                        name="mission_one_body_at_a_time",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="creationfile",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["LIVE", "WITHDRAWN"]), _negated=True),
                fields=("departement",),
                name="creation_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="creationfile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("order_signed_on", None), ("starts_on__gte", models.F("order_signed_on")), _connector="OR"
                ),
                name="creation_order_not_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="boardvote",
            constraint=models.UniqueConstraint(fields=("file", "body"), name="vote_once"),
        ),
        migrations.AddConstraint(
            model_name="filemove",
            constraint=models.UniqueConstraint(fields=("creation", "kind", "key"), name="filemove_once"),
        ),
        migrations.AddConstraint(
            model_name="nationalopinion",
            constraint=models.UniqueConstraint(fields=("file", "body"), name="opinion_once"),
        ),
        migrations.AddConstraint(
            model_name="socialactiondeliberation",
            constraint=models.CheckConstraint(
                condition=models.Q(("guideline", ""), _negated=True), name="deliberation_names_a_guideline"
            ),
        ),
        migrations.AddConstraint(
            model_name="socialactiondeliberation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("deliberated_on", None), ("is_adopted", None)),
                    models.Q(
                        ("deliberated_on__gte", models.F("presented_on")),
                        ("deliberated_on__isnull", False),
                        ("is_adopted__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="deliberation_whole",
            ),
        ),
    ]
