"""A missing declaration is never the only ground of a withdrawal (CASF L. 421-4, III): proven at the end of each transaction,
whatever changed: a ground removed, its code, its proof. A suspension has its check in its table. Moves are never changed.
"""

from django.db import migrations

SQL = """
CREATE FUNCTION monenfant_check_withdrawal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    decision bigint;
    alone boolean;
BEGIN
    IF TG_TABLE_NAME = 'monenfant_withdrawaldecision' THEN
        decision := NEW.id;
    ELSIF TG_OP = 'DELETE' THEN
        decision := OLD.decision_id;
    ELSE
        decision := NEW.decision_id;
    END IF;
    PERFORM 1 FROM monenfant_withdrawaldecision WHERE id = decision FOR UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT NOT coalesce(bool_or(code IN ('SAFETY', 'HEALTH', 'DEVELOPMENT') AND btrim(evidence) <> ''), false)
           AND coalesce(bool_or(code = 'AVAILABILITY_NOT_DECLARED'), true)
      INTO alone FROM monenfant_withdrawalground WHERE decision_id = decision;
    IF alone THEN
        RAISE EXCEPTION 'retrait % : sans motif, ou fondé sur la seule absence de déclaration', decision
            USING ERRCODE = '23514';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER never_alone AFTER INSERT OR UPDATE OR DELETE ON monenfant_withdrawalground
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION monenfant_check_withdrawal();
CREATE CONSTRAINT TRIGGER grounded AFTER INSERT ON monenfant_withdrawaldecision
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION monenfant_check_withdrawal();
CREATE TRIGGER stays BEFORE UPDATE OF decision_id ON monenfant_withdrawalground FOR EACH ROW
    WHEN (OLD.decision_id <> NEW.decision_id) EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER protect BEFORE UPDATE OR DELETE ON monenfant_followupmove
    FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER protect_all BEFORE TRUNCATE ON monenfant_followupmove
    FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
"""
UNDO = """
DROP TRIGGER protect_all ON monenfant_followupmove;
DROP TRIGGER protect ON monenfant_followupmove;
DROP TRIGGER stays ON monenfant_withdrawalground;
DROP TRIGGER grounded ON monenfant_withdrawaldecision;
DROP TRIGGER never_alone ON monenfant_withdrawalground;
DROP FUNCTION monenfant_check_withdrawal();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("monenfant", "0001_the_offer_and_its_places"),
        ("audit", "0002_chain_and_protect"),
    ]

    operations = [migrations.RunSQL(SQL, UNDO)]
