"""What is sent, found, told, asked and answered in a case; the panel, the penalty and its procedure."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cmg", "0020_former_accounts_of_a_family"),
        ("fraud", "0002_papers_that_prove"),
        ("letters", "0002_numbers_and_protect"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ControlDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True)),
                ("counts", models.JSONField()),
                ("ended_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "jour vécu des dossiers de contrôle",
            },
        ),
        migrations.AddField(
            model_name="controlcase",
            name="anonymised_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="controlcase",
            name="new_fact",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.CreateModel(
            name="CaseAct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("form_key", models.UUIDField(unique=True)),
                ("action", models.CharField(max_length=40)),
                ("by", models.CharField(max_length=150)),
                ("at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="acts", to="fraud.controlcase"
                    ),
                ),
            ],
            options={
                "verbose_name": "acte sur un dossier de contrôle",
            },
        ),
        migrations.CreateModel(
            name="CaseOverpayment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="overpayments", to="fraud.controlcase"
                    ),
                ),
                (
                    "overpayment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="control_case", to="cmg.overpayment"
                    ),
                ),
            ],
            options={
                "verbose_name": "somme versée en trop d’un dossier de contrôle",
            },
        ),
        migrations.CreateModel(
            name="CasePaper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("INFORMATION", "Lettre d’information"),
                            ("DOCUMENTS", "Rappel de documents"),
                            ("FINDINGS", "Constats"),
                            ("NOTICE", "Avis de l’article L. 114-21"),
                            ("COPIES", "Copie des informations"),
                            ("SUSPENSION", "Décision de suspension"),
                            ("RESULT", "Résultat de la vérification"),
                            ("OVERPAYMENT", "Notification d’une somme versée en trop"),
                            ("PENALTY_NOTIFIED", "Pénalité envisagée"),
                            ("PENALTY_DECIDED", "Décision de pénalité"),
                            ("PENALTY_WARNING", "Avertissement"),
                            ("PENALTY_REVIEWED", "Décision après recours"),
                            ("PENALTY_ENDED", "Fin de la procédure de pénalité"),
                            ("PENALTY_HEARING", "Convocation à un entretien"),
                        ],
                        max_length=16,
                    ),
                ),
                ("sent_on", models.DateField()),
                ("until", models.DateField(null=True)),
                ("by", models.CharField(max_length=150)),
                ("at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="papers", to="fraud.controlcase"
                    ),
                ),
                (
                    "job",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="control_paper",
                        to="letters.letterjob",
                    ),
                ),
            ],
            options={
                "verbose_name": "courrier d’un dossier de contrôle",
            },
        ),
        migrations.CreateModel(
            name="CaseRecovery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("received_on", models.DateField()),
                ("cents", models.BigIntegerField()),
                ("reference", models.CharField(max_length=80)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="recoveries", to="fraud.controlcase"
                    ),
                ),
            ],
            options={
                "verbose_name": "somme recouvrée",
            },
        ),
        migrations.CreateModel(
            name="CaseReply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("received_on", models.DateField()),
                ("form", models.CharField(choices=[("WRITTEN", "par écrit"), ("ORAL", "de vive voix")], max_length=7)),
                ("helped_by", models.CharField(blank=True, max_length=160)),
                ("is_represented", models.BooleanField(default=False)),
                ("has_said_all", models.BooleanField(default=False)),
                ("text", models.BinaryField()),
                ("by", models.CharField(max_length=150)),
                ("at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="replies", to="fraud.controlcase"
                    ),
                ),
            ],
            options={
                "verbose_name": "réponse de la personne",
            },
        ),
        migrations.CreateModel(
            name="Complaint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("filed_on", models.DateField()),
                ("court", models.CharField(max_length=160)),
                ("reference", models.CharField(blank=True, max_length=60)),
                ("prejudice_cents", models.BigIntegerField()),
                ("threshold_cents", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="complaint", to="fraud.controlcase"
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "plainte",
            },
        ),
        migrations.CreateModel(
            name="CopyRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_on", models.DateField()),
                ("by", models.CharField(max_length=150)),
                ("at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="copy_requests",
                        to="fraud.controlcase",
                    ),
                ),
                (
                    "paper",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="copy_requests",
                        to="fraud.casepaper",
                    ),
                ),
            ],
            options={
                "verbose_name": "demande de copie",
            },
        ),
        migrations.CreateModel(
            name="Finding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fact", models.CharField(max_length=1000)),
                ("since", models.DateField()),
                ("until", models.DateField()),
                ("owed_by_cents", models.BigIntegerField(default=0)),
                ("owed_to_cents", models.BigIntegerField(default=0)),
                ("source", models.CharField(max_length=300)),
                ("by", models.CharField(max_length=150)),
                ("at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="findings", to="fraud.controlcase"
                    ),
                ),
            ],
            options={
                "verbose_name": "constat",
            },
        ),
        migrations.CreateModel(
            name="PaymentSuspension",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("missing", models.CharField(max_length=500)),
                ("reason", models.CharField(max_length=1000)),
                ("earliest_on", models.DateField()),
                ("decided_on", models.DateField()),
                ("lifted_on", models.DateField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="suspensions", to="fraud.controlcase"
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "paper",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="suspension", to="fraud.casepaper"
                    ),
                ),
                (
                    "reminder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="fraud.casepaper"
                    ),
                ),
            ],
            options={
                "verbose_name": "suspension décidée",
            },
        ),
        migrations.CreateModel(
            name="Penalty",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("WRONG_DECLARATION", "Déclaration inexacte ou incomplète (1°)"),
                            ("UNDECLARED_CHANGE", "Changement non déclaré (2°)"),
                            ("CONCEALED_WORK", "Travail dissimulé (3°)"),
                            ("MANOEUVRES", "Manœuvres pour obtenir des sommes non dues (4°)"),
                            ("OBSTRUCTION", "Obstacle à une vérification (5°)"),
                        ],
                        max_length=18,
                    ),
                ),
                ("since", models.DateField()),
                ("until", models.DateField()),
                ("has_intent", models.BooleanField()),
                ("is_organised_gang", models.BooleanField(default=False)),
                ("minimum_cents", models.BigIntegerField()),
                ("maximum_cents", models.BigIntegerField()),
                ("scale_source", models.CharField(max_length=200)),
                ("amount_cents", models.BigIntegerField(null=True)),
                ("reason", models.CharField(max_length=1000)),
                ("proposed_on", models.DateField()),
                ("notified_on", models.DateField(null=True)),
                ("reply_until", models.DateField(null=True)),
                ("heard_on", models.DateField(null=True)),
                ("decided_on", models.DateField(null=True)),
                ("decided_cents", models.BigIntegerField(null=True)),
                ("appeal_until", models.DateField(null=True)),
                ("appealed_on", models.DateField(null=True)),
                ("needs_more", models.BooleanField(default=False)),
                ("opinion_until", models.DateField(null=True)),
                ("opinion_on", models.DateField(null=True)),
                (
                    "opinion_sense",
                    models.CharField(
                        blank=True,
                        choices=[("KEEP", "Maintenir"), ("REDUCE", "Réduire"), ("CANCEL", "Retirer")],
                        max_length=6,
                    ),
                ),
                ("opinion_text", models.CharField(blank=True, max_length=1000)),
                ("director_until", models.DateField(null=True)),
                ("final_on", models.DateField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("PROPOSED", "À signer"),
                            ("NOTIFIED", "Envisagée, la personne peut répondre"),
                            ("DECIDED", "Prononcée"),
                            ("WARNED", "Avertissement"),
                            ("DROPPED", "Sans suite"),
                            ("APPEALED", "En recours, avis attendu"),
                            ("OPINION_GIVEN", "Avis rendu, décision attendue"),
                            ("UPHELD", "Maintenue après recours"),
                            ("CANCELLED", "Retirée après recours"),
                            ("ABANDONED", "Abandonnée, délai passé"),
                            ("IN_COURT", "Devant le tribunal"),
                            ("FINAL", "Définitive"),
                            ("ANNULLED", "Annulée"),
                        ],
                        default="PROPOSED",
                        max_length=13,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="penalties", to="fraud.controlcase"
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "opinion_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "pénalité",
            },
        ),
        migrations.CreateModel(
            name="PenaltyMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "from_state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("PROPOSED", "À signer"),
                            ("NOTIFIED", "Envisagée, la personne peut répondre"),
                            ("DECIDED", "Prononcée"),
                            ("WARNED", "Avertissement"),
                            ("DROPPED", "Sans suite"),
                            ("APPEALED", "En recours, avis attendu"),
                            ("OPINION_GIVEN", "Avis rendu, décision attendue"),
                            ("UPHELD", "Maintenue après recours"),
                            ("CANCELLED", "Retirée après recours"),
                            ("ABANDONED", "Abandonnée, délai passé"),
                            ("IN_COURT", "Devant le tribunal"),
                            ("FINAL", "Définitive"),
                            ("ANNULLED", "Annulée"),
                        ],
                        max_length=13,
                    ),
                ),
                (
                    "to_state",
                    models.CharField(
                        choices=[
                            ("PROPOSED", "À signer"),
                            ("NOTIFIED", "Envisagée, la personne peut répondre"),
                            ("DECIDED", "Prononcée"),
                            ("WARNED", "Avertissement"),
                            ("DROPPED", "Sans suite"),
                            ("APPEALED", "En recours, avis attendu"),
                            ("OPINION_GIVEN", "Avis rendu, décision attendue"),
                            ("UPHELD", "Maintenue après recours"),
                            ("CANCELLED", "Retirée après recours"),
                            ("ABANDONED", "Abandonnée, délai passé"),
                            ("IN_COURT", "Devant le tribunal"),
                            ("FINAL", "Définitive"),
                            ("ANNULLED", "Annulée"),
                        ],
                        max_length=13,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("dated", models.DateField()),
                ("by", models.CharField(max_length=150)),
                ("reason", models.CharField(blank=True, max_length=500)),
                (
                    "penalty",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="fraud.penalty"
                    ),
                ),
            ],
            options={
                "verbose_name": "étape d’une pénalité",
            },
        ),
        migrations.CreateModel(
            name="Qualification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("question", models.CharField(max_length=1000)),
                ("asked_by", models.CharField(max_length=150)),
                ("asked_on", models.DateField()),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("FRAUD", "Fraude : l’intention est établie"),
                            ("FAULT", "Ni bonne foi, ni intention établie"),
                            ("GOOD_FAITH", "Bonne foi"),
                        ],
                        max_length=10,
                    ),
                ),
                ("decided_on", models.DateField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="qualifications",
                        to="fraud.controlcase",
                    ),
                ),
            ],
            options={
                "verbose_name": "qualification",
            },
        ),
        migrations.AddField(
            model_name="penalty",
            name="qualification",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="penalties", to="fraud.qualification"
            ),
        ),
        migrations.CreateModel(
            name="PanelSeat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("FRAUD", "Fraude : l’intention est établie"),
                            ("FAULT", "Ni bonne foi, ni intention établie"),
                            ("GOOD_FAITH", "Bonne foi"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(max_length=1000)),
                ("at", models.DateTimeField()),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="panel_seats",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "qualification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="seats", to="fraud.qualification"
                    ),
                ),
            ],
            options={
                "verbose_name": "avis d’un membre de la commission",
            },
        ),
        migrations.CreateModel(
            name="IntentEvidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=500)),
                (
                    "item",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="fraud.evidenceitem",
                    ),
                ),
                (
                    "qualification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="intent", to="fraud.qualification"
                    ),
                ),
            ],
            options={
                "verbose_name": "preuve de l’intention",
            },
        ),
        migrations.CreateModel(
            name="SwornOfficer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sworn_on", models.DateField()),
                ("court", models.CharField(max_length=120)),
                ("approval_no", models.CharField(max_length=40)),
                ("approved_on", models.DateField()),
                ("until", models.DateField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sworn", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "assermentation et agrément",
            },
        ),
        migrations.CreateModel(
            name="SwornReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("dated", models.DateField()),
                ("text", models.BinaryField()),
                ("at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="fraud.controlcase"
                    ),
                ),
                (
                    "sworn",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="fraud.swornofficer"
                    ),
                ),
            ],
            options={
                "verbose_name": "rapport d’un agent assermenté",
            },
        ),
        migrations.CreateModel(
            name="ToldInformation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "obtained",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="told", to="fraud.obtainedinformation"
                    ),
                ),
                (
                    "paper",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="told", to="fraud.casepaper"
                    ),
                ),
            ],
            options={
                "verbose_name": "information communiquée à la personne",
            },
        ),
        migrations.AddIndex(
            model_name="casepaper",
            index=models.Index(fields=["case", "id"], name="control_paper_case"),
        ),
        migrations.AddConstraint(
            model_name="casepaper",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind__in", ["INFORMATION", "FINDINGS", "RESULT"])),
                fields=("case", "kind"),
                name="control_paper_once",
            ),
        ),
        migrations.AddIndex(
            model_name="caserecovery",
            index=models.Index(fields=["case", "received_on"], name="recovery_case"),
        ),
        migrations.AddConstraint(
            model_name="caserecovery",
            constraint=models.UniqueConstraint(fields=("case", "reference"), name="recovery_once"),
        ),
        migrations.AddConstraint(
            model_name="caserecovery",
            constraint=models.CheckConstraint(
                condition=models.Q(("cents", 0), _negated=True), name="recovery_not_nothing"
            ),
        ),
        migrations.AddConstraint(
            model_name="casereply",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_represented", False), models.Q(("helped_by", ""), _negated=True), _connector="OR"
                ),
                name="reply_represented_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__gt", models.F("since"))), name="finding_half_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.CheckConstraint(
                condition=models.Q(("owed_by_cents__gte", 0), ("owed_to_cents__gte", 0)), name="finding_not_below_zero"
            ),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("fact", ""), _negated=True), models.Q(("source", ""), _negated=True)),
                name="finding_has_a_source",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentsuspension",
            constraint=models.CheckConstraint(
                condition=models.Q(("decided_on__gte", models.F("earliest_on"))), name="suspension_not_before"
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentsuspension",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("reason", ""), _negated=True), models.Q(("missing", ""), _negated=True)),
                name="suspension_reasoned",
            ),
        ),
        migrations.AddIndex(
            model_name="penaltymove",
            index=models.Index(fields=["penalty", "id"], name="penalty_move"),
        ),
        migrations.AddConstraint(
            model_name="qualification",
            constraint=models.UniqueConstraint(
                condition=models.Q(("outcome", "")), fields=("case",), name="qualification_one_asked"
            ),
        ),
        migrations.AddConstraint(
            model_name="qualification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_on", None), ("outcome", "")),
                    models.Q(models.Q(("outcome", ""), _negated=True), ("decided_on__isnull", False)),
                    _connector="OR",
                ),
                name="qualification_dated",
            ),
        ),
        migrations.AddIndex(
            model_name="penalty",
            index=models.Index(fields=["state", "id"], name="penalty_state"),
        ),
        migrations.AddConstraint(
            model_name="penalty",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["DROPPED", "CANCELLED", "ABANDONED", "ANNULLED"]), _negated=True),
                fields=("case",),
                name="penalty_one_at_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="penalty",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__gt", models.F("since"))), name="penalty_half_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="penalty",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount_cents", None),
                    models.Q(
                        ("amount_cents__gt", 0),
                        ("amount_cents__gte", models.F("minimum_cents")),
                        ("amount_cents__lte", models.F("maximum_cents")),
                    ),
                    _connector="OR",
                ),
                name="penalty_within_the_scale",
            ),
        ),
        migrations.AddConstraint(
            model_name="penalty",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_cents", None),
                    models.Q(
                        ("decided_cents__gt", 0),
                        ("decided_cents__gte", models.F("minimum_cents")),
                        ("decided_cents__lte", models.F("amount_cents")),
                    ),
                    _connector="OR",
                ),
                name="penalty_never_above_what_was_told",
            ),
        ),
        migrations.AddConstraint(
            model_name="penalty",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("signed_by", None),
                        models.Q(("signed_by", models.F("proposed_by")), _negated=True),
                        _connector="OR",
                    ),
                    models.Q(
                        ("decided_by", None),
                        models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                        _connector="OR",
                    ),
                ),
                name="penalty_signed_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="penalty",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["PROPOSED", "DROPPED"]),
                    models.Q(
                        ("notified_on__isnull", False), ("reply_until__isnull", False), ("signed_by__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="penalty_notified_first",
            ),
        ),
        migrations.AddConstraint(
            model_name="penalty",
            constraint=models.CheckConstraint(
                condition=models.Q(("decided_on", None), ("decided_on__gt", models.F("reply_until")), _connector="OR"),
                name="penalty_heard_first",
            ),
        ),
        migrations.AddConstraint(
            model_name="penalty",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        (
                            "state__in",
                            ["DECIDED", "WARNED", "APPEALED", "OPINION_GIVEN", "UPHELD", "IN_COURT", "FINAL"],
                        ),
                        _negated=True,
                    ),
                    models.Q(("decided_by__isnull", False), ("decided_on__isnull", False)),
                    _connector="OR",
                ),
                name="penalty_decided_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="panelseat",
            constraint=models.UniqueConstraint(fields=("qualification", "member"), name="panel_seat_once"),
        ),
        migrations.AddConstraint(
            model_name="panelseat",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="panel_seat_reasoned"
            ),
        ),
        migrations.AddConstraint(
            model_name="intentevidence",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="intent_says_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="swornofficer",
            constraint=models.UniqueConstraint(fields=("user", "approval_no"), name="sworn_once"),
        ),
        migrations.AddConstraint(
            model_name="swornofficer",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__gt", models.F("approved_on")), ("until__gt", models.F("sworn_on"))),
                name="sworn_before_the_end",
            ),
        ),
    ]
