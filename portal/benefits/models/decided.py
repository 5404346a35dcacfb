"""What a run of ARS or AEEH decided for each family. Written once, by COPY; never changed after the issue."""

from django.db import models
from django.db.models.functions import Greatest


class Benefit(models.TextChoices):
    """`value` is also the end of the purpose of its payment orders (``FAMILY_ARS``)."""

    ARS = "ARS", "Allocation de rentrée scolaire"
    AEEH = "AEEH", "Allocation d’éducation de l’enfant handicapé"


class AwardStatus(models.TextChoices):
    PAID = "PAID", "à payer"
    DEFERRED = "DEFERRED", "reportée, trop petite pour partir seule"
    WAIVED = "WAIVED", "abandonnée, trop petite"
    NOT_PAID = "NOT_PAID", "sous le minimum de la prestation"
    REFUSED = "REFUSED", "aucun droit"
    HELD = "HELD", "en attente d’une réponse"


class Award(models.Model):
    """One family's benefit in one run: what is due, before and after CRDS, and what leaves.

    `net_cents` is all that is due for the period, `gross_cents` less `crds_cents`, the exceptional part of 2020 among them;
    `already_cents` is what earlier runs of the period settled, with what the family received in excess of it and is due after
    all (`due_again_cents`). When it is paid, `paid_cents` is the rest, with what was put
    aside before (`released_cents`) and without what an earlier correction found paid in excess (`recovered_cents`). What is
    due comes from `facts`: with the run's rule version, days and parameters they give the stored cents again. `refusal` is
    why nothing is due, or what still waits when something is.
    """

    run = models.ForeignKey("batches.Run", on_delete=models.CASCADE, db_index=False, related_name="awards")
    slice_number = models.SmallIntegerField()
    benefit = models.CharField(max_length=4, choices=Benefit)
    fund = models.CharField(max_length=8)
    beneficiary_no = models.CharField(max_length=40)
    territory = models.CharField(max_length=9)
    month = models.DateField()
    status = models.CharField(max_length=8, choices=AwardStatus)
    refusal = models.CharField(max_length=40, blank=True)
    children = models.SmallIntegerField()
    gross_cents = models.BigIntegerField()
    crds_cents = models.BigIntegerField()
    net_cents = models.BigIntegerField()
    exceptional_cents = models.BigIntegerField(default=0)
    is_differential = models.BooleanField(default=False)
    released_cents = models.BigIntegerField(default=0)
    recovered_cents = models.BigIntegerField(default=0)
    paid_cents = models.BigIntegerField()
    already_cents = models.BigIntegerField(default=0)
    due_again_cents = models.BigIntegerField(default=0)
    facts = models.JSONField()

    class Meta:
        verbose_name = "prestation décidée"
        constraints = [
            models.UniqueConstraint(name="award_once", fields=["run", "fund", "beneficiary_no"]),
            models.CheckConstraint(
                name="award_never_negative",
                condition=models.Q(gross_cents__gte=0, crds_cents__gte=0, net_cents__gte=0, paid_cents__gte=0),
            ),
            models.CheckConstraint(
                name="award_pays_when_paid", condition=models.Q(status="PAID") | models.Q(paid_cents=0)
            ),
            models.CheckConstraint(
                name="award_adds_up",
                condition=models.Q(net_cents=models.F("gross_cents") - models.F("crds_cents"))
                & models.Q(already_cents__gte=0, released_cents__gte=0, recovered_cents__gte=0),
            ),
            models.CheckConstraint(
                name="award_pays_the_difference",
                condition=~models.Q(status="PAID")
                | models.Q(
                    paid_cents=Greatest(models.F("net_cents") - models.F("already_cents"), 0)
                    + models.F("released_cents")
                    - models.F("recovered_cents")
                ),
            ),
            models.CheckConstraint(
                name="award_due_again_in_a_rise",
                condition=models.Q(due_again_cents=0)
                | models.Q(
                    due_again_cents__gt=0,
                    already_cents__gte=models.F("due_again_cents"),
                    net_cents__gte=models.F("already_cents"),
                ),
            ),
        ]
        indexes = [
            models.Index(name="award_family", fields=["beneficiary_no", "fund", "benefit", "-month"]),
            models.Index(name="award_status", fields=["run", "status", "id"]),
            # A slice is replaced when it is done again, and read twice before the issue.
            models.Index(name="award_slice", fields=["run", "slice_number"]),
        ]

    @property
    def added_cents(self) -> int:
        """What it adds to what earlier runs of the period settled: kept, given up, or paid with what waited."""
        return max(self.net_cents - self.already_cents, 0)
