"""Small sums: those kept for later, what a fund chose to do with them, and what was paid in excess.

Cents never leave without a row saying how: migration 0003 has the database refuse that one is removed, ended twice or changed.
"""

from django.db import models
from django.db.models import F, Q

from portal.benefits.models.decided import Benefit


class SumState(models.TextChoices):
    WAITING = "WAITING", "en attente"
    PAID = "PAID", "payée avec une suivante"
    WAIVED = "WAIVED", "abandonnée"
    UNDUE = "UNDUE", "annulée, le mois a été corrigé"


class SmallPolicy(models.TextChoices):
    PAY = "PAY", "payer toutes les sommes"
    DEFER = "DEFER", "reporter sur les mois suivants"
    WAIVE = "WAIVE", "abandonner"


class OverpaymentCause(models.TextChoices):
    """What several small overpayments must have in common to be added. A run that corrects a month does not know why the
    month was wrong: what it notes is added to nothing until a person says the cause."""

    CORRECTED = "CORRECTED", "correction d’un mois payé, cause à dire"
    TOLD_LATE = "TOLD_LATE", "changement connu trop tard"
    RIGHT_ENDED = "RIGHT_ENDED", "droit terminé"
    PAID_TWICE = "PAID_TWICE", "payé deux fois"
    FUND_ERROR = "FUND_ERROR", "erreur de la caisse"


class OverpaymentState(models.TextChoices):
    WRITTEN_OFF = "WRITTEN_OFF", "abandonnée et comptée"
    TO_RECOVER = "TO_RECOVER", "à récupérer"
    CONTESTED = "CONTESTED", "contestée"
    RECOVERED = "RECOVERED", "réglée"
    REMITTED = "REMITTED", "remise"
    CANCELLED = "CANCELLED", "annulée, la commission a donné raison à la famille"
    UNCLAIMED = "UNCLAIMED", "jamais réclamée"


class DeferredSum(models.Model):
    """A sum that a run kept for later, the family's own. It waits, then it is paid by a later run, given up, or no
    longer due because a run corrected its month: once."""

    fund = models.CharField(max_length=8)
    beneficiary_no = models.CharField(max_length=40)
    benefit = models.CharField(max_length=4, choices=Benefit)
    run = models.ForeignKey("batches.Run", on_delete=models.PROTECT, db_index=False, related_name="+")
    amount_cents = models.BigIntegerField()
    month = models.DateField()
    state = models.CharField(max_length=7, choices=SumState, default=SumState.WAITING)
    released_by = models.ForeignKey("batches.Run", on_delete=models.PROTECT, null=True, related_name="+")
    ended_on = models.DateField(null=True)

    class Meta:
        verbose_name = "petite somme reportée"
        constraints = [
            models.UniqueConstraint(name="deferred_once", fields=["run", "fund", "beneficiary_no"]),
            models.CheckConstraint(name="deferred_more_than_nothing", condition=Q(amount_cents__gt=0)),
            # The ARS is paid once a year: it is never carried over (CSS D. 543-2).
            models.CheckConstraint(name="deferred_never_ars", condition=~Q(benefit="ARS")),
            models.CheckConstraint(
                name="deferred_ends_one_way",
                condition=Q(state="WAITING", released_by__isnull=True, ended_on__isnull=True)
                | Q(state__in=["PAID", "UNDUE"], released_by__isnull=False, ended_on__isnull=False)
                | Q(state="WAIVED", released_by__isnull=True, ended_on__isnull=False),
            ),
            models.CheckConstraint(
                name="deferred_paid_by_another_run",
                condition=Q(released_by__isnull=True) | ~Q(released_by=F("run")),
            ),
        ]
        indexes = [
            models.Index(name="deferred_family", fields=["beneficiary_no", "fund", "benefit"]),
            models.Index(name="deferred_waiting", fields=["month", "id"], condition=Q(state="WAITING")),
            models.Index(name="deferred_list", fields=["fund", "month", "id"]),
        ]


class UndoneWaiver(models.Model):
    """What a run took back of the sums given up for a month, because it corrected the month downwards: they were never paid,
    and nobody owes them. Rows are only added, never beyond what was given up."""

    fund = models.CharField(max_length=8)
    beneficiary_no = models.CharField(max_length=40)
    benefit = models.CharField(max_length=4, choices=Benefit)
    run = models.ForeignKey("batches.Run", on_delete=models.PROTECT, db_index=False, related_name="+")
    month = models.DateField()
    amount_cents = models.BigIntegerField()

    class Meta:
        verbose_name = "abandon annulé"
        constraints = [
            models.UniqueConstraint(name="undonewaiver_once", fields=["run", "fund", "beneficiary_no"]),
            models.CheckConstraint(name="undonewaiver_more_than_nothing", condition=Q(amount_cents__gt=0)),
        ]
        indexes = [models.Index(name="undonewaiver_family", fields=["beneficiary_no", "fund", "benefit"])]


class SmallPaymentPolicy(models.Model):
    """What a fund does with small sums from a day on. Rows are only added: the last one that has begun is in force."""

    fund = models.CharField(max_length=8)
    from_day = models.DateField()
    policy = models.CharField(max_length=5, choices=SmallPolicy)
    reason = models.CharField(max_length=300)
    form_key = models.UUIDField(unique=True)
    decided_by = models.CharField(max_length=150)
    decided_on = models.DateField()
    decided_at = models.DateTimeField()

    class Meta:
        verbose_name = "règle des petites sommes d’une caisse"
        constraints = [
            models.CheckConstraint(name="smallpolicy_never_backwards", condition=Q(from_day__gte=F("decided_on"))),
        ]
        indexes = [models.Index(name="smallpolicy_fund", fields=["fund", "-from_day", "-id"])]


