"""Rules as published, what leads need to be decided and purged, facts received to be compared; and what never changes.

The pairs of moves are those of `RULE_MOVES` (fraud/models/signals.py): a test compares them.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQL = """
CREATE FUNCTION fraud_check_rule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (to_jsonb(NEW) - 'state') IS DISTINCT FROM (to_jsonb(OLD) - 'state') THEN
        RAISE EXCEPTION 'règle % version % : ce qui a été publié ne change pas, une nouvelle version le remplace',
            OLD.code, OLD.version USING ERRCODE = '23514';
    END IF;
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
        ('RUNNING', 'SUSPENDED'), ('RUNNING', 'REPLACED'), ('SUSPENDED', 'REPLACED')
    ) THEN
        RAISE EXCEPTION 'règle % version % : % ne mène pas à %', OLD.code, OLD.version, OLD.state, NEW.state
            USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER published BEFORE UPDATE ON fraud_ruleversion FOR EACH ROW EXECUTE FUNCTION fraud_check_rule();
CREATE TRIGGER protect BEFORE DELETE ON fraud_ruleversion FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER protect_all BEFORE TRUNCATE ON fraud_ruleversion
    FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER protect BEFORE UPDATE OR DELETE ON fraud_rulemove
    FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER protect_all BEFORE TRUNCATE ON fraud_rulemove
    FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER protect BEFORE UPDATE OR DELETE ON fraud_sampledraw
    FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();

CREATE FUNCTION fraud_check_new_lead() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    standing text;
BEGIN
    -- Locked, so that a suspension and a hit of the same second come one after the other.
    SELECT r.state INTO standing FROM fraud_ruleversion r
      WHERE r.code = NEW.rule_code AND r.version = NEW.rule_version FOR SHARE;
    IF standing <> 'RUNNING' THEN
        RAISE EXCEPTION 'règle % version % : elle n’est pas en service, elle ne lève aucun signal',
            NEW.rule_code, NEW.rule_version USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER found BEFORE INSERT ON fraud_lead FOR EACH ROW EXECUTE FUNCTION fraud_check_new_lead();

CREATE FUNCTION fraud_check_lead() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.rule_code, NEW.rule_version, NEW.fund, NEW.key, NEW.in_favour, NEW.is_sample, NEW.found_on)
       IS DISTINCT FROM
       (OLD.rule_code, OLD.rule_version, OLD.fund, OLD.key, OLD.in_favour, OLD.is_sample, OLD.found_on) THEN
        RAISE EXCEPTION 'signal % : ce qui l’a fait naître ne change pas', OLD.id USING ERRCODE = '23514';
    END IF;
    IF OLD.state <> 'TO_READ' AND (NEW.state, NEW.decided_by_id, NEW.decided_at, NEW.reason_code)
       IS DISTINCT FROM (OLD.state, OLD.decided_by_id, OLD.decided_at, OLD.reason_code) THEN
        RAISE EXCEPTION 'signal % : une décision prise ne se reprend pas', OLD.id USING ERRCODE = '23514';
    END IF;
    IF OLD.state <> 'TO_READ' AND NEW.purged_on IS NULL
       AND (NEW.reason, NEW.subject, NEW.facts) IS DISTINCT FROM (OLD.reason, OLD.subject, OLD.facts) THEN
        RAISE EXCEPTION 'signal % : ce sur quoi on a décidé reste', OLD.id USING ERRCODE = '23514';
    END IF;
    IF OLD.purged_on IS NOT NULL AND (NEW.purged_on, NEW.facts, NEW.subject)
       IS DISTINCT FROM (OLD.purged_on, OLD.facts, OLD.subject) THEN
        RAISE EXCEPTION 'signal % : ce qui a été effacé ne revient pas', OLD.id USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER decided BEFORE UPDATE ON fraud_lead FOR EACH ROW EXECUTE FUNCTION fraud_check_lead();
CREATE TRIGGER protect BEFORE DELETE ON fraud_lead FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();

CREATE FUNCTION fraud_check_contest() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'OPEN' AND (NEW.state, NEW.answered_by_id, NEW.answered_on)
       IS DISTINCT FROM (OLD.state, OLD.answered_by_id, OLD.answered_on) THEN
        RAISE EXCEPTION 'contestation % : elle a reçu sa réponse', OLD.id USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER answered BEFORE UPDATE ON fraud_leadcontest FOR EACH ROW EXECUTE FUNCTION fraud_check_contest();
