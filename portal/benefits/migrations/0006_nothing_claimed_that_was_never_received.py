"""What was given up is undone before anything is claimed; money that came back pays the debt that it caused, and a transfer of
which nothing is owed any more is never ordered again."""

import django.db.models.deletion
from django.db import migrations, models

UNDONE = """
CREATE FUNCTION benefits_check_undone_waiver() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE given_up bigint; undone bigint;
BEGIN
    SELECT coalesce(sum(cents), 0) INTO given_up FROM (
        SELECT a.net_cents - a.already_cents AS cents FROM benefits_award a JOIN batches_run r ON r.id = a.run_id
        WHERE a.fund = NEW.fund AND a.beneficiary_no = NEW.beneficiary_no AND a.benefit = NEW.benefit
          AND a.month = NEW.month AND a.status = 'WAIVED' AND r.state IN ('ISSUED', 'RECONCILED') AND NOT r.dry_run
        UNION ALL SELECT amount_cents FROM benefits_deferredsum
        WHERE fund = NEW.fund AND beneficiary_no = NEW.beneficiary_no AND benefit = NEW.benefit AND month = NEW.month
          AND state = 'WAIVED') g;
    SELECT coalesce(sum(amount_cents), 0) INTO undone FROM benefits_undonewaiver
    WHERE fund = NEW.fund AND beneficiary_no = NEW.beneficiary_no AND benefit = NEW.benefit AND month = NEW.month;
    IF undone > given_up THEN
        RAISE EXCEPTION 'un abandon ne s’annule pas au-delà de ce qui a été abandonné' USING ERRCODE = '23514';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER within_given_up AFTER INSERT ON benefits_undonewaiver
    FOR EACH ROW EXECUTE FUNCTION benefits_check_undone_waiver();
"""
ENDED = """
CREATE FUNCTION benefits_check_ended_transfer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM banking_paymentorder o WHERE o.id = NEW.order_id AND o.purpose IN ('FAMILY_ARS', 'FAMILY_AEEH')
          AND o.state IN ('REJECTED', 'RETURNED')
          AND NOT EXISTS (SELECT 1 FROM banking_paymentorder a WHERE a.end_to_end_id = o.end_to_end_id || '-R')) THEN
        RAISE EXCEPTION 'un virement qui court, qui est passé ou qui est reparti n’est pas terminé' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER came_to_nothing BEFORE INSERT ON benefits_endedtransfer
    FOR EACH ROW EXECUTE FUNCTION benefits_check_ended_transfer();
"""
KEPT = """
CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON benefits_{table}
    FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON benefits_{table} FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
"""
UNKEPT = "DROP TRIGGER keep_rows ON benefits_{table}; DROP TRIGGER keep_all ON benefits_{table};"

MOVES = """
CREATE OR REPLACE FUNCTION benefits_check_overpayment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state = 'RECOVERED' OR NEW.recovered_cents <> 0 THEN
            RAISE EXCEPTION 'une somme versée en trop ne commence pas récupérée' USING ERRCODE = '23514';
        END IF;
        RETURN NEW;
    END IF;
    IF NOT (OLD.state, NEW.state) IN ({moves}) THEN
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
FORMER_MOVES = "('WRITTEN_OFF', 'TO_RECOVER'), ('TO_RECOVER', 'TO_RECOVER'), ('TO_RECOVER', 'RECOVERED')"
# Money that comes back pays what was given up or never claimed as well: in part, or whole.
ALL_MOVES = f"""{FORMER_MOVES}, ('WRITTEN_OFF', 'WRITTEN_OFF'), ('WRITTEN_OFF', 'RECOVERED'),
        ('UNCLAIMED', 'UNCLAIMED'), ('UNCLAIMED', 'RECOVERED')"""

GATE = """
CREATE OR REPLACE FUNCTION benefits_gate() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong text;
BEGIN
    SELECT o.end_to_end_id INTO wrong FROM added o
    WHERE o.run_id IS NOT NULL AND o.purpose IN ('FAMILY_ARS', 'FAMILY_AEEH') AND NOT EXISTS (
        SELECT 1 FROM benefits_award a JOIN batches_run r ON r.id = a.run_id
        WHERE a.id = substring(o.end_to_end_id from '-V([0-9]+)$')::bigint AND a.run_id = o.run_id
          AND o.purpose = 'FAMILY_' || a.benefit AND o.subject = 'family:' || a.fund || '/' || a.beneficiary_no
          AND a.status = 'PAID' AND a.paid_cents = o.amount_cents AND o.kind = 'CREDIT'
          AND r.state = 'SIGNED' AND NOT r.dry_run)
    LIMIT 1;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'le virement % n''est pas ce que deux personnes ont signé', wrong USING ERRCODE = '23514';
    END IF;
    {again}RETURN NULL;
