"""Rows received by flow files, whatever the benefit: never overwritten, a new version ends the former (`known_until`)."""

from django.db import models
from django.db.models import Q


def received_file() -> models.ForeignKey:
    """The file a row came in. The database does not check it row by row, which would cost a tenth of a national
    import: rows enter in the transaction that creates their file, and a received file is never deleted (trigger)."""
    return models.ForeignKey(
        "exchange.ReceivedFile", on_delete=models.PROTECT, db_index=False, db_constraint=False, related_name="+"
    )


class Received(models.Model):
    """Where a row came from, and while it was what we knew."""

    file = received_file()
    line = models.IntegerField()
    known_from = models.DateTimeField()
    known_until = models.DateTimeField(null=True)

    class Meta:
        abstract = True


CURRENT = Q(known_until__isnull=True)
