"""A day finds the facts that wait and the creditors that they wake by an index, whatever the number followed."""

from django.db import migrations, models
from django.db.models import Q

CURRENT, NOT_HEARD = Q(known_until__isnull=True), Q(heard_on__isnull=True)


class Migration(migrations.Migration):
    dependencies = [("aripa", "0009_what_people_answer_to_parents")]
    operations = [
        migrations.RemoveIndex("title", "title_bucket"),
        migrations.RemoveIndex("title", "title_not_heard"),
        migrations.AddIndex(
            "title", models.Index(name="title_heard", fields=["bucket", "heard_on"], condition=CURRENT)
        ),
        migrations.AddIndex(
            "title", models.Index(name="title_waits", fields=["received_on"], condition=CURRENT & NOT_HEARD)
        ),
        migrations.AddIndex("event", models.Index(name="event_waits", fields=["day"], condition=NOT_HEARD)),
    ]