END $$;
"""
# Outside a run leaves what came to nothing and is not ended, or what had no account to leave for: never more, and to nobody
# else, and the latter once.
AGAIN = """SELECT o.end_to_end_id INTO wrong FROM added o
    WHERE o.run_id IS NULL AND o.purpose IN ('FAMILY_ARS', 'FAMILY_AEEH') AND NOT EXISTS (
        SELECT 1 FROM banking_paymentorder f
        WHERE right(o.end_to_end_id, 2) = '-R' AND f.end_to_end_id = left(o.end_to_end_id, -2)
          AND f.state IN ('REJECTED', 'RETURNED') AND f.purpose = o.purpose AND f.subject = o.subject
          AND o.kind = 'CREDIT' AND o.amount_cents <= f.amount_cents
          AND NOT EXISTS (SELECT 1 FROM benefits_endedtransfer e WHERE e.order_id = f.id))
      AND NOT EXISTS (
        SELECT 1 FROM benefits_award a JOIN batches_run r ON r.id = a.run_id
        WHERE a.id = substring(o.end_to_end_id from '-V([0-9]+)$')::bigint
          AND o.purpose = 'FAMILY_' || a.benefit AND o.subject = 'family:' || a.fund || '/' || a.beneficiary_no
          AND a.status = 'PAID' AND o.amount_cents <= a.paid_cents AND o.kind = 'CREDIT'
          AND r.state IN ('ISSUED', 'RECONCILED') AND NOT r.dry_run
          AND NOT EXISTS (SELECT 1 FROM banking_paymentorder e WHERE e.id <> o.id AND e.subject = o.subject
                          AND e.purpose = o.purpose AND substring(e.end_to_end_id from '-V([0-9]+)')::bigint = a.id))
    LIMIT 1;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'le virement % ne reprend rien de ce qui n''est pas arrivé', wrong USING ERRCODE = '23514';
    END IF;
    """
# Those that came to nothing are few; without this, looking for them each morning reads every transfer ever ordered. The
# index is made with the rest: it holds few rows, and orders wait for one reading of their table.
FAILED = """
CREATE INDEX benefits_came_to_nothing ON banking_paymentorder (id)
WHERE purpose IN ('FAMILY_ARS', 'FAMILY_AEEH') AND state IN ('REJECTED', 'RETURNED')
"""


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_chain_and_protect"),
        ("banking", "0007_services_of_a_message"),
        ("batches", "0005_runs_done_at_once"),
        ("benefits", "0005_upratings"),
    ]

    operations = [
        migrations.CreateModel(
            name="EndedTransfer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "order",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="banking.paymentorder",
                    ),
                ),
                ("ended_on", models.DateField()),
            ],
            options={"verbose_name": "virement revenu dont plus rien n’est dû"},
        ),
        migrations.CreateModel(
            name="UndoneWaiver",
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
                    "run",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="batches.run"
                    ),
                ),
                ("month", models.DateField()),
                ("amount_cents", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "abandon annulé",
                "indexes": [
                    models.Index(fields=["beneficiary_no", "fund", "benefit"], name="undonewaiver_family"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("run", "fund", "beneficiary_no"), name="undonewaiver_once"),
                    models.CheckConstraint(
                        condition=models.Q(("amount_cents__gt", 0)), name="undonewaiver_more_than_nothing"
                    ),
                ],
            },
        ),
        migrations.AlterField(
            "benefitoverpayment",
            "state",
            models.CharField(
                choices=[
                    ("WRITTEN_OFF", "abandonnée et comptée"),
                    ("TO_RECOVER", "à récupérer"),
                    ("RECOVERED", "récupérée"),
                    ("UNCLAIMED", "jamais réclamée"),
                ],
                max_length=11,
            ),
        ),
        migrations.RemoveConstraint("benefitoverpayment", "benefitoverpayment_state_told"),
        migrations.AddConstraint(
            "benefitoverpayment",
            models.CheckConstraint(
                name="benefitoverpayment_state_told",
                condition=models.Q(
                    state__in=["WRITTEN_OFF", "UNCLAIMED"],
                    recovered_cents__lt=models.F("amount_cents"),
                    deductible_from__isnull=True,
                )
                | models.Q(
                    state="TO_RECOVER", recovered_cents__lt=models.F("amount_cents"), deductible_from__isnull=False
                )
                | models.Q(state="RECOVERED", recovered_cents=models.F("amount_cents")),
            ),
        ),
        migrations.RunSQL(MOVES.format(moves=ALL_MOVES), MOVES.format(moves=FORMER_MOVES)),
        migrations.RunSQL(
            UNDONE,
            "DROP TRIGGER within_given_up ON benefits_undonewaiver; DROP FUNCTION benefits_check_undone_waiver();",
        ),
        migrations.RunSQL(
            ENDED,
            "DROP TRIGGER came_to_nothing ON benefits_endedtransfer; DROP FUNCTION benefits_check_ended_transfer();",
        ),
        *(
            migrations.RunSQL(KEPT.format(table=table), UNKEPT.format(table=table))
            for table in ("undonewaiver", "endedtransfer")
        ),
        migrations.RunSQL(GATE.format(again=AGAIN), GATE.format(again="")),
        migrations.RunSQL(FAILED, "DROP INDEX benefits_came_to_nothing"),
    ]
