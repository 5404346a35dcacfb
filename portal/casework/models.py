"""The dossier both bodies work on: one owner, one deadline, one timeline."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class DossierState(models.TextChoices):
    OPEN = "OPEN", "Ouvert"
    ESCALATED = "ESCALATED", "Transmis à l’encadrement"
    RESOLVED = "RESOLVED", "Réparé"
    CLOSED = "CLOSED", "Clos"


DOSSIER_MOVES = {
    DossierState.OPEN: {DossierState.ESCALATED, DossierState.RESOLVED, DossierState.CLOSED},
    DossierState.ESCALATED: {DossierState.RESOLVED, DossierState.CLOSED},
    DossierState.RESOLVED: {DossierState.CLOSED, DossierState.OPEN},
    DossierState.CLOSED: {DossierState.OPEN},
}


class Dossier(models.Model):
    """What is being repaired for one family. `subject` is the ledger's (``cmg:employer:00123``).

    At most one dossier is open for a subject; `held_cents` is what does not leave meanwhile.
    """

    subject = models.CharField(max_length=80)
    title = models.CharField(max_length=160)
    fund = models.CharField(max_length=8, blank=True)
    body = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=DossierState, default=DossierState.OPEN)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    opened_on = models.DateField()
    deadline = models.DateField()
    reasons = models.CharField(max_length=200)
    effect = models.CharField(max_length=20, blank=True)
    held_cents = models.BigIntegerField(default=0)
    closed_on = models.DateField(null=True)

    class Meta:
        verbose_name = "dossier"
        constraints = [
            models.UniqueConstraint(
                name="dossier_one_open", fields=["subject"], condition=Q(state__in=["OPEN", "ESCALATED"])
            ),
        ]
        indexes = [
            models.Index(fields=["state", "deadline", "id"]),
            models.Index(fields=["owner", "state", "deadline"]),
            models.Index(fields=["fund", "state", "deadline"]),
        ]


class DossierEvent(models.Model):
    """One line of a dossier's timeline: never changed, never removed."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    kind = models.CharField(max_length=24)
    text = models.TextField()
    detail = models.JSONField(default=dict)

    class Meta:
        verbose_name = "événement"
        indexes = [models.Index(fields=["dossier", "id"])]
