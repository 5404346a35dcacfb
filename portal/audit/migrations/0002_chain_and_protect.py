"""The chain is computed by the database, under a lock, and nothing in it can be changed."""

from django.db import migrations

SQL = """
CREATE FUNCTION portal_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% : cette table ne se modifie pas, elle se complète', TG_TABLE_NAME USING ERRCODE = '23514';
END $$;

CREATE FUNCTION portal_journal_hash(previous text, at timestamptz, actor text, action text, subject text, detail jsonb)
RETURNS text LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(concat_ws('|', previous, extract(epoch FROM at)::text, actor, action, subject,
                                              detail::text), 'UTF8')), 'hex')
$$;

CREATE FUNCTION portal_chain_journal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('audit_journalentry'));
    NEW.id := nextval(pg_get_serial_sequence('audit_journalentry', 'id'));
    SELECT coalesce((SELECT hash FROM audit_journalentry ORDER BY id DESC LIMIT 1), '') INTO NEW.previous_hash;
    NEW.hash := portal_journal_hash(NEW.previous_hash, NEW.at, NEW.actor, NEW.action, NEW.subject, NEW.detail);
    RETURN NEW;
END $$;

CREATE TRIGGER chain BEFORE INSERT ON audit_journalentry FOR EACH ROW EXECUTE FUNCTION portal_chain_journal();
CREATE TRIGGER protect BEFORE UPDATE OR DELETE ON audit_journalentry
    FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER protect_all BEFORE TRUNCATE ON audit_journalentry
    FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
"""
REVERSE = """
DROP TRIGGER chain ON audit_journalentry; DROP TRIGGER protect ON audit_journalentry;
DROP TRIGGER protect_all ON audit_journalentry;
DROP FUNCTION portal_chain_journal(); DROP FUNCTION portal_journal_hash(text, timestamptz, text, text, text, jsonb);
DROP FUNCTION portal_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(SQL, REVERSE)]
