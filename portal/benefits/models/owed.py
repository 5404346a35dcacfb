"""What is decided about a sum paid in excess: the family's agreement and what it let be withheld, what it contests, what is remitted.

Rows are only added; an agreement ends once. Migration 0008 has the database refuse anything withheld without an agreement.
"""

from django.db import models
from django.db.models import F, Q

from portal.benefits.models.decided import Benefit


class RepaymentAgreement(models.Model):
    """A family agrees that so many cents be withheld of the awards of one benefit: each month for the AEEH, each start of term
    for the ARS. It counts for the sums of that day alone, until it is withdrawn."""

    fund = models.CharField(max_length=8)
    beneficiary_no = models.CharField(max_length=40)
    benefit = models.CharField(max_length=4, choices=Benefit)
    each_cents = models.BigIntegerField()
    words = models.CharField(max_length=300)
    agreed_on = models.DateField()
    form_key = models.UUIDField(unique=True)
    recorded_by = models.CharField(max_length=150)
    recorded_on = models.DateField()
    withdrawn_words = models.CharField(max_length=300, blank=True)
    withdrawn_key = models.UUIDField(unique=True, null=True)
    withdrawn_by = models.CharField(max_length=150, blank=True)
    withdrawn_on = models.DateField(null=True)

    class Meta:
        verbose_name = "accord pour rendre une somme"
        constraints = [
            models.UniqueConstraint(
                name="repaymentagreement_one_lives", fields=["beneficiary_no", "fund", "benefit"],
                condition=Q(withdrawn_on__isnull=True),
            ),
            models.CheckConstraint(name="repaymentagreement_more_than_nothing", condition=Q(each_cents__gt=0)),
            models.CheckConstraint(
                name="repaymentagreement_given_before_recorded", condition=Q(agreed_on__lte=F("recorded_on"))
            ),
            models.CheckConstraint(
                name="repaymentagreement_ends_told",
                condition=Q(withdrawn_on__isnull=True, withdrawn_key__isnull=True, withdrawn_by="")
                | (Q(withdrawn_on__isnull=False, withdrawn_key__isnull=False) & ~Q(withdrawn_by="")),
            ),
        ]  # fmt: skip

    @property
    def is_live(self) -> bool:
        return self.withdrawn_on is None


class Deduction(models.Model):
    """What one issued run withheld of one sum, under which agreement. `period` is what the agreed sum bounds: the month of the
    issue for the AEEH, the start of term for the ARS."""

    overpayment = models.ForeignKey("benefits.BenefitOverpayment", on_delete=models.PROTECT, related_name="deductions")
    agreement = models.ForeignKey(RepaymentAgreement, on_delete=models.PROTECT, related_name="deductions")
    run = models.ForeignKey("batches.Run", on_delete=models.PROTECT, db_index=False, related_name="+")
    period = models.DateField()
    amount_cents = models.BigIntegerField()
    withheld_on = models.DateField()

    class Meta:
        verbose_name = "retenue convenue"
        constraints = [
            models.UniqueConstraint(name="deduction_once", fields=["run", "overpayment"]),
            models.CheckConstraint(name="deduction_more_than_nothing", condition=Q(amount_cents__gt=0)),
        ]


class OverpaymentActKind(models.TextChoices):
    CONTESTED = "CONTESTED", "contestée par la famille"
    CONFIRMED = "CONFIRMED", "confirmée par la commission"
    CANCELLED = "CANCELLED", "annulée par la commission"
    PROPOSED = "PROPOSED", "remise proposée"
    REFUSED = "REFUSED", "remise refusée"
    REMITTED = "REMITTED", "remise accordée"
    CAUSE_TOLD = "CAUSE_TOLD", "cause dite"


class OverpaymentAct(models.Model):
    """One decision about one sum paid in excess: what, how much, in what words, by whom. `told_on` is the day of what it records,
    such as that of the committee's decision."""

    overpayment = models.ForeignKey("benefits.BenefitOverpayment", on_delete=models.PROTECT, related_name="acts")
    kind = models.CharField(max_length=10, choices=OverpaymentActKind)
    amount_cents = models.BigIntegerField(default=0)
    words = models.CharField(max_length=300)
    told_on = models.DateField()
    four_eyes = models.BooleanField(default=False)
    proposed_by = models.CharField(max_length=150, blank=True)
    form_key = models.UUIDField(unique=True)
    done_by = models.CharField(max_length=150)
    done_on = models.DateField()

    class Meta:
        verbose_name = "décision sur une somme versée en trop"
        constraints = [
            models.CheckConstraint(
                name="overpaymentact_four_eyes",
                condition=Q(four_eyes=False) | (~Q(proposed_by="") & ~Q(proposed_by=F("done_by"))),
            ),
            models.CheckConstraint(
                name="overpaymentact_cents_of_what_gives_up",
                condition=Q(kind__in=["CANCELLED", "PROPOSED", "REMITTED"], amount_cents__gt=0)
                | (~Q(kind__in=["CANCELLED", "PROPOSED", "REMITTED"]) & Q(amount_cents=0)),
            ),
            models.CheckConstraint(name="overpaymentact_told_before_done", condition=Q(told_on__lte=F("done_on"))),
        ]
