"""Orders on a joint fund that works, and the day on which its files go back to the bodies whose place it had taken."""

from datetime import date

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from portal.organisations.models.bodies import Branch, Organisation
from portal.organisations.rules.ending import ORDER_MOVES, Kind, OrderState


class OrderKind(models.TextChoices):
    END = Kind.END.value, "Fin de la caisse commune"
    REPEAL = Kind.REPEAL.value, "Abrogation de sa fin"
    PERMANENT = Kind.PERMANENT.value, "Pérennisation"


class FundOrderState(models.TextChoices):
    ENTERED = OrderState.ENTERED.value, "À confirmer"
    CONFIRMED = OrderState.CONFIRMED.value, "Confirmé"
    DROPPED = OrderState.DROPPED.value, "Abandonné"


class FundOrder(models.Model):
    """A minister's order on a fund that works: its end on a day for every branch that it holds, the repeal of that end before
    its day, or an experiment made permanent for the `branches` that it names. One person enters it, another confirms: then the
    missions change, and the last order confirmed counts."""

    MOVES, SUBJECT = ORDER_MOVES, "joint-order"

    body = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="orders")
    kind = models.CharField(max_length=9, choices=OrderKind)
    branches = ArrayField(models.CharField(max_length=10, choices=Branch))
    reference = models.CharField(max_length=80)
    signed_on = models.DateField()
    ends_on = models.DateField(null=True)
    state = models.CharField(max_length=9, choices=FundOrderState, default=FundOrderState.ENTERED)
    entered_on = models.DateField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    form_key = models.UUIDField(unique=True)

    class Meta:
        verbose_name = "arrêté sur une caisse commune"
        constraints = [
            models.CheckConstraint(
                name="fundorder_end_has_its_day",
                condition=Q(kind="END", ends_on__gte=F("signed_on"))
                | Q(kind__in=["PERMANENT", "REPEAL"], ends_on=None),
            ),
            models.CheckConstraint(
                name="fundorder_two_persons",
                condition=Q(state="CONFIRMED", confirmed_at__isnull=False, confirmed_by__isnull=False)
                & ~Q(confirmed_by=F("entered_by"))
                | ~Q(state="CONFIRMED") & Q(confirmed_by=None, confirmed_at=None),
            ),
            models.UniqueConstraint(name="fundorder_one_waits", fields=["body"], condition=Q(state="ENTERED")),
        ]


class FundReturn(models.Model):
    """Missions of a fund ended on a day, by an order or with their experiment: files and rights went back that day."""

    SUBJECT = "joint-return"

    body = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="returns")
    ends_on = models.DateField()
    done_at = models.DateTimeField()

    class Meta:
        verbose_name = "retour des dossiers d’une caisse commune"
        constraints = [models.UniqueConstraint(name="fundreturn_once", fields=["body", "ends_on"])]

    @property
    def moves_on(self) -> date:
        """The day on which its files move."""
        return self.ends_on
