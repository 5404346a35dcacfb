"""A received file is never deleted: rows name it without a foreign key checked row by row."""

from django.db import migrations

SQL = """
CREATE TRIGGER protect BEFORE DELETE ON exchange_receivedfile
    FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0002_keep_content")]
    operations = [migrations.RunSQL(SQL, "DROP TRIGGER protect ON exchange_receivedfile;")]
