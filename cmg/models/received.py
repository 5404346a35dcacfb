"""Facts received by flow files. Rows are never overwritten: a new version ends the former (`known_until`).

Money in cents, hours in hundredths, `null` where the sender did not know. `bucket` spreads families over the
slices of a month: it depends on the employer number alone, and files are stored in its order.
"""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models

from portal.exchange.received import CURRENT, Received, received_file


class Side(models.TextChoices):
    FUND = "F", "Caisse"
    PAJEMPLOI = "P", "Pajemploi"


class CareMode(models.TextChoices):
    CHILDMINDER = "CHILDMINDER", "Assistante maternelle ou assistant maternel"
    HOME_EMPLOYEE = "HOME_EMPLOYEE", "Garde à domicile"
    STRUCTURE_CHILDMINDER = "STRUCTURE_CHILDMINDER", "Structure, assistante maternelle ou assistant maternel"
    STRUCTURE_HOME = "STRUCTURE_HOME", "Structure, garde à domicile"
    MICRO_CRECHE = "MICRO_CRECHE", "Micro-crèche"


class RightStatus(models.TextChoices):
    ACTIVE = "ACTIVE", "ouvert"
    SUSPENDED = "SUSPENDED", "suspendu"
    CLOSED = "CLOSED", "fermé"


class Prepare(models.TextChoices):
    NONE = "NONE", "aucune"
    PARTIAL_LE_50 = "PARTIAL_LE_50", "activité jusqu’à 50 %"
    PARTIAL_50_80 = "PARTIAL_50_80", "activité de 50 à 80 %"
    FULL = "FULL", "taux plein"


class EmployeeKind(models.TextChoices):
    CHILDMINDER = "CHILDMINDER", "Assistante maternelle ou assistant maternel"
    HOME_EMPLOYEE = "HOME_EMPLOYEE", "Garde à domicile"


class DeclarationKind(models.TextChoices):
    ORIGINAL = "ORIGINAL", "Déclaration"
    CORRECTION = "CORRECTION", "Correction"
    CANCELLATION = "CANCELLATION", "Annulation"


class Account(Received):
    """An employer account at Pajemploi: one family."""

    employer_no = models.CharField(max_length=40)
    bucket = models.SmallIntegerField()
    nir_key = models.UUIDField(null=True)
    nir_valid = models.BooleanField()
    last_name = models.CharField(max_length=100)
    first_names = models.CharField(max_length=100)
    name_key = models.CharField(max_length=210)
    birth_date = models.DateField(null=True)
    fund = models.CharField(max_length=8, null=True)
    beneficiary_no = models.CharField(max_length=40, null=True)
    iban_key = models.UUIDField(null=True)
    iban_valid = models.BooleanField()
    iban_tail = models.CharField(max_length=4, blank=True)
    mandate_ref = models.CharField(max_length=35, null=True)
    mandate_signed_on = models.DateField(null=True)
    all_in_one = models.BooleanField()
    updated_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "compte employeur"
        constraints = [models.UniqueConstraint(name="account_one_current", fields=["employer_no"], condition=CURRENT)]
        indexes = [
            models.Index(name="account_number", fields=["beneficiary_no", "fund"], condition=CURRENT),
            models.Index(name="account_nir", fields=["nir_key"], condition=CURRENT),
            models.Index(name="account_bucket", fields=["bucket"], condition=CURRENT),
            models.Index(name="account_name", fields=["name_key"], condition=CURRENT),
            # Words in any order, and words that look alike.
            GinIndex(OpClass("name_key", name="gin_trgm_ops"), name="account_name_words", condition=CURRENT),
            # What an account said before: the numbers it bore while an old month lasted.
            models.Index(name="account_former", fields=["employer_no"], condition=~CURRENT),
        ]


class Right(Received):
    """A right as the fund decided it (`side` F) or as Pajemploi holds it (`side` P): one row per child and mode."""

    side = models.CharField(max_length=1, choices=Side)
    bucket = models.SmallIntegerField()
    right_no = models.CharField(max_length=40)
    fund = models.CharField(max_length=8)
    beneficiary_no = models.CharField(max_length=40, null=True)
    nir_key = models.UUIDField(null=True)
    nir_valid = models.BooleanField()
    employer_no = models.CharField(max_length=40, null=True)
    child_id = models.CharField(max_length=40)
    child_first_name = models.CharField(max_length=100, null=True)
    child_birth_date = models.DateField()
    care_mode = models.CharField(max_length=24, choices=CareMode)
    status = models.CharField(max_length=10, choices=RightStatus)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    annual_resources_cents = models.BigIntegerField(null=True)
    dependent_children = models.SmallIntegerField(null=True)
    isolated_parent = models.BooleanField(null=True)
    aah = models.BooleanField(null=True)
    aeeh_children = models.SmallIntegerField(null=True)
    prepare = models.CharField(max_length=16, choices=Prepare)
    shared_residence = models.BooleanField(null=True)
    sequence_no = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    transition_supplement_cents = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = "droit"
        constraints = [
            models.UniqueConstraint(
                name="right_one_current", fields=["child_id", "right_no", "fund", "side"], condition=CURRENT
            ),
        ]
        indexes = [
            models.Index(name="right_bucket", fields=["side", "bucket"], condition=CURRENT),
            models.Index(name="right_beneficiary", fields=["beneficiary_no", "fund"], condition=CURRENT),
            # A dossier reads its rights by any of three keys; without these two it would read the whole table.
            models.Index(name="right_employer", fields=["employer_no"], condition=CURRENT),
            models.Index(name="right_nir", fields=["nir_key"], condition=CURRENT),
        ]


