import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("batches", "0005_runs_done_at_once"),
        ("exchange", "0007_files_of_senders_and_third_parties"),
    ]

    operations = [
        migrations.CreateModel(
            name="Award",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slice_number", models.SmallIntegerField()),
                (
                    "benefit",
                    models.CharField(
                        choices=[
                            ("ARS", "Allocation de rentrée scolaire"),
                            ("AEEH", "Allocation d’éducation de l’enfant handicapé"),
                        ],
                        max_length=4,
                    ),
                ),
                ("fund", models.CharField(max_length=8)),
                ("beneficiary_no", models.CharField(max_length=40)),
                ("territory", models.CharField(max_length=9)),
                ("month", models.DateField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("PAID", "à payer"),
                            ("DEFERRED", "reportée, trop petite pour partir seule"),
                            ("WAIVED", "abandonnée, trop petite"),
                            ("NOT_PAID", "sous le minimum de la prestation"),
                            ("REFUSED", "aucun droit"),
                            ("HELD", "en attente d’une réponse"),
                        ],
                        max_length=8,
                    ),
                ),
                ("refusal", models.CharField(blank=True, max_length=40)),
                ("children", models.SmallIntegerField()),
                ("gross_cents", models.BigIntegerField()),
                ("crds_cents", models.BigIntegerField()),
                ("net_cents", models.BigIntegerField()),
                ("exceptional_cents", models.BigIntegerField(default=0)),
                ("is_differential", models.BooleanField(default=False)),
                ("released_cents", models.BigIntegerField(default=0)),
                ("recovered_cents", models.BigIntegerField(default=0)),
                ("paid_cents", models.BigIntegerField()),
                ("already_cents", models.BigIntegerField(default=0)),
                ("facts", models.JSONField()),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="awards",
                        to="batches.run",
                    ),
                ),
            ],
            options={
                "verbose_name": "prestation décidée",
                "indexes": [
                    models.Index(fields=["beneficiary_no", "fund", "benefit", "-month"], name="award_family"),
                    models.Index(fields=["run", "status", "id"], name="award_status"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("run", "fund", "beneficiary_no"), name="award_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("crds_cents__gte", 0),
                            ("gross_cents__gte", 0),
                            ("net_cents__gte", 0),
                            ("paid_cents__gte", 0),
                        ),
                        name="award_never_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status", "PAID"), ("paid_cents", 0), _connector="OR"),
                        name="award_pays_when_paid",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BoardingPeriod",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.IntegerField()),
                ("known_from", models.DateTimeField()),
                ("known_until", models.DateTimeField(null=True)),
                ("fund", models.CharField(max_length=8)),
                ("beneficiary_no", models.CharField(max_length=40)),
                ("bucket", models.SmallIntegerField()),
                ("updated_at", models.DateTimeField(null=True)),
                ("child_id", models.CharField(max_length=40)),
                (
                    "place",
                    models.CharField(
                        choices=[("BOARDED", "internat pris en charge en entier"), ("HOME", "retour au foyer")],
                        max_length=8,
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(null=True)),
                (
                    "file",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="exchange.receivedfile",
                    ),
                ),
            ],
            options={
                "verbose_name": "période d’internat",
                "indexes": [
                    models.Index(
                        condition=models.Q(("known_until__isnull", True)), fields=["bucket"], name="boarding_bucket"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("known_until__isnull", True)),
                        fields=("beneficiary_no", "child_id", "place", "starts_on", "fund"),
                        name="boarding_one_current",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CommissionDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.IntegerField()),
                ("known_from", models.DateTimeField()),
                ("known_until", models.DateTimeField(null=True)),
                ("fund", models.CharField(max_length=8)),
                ("beneficiary_no", models.CharField(max_length=40)),
                ("bucket", models.SmallIntegerField()),
                ("updated_at", models.DateTimeField(null=True)),
                ("decision_no", models.CharField(max_length=40)),
                ("child_id", models.CharField(max_length=40)),
                ("incapacity_rate", models.SmallIntegerField()),
                ("has_support", models.BooleanField()),
                ("complement", models.SmallIntegerField()),
                ("complement_by_help", models.BooleanField()),
                ("chose_compensation", models.BooleanField()),
                ("filed_on", models.DateField()),
                ("decided_on", models.DateField()),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(null=True)),
                (
                    "file",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="exchange.receivedfile",
                    ),
                ),
            ],
            options={
                "verbose_name": "décision de la commission (CDAPH)",
                "indexes": [
                    models.Index(
                        condition=models.Q(("known_until__isnull", True)), fields=["bucket"], name="commission_bucket"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("known_until__isnull", True)),
                        fields=("decision_no", "fund"),
                        name="commission_one_current",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("complement__gte", 0), ("complement__lte", 6)),
                        name="commission_complement_of_six",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("incapacity_rate__gte", 0), ("incapacity_rate__lte", 100)),
                        name="commission_rate_of_hundred",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True), ("ends_on__gt", models.F("starts_on")), _connector="OR"
                        ),
                        name="commission_half_open",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FamilyChild",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.IntegerField()),
                ("known_from", models.DateTimeField()),
                ("known_until", models.DateTimeField(null=True)),
                ("fund", models.CharField(max_length=8)),
                ("beneficiary_no", models.CharField(max_length=40)),
                ("bucket", models.SmallIntegerField()),
                ("updated_at", models.DateTimeField(null=True)),
                ("child_id", models.CharField(max_length=40)),
                ("first_name", models.CharField(max_length=100, null=True)),
                ("birth_date", models.DateField()),
                ("dependent_from", models.DateField()),
                ("dependent_until", models.DateField(null=True)),
                (
                    "file",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="exchange.receivedfile",
                    ),
                ),
            ],
            options={
                "verbose_name": "enfant à charge",
                "indexes": [
                    models.Index(
                        condition=models.Q(("known_until__isnull", True)), fields=["bucket"], name="familychild_bucket"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("known_until__isnull", True)),
                        fields=("beneficiary_no", "child_id", "fund"),
                        name="familychild_one_current",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FamilyFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.IntegerField()),
                ("known_from", models.DateTimeField()),
                ("known_until", models.DateTimeField(null=True)),
                ("fund", models.CharField(max_length=8)),
                ("beneficiary_no", models.CharField(max_length=40)),
                ("bucket", models.SmallIntegerField()),
                ("updated_at", models.DateTimeField(null=True)),
                (
                    "scheme",
                    models.CharField(
                        choices=[("GENERAL", "Régime général"), ("AGRICULTURAL", "Régime agricole")], max_length=12
                    ),
                ),
                ("nir_key", models.UUIDField(null=True)),
                ("nir_valid", models.BooleanField()),
                ("last_name", models.CharField(max_length=100)),
                ("first_names", models.CharField(max_length=100)),
                ("name_key", models.CharField(max_length=210)),
                ("birth_date", models.DateField(null=True)),
                ("isolated_parent", models.BooleanField(null=True)),
                ("iban_key", models.UUIDField(null=True)),
                ("iban_valid", models.BooleanField()),
                ("iban_tail", models.CharField(blank=True, max_length=4)),
                (
                    "file",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="exchange.receivedfile",
                    ),
                ),
            ],
            options={
                "verbose_name": "dossier d’allocataire",
                "indexes": [
                    models.Index(
                        condition=models.Q(("known_until__isnull", True)), fields=["bucket"], name="familyfile_bucket"
                    ),
                    models.Index(
                        condition=models.Q(("known_until__isnull", True)), fields=["nir_key"], name="familyfile_nir"
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass("name_key", name="gin_trgm_ops"),
                        condition=models.Q(("known_until__isnull", True)),
                        name="familyfile_name_words",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("known_until__isnull", True)),
                        fields=("beneficiary_no", "fund"),
                        name="familyfile_one_current",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FamilyResources",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.IntegerField()),
                ("known_from", models.DateTimeField()),
                ("known_until", models.DateTimeField(null=True)),
                ("fund", models.CharField(max_length=8)),
                ("beneficiary_no", models.CharField(max_length=40)),
                ("bucket", models.SmallIntegerField()),
                ("updated_at", models.DateTimeField(null=True)),
                ("resource_year", models.SmallIntegerField()),
                ("net_category_income_cents", models.BigIntegerField()),
                (
                    "file",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="exchange.receivedfile",
                    ),
                ),
            ],
            options={
                "verbose_name": "ressources d’une année",
                "indexes": [
                    models.Index(
                        condition=models.Q(("known_until__isnull", True)),
                        fields=["resource_year", "bucket"],
                        name="familyresources_bucket",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("known_until__isnull", True)),
                        fields=("beneficiary_no", "resource_year", "fund"),
                        name="familyresources_one_current",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Schooling",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.IntegerField()),
                ("known_from", models.DateTimeField()),
                ("known_until", models.DateTimeField(null=True)),
                ("fund", models.CharField(max_length=8)),
                ("beneficiary_no", models.CharField(max_length=40)),
                ("bucket", models.SmallIntegerField()),
                ("updated_at", models.DateTimeField(null=True)),
                ("child_id", models.CharField(max_length=40)),
                ("school_year", models.SmallIntegerField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("SCHOOL", "scolarité"),
                            ("APPRENTICE", "apprentissage"),
                            ("NONE", "ni scolarité ni apprentissage"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "cycle",
                    models.CharField(
                        choices=[("PRIMARY", "école primaire"), ("COLLEGE", "collège"), ("LYCEE", "lycée")],
                        max_length=8,
                        null=True,
                    ),
                ),
                ("monthly_pay_cents", models.BigIntegerField(null=True)),
                ("declared_on", models.DateField(null=True)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("FAMILY", "déclaration de la famille"),
                            ("FUND", "fichier de la caisse"),
                            ("SCHOOL", "établissement"),
                        ],
                        max_length=6,
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="exchange.receivedfile",
                    ),
                ),
            ],
            options={
                "verbose_name": "scolarité déclarée",
                "indexes": [
                    models.Index(
                        condition=models.Q(("known_until__isnull", True)),
                        fields=["school_year", "bucket"],
                        name="schooling_bucket",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("known_until__isnull", True)),
                        fields=("beneficiary_no", "child_id", "school_year", "fund"),
                        name="schooling_one_current",
                    )
                ],
            },
        ),
    ]
