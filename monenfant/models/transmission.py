"""How software enters and what it said in vain: secrets and tokens of vendors, refused messages, acts on delegations.

No secret and no token is here, only what proves them; no message that was refused is ever read by a search.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from monenfant.models.places import CarePlace, SoftwareDelegation, SoftwareVendor


class VendorSecret(models.Model):
    """What a vendor shows to get a token, from `starts_on`, before `ends_on` (null: until further notice). Two may be in
    force at once, while the vendor changes its installations from the one to the other."""

    vendor = models.ForeignKey(SoftwareVendor, on_delete=models.PROTECT, related_name="secrets")
    secret_hash = models.CharField(max_length=64)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "secret d’un éditeur"
        constraints = [
            # A secret that leaked on its first day ends on that day: it then served no whole day.
            models.CheckConstraint(
                name="vendor_secret_in_order", condition=Q(ends_on=None) | Q(starts_on__lte=F("ends_on"))
            )
        ]


class VendorToken(models.Model):
    """An access token by its hash. It serves until `expires_at`, and no longer than the secret that gave it."""

    token_hash = models.CharField(max_length=64, unique=True)
    secret = models.ForeignKey(VendorSecret, on_delete=models.CASCADE, related_name="tokens")
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "jeton d’un éditeur"


class RefusedMessage(models.Model):
    """A message that changed nothing, and what was answered. Of one whose form is not ours the text is not kept
    (`body` null): who knows what it holds of a child."""

    place = models.ForeignKey(CarePlace, on_delete=models.PROTECT, db_index=False, related_name="refused_messages")
    vendor = models.ForeignKey(SoftwareVendor, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    status = models.SmallIntegerField()
    codes = ArrayField(models.CharField(max_length=30))
    body = models.BinaryField(null=True)
    answer = models.JSONField()

    class Meta:
        verbose_name = "message refusé"
        indexes = [
            models.Index(name="refused_of_place", fields=["place", "-received_at"]),
            models.Index(name="refused_received", fields=["received_at"]),
        ]


class DelegationStep(models.TextChoices):
    START = "START", "Délégation donnée"
    END = "END", "Délégation retirée"


class DelegationAct(models.Model):
    """What a manager's account did with a delegation; the form's key makes a second sending show the first receipt."""

    key = models.UUIDField(unique=True)
    delegation = models.ForeignKey(SoftwareDelegation, on_delete=models.PROTECT, related_name="acts")
    step = models.CharField(max_length=5, choices=DelegationStep)
    effect_on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "acte sur une délégation"
