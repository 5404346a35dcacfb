"""Leads: what a matching rule or a random draw shows to a person. A lead stops nothing and decides nothing."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from fraud.models.cases import ControlCase


class LeadState(models.TextChoices):
    TO_READ = "TO_READ", "À lire"
    REJECTED = "REJECTED", "Écarté"
    ACCEPTED = "ACCEPTED", "Retenu"


class Lead(models.Model):
    """One hit. `rule_code` and `rule_version` are those it was found by; `facts` what was compared, each with source and dates.

    `in_favour`: the family is owed money; it is treated first. `is_sample`: drawn at random, to measure bias.
    A decided lead names who decided, when and why; a rejected one, or one that waits of a suspended rule, is purged after three
    months: its facts, whose file it was
    and the words of its reason are erased (`purged_on`), and it goes on counting for its rule. `key` is a hash: it keeps the
    same facts from making another lead, and says nothing of whom. `run` found it; `form_key` decided it, once. `proved`: what
    came of the case, or of a contest, once it is known.
    """

    rule_code = models.CharField(max_length=8)
    rule_version = models.PositiveSmallIntegerField()
    fund = models.CharField(max_length=8)
    subject = models.CharField(max_length=80)
    key = models.CharField(max_length=120)
    title = models.CharField(max_length=200)
    facts = models.JSONField(default=dict)
    in_favour = models.BooleanField(default=False)
    is_sample = models.BooleanField(default=False)
    found_on = models.DateField()
    state = models.CharField(max_length=8, choices=LeadState, default=LeadState.TO_READ)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason_code = models.CharField(max_length=30, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    case = models.ForeignKey(ControlCase, on_delete=models.PROTECT, null=True, related_name="leads")
    run = models.ForeignKey("batches.Run", on_delete=models.PROTECT, null=True, related_name="+")
    form_key = models.UUIDField(null=True, unique=True)
    new_fact = models.CharField(max_length=500, blank=True)
    proved = models.BooleanField(null=True)
    purged_on = models.DateField(null=True)

    class Meta:
        verbose_name = "signal"
        constraints = [
            models.UniqueConstraint(name="lead_once", fields=["rule_code", "key"]),
            models.CheckConstraint(
                name="lead_decided_by_somebody",
                condition=Q(state="TO_READ") | (Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(reason="")),
            ),
            models.CheckConstraint(
                name="lead_purged_whole",
                condition=Q(purged_on=None) | Q(facts={}, subject="", new_fact=""),
            ),
        ]
        indexes = [
            models.Index("fund", "state", F("in_favour").desc(), "found_on", "id", name="lead_list"),
            models.Index(name="lead_rule", fields=["rule_code", "state"]),
            models.Index(name="lead_subject", fields=["subject"]),
        ]
