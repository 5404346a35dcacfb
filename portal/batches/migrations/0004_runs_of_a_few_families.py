"""Runs that name their families: one signature, two from the threshold; the others still need the two officers."""

import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.models import Q

SQL = """
CREATE OR REPLACE FUNCTION batches_check_run() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE needed integer;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'RUNNING' THEN
            RAISE EXCEPTION 'un arrêté commence par son calcul' USING ERRCODE = '23514';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.scope IS DISTINCT FROM OLD.scope THEN
        RAISE EXCEPTION 'les familles d''un arrêté ne changent pas' USING ERRCODE = '23514';
    END IF;
    needed := CASE WHEN NEW.scope IS NULL OR NEW.four_eyes THEN 2 ELSE 1 END;
    IF OLD.state IN ('ISSUED', 'RECONCILED') THEN
        IF ROW(NEW.kind, NEW.month, NEW.ordinal, NEW.dry_run, NEW.digest, NEW.totals, NEW.issued_at, NEW.rule_version,
               NEW.parameters_digest, NEW.four_eyes)
           IS DISTINCT FROM ROW(OLD.kind, OLD.month, OLD.ordinal, OLD.dry_run, OLD.digest, OLD.totals, OLD.issued_at,
               OLD.rule_version, OLD.parameters_digest, OLD.four_eyes)
           OR NEW.state NOT IN ('ISSUED', 'RECONCILED') THEN
            RAISE EXCEPTION 'un arrêté émis ne change plus' USING ERRCODE = '23514';
        END IF;
    ELSIF NEW.state IN ('ISSUED', 'RECONCILED') AND (NEW.dry_run OR (
        SELECT count(DISTINCT s.user_id) FROM batches_signature s
        WHERE s.run_id = NEW.id AND s.voided_at IS NULL AND s.digest = NEW.digest) < needed) THEN
        RAISE EXCEPTION '% nécessaire(s)', CASE needed WHEN 2 THEN 'deux signatures de deux personnes'
            ELSE 'une signature' END USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION batches_check_role() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT r.scope IS NULL FROM batches_run r WHERE r.id = NEW.run_id)
       <> (NEW.role IN ('AUTHORISING_OFFICER', 'ACCOUNTING_OFFICER')) THEN
        RAISE EXCEPTION 'ce rôle ne signe pas cette sorte d''arrêté' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_role BEFORE INSERT ON batches_signature
    FOR EACH ROW EXECUTE FUNCTION batches_check_role();
"""
REVERSE = "DROP TRIGGER check_role ON batches_signature; DROP FUNCTION batches_check_role();"


class Migration(migrations.Migration):
    dependencies = [("batches", "0003_issued_runs_stay_issued")]
    operations = [
        migrations.AddField(
            "run",
            "scope",
            django.contrib.postgres.fields.ArrayField(models.CharField(max_length=40), null=True, size=None),
        ),
        migrations.AddField("run", "four_eyes", models.BooleanField(default=True)),
        migrations.AddField("run", "decisions_digest", models.CharField(blank=True, default="", max_length=64), False),
        migrations.RemoveConstraint("run", "run_one_open_at_a_time"),
        migrations.AddConstraint(
            "run",
            models.UniqueConstraint(
                name="run_one_open_at_a_time",
                fields=["kind", "month"],
                condition=Q(state__in=["RUNNING", "TO_SIGN", "SIGNED"], dry_run=False, scope__isnull=True),
            ),
        ),
        migrations.RemoveConstraint("signature", "signature_role_once"),
        migrations.RemoveConstraint("signature", "signature_role_may_sign"),
        migrations.AddConstraint(
            "signature",
            models.UniqueConstraint(
                name="signature_role_once",
                fields=["run", "role"],
                condition=Q(voided_at__isnull=True, role__in=("AUTHORISING_OFFICER", "ACCOUNTING_OFFICER")),
            ),
        ),
        migrations.AddConstraint(
            "signature",
            models.CheckConstraint(
                name="signature_role_may_sign",
                condition=Q(
                    role__in=[
                        "AUTHORISING_OFFICER",
                        "ACCOUNTING_OFFICER",
                        "FUND_CASEWORKER",
                        "PAJEMPLOI_CASEWORKER",
                        "SUPERVISOR",
                    ]
                ),
            ),
        ),
        migrations.RunSQL(SQL, REVERSE),
    ]
