"""Files and messages received, kept whole, and what was refused in them."""

from django.db import models
from django.db.models import Q


class FileState(models.TextChoices):
    RECEIVED = "RECEIVED", "Reçu"
    APPLIED = "APPLIED", "Appliqué"
    REFUSED = "REFUSED", "Refusé en entier"


class RowState(models.TextChoices):
    REJECTED = "REJECTED", "À corriger"
    REPLAYED = "REPLAYED", "Corrigée et appliquée"
    DISCARDED = "DISCARDED", "Abandonnée"


class FileOrigin(models.TextChoices):
    """Who brought a file: it is read from the way it came, never from what its sender calls itself."""

    FLOW = "FLOW", "Fichiers des caisses et de Pajemploi"
    FAMILY = "FAMILY", "Déclarations des familles"
    AGENT = "AGENT", "Réparations des dossiers"
    BANK = "BANK", "Retours de la banque"
    SENDER = "SENDER", "Titres des greffes, avocats et notaires"
    THIRD = "THIRD", "Réponses des tiers"


class ReceivedFile(models.Model):
    """One file as it came: its content is in `FileChunk`, compressed, encrypted, never altered.

    `refusals` is empty unless the whole file was refused: a list of {code, message, remedy}.
    `scope` names the funds that the file speaks for, so that a refused or missing lot holds their families only.
    """

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=32)
    sender = models.CharField(max_length=120, blank=True)
    sequence_no = models.BigIntegerField(null=True)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=FileState)
    origin = models.CharField(max_length=6, choices=FileOrigin, default=FileOrigin.FLOW, db_default=FileOrigin.FLOW)
    received_at = models.DateTimeField()
    rows_read = models.IntegerField(default=0)
    rows_applied = models.IntegerField(default=0)
    rows_rejected = models.IntegerField(default=0)
    rows_unchanged = models.IntegerField(default=0)
    sum_cents = models.BigIntegerField(default=0)
    scope = models.JSONField(default=list)
    refusals = models.JSONField(default=list)

    class Meta:
        verbose_name = "fichier reçu"
        constraints = [
            models.UniqueConstraint(
                name="receivedfile_applied_once",
                fields=["kind", "sha256", "sender", "sequence_no"],
                condition=Q(state="APPLIED"),
                nulls_distinct=False,
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "sender", "sequence_no"]),
            # Families send a file a declaration: those of others are found among a million of theirs.
            models.Index(name="receivedfile_origin", fields=["origin", "-id"]),
        ]


class FileChunk(models.Model):
    """A piece of a file's content: zstandard, then AES-GCM."""

    file = models.ForeignKey(ReceivedFile, on_delete=models.PROTECT, related_name="chunks")
    number = models.IntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(name="filechunk_once", fields=["file", "number"])]


class RejectedRow(models.Model):
    """One row that could not enter, with every error it has; it can be corrected and replayed alone.

    `errors` is a list of {column, code, message, remedy}; `content` the encrypted row as JSON {column: text}.
    """

    file = models.ForeignKey(ReceivedFile, on_delete=models.PROTECT, related_name="rejected_rows")
    line = models.IntegerField()
    content = models.BinaryField()
    errors = models.JSONField()
    state = models.CharField(max_length=10, choices=RowState, default=RowState.REJECTED)
    handled_by = models.CharField(max_length=150, blank=True)
    handled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "ligne rejetée"
        constraints = [models.UniqueConstraint(name="rejectedrow_once", fields=["file", "line"])]
        indexes = [models.Index(fields=["state", "id"])]


class OutboxMessage(models.Model):
    """Something to tell the outside, written in the transaction that decided it and sent afterwards."""

    key = models.CharField(max_length=120, unique=True)
    topic = models.CharField(max_length=60)
    payload = models.JSONField()
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    last_error = models.TextField(blank=True)

    class Meta:
        verbose_name = "message à envoyer"
        indexes = [models.Index(name="outbox_left", fields=["id"], condition=Q(sent_at__isnull=True))]
