"""What agents do with a case beside the facts: who told one and why, who is in charge, who looked at what is protected."""

from django.conf import settings
from django.db import models


class Act(models.Model):
    """A fact that an agent told, entered like the row of a file: its event, why, and the form that it came from."""

    case_no = models.CharField(max_length=40)
    kind = models.CharField(max_length=21)
    event_no = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=300)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField()
    form_key = models.UUIDField()

    class Meta:
        verbose_name = "fait inscrit par une personne"
        constraints = [
            models.UniqueConstraint(name="act_form_once", fields=["form_key"]),
            models.UniqueConstraint(name="act_event_once", fields=["event_no"]),
        ]
        indexes = [models.Index(name="act_case", fields=["case_no", "-id"])]


class Referent(models.Model):
    """Who is in charge of a case; at most one person at a time."""

    case_no = models.CharField(max_length=40, primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    since = models.DateField()

    class Meta:
        verbose_name = "responsable d’un dossier de pension"


class Disclosure(models.Model):
    """A look at the protected fields of a case, with its reason; `referent` is told of it until `seen_at`."""

    case_no = models.CharField(max_length=40)
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    referent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    seen_at = models.DateTimeField(null=True)
    form_key = models.UUIDField()

    class Meta:
        verbose_name = "consultation d’informations protégées"
        constraints = [models.UniqueConstraint(name="disclosure_form_once", fields=["form_key"])]
        indexes = [
            models.Index(name="disclosure_case", fields=["case_no", "-id"]),
            models.Index(
                name="disclosure_to_tell", fields=["referent", "id"], condition=models.Q(seen_at__isnull=True)
            ),
        ]
