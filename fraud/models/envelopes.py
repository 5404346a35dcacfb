"""Keys of the bodies, envelopes sent, received and refused, and the quarterly review of designations."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from fraud.models.directory import AuthorisedOfficer, ExchangeBody


class KeyUse(models.TextChoices):
    SIGN = "SIGN", "Signature"
    ENCRYPT = "ENCRYPT", "Chiffrement"


class BodyKey(models.Model):
    """One key of a body: `kid` is the RFC 7638 thumbprint of its public half, `certificates` the PEM chain, its own first.

    `private`: the private key, encrypted by the vault; only for a body that this portal plays. Until its certificate comes,
    a key is asked for (`request` holds the certificate request) and serves nothing.
    """

    body = models.ForeignKey(ExchangeBody, on_delete=models.PROTECT, related_name="keys")
    use = models.CharField(max_length=7, choices=KeyUse)
    kid = models.CharField(max_length=64, unique=True)
    certificates = models.TextField(blank=True)
    request = models.TextField(blank=True)
    private = models.BinaryField(null=True)
    valid_from = models.DateTimeField(null=True)
    valid_to = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "clé d’un organisme"
        constraints = [
            models.CheckConstraint(
                name="body_key_certified_with_dates",
                condition=Q(certificates="", valid_from=None, valid_to=None)
                | (~Q(certificates="") & Q(valid_to__gt=F("valid_from"))),
            ),
        ]
        indexes = [models.Index(name="body_key_of", fields=["body", "use", "valid_from"])]


class OutgoingState(models.TextChoices):
    WAITING = "WAITING", "À remettre"
    SENDING = "SENDING", "Remise en cours"
    ACCEPTED = "ACCEPTED", "Reçue"
    REFUSED = "REFUSED", "Refusée"
    FAILED = "FAILED", "Non remise"


OUT = OutgoingState
OUTGOING_MOVES = {
    OUT.WAITING: {OUT.SENDING},
    OUT.SENDING: {OUT.SENDING, OUT.WAITING, OUT.ACCEPTED, OUT.REFUSED, OUT.FAILED},
    # Somebody asks for a new try: the same envelope, under the same number.
    OUT.FAILED: {OUT.WAITING},
    OUT.ACCEPTED: set(),
    OUT.REFUSED: set(),
}


class OutgoingEnvelope(models.Model):
    """An envelope of a body played here, in the outbox until its signed receipt comes.

    `sealed`: what is posted. `kept` and `kept_key`: what was signed and its documents, under a key of their own; forgetting
    the key forgets the content, the hash and the receipt stay. `refusal`: the code of the receipt, or of what stopped it here.
    """

    envelope_id = models.UUIDField(unique=True)
    sender = models.ForeignKey(ExchangeBody, on_delete=models.PROTECT, related_name="+")
    recipient = models.ForeignKey(ExchangeBody, on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(AuthorisedOfficer, on_delete=models.PROTECT, related_name="envelopes")
    kind = models.CharField(max_length=40)
    sequence = models.PositiveIntegerField()
    sent_at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)
    sealed = models.BinaryField(null=True)
    kept = models.BinaryField()
    kept_key = models.BinaryField(null=True)
    state = models.CharField(max_length=8, choices=OutgoingState, default=OutgoingState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    last_error = models.CharField(max_length=200, blank=True)
    receipt = models.TextField(blank=True)
    receipt_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=30, blank=True)

    class Meta:
        verbose_name = "enveloppe envoyée"
        constraints = [
            models.UniqueConstraint(name="outgoing_sequence", fields=["sender", "recipient", "sequence"]),
            models.CheckConstraint(
                name="outgoing_accepted_with_receipt", condition=~Q(state="ACCEPTED") | ~Q(receipt="")
            ),
            models.CheckConstraint(name="outgoing_refused_with_code", condition=~Q(state="REFUSED") | ~Q(refusal="")),
            models.CheckConstraint(name="outgoing_to_another", condition=~Q(sender=F("recipient"))),
        ]
        indexes = [
            models.Index(
                name="outgoing_turn", fields=["next_try_at", "id"], condition=Q(state__in=["WAITING", "SENDING"])
            ),
            models.Index(name="outgoing_list", fields=["sender", "-sent_at"]),
            models.Index(name="outgoing_kept", fields=["sent_at"], condition=Q(kept_key__isnull=False)),
        ]


class ReceivedEnvelope(models.Model):
    """An envelope whose seal, signature, officer and documents were all right: once a number, whatever was done of it.

    `refusal`: the code by which whoever treats such messages refused it; empty when it was taken. `receipt` is ours, signed.
    """

    envelope_id = models.UUIDField(unique=True)
    sender = models.ForeignKey(ExchangeBody, on_delete=models.PROTECT, related_name="+")
    recipient = models.ForeignKey(ExchangeBody, on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(AuthorisedOfficer, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    sequence = models.PositiveIntegerField()
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField()
    sha256 = models.CharField(max_length=64, unique=True)
    kept = models.BinaryField()
    kept_key = models.BinaryField(null=True)
    refusal = models.CharField(max_length=30, blank=True)
    receipt = models.TextField()

    class Meta:
        verbose_name = "enveloppe reçue"
        indexes = [
            models.Index(name="received_list", fields=["recipient", "-received_at"]),
            models.Index(name="received_kept", fields=["received_at"], condition=Q(kept_key__isnull=False)),
        ]


class RefusedEnvelope(models.Model):
    """What came and was not an envelope to be trusted: its hash, its code, when; never its content."""

    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    code = models.CharField(max_length=30)
    claimed_sender = models.CharField(max_length=12, blank=True)
    received_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)
    receipt = models.TextField(blank=True)

    class Meta:
        verbose_name = "enveloppe refusée"
        constraints = [models.UniqueConstraint(name="refused_once", fields=["sha256", "code"])]
        indexes = [models.Index(name="refused_list", fields=["-received_at"])]


class DesignationReview(models.Model):
    """One designation looked at in one quarter (``2026-T4``): kept or withdrawn, by whom, when. Never changed."""

    officer = models.ForeignKey(AuthorisedOfficer, on_delete=models.PROTECT, related_name="reviews")
    quarter = models.CharField(max_length=7)
    is_kept = models.BooleanField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "revue d’une désignation"
        constraints = [models.UniqueConstraint(name="designation_review_once", fields=["officer", "quarter"])]
