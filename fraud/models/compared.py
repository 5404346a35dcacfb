"""Facts received to be compared, and for nothing else. Rows are never overwritten: a new version ends the former.

Identifiers are keys of the vault; an address is a key too: it can be compared, not read.
"""

from django.db import models
from django.db.models import Q

from portal.exchange.received import CURRENT, Received


class CareSide(models.TextChoices):
    CRECHE = "CRECHE", "Crèche"
    CHILDMINDER = "CHILDMINDER", "Assistant maternel"


class CareDay(Received):
    """One child, one day, at one place: when they came and left (empty: they did not come), and the minutes billed."""

    side = models.CharField(max_length=11, choices=CareSide)
    provider_no = models.CharField(max_length=40)
    employer_no = models.CharField(max_length=40, null=True)
    child_id = models.CharField(max_length=40)
    day = models.DateField()
    arrived = models.SmallIntegerField(null=True)
    departed = models.SmallIntegerField(null=True)
    billed_minutes = models.IntegerField(default=0)

    class Meta:
        verbose_name = "jour de garde"
        constraints = [
            models.UniqueConstraint(
                name="care_day_one_current", fields=["side", "child_id", "day", "provider_no"], condition=CURRENT
            ),
            models.CheckConstraint(
                name="care_day_forward",
                condition=Q(arrived=None, departed=None)
                | Q(arrived__gte=0, departed__lte=1440, arrived__lt=models.F("departed")),
            ),
        ]
        indexes = [models.Index(name="care_day_side", fields=["side", "day"], condition=CURRENT)]


class KnownAddress(Received):
    """An address as one body knows it, for one person, from a day on."""

    source = models.CharField(max_length=12)
    nir_key = models.UUIDField(null=True)
    address_key = models.CharField(max_length=32)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        verbose_name = "adresse connue"
        constraints = [
            models.UniqueConstraint(
                name="address_one_current", fields=["source", "nir_key", "starts_on"], condition=CURRENT
            )
        ]
        indexes = [models.Index(name="address_key", fields=["address_key"], condition=CURRENT)]


class EmployerPay(Received):
    """What an employer paid one person in a month."""

    nir_key = models.UUIDField(null=True)
    employer_siret = models.CharField(max_length=14)
    month = models.DateField()
    net_cents = models.BigIntegerField()

    class Meta:
        verbose_name = "salaire déclaré"
        constraints = [
            models.UniqueConstraint(
                name="pay_one_current", fields=["nir_key", "month", "employer_siret"], condition=CURRENT
            )
        ]


class DeclaredResource(Received):
    """What one person declared of a quarter, by its first month."""

    nir_key = models.UUIDField(null=True)
    fund = models.CharField(max_length=8)
    quarter = models.DateField()
    net_cents = models.BigIntegerField()

    class Meta:
        verbose_name = "ressources déclarées"
        constraints = [
            models.UniqueConstraint(
                name="resource_one_current", fields=["nir_key", "quarter", "fund"], condition=CURRENT
            )
        ]


class KnownDeath(Received):
    """A death, as the directory of physical persons tells it."""

    nir_key = models.UUIDField(null=True)
    died_on = models.DateField()

    class Meta:
        verbose_name = "décès"
        constraints = [models.UniqueConstraint(name="death_one_current", fields=["nir_key"], condition=CURRENT)]


class SchoolFact(Received):
    """Of one child and one school year (its first): an allowance paid, or what the school says of the child."""

    nature = models.CharField(max_length=10)
    reference_no = models.CharField(max_length=40)
    fund = models.CharField(max_length=8)
    beneficiary_no = models.CharField(max_length=40)
    child_id = models.CharField(max_length=40)
    school_year = models.SmallIntegerField()
    is_enrolled = models.BooleanField(null=True)
    dated = models.DateField()

    class Meta:
        verbose_name = "fait de rentrée scolaire"
        constraints = [
            models.UniqueConstraint(name="school_one_current", fields=["nature", "reference_no"], condition=CURRENT)
        ]


class ProvenStay(Received):
    """A stay outside France that a paper proves, from a day, before another."""

    reference_no = models.CharField(max_length=40)
    fund = models.CharField(max_length=8)
    nir_key = models.UUIDField(null=True)
    paper = models.CharField(max_length=100)
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        verbose_name = "séjour prouvé"
        constraints = [
            models.UniqueConstraint(name="stay_one_current", fields=["reference_no"], condition=CURRENT),
            models.CheckConstraint(name="stay_forward", condition=Q(ends_on__gt=models.F("starts_on"))),
        ]
