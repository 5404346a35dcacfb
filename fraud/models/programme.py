"""The control programme of a body and a year: its versions, its axes, its targets. No table of it holds a result.

Results are computed from the cases (`fraud.programme.figures`); a closing freezes them with their digest.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class InternalControlPlan(models.Model):
    """The plan on which a programme leans (CSS L. 114-8-1): one a body and year."""

    body = models.CharField(max_length=8)
    year = models.PositiveSmallIntegerField()
    reference = models.CharField(max_length=60)
    adopted_on = models.DateField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        verbose_name = "plan de contrôle interne"
        constraints = [
            models.UniqueConstraint(name="control_plan_once", fields=["body", "year"]),
            models.CheckConstraint(name="control_plan_has_a_reference", condition=~Q(reference="")),
        ]


class ProgrammeStatus(models.TextChoices):
    DRAFT = "DRAFT", "Projet"
    ADOPTED = "ADOPTED", "Adopté"
    IN_PROGRESS = "IN_PROGRESS", "En cours"
    CLOSED = "CLOSED", "Clos"
    REPORTED = "REPORTED", "Transmis"


class ProgrammeOpinion(models.TextChoices):
    FAVOURABLE = "FAVOURABLE", "Favorable"
    RESERVED = "RESERVED", "Favorable avec réserves"
    UNFAVOURABLE = "UNFAVOURABLE", "Défavorable"


class ControlProgramme(models.Model):
    """One version. Past its draft, nothing in it changes but its status: an amendment is a new version.

    `superseded_on`: the day a later version took its place. `opinion` is that of data protection on this very content.
    """

    body = models.CharField(max_length=8)
    year = models.PositiveSmallIntegerField()
    version = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=11, choices=ProgrammeStatus, default=ProgrammeStatus.DRAFT)
    reason = models.CharField(max_length=500, blank=True)
    risks = ArrayField(models.CharField(max_length=200), default=list)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    drafted_on = models.DateField()
    opinion = models.CharField(max_length=12, choices=ProgrammeOpinion, blank=True)
    opinion_text = models.CharField(max_length=2000, blank=True)
    opinion_on = models.DateField(null=True)
    opinion_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    plan = models.ForeignKey(InternalControlPlan, on_delete=models.PROTECT, null=True, related_name="programmes")
    adopted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    adopted_on = models.DateField(null=True)
    superseded_on = models.DateField(null=True)
    form_key = models.UUIDField(unique=True)

    class Meta:
        verbose_name = "programme de contrôle"
        constraints = [
            models.UniqueConstraint(name="programme_version_once", fields=["body", "year", "version"]),
            models.UniqueConstraint(
                name="programme_one_in_force",
                fields=["body", "year"],
                condition=~Q(status="DRAFT") & Q(superseded_on=None),
            ),
            models.UniqueConstraint(name="programme_one_draft", fields=["body", "year"], condition=Q(status="DRAFT")),
            models.CheckConstraint(
                name="programme_adopted_with_all",
                condition=Q(status="DRAFT", adopted_on=None, adopted_by=None)
                | Q(plan__isnull=False, adopted_by__isnull=False, adopted_on__gte=F("opinion_on")),
            ),
            models.CheckConstraint(
                name="programme_adopted_by_another", condition=Q(adopted_by=None) | ~Q(adopted_by=F("drafted_by"))
            ),
            models.CheckConstraint(
                name="programme_opinion_by_another", condition=Q(opinion_by=None) | ~Q(opinion_by=F("drafted_by"))
            ),
            models.CheckConstraint(
                name="programme_opinion_whole",
                condition=Q(opinion="", opinion_on=None, opinion_by=None)
                | (Q(opinion_on__isnull=False, opinion_by__isnull=False) & ~Q(opinion="") & ~Q(opinion_text="")),
            ),
            models.CheckConstraint(name="programme_amended_for_a_reason", condition=Q(version=1) | ~Q(reason="")),
        ]
        indexes = [models.Index(name="programme_list", fields=["body", "-year", "-version"])]

    @property
    def is_current(self) -> bool:
        return self.status != ProgrammeStatus.DRAFT and self.superseded_on is None


class AxisMethod(models.TextChoices):
    ON_FILE = "ON_FILE", "Sur pièces"
    ON_SITE = "ON_SITE", "Sur place"
    DATA_MATCH = "DATA_MATCH", "Croisement de données"
    JOINT = "JOINT", "Opération conjointe"


class ProgrammeAxis(models.Model):
    """What is looked at, among whom, how, how many times. `share`: of the budget of hours, in thousandths."""

    programme = models.ForeignKey(ControlProgramme, on_delete=models.CASCADE, related_name="axes")
    code = models.CharField(max_length=20)
    object = models.CharField(max_length=200)
    population = models.CharField(max_length=200)
    method = models.CharField(max_length=10, choices=AxisMethod)
    planned = models.PositiveIntegerField()
    share = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = "axe du programme"
        constraints = [
            models.UniqueConstraint(name="programme_axis_once", fields=["programme", "code"]),
            models.CheckConstraint(name="programme_axis_share", condition=Q(share__lte=1000)),
            models.CheckConstraint(
                name="programme_axis_says_what", condition=~Q(code="") & ~Q(object="") & ~Q(population="")
            ),
        ]


class ProgrammeObjective(models.Model):
    """A target for one indicator, in its unit (count, cents, thousandths, tenths of a day). What is reached is computed."""

    programme = models.ForeignKey(ControlProgramme, on_delete=models.CASCADE, related_name="objectives")
    indicator = models.CharField(max_length=16)
    target = models.BigIntegerField()

    class Meta:
        verbose_name = "objectif du programme"
        constraints = [models.UniqueConstraint(name="programme_objective_once", fields=["programme", "indicator"])]


class ProgrammeMove(models.Model):
    """One move of a programme, and what was said of it. Never changed, never removed."""

    programme = models.ForeignKey(ControlProgramme, on_delete=models.PROTECT, related_name="moves")
    from_status = models.CharField(max_length=11, choices=ProgrammeStatus, blank=True)
    to_status = models.CharField(max_length=11, choices=ProgrammeStatus)
    at = models.DateTimeField()
    dated = models.DateField()
    by = models.CharField(max_length=150)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = "étape d’un programme"


class HalfYearReview(models.Model):
    """What the half-year showed and what follows, with the figures of that day. One a body and year."""

    programme = models.ForeignKey(ControlProgramme, on_delete=models.PROTECT, related_name="reviews")
    body = models.CharField(max_length=8)
    year = models.PositiveSmallIntegerField()
    reviewed_on = models.DateField()
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    findings = models.CharField(max_length=2000)
    measures = models.CharField(max_length=2000)
    figures = models.JSONField()
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = "revue à mi-année"
        constraints = [
            models.UniqueConstraint(name="programme_review_once", fields=["body", "year"]),
            models.CheckConstraint(name="programme_review_says_what", condition=~Q(findings="") & ~Q(measures="")),
        ]


class ProgrammeSynthesis(models.Model):
    """The figures as they were at the closing, with their digest and what was said of them. Never changed, never removed."""

    programme = models.OneToOneField(ControlProgramme, on_delete=models.PROTECT, related_name="synthesis")
    as_of = models.DateField()
    frozen_at = models.DateTimeField()
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=4000)
    figures = models.JSONField()
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = "synthèse du programme"
        constraints = [models.CheckConstraint(name="programme_synthesis_says", condition=~Q(words=""))]
