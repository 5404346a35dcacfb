"""A month of 2019 computed again by two circuits, on a made-up population: what each would have taken, family by family."""

from django.db import models
from django.db.models import F, Q


class ReplayState(models.TextChoices):
    WAITING = "WAITING", "Demandé"
    RUNNING = "RUNNING", "Calcul en cours"
    DONE = "DONE", "Calculé"
    FAILED = "FAILED", "Interrompu"


class Replay(models.Model):
    """One calculation, whole: `digest` is of its lines, so that the same population gives the same digest again."""

    care_month = models.DateField()
    families = models.IntegerField()
    seed = models.IntegerField()
    state = models.CharField(max_length=7, choices=ReplayState, default=ReplayState.WAITING)
    step = models.CharField(max_length=120, blank=True)
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    asked_by = models.CharField(max_length=150)
    asked_at = models.DateTimeField()
    beat_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    declarations = models.IntegerField(default=0)
    desynchronised = models.IntegerField(default=0)
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    parameters_digest = models.CharField(max_length=64, blank=True)
    rule_version = models.CharField(max_length=20, blank=True)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = "rejeu"
        constraints = [
            models.UniqueConstraint(
                name="replay_one_at_a_time", fields=["care_month"], condition=Q(state__in=["WAITING", "RUNNING"])
            )
        ]


class Wait(models.TextChoices):
    """How a declaration meets the control before the debit."""

    NONE = "NONE", "Réglée sans attendre"
    AT_ONCE = "AT_ONCE", "Réparée le jour même, sans retenue"
    AUTO = "AUTO", "Retenue, puis réparée seule"
    PERSON = "PERSON", "Retenue, confiée à une personne"


class ReplayLine(models.Model):
    """One declaration that the two circuits do not treat alike, or that the control looked at. The others are clean.

    `due` is what the fund's decision gives (or, without one, the best that is known); `is_decided` says whether anybody
    had decided. `taken_on` is the day of the debit in both circuits, `leaves_on` the day on which what was held leaves
    (empty: nobody has decided, it stays).
    """

    replay = models.ForeignKey(Replay, on_delete=models.CASCADE, related_name="lines")
    declaration_no = models.CharField(max_length=40)
    employer_no = models.CharField(max_length=40)
    name = models.CharField(max_length=210, blank=True)
    fund = models.CharField(max_length=8, blank=True)
    declared_on = models.DateField()
    taken_on = models.DateField()
    leaves_on = models.DateField(null=True)
    wait = models.CharField(max_length=7, choices=Wait)
    is_decided = models.BooleanField()
    codes = models.CharField(max_length=120, blank=True)
    left_debit_cents = models.BigIntegerField()
    left_payout_cents = models.BigIntegerField()
    due_debit_cents = models.BigIntegerField()
    due_payout_cents = models.BigIntegerField()
    right_debit_cents = models.BigIntegerField()
    right_payout_cents = models.BigIntegerField()
    left_wrong_cents = models.BigIntegerField()
    left_undecided_cents = models.BigIntegerField()
    left_missing_cents = models.BigIntegerField()
    right_wrong_cents = models.BigIntegerField()

    class Meta:
        verbose_name = "déclaration rejouée"
        constraints = [
            models.UniqueConstraint(name="replayline_once", fields=["replay", "declaration_no"]),
            models.CheckConstraint(
                name="replayline_in_time", condition=Q(leaves_on__isnull=True) | Q(leaves_on__gte=F("taken_on"))
            ),
        ]
        indexes = [models.Index(fields=["replay", "employer_no", "id"])]
