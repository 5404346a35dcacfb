"""Nobody signs for families that their posting does not open: an officer of one fund signs no run of all of them."""

import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.models import Q

CHECK = """
CREATE OR REPLACE FUNCTION batches_check_signature() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE run batches_run%ROWTYPE; day date; served text[];
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
    SELECT array_agg(s.code) INTO served FROM accounts_posting p,
           LATERAL accounts_serves(p.role, p.fund, p.branch, day) AS s(code)
     WHERE p.user_id = NEW.user_id AND p.role = NEW.role AND p.starts_on <= day AND (p.ends_on IS NULL OR p.ends_on > day)
       AND s.code IS NOT NULL;
    IF served IS NULL THEN
        RAISE EXCEPTION 'cette personne n''a pas ce rôle ce jour-là' USING ERRCODE = '23514';
    END IF;
    REACH
    IF NEW.role = 'ACCOUNTING_OFFICER' AND NOT EXISTS (
        SELECT 1 FROM batches_signature s WHERE s.run_id = NEW.run_id AND s.role = 'AUTHORISING_OFFICER'
        AND s.voided_at IS NULL AND s.digest = NEW.digest) THEN
        RAISE EXCEPTION 'l''ordonnateur signe d''abord' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
"""
# A caseworker of a fund who is posted nowhere opens nothing; the other roles that sign, everything.
REACH = """
    IF NOT ('' = ANY (served) AND NEW.role <> 'FUND_CASEWORKER')
       AND NOT coalesce(run.funds::text[] <@ array_remove(served, ''), false) THEN
        RAISE EXCEPTION 'cet arrêté décide pour des familles que son affectation n''ouvre pas' USING ERRCODE = '23514';
    END IF;
"""
FUNDS = """
CREATE FUNCTION batches_check_funds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.funds IS DISTINCT FROM OLD.funds AND OLD.state <> 'RUNNING' THEN
        RAISE EXCEPTION 'les caisses d''un arrêté calculé ne changent pas' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_funds BEFORE UPDATE ON batches_run FOR EACH ROW EXECUTE FUNCTION batches_check_funds();
"""
UNDO_FUNDS = "DROP TRIGGER check_funds ON batches_run; DROP FUNCTION batches_check_funds();"


class Migration(migrations.Migration):
    dependencies = [("batches", "0006_a_posting_signs_in_its_branch")]
    operations = [
        migrations.AddField(
            "run",
            "funds",
            django.contrib.postgres.fields.ArrayField(models.CharField(max_length=8), null=True, size=None),
        ),
        migrations.AddConstraint(
            "run",
            models.CheckConstraint(
                name="run_funds_of_named_families",
                condition=Q(funds__isnull=True) | Q(scope__isnull=False, funds__len__gt=0),
            ),
        ),
        migrations.RunSQL(FUNDS, UNDO_FUNDS),
        migrations.RunSQL(CHECK.replace("REACH", REACH), CHECK.replace("REACH", "")),
    ]
