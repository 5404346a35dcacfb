"""The offer as it is received, the places that stay, what is free in them, and what follows a silence."""

import datetime

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("exchange", "0007_files_of_senders_and_third_parties"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        BtreeGistExtension(),
        migrations.CreateModel(
            name="Manager",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("siret", models.CharField(max_length=14, unique=True)),
                ("name", models.CharField(blank=True, max_length=100)),
            ],
            options={
                "verbose_name": "gestionnaire",
            },
        ),
        migrations.CreateModel(
            name="SoftwareVendor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40, unique=True)),
                ("name", models.CharField(max_length=100)),
            ],
            options={
                "verbose_name": "éditeur de logiciel",
            },
        ),
        migrations.CreateModel(
            name="CarePlace",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "provider",
                    models.CharField(
                        choices=[("STRUCTURE", "Structure"), ("CHILDMINDER", "Assistant maternel")], max_length=11
                    ),
                ),
                ("number", models.CharField(max_length=40)),
                ("kind", models.CharField(max_length=17)),
                ("insee_code", models.CharField(max_length=5)),
                ("lat", models.FloatField()),
                ("lon", models.FloatField()),
                ("cell", models.IntegerField()),
                ("most_places", models.SmallIntegerField()),
                ("age_min_months", models.SmallIntegerField(default=0)),
                ("age_max_months", models.SmallIntegerField(default=72)),
                ("published_from", models.DateField(null=True)),
                ("published_until", models.DateField(null=True)),
                ("declared_at", models.DateTimeField(null=True)),
                (
                    "declared_mode",
                    models.CharField(
                        blank=True, choices=[("MANUAL", "Saisie"), ("AUTOMATED", "Logiciel")], max_length=9
                    ),
                ),
                ("last_sequence", models.BigIntegerField(default=0)),
            ],
            options={
                "verbose_name": "lieu d’accueil",
                "indexes": [
                    models.Index(
                        condition=models.Q(("published_from__isnull", False)), fields=["cell"], name="care_place_cell"
                    )
                ],
                "constraints": [models.UniqueConstraint(fields=("provider", "number"), name="care_place_once")],
            },
        ),
        migrations.CreateModel(
            name="Childminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=40, unique=True)),
                ("opening_hours", models.JSONField(default=dict)),
                ("hourly_rate_cents", models.IntegerField(null=True)),
                ("has_pets", models.BooleanField(null=True)),
                ("is_smoke_free", models.BooleanField(null=True)),
                ("gives_meals", models.BooleanField(null=True)),
                ("welcomes_disability", models.BooleanField(null=True)),
                ("works_atypical_hours", models.BooleanField(null=True)),
                ("told_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "profil d’assistant maternel",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("hourly_rate_cents", None), ("hourly_rate_cents__gt", 0), _connector="OR"),
                        name="childminder_rate",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DeclarationFollowUp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("deadline", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("DUE", "À déclarer"),
                            ("OVERDUE", "Échéance passée"),
                            ("REMINDED", "Rappel envoyé"),
                            ("REFERRED", "Transmis au département"),
                            ("WARNED", "Avertissement"),
                            ("RECORDED", "Manquement noté au dossier"),
                            ("COMPLIANT", "Déclaré"),
                            ("EXEMPT", "Non concerné"),
                        ],
                        default="DUE",
                        max_length=9,
                    ),
                ),
                ("moved_on", models.DateField()),
                ("cured_on", models.DateField(null=True)),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="follow_ups", to="monenfant.careplace"
                    ),
                ),
            ],
            options={
                "verbose_name": "suivi d’une déclaration",
            },
        ),
        migrations.CreateModel(
            name="FollowUpMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "before",
                    models.CharField(
                        choices=[
                            ("DUE", "À déclarer"),
                            ("OVERDUE", "Échéance passée"),
                            ("REMINDED", "Rappel envoyé"),
                            ("REFERRED", "Transmis au département"),
                            ("WARNED", "Avertissement"),
                            ("RECORDED", "Manquement noté au dossier"),
                            ("COMPLIANT", "Déclaré"),
                            ("EXEMPT", "Non concerné"),
                        ],
                        max_length=9,
                    ),
                ),
                (
                    "after",
                    models.CharField(
                        choices=[
                            ("DUE", "À déclarer"),
                            ("OVERDUE", "Échéance passée"),
                            ("REMINDED", "Rappel envoyé"),
                            ("REFERRED", "Transmis au département"),
                            ("WARNED", "Avertissement"),
                            ("RECORDED", "Manquement noté au dossier"),
                            ("COMPLIANT", "Déclaré"),
                            ("EXEMPT", "Non concerné"),
                        ],
                        max_length=9,
                    ),
                ),
                ("on", models.DateField()),
                ("reason", models.CharField(max_length=500)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "follow_up",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moves",
                        to="monenfant.declarationfollowup",
                    ),
                ),
            ],
            options={
                "verbose_name": "passage d’un suivi",
            },
        ),
        migrations.CreateModel(
            name="SoftwareDelegation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("start", models.DateField()),
                ("end", models.DateField(null=True)),
                (
                    "manager",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="delegations", to="monenfant.manager"
                    ),
                ),
                (
                    "vendor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="delegations",
                        to="monenfant.softwarevendor",
                    ),
                ),
            ],
            options={
                "verbose_name": "délégation",
            },
        ),
        migrations.CreateModel(
            name="SuspensionDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("departement", models.CharField(max_length=3)),
                ("decided_on", models.DateField()),
                (
                    "grounds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("AVAILABILITY_NOT_DECLARED", "Disponibilités non déclarées"),
                                ("PUBLICATION_NOT_AUTHORISED", "Publication non autorisée"),
                                ("SAFETY", "Sécurité des enfants"),
                                ("HEALTH", "Santé des enfants"),
                                ("DEVELOPMENT", "Épanouissement des enfants"),
                            ],
                            max_length=26,
                        ),
                        size=None,
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="suspensions",
                        to="monenfant.careplace",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "suspension d’agrément",
            },
        ),
        migrations.CreateModel(
            name="WithdrawalDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("departement", models.CharField(max_length=3)),
                ("heard_on", models.DateField()),
                ("commission_on", models.DateField()),
                ("decided_on", models.DateField()),
                ("recorded_at", models.DateTimeField()),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawals",
                        to="monenfant.careplace",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "retrait d’agrément",
            },
        ),
        migrations.CreateModel(
            name="WithdrawalGround",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.CharField(
                        choices=[
                            ("AVAILABILITY_NOT_DECLARED", "Disponibilités non déclarées"),
                            ("PUBLICATION_NOT_AUTHORISED", "Publication non autorisée"),
                            ("SAFETY", "Sécurité des enfants"),
                            ("HEALTH", "Santé des enfants"),
                            ("DEVELOPMENT", "Épanouissement des enfants"),
                        ],
                        max_length=26,
                    ),
                ),
                ("evidence", models.CharField(blank=True, max_length=200)),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grounds",
                        to="monenfant.withdrawaldecision",
                    ),
                ),
            ],
            options={
                "verbose_name": "motif d’un retrait",
            },
        ),
        migrations.CreateModel(
            name="Approval",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.IntegerField()),
                ("known_from", models.DateTimeField()),
                ("known_until", models.DateTimeField(null=True)),
                ("address", models.CharField(max_length=500, null=True)),
                ("postcode", models.CharField(max_length=10, null=True)),
                ("city", models.CharField(max_length=100, null=True)),
                ("insee_code", models.CharField(max_length=5)),
                ("lat", models.FloatField()),
                ("lon", models.FloatField()),
                ("phone", models.CharField(max_length=25, null=True)),
                ("email", models.CharField(max_length=254, null=True)),
                ("fund", models.CharField(max_length=8, null=True)),
                ("updated_at", models.DateTimeField()),
                ("approval_number", models.CharField(max_length=40)),
                ("childminder_no", models.CharField(max_length=40)),
                ("departement", models.CharField(max_length=3)),
                ("last_name", models.CharField(max_length=100)),
                ("first_names", models.CharField(max_length=100, null=True)),
                ("start", models.DateField()),
                ("end", models.DateField()),
                ("max_children", models.SmallIntegerField()),
                (
                    "place",
                    models.CharField(
                        choices=[("HOME", "À son domicile"), ("MAM", "En maison d’assistants maternels")], max_length=4
                    ),
                ),
                ("house_no", models.CharField(max_length=40, null=True)),
                (
                    "employer_kind",
                    models.CharField(
                        choices=[
                            ("PARENTS", "Employé par des parents"),
                            ("LEGAL_PERSON", "Employé par une crèche familiale"),
                        ],
                        max_length=12,
                    ),
                ),
                ("publication_authorised_on", models.DateField(null=True)),
                ("hides_address", models.BooleanField(default=False)),
                ("hides_email", models.BooleanField(default=False)),
                ("hides_phone", models.BooleanField(default=False)),
                ("stopped_on", models.DateField(null=True)),
                ("shown_lat", models.FloatField()),
                ("shown_lon", models.FloatField()),
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
                "verbose_name": "agrément",
                "indexes": [
                    models.Index(
                        condition=models.Q(("known_until__isnull", True)),
                        fields=["childminder_no", "-start"],
                        name="approval_childminder",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("known_until__isnull", True)),
                        fields=("approval_number",),
                        name="approval_one_current",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("lat__range", (-90, 90)), ("lon__range", (-180, 180))),
                        name="approval_on_earth",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("start__lt", models.F("end"))), name="approval_in_order"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("max_children__gte", 1), ("max_children__lte", 6)), name="approval_children"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("hides_email", True), ("hides_phone", True), _negated=True),
                        name="approval_one_contact_stays",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("hides_address", False), ("place", "HOME"), _connector="OR"),
                        name="approval_house_is_open",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AvailabilityMonth",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cell", models.IntegerField()),
                ("month", models.DateField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("REGULAR", "REGULAR"), ("OCCASIONAL", "OCCASIONAL"), ("EMERGENCY", "EMERGENCY")],
                        max_length=10,
                    ),
                ),
                (
                    "age_group",
                    models.CharField(
                        choices=[
                            ("0-12", "0-12"),
                            ("13-24", "13-24"),
                            ("25-36", "25-36"),
                            ("37-72", "37-72"),
                            ("ANY", "ANY"),
                        ],
                        max_length=5,
                    ),
                ),
                ("free_days", models.BigIntegerField()),
                ("places", models.BinaryField()),
                (
                    "place",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="months",
                        to="monenfant.careplace",
                    ),
                ),
            ],
            options={
                "verbose_name": "places libres d’un mois",
                "indexes": [
                    models.Index(
                        fields=["month", "kind", "age_group", "cell"],
                        include=("free_days", "place"),
                        name="availability_search",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("place", "month", "kind", "age_group"), name="availability_once"),
                    models.CheckConstraint(
                        condition=models.Q(("free_days__gt", 0)), name="availability_something_free"
                    ),
                    models.CheckConstraint(condition=models.Q(("month__day", 1)), name="availability_first_of_month"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("REGULAR", "OCCASIONAL", "EMERGENCY"))),
                        name="availability_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("age_group__in", ("0-12", "13-24", "25-36", "37-72", "ANY"))),
                        name="availability_age_group",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AvailabilityMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField()),
                ("body_sha256", models.BinaryField(max_length=32)),
                ("sequence", models.BigIntegerField()),
                ("mode", models.CharField(choices=[("MANUAL", "Saisie"), ("AUTOMATED", "Logiciel")], max_length=9)),
                ("window_start", models.DateField()),
                ("window_end", models.DateField()),
                ("received_at", models.DateTimeField()),
                ("body", models.BinaryField()),
                ("answer", models.JSONField()),
                (
                    "place",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="monenfant.careplace",
                    ),
                ),
            ],
            options={
                "verbose_name": "message de disponibilités",
                "indexes": [models.Index(fields=["received_at"], name="message_received")],
                "constraints": [
                    models.UniqueConstraint(fields=("place", "key"), name="message_key_once"),
                    models.UniqueConstraint(fields=("place", "sequence"), name="message_sequence_once"),
                    models.CheckConstraint(
                        condition=models.Q(("window_start__lt", models.F("window_end"))), name="message_window"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CareStructure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.IntegerField()),
                ("known_from", models.DateTimeField()),
                ("known_until", models.DateTimeField(null=True)),
                ("address", models.CharField(max_length=500, null=True)),
                ("postcode", models.CharField(max_length=10, null=True)),
                ("city", models.CharField(max_length=100, null=True)),
                ("insee_code", models.CharField(max_length=5)),
                ("lat", models.FloatField()),
                ("lon", models.FloatField()),
                ("phone", models.CharField(max_length=25, null=True)),
                ("email", models.CharField(max_length=254, null=True)),
                ("fund", models.CharField(max_length=8, null=True)),
                ("updated_at", models.DateTimeField()),
                ("cnaf_id", models.CharField(max_length=40)),
                ("siret", models.CharField(max_length=14, null=True)),
                ("finess", models.CharField(max_length=9, null=True)),
                ("name", models.CharField(max_length=100)),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("COLLECTIVE", "Crèche collective"),
                            ("MICRO", "Micro-crèche"),
                            ("FAMILY", "Crèche familiale"),
                            ("PARENTAL", "Crèche parentale"),
                            ("CHILDMINDER_HOUSE", "Maison d’assistants maternels"),
                        ],
                        max_length=17,
                    ),
                ),
                (
                    "funding",
                    models.CharField(
                        choices=[
                            ("PSU", "Prestation de service unique"),
                            ("MICRO_CMG", "Payée par les familles, avec le CMG"),
                            ("OTHER", "Autre"),
                        ],
                        max_length=9,
                    ),
                ),
                ("manager_siret", models.CharField(max_length=14, null=True)),
                ("manager_name", models.CharField(max_length=100, null=True)),
                ("capacity", models.SmallIntegerField()),
                ("age_min_months", models.SmallIntegerField()),
                ("age_max_months", models.SmallIntegerField()),
                ("monday", models.CharField(max_length=23, null=True)),
                ("tuesday", models.CharField(max_length=23, null=True)),
                ("wednesday", models.CharField(max_length=23, null=True)),
                ("thursday", models.CharField(max_length=23, null=True)),
                ("friday", models.CharField(max_length=23, null=True)),
                ("saturday", models.CharField(max_length=23, null=True)),
                ("sunday", models.CharField(max_length=23, null=True)),
                ("closed_periods", models.CharField(max_length=500, null=True)),
                ("web", models.CharField(max_length=200, null=True)),
                (
                    "listing_status",
                    models.CharField(
                        choices=[
                            ("DRAFT", "En préparation"),
                            ("LISTED", "Référencée"),
                            ("SUSPENDED", "Suspendue"),
                            ("CLOSED", "Fermée"),
                        ],
                        max_length=9,
                    ),
                ),
                ("obligation_start", models.DateField(null=True)),
                ("software_vendor", models.CharField(max_length=40, null=True)),
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
                "verbose_name": "structure d’accueil",
                "indexes": [
                    models.Index(
                        condition=models.Q(("known_until__isnull", True)),
                        fields=["manager_siret"],
                        name="structure_manager",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("known_until__isnull", True)),
                        fields=("cnaf_id",),
                        name="structure_one_current",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("lat__range", (-90, 90)), ("lon__range", (-180, 180))),
                        name="structure_on_earth",
                    ),
                    models.CheckConstraint(condition=models.Q(("capacity__gte", 1)), name="structure_capacity"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("type", "MICRO"), _negated=True), ("capacity__lte", 12), _connector="OR"
                        ),
                        name="structure_micro_size",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("age_max_months__lte", 72),
                            ("age_min_months__gte", 0),
                            ("age_min_months__lt", models.F("age_max_months")),
                        ),
                        name="structure_ages",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("funding", "MICRO_CMG"), _negated=True), ("type", "MICRO"), _connector="OR"
                        ),
                        name="structure_cmg_is_micro",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("siret", None), ("type", "CHILDMINDER_HOUSE")),
                            ("siret__regex", "^[0-9]{14}$"),
                            _connector="OR",
                        ),
                        name="structure_siret",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("obligation_start", None), ("type", "CHILDMINDER_HOUSE")),
                            models.Q(
                                models.Q(("type", "CHILDMINDER_HOUSE"), _negated=True),
                                ("funding", "MICRO_CMG"),
                                ("obligation_start", datetime.date(2022, 4, 1)),
                            ),
                            models.Q(
                                models.Q(("type", "CHILDMINDER_HOUSE"), _negated=True),
                                models.Q(("funding", "MICRO_CMG"), _negated=True),
                                ("obligation_start", datetime.date(2021, 9, 1)),
                            ),
                            _connector="OR",
                        ),
                        name="structure_duty",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChildcareDesk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.IntegerField()),
                ("known_from", models.DateTimeField()),
                ("known_until", models.DateTimeField(null=True)),
                ("address", models.CharField(max_length=500, null=True)),
                ("postcode", models.CharField(max_length=10, null=True)),
                ("city", models.CharField(max_length=100, null=True)),
                ("insee_code", models.CharField(max_length=5)),
                ("lat", models.FloatField()),
                ("lon", models.FloatField()),
                ("phone", models.CharField(max_length=25, null=True)),
                ("email", models.CharField(max_length=254, null=True)),
                ("fund", models.CharField(max_length=8, null=True)),
                ("updated_at", models.DateTimeField()),
                ("desk_no", models.CharField(max_length=40)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("CHILDCARE_DESK", "Relais petite enfance"),
                            ("EARLY_YEARS_INFO_POINT", "Lieu d’information petite enfance"),
                            ("LEISURE_CENTRE", "Accueil de loisirs"),
                            ("PARENT_CHILD_PLACE", "Lieu d’accueil enfants-parents"),
                            ("FAMILY_MEDIATION", "Médiation familiale"),
                            ("CONTACT_CENTRE", "Espace de rencontre"),
                        ],
                        max_length=22,
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                (
                    "served",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=5), default=list, size=None
                    ),
                ),
                ("web", models.CharField(max_length=200, null=True)),
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
                "verbose_name": "relais ou lieu d’information",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        condition=models.Q(("known_until__isnull", True)), fields=["served"], name="desk_served"
                    ),
                    models.Index(
                        condition=models.Q(("known_until__isnull", True)), fields=["insee_code"], name="desk_commune"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("known_until__isnull", True)), fields=("desk_no",), name="desk_one_current"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("lat__range", (-90, 90)), ("lon__range", (-180, 180))), name="desk_on_earth"
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="declarationfollowup",
            index=models.Index(fields=["state", "moved_on"], name="follow_up_state_day"),
        ),
        migrations.AddConstraint(
            model_name="declarationfollowup",
            constraint=models.UniqueConstraint(fields=("place", "deadline"), name="follow_up_once"),
        ),
        migrations.AddConstraint(
            model_name="declarationfollowup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ["DUE", "OVERDUE", "REMINDED", "REFERRED", "WARNED", "RECORDED", "COMPLIANT", "EXEMPT"],
                    )
                ),
                name="follow_up_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="declarationfollowup",
            constraint=models.CheckConstraint(
                condition=models.Q(("cured_on", None), ("state", "COMPLIANT"), _connector="OR"), name="follow_up_cured"
            ),
        ),
        migrations.AddConstraint(
            model_name="softwaredelegation",
            constraint=models.CheckConstraint(
                condition=models.Q(("end", None), ("start__lt", models.F("end")), _connector="OR"),
                name="delegation_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="softwaredelegation",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("manager", "="),
                    ("vendor", "="),
                    (
                        models.Func(
                            "start",
                            "end",
                            models.Value("[)"),
                            function="daterange",
                            output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="delegation_once_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="suspensiondecision",
            constraint=models.CheckConstraint(
                condition=models.Q(("grounds__contains", ["AVAILABILITY_NOT_DECLARED"]), _negated=True),
                name="suspension_never_for_a_missing_declaration",
            ),
        ),
        migrations.AddConstraint(
            model_name="suspensiondecision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "grounds__contained_by",
                        ["AVAILABILITY_NOT_DECLARED", "PUBLICATION_NOT_AUTHORISED", "SAFETY", "HEALTH", "DEVELOPMENT"],
                    ),
                    ("grounds__len__gt", 0),
                ),
                name="suspension_known_grounds",
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawaldecision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("commission_on__lte", models.F("decided_on")), ("heard_on__lte", models.F("decided_on"))
                ),
                name="withdrawal_after_hearing",
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawalground",
            constraint=models.UniqueConstraint(fields=("decision", "code"), name="withdrawal_ground_once"),
        ),
        migrations.AddConstraint(
            model_name="withdrawalground",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "code__in",
                        ("AVAILABILITY_NOT_DECLARED", "PUBLICATION_NOT_AUTHORISED", "SAFETY", "HEALTH", "DEVELOPMENT"),
                    )
                ),
                name="withdrawal_known_ground",
            ),
        ),
    ]
