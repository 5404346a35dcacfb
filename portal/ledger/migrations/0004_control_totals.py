"""Control totals of each posting, taken by the trigger that proves it: what was removed whole is missed afterwards."""

from django.db import migrations, models

ENTRY = "hashtextextended(concat_ws('|', key, subject, dated, label, run_id, corrects_id, turnover_cents), id)"
LEG = "hashint8extended(amount_cents, hashint8extended(entry_id, account))"
SQL = f"""
CREATE OR REPLACE FUNCTION ledger_check_balance() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off AS $$
DECLARE wrong bigint; entries bigint; legs bigint; entries_print numeric; legs_print numeric;
BEGIN
    SELECT min(booked.entry_id) FILTER (WHERE booked.total <> 0 OR booked.legs IS DISTINCT FROM announced.legs_count
                                        OR booked.turnover IS DISTINCT FROM announced.turnover_cents),
           count(*), sum(booked.legs), sum(announced.print), sum(booked.print)
    INTO wrong, entries, legs, entries_print, legs_print
    FROM (
        SELECT entry_id, sum(amount_cents) AS total, count(*) AS legs,
               sum(amount_cents) FILTER (WHERE amount_cents > 0) AS turnover, sum({LEG}) AS print
        FROM added GROUP BY entry_id) booked
    LEFT JOIN LATERAL (
        SELECT legs_count, turnover_cents, {ENTRY} AS print FROM ledger_entry WHERE id = booked.entry_id OFFSET 0
    ) announced ON true;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'écriture % : la somme des lignes n''est pas nulle, ou elles ne sont pas celles annoncées', wrong
            USING ERRCODE = '23514';
    END IF;
    IF entries > 0 THEN
        INSERT INTO ledger_control (entries, legs, entries_print, legs_print)
        VALUES (entries, legs, entries_print, legs_print);
    END IF;
    RETURN NULL;
END $$;
INSERT INTO ledger_control (entries, legs, entries_print, legs_print)
    SELECT (SELECT count(*) FROM ledger_entry), count(*),
           (SELECT coalesce(sum({ENTRY}), 0) FROM ledger_entry), coalesce(sum({LEG}), 0)
    FROM ledger_leg HAVING count(*) > 0;
CREATE TRIGGER protect BEFORE UPDATE OR DELETE ON ledger_control FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER protect_all BEFORE TRUNCATE ON ledger_control
    FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
"""
REVERSE = """
CREATE OR REPLACE FUNCTION ledger_check_balance() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off AS $$
DECLARE wrong bigint;
BEGIN
    SELECT booked.entry_id INTO wrong FROM (
        SELECT entry_id, sum(amount_cents) AS total, count(*) AS legs,
               sum(amount_cents) FILTER (WHERE amount_cents > 0) AS turnover
        FROM added GROUP BY entry_id) booked
    LEFT JOIN LATERAL (
        SELECT legs_count, turnover_cents FROM ledger_entry WHERE id = booked.entry_id OFFSET 0) announced ON true
    WHERE booked.total <> 0 OR booked.legs IS DISTINCT FROM announced.legs_count
       OR booked.turnover IS DISTINCT FROM announced.turnover_cents LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'écriture % : la somme des lignes n''est pas nulle, ou elles ne sont pas celles annoncées', wrong
            USING ERRCODE = '23514';
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER protect ON ledger_control; DROP TRIGGER protect_all ON ledger_control;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_legs_as_announced"), ("audit", "0002_chain_and_protect")]
    operations = [
        migrations.CreateModel(
            name="Control",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("entries", models.BigIntegerField()),
                ("legs", models.BigIntegerField()),
                ("entries_print", models.DecimalField(decimal_places=0, max_digits=40)),
                ("legs_print", models.DecimalField(decimal_places=0, max_digits=40)),
            ],
            options={"verbose_name": "total de contrôle"},
        ),
        migrations.RunSQL(SQL, REVERSE),
    ]
