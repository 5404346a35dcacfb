"""Matching rules as published, what was drawn beside their leads, contests, and accounts that many may share."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from fraud.models.leads import Lead


class RuleState(models.TextChoices):
    AWAITING = "AWAITING", "Attend un avis"
    RUNNING = "RUNNING", "En service"
    SUSPENDED = "SUSPENDED", "Suspendue"
    REPLACED = "REPLACED", "Remplacée"


# Nothing runs before the opinion of the data protection officer. A suspended version never runs again: another one is
# published in its place.
RULE_MOVES = {
    RuleState.AWAITING: {RuleState.RUNNING, RuleState.SUSPENDED, RuleState.REPLACED},
    RuleState.RUNNING: {RuleState.SUSPENDED, RuleState.REPLACED},
    RuleState.SUSPENDED: {RuleState.REPLACED},
    RuleState.REPLACED: set(),
}


class RuleVersion(models.Model):
    """A rule as it was published: its content and the hash of it never change. A lead names the version that found it."""

    code = models.CharField(max_length=8)
    version = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)
    content = models.JSONField()
    published_on = models.DateField()
    published_by = models.CharField(max_length=150)
    state = models.CharField(max_length=9, choices=RuleState, default=RuleState.AWAITING)

    class Meta:
        verbose_name = "version d’une règle"
        constraints = [
            models.UniqueConstraint(name="rule_version_once", fields=["code", "version"]),
            models.UniqueConstraint(name="rule_one_running", fields=["code"], condition=Q(state="RUNNING")),
        ]


class RuleMove(models.Model):
    """One move of a version: from, to, by whom, when, why. Never changed, never removed."""

    rule = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, related_name="moves")
    from_state = models.CharField(max_length=9, choices=RuleState, blank=True)
    to_state = models.CharField(max_length=9, choices=RuleState)
    at = models.DateTimeField()
    dated = models.DateField()
    by = models.CharField(max_length=150)
    reason = models.CharField(max_length=500)

    class Meta:
        verbose_name = "étape d’une règle"


class SampleDraw(models.Model):
    """Files drawn at random beside the leads of a rule, in a fund: by its `seed`, anybody draws the same again."""

    run = models.ForeignKey("batches.Run", on_delete=models.PROTECT, related_name="+")
    rule = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, related_name="draws")
    fund = models.CharField(max_length=8)
    seed = models.CharField(max_length=64)
    population = models.IntegerField()
    found = models.IntegerField()
    drawn = models.IntegerField()
    dated = models.DateField()

    class Meta:
        verbose_name = "tirage au sort"
        constraints = [models.UniqueConstraint(name="draw_once", fields=["run", "rule", "fund"])]


class ContestState(models.TextChoices):
    OPEN = "OPEN", "À répondre"
    UPHELD = "UPHELD", "Admise"
    DISMISSED = "DISMISSED", "Non admise"


class LeadContest(models.Model):
    """What a person says against a lead; upheld, the lead counts among the wrong ones of its rule."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="contests")
    received_on = models.DateField()
    said = models.CharField(max_length=1000)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    form_key = models.UUIDField(unique=True)
    state = models.CharField(max_length=9, choices=ContestState, default=ContestState.OPEN)
    answered_on = models.DateField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answer = models.CharField(max_length=1000, blank=True)

    class Meta:
        verbose_name = "contestation d’un signal"
        constraints = [
            models.UniqueConstraint(name="contest_one_open", fields=["lead"], condition=Q(state="OPEN")),
            models.CheckConstraint(
                name="contest_answered_by_somebody",
                condition=Q(state="OPEN") | (Q(answered_on__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
            ),
            models.CheckConstraint(
                name="contest_answered_by_another", condition=Q(answered_by=None) | ~Q(answered_by=models.F("noted_by"))
            ),
        ]


class SharedBy(models.TextChoices):
    GUARDIAN = "GUARDIAN", "Tuteur ou curateur"
    ASSOCIATION = "ASSOCIATION", "Association"
    COUPLE = "COUPLE", "Couple"


class SharedAccount(models.Model):
    """A bank account that several files may share, and why: DM06 leaves it alone."""

    iban_key = models.UUIDField(unique=True)
    shared_by = models.CharField(max_length=11, choices=SharedBy)
    note = models.CharField(max_length=200)
    added_by = models.CharField(max_length=150)
    added_on = models.DateField()

    class Meta:
        verbose_name = "compte partagé admis"
