"""Facts received about the families of ARS and AEEH. Rows are never overwritten: a new version ends the former.

A family is a fund and the number that the fund gave it. Money in cents, `null` where the sender did not know. `bucket`
spreads families over the slices of a run: it depends on the fund and number alone, and files are stored in its order.
"""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models

from portal.exchange.received import CURRENT, Received


class Scheme(models.TextChoices):
    GENERAL = "GENERAL", "Régime général"
    AGRICULTURAL = "AGRICULTURAL", "Régime agricole"


class SchoolingStatus(models.TextChoices):
    SCHOOL = "SCHOOL", "scolarité"
    APPRENTICE = "APPRENTICE", "apprentissage"
    NONE = "NONE", "ni scolarité ni apprentissage"


class SchoolCycle(models.TextChoices):
    PRIMARY = "PRIMARY", "école primaire"
    COLLEGE = "COLLEGE", "collège"
    LYCEE = "LYCEE", "lycée"


class SchoolingSource(models.TextChoices):
    FAMILY = "FAMILY", "déclaration de la famille"
    FUND = "FUND", "fichier de la caisse"
    SCHOOL = "SCHOOL", "établissement"


class PeriodPlace(models.TextChoices):
    BOARDED = "BOARDED", "internat pris en charge en entier"
    HOME = "HOME", "retour au foyer"


class Numbered(Received):
    """A row about one family."""

    fund = models.CharField(max_length=8)
    beneficiary_no = models.CharField(max_length=40)
    bucket = models.SmallIntegerField()
    updated_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class FamilyFile(Numbered):
    """Who receives, in which household, on which account (flow `benefit-families`)."""

    scheme = models.CharField(max_length=12, choices=Scheme)
    nir_key = models.UUIDField(null=True)
    nir_valid = models.BooleanField()
    last_name = models.CharField(max_length=100)
    first_names = models.CharField(max_length=100)
    name_key = models.CharField(max_length=210)
    birth_date = models.DateField(null=True)
    isolated_parent = models.BooleanField(null=True)
    iban_key = models.UUIDField(null=True)
    iban_valid = models.BooleanField()
    iban_tail = models.CharField(max_length=4, blank=True)

    class Meta:
        verbose_name = "dossier d’allocataire"
        constraints = [
            models.UniqueConstraint(
                name="familyfile_one_current", fields=["beneficiary_no", "fund"], condition=CURRENT
            ),
        ]
        indexes = [
            models.Index(name="familyfile_bucket", fields=["bucket"], condition=CURRENT),
            models.Index(name="familyfile_nir", fields=["nir_key"], condition=CURRENT),
            # Words in any order, and words that look alike.
            GinIndex(OpClass("name_key", name="gin_trgm_ops"), name="familyfile_name_words", condition=CURRENT),
        ]


class FamilyChild(Numbered):
    """A child in charge of a family, from a day and until another (flow `benefit-children`)."""

    child_id = models.CharField(max_length=40)
    first_name = models.CharField(max_length=100, null=True)
    birth_date = models.DateField()
    dependent_from = models.DateField()
    dependent_until = models.DateField(null=True)

    class Meta:
        verbose_name = "enfant à charge"
        constraints = [
            models.UniqueConstraint(
                name="familychild_one_current", fields=["beneficiary_no", "child_id", "fund"], condition=CURRENT
            ),
            models.CheckConstraint(
                name="familychild_half_open",
                condition=models.Q(dependent_until__isnull=True)
                | models.Q(dependent_until__gt=models.F("dependent_from")),
            ),
            models.CheckConstraint(
                name="familychild_after_birth", condition=models.Q(dependent_from__gte=models.F("birth_date"))
            ),
        ]
        indexes = [models.Index(name="familychild_bucket", fields=["bucket"], condition=CURRENT)]


