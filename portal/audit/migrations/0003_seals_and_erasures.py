"""From where a row was written, daily seals, and the emptying of old reads; the database keeps the rules of each."""

import django.db.models.deletion
from django.db import migrations, models

# A row without an origin keeps the hash that it had before there were any: concat_ws leaves NULL out.
SQL = r"""
CREATE FUNCTION portal_journal_hash(previous text, at timestamptz, actor text, action text, subject text, detail jsonb,
                                    origin text)
RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT encode(sha256(convert_to(concat_ws('|', previous, extract(epoch FROM at)::text, actor, action, subject,
                                              detail::text, nullif(origin, '')), 'UTF8')), 'hex')
$$;

-- The rule of portal/audit/reads.py: a test compares them.
CREATE FUNCTION portal_is_read(action text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT action ~ '(^|[._])(read|exported|search|searched|fetched|revealed|consulted|downloaded)$|^(control|journal)[.].*refused$'
$$;

CREATE OR REPLACE FUNCTION portal_chain_journal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('audit_journalentry'));
    NEW.id := nextval(pg_get_serial_sequence('audit_journalentry', 'id'));
    SELECT coalesce((SELECT hash FROM audit_journalentry ORDER BY id DESC LIMIT 1), '') INTO NEW.previous_hash;
    NEW.erasure_id := NULL;
    NEW.hash := portal_journal_hash(NEW.previous_hash, NEW.at, NEW.actor, NEW.action, NEW.subject, NEW.detail, NEW.origin);
    RETURN NEW;
END $$;
DROP FUNCTION portal_journal_hash(text, timestamptz, text, text, text, jsonb);

-- A row never changes, but for one thing: an old read is emptied, its hashes kept, for an erasure of its sealed day.
CREATE FUNCTION portal_protect_journal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.erasure_id IS NULL AND NEW.erasure_id IS NOT NULL AND portal_is_read(OLD.action)
       AND (NEW.id, NEW.at, NEW.action, NEW.previous_hash, NEW.hash) = (OLD.id, OLD.at, OLD.action, OLD.previous_hash, OLD.hash)
       AND NEW.actor = '' AND NEW.subject = '' AND NEW.origin = '' AND NEW.detail = '{}'::jsonb
       AND EXISTS (SELECT 1 FROM audit_journalerasure e JOIN audit_journalseal s ON s.id = e.seal_id
                   WHERE e.id = NEW.erasure_id AND OLD.id BETWEEN s.first_id AND s.last_id)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% : cette table ne se modifie pas, elle se complète', TG_TABLE_NAME USING ERRCODE = '23514';
END $$;
DROP TRIGGER protect ON audit_journalentry;
CREATE TRIGGER protect BEFORE UPDATE OR DELETE ON audit_journalentry
    FOR EACH ROW EXECUTE FUNCTION portal_protect_journal();

CREATE FUNCTION portal_chain_seals() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last audit_journalseal;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('audit_journalseal'));
    SELECT * INTO last FROM audit_journalseal ORDER BY day DESC LIMIT 1;
    IF NEW.previous <> coalesce(last.digest, '') OR NEW.day <= last.day OR NEW.first_id <= last.last_id THEN
        RAISE EXCEPTION 'sceau du % : il ne suit pas le dernier', NEW.day USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER chain BEFORE INSERT ON audit_journalseal FOR EACH ROW EXECUTE FUNCTION portal_chain_seals();

-- Whatever the figure of the day says, nothing younger than a year is ever emptied.
CREATE FUNCTION portal_check_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM audit_journalseal s WHERE s.id = NEW.seal_id
                   AND s.day < NEW.erased_on - interval '1 year' AND s.sealed_at < now() - interval '1 year') THEN
        RAISE EXCEPTION 'effacement : ce jour du journal a moins d’un an' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER old_enough BEFORE INSERT ON audit_journalerasure FOR EACH ROW EXECUTE FUNCTION portal_check_erasure();
"""
PROTECT = "".join(
    f"""
CREATE TRIGGER protect BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER protect_all BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
"""
    for table in ("audit_journalseal", "audit_journalerasure")
)
REVERSE = """
DROP TRIGGER protect ON audit_journalentry;
CREATE TRIGGER protect BEFORE UPDATE OR DELETE ON audit_journalentry
    FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE FUNCTION portal_journal_hash(previous text, at timestamptz, actor text, action text, subject text, detail jsonb)
RETURNS text LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(concat_ws('|', previous, extract(epoch FROM at)::text, actor, action, subject,
                                              detail::text), 'UTF8')), 'hex')
$$;
CREATE OR REPLACE FUNCTION portal_chain_journal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('audit_journalentry'));
    NEW.id := nextval(pg_get_serial_sequence('audit_journalentry', 'id'));
    SELECT coalesce((SELECT hash FROM audit_journalentry ORDER BY id DESC LIMIT 1), '') INTO NEW.previous_hash;
    NEW.hash := portal_journal_hash(NEW.previous_hash, NEW.at, NEW.actor, NEW.action, NEW.subject, NEW.detail);
    RETURN NEW;
END $$;
DROP TRIGGER chain ON audit_journalseal; DROP TRIGGER old_enough ON audit_journalerasure;
DROP FUNCTION portal_chain_seals(); DROP FUNCTION portal_check_erasure(); DROP FUNCTION portal_protect_journal();
DROP FUNCTION portal_is_read(text);
DROP FUNCTION portal_journal_hash(text, timestamptz, text, text, text, jsonb, text);
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_chain_and_protect")]

    operations = [
        migrations.CreateModel(
            name="JournalSeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True)),
                ("rows", models.BigIntegerField()),
                ("first_id", models.BigIntegerField()),
                ("last_id", models.BigIntegerField()),
                ("last_hash", models.CharField(blank=True, max_length=64)),
                ("previous", models.CharField(blank=True, max_length=64)),
                ("digest", models.CharField(max_length=64)),
                ("key_id", models.CharField(max_length=16)),
                ("signature", models.CharField(max_length=64)),
                ("sealed_at", models.DateTimeField()),
            ],
            options={"verbose_name": "sceau du journal"},
        ),
        migrations.CreateModel(
            name="JournalErasure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rows", models.BigIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("erased_on", models.DateField()),
                (
                    "seal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="erasure", to="audit.journalseal"
                    ),
                ),
            ],
            options={"verbose_name": "effacement du journal"},
        ),
        migrations.AddField(
            model_name="journalentry",
            name="origin",
            field=models.CharField(blank=True, db_default="", default="", max_length=45),
        ),
        migrations.AddField(
            model_name="journalentry",
            name="erasure",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entries",
                to="audit.journalerasure",
            ),
        ),
        migrations.RunSQL(SQL + PROTECT, REVERSE),
    ]
