"""Entries balance, and nothing booked can be changed: proven by the database at each statement."""

from django.db import migrations

SQL = """
CREATE FUNCTION ledger_check_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong bigint;
BEGIN
    SELECT entry_id INTO wrong FROM added GROUP BY entry_id HAVING sum(amount_cents) <> 0 OR count(*) < 2 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'écriture % : la somme des lignes n''est pas nulle', wrong USING ERRCODE = '23514';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER balance AFTER INSERT ON ledger_leg REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_balance();
CREATE TRIGGER protect BEFORE UPDATE OR DELETE ON ledger_leg FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER protect_all BEFORE TRUNCATE ON ledger_leg FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER protect BEFORE UPDATE OR DELETE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER protect_all BEFORE TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
"""
REVERSE = """
DROP TRIGGER balance ON ledger_leg; DROP TRIGGER protect ON ledger_leg; DROP TRIGGER protect_all ON ledger_leg;
DROP TRIGGER protect ON ledger_entry; DROP TRIGGER protect_all ON ledger_entry; DROP FUNCTION ledger_check_balance();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial"), ("audit", "0002_chain_and_protect")]
    operations = [migrations.RunSQL(SQL, REVERSE)]
