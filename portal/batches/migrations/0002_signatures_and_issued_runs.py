"""Four eyes in the database: the right role, another person, the present digest; an issued run never changes."""

from django.db import migrations

SQL = """
CREATE FUNCTION batches_check_signature() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE run batches_run%ROWTYPE;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF ROW(NEW.run_id, NEW.user_id, NEW.role, NEW.digest, NEW.signed_at)
           IS DISTINCT FROM ROW(OLD.run_id, OLD.user_id, OLD.role, OLD.digest, OLD.signed_at)
           OR OLD.voided_at IS NOT NULL THEN
            RAISE EXCEPTION 'une signature ne se modifie pas' USING ERRCODE = '23514';
        END IF;
        RETURN NEW;
    END IF;
    SELECT * INTO run FROM batches_run WHERE id = NEW.run_id FOR UPDATE;
    IF run.state <> 'TO_SIGN' OR run.dry_run OR run.digest = '' OR run.digest <> NEW.digest THEN
        RAISE EXCEPTION 'cet arrêté ne se signe pas, ou plus avec cette empreinte' USING ERRCODE = '23514';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM accounts_posting p WHERE p.user_id = NEW.user_id AND p.role = NEW.role
                   AND p.starts_on <= (NEW.signed_at AT TIME ZONE 'Europe/Paris')::date
                   AND (p.ends_on IS NULL OR p.ends_on > (NEW.signed_at AT TIME ZONE 'Europe/Paris')::date)) THEN
        RAISE EXCEPTION 'cette personne n''a pas ce rôle ce jour-là' USING ERRCODE = '23514';
    END IF;
    IF NEW.role = 'ACCOUNTING_OFFICER' AND NOT EXISTS (
        SELECT 1 FROM batches_signature s WHERE s.run_id = NEW.run_id AND s.role = 'AUTHORISING_OFFICER'
        AND s.voided_at IS NULL AND s.digest = NEW.digest) THEN
        RAISE EXCEPTION 'l''ordonnateur signe d''abord' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_signature BEFORE INSERT OR UPDATE ON batches_signature
    FOR EACH ROW EXECUTE FUNCTION batches_check_signature();
CREATE TRIGGER protect BEFORE DELETE ON batches_signature FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();

CREATE FUNCTION batches_check_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ('ISSUED', 'RECONCILED') AND (NEW.digest <> OLD.digest OR NEW.totals <> OLD.totals
        OR NEW.month <> OLD.month OR NEW.state NOT IN ('ISSUED', 'RECONCILED')) THEN
        RAISE EXCEPTION 'un arrêté émis ne change plus' USING ERRCODE = '23514';
    END IF;
    IF NEW.state = 'ISSUED' AND OLD.state <> 'ISSUED' AND (
        SELECT count(DISTINCT s.user_id) FROM batches_signature s
        WHERE s.run_id = NEW.id AND s.voided_at IS NULL AND s.digest = NEW.digest) < 2
        AND OLD.state <> 'RECONCILED' THEN
        RAISE EXCEPTION 'deux signatures de deux personnes sont nécessaires' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_run BEFORE UPDATE ON batches_run FOR EACH ROW EXECUTE FUNCTION batches_check_run();
"""
REVERSE = """
DROP TRIGGER check_signature ON batches_signature; DROP TRIGGER protect ON batches_signature;
DROP TRIGGER check_run ON batches_run;
DROP FUNCTION batches_check_signature(); DROP FUNCTION batches_check_run();
"""


class Migration(migrations.Migration):
    dependencies = [("batches", "0001_initial"), ("audit", "0002_chain_and_protect"), ("accounts", "0001_initial")]
    operations = [migrations.RunSQL(SQL, REVERSE)]
