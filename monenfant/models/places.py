"""Places that stay the same while what is received of them changes: what is free in each, and who may say it.

`CarePlace` is what a search reads: it holds nothing that its owner hides. Free places lie beside it, a row a month, kind
and age group (decision 0032); a message that reports them is kept whole for thirteen months.
"""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from monenfant.rules.availability import AGE_GROUPS, KINDS


class Provider(models.TextChoices):
    STRUCTURE = "STRUCTURE", "Structure"
    CHILDMINDER = "CHILDMINDER", "Assistant maternel"


class Mode(models.TextChoices):
    MANUAL = "MANUAL", "Saisie"
    AUTOMATED = "AUTOMATED", "Logiciel"


class Manager(models.Model):
    """The legal person that runs one or more structures."""

    siret = models.CharField(max_length=14, unique=True)
    name = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name = "gestionnaire"


class SoftwareVendor(models.Model):
    """Who makes the software by which managers report places."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=100)

    class Meta:
        verbose_name = "éditeur de logiciel"


IN_FORCE = Func("start", "end", Value("[)"), function="daterange", output_field=DateRangeField())


class SoftwareDelegation(models.Model):
    """A manager lets a vendor's software report in its name from `start`, before `end` (null: until further notice)."""

    manager = models.ForeignKey(Manager, on_delete=models.PROTECT, related_name="delegations")
    vendor = models.ForeignKey(SoftwareVendor, on_delete=models.PROTECT, related_name="delegations")
    start = models.DateField()
    end = models.DateField(null=True)

    class Meta:
        verbose_name = "délégation"
        constraints = [
            # One taken back before its first day, or on it, served no day.
            models.CheckConstraint(name="delegation_in_order", condition=Q(end=None) | Q(start__lte=F("end"))),
            ExclusionConstraint(
                name="delegation_once_a_day",
                expressions=[
                    ("manager", RangeOperators.EQUAL), ("vendor", RangeOperators.EQUAL),
                    (IN_FORCE, RangeOperators.OVERLAPS),
                ],
            ),
        ]  # fmt: skip


class Childminder(models.Model):
    """What a childminder tells of their work on the site: in 2019 one in six had told anything. Rates in cents an hour."""

    number = models.CharField(max_length=40, unique=True)
    opening_hours = models.JSONField(default=dict)
    hourly_rate_cents = models.IntegerField(null=True)
    has_pets = models.BooleanField(null=True)
    is_smoke_free = models.BooleanField(null=True)
    gives_meals = models.BooleanField(null=True)
    welcomes_disability = models.BooleanField(null=True)
    works_atypical_hours = models.BooleanField(null=True)
    told_at = models.DateTimeField()

    class Meta:
        verbose_name = "profil d’assistant maternel"
        constraints = [
            models.CheckConstraint(
                name="childminder_rate", condition=Q(hourly_rate_cents=None) | Q(hourly_rate_cents__gt=0)
            )
        ]


class CarePlace(models.Model):
    """Where children are received, as everybody may see it: published from a day, before another (null: not at all).

    `lat` and `lon` are what may be shown. `declared_at` dates what was reported of its free places.
    """

    provider = models.CharField(max_length=11, choices=Provider)
    number = models.CharField(max_length=40)
    kind = models.CharField(max_length=17)
    insee_code = models.CharField(max_length=5)
    lat = models.FloatField()
    lon = models.FloatField()
    cell = models.IntegerField()
    most_places = models.SmallIntegerField()
    age_min_months = models.SmallIntegerField(default=0)
    age_max_months = models.SmallIntegerField(default=72)
    published_from = models.DateField(null=True)
    published_until = models.DateField(null=True)
    declared_at = models.DateTimeField(null=True)
    declared_mode = models.CharField(max_length=9, choices=Mode, blank=True)
    last_sequence = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = "lieu d’accueil"
        constraints = [models.UniqueConstraint(name="care_place_once", fields=["provider", "number"])]
        indexes = [models.Index(name="care_place_cell", fields=["cell"], condition=Q(published_from__isnull=False))]


class AvailabilityMonth(models.Model):
    """The free places of a month: three bytes a day (morning, afternoon, whole day). No row is no place.

    `cell` repeats that of the place, so that one index finds the month, the kind, the age and the square at once.
    `free_days` has a bit a day.
    """

    place = models.ForeignKey(CarePlace, on_delete=models.CASCADE, db_index=False, related_name="months")
    cell = models.IntegerField()
    month = models.DateField()
    kind = models.CharField(max_length=10, choices=[(kind, kind) for kind in KINDS])
    age_group = models.CharField(max_length=5, choices=[(group, group) for group in AGE_GROUPS])
    free_days = models.BigIntegerField()
    places = models.BinaryField()

    class Meta:
        verbose_name = "places libres d’un mois"
        constraints = [
            models.UniqueConstraint(name="availability_once", fields=["place", "month", "kind", "age_group"]),
            models.CheckConstraint(name="availability_something_free", condition=Q(free_days__gt=0)),
            models.CheckConstraint(name="availability_first_of_month", condition=Q(month__day=1)),
            models.CheckConstraint(name="availability_kind", condition=Q(kind__in=KINDS)),
            models.CheckConstraint(name="availability_age_group", condition=Q(age_group__in=AGE_GROUPS)),
        ]
        indexes = [
            # What has a free place on a day is found in the index alone.
            models.Index(
                name="availability_search",
                fields=["month", "kind", "age_group", "cell"],
                include=["free_days", "place"],
            )
        ]


class AvailabilityMessage(models.Model):
    """A report that was accepted: its window from `window_start`, before `window_end`, and what was answered.

    `vendor` is whose software sent it (null: typed); each numbers its messages for itself. The key is forgotten after 72
    hours.
    """

    place = models.ForeignKey(CarePlace, on_delete=models.PROTECT, db_index=False, related_name="messages")
    vendor = models.ForeignKey(SoftwareVendor, on_delete=models.PROTECT, null=True, related_name="+")
    key = models.UUIDField(null=True)
    body_sha256 = models.BinaryField(max_length=32)
    sequence = models.BigIntegerField()
    mode = models.CharField(max_length=9, choices=Mode)
    window_start = models.DateField()
    window_end = models.DateField()
    received_at = models.DateTimeField()
    body = models.BinaryField()
    answer = models.JSONField()

    class Meta:
        verbose_name = "message de disponibilités"
        constraints = [
            models.UniqueConstraint(name="message_key_once", fields=["place", "key"]),
            models.UniqueConstraint(
                name="message_sequence_once", fields=["place", "sequence"], condition=Q(vendor=None)
            ),
            models.UniqueConstraint(
                name="message_sequence_of_vendor_once",
                fields=["place", "vendor", "sequence"],
                condition=Q(vendor__isnull=False),
            ),
            models.CheckConstraint(name="message_window", condition=Q(window_start__lt=F("window_end"))),
        ]
        indexes = [
            models.Index(name="message_received", fields=["received_at"]),
            models.Index(name="message_key_held", fields=["received_at"], condition=Q(key__isnull=False)),
            models.Index(name="message_of_place", fields=["place", "-received_at"]),
        ]
