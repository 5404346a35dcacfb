"""Papers that prove something: encrypted, known by their hash, with where each came from."""

from django.db import models

from fraud.models.cases import ControlCase


class EvidenceKind(models.TextChoices):
    """What the bytes are; a name or an announced type is not believed."""

    PDF = "PDF", "document PDF"
    PNG = "PNG", "image PNG"
    JPEG = "JPEG", "image JPEG"
    TEXT = "TEXT", "texte ou données"


class EvidenceItem(models.Model):
    """One paper. `content` is encrypted; `sha256` is that of what was received.

    `provenance`: body, system, extraction_at and officer, as the sender told them. `reference` names the exchange, request
    or act that brought it. Never changed, never removed: at the end of its time, or when it leaves a draft, its content is
    emptied (`purged_on`), and the hash stays. A paper that belonged to no case may be tied to one, once.
    """

    case = models.ForeignKey(ControlCase, on_delete=models.PROTECT, null=True, related_name="evidence")
    reference = models.CharField(max_length=80)
    kind = models.CharField(max_length=4, choices=EvidenceKind)
    title = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    content = models.BinaryField()
    provenance = models.JSONField()
    kept_by = models.CharField(max_length=150)
    kept_at = models.DateTimeField()
    purged_on = models.DateField(null=True)

    class Meta:
        verbose_name = "pièce de preuve"
        constraints = [
            models.UniqueConstraint(
                name="evidence_once", fields=["reference", "sha256"], condition=models.Q(purged_on=None)
            )
        ]
        indexes = [models.Index(name="evidence_case", fields=["case", "id"])]
