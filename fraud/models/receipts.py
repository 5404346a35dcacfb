"""How and when a letter reached the person, what was joined to it, and what a penalty that is not paid leads to."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from fraud.models.cases import ControlCase
from fraud.models.evidence import EvidenceItem
from fraud.models.papers import CasePaper
from fraud.models.penalties import Penalty


class DeliveryWay(models.TextChoices):
    """Ways that give a certain date."""

    REGISTERED = "REGISTERED", "recommandé, avis de réception signé"
    UNCLAIMED = "UNCLAIMED", "recommandé non réclamé, au jour de la première présentation"
    BY_HAND = "BY_HAND", "remis en main propre contre signature"
    ELECTRONIC = "ELECTRONIC", "ouvert dans l’espace de la personne"


class PaperDelivery(models.Model):
    """The receipt of one letter. `until`: the last day to act that runs from it, where one does. Never changed."""

    paper = models.OneToOneField(CasePaper, on_delete=models.PROTECT, related_name="delivery")
    way = models.CharField(max_length=10, choices=DeliveryWay)
    received_on = models.DateField()
    proof = models.CharField(max_length=80)
    until = models.DateField(null=True)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        verbose_name = "réception d’un courrier"
        constraints = [models.CheckConstraint(name="delivery_proven", condition=~Q(proof=""))]


class CopiedItem(models.Model):
    """One document that was joined to the copies sent to the person: what was sent is known by its hash."""

    paper = models.ForeignKey(CasePaper, on_delete=models.PROTECT, related_name="copied")
    item = models.ForeignKey(EvidenceItem, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "document joint à une copie"
        constraints = [models.UniqueConstraint(name="copied_once", fields=["paper", "item"])]


class Acquittal(models.Model):
    """A criminal court finally acquitted the person of the facts of a case: no penalty stands (CSS L. 114-17)."""

    case = models.OneToOneField(ControlCase, on_delete=models.PROTECT, related_name="acquittal")
    ruled_on = models.DateField()
    court = models.CharField(max_length=160)
    reference = models.CharField(max_length=60)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        verbose_name = "relaxe définitive"


class DemandKind(models.TextChoices):
    FORMAL_NOTICE = "FORMAL_NOTICE", "Mise en demeure"
    SURCHARGE = "SURCHARGE", "Majoration"
    CONTRAINTE = "CONTRAINTE", "Contrainte"


class PenaltyDemand(models.Model):
    """One act to be paid a final penalty, each once, in this order. `due_cents` is what was left then, without the surcharge."""

    penalty = models.ForeignKey(Penalty, on_delete=models.PROTECT, related_name="demands")
    kind = models.CharField(max_length=13, choices=DemandKind)
    dated = models.DateField()
    due_cents = models.BigIntegerField()
    surcharge_cents = models.BigIntegerField(default=0)
    paper = models.OneToOneField(CasePaper, on_delete=models.PROTECT, null=True, related_name="demand")
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "acte de recouvrement d’une pénalité"
        constraints = [
            models.UniqueConstraint(name="demand_once", fields=["penalty", "kind"]),
            models.CheckConstraint(name="demand_of_something", condition=Q(due_cents__gt=0)),
            models.CheckConstraint(
                name="demand_surcharge_of_its_act",
                condition=Q(surcharge_cents=0) | (~Q(kind="FORMAL_NOTICE") & Q(surcharge_cents__gt=0)),
            ),
            models.CheckConstraint(name="demand_surcharge_below_due", condition=Q(surcharge_cents__lt=F("due_cents"))),
        ]


class PenaltyPayment(models.Model):
    """Money received for a penalty. `reference` names the movement, once a penalty."""

    penalty = models.ForeignKey(Penalty, on_delete=models.PROTECT, related_name="payments")
    received_on = models.DateField()
    cents = models.BigIntegerField()
    reference = models.CharField(max_length=80)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        verbose_name = "paiement d’une pénalité"
        constraints = [
            models.UniqueConstraint(name="penalty_paid_once", fields=["penalty", "reference"]),
            models.CheckConstraint(name="penalty_payment_positive", condition=Q(cents__gt=0)),
        ]
