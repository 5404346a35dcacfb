"""An uprating announced and seen before its day: never the law itself, which stands in the installation's files."""

from django.db import models
from django.db.models import F, Q

from portal.benefits.models.decided import Benefit


class UpratingState(models.TextChoices):
    PROPOSED = "PROPOSED", "Proposée"
    PREVIEWED = "PREVIEWED", "Vue avant son jour"
    CONFIRMED = "CONFIRMED", "Confirmée"
    IN_FORCE = "IN_FORCE", "En vigueur"
    WITHDRAWN = "WITHDRAWN", "Retirée"


ALLOWED_MOVES = {
    UpratingState.PROPOSED: {UpratingState.PREVIEWED, UpratingState.WITHDRAWN},
    UpratingState.PREVIEWED: {UpratingState.PREVIEWED, UpratingState.CONFIRMED, UpratingState.WITHDRAWN},
    # Previewed again, it is to be confirmed again: what was confirmed is a digest.
    UpratingState.CONFIRMED: {UpratingState.PREVIEWED, UpratingState.IN_FORCE, UpratingState.WITHDRAWN},
    UpratingState.IN_FORCE: set(),
    UpratingState.WITHDRAWN: set(),
}
SETTLED = (UpratingState.CONFIRMED, UpratingState.IN_FORCE)


class Uprating(models.Model):
    """A value of a legal figure, announced for a day to come. `before_cents` is what the files said of that day when it was
    proposed, null when they had no figure. `run` is the last preview; `confirmed_digest` the one that was confirmed."""

    form_key = models.UUIDField(unique=True)
    key = models.CharField(max_length=60)
    from_day = models.DateField()
    value_cents = models.BigIntegerField()
    before_cents = models.BigIntegerField(null=True)
    source = models.CharField(max_length=200)
    reason = models.CharField(max_length=300, blank=True)
    asks_two = models.BooleanField()
    state = models.CharField(max_length=10, choices=UpratingState, default=UpratingState.PROPOSED)
    proposed_by = models.CharField(max_length=150)
    proposed_at = models.DateTimeField()
    run = models.ForeignKey("batches.Run", on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_by = models.CharField(max_length=150, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_digest = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = "revalorisation"
        constraints = [
            models.CheckConstraint(name="uprating_above_zero", condition=Q(value_cents__gt=0)),
            models.UniqueConstraint(
                name="uprating_one_a_day", fields=["key", "from_day"], condition=~Q(state=UpratingState.WITHDRAWN)
            ),
            models.CheckConstraint(
                name="uprating_lower_with_a_word",
                condition=Q(before_cents__isnull=True) | Q(value_cents__gte=F("before_cents")) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="uprating_confirmed_by_somebody",
                condition=~Q(state__in=SETTLED)
                | (~Q(confirmed_by="") & ~Q(confirmed_digest="") & Q(run__isnull=False, confirmed_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="uprating_two_people",
                condition=~Q(state__in=SETTLED) | Q(asks_two=False) | ~Q(confirmed_by=F("proposed_by")),
            ),
        ]

    @property
    def number(self) -> str:
        """The reference that its receipt bears."""
        return f"RV-{self.pk:05d}"


class UpratingLine(models.Model):
    """One family in one preview: a month of AEEH, or an ARS, by the figures in force and by the value announced.

    `refusal` is what waits with the value announced, when the amount cannot be computed whole; `crosses`: on one side the sum
    is too small to leave, on the other it leaves. `facts` give both amounts again.
    """

    run = models.ForeignKey("batches.Run", on_delete=models.CASCADE, db_index=False, related_name="uprating_lines")
    slice_number = models.SmallIntegerField()
    benefit = models.CharField(max_length=4, choices=Benefit)
    fund = models.CharField(max_length=8)
    beneficiary_no = models.CharField(max_length=40)
    territory = models.CharField(max_length=9)
    before_cents = models.BigIntegerField()
    after_cents = models.BigIntegerField()
    difference_cents = models.BigIntegerField()
    crosses = models.BooleanField()
    refusal = models.CharField(max_length=40, blank=True)
    facts = models.JSONField()

    class Meta:
        verbose_name = "famille d’un aperçu"
        constraints = [
            models.UniqueConstraint(
                name="upratingline_once", fields=["run", "benefit", "beneficiary_no", "fund"]
            ),
            models.CheckConstraint(
                name="upratingline_adds_up",
                condition=Q(before_cents__gte=0, after_cents__gte=0)
                & Q(difference_cents=F("after_cents") - F("before_cents")),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(name="upratingline_largest", fields=["run", "benefit", "-difference_cents", "id"]),
            models.Index(name="upratingline_listed", fields=["run", "benefit", "fund", "beneficiary_no"]),
            models.Index(
                name="upratingline_waiting", fields=["run", "benefit", "id"], condition=~Q(refusal="")
            ),
            models.Index(
                name="upratingline_crossing", fields=["run", "benefit", "id"], condition=Q(crosses=True)
            ),
        ]  # fmt: skip
