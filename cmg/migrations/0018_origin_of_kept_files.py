"""Files kept before they bore their origin: what families declared and what agents repaired here."""

from django.db import migrations

FROM_FAMILIES = """
UPDATE exchange_receivedfile SET origin = 'FAMILY' WHERE sender = 'famille' AND id IN (
    SELECT d.file_id FROM cmg_familydraft f JOIN cmg_declaration d ON d.id = f.declaration_id)
"""
FROM_AGENTS = "UPDATE exchange_receivedfile SET origin = 'AGENT' WHERE kind = 'repair'"


class Migration(migrations.Migration):
    dependencies = [
        ("cmg", "0017_given_up_counts_as_given_up"),
        ("exchange", "0005_origin_of_files"),
    ]

    operations = [
        migrations.RunSQL(FROM_FAMILIES, migrations.RunSQL.noop),
        migrations.RunSQL(FROM_AGENTS, migrations.RunSQL.noop),
    ]
