"""Which services a message of the bank speaks of. Those received before spoke of the CMG: it had no other orders."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("banking", "0006_a_later_day_for_what_has_not_left")]
    operations = [
        migrations.AddField("bankmessage", "services", models.CharField(max_length=40, default="CMG"), False),
        migrations.AlterField("bankmessage", "services", models.CharField(blank=True, max_length=40)),
    ]
