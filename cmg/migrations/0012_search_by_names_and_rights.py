"""Searching a family by words in any order, and reading the rights of one family, through indexes.

Concurrent: the tables stay open to reading and writing while a national base is indexed.
"""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently, TrigramExtension
from django.db import migrations, models

CURRENT = models.Q(known_until__isnull=True)


def added(model: str, index: models.Index) -> AddIndexConcurrently:
    return AddIndexConcurrently(model_name=model, index=index)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("cmg", "0011_form_key_of_repairs"), ("exchange", "0004_equal_lots_of_different_numbers")]
    operations = [
        TrigramExtension(),
        added(
            "account", GinIndex(OpClass("name_key", name="gin_trgm_ops"), name="account_name_words", condition=CURRENT)
        ),
        added("account", models.Index(fields=["beneficiary_no", "fund"], name="account_number", condition=CURRENT)),
        RemoveIndexConcurrently(model_name="account", name="account_beneficiary"),
        added("right", models.Index(fields=["employer_no"], name="right_employer", condition=CURRENT)),
        added("right", models.Index(fields=["nir_key"], name="right_nir", condition=CURRENT)),
    ]
