"""Bodies of social security, with the départements they serve, the branches they work for, and from when until when."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q


class Body(models.TextChoices):
    """MSA is the agricultural fund (CMSA): its code is the one of the flow files."""

    CAF = "CAF", "Caf"
    MSA = "MSA", "MSA"
    URSSAF = "URSSAF", "Urssaf"
    CPAM = "CPAM", "CPAM"
    CARSAT = "CARSAT", "Carsat"
    CSSM = "CSSM", "Caisse de sécurité sociale de Mayotte"
    CGSS = "CGSS", "CGSS"
    CCSS = "CCSS", "Caisse commune de sécurité sociale"


class Branch(models.TextChoices):
    SICKNESS = "SICKNESS", "Maladie"
    FAMILY = "FAMILY", "Famille"
    COLLECTION = "COLLECTION", "Recouvrement"


class Organisation(models.Model):
    """A fund, an Urssaf or Pajemploi. `code` is the one of the flow files (``CAF63``, ``MSA35``); that of a joint fund is
    ``CCSS`` and its département. It lives from `valid_from` (null: before this portal) until `valid_to`, excluded."""

    code = models.CharField(primary_key=True, max_length=12)
    name = models.CharField(max_length=120)
    body = models.CharField(max_length=8, choices=Body)
    seat_departement = models.CharField(max_length=3)
    departements = ArrayField(models.CharField(max_length=3), default=list)
    seat_city = models.CharField(max_length=80, blank=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        verbose_name = "organisme"
        ordering = ["code"]


def days(first: str, last: str) -> Func:
    """The half-open period between two columns."""
    return Func(F(first), F(last), function="daterange", output_field=DateRangeField())


class BodyMission(models.Model):
    """A joint fund takes a branch over in a département, from the former body, on a day (CSS L. 216-4).

    `former` is the body whose files, numbers and letters it goes on with; that body becomes a name that can be read, and
    answers again from `ends_on`: `returned` is when its files went back. `experimental_until` is the end that the first law
    gave: the one of the mission, until an order makes it permanent.
    """

    body = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="missions")
    branch = models.CharField(max_length=10, choices=Branch)
    departement = models.CharField(max_length=3)
    former = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    experimental_until = models.DateField(null=True)
    returned = models.ForeignKey("FundReturn", on_delete=models.PROTECT, null=True, related_name="missions")

    class Meta:
        verbose_name = "mission d’une caisse commune"
        constraints = [
            models.CheckConstraint(name="mission_half_open", condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on"))),
            ExclusionConstraint(
                name="mission_one_body_at_a_time",
                expressions=[
                    ("departement", RangeOperators.EQUAL),
                    ("branch", RangeOperators.EQUAL),
                    (days("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
