"""What a month decided: settlements, anomalies, and the links found between the two sides."""

from django.db import models
from django.db.models import Q


class SettlementStatus(models.TextChoices):
    SETTLED = "SETTLED", "Réglée"
    HELD = "HELD", "Retenue"
    REJECTED = "REJECTED", "Rejetée"
    SUPERSEDED = "SUPERSEDED", "Remplacée"
    CANCELLED = "CANCELLED", "Annulée"


class Decision(models.TextChoices):
    """The positive decision that lets a contribution leave for a month (the gate)."""

    RIGHT = "RIGHT", "Droit ouvert pour le mois"
    RIGHT_ENDED = "RIGHT_ENDED", "Droit fermé ou terminé"
    REQUEST_REFUSED = "REQUEST_REFUSED", "Demande décidée sans droit"
    AGE_PASSED = "AGE_PASSED", "Âge limite passé"
    NO_BENEFICIARY = "NO_BENEFICIARY", "Famille sans numéro allocataire"
    MAYOTTE = "MAYOTTE", "CMG non applicable à Mayotte"
    RELEASED = "RELEASED", "Retenue levée par une personne"


class AnomalyState(models.TextChoices):
    DETECTED = "DETECTED", "Détectée"
    CONFIRMED = "CONFIRMED", "Confirmée"
    FALSE_POSITIVE = "FALSE_POSITIVE", "Sans objet"
    AUTO_RESOLVING = "AUTO_RESOLVING", "Réparation automatique"
    ASSIGNED = "ASSIGNED", "Confiée à une personne"
    RESOLVED = "RESOLVED", "Donnée réparée"
    REGULARISED = "REGULARISED", "Argent rendu"
    CLOSED = "CLOSED", "Close"


class Settlement(models.Model):
    """What one declaration version gives in one run, whole; the difference from what was issued is in the ledger.

    The facts are those of the declaration, which never changes, and of `facts` (JSON: what the right says, as the
    rules name it); with the run's rule version and parameters digest, the trace recomputed from them must give the
    cents stored here. `right_ids` names the versions of the rights they come from.
    """

    run = models.ForeignKey("batches.Run", on_delete=models.PROTECT, db_index=False)
    slice_number = models.SmallIntegerField()
    declaration = models.ForeignKey("cmg.Declaration", on_delete=models.PROTECT, db_index=False, related_name="+")
    declaration_no = models.CharField(max_length=40)
    version = models.SmallIntegerField()
    employer_no = models.CharField(max_length=40)
    fund = models.CharField(max_length=8, blank=True)
    right_ids = models.CharField(max_length=200, blank=True)
    care_month = models.DateField()
    care_mode = models.CharField(max_length=24, blank=True)
    regime = models.CharField(max_length=1)
    contributions_cents = models.BigIntegerField()
    deduction_cents = models.BigIntegerField()
    part_a_cents = models.BigIntegerField()
    part_b_cents = models.BigIntegerField()
    supplement_cents = models.BigIntegerField()
    offset_cents = models.BigIntegerField()
    debit_cents = models.BigIntegerField()
    payout_cents = models.BigIntegerField()
    withholding_tax_cents = models.BigIntegerField()
    total_debit_cents = models.BigIntegerField()
    all_in_one = models.BooleanField()
    status = models.CharField(max_length=10, choices=SettlementStatus)
    debit_effect = models.CharField(max_length=20)
    held_debit_cents = models.BigIntegerField()
    payout_blocked = models.BooleanField()
    anomaly_codes = models.CharField(max_length=120, blank=True)
    decision = models.CharField(max_length=16, choices=Decision, blank=True)
    decision_month = models.DateField(null=True)
    refusal = models.CharField(max_length=40, blank=True)
    facts = models.TextField(default="{}")

    class Meta:
        verbose_name = "règlement"
        constraints = [
            models.UniqueConstraint(name="settlement_once", fields=["declaration", "run"]),
            # The gate: a settled contribution rests on a positive decision for that very month.
            models.CheckConstraint(
                name="no_debit_without_decision",
                condition=~Q(status="SETTLED") | (~Q(decision="") & Q(decision_month=models.F("care_month"))),
            ),
            models.CheckConstraint(
                name="settlement_identities",
                condition=Q(
                    payout_cents=models.F("part_b_cents") + models.F("supplement_cents") - models.F("offset_cents")
                )
                & Q(offset_cents__gte=0, debit_cents__gte=0, payout_cents__gte=0, part_a_cents__gte=0),
            ),
        ]
        indexes = [
            models.Index(fields=["run", "slice_number"]),
            models.Index(fields=["employer_no", "care_month"]),
            models.Index(name="settlement_held", fields=["run", "employer_no"], condition=Q(status="HELD")),
            # Debited on the decision that there was no right: what a right that comes later makes wrong.
            models.Index(
                name="settlement_no_right_debited",
                fields=["run"],
                condition=Q(status="SETTLED", debit_cents__gt=0) & ~Q(decision="RIGHT"),
            ),
            # Lists of a fund's caseworkers: few rows of a run are held or bear a disagreement.
            models.Index(name="settlement_held_fund", fields=["run", "fund", "id"], condition=Q(status="HELD")),
            models.Index(name="settlement_flagged", fields=["run", "fund"], condition=~Q(anomaly_codes="")),
        ]


