"""Work that can be killed at any second: a run has slices, a worker leases a slice, two people sign the digest."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

# Who signs a whole run, and who signs one that names its families.
OFFICERS = ("AUTHORISING_OFFICER", "ACCOUNTING_OFFICER")
CASEWORKERS = ("FUND_CASEWORKER", "PAJEMPLOI_CASEWORKER", "SUPERVISOR")


class RunState(models.TextChoices):
    RUNNING = "RUNNING", "Calcul en cours"
    TO_SIGN = "TO_SIGN", "À signer"
    SIGNED = "SIGNED", "Signé"
    ISSUED = "ISSUED", "Émis"
    RECONCILED = "RECONCILED", "Rapproché"
    SUPERSEDED = "SUPERSEDED", "Remplacé"
    DONE = "DONE", "Fait"


ALLOWED_MOVES = {
    # Done at once: a run that decides nothing to sign, such as days lived.
    RunState.RUNNING: {RunState.TO_SIGN, RunState.SUPERSEDED, RunState.DONE},
    RunState.TO_SIGN: {RunState.SIGNED, RunState.RUNNING, RunState.SUPERSEDED},
    RunState.SIGNED: {RunState.ISSUED, RunState.RUNNING, RunState.SUPERSEDED},
    RunState.ISSUED: {RunState.RECONCILED},
    RunState.RECONCILED: set(),
    RunState.SUPERSEDED: set(),
    RunState.DONE: set(),
}


class SliceState(models.TextChoices):
    WAITING = "WAITING", "En attente"
    LEASED = "LEASED", "En cours"
    DONE = "DONE", "Fait"


class Run(models.Model):
    """One run of a monthly batch. `ordinal` counts the runs of a month; an issued run never changes.

    A run with a `scope` works on the families named there alone (a regularisation), those of `funds`: one person signs it,
    two when `four_eyes`. Every other run decides for every fund (`funds` NULL), and needs the two officers. Nobody signs
    for families that their posting does not open.
    """

    kind = models.CharField(max_length=24)
    month = models.DateField()
    ordinal = models.SmallIntegerField()
    day = models.DateField()
    state = models.CharField(max_length=12, choices=RunState, default=RunState.RUNNING)
    dry_run = models.BooleanField(default=False)
    scope = ArrayField(models.CharField(max_length=40), null=True)
    funds = ArrayField(models.CharField(max_length=8), null=True)
    four_eyes = models.BooleanField(default=True)
    parameters_digest = models.CharField(max_length=64)
    rule_version = models.CharField(max_length=20)
    inputs_digest = models.CharField(max_length=64, blank=True)
    decisions_digest = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    totals = models.JSONField(default=dict)
    rows_total = models.IntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    issued_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "arrêté"
        constraints = [
            models.UniqueConstraint(name="run_ordinal_once", fields=["kind", "month", "ordinal"]),
            models.CheckConstraint(
                name="run_funds_of_named_families",
                condition=Q(funds__isnull=True) | Q(scope__isnull=False, funds__len__gt=0),
            ),
            models.UniqueConstraint(
                name="run_one_open_at_a_time",
                fields=["kind", "month"],
                condition=Q(state__in=["RUNNING", "TO_SIGN", "SIGNED"], dry_run=False, scope__isnull=True),
            ),
        ]


class Slice(models.Model):
    """A part of a run, done in one transaction by whoever holds its lease."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="slices")
    number = models.SmallIntegerField()
    state = models.CharField(max_length=8, choices=SliceState, default=SliceState.WAITING)
    leased_by = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0)
    rows_total = models.IntegerField(default=0)
    rows_done = models.IntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    totals = models.JSONField(default=dict)
    last_error = models.TextField(blank=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "tranche"
        constraints = [models.UniqueConstraint(name="slice_once", fields=["run", "number"])]


class Signature(models.Model):
    """One signature on a run's digest: the database refuses two by one person, a wrong role or another digest."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="signatures")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    role = models.CharField(max_length=24)
    digest = models.CharField(max_length=64)
    signed_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)
    voided_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "signature"
        constraints = [
            models.UniqueConstraint(
                name="signature_role_once",
                fields=["run", "role"],
                condition=Q(voided_at__isnull=True, role__in=OFFICERS),
            ),
            models.UniqueConstraint(
                name="signature_person_once", fields=["run", "user"], condition=Q(voided_at__isnull=True)
            ),
            models.CheckConstraint(name="signature_role_may_sign", condition=Q(role__in=[*OFFICERS, *CASEWORKERS])),
        ]
