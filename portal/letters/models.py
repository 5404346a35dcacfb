"""Letters sent, archived as they were, and the jobs of a batch of them."""

from django.db import models
from django.db.models import Q


class JobState(models.TextChoices):
    WAITING = "WAITING", "À faire"
    DONE = "DONE", "Fait"
    FAILED = "FAILED", "En échec"


class LetterBatch(models.Model):
    """Thousands of letters asked for at once; its progress is the state of its jobs."""

    kind = models.CharField(max_length=40)
    dated = models.DateField()
    asked_by = models.CharField(max_length=150)
    asked_at = models.DateTimeField()

    class Meta:
        verbose_name = "courriers en lot"


class LetterJob(models.Model):
    """One letter to write. `key` is unique and readable (``overpayment:12:notice``): it is written once, whoever asks.

    `facts` is what the template needs, kept with the letter: it can be written again the same.
    """

    batch = models.ForeignKey(LetterBatch, on_delete=models.PROTECT, null=True, related_name="jobs")
    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=80)
    dated = models.DateField()
    facts = models.BinaryField()
    state = models.CharField(max_length=7, choices=JobState, default=JobState.WAITING)
    attempts = models.SmallIntegerField(default=0)
    last_error = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = "courrier à écrire"
        indexes = [
            models.Index(name="letterjob_left", fields=["id"], condition=Q(state="WAITING")),
            models.Index(fields=["batch", "state"]),
        ]


class Letter(models.Model):
    """A letter as it left: numbered, its PDF encrypted and known by its hash. Never changed, never removed."""

    job = models.OneToOneField(LetterJob, on_delete=models.PROTECT, related_name="letter")
    number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=160)
    subject = models.CharField(max_length=80)
    dated = models.DateField()
    written_at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)
    pages = models.SmallIntegerField()
    pdf = models.BinaryField()
    text = models.BinaryField()

    class Meta:
        verbose_name = "courrier"
        indexes = [models.Index(fields=["subject", "id"])]
