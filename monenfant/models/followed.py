"""What a person notes of a follow-up, who helps the childminder, the silence of a structure, and the days lived."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from monenfant.models.duties import DeclarationFollowUp
from monenfant.models.places import CarePlace


class NoteKind(models.TextChoices):
    WARNING = "WARNING", "Avertissement du département"
    BREACH = "BREACH", "Manquement"


class Delivery(models.TextChoices):
    REGISTERED = "REGISTERED", "Lettre recommandée avec avis de réception"
    BY_HAND = "BY_HAND", "Remise en main propre contre signature"
    ELECTRONIC = "ELECTRONIC", "Recommandé électronique"


class FollowUpNote(models.Model):
    """What a département did, as a caseworker notes it: the day, the text, how and when the person received it."""

    follow_up = models.ForeignKey(DeclarationFollowUp, on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=7, choices=NoteKind)
    dated = models.DateField()
    text = models.CharField(max_length=1000)
    delivery = models.CharField(max_length=10, choices=Delivery, blank=True)
    delivered_on = models.DateField(null=True)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()
    form_key = models.UUIDField(unique=True)

    class Meta:
        verbose_name = "note d’un suivi"
        constraints = [
            models.UniqueConstraint(name="follow_up_note_once", fields=["follow_up", "kind"]),
            models.CheckConstraint(
                name="follow_up_warning_delivered",
                condition=~Q(kind="WARNING") | (~Q(delivery="") & Q(delivered_on__gte=F("dated"))),
            ),
        ]


class DeskReferral(models.Model):
    """A childminder whom a desk may help to declare, since the fund's reminder; `desk_no` is empty where no desk serves
    the commune: the fund helps."""

    follow_up = models.OneToOneField(DeclarationFollowUp, on_delete=models.PROTECT, related_name="referral")
    desk_no = models.CharField(max_length=40, blank=True)
    made_on = models.DateField()

    class Meta:
        verbose_name = "orientation vers un relais"
        indexes = [models.Index(name="referral_desk", fields=["desk_no"])]


class StructureSilence(models.Model):
    """A structure that reports no more: since when, the message to its manager, the adviser's call. No sanction exists."""

    place = models.ForeignKey(CarePlace, on_delete=models.PROTECT, related_name="silences")
    since = models.DateTimeField()
    mode = models.CharField(max_length=9)
    mailed_on = models.DateField()
    task_on = models.DateField(null=True)
    adviser = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_on = models.DateField(null=True)
    called_on = models.DateField(null=True)
    said = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = "silence d’une structure"
        constraints = [
            models.UniqueConstraint(name="silence_one_open", fields=["place"], condition=Q(ended_on=None)),
            models.CheckConstraint(name="silence_adviser_has_a_task", condition=Q(adviser=None) | Q(task_on__isnull=False)),
            models.CheckConstraint(name="silence_called_is_told", condition=Q(called_on=None) | ~Q(said="")),
        ]  # fmt: skip


class DutyDay(models.Model):
    """A day that every place has lived for its duties, and what moved then."""

    day = models.DateField(unique=True)
    counts = models.JSONField()
    ended_at = models.DateTimeField()

    class Meta:
        verbose_name = "jour vécu des déclarations"
