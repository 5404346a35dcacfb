"""An index is heard on a day, like every fact. Those held were read on the day of their publication."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("aripa", "0003_acts_of_agents_and_what_they_follow")]
    operations = [
        migrations.AddField("price", "heard_on", models.DateField(null=True)),
        migrations.RunSQL(
            "UPDATE aripa_price SET heard_on = published_on WHERE known_until IS NULL AND published_on <= "
            "(SELECT max(lived_until) FROM aripa_household)",
            migrations.RunSQL.noop,
        ),
    ]
