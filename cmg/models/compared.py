"""What a signature bound, kept when the run is done again, and what came out different."""

from django.db import models


class SignedResult(models.Model):
    """One result as it stood under the last signed digest of a run. Dropped once the run is issued.

    `fingerprint` is of every figure the digest binds; the amounts are what would have left for the bank.
    """

    run = models.ForeignKey("batches.Run", on_delete=models.CASCADE, db_index=False)
    declaration = models.ForeignKey("cmg.Declaration", on_delete=models.PROTECT, db_index=False, related_name="+")
    employer_no = models.CharField(max_length=40)
    fund = models.CharField(max_length=8, blank=True)
    status = models.CharField(max_length=10)
    anomaly_codes = models.CharField(max_length=120, blank=True)
    debit_cents = models.BigIntegerField()
    payout_cents = models.BigIntegerField()
    held_cents = models.BigIntegerField()
    fingerprint = models.UUIDField()

    class Meta:
        verbose_name = "résultat signé"
        constraints = [models.UniqueConstraint(name="signedresult_once", fields=["run", "declaration"])]


class ChangeKind(models.TextChoices):
    ADDED = "ADDED", "Ajoutée"
    CHANGED = "CHANGED", "Modifiée"
    REMOVED = "REMOVED", "Retirée"


class DigestChange(models.Model):
    """One declaration whose result is not what the last signed digest bound; empty where it has no such side.

    Amounts are what leaves for the bank: nothing on a declaration that is held, replaced or cancelled.
    """

    run = models.ForeignKey("batches.Run", on_delete=models.CASCADE, db_index=False)
    declaration = models.ForeignKey("cmg.Declaration", on_delete=models.PROTECT, db_index=False, related_name="+")
    kind = models.CharField(max_length=8, choices=ChangeKind)
    employer_no = models.CharField(max_length=40)
    fund = models.CharField(max_length=8, blank=True)
    status_before = models.CharField(max_length=10, blank=True)
    status_after = models.CharField(max_length=10, blank=True)
    codes_before = models.CharField(max_length=120, blank=True)
    codes_after = models.CharField(max_length=120, blank=True)
    debit_before_cents = models.BigIntegerField(null=True)
    debit_after_cents = models.BigIntegerField(null=True)
    payout_before_cents = models.BigIntegerField(null=True)
    payout_after_cents = models.BigIntegerField(null=True)
    held_before_cents = models.BigIntegerField(null=True)
    held_after_cents = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = "changement depuis la signature"
        constraints = [models.UniqueConstraint(name="digestchange_once", fields=["run", "declaration"])]
        indexes = [models.Index(fields=["run", "id"])]
