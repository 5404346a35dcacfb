"""Nothing is withheld without an agreement of the family; what it contests waits; what is remitted is decided, by two from a
threshold on. A run that corrects does not know the cause: a person says it, once."""

import django.db.models.deletion
from django.db import migrations, models

MOVES = """
CREATE OR REPLACE FUNCTION benefits_check_overpayment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state NOT IN ('WRITTEN_OFF', 'TO_RECOVER', 'UNCLAIMED') OR NEW.recovered_cents <> 0 OR NEW.remitted_cents <> 0
           OR NEW.agreement_id IS NOT NULL THEN
            RAISE EXCEPTION 'une somme versée en trop ne commence ni récupérée, ni contestée, ni remise, ni convenue'
                USING ERRCODE = '23514';
        END IF;
        RETURN NEW;
    END IF;
    IF NOT (OLD.state, NEW.state) IN (('WRITTEN_OFF', 'WRITTEN_OFF'), ('WRITTEN_OFF', 'TO_RECOVER'), ('WRITTEN_OFF', 'RECOVERED'),
        ('UNCLAIMED', 'UNCLAIMED'), ('UNCLAIMED', 'RECOVERED'), ('TO_RECOVER', 'TO_RECOVER'), ('TO_RECOVER', 'RECOVERED'),
        ('TO_RECOVER', 'CONTESTED'), ('TO_RECOVER', 'REMITTED'), ('CONTESTED', 'CONTESTED'), ('CONTESTED', 'TO_RECOVER'),
        ('CONTESTED', 'CANCELLED'), ('CONTESTED', 'REMITTED'), ('CONTESTED', 'RECOVERED'), ('REMITTED', 'REMITTED'),
        ('REMITTED', 'RECOVERED'), ('RECOVERED', 'RECOVERED')) THEN
        RAISE EXCEPTION 'somme versée en trop % : elle ne va pas de % à %', OLD.id, OLD.state, NEW.state
            USING ERRCODE = '23514';
    END IF;
    IF (NEW.id, NEW.fund, NEW.beneficiary_no, NEW.benefit, NEW.amount_cents, NEW.month, NEW.reason, NEW.form_key,
        NEW.noted_by, NEW.noted_on) IS DISTINCT FROM (OLD.id, OLD.fund, OLD.beneficiary_no, OLD.benefit,
        OLD.amount_cents, OLD.month, OLD.reason, OLD.form_key, OLD.noted_by, OLD.noted_on)
       OR NEW.recovered_cents < OLD.recovered_cents
       OR (NEW.cause <> OLD.cause AND OLD.cause <> 'CORRECTED')
       OR (OLD.deductible_from IS NOT NULL AND NEW.deductible_from IS DISTINCT FROM OLD.deductible_from
           AND NOT ((OLD.state, NEW.state) = ('CONTESTED', 'TO_RECOVER')
                    AND coalesce(NEW.deductible_from > OLD.deductible_from, false))) THEN
        RAISE EXCEPTION 'somme versée en trop % : ce qui est noté ne change pas', OLD.id USING ERRCODE = '23514';
    END IF;
    IF NEW.remitted_cents > OLD.remitted_cents AND NEW.remitted_cents > (
        SELECT coalesce(sum(a.amount_cents), 0) FROM benefits_overpaymentact a
        WHERE a.overpayment_id = NEW.id AND a.kind IN ('REMITTED', 'CANCELLED')) THEN
        RAISE EXCEPTION 'somme versée en trop % : rien ne se remet ni ne s’annule sans décision', OLD.id USING ERRCODE = '23514';
    END IF;
    IF NEW.remitted_cents < OLD.remitted_cents
       AND NEW.recovered_cents - OLD.recovered_cents < OLD.remitted_cents - NEW.remitted_cents THEN
        RAISE EXCEPTION 'somme versée en trop % : ce qui est remis ne se réclame plus', OLD.id USING ERRCODE = '23514';
    END IF;
    IF NEW.agreement_id IS NOT NULL AND NEW.agreement_id IS DISTINCT FROM OLD.agreement_id AND NOT EXISTS (
        SELECT 1 FROM benefits_repaymentagreement g
        WHERE g.id = NEW.agreement_id AND g.withdrawn_on IS NULL AND NEW.state = 'TO_RECOVER'
          AND (g.fund, g.beneficiary_no, g.benefit) = (NEW.fund, NEW.beneficiary_no, NEW.benefit)) THEN
        RAISE EXCEPTION 'somme versée en trop % : cet accord n’est pas le sien', OLD.id USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
"""
FORMER_MOVES = """
CREATE OR REPLACE FUNCTION benefits_check_overpayment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state = 'RECOVERED' OR NEW.recovered_cents <> 0 THEN
            RAISE EXCEPTION 'une somme versée en trop ne commence pas récupérée' USING ERRCODE = '23514';
        END IF;
        RETURN NEW;
    END IF;
    IF NOT (OLD.state, NEW.state) IN (('WRITTEN_OFF', 'TO_RECOVER'), ('TO_RECOVER', 'TO_RECOVER'), ('TO_RECOVER', 'RECOVERED'),
        ('WRITTEN_OFF', 'WRITTEN_OFF'), ('WRITTEN_OFF', 'RECOVERED'), ('UNCLAIMED', 'UNCLAIMED'), ('UNCLAIMED', 'RECOVERED'))
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
"""
# The golden rule: no positive decision, no debit. Each line says whose agreement it rests on, and is measured against it.
WITHHELD = """
CREATE FUNCTION benefits_check_deduction() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE debt benefits_benefitoverpayment; agreed benefits_repaymentagreement; taken bigint;
BEGIN
    SELECT * INTO debt FROM benefits_benefitoverpayment WHERE id = NEW.overpayment_id FOR UPDATE;
    SELECT * INTO agreed FROM benefits_repaymentagreement WHERE id = NEW.agreement_id FOR UPDATE;
    IF debt.agreement_id IS DISTINCT FROM agreed.id OR agreed.withdrawn_on IS NOT NULL THEN
        RAISE EXCEPTION 'somme versée en trop % : rien ne se retient sans l’accord de la famille', debt.id USING ERRCODE = '23514';
    END IF;
    IF debt.state <> 'TO_RECOVER' OR NEW.withheld_on < debt.deductible_from THEN
        RAISE EXCEPTION 'somme versée en trop % : rien ne se retient tant qu’elle se conteste', debt.id USING ERRCODE = '23514';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM benefits_award a WHERE a.run_id = NEW.run_id AND a.status = 'PAID'
          AND (a.fund, a.beneficiary_no, a.benefit) = (debt.fund, debt.beneficiary_no, debt.benefit)) THEN
        RAISE EXCEPTION 'somme versée en trop % : rien ne se retient sur une autre prestation', debt.id USING ERRCODE = '23514';
    END IF;
    SELECT coalesce(sum(d.amount_cents), 0) INTO taken FROM benefits_deduction d
    JOIN benefits_benefitoverpayment o ON o.id = d.overpayment_id
    WHERE o.fund = debt.fund AND o.beneficiary_no = debt.beneficiary_no AND o.benefit = debt.benefit AND d.period = NEW.period;
    IF taken + NEW.amount_cents > agreed.each_cents
       OR NEW.amount_cents > debt.amount_cents - debt.recovered_cents - debt.remitted_cents THEN
        RAISE EXCEPTION 'somme versée en trop % : jamais plus que la somme convenue, ni que ce qui reste', debt.id
            USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreed BEFORE INSERT ON benefits_deduction FOR EACH ROW EXECUTE FUNCTION benefits_check_deduction();
"""
AGREED = """
CREATE FUNCTION benefits_check_agreement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.withdrawn_on IS NOT NULL THEN
            RAISE EXCEPTION 'un accord ne commence pas retiré' USING ERRCODE = '23514';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.withdrawn_on IS NOT NULL OR NEW.withdrawn_on IS NULL OR (NEW.id, NEW.fund, NEW.beneficiary_no, NEW.benefit,
        NEW.each_cents, NEW.words, NEW.agreed_on, NEW.form_key, NEW.recorded_by, NEW.recorded_on) IS DISTINCT FROM (OLD.id,
        OLD.fund, OLD.beneficiary_no, OLD.benefit, OLD.each_cents, OLD.words, OLD.agreed_on, OLD.form_key, OLD.recorded_by,
        OLD.recorded_on) THEN
        RAISE EXCEPTION 'accord % : il se retire une fois, le reste ne change pas', OLD.id USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ends_once BEFORE INSERT OR UPDATE ON benefits_repaymentagreement
    FOR EACH ROW EXECUTE FUNCTION benefits_check_agreement();
"""
KEPT = """
CREATE TRIGGER keep_rows BEFORE {what} ON benefits_{table} FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON benefits_{table} FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
"""
UNKEPT = "DROP TRIGGER keep_rows ON benefits_{table}; DROP TRIGGER keep_all ON benefits_{table};"
TABLES = {"deduction": "UPDATE OR DELETE", "overpaymentact": "UPDATE OR DELETE", "repaymentagreement": "DELETE"}


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_chain_and_protect"),
        ("batches", "0007_nobody_signs_beyond_their_files"),
        ("benefits", "0007_awards_by_slice"),
    ]

    operations = [
        migrations.CreateModel(
            name="Deduction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("period", models.DateField()),
                ("amount_cents", models.BigIntegerField()),
                ("withheld_on", models.DateField()),
            ],
            options={
                "verbose_name": "retenue convenue",
            },
        ),
        migrations.CreateModel(
            name="OverpaymentAct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("CONTESTED", "contestée par la famille"),
                            ("CONFIRMED", "confirmée par la commission"),
                            ("CANCELLED", "annulée par la commission"),
                            ("PROPOSED", "remise proposée"),
                            ("REFUSED", "remise refusée"),
                            ("REMITTED", "remise accordée"),
                            ("CAUSE_TOLD", "cause dite"),
                        ],
                        max_length=10,
                    ),
                ),
                ("amount_cents", models.BigIntegerField(default=0)),
                ("words", models.CharField(max_length=300)),
                ("told_on", models.DateField()),
                ("four_eyes", models.BooleanField(default=False)),
                ("proposed_by", models.CharField(blank=True, max_length=150)),
                ("form_key", models.UUIDField(unique=True)),
                ("done_by", models.CharField(max_length=150)),
                ("done_on", models.DateField()),
            ],
            options={
                "verbose_name": "décision sur une somme versée en trop",
            },
        ),
        migrations.CreateModel(
            name="RepaymentAgreement",
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
                ("each_cents", models.BigIntegerField()),
                ("words", models.CharField(max_length=300)),
                ("agreed_on", models.DateField()),
                ("form_key", models.UUIDField(unique=True)),
                ("recorded_by", models.CharField(max_length=150)),
                ("recorded_on", models.DateField()),
                ("withdrawn_words", models.CharField(blank=True, max_length=300)),
                ("withdrawn_key", models.UUIDField(null=True, unique=True)),
                ("withdrawn_by", models.CharField(blank=True, max_length=150)),
                ("withdrawn_on", models.DateField(null=True)),
            ],
            options={
                "verbose_name": "accord pour rendre une somme",
            },
        ),
        migrations.RemoveConstraint(
            model_name="benefitoverpayment",
            name="benefitoverpayment_bounds",
        ),
        migrations.RemoveConstraint(
            model_name="benefitoverpayment",
            name="benefitoverpayment_state_told",
        ),
        migrations.AddField(
            model_name="benefitoverpayment",
            name="remitted_cents",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name="benefitoverpayment",
            name="cause",
            field=models.CharField(
                choices=[
                    ("CORRECTED", "correction d’un mois payé, cause à dire"),
                    ("TOLD_LATE", "changement connu trop tard"),
                    ("RIGHT_ENDED", "droit terminé"),
                    ("PAID_TWICE", "payé deux fois"),
                    ("FUND_ERROR", "erreur de la caisse"),
                ],
                max_length=11,
            ),
        ),
        migrations.AlterField(
            model_name="benefitoverpayment",
            name="state",
            field=models.CharField(
                choices=[
                    ("WRITTEN_OFF", "abandonnée et comptée"),
                    ("TO_RECOVER", "à récupérer"),
                    ("CONTESTED", "contestée"),
                    ("RECOVERED", "récupérée"),
                    ("REMITTED", "remise"),
                    ("CANCELLED", "annulée, la commission a donné raison à la famille"),
                    ("UNCLAIMED", "jamais réclamée"),
                ],
                max_length=11,
            ),
        ),
        migrations.AddField(
            model_name="deduction",
            name="overpayment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="deductions", to="benefits.benefitoverpayment"
            ),
        ),
        migrations.AddField(
            model_name="deduction",
            name="run",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="batches.run"
            ),
        ),
        migrations.AddField(
            model_name="overpaymentact",
            name="overpayment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="acts", to="benefits.benefitoverpayment"
            ),
        ),
        migrations.AddConstraint(
            model_name="repaymentagreement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_on__isnull", True)),
                fields=("beneficiary_no", "fund", "benefit"),
                name="repaymentagreement_one_lives",
            ),
        ),
        migrations.AddConstraint(
            model_name="repaymentagreement",
            constraint=models.CheckConstraint(
                condition=models.Q(("each_cents__gt", 0)), name="repaymentagreement_more_than_nothing"
            ),
        ),
        migrations.AddConstraint(
            model_name="repaymentagreement",
            constraint=models.CheckConstraint(
                condition=models.Q(("agreed_on__lte", models.F("recorded_on"))),
                name="repaymentagreement_given_before_recorded",
            ),
        ),
        migrations.AddConstraint(
            model_name="repaymentagreement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("withdrawn_by", ""), ("withdrawn_key__isnull", True), ("withdrawn_on__isnull", True)),
                    models.Q(
                        ("withdrawn_key__isnull", False),
                        ("withdrawn_on__isnull", False),
                        models.Q(("withdrawn_by", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="repaymentagreement_ends_told",
            ),
        ),
        migrations.AddField(
            model_name="deduction",
            name="agreement",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="deductions", to="benefits.repaymentagreement"
            ),
        ),
        migrations.AddField(
            model_name="benefitoverpayment",
            name="agreement",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="overpayments",
                to="benefits.repaymentagreement",
            ),
        ),
        migrations.AddConstraint(
            model_name="benefitoverpayment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount_cents__gt", 0),
                    ("recovered_cents__gte", 0),
                    ("remitted_cents__gte", 0),
                    ("amount_cents__gte", models.F("recovered_cents") + models.F("remitted_cents")),
                ),
                name="benefitoverpayment_bounds",
            ),
        ),
        migrations.AddConstraint(
            model_name="benefitoverpayment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("deductible_from__isnull", True),
                        ("recovered_cents__lt", models.F("amount_cents")),
                        ("remitted_cents", 0),
                        ("state__in", ["WRITTEN_OFF", "UNCLAIMED"]),
                    ),
                    models.Q(
                        ("amount_cents__gt", models.F("recovered_cents") + models.F("remitted_cents")),
                        ("deductible_from__isnull", False),
                        ("state__in", ["TO_RECOVER", "CONTESTED"]),
                    ),
                    models.Q(
                        ("amount_cents", models.F("recovered_cents") + models.F("remitted_cents")),
                        ("state", "RECOVERED"),
                    ),
                    models.Q(
                        ("amount_cents", models.F("recovered_cents") + models.F("remitted_cents")),
                        ("deductible_from__isnull", False),
                        ("remitted_cents__gt", 0),
                        ("state__in", ["REMITTED", "CANCELLED"]),
                    ),
                    _connector="OR",
                ),
                name="benefitoverpayment_state_told",
            ),
        ),
        migrations.AddConstraint(
            model_name="benefitoverpayment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("agreement__isnull", True), ("state__in", ["TO_RECOVER", "RECOVERED", "REMITTED"]), _connector="OR"
                ),
                name="benefitoverpayment_agreed_to_recover",
            ),
        ),
        migrations.AddConstraint(
            model_name="overpaymentact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("four_eyes", False),
                    models.Q(
                        models.Q(("proposed_by", ""), _negated=True),
                        models.Q(("proposed_by", models.F("done_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="overpaymentact_four_eyes",
            ),
        ),
        migrations.AddConstraint(
            model_name="overpaymentact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amount_cents__gt", 0), ("kind__in", ["CANCELLED", "PROPOSED", "REMITTED"])),
                    models.Q(
                        models.Q(("kind__in", ["CANCELLED", "PROPOSED", "REMITTED"]), _negated=True),
                        ("amount_cents", 0),
                    ),
                    _connector="OR",
                ),
                name="overpaymentact_cents_of_what_gives_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="overpaymentact",
            constraint=models.CheckConstraint(
                condition=models.Q(("told_on__lte", models.F("done_on"))), name="overpaymentact_told_before_done"
            ),
        ),
        migrations.AddConstraint(
            model_name="deduction",
            constraint=models.UniqueConstraint(fields=("run", "overpayment"), name="deduction_once"),
        ),
        migrations.AddConstraint(
            model_name="deduction",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_cents__gt", 0)), name="deduction_more_than_nothing"
            ),
        ),
        migrations.RunSQL(MOVES, FORMER_MOVES),
        migrations.RunSQL(
            WITHHELD, "DROP TRIGGER agreed ON benefits_deduction; DROP FUNCTION benefits_check_deduction();"
        ),
        migrations.RunSQL(
            AGREED, "DROP TRIGGER ends_once ON benefits_repaymentagreement; DROP FUNCTION benefits_check_agreement();"
        ),
        *(
            migrations.RunSQL(KEPT.format(table=table, what=what), UNKEPT.format(table=table))
            for table, what in TABLES.items()
        ),
    ]