class Request(Received):
    """A request that the fund has received; `decided_on` is empty while it is being studied."""

    request_no = models.CharField(max_length=40)
    fund = models.CharField(max_length=8)
    beneficiary_no = models.CharField(max_length=40, null=True)
    nir_key = models.UUIDField(null=True)
    child_id = models.CharField(max_length=40)
    child_birth_date = models.DateField(null=True)
    care_mode = models.CharField(max_length=24, choices=CareMode)
    filed_on = models.DateField()
    decided_on = models.DateField(null=True)

    class Meta:
        verbose_name = "demande"
        constraints = [
            models.UniqueConstraint(name="request_one_current", fields=["request_no", "fund"], condition=CURRENT),
        ]
        indexes = [
            models.Index(name="request_beneficiary", fields=["fund", "beneficiary_no"], condition=CURRENT),
            models.Index(name="request_nir", fields=["nir_key"], condition=CURRENT),
        ]


class Employee(Received):
    """An employee registered by an employer; the same person may work for several."""

    employer_no = models.CharField(max_length=40)
    employee_no = models.CharField(max_length=40)
    bucket = models.SmallIntegerField()
    employee_kind = models.CharField(max_length=16, choices=EmployeeKind)
    licence_no = models.CharField(max_length=40, null=True)
    licence_end = models.DateField(null=True)
    registered_on = models.DateField(null=True)

    class Meta:
        verbose_name = "personne employée"
        constraints = [
            models.UniqueConstraint(
                name="employee_one_current", fields=["employer_no", "employee_no"], condition=CURRENT
            ),
        ]
        indexes = [models.Index(name="employee_bucket", fields=["bucket"], condition=CURRENT)]


class Declaration(models.Model):
    """One version of a monthly declaration, as received; a version never changes.

    `child_ids` are sorted and joined by ``|``, `child_birth_dates` follow in the same order.
    """

    file = received_file()
    line = models.IntegerField()
    known_from = models.DateTimeField()
    declaration_no = models.CharField(max_length=40)
    version = models.SmallIntegerField()
    kind = models.CharField(max_length=12, choices=DeclarationKind)
    employer_no = models.CharField(max_length=40)
    bucket = models.SmallIntegerField()
    employee_no = models.CharField(max_length=40)
    care_month = models.DateField()
    child_ids = models.CharField(max_length=400)
    child_birth_dates = models.CharField(max_length=200)
    net_salary_cents = models.BigIntegerField()
    maintenance_allowance_cents = models.BigIntegerField(default=0)
    meal_allowance_cents = models.BigIntegerField(default=0)
    mileage_cents = models.BigIntegerField(default=0)
    terminal_indemnities_cents = models.BigIntegerField(default=0)
    hours_hundredths = models.IntegerField(null=True)
    specific_hours_hundredths = models.IntegerField(default=0)
    days = models.SmallIntegerField(null=True)
    withholding_tax_cents = models.BigIntegerField(default=0)
    received_at = models.DateTimeField()

    class Meta:
        verbose_name = "déclaration"
        constraints = [models.UniqueConstraint(name="declaration_version_once", fields=["declaration_no", "version"])]
        indexes = [
            models.Index(fields=["care_month", "bucket"]),
            models.Index(fields=["employer_no", "care_month"]),
        ]


class StructureInvoice(Received):
    """An invoice of a structure, paid by the family and sent to its fund."""

    invoice_no = models.CharField(max_length=40)
    fund = models.CharField(max_length=8)
    beneficiary_no = models.CharField(max_length=40)
    child_id = models.CharField(max_length=40)
    care_mode = models.CharField(max_length=24, choices=CareMode)
    care_month = models.DateField()
    hours_hundredths = models.IntegerField(null=True)
    amount_cents = models.BigIntegerField()
    hourly_tariff_cents = models.BigIntegerField(null=True)
    fnas_funded = models.BooleanField()
    paid_on = models.DateField(null=True)

    class Meta:
        verbose_name = "facture de structure"
        constraints = [
            models.UniqueConstraint(name="invoice_one_current", fields=["invoice_no", "fund"], condition=CURRENT),
        ]
        indexes = [models.Index(name="invoice_month", fields=["care_month", "fund"], condition=CURRENT)]
