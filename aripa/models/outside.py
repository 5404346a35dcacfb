"""What comes from outside bodies: titles sent by courts, lawyers and notaries; orders that garnishees answer."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class TitleReceipt(models.Model):
    """One call that sent titles: whose, when, and the file in which all of it is kept.

    The same call again shows the first receipt: the same `idempotency_key` of one body, or the same titles.
    """

    mission = models.CharField(max_length=10)
    body = models.CharField(max_length=100)
    idempotency_key = models.CharField(max_length=100, blank=True)
    content_sha256 = models.CharField(max_length=64)
    file = models.ForeignKey("exchange.ReceivedFile", on_delete=models.PROTECT, null=True, related_name="+")
    day = models.DateField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = "reçu de titres"
        constraints = [
            models.UniqueConstraint(
                name="titlereceipt_key_once", fields=["mission", "body", "idempotency_key"],
                condition=~Q(idempotency_key=""),
            )
        ]  # fmt: skip

    @property
    def number(self) -> str:
        return f"R-{self.pk:07d}"


class SentTitle(models.Model):
    """One title of a call: where it stood (`path`), its lines in the file; `first` holds it when it was sent before."""

    receipt = models.ForeignKey(TitleReceipt, on_delete=models.PROTECT, related_name="titles")
    path = models.CharField(max_length=20, blank=True)
    title_no = models.CharField(max_length=40, db_index=True)
    case_no = models.CharField(max_length=40)
    content_sha256 = models.CharField(max_length=64)
    first_line = models.IntegerField()
    lines = models.IntegerField()
    first = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    data_due_on = models.DateField(null=True)

    class Meta:
        verbose_name = "titre transmis"


class OrderLink(models.Model):
    """The way in of a garnishee to one order: its secret, sealed, and the key by which it is found.

    `renewed_at`: the secret was replaced, so that the letter of before opens nothing any more.
    """

    case_no = models.CharField(max_length=40)
    number = models.IntegerField()
    ref = models.CharField(max_length=100)
    secret = models.BinaryField()
    secret_key = models.UUIDField(unique=True)
    made_at = models.DateTimeField()
    renewals = models.IntegerField(default=0)
    renewed_at = models.DateTimeField(null=True)
    renewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "accès d’un tiers à un ordre"
        constraints = [models.UniqueConstraint(name="orderlink_once", fields=["case_no", "number"])]
        indexes = [models.Index(name="orderlink_ref", fields=["ref", "-id"])]

    @property
    def reference(self) -> str:
        return f"O-{self.pk:07d}"


class GarnisheeAnswerKind(models.TextChoices):
    YES = "YES", "Oui, je paie chaque mois ce qui est demandé"
    PARTLY = "PARTLY", "Je paie, mais pas tout"
    NO = "NO", "Non, je ne lui dois rien"
    ENDED = "ENDED", "Je ne lui dois plus rien : contrat fini, compte clos"


class GarnisheeAnswer(models.Model):
    """What a garnishee said of an order. `key` is the form's: the same form again shows the first receipt.

    `said` seals who answered and their words; `event_no` is the event that the case hears.
    """

    key = models.UUIDField(unique=True)
    link = models.ForeignKey(OrderLink, on_delete=models.PROTECT, related_name="answers")
    kind = models.CharField(max_length=6, choices=GarnisheeAnswerKind)
    reason = models.CharField(max_length=20, blank=True)
    amount_cents = models.BigIntegerField(null=True)
    ended_on = models.DateField(null=True)
    said = models.BinaryField()
    content_sha256 = models.CharField(max_length=64)
    by_software = models.BooleanField()
    day = models.DateField()
    at = models.DateTimeField()
    event_no = models.BigIntegerField(unique=True, null=True)

    class Meta:
        verbose_name = "réponse d’un tiers"
        constraints = [
            models.CheckConstraint(
                name="garnisheeanswer_part_has_its_amount",
                condition=Q(kind="PARTLY", amount_cents__gt=0) | (~Q(kind="PARTLY") & Q(amount_cents__isnull=True)),
            )
        ]

    @property
    def number(self) -> str:
        return f"T-{self.pk:07d}"
