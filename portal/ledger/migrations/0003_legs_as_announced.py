"""Legs must be those that their entry announces, checked once a statement instead of by a foreign key, leg by leg.

The plan is kept for a whole connection, whatever the sizes and statistics of its first posting: the subquery with
OFFSET 0 leaves it no choice but to look each entry up in the index, so that neither one entry after a million nor a
million after one reads the table again and again. The unique key keeps one index of two.
"""

import django.db.models.deletion
from django.db import migrations, models

SQL = """
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
"""
REVERSE = """
CREATE OR REPLACE FUNCTION ledger_check_balance() RETURNS trigger LANGUAGE plpgsql
AS $$
DECLARE wrong bigint;
BEGIN
    SELECT entry_id INTO wrong FROM added GROUP BY entry_id HAVING sum(amount_cents) <> 0 OR count(*) < 2 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'écriture % : la somme des lignes n''est pas nulle', wrong USING ERRCODE = '23514';
    END IF;
    RETURN NULL;
END $$;
ALTER FUNCTION ledger_check_balance() RESET ALL;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_balance_and_protect")]
    operations = [
        migrations.AddConstraint(
            model_name="entry", constraint=models.UniqueConstraint(fields=("key",), name="entry_key_once")
        ),
        migrations.AlterField(model_name="entry", name="key", field=models.CharField(max_length=120)),
        migrations.AlterField(
            model_name="leg",
            name="entry",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="legs",
                to="ledger.entry",
            ),
        ),
        migrations.RunSQL(SQL, REVERSE),
    ]
