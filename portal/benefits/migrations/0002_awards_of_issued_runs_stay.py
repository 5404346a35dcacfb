"""Awards of an issued run never change; a benefit leaves for the bank as two people signed it, and not otherwise."""

from django.db import migrations, models
from django.db.models.functions import Greatest

SQL = """
CREATE FUNCTION benefits_keep_issued() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM (SELECT DISTINCT run_id FROM touched) t JOIN batches_run r ON r.id = t.run_id
               WHERE r.state IN ('ISSUED', 'RECONCILED')) THEN
        RAISE EXCEPTION 'ce qu''un arrêté émis a décidé ne change plus' USING ERRCODE = '23514';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_issued_insert AFTER INSERT ON benefits_award REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION benefits_keep_issued();
CREATE TRIGGER keep_issued_update AFTER UPDATE ON benefits_award REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION benefits_keep_issued();
CREATE TRIGGER keep_issued_delete AFTER DELETE ON benefits_award REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION benefits_keep_issued();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON benefits_award FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();

CREATE FUNCTION benefits_gate() RETURNS trigger LANGUAGE plpgsql AS $$
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
    RETURN NULL;
END $$;
CREATE TRIGGER benefits_gate AFTER INSERT ON banking_paymentorder REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION benefits_gate();
"""
REVERSE = """
DROP TRIGGER benefits_gate ON banking_paymentorder; DROP FUNCTION benefits_gate();
DROP TRIGGER keep_issued_insert ON benefits_award; DROP TRIGGER keep_issued_update ON benefits_award;
DROP TRIGGER keep_issued_delete ON benefits_award; DROP TRIGGER keep_all ON benefits_award;
DROP FUNCTION benefits_keep_issued();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_chain_and_protect"),
        ("banking", "0007_services_of_a_message"),
        ("batches", "0005_runs_done_at_once"),
        ("benefits", "0001_initial"),
    ]

    operations = [
        migrations.AddConstraint(
            "award",
            models.CheckConstraint(
                name="award_adds_up",
                condition=models.Q(net_cents=models.F("gross_cents") - models.F("crds_cents"))
                & models.Q(already_cents__gte=0, released_cents__gte=0, recovered_cents__gte=0),
            ),
        ),
        migrations.AddConstraint(
            "award",
            models.CheckConstraint(
                name="award_pays_the_difference",
                condition=~models.Q(status="PAID")
                | models.Q(
                    paid_cents=Greatest(models.F("net_cents") - models.F("already_cents"), 0)
                    + models.F("released_cents")
                    - models.F("recovered_cents")
                ),
            ),
        ),
        migrations.RunSQL(SQL, REVERSE),
    ]
