from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casework", "0004_note_keys_and_presence")]
    operations = [migrations.AddField("dossier", "answered_on", models.DateField(null=True))]
