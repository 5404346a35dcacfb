"""Reads are found by their time, for sampling and alarms; emptied rows by their erasure. Made beside whoever writes."""

from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("audit", "0003_seals_and_erasures")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX CONCURRENTLY audit_reads ON audit_journalentry (at, actor) WHERE portal_is_read(action)",
            "DROP INDEX CONCURRENTLY audit_reads",
        ),
        migrations.RunSQL(
            "CREATE INDEX CONCURRENTLY audit_erased ON audit_journalentry (erasure_id) WHERE erasure_id IS NOT NULL",
            "DROP INDEX CONCURRENTLY audit_erased",
        ),
    ]
