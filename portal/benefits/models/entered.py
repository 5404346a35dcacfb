"""What a person told through a page: each telling is one more thing received, kept as a file, never an edited row."""

from django.db import models

from portal.exchange.models import ReceivedFile


class EnteredAct(models.TextChoices):
    """What was told; `value` begins the name of the kept file."""

    SCHOOLING = "SCHOOLING", "scolarité"
    DECISION = "DECISION", "décision de la CDAPH"


class EnteredFacts(models.Model):
    """One form sent once: whose family, by whom, which file it became. `form_key` makes a second sending harmless."""

    form_key = models.UUIDField(unique=True)
    act = models.CharField(max_length=10, choices=EnteredAct)
    fund = models.CharField(max_length=8)
    beneficiary_no = models.CharField(max_length=40)
    file = models.OneToOneField(ReceivedFile, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    done_by = models.CharField(max_length=150)
    done_at = models.DateTimeField()

    class Meta:
        verbose_name = "fait saisi"
        indexes = [models.Index(name="enteredfacts_family", fields=["beneficiary_no", "fund", "-id"])]

    @property
    def number(self) -> str:
        """The reference that its receipt bears."""
        return f"PF-{self.pk:06d}"