class BenefitOverpayment(models.Model):
    """A sum paid in excess for a month and a cause. Under the threshold it is given up and counted; with others of the same
    cause that reach it, it is to recover: the family may contest it, ask for a remission, or agree to give it back on the next
    awards of the same benefit. Nothing is withheld without that agreement, nor before `deductible_from`. What the law no
    longer lets anybody claim is kept as well. When the transfer that it rested on comes back from the bank, or a run finds the
    month due after all, that money pays it, in whatever state it is.

    paid in excess = recovered + given up by a decision (`remitted_cents`: remitted, or cancelled) + left, always.
    """

    # Migration 0009 has the database refuse any other.
    MOVES = {
        OverpaymentState.WRITTEN_OFF: {OverpaymentState.TO_RECOVER, OverpaymentState.RECOVERED},
        OverpaymentState.TO_RECOVER: {OverpaymentState.CONTESTED, OverpaymentState.RECOVERED, OverpaymentState.REMITTED},
        OverpaymentState.CONTESTED: {
            OverpaymentState.TO_RECOVER, OverpaymentState.CANCELLED, OverpaymentState.REMITTED, OverpaymentState.RECOVERED,
        },
        # What was remitted was never received after all.
        OverpaymentState.REMITTED: {OverpaymentState.RECOVERED},
        OverpaymentState.UNCLAIMED: {OverpaymentState.RECOVERED},
        # What the committee cancelled, a run then found due: it is in the award, no more given up.
        OverpaymentState.CANCELLED: {OverpaymentState.RECOVERED},
        OverpaymentState.RECOVERED: set(),
    }  # fmt: skip

    fund = models.CharField(max_length=8)
    beneficiary_no = models.CharField(max_length=40)
    benefit = models.CharField(max_length=4, choices=Benefit)
    cause = models.CharField(max_length=11, choices=OverpaymentCause)
    amount_cents = models.BigIntegerField()
    recovered_cents = models.BigIntegerField(default=0)
    remitted_cents = models.BigIntegerField(default=0)
    month = models.DateField()
    state = models.CharField(max_length=11, choices=OverpaymentState)
    deductible_from = models.DateField(null=True)
    agreement = models.ForeignKey(
        "benefits.RepaymentAgreement", on_delete=models.PROTECT, null=True, related_name="overpayments"
    )
    reason = models.CharField(max_length=300)
    form_key = models.UUIDField(unique=True)
    noted_by = models.CharField(max_length=150)
    noted_on = models.DateField()
    # That found it; none when a person noted it.
    run = models.ForeignKey("batches.Run", on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    # The debt that a decision had given up, that a run then found due, and that is in excess once more.
    rests_on = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    # Of what a decision had given up, what a run then found due.
    given_again_cents = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = "prestation versée en trop"
        constraints = [
            models.CheckConstraint(
                name="benefitoverpayment_bounds",
                condition=Q(amount_cents__gt=0, recovered_cents__gte=0, remitted_cents__gte=0)
                & Q(amount_cents__gte=F("recovered_cents") + F("remitted_cents")),
            ),
            models.CheckConstraint(
                name="benefitoverpayment_state_told",
                condition=Q(
                    state__in=["WRITTEN_OFF", "UNCLAIMED"],
                    recovered_cents__lt=F("amount_cents"),
                    remitted_cents=0,
                    deductible_from__isnull=True,
                )
                | Q(
                    state__in=["TO_RECOVER", "CONTESTED"],
                    amount_cents__gt=F("recovered_cents") + F("remitted_cents"),
                    deductible_from__isnull=False,
                )
                | Q(state="RECOVERED", amount_cents=F("recovered_cents") + F("remitted_cents"))
                | Q(
                    state__in=["REMITTED", "CANCELLED"],
                    amount_cents=F("recovered_cents") + F("remitted_cents"),
                    remitted_cents__gt=0,
                    deductible_from__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="benefitoverpayment_given_again",
                condition=Q(given_again_cents__gte=0, given_again_cents__lte=F("recovered_cents"))
                & (Q(rests_on__isnull=True) | Q(state__in=["UNCLAIMED", "RECOVERED"])),
            ),
            # A contested sum is nobody's agreement.
            models.CheckConstraint(
                name="benefitoverpayment_agreed_to_recover",
                condition=Q(agreement__isnull=True) | Q(state__in=["TO_RECOVER", "RECOVERED", "REMITTED"]),
            ),
        ]
        indexes = [
            models.Index(name="benefitoverpayment_family", fields=["beneficiary_no", "fund", "benefit"]),
            models.Index(name="benefitoverpayment_list", fields=["state", "fund", "id"]),
        ]

    @property
    def left_cents(self) -> int:
        """Given up as too small, or still to recover."""
        return self.amount_cents - self.recovered_cents - self.remitted_cents

    @property
    def never_received_cents(self) -> int:
        """The most that money which comes back pays: what was remitted was not received either. What the committee cancelled was
        due, and is sent again."""
        first = self.rests_on or self
        is_due_after_all = first.state == OverpaymentState.CANCELLED or first.acts.filter(kind="CANCELLED").exists()
        return 0 if is_due_after_all else self.left_cents + self.remitted_cents
