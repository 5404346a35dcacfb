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

    At most one dossier is open for a subject; `held_cents` is what does not leave meanwhile. `answered_on`: the day it was
    first repaired or closed, as its timeline says; opened again, it keeps it, and counts as not answered while it is open.
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
    answered_on = models.DateField(null=True)

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
            # The dashboard counts a year of dossiers from the index alone.
            models.Index(
                name="dossier_figures", fields=["opened_on"], include=["fund", "state", "deadline", "answered_on"]
            ),
        ]


class DossierEvent(models.Model):
    """One line of a dossier's timeline: never changed, never removed. `form_key`: the form that a person sent, once."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    kind = models.CharField(max_length=24)
    text = models.TextField()
    detail = models.JSONField(default=dict)
    form_key = models.UUIDField(null=True, unique=True)

    class Meta:
        verbose_name = "événement"
        indexes = [models.Index(fields=["dossier", "id"])]


class Presence(models.Model):
    """Who opened a family's dossier in the last minutes. What was read is in the journal; this only warns colleagues."""

    subject = models.CharField(max_length=80)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = "consultation en cours"
        constraints = [models.UniqueConstraint(name="presence_once", fields=["subject", "user"])]
        indexes = [models.Index(fields=["seen_at"])]


class HandOverState(models.TextChoices):
    PROPOSED = "PROPOSED", "Proposée"
    ACCEPTED = "ACCEPTED", "Acceptée"
    REFUSED = "REFUSED", "Refusée"
    WITHDRAWN = "WITHDRAWN", "Retirée"


class HandOver(models.Model):
    """A dossier proposed to the other body. Until somebody there accepts, its owner stays its owner everywhere.

    `answer_by` is when the team's lead takes it up; the family's date never moves.
    """

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="hand_overs")
    to_body = models.CharField(max_length=10)
    message = models.CharField(max_length=500)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    answer_by = models.DateField()
    state = models.CharField(max_length=9, choices=HandOverState, default=HandOverState.PROPOSED)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=500, blank=True)
    escalated_on = models.DateField(null=True)

    class Meta:
        verbose_name = "transmission"
        constraints = [
            models.UniqueConstraint(name="handover_one_open", fields=["dossier"], condition=Q(state="PROPOSED")),
            models.CheckConstraint(
                name="handover_other_person",
                condition=~Q(state="ACCEPTED") | ~Q(answered_by=models.F("proposed_by")),
            ),
        ]
        indexes = [models.Index(fields=["to_body", "state", "answer_by"])]


class Message(models.Model):
    """One message between a family and whoever has her dossier; its text is encrypted."""

    subject = models.CharField(max_length=80)
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, null=True, related_name="messages")
    from_family = models.BooleanField()
    author = models.CharField(max_length=150)
    text = models.BinaryField()
    form_key = models.UUIDField(unique=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "message"
        indexes = [
            models.Index(fields=["subject", "id"]),
            models.Index(name="message_unread", fields=["from_family", "id"], condition=Q(read_at__isnull=True)),
        ]


class Attachment(models.Model):
    """A paper given by a family or an agent: encrypted, known by its hash, never changed."""

    subject = models.CharField(max_length=80)
    about = models.CharField(max_length=80)
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=40)
    size = models.IntegerField()
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    given_by = models.CharField(max_length=150)
    given_at = models.DateTimeField()

    class Meta:
        verbose_name = "pièce jointe"
        indexes = [models.Index(fields=["subject", "id"]), models.Index(fields=["about"])]
