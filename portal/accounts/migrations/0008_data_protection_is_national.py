"""Who reads the journal again reads that of the whole portal: data protection is posted at no fund."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_postings_by_branch")]
    operations = [
        migrations.AddConstraint(
            "posting",
            models.CheckConstraint(
                name="posting_data_protection_national", condition=~Q(role="DATA_PROTECTION") | Q(fund="")
            ),
        ),
    ]
