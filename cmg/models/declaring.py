"""What families write themselves: drafts of declarations, the estimates they were shown, the mandates they accepted."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from cmg.models.received import DeclarationKind


class FamilyDraft(models.Model):
    """A declaration, a correction or a cancellation that a family is writing; once sent, its receipt.

    `key` is the form's: sent twice, the first receipt is shown. `values` are the cells as typed. The number is drawn
    with the draft, since shared maxima are attributed in the order of the numbers: the estimate needs the final one.
    """

    key = models.UUIDField(unique=True)
    employer_no = models.CharField(max_length=40)
    employee_no = models.CharField(max_length=40)
    care_month = models.DateField()
    child_ids = models.CharField(max_length=400)
    child_birth_dates = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=DeclarationKind)
    declaration_no = models.CharField(max_length=40)
    version = models.SmallIntegerField()
    values = models.JSONField(default=dict)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    declaration = models.OneToOneField("cmg.Declaration", on_delete=models.PROTECT, null=True, related_name="draft")

    class Meta:
        verbose_name = "brouillon de déclaration"
        constraints = [
            models.UniqueConstraint(
                name="familydraft_one_open",
                fields=["employer_no", "employee_no", "care_month", "child_ids"],
                condition=Q(sent_at__isnull=True),
            ),
            models.CheckConstraint(
                name="familydraft_sent_whole",
                condition=Q(sent_at__isnull=True, declaration__isnull=True)
                | Q(sent_at__isnull=False, declaration__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["employer_no", "care_month"])]


class DeclarationEstimate(models.Model):
    """What the family was told when it sent a declaration: amounts, and the facts and steps that gave them.

    `steps` are {name, label, value}, `facts` {name, label, value}, in words, in the order of the calculation.
    """

    declaration = models.OneToOneField("cmg.Declaration", on_delete=models.PROTECT, related_name="estimate")
    made_on = models.DateField()
    status = models.CharField(max_length=10)
    all_in_one = models.BooleanField(default=False)
    payout_blocked = models.BooleanField(default=False)
    debit_cents = models.BigIntegerField()
    payout_cents = models.BigIntegerField()
    total_debit_cents = models.BigIntegerField()
    codes = models.CharField(max_length=120, blank=True)
    facts = models.JSONField(default=list)
    steps = models.JSONField(default=list)

    class Meta:
        verbose_name = "estimation"


class FamilyMandate(models.Model):
    """A SEPA mandate accepted by a family for the account it gave; `key` is the form's, `reference` drawn by us."""

    key = models.UUIDField(unique=True)
    employer_no = models.CharField(max_length=40)
    reference = models.CharField(max_length=35, unique=True)
    holder = models.CharField(max_length=70)
    iban_key = models.UUIDField()
    iban_tail = models.CharField(max_length=4)
    signed_on = models.DateField()
    accepted_at = models.DateTimeField()
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    repair = models.OneToOneField("cmg.Repair", on_delete=models.PROTECT, related_name="mandate")

    class Meta:
        verbose_name = "mandat accepté"
        indexes = [models.Index(fields=["employer_no", "id"])]
