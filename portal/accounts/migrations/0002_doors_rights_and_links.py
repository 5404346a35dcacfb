"""Doors, postings kept apart by the database, families of parents, supervised resets, tries."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models

SQL = """
CREATE FUNCTION accounts_keep_door() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.door <> OLD.door THEN
        RAISE EXCEPTION 'la porte d''un compte ne change pas' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_door BEFORE UPDATE OF door ON accounts_user FOR EACH ROW EXECUTE FUNCTION accounts_keep_door();

CREATE FUNCTION accounts_check_posting() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE account_door text;
BEGIN
    SELECT door INTO account_door FROM accounts_user WHERE id = NEW.user_id;
    IF account_door = 'FAMILY' THEN
        RAISE EXCEPTION 'le compte d''un parent ne porte aucune affectation' USING ERRCODE = '23514';
    END IF;
    IF NEW.role = 'PARENT' OR (account_door = 'PROFESSIONAL') <> (NEW.role IN ('CHILDMINDER', 'STRUCTURE_MANAGER')) THEN
        RAISE EXCEPTION 'ce rôle ne va pas avec la porte de ce compte' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_posting BEFORE INSERT OR UPDATE ON accounts_posting
    FOR EACH ROW EXECUTE FUNCTION accounts_check_posting();

CREATE FUNCTION accounts_check_link() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM accounts_user WHERE id = NEW.user_id AND door = 'FAMILY') THEN
        RAISE EXCEPTION 'seul le compte d''un parent est rattaché à une famille' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_link BEFORE INSERT OR UPDATE ON accounts_familylink
    FOR EACH ROW EXECUTE FUNCTION accounts_check_link();

CREATE UNIQUE INDEX accounts_one_identity_a_door ON socialaccount_socialaccount (user_id, provider);
"""
REVERSE = """
DROP INDEX accounts_one_identity_a_door;
DROP TRIGGER keep_door ON accounts_user; DROP FUNCTION accounts_keep_door();
DROP TRIGGER check_posting ON accounts_posting; DROP FUNCTION accounts_check_posting();
DROP TRIGGER check_link ON accounts_familylink; DROP FUNCTION accounts_check_link();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
    ]

    operations = [
        BtreeGistExtension(),
        migrations.CreateModel(
            name="FactorReset",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[("ASKED", "Demandée"), ("APPROVED", "Approuvée"), ("REFUSED", "Refusée")],
                        default="ASKED",
                        max_length=10,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "reprise du second facteur",
            },
        ),
        migrations.CreateModel(
            name="FamilyLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(max_length=80)),
                ("since", models.DateField()),
                ("until", models.DateField(blank=True, null=True)),
                (
                    "how",
                    models.CharField(
                        choices=[
                            ("BENEFICIARY_NO", "Identité et numéro d’allocataire"),
                            ("EMPLOYER_NO", "Identité et numéro d’employeur"),
                        ],
                        max_length=16,
                    ),
                ),
            ],
            options={
                "verbose_name": "rattachement à une famille",
            },
        ),
        migrations.CreateModel(
            name="Tries",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("count", models.IntegerField(default=0)),
                ("last_at", models.DateTimeField()),
                ("locked_until", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "essais",
            },
        ),
        migrations.AddField(
            model_name="posting",
            name="granted_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="door",
            field=models.CharField(
                choices=[
                    ("AGENT", "ProConnect"),
                    ("FAMILY", "FranceConnect"),
                    ("PROFESSIONAL", "Adresse électronique"),
                ],
                default="AGENT",
                max_length=12,
                verbose_name="porte",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="sessions_since",
            field=models.DateTimeField(blank=True, null=True, verbose_name="sessions valables depuis"),
        ),
        migrations.AlterField(
            model_name="posting",
            name="role",
            field=models.CharField(
                choices=[
                    ("FUND_CASEWORKER", "Gestion CMG, caisse"),
                    ("PAJEMPLOI_CASEWORKER", "Gestion Pajemploi"),
                    ("SUPERVISOR", "Encadrement"),
                    ("AUTHORISING_OFFICER", "Ordonnateur"),
                    ("ACCOUNTING_OFFICER", "Agent comptable"),
                    ("AUDITOR", "Audit"),
                    ("ARIPA_CASEWORKER", "Pensions alimentaires"),
                    ("CONTROLLER", "Contrôle, agent assermenté"),
                    ("BOARD_MEMBER", "Conseil d’administration"),
                    ("PARTNER_AGENT", "Organisme partenaire"),
                    ("CHILDMINDER", "Assistante maternelle ou assistant maternel"),
                    ("STRUCTURE_MANAGER", "Direction de structure"),
                    ("PARENT", "Parent"),
                ],
                max_length=24,
            ),
        ),
        migrations.AddConstraint(
            model_name="posting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("granted_by__isnull", True),
                    models.Q(("granted_by", models.F("user")), _negated=True),
                    _connector="OR",
                ),
                name="posting_granted_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="posting",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("role__in", ["AUTHORISING_OFFICER", "ACCOUNTING_OFFICER"])),
                expressions=[
                    ("user", "="),
                    ("role", "<>"),
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
                name="posting_one_officer_at_a_time",
            ),
        ),
        migrations.AddField(
            model_name="factorreset",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="factorreset",
            name="decided_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="factorreset",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="factor_resets", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="familylink",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="family_links", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddIndex(
            model_name="tries",
            index=models.Index(fields=["last_at"], name="accounts_tr_last_at_3c81f4_idx"),
        ),
        migrations.AddConstraint(
            model_name="factorreset",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("asked_by", models.F("user")), _negated=True),
                    models.Q(
                        ("decided_by__isnull", True),
                        models.Q(
                            models.Q(("decided_by", models.F("asked_by")), _negated=True),
                            models.Q(("decided_by", models.F("user")), _negated=True),
                        ),
                        _connector="OR",
                    ),
                ),
                name="factorreset_four_eyes",
            ),
        ),
        migrations.AddConstraint(
            model_name="factorreset",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", True), ("decided_by__isnull", True), ("state", "ASKED")),
                    models.Q(
                        models.Q(("state", "ASKED"), _negated=True),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="factorreset_decided_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="factorreset",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "ASKED")), fields=("user",), name="factorreset_one_asked"
            ),
        ),
        migrations.AddConstraint(
            model_name="familylink",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__isnull", True), ("until__gt", models.F("since")), _connector="OR"),
                name="familylink_half_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="familylink",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("user", "="),
                    (
                        models.Func(
                            models.F("since"),
                            models.F("until"),
                            function="daterange",
                            output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="familylink_one_family",
            ),
        ),
        migrations.AddConstraint(
            model_name="familylink",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("subject", "="),
                    (
                        models.Func(
                            models.F("since"),
                            models.F("until"),
                            function="daterange",
                            output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="familylink_one_account",
            ),
        ),
        migrations.RunSQL(SQL, REVERSE),
    ]
