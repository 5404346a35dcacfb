"""Reading the journal again: the lines drawn each month, what was thought of each, questions, alarms."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.audit.models import JournalEntry


class SensitiveFile(models.Model):
    """A file that people might look at out of curiosity: every look-up of it is read again. Half-open dates."""

    subject = models.CharField(max_length=80)
    reason = models.CharField(max_length=200)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "dossier sensible"
        constraints = [
            models.UniqueConstraint(name="sensitive_file_once", fields=["subject"], condition=Q(until=None)),
            models.CheckConstraint(name="sensitive_file_half_open", condition=Q(until=None) | Q(until__gt=F("since"))),
            models.CheckConstraint(name="sensitive_file_reasoned", condition=~Q(subject="") & ~Q(reason="")),
        ]


class JournalSample(models.Model):
    """The draw of a month. `seed` was not known before the month was over: the same lines come out of it at any time."""

    month = models.DateField(unique=True)
    seed = models.CharField(max_length=64)
    reads = models.IntegerField()
    at_random = models.IntegerField()
    until_id = models.BigIntegerField()
    drawn_at = models.DateTimeField()
    drawn_on = models.DateField()

    class Meta:
        verbose_name = "sondage du journal"


class SampleWhy(models.TextChoices):
    RANDOM = "RANDOM", "Tirage au sort"
    REFUSED = "REFUSED", "Tentative refusée"
    SELF = "SELF", "Son propre dossier"
    RELATIVE = "RELATIVE", "Dossier d’un proche"
    COLLEAGUE = "COLLEAGUE", "Dossier d’un collègue"
    OTHER = "OTHER", "Autre lien déclaré"
    SENSITIVE = "SENSITIVE", "Dossier sensible"


class LineVerdict(models.TextChoices):
    NORMAL = "NORMAL", "Justifiée"
    QUESTION = "QUESTION", "À éclaircir"
    UNJUSTIFIED = "UNJUSTIFIED", "Injustifiée"


class SampledLine(models.Model):
    """One line of the journal to read again, and what was thought of it. Who looked never judges their own look."""

    sample = models.ForeignKey(JournalSample, on_delete=models.PROTECT, related_name="lines")
    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="+")
    actor = models.CharField(max_length=150)
    why = models.CharField(max_length=9, choices=SampleWhy)
    verdict = models.CharField(max_length=11, choices=LineVerdict, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "ligne relue"
        constraints = [
            models.UniqueConstraint(name="sampled_line_once", fields=["sample", "entry"]),
            models.CheckConstraint(
                name="sampled_line_judged_by_somebody",
                condition=Q(verdict="", reviewed_by=None) | (Q(reviewed_by__isnull=False, reviewed_at__isnull=False) & ~Q(verdict="")),
            ),
            models.CheckConstraint(
                name="sampled_line_reasoned", condition=Q(verdict__in=["", "NORMAL"]) | ~Q(note="")
            ),
        ]  # fmt: skip
        indexes = [models.Index(name="sampled_line_left", fields=["sample", "verdict", "id"])]


class ReadingAlarm(models.Model):
    """An account that opened far more files than a limit or than its habit. It stops nothing: people ask."""

    class Kind(models.TextChoices):
        HOUR = "HOUR", "En une heure"
        DAY = "DAY", "En un jour"
        HABIT = "HABIT", "Bien plus que d’habitude"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reading_alarms")
    kind = models.CharField(max_length=5, choices=Kind)
    day = models.DateField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    files = models.IntegerField()
    limit = models.IntegerField()
    raised_at = models.DateTimeField()
    verdict = models.CharField(max_length=11, choices=LineVerdict, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    handled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    handled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "alerte de consultation"
        constraints = [
            models.UniqueConstraint(name="reading_alarm_once", fields=["user", "kind", "day"]),
            models.CheckConstraint(name="reading_alarm_above", condition=Q(files__gt=F("limit"))),
            models.CheckConstraint(
                name="reading_alarm_handled_by_another",
                condition=Q(handled_by=None, verdict="")
                | (Q(handled_at__isnull=False) & ~Q(verdict="") & ~Q(note="") & ~Q(handled_by=F("user"))),
            ),
        ]
        indexes = [models.Index(name="reading_alarm_open", fields=["day", "id"], condition=Q(handled_by=None))]


class LookQuestion(models.Model):
    """What is asked of the manager of somebody who looked: about one line drawn, or about an alarm."""

    line = models.ForeignKey(SampledLine, on_delete=models.PROTECT, null=True, related_name="questions")
    alarm = models.ForeignKey(ReadingAlarm, on_delete=models.PROTECT, null=True, related_name="questions")
    manager = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="look_questions")
    question = models.CharField(max_length=500)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer_by = models.DateField()
    answer = models.CharField(max_length=1000, blank=True)
    answered_at = models.DateTimeField(null=True)
    form_key = models.UUIDField(unique=True)

    class Meta:
        verbose_name = "question sur une consultation"
        constraints = [
            models.CheckConstraint(
                name="look_question_about_one",
                condition=Q(line__isnull=False, alarm=None) | Q(line=None, alarm__isnull=False),
            ),
            models.CheckConstraint(
                name="look_question_answered", condition=Q(answer="", answered_at=None) | (~Q(answer="") & Q(answered_at__isnull=False))
            ),
        ]  # fmt: skip
        indexes = [models.Index(name="look_question_waits", fields=["manager"], condition=Q(answered_at=None))]
