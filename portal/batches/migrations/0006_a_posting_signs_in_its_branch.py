"""Who signs holds the role in its own branch: a posting that a joint fund gives for another one signs nothing here."""

from django.db import migrations

CHECK = """
CREATE OR REPLACE FUNCTION batches_check_signature() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE run batches_run%ROWTYPE; day date;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF ROW(NEW.run_id, NEW.user_id, NEW.role, NEW.digest, NEW.signed_at)
           IS DISTINCT FROM ROW(OLD.run_id, OLD.user_id, OLD.role, OLD.digest, OLD.signed_at)
           OR OLD.voided_at IS NOT NULL THEN
            RAISE EXCEPTION 'une signature ne se modifie pas' USING ERRCODE = '23514';
        END IF;
        RETURN NEW;
    END IF;
    day := (NEW.signed_at AT TIME ZONE 'Europe/Paris')::date;
    SELECT * INTO run FROM batches_run WHERE id = NEW.run_id FOR UPDATE;
    IF run.state <> 'TO_SIGN' OR run.dry_run OR run.digest = '' OR run.digest <> NEW.digest THEN
        RAISE EXCEPTION 'cet arrêté ne se signe pas, ou plus avec cette empreinte' USING ERRCODE = '23514';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM accounts_posting p WHERE p.user_id = NEW.user_id AND p.role = NEW.role
                   AND p.starts_on <= day AND (p.ends_on IS NULL OR p.ends_on > day)
                   AND IN_ITS_BRANCH) THEN
        RAISE EXCEPTION 'cette personne n''a pas ce rôle ce jour-là' USING ERRCODE = '23514';
    END IF;
    IF NEW.role = 'ACCOUNTING_OFFICER' AND NOT EXISTS (
        SELECT 1 FROM batches_signature s WHERE s.run_id = NEW.run_id AND s.role = 'AUTHORISING_OFFICER'
        AND s.voided_at IS NULL AND s.digest = NEW.digest) THEN
        RAISE EXCEPTION 'l''ordonnateur signe d''abord' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
"""
BRANCH = "accounts_serves(p.role, p.fund, p.branch, day) IS NOT NULL"


class Migration(migrations.Migration):
    dependencies = [("batches", "0005_runs_done_at_once"), ("accounts", "0007_postings_by_branch")]
    operations = [migrations.RunSQL(CHECK.replace("IN_ITS_BRANCH", BRANCH), CHECK.replace("IN_ITS_BRANCH", "true"))]
