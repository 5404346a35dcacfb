"""A vote belongs to the session where it was given: a case put off to another one is voted anew."""

import django.db.models.deletion
from django.db import migrations, models

# Of a case back on the list nobody knows which session voted: those votes stay, and count no more.
OF_ITS_SESSION = """
UPDATE cmg_boardvote v SET session_id = c.session_id FROM cmg_boardcase c WHERE c.id = v.case_id
"""


class Migration(migrations.Migration):
    dependencies = [("cmg", "0018_origin_of_kept_files")]

    operations = [
        migrations.AddField(
            "boardvote",
            "session",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cmg.boardsession"
            ),
        ),
        migrations.RunSQL(OF_ITS_SESSION, migrations.RunSQL.noop),
        migrations.RemoveConstraint("boardvote", "boardvote_once"),
        migrations.AddConstraint(
            "boardvote", models.UniqueConstraint(fields=["case", "session", "member"], name="boardvote_once")
        ),
    ]
