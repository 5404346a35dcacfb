"""What was received is never altered."""

from django.db import migrations

SQL = """
CREATE TRIGGER protect BEFORE UPDATE OR DELETE ON exchange_filechunk
    FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE FUNCTION exchange_keep_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.content <> OLD.content OR NEW.errors <> OLD.errors OR NEW.line <> OLD.line
       OR NEW.file_id <> OLD.file_id THEN
        RAISE EXCEPTION 'une ligne rejetée garde son contenu' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER protect BEFORE UPDATE OR DELETE ON exchange_rejectedrow
    FOR EACH ROW EXECUTE FUNCTION exchange_keep_row();
"""
REVERSE = """
DROP TRIGGER protect ON exchange_filechunk; DROP TRIGGER protect ON exchange_rejectedrow;
DROP FUNCTION exchange_keep_row();
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial"), ("audit", "0002_chain_and_protect")]
    operations = [migrations.RunSQL(SQL, REVERSE)]
