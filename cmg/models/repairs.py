"""What people decide about a family: data repaired, a disagreement set aside, a hold released, money put right."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class Repair(models.Model):
    """One act of repair: rows of one side superseded by others, kept as a file of its own. Undone by another repair.

    `form_key` is that of the form it was asked with: the same form sent again finds its repair.
    """

    act = models.CharField(max_length=24)
    employer_no = models.CharField(max_length=40)
    file = models.OneToOneField("exchange.ReceivedFile", on_delete=models.PROTECT, related_name="repair")
    reason = models.CharField(max_length=300)
    done_by = models.CharField(max_length=150)
    done_at = models.DateTimeField()
    undoes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="undone_by")
    dossier = models.ForeignKey("casework.Dossier", on_delete=models.PROTECT, null=True, related_name="repairs")
    form_key = models.UUIDField(unique=True, null=True)

    class Meta:
        verbose_name = "réparation"
        indexes = [models.Index(fields=["employer_no", "id"])]


class RepairedRow(models.Model):
    """One row that a repair superseded (`former_id`, none for a new row) and the row that replaced it."""

    repair = models.ForeignKey(Repair, on_delete=models.PROTECT, related_name="rows")
    table = models.CharField(max_length=20)
    former_id = models.BigIntegerField(null=True)
    new_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = "ligne réparée"
        constraints = [
            models.CheckConstraint(
                name="repairedrow_something", condition=Q(former_id__isnull=False) | Q(new_id__isnull=False)
            )
        ]


class VerdictKind(models.TextChoices):
    CONFIRMED = "CONFIRMED", "Confirmé"
    FALSE_POSITIVE = "FALSE_POSITIVE", "Sans objet"
    RELEASED = "RELEASED", "Retenue levée par une personne"


class PersonVerdict(models.Model):
    """What a person decided of a disagreement, or of a held month (`code` empty). Kept for ever; the last one counts.

    FALSE_POSITIVE sets the code aside for the family, child and month. RELEASED lets a held month be settled although
    no decision is known: it is the recorded decision of a person, under four eyes from the threshold.
    """

    kind = models.CharField(max_length=14, choices=VerdictKind)
    employer_no = models.CharField(max_length=40)
    care_month = models.DateField()
    code = models.CharField(max_length=7, blank=True)
    child_id = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=300)
    four_eyes = models.BooleanField(default=False)
    proposed_by = models.CharField(max_length=150)
    proposed_at = models.DateTimeField()
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "décision d’une personne"
        constraints = [
            models.UniqueConstraint(
                name="verdict_one_living",
                fields=["employer_no", "care_month", "code", "child_id"],
                condition=Q(withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(
                name="verdict_four_eyes",
                condition=Q(four_eyes=False) | Q(decided_by="") | ~Q(decided_by=F("proposed_by")),
            ),
            models.CheckConstraint(name="verdict_reasoned", condition=~Q(reason="")),
        ]
        indexes = [models.Index(fields=["care_month", "employer_no"])]


class MergeState(models.TextChoices):
    MERGED = "MERGED", "Fusionnées"
    UNDONE = "UNDONE", "Fusion annulée"


class FamilyMerge(models.Model):
    """Two accounts that are one family. Reversible: the rows that were moved are those of its repair."""

    kept = models.CharField(max_length=40)
    absorbed = models.CharField(max_length=40)
    criteria = ArrayField(models.CharField(max_length=20))
    state = models.CharField(max_length=6, choices=MergeState, default=MergeState.MERGED)
    repair = models.OneToOneField(Repair, on_delete=models.PROTECT, related_name="merge")
    reversible_until = models.DateField()
    # The parents' accounts that followed from the absorbed family to the kept one.
    links = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        verbose_name = "fusion de familles"
        constraints = [
            models.CheckConstraint(name="merge_of_two", condition=~Q(kept=F("absorbed"))),
            models.UniqueConstraint(name="merge_absorbed_once", fields=["absorbed"], condition=Q(state="MERGED")),
        ]


class RegularisationState(models.TextChoices):
    PROPOSED = "PROPOSED", "Proposée"
    APPROVED = "APPROVED", "Approuvée"
    EXECUTED = "EXECUTED", "Exécutée"
    DROPPED = "DROPPED", "Abandonnée"


class Regularisation(models.Model):
    """The months already issued that a repair changes, as a list of movements before they move."""

    SUBJECT = "cmg.regularisation"
    MOVES = {
        "PROPOSED": {"APPROVED", "DROPPED"},
        "APPROVED": {"EXECUTED", "DROPPED"},
        "EXECUTED": set(),
        "DROPPED": set(),
    }

    employer_no = models.CharField(max_length=40)
    fund = models.CharField(max_length=8, blank=True)
    reason = models.CharField(max_length=300)
    state = models.CharField(max_length=8, choices=RegularisationState, default=RegularisationState.PROPOSED)
    moved_cents = models.BigIntegerField(default=0)
    four_eyes = models.BooleanField(default=False)
    proposed_by = models.CharField(max_length=150)
    proposed_on = models.DateField()
    decided_by = models.CharField(max_length=150, blank=True)
    executed_on = models.DateField(null=True)
    dossier = models.ForeignKey("casework.Dossier", on_delete=models.PROTECT, null=True, related_name="regularisations")

    class Meta:
        verbose_name = "régularisation"
        constraints = [
            models.UniqueConstraint(
                name="regularisation_one_open",
                fields=["employer_no"],
                condition=Q(state__in=["PROPOSED", "APPROVED"]),
            ),
            models.CheckConstraint(
                name="regularisation_four_eyes",
                condition=Q(four_eyes=False) | Q(decided_by="") | ~Q(decided_by=F("proposed_by")),
            ),
        ]
        indexes = [models.Index(fields=["state", "proposed_on", "id"])]

    @property
    def subject(self) -> str:
        return f"cmg:employer:{self.employer_no}"


class RegularisedMonth(models.Model):
    """One month of a regularisation: the run that settles it again, and what was and will be, in cents."""

    regularisation = models.ForeignKey(Regularisation, on_delete=models.PROTECT, related_name="months")
    run = models.OneToOneField("batches.Run", on_delete=models.PROTECT, related_name="regularised")
    care_month = models.DateField()
    debited_cents = models.BigIntegerField()
    debit_due_cents = models.BigIntegerField()
    paid_cents = models.BigIntegerField()
    payout_due_cents = models.BigIntegerField()

    class Meta:
        verbose_name = "mois régularisé"
        constraints = [models.UniqueConstraint(name="regularised_once", fields=["regularisation", "care_month"])]

    @property
    def refund_cents(self) -> int:
        """Contributions given back, never negative."""
        return max(0, self.debited_cents - self.debit_due_cents)

    @property
    def arrears_cents(self) -> int:
        """Part (b) still owed."""
        return max(0, self.payout_due_cents - self.paid_cents)