"""
UNDO = """
DROP TRIGGER answered ON fraud_leadcontest;
DROP FUNCTION fraud_check_contest();
DROP TRIGGER protect ON fraud_lead;
DROP TRIGGER decided ON fraud_lead;
DROP FUNCTION fraud_check_lead();
DROP TRIGGER found ON fraud_lead;
DROP FUNCTION fraud_check_new_lead();
DROP TRIGGER protect ON fraud_sampledraw;
DROP TRIGGER protect_all ON fraud_rulemove;
DROP TRIGGER protect ON fraud_rulemove;
DROP TRIGGER protect_all ON fraud_ruleversion;
DROP TRIGGER protect ON fraud_ruleversion;
DROP TRIGGER published ON fraud_ruleversion;
DROP FUNCTION fraud_check_rule();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_chain_and_protect"),
        ("batches", "0005_runs_done_at_once"),
        ("exchange", "0007_files_of_senders_and_third_parties"),
        ("fraud", "0004_nothing_decided_unheard"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CareDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.IntegerField()),
                ("known_from", models.DateTimeField()),
                ("known_until", models.DateTimeField(null=True)),
                (
                    "side",
                    models.CharField(
                        choices=[("CRECHE", "Crèche"), ("CHILDMINDER", "Assistant maternel")], max_length=11
                    ),
                ),
                ("provider_no", models.CharField(max_length=40)),
                ("employer_no", models.CharField(max_length=40, null=True)),
                ("child_id", models.CharField(max_length=40)),
                ("day", models.DateField()),
                ("arrived", models.SmallIntegerField(null=True)),
                ("departed", models.SmallIntegerField(null=True)),
                ("billed_minutes", models.IntegerField(default=0)),
            ],
            options={
                "verbose_name": "jour de garde",
            },
        ),
        migrations.CreateModel(
            name="DeclaredResource",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.IntegerField()),
                ("known_from", models.DateTimeField()),
                ("known_until", models.DateTimeField(null=True)),
                ("nir_key", models.UUIDField(null=True)),
                ("fund", models.CharField(max_length=8)),
                ("quarter", models.DateField()),
                ("net_cents", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "ressources déclarées",
            },
        ),
        migrations.CreateModel(
            name="EmployerPay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.IntegerField()),
                ("known_from", models.DateTimeField()),
                ("known_until", models.DateTimeField(null=True)),
                ("nir_key", models.UUIDField(null=True)),
                ("employer_siret", models.CharField(max_length=14)),
                ("month", models.DateField()),
                ("net_cents", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "salaire déclaré",
            },
        ),
        migrations.CreateModel(
            name="KnownAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.IntegerField()),
                ("known_from", models.DateTimeField()),
                ("known_until", models.DateTimeField(null=True)),
                ("source", models.CharField(max_length=12)),
                ("nir_key", models.UUIDField(null=True)),
                ("address_key", models.CharField(max_length=32)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(null=True)),
            ],
            options={
                "verbose_name": "adresse connue",
            },
        ),
        migrations.CreateModel(
            name="KnownDeath",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.IntegerField()),
                ("known_from", models.DateTimeField()),
                ("known_until", models.DateTimeField(null=True)),
                ("nir_key", models.UUIDField(null=True)),
                ("died_on", models.DateField()),
            ],
            options={
                "verbose_name": "décès",
            },
        ),
        migrations.CreateModel(
            name="LeadContest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("received_on", models.DateField()),
                ("said", models.CharField(max_length=1000)),
                ("form_key", models.UUIDField(unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("OPEN", "À répondre"), ("UPHELD", "Admise"), ("DISMISSED", "Non admise")],
                        default="OPEN",
                        max_length=9,
                    ),
                ),
                ("answered_on", models.DateField(null=True)),
                ("answer", models.CharField(blank=True, max_length=1000)),
            ],
            options={
                "verbose_name": "contestation d’un signal",
            },
        ),
        migrations.CreateModel(
            name="ProvenStay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.IntegerField()),
                ("known_from", models.DateTimeField()),
                ("known_until", models.DateTimeField(null=True)),
                ("reference_no", models.CharField(max_length=40)),
                ("fund", models.CharField(max_length=8)),
                ("nir_key", models.UUIDField(null=True)),
                ("paper", models.CharField(max_length=100)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
            ],
            options={
                "verbose_name": "séjour prouvé",
            },
        ),
        migrations.CreateModel(
            name="RuleMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "from_state",
                    models.CharField(
                        blank=True,
                        choices=[("RUNNING", "En service"), ("SUSPENDED", "Suspendue"), ("REPLACED", "Remplacée")],
                        max_length=9,
                    ),
                ),
                (
                    "to_state",
                    models.CharField(
                        choices=[("RUNNING", "En service"), ("SUSPENDED", "Suspendue"), ("REPLACED", "Remplacée")],
                        max_length=9,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("dated", models.DateField()),
                ("by", models.CharField(max_length=150)),
                ("reason", models.CharField(max_length=500)),
            ],
            options={
                "verbose_name": "étape d’une règle",
            },
        ),
        migrations.CreateModel(
            name="RuleVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=8)),
                ("version", models.PositiveSmallIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("content", models.JSONField()),
                ("published_on", models.DateField()),
                ("published_by", models.CharField(max_length=150)),
                (
                    "state",
                    models.CharField(
                        choices=[("RUNNING", "En service"), ("SUSPENDED", "Suspendue"), ("REPLACED", "Remplacée")],
                        default="RUNNING",
                        max_length=9,
                    ),
                ),
            ],
            options={
                "verbose_name": "version d’une règle",
            },
        ),
        migrations.CreateModel(
            name="SampleDraw",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fund", models.CharField(max_length=8)),
                ("seed", models.CharField(max_length=64)),
                ("population", models.IntegerField()),
                ("found", models.IntegerField()),
                ("drawn", models.IntegerField()),
                ("dated", models.DateField()),
            ],
            options={
                "verbose_name": "tirage au sort",
            },
        ),
        migrations.CreateModel(
            name="SchoolFact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.IntegerField()),
                ("known_from", models.DateTimeField()),
                ("known_until", models.DateTimeField(null=True)),
                ("nature", models.CharField(max_length=10)),
                ("reference_no", models.CharField(max_length=40)),
                ("fund", models.CharField(max_length=8)),
                ("beneficiary_no", models.CharField(max_length=40)),
                ("child_id", models.CharField(max_length=40)),
                ("school_year", models.SmallIntegerField()),
                ("is_enrolled", models.BooleanField(null=True)),
                ("dated", models.DateField()),
            ],
            options={
                "verbose_name": "fait de rentrée scolaire",
            },
        ),
        migrations.CreateModel(
            name="SharedAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("iban_key", models.UUIDField(unique=True)),
                (
                    "shared_by",
                    models.CharField(
                        choices=[
                            ("GUARDIAN", "Tuteur ou curateur"),
                            ("ASSOCIATION", "Association"),
                            ("COUPLE", "Couple"),
                        ],
                        max_length=11,
                    ),
                ),
                ("note", models.CharField(max_length=200)),
                ("added_by", models.CharField(max_length=150)),
                ("added_on", models.DateField()),
            ],
            options={
                "verbose_name": "compte partagé admis",
            },
        ),
        migrations.AddField(
            model_name="lead",
            name="form_key",
            field=models.UUIDField(null=True, unique=True),
        ),
        migrations.AddField(
            model_name="lead",
            name="new_fact",
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name="lead",
            name="proved",
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name="lead",
            name="purged_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="lead",
            name="run",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="batches.run"
            ),
        ),
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(fields=["subject"], name="lead_subject"),
        ),
        migrations.AddConstraint(
            model_name="lead",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("purged_on", None),
                    models.Q(("facts", {}), ("new_fact", ""), ("subject", "")),
                    _connector="OR",
                ),
                name="lead_purged_whole",
            ),
        ),
        migrations.AddField(
            model_name="careday",
            name="file",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="exchange.receivedfile",
            ),
        ),
        migrations.AddField(
            model_name="declaredresource",
            name="file",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="exchange.receivedfile",
            ),
        ),
        migrations.AddField(
            model_name="employerpay",
            name="file",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="exchange.receivedfile",
            ),
        ),
        migrations.AddField(
            model_name="knownaddress",
            name="file",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="exchange.receivedfile",
            ),
        ),
        migrations.AddField(
            model_name="knowndeath",
            name="file",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="exchange.receivedfile",
            ),
        ),
        migrations.AddField(
            model_name="leadcontest",
            name="answered_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="leadcontest",
            name="lead",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="contests", to="fraud.lead"
            ),
        ),
        migrations.AddField(
            model_name="leadcontest",
            name="noted_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="provenstay",
            name="file",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="exchange.receivedfile",
            ),
        ),
        migrations.AddConstraint(
            model_name="ruleversion",
            constraint=models.UniqueConstraint(fields=("code", "version"), name="rule_version_once"),
        ),
        migrations.AddConstraint(
            model_name="ruleversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "RUNNING")), fields=("code",), name="rule_one_running"
            ),
        ),
        migrations.AddField(
            model_name="rulemove",
            name="rule",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="fraud.ruleversion"
            ),
        ),
        migrations.AddField(
            model_name="sampledraw",
            name="rule",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="draws", to="fraud.ruleversion"
            ),
        ),
        migrations.AddField(
            model_name="sampledraw",
            name="run",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="batches.run"),
        ),
        migrations.AddField(
            model_name="schoolfact",
            name="file",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="exchange.receivedfile",
            ),
        ),
        migrations.AddIndex(
            model_name="careday",
            index=models.Index(
                condition=models.Q(("known_until__isnull", True)), fields=["side", "day"], name="care_day_side"
            ),
        ),
        migrations.AddConstraint(
            model_name="careday",
            constraint=models.UniqueConstraint(
                condition=models.Q(("known_until__isnull", True)),
                fields=("side", "child_id", "day", "provider_no"),
                name="care_day_one_current",
            ),
        ),
        migrations.AddConstraint(
            model_name="careday",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("arrived", None), ("departed", None)),
                    models.Q(("arrived__gte", 0), ("arrived__lt", models.F("departed")), ("departed__lte", 1440)),
                    _connector="OR",
                ),
                name="care_day_forward",
            ),
        ),
        migrations.AddConstraint(
            model_name="declaredresource",
            constraint=models.UniqueConstraint(
                condition=models.Q(("known_until__isnull", True)),
                fields=("nir_key", "quarter", "fund"),
                name="resource_one_current",
            ),
        ),
        migrations.AddConstraint(
            model_name="employerpay",
            constraint=models.UniqueConstraint(
                condition=models.Q(("known_until__isnull", True)),
                fields=("nir_key", "month", "employer_siret"),
                name="pay_one_current",
            ),
        ),
        migrations.AddIndex(
            model_name="knownaddress",
            index=models.Index(
                condition=models.Q(("known_until__isnull", True)), fields=["address_key"], name="address_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="knownaddress",
            constraint=models.UniqueConstraint(
                condition=models.Q(("known_until__isnull", True)),
                fields=("source", "nir_key", "starts_on"),
                name="address_one_current",
            ),
        ),
        migrations.AddConstraint(
            model_name="knowndeath",
            constraint=models.UniqueConstraint(
                condition=models.Q(("known_until__isnull", True)), fields=("nir_key",), name="death_one_current"
            ),
        ),
        migrations.AddConstraint(
            model_name="leadcontest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "OPEN")), fields=("lead",), name="contest_one_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="leadcontest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "OPEN"),
                    models.Q(
                        ("answered_by__isnull", False),
                        ("answered_on__isnull", False),
                        models.Q(("answer", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="contest_answered_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="leadcontest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("answered_by", None),
                    models.Q(("answered_by", models.F("noted_by")), _negated=True),
                    _connector="OR",
                ),
                name="contest_answered_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="provenstay",
            constraint=models.UniqueConstraint(
                condition=models.Q(("known_until__isnull", True)), fields=("reference_no",), name="stay_one_current"
            ),
        ),
        migrations.AddConstraint(
            model_name="provenstay",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gt", models.F("starts_on"))), name="stay_forward"
            ),
        ),
        migrations.AddConstraint(
            model_name="sampledraw",
            constraint=models.UniqueConstraint(fields=("run", "rule", "fund"), name="draw_once"),
        ),
        migrations.AddConstraint(
            model_name="schoolfact",
            constraint=models.UniqueConstraint(
                condition=models.Q(("known_until__isnull", True)),
                fields=("nature", "reference_no"),
                name="school_one_current",
            ),
        ),
        migrations.RunSQL(SQL, UNDO),
    ]
