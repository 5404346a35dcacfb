"""Letters are numbered by the database, and a letter that left is never changed nor removed."""

from django.db import migrations

SQL = """
CREATE SEQUENCE letters_letter_numbers;
CREATE TRIGGER protect BEFORE UPDATE OR DELETE ON letters_letter
    FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER protect_all BEFORE TRUNCATE ON letters_letter
    FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
"""
REVERSE = """
DROP TRIGGER protect ON letters_letter; DROP TRIGGER protect_all ON letters_letter;
DROP SEQUENCE letters_letter_numbers;
"""


class Migration(migrations.Migration):
    dependencies = [("letters", "0001_initial"), ("audit", "0002_chain_and_protect")]
    operations = [migrations.RunSQL(SQL, REVERSE)]
