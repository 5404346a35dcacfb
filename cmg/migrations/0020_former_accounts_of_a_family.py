"""What an account said before, found by its number: which beneficiary number it bore while an old month lasted."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("cmg", "0019_votes_of_a_session")]
    operations = [
        AddIndexConcurrently(
            "account",
            models.Index(name="account_former", fields=["employer_no"], condition=~Q(known_until__isnull=True)),
        ),
    ]