class StructureSettlement(models.Model):
    """What the fund pays on one structure invoice."""

    run = models.ForeignKey("batches.Run", on_delete=models.PROTECT)
    invoice = models.ForeignKey("cmg.StructureInvoice", on_delete=models.PROTECT, related_name="+")
    right_id = models.BigIntegerField(null=True)
    part_b_cents = models.BigIntegerField()
    payout_cents = models.BigIntegerField()
    status = models.CharField(max_length=10, choices=SettlementStatus)
    anomaly_codes = models.CharField(max_length=120, blank=True)
    refusal = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name = "règlement de structure"
        constraints = [models.UniqueConstraint(name="structuresettlement_once", fields=["run", "invoice"])]


class Anomaly(models.Model):
    """A disagreement found by a run, for one declaration. `explanation` is the sentence agents read."""

    run = models.ForeignKey("batches.Run", on_delete=models.PROTECT)
    code = models.CharField(max_length=7)
    declaration = models.ForeignKey("cmg.Declaration", on_delete=models.PROTECT, null=True, related_name="+")
    declaration_no = models.CharField(max_length=40)
    employer_no = models.CharField(max_length=40)
    child_id = models.CharField(max_length=400, blank=True)
    severity = models.CharField(max_length=8)
    resolution = models.CharField(max_length=16)
    debit_effect = models.CharField(max_length=20)
    state = models.CharField(max_length=14, choices=AnomalyState)
    detected_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    explanation = models.CharField(max_length=300)

    class Meta:
        verbose_name = "anomalie"
        indexes = [
            models.Index(fields=["run", "code", "id"]),
            models.Index(fields=["employer_no", "code"]),
        ]


class RightLink(models.Model):
    """A right whose own employer number is not the account that its other keys designate, linked for one run.

    `employer_no` is the account it belongs to (empty: to none); `criteria` how many keys agree with it.
    """

    run = models.ForeignKey("batches.Run", on_delete=models.CASCADE)
    right_id = models.BigIntegerField()
    bucket = models.SmallIntegerField(null=True)
    employer_no = models.CharField(max_length=40, null=True)
    criteria = models.SmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(name="rightlink_once", fields=["run", "right_id"])]
        indexes = [models.Index(fields=["run", "bucket"])]


class Finding(models.Model):
    """A disagreement that only shows across families (two accounts, two households, a missing lot), for one run."""

    run = models.ForeignKey("batches.Run", on_delete=models.CASCADE)
    code = models.CharField(max_length=7)
    employer_no = models.CharField(max_length=40)
    bucket = models.SmallIntegerField()
    child_id = models.CharField(max_length=40, blank=True)
    detail = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["run", "bucket"])]
