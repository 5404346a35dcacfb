"""The report to Parliament: the act that asks for it, its texts with their history, its figures once validated."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from fraud.models.words import listed
from fraud.rules.parliament import SECTIONS, STATE_WORDS, ReportState


class ParliamentReport(models.Model):
    """One report. `covers_from` and `covers_to` (half-open): the look-ups it counts. `figures`: frozen when it is validated."""

    act = models.CharField(max_length=160)
    article = models.CharField(max_length=80)
    published_on = models.DateField()
    months = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    covers_from = models.DateField()
    covers_to = models.DateField()
    state = models.CharField(max_length=9, choices=listed(STATE_WORDS), default=ReportState.PLANNED.value)
    figures = models.JSONField(null=True)
    validated_on = models.DateField(null=True)
    sent_on = models.DateField(null=True)

    class Meta:
        verbose_name = "rapport au Parlement"
        constraints = [
            models.UniqueConstraint(name="parliament_report_once", fields=["act", "article"]),
            models.CheckConstraint(name="parliament_report_half_open", condition=Q(covers_to__gt=F("covers_from"))),
            models.CheckConstraint(
                name="parliament_report_sent_is_dated",
                condition=(Q(state="SENT") & Q(sent_on__isnull=False)) | (~Q(state="SENT") & Q(sent_on=None)),
            ),
            models.CheckConstraint(
                name="parliament_report_frozen",
                condition=Q(state__in=["PLANNED", "DRAFT"]) | Q(figures__isnull=False, validated_on__isnull=False),
            ),
        ]


class ParliamentReportMove(models.Model):
    """One move of the report. Never changed."""

    report = models.ForeignKey(ParliamentReport, on_delete=models.PROTECT, related_name="moves")
    before = models.CharField(max_length=9, choices=listed(STATE_WORDS), blank=True)
    after = models.CharField(max_length=9, choices=listed(STATE_WORDS))
    dated = models.DateField()
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = "étape d’un rapport au Parlement"


class ParliamentSection(models.Model):
    """One version of a section's text; the last one counts, the others stay. Never changed."""

    report = models.ForeignKey(ParliamentReport, on_delete=models.PROTECT, related_name="texts")
    code = models.CharField(max_length=16, choices=[(one.code, one.title) for one in SECTIONS])
    version = models.PositiveIntegerField()
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    form_key = models.UUIDField(unique=True)

    class Meta:
        verbose_name = "texte d’un rapport au Parlement"
        constraints = [models.UniqueConstraint(name="parliament_text_once", fields=["report", "code", "version"])]
