"""The gate knows every debit of the CMG: whose, how much, of a run signed twice. What was issued takes nothing more."""

from django.db import migrations

SQL = """
CREATE OR REPLACE FUNCTION cmg_gate() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong text;
BEGIN
    SELECT o.end_to_end_id INTO wrong FROM added o
    LEFT JOIN cmg_settlement s ON s.id = o.settlement_id
    LEFT JOIN batches_run r ON r.id = s.run_id
    WHERE o.kind = 'DEBIT' AND (o.purpose LIKE 'CMG%' OR o.subject LIKE 'cmg:%')
      AND NOT coalesce(
        'cmg:employer:' || s.employer_no = o.subject AND s.run_id = o.run_id AND r.state = 'SIGNED'
        AND o.end_to_end_id = 'CMG-' || to_char(r.month, 'YYYYMM') || '-' || r.ordinal || '-P' || s.id
        AND CASE o.purpose
            WHEN 'CMG_SALARY' THEN s.status = 'HELD' AND s.all_in_one AND o.amount_cents <= s.total_debit_cents
            WHEN 'CMG_DEBIT' THEN s.status = 'SETTLED' AND NOT s.all_in_one AND o.amount_cents <= s.debit_cents
            WHEN 'CMG_SINGLE' THEN s.status = 'SETTLED' AND s.all_in_one
                AND o.amount_cents <= s.total_debit_cents + s.payout_cents
            ELSE false END
        AND (s.status = 'HELD' OR (s.decision <> '' AND s.decision_month = s.care_month)), false)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'prélèvement % sans décision positive pour le mois', wrong USING ERRCODE = '23514';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION cmg_add_to_open_runs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM (SELECT DISTINCT run_id FROM added) a JOIN batches_run r ON r.id = a.run_id
               WHERE r.state IN ('ISSUED', 'RECONCILED')) THEN
        RAISE EXCEPTION 'un arrêté émis ne reçoit plus de règlement' USING ERRCODE = '23514';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER add_to_open_runs AFTER INSERT ON cmg_settlement REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION cmg_add_to_open_runs();
CREATE TRIGGER add_to_open_runs AFTER INSERT ON cmg_structuresettlement REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION cmg_add_to_open_runs();
CREATE TRIGGER keep_issued BEFORE UPDATE OR DELETE ON cmg_structuresettlement
    FOR EACH ROW EXECUTE FUNCTION cmg_keep_issued();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON cmg_settlement FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON cmg_structuresettlement
    FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON cmg_declaration FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
"""
REVERSE = """
DROP TRIGGER add_to_open_runs ON cmg_settlement; DROP TRIGGER add_to_open_runs ON cmg_structuresettlement;
DROP TRIGGER keep_issued ON cmg_structuresettlement; DROP TRIGGER keep_all ON cmg_settlement;
DROP TRIGGER keep_all ON cmg_structuresettlement; DROP TRIGGER keep_all ON cmg_declaration;
DROP FUNCTION cmg_add_to_open_runs();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cmg", "0004_what_was_signed"),
        ("banking", "0004_protect_orders"),
        ("batches", "0003_issued_runs_stay_issued"),
    ]
    operations = [migrations.RunSQL(SQL, REVERSE)]
