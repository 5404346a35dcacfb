"""Bodies of the family branch and of the recovery branch, with the départements they serve."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Body(models.TextChoices):
    CAF = "CAF", "Caf"
    MSA = "MSA", "MSA"
    URSSAF = "URSSAF", "Urssaf"


class Organisation(models.Model):
    """A fund, an Urssaf or Pajemploi. `code` is the one of the flow files (``CAF63``, ``MSA35``)."""

    code = models.CharField(primary_key=True, max_length=12)
    name = models.CharField(max_length=120)
    body = models.CharField(max_length=8, choices=Body)
    seat_departement = models.CharField(max_length=3)
    departements = ArrayField(models.CharField(max_length=3), default=list)
    seat_city = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = "organisme"
        ordering = ["code"]
