"""A follow-up moves as its table allows, whoever writes; what was noted stays; grounds cannot be emptied at a stroke.

The pairs are those of `ALLOWED_MOVES` (monenfant/rules/follow_up.py): a test compares them. The check of a withdrawal's
proof, made in 0002, no longer takes a tabulation or an unseen blank for a proof.
"""

from django.db import migrations

SQL = r"""
CREATE FUNCTION monenfant_check_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.state, NEW.state) NOT IN (
        ('DUE', 'COMPLIANT'), ('DUE', 'OVERDUE'), ('DUE', 'EXEMPT'),
        ('OVERDUE', 'COMPLIANT'), ('OVERDUE', 'REMINDED'), ('OVERDUE', 'EXEMPT'),
        ('REMINDED', 'COMPLIANT'), ('REMINDED', 'REFERRED'), ('REMINDED', 'EXEMPT'),
        ('REFERRED', 'COMPLIANT'), ('REFERRED', 'WARNED'), ('REFERRED', 'EXEMPT'),
        ('WARNED', 'COMPLIANT'), ('WARNED', 'RECORDED'), ('WARNED', 'EXEMPT'),
        ('RECORDED', 'COMPLIANT'), ('RECORDED', 'EXEMPT')
    ) THEN
        RAISE EXCEPTION 'suivi % : % ne mène pas à %', OLD.id, OLD.state, NEW.state USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION monenfant_check_withdrawal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    decision bigint;
    alone boolean;
    -- A proof holds more than blanks, also those that no eye and no plain trim sees.
    proof text := '[^\s\u00a0\u2000-\u200f\u2028-\u202f\u205f\u2060\u3000\ufeff]';
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
    SELECT NOT coalesce(bool_or(code IN ('SAFETY', 'HEALTH', 'DEVELOPMENT') AND evidence ~ proof), false)
           AND coalesce(bool_or(code = 'AVAILABILITY_NOT_DECLARED'), true)
      INTO alone FROM monenfant_withdrawalground WHERE decision_id = decision;
    IF alone THEN
        RAISE EXCEPTION 'retrait % : sans motif, ou fondé sur la seule absence de déclaration', decision
            USING ERRCODE = '23514';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER moves BEFORE UPDATE OF state ON monenfant_declarationfollowup FOR EACH ROW
    WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION monenfant_check_move();
CREATE TRIGGER protect BEFORE UPDATE OR DELETE ON monenfant_followupnote
    FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER protect_all BEFORE TRUNCATE ON monenfant_followupnote
    FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER protect_all BEFORE TRUNCATE ON monenfant_withdrawalground
    FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
"""
UNDO = """
DROP TRIGGER protect_all ON monenfant_withdrawalground;
DROP TRIGGER protect_all ON monenfant_followupnote;
DROP TRIGGER protect ON monenfant_followupnote;
DROP TRIGGER moves ON monenfant_declarationfollowup;
DROP FUNCTION monenfant_check_move();
"""


class Migration(migrations.Migration):
    dependencies = [("monenfant", "0008_what_follows_a_silence")]

    operations = [migrations.RunSQL(SQL, UNDO)]
