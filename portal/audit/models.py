"""The chained journal: what was done and read, by whom, each row sealed to the one before."""

from django.db import models


class JournalEntry(models.Model):
    """One act. `previous_hash` and `hash` are filled by the database, which refuses any later change."""

    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=120)
    detail = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = "ligne du journal"
        indexes = [models.Index(fields=["subject", "id"])]
