"""What public figures are made of: two flows received beside the offer, and the counts of each day.

Counts are whole: what may not be shown of them (statistical secrecy) is decided when they are published.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from portal.exchange.received import CURRENT, Received

HALF_DAYS = 14


class ChildPopulation(Received):
    """Children under three of a département or a commune, for a year, with who counted them."""

    area = models.CharField(max_length=5)
    year = models.SmallIntegerField()
    children_under_3 = models.IntegerField()
    source = models.CharField(max_length=100)
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name = "enfants de moins de trois ans"
        constraints = [
            models.UniqueConstraint(name="child_population_one_current", fields=["area", "year"], condition=CURRENT)
        ]


class StructureHours(Received):
    """A year of a structure. Theoretical hours that are not told come from its places and its opening hours."""

    cnaf_id = models.CharField(max_length=40)
    year = models.SmallIntegerField()
    presence_hours = models.IntegerField()
    billed_hours = models.IntegerField()
    theoretical_hours = models.IntegerField(null=True)
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name = "heures d’une structure"
        constraints = [
            models.UniqueConstraint(name="structure_hours_one_current", fields=["cnaf_id", "year"], condition=CURRENT)
        ]


class FigureDay(models.Model):
    """A day on which everything was counted: the week whose free places were, the year of the hours, national volumes."""

    counted_on = models.DateField(unique=True)
    week = models.DateField()
    hours_year = models.SmallIntegerField(null=True)
    volumes = models.JSONField()

    class Meta:
        verbose_name = "jour de comptage"


class AreaFigures(models.Model):
    """What was counted in a commune, or in a whole département (`commune` empty). Rates are read from these counts.

    `heard`: those whose free places a search shows. `…_free`: the places free of the week, Monday morning first.
    """

    day = models.ForeignKey(FigureDay, on_delete=models.CASCADE, db_index=False, related_name="areas")
    departement = models.CharField(max_length=3)
    commune = models.CharField(max_length=5, blank=True)
    structures = models.IntegerField()
    structure_places = models.IntegerField()
    structures_reporting = models.IntegerField()
    structures_heard = models.IntegerField()
    structure_free = ArrayField(models.IntegerField(), size=HALF_DAYS)
    childminders = models.IntegerField()
    childminder_places = models.IntegerField()
    childminders_reporting = models.IntegerField()
    childminders_heard = models.IntegerField()
    childminder_free = ArrayField(models.IntegerField(), size=HALF_DAYS)
    hours_structures = models.IntegerField(default=0)
    hours_places = models.IntegerField(default=0)
    presence_hours = models.BigIntegerField(default=0)
    billed_hours = models.BigIntegerField(default=0)
    theoretical_hours = models.BigIntegerField(default=0)
    children_under_3 = models.IntegerField(null=True)
    population_year = models.SmallIntegerField(null=True)
    population_source = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name = "chiffres d’un territoire"
        constraints = [
            models.UniqueConstraint(name="area_figures_once", fields=["day", "departement", "commune"]),
            models.CheckConstraint(
                name="area_figures_half_days",
                condition=Q(structure_free__len=HALF_DAYS, childminder_free__len=HALF_DAYS),
            ),
        ]
