"""The gate lets out the instalments that a family agreed to: of a sum notified, due, and not above it."""

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
      AND NOT (o.purpose = 'CMG_INSTALMENT' AND EXISTS (
        SELECT 1 FROM cmg_instalment i JOIN cmg_overpayment p ON p.id = i.overpayment_id
        WHERE o.end_to_end_id = 'CMG-INS-' || i.id AND o.subject = 'cmg:employer:' || p.employer_no
          AND p.state = 'RECOVERING' AND p.notified_on IS NOT NULL AND o.amount_cents = i.amount_cents
          AND o.due_on >= i.due_on AND i.paid_on IS NULL))
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'prélèvement % sans décision positive pour le mois', wrong USING ERRCODE = '23514';
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("cmg", "0007_repairs")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
