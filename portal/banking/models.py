"""Payment orders, the files that carried them, the bank's answers, and what does not match."""

from django.db import models
from django.db.models import Q


class OrderKind(models.TextChoices):
    CREDIT = "CREDIT", "Virement"
    DEBIT = "DEBIT", "Prélèvement"


class OrderState(models.TextChoices):
    PREPARED = "PREPARED", "Prêt"
    SENT = "SENT", "Envoyé à la banque"
    ACCEPTED = "ACCEPTED", "Accepté par la banque"
    BOOKED = "BOOKED", "Passé en compte"
    REJECTED = "REJECTED", "Rejeté"
    RETURNED = "RETURNED", "Revenu"


# A refusal told after the booking does not undo it: only money that comes back does.
ORDER_MOVES = {
    OrderState.PREPARED: {OrderState.SENT},
    OrderState.SENT: {OrderState.ACCEPTED, OrderState.BOOKED, OrderState.REJECTED, OrderState.RETURNED},
    OrderState.ACCEPTED: {OrderState.BOOKED, OrderState.REJECTED, OrderState.RETURNED},
    OrderState.BOOKED: {OrderState.RETURNED},
    OrderState.REJECTED: set(),
    OrderState.RETURNED: set(),
}


class BankFile(models.Model):
    """A SEPA file out (pain.001 or pain.008), known to the last byte by its hash."""

    run = models.ForeignKey("batches.Run", on_delete=models.PROTECT, null=True, related_name="bank_files")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=6, choices=OrderKind)
    message_id = models.CharField(max_length=35, unique=True)
    count = models.IntegerField()
    total_cents = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "fichier bancaire"


class PaymentOrder(models.Model):
    """One movement asked of the bank. `end_to_end_id` is ours, made before the call, and never reused.

    `subject` says whose money (``cmg:employer:00123``), `purpose` what for; `settlement_id` is the settlement
    that decided it (the gate's trigger checks it for every debit of the CMG).
    """

    id = models.BigIntegerField(primary_key=True)
    run = models.ForeignKey("batches.Run", on_delete=models.PROTECT, null=True, db_index=False)
    bank_file = models.ForeignKey(BankFile, on_delete=models.PROTECT, null=True, db_index=True)
    kind = models.CharField(max_length=6, choices=OrderKind)
    purpose = models.CharField(max_length=20)
    subject = models.CharField(max_length=80)
    end_to_end_id = models.CharField(max_length=35, unique=True)
    name = models.CharField(max_length=140)
    iban_key = models.UUIDField()
    mandate_ref = models.CharField(max_length=35, blank=True)
    mandate_signed_on = models.DateField(null=True)
    amount_cents = models.BigIntegerField()
    due_on = models.DateField()
    remittance = models.CharField(max_length=140)
    settlement_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=8, choices=OrderState, default=OrderState.PREPARED)
    reason_code = models.CharField(max_length=8, blank=True)
    settled_on = models.DateField(null=True)

    class Meta:
        verbose_name = "ordre de paiement"
        constraints = [models.CheckConstraint(name="order_amount_positive", condition=Q(amount_cents__gt=0))]
        indexes = [
            models.Index(fields=["subject", "id"]),
            models.Index(fields=["run", "state"]),
            models.Index(name="order_refund", fields=["settlement_id"], condition=Q(purpose="CMG_REFUND")),
        ]


class BankMessage(models.Model):
    """A message received from the bank, taken in once whatever its name.

    `services` are the codes (`Service`) of those whose orders or files it names, with a comma between two; a statement
    of a quiet day names none.
    """

    sha256 = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10)
    message_id = models.CharField(max_length=35)
    received_at = models.DateTimeField()
    content = models.BinaryField()
    lines = models.IntegerField(default=0)
    services = models.CharField(max_length=40, blank=True)
    matched = models.IntegerField(default=0)

    class Meta:
        verbose_name = "message de la banque"


class BankStatement(models.Model):
    """The balances of one of our accounts, as a camt.053 gives them. Nulls were not said, or not in euros."""

    message = models.ForeignKey(BankMessage, on_delete=models.PROTECT, related_name="statements")
    account = models.CharField(max_length=34)
    number = models.IntegerField(null=True)
    closed_on = models.DateField(null=True)
    opening_cents = models.BigIntegerField(null=True)
    closing_cents = models.BigIntegerField(null=True)
    moved_cents = models.BigIntegerField()

    class Meta:
        verbose_name = "relevé bancaire"
        indexes = [models.Index(fields=["account", "number"])]


class OpenItem(models.Model):
    """A bank line that matches nothing, a movement that came back, or one that has no account to use (no message then).

    It has an owner until it is closed.
    """

    message = models.ForeignKey(BankMessage, on_delete=models.PROTECT, related_name="open_items", null=True)
    line = models.IntegerField()
    order = models.ForeignKey(PaymentOrder, on_delete=models.PROTECT, null=True)
    reason = models.CharField(max_length=40)
    bank_reason = models.CharField(max_length=8, blank=True)
    amount_cents = models.BigIntegerField()
    reference = models.CharField(max_length=100, blank=True)
    owner = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)
    closing_note = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "ligne ouverte"
        constraints = [models.UniqueConstraint(name="openitem_once", fields=["message", "line"])]
        indexes = [models.Index(name="openitem_open", fields=["opened_on"], condition=Q(closed_on__isnull=True))]
