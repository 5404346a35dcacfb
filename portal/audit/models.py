"""The chained journal: what was done and read, by whom, each row sealed to the one before; its daily seals."""

from django.db import models


class JournalSeal(models.Model):
    """What the chain held one morning: how many rows since the seal before, from which to which, and the last one's hash.

    `digest` is chained to the seal before (`previous`); `signature` is made with a key that the database does not hold,
    `key_id` tells which. `day` is the day that was over. Never changed, never removed.
    """

    day = models.DateField(unique=True)
    rows = models.BigIntegerField()
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    last_hash = models.CharField(max_length=64, blank=True)
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)
    key_id = models.CharField(max_length=16)
    signature = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        verbose_name = "sceau du journal"


class JournalErasure(models.Model):
    """The reads of a sealed day, emptied once they are too old to be kept: their hashes stay, so the chain still holds.

    `digest` is that of the hashes of the rows emptied: neither more nor others may be found empty.
    """

    seal = models.OneToOneField(JournalSeal, on_delete=models.PROTECT, related_name="erasure")
    rows = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    erased_on = models.DateField()

    class Meta:
        verbose_name = "effacement du journal"


class JournalEntry(models.Model):
    """One act. `previous_hash` and `hash` are filled by the database, which refuses any later change.

    `origin` is the address from which an agent or a partner did it. `erasure`: a read too old to be kept, whose content is
    no longer there.
    """

    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=120)
    detail = models.JSONField(default=dict)
    origin = models.CharField(max_length=45, blank=True, default="", db_default="")
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, blank=True)
    erasure = models.ForeignKey(
        JournalErasure, on_delete=models.PROTECT, null=True, db_index=False, related_name="entries"
    )

    class Meta:
        verbose_name = "ligne du journal"
        indexes = [models.Index(fields=["subject", "id"])]