class FamilyResources(Numbered):
    """Net category income of a civil year, in euros cents (flow `benefit-resources`)."""

    resource_year = models.SmallIntegerField()
    net_category_income_cents = models.BigIntegerField()

    class Meta:
        verbose_name = "ressources d’une année"
        constraints = [
            models.UniqueConstraint(
                name="familyresources_one_current",
                fields=["beneficiary_no", "resource_year", "fund"],
                condition=CURRENT,
            ),
            models.CheckConstraint(
                name="familyresources_not_negative", condition=models.Q(net_category_income_cents__gte=0)
            ),
        ]
        indexes = [models.Index(name="familyresources_bucket", fields=["resource_year", "bucket"], condition=CURRENT)]


class Schooling(Numbered):
    """What is declared of a child's schooling for the term that starts in `school_year` (flow `schooling`, and the
    family's page for 16 to 18)."""

    child_id = models.CharField(max_length=40)
    school_year = models.SmallIntegerField()
    status = models.CharField(max_length=10, choices=SchoolingStatus)
    cycle = models.CharField(max_length=8, choices=SchoolCycle, null=True)
    monthly_pay_cents = models.BigIntegerField(null=True)
    declared_on = models.DateField(null=True)
    source = models.CharField(max_length=6, choices=SchoolingSource)

    class Meta:
        verbose_name = "scolarité déclarée"
        constraints = [
            models.UniqueConstraint(
                name="schooling_one_current",
                fields=["beneficiary_no", "child_id", "school_year", "fund"],
                condition=CURRENT,
            ),
            # A child who is neither at school nor an apprentice has no cycle, and no pay that counts is below zero.
            models.CheckConstraint(
                name="schooling_cycle_when_at_school",
                condition=models.Q(cycle__isnull=True) | ~models.Q(status=SchoolingStatus.NONE),
            ),
            models.CheckConstraint(
                name="schooling_pay_not_negative",
                condition=models.Q(monthly_pay_cents__isnull=True) | models.Q(monthly_pay_cents__gte=0),
            ),
        ]
        indexes = [models.Index(name="schooling_bucket", fields=["school_year", "bucket"], condition=CURRENT)]


class CommissionDecision(Numbered):
    """A decision of the rights commission (CDAPH): a rate, a complement, from a day and until another
    (flow `commission-decisions`, and the caseworker's page).

    `complement` is the category recognised, also for a family that chose compensation (PCH) in its place: the complement
    is then not paid, the lone parent's increase of that category is (CSS L. 541-4).
    """

    decision_no = models.CharField(max_length=40)
    child_id = models.CharField(max_length=40)
    incapacity_rate = models.SmallIntegerField()
    has_support = models.BooleanField()
    complement = models.SmallIntegerField()
    complement_by_help = models.BooleanField()
    chose_compensation = models.BooleanField()
    filed_on = models.DateField()
    decided_on = models.DateField()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        verbose_name = "décision de la commission (CDAPH)"
        constraints = [
            models.UniqueConstraint(name="commission_one_current", fields=["decision_no", "fund"], condition=CURRENT),
            models.CheckConstraint(
                name="commission_complement_of_six", condition=models.Q(complement__gte=0, complement__lte=6)
            ),
            models.CheckConstraint(
                name="commission_rate_of_hundred", condition=models.Q(incapacity_rate__gte=0, incapacity_rate__lte=100)
            ),
            models.CheckConstraint(
                name="commission_half_open",
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gt=models.F("starts_on")),
            ),
        ]
        indexes = [models.Index(name="commission_bucket", fields=["bucket"], condition=CURRENT)]

    @property
    def lacks_category(self) -> bool:
        """Compensation takes the place of a complement: one was recognised, and this row does not say which."""
        return self.chose_compensation and not self.complement


class BoardingPeriod(Numbered):
    """Days boarded with full cost borne, or days at home within them (flow `boarding-periods`)."""

    child_id = models.CharField(max_length=40)
    place = models.CharField(max_length=8, choices=PeriodPlace)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        verbose_name = "période d’internat"
        constraints = [
            models.UniqueConstraint(
                name="boarding_one_current", fields=["beneficiary_no", "child_id", "place", "starts_on", "fund"],
                condition=CURRENT,
            ),
            models.CheckConstraint(
                name="boarding_half_open",
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gt=models.F("starts_on")),
            ),
        ]  # fmt: skip
        indexes = [models.Index(name="boarding_bucket", fields=["bucket"], condition=CURRENT)]
