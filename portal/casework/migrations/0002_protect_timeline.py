"""A dossier's timeline is only ever added to."""

from django.db import migrations

SQL = """
CREATE TRIGGER protect BEFORE UPDATE OR DELETE ON casework_dossierevent
    FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER protect_all BEFORE TRUNCATE ON casework_dossierevent
    FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
"""
REVERSE = "DROP TRIGGER protect ON casework_dossierevent; DROP TRIGGER protect_all ON casework_dossierevent;"


class Migration(migrations.Migration):
    dependencies = [("casework", "0001_initial"), ("audit", "0002_chain_and_protect")]
    operations = [migrations.RunSQL(SQL, REVERSE)]
