"""The gate on the bank's side: a contribution debit needs a settled declaration with a positive decision for its month."""

from django.db import migrations

SQL = """
CREATE FUNCTION cmg_gate() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong text;
BEGIN
    SELECT o.end_to_end_id INTO wrong FROM added o
    LEFT JOIN cmg_settlement s ON s.id = o.settlement_id
    WHERE o.kind = 'DEBIT' AND o.purpose IN ('CMG_DEBIT', 'CMG_SINGLE')
      AND (s.id IS NULL OR s.status <> 'SETTLED' OR s.decision = '' OR s.decision_month IS DISTINCT FROM s.care_month
           OR 'cmg:employer:' || s.employer_no <> o.subject)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'prélèvement % sans décision positive pour le mois', wrong USING ERRCODE = '23514';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER cmg_gate AFTER INSERT ON banking_paymentorder REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION cmg_gate();

CREATE FUNCTION cmg_keep_issued() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM batches_run r WHERE r.id = OLD.run_id AND r.state IN ('ISSUED', 'RECONCILED')) THEN
        RAISE EXCEPTION 'un règlement émis ne change plus' USING ERRCODE = '23514';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER keep_issued BEFORE UPDATE OR DELETE ON cmg_settlement
    FOR EACH ROW EXECUTE FUNCTION cmg_keep_issued();
CREATE TRIGGER keep_versions BEFORE UPDATE OR DELETE ON cmg_declaration
    FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
"""
REVERSE = """
DROP TRIGGER cmg_gate ON banking_paymentorder; DROP TRIGGER keep_issued ON cmg_settlement;
DROP TRIGGER keep_versions ON cmg_declaration; DROP FUNCTION cmg_gate(); DROP FUNCTION cmg_keep_issued();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cmg", "0001_initial"),
        ("banking", "0002_order_numbers"),
        ("audit", "0002_chain_and_protect"),
    ]
    operations = [migrations.RunSQL(SQL, REVERSE)]
