"""The day of each dossier's first answer, read from its timeline; ten thousand at a time, so that no lock lasts."""

from django.db import migrations

FILL = """
UPDATE casework_dossier d SET answered_on = e.answered_on
FROM (SELECT dossier_id, (min(at) AT TIME ZONE 'Europe/Paris')::date AS answered_on FROM casework_dossierevent
      WHERE dossier_id BETWEEN %(first)s AND %(last)s
        AND (kind = 'RESOLVED' OR detail ->> 'to' IN ('RESOLVED', 'CLOSED')) GROUP BY dossier_id) e
WHERE d.id = e.dossier_id AND d.answered_on IS NULL
"""
AT_ONCE = 10_000


def fill(apps, editor):
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM casework_dossier")
        for first in range(1, cursor.fetchone()[0] + 1, AT_ONCE):
            cursor.execute(FILL, {"first": first, "last": first + AT_ONCE - 1})


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("casework", "0005_day_of_the_answer")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
