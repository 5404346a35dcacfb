"""No way round the two signatures: neither a run born issued, nor a jump past the issue, nor an issued run set aside."""

from django.db import migrations

SQL = """
CREATE OR REPLACE FUNCTION batches_check_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'RUNNING' THEN
            RAISE EXCEPTION 'un arrêté commence par son calcul' USING ERRCODE = '23514';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state IN ('ISSUED', 'RECONCILED') THEN
        IF ROW(NEW.kind, NEW.month, NEW.ordinal, NEW.dry_run, NEW.digest, NEW.totals, NEW.issued_at, NEW.rule_version,
               NEW.parameters_digest)
           IS DISTINCT FROM ROW(OLD.kind, OLD.month, OLD.ordinal, OLD.dry_run, OLD.digest, OLD.totals, OLD.issued_at,
               OLD.rule_version, OLD.parameters_digest)
           OR NEW.state NOT IN ('ISSUED', 'RECONCILED') THEN
            RAISE EXCEPTION 'un arrêté émis ne change plus' USING ERRCODE = '23514';
        END IF;
    ELSIF NEW.state IN ('ISSUED', 'RECONCILED') AND (NEW.dry_run OR (
        SELECT count(DISTINCT s.user_id) FROM batches_signature s
        WHERE s.run_id = NEW.id AND s.voided_at IS NULL AND s.digest = NEW.digest) < 2) THEN
        RAISE EXCEPTION 'deux signatures de deux personnes sont nécessaires' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_new_run BEFORE INSERT ON batches_run FOR EACH ROW EXECUTE FUNCTION batches_check_run();
"""
REVERSE = """
DROP TRIGGER check_new_run ON batches_run;
"""


class Migration(migrations.Migration):
    dependencies = [("batches", "0002_signatures_and_issued_runs")]
    operations = [migrations.RunSQL(SQL, REVERSE)]
