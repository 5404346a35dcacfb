"""Small sums wait, are paid or given up, once each; what was paid in excess is counted; nothing of it is removed."""

import django.db.models.deletion
from django.db import migrations, models

DEFERRED = """
CREATE FUNCTION benefits_check_deferred() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'WAITING' THEN
            RAISE EXCEPTION 'une petite somme reportée commence par attendre' USING ERRCODE = '23514';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state <> 'WAITING' THEN
        RAISE EXCEPTION 'petite somme % : déjà %, elle ne se paie ni ne s’abandonne deux fois', OLD.id,
            CASE OLD.state WHEN 'PAID' THEN 'payée' WHEN 'WAIVED' THEN 'abandonnée' ELSE 'annulée' END USING ERRCODE = '23514';
    END IF;
    IF NEW.state = 'WAITING' OR (NEW.id, NEW.fund, NEW.beneficiary_no, NEW.benefit, NEW.run_id, NEW.amount_cents, NEW.month)
       IS DISTINCT FROM (OLD.id, OLD.fund, OLD.beneficiary_no, OLD.benefit, OLD.run_id, OLD.amount_cents, OLD.month) THEN
        RAISE EXCEPTION 'petite somme % : ce qui est reporté ne change pas', OLD.id USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ends_once BEFORE INSERT OR UPDATE ON benefits_deferredsum
    FOR EACH ROW EXECUTE FUNCTION benefits_check_deferred();
"""
OVERPAID = """
CREATE FUNCTION benefits_check_overpayment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state = 'RECOVERED' OR NEW.recovered_cents <> 0 THEN
            RAISE EXCEPTION 'une somme versée en trop ne commence pas récupérée' USING ERRCODE = '23514';
        END IF;
        RETURN NEW;
    END IF;
    IF NOT (OLD.state, NEW.state) IN (('WRITTEN_OFF', 'TO_RECOVER'), ('TO_RECOVER', 'TO_RECOVER'), ('TO_RECOVER', 'RECOVERED'))
    THEN
        RAISE EXCEPTION 'somme versée en trop % : elle ne va pas de % à %', OLD.id, OLD.state, NEW.state
            USING ERRCODE = '23514';
    END IF;
    IF (NEW.id, NEW.fund, NEW.beneficiary_no, NEW.benefit, NEW.cause, NEW.amount_cents, NEW.month, NEW.reason, NEW.form_key,
        NEW.noted_by, NEW.noted_on) IS DISTINCT FROM (OLD.id, OLD.fund, OLD.beneficiary_no, OLD.benefit, OLD.cause,
        OLD.amount_cents, OLD.month, OLD.reason, OLD.form_key, OLD.noted_by, OLD.noted_on)
       OR NEW.recovered_cents < OLD.recovered_cents
       OR (OLD.deductible_from IS NOT NULL AND NEW.deductible_from IS DISTINCT FROM OLD.deductible_from) THEN
        RAISE EXCEPTION 'somme versée en trop % : ce qui est noté ne change pas', OLD.id USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER moves BEFORE INSERT OR UPDATE ON benefits_benefitoverpayment
    FOR EACH ROW EXECUTE FUNCTION benefits_check_overpayment();
"""
KEPT = """
CREATE TRIGGER keep_rows BEFORE DELETE ON benefits_{table} FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON benefits_{table} FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
"""
UNKEPT = "DROP TRIGGER keep_rows ON benefits_{table}; DROP TRIGGER keep_all ON benefits_{table};"
TABLES = ("deferredsum", "benefitoverpayment", "smallpaymentpolicy")
POLICY = """
CREATE TRIGGER protect BEFORE UPDATE ON benefits_smallpaymentpolicy
    FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_chain_and_protect"),
        ("batches", "0005_runs_done_at_once"),
        ("benefits", "0004_facts_entered_and_never_overwritten"),
    ]

    operations = [
        migrations.CreateModel(
            name="BenefitOverpayment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fund", models.CharField(max_length=8)),
                ("beneficiary_no", models.CharField(max_length=40)),
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
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("TOLD_LATE", "changement connu trop tard"),
                            ("RIGHT_ENDED", "droit terminé"),
                            ("PAID_TWICE", "payé deux fois"),
                            ("FUND_ERROR", "erreur de la caisse"),
                        ],
                        max_length=11,
                    ),
                ),
                ("amount_cents", models.BigIntegerField()),
                ("recovered_cents", models.BigIntegerField(default=0)),
                ("month", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("WRITTEN_OFF", "abandonnée et comptée"),
                            ("TO_RECOVER", "à récupérer"),
                            ("RECOVERED", "récupérée"),
                        ],
                        max_length=11,
                    ),
                ),
                ("deductible_from", models.DateField(null=True)),
                ("reason", models.CharField(max_length=300)),
                ("form_key", models.UUIDField(unique=True)),
                ("noted_by", models.CharField(max_length=150)),
                ("noted_on", models.DateField()),
            ],
            options={
                "verbose_name": "prestation versée en trop",
                "indexes": [
                    models.Index(fields=["beneficiary_no", "fund", "benefit"], name="benefitoverpayment_family"),
                    models.Index(fields=["state", "fund", "id"], name="benefitoverpayment_list"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_cents__gt", 0),
                            ("recovered_cents__gte", 0),
                            ("recovered_cents__lte", models.F("amount_cents")),
                        ),
                        name="benefitoverpayment_bounds",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("deductible_from__isnull", True), ("recovered_cents", 0), ("state", "WRITTEN_OFF")
                            ),
                            models.Q(
                                ("deductible_from__isnull", False),
                                ("recovered_cents__lt", models.F("amount_cents")),
                                ("state", "TO_RECOVER"),
                            ),
                            models.Q(
                                ("deductible_from__isnull", False),
                                ("recovered_cents", models.F("amount_cents")),
                                ("state", "RECOVERED"),
                            ),
                            _connector="OR",
                        ),
                        name="benefitoverpayment_state_told",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SmallPaymentPolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fund", models.CharField(max_length=8)),
                ("from_day", models.DateField()),
                (
                    "policy",
                    models.CharField(
                        choices=[
                            ("PAY", "payer toutes les sommes"),
                            ("DEFER", "reporter sur les mois suivants"),
                            ("WAIVE", "abandonner"),
                        ],
                        max_length=5,
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                ("form_key", models.UUIDField(unique=True)),
                ("decided_by", models.CharField(max_length=150)),
                ("decided_on", models.DateField()),
                ("decided_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "règle des petites sommes d’une caisse",
                "indexes": [models.Index(fields=["fund", "-from_day", "-id"], name="smallpolicy_fund")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("from_day__gte", models.F("decided_on"))),
                        name="smallpolicy_never_backwards",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DeferredSum",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fund", models.CharField(max_length=8)),
                ("beneficiary_no", models.CharField(max_length=40)),
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
                ("amount_cents", models.BigIntegerField()),
                ("month", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("WAITING", "en attente"),
                            ("PAID", "payée avec une suivante"),
                            ("WAIVED", "abandonnée"),
                            ("UNDUE", "annulée, le mois a été corrigé"),
                        ],
                        default="WAITING",
                        max_length=7,
                    ),
                ),
                ("ended_on", models.DateField(null=True)),
                (
                    "released_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="batches.run"
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="batches.run"
                    ),
                ),
            ],
            options={
                "verbose_name": "petite somme reportée",
                "indexes": [
                    models.Index(fields=["beneficiary_no", "fund", "benefit"], name="deferred_family"),
                    models.Index(
                        condition=models.Q(("state", "WAITING")), fields=["month", "id"], name="deferred_waiting"
                    ),
                    models.Index(fields=["fund", "month", "id"], name="deferred_list"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("run", "fund", "beneficiary_no"), name="deferred_once"),
                    models.CheckConstraint(
                        condition=models.Q(("amount_cents__gt", 0)), name="deferred_more_than_nothing"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("benefit", "ARS"), _negated=True), name="deferred_never_ars"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_on__isnull", True), ("released_by__isnull", True), ("state", "WAITING")),
                            models.Q(
                                ("ended_on__isnull", False),
                                ("released_by__isnull", False),
                                ("state__in", ["PAID", "UNDUE"]),
                            ),
                            models.Q(("ended_on__isnull", False), ("released_by__isnull", True), ("state", "WAIVED")),
                            _connector="OR",
                        ),
                        name="deferred_ends_one_way",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("released_by__isnull", True),
                            models.Q(("released_by", models.F("run")), _negated=True),
                            _connector="OR",
                        ),
                        name="deferred_paid_by_another_run",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            DEFERRED, "DROP TRIGGER ends_once ON benefits_deferredsum; DROP FUNCTION benefits_check_deferred();"
        ),
        migrations.RunSQL(
            OVERPAID, "DROP TRIGGER moves ON benefits_benefitoverpayment; DROP FUNCTION benefits_check_overpayment();"
        ),
        migrations.RunSQL(POLICY, "DROP TRIGGER protect ON benefits_smallpaymentpolicy;"),
        *(migrations.RunSQL(KEPT.format(table=table), UNKEPT.format(table=table)) for table in TABLES),
    ]
