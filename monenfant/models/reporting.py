"""What professionals tell of their own place: children present, publications, stops, contacts, closed days, signed links.

Nothing here is about a child: a presence is a number. What was received of an approval stays as it was received; what a
professional tells lies beside it, dated, and prevails where it is shown.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from monenfant.models.places import CarePlace

HALVES = ("AM", "PM")
# An approval goes to six, eight for a moment (D. 421-17).
CHILDREN_PRESENT_MOST = 8


def told_by() -> models.ForeignKey:
    """Who told it; null by a signed link, or by the portal itself."""
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")


class ChildminderPresence(models.Model):
    """How many children a childminder has on a half-day of an ordinary week. No row: none was told."""

    place = models.ForeignKey(CarePlace, on_delete=models.PROTECT, db_index=False, related_name="presences")
    weekday = models.SmallIntegerField()
    band = models.CharField(max_length=2, choices=[(band, band) for band in HALVES])
    children = models.SmallIntegerField()

    class Meta:
        verbose_name = "enfants présents une demi-journée"
        constraints = [
            models.UniqueConstraint(name="children_present_once", fields=["place", "weekday", "band"]),
            models.CheckConstraint(name="children_present_weekday", condition=Q(weekday__gte=0, weekday__lte=6)),
            models.CheckConstraint(name="children_present_band", condition=Q(band__in=HALVES)),
            models.CheckConstraint(
                name="children_present_children", condition=Q(children__gte=0, children__lte=CHILDREN_PRESENT_MOST)
            ),
        ]


class Gesture(models.TextChoices):
    WEEK = "WEEK", "Une semaine"
    UNTIL = "UNTIL", "Comme cette semaine, jusqu’à la fin de la période"
    SAME = "SAME", "Tout est comme avant"
    STOP = "STOP", "Arrêt de l’accueil"
    CLOSED = "CLOSED", "Jour de fermeture"
    LIMIT = "LIMIT", "Places au-dessus de l’agrément, retirées par le portail"
    UNDO = "UNDO", "Publication annulée"


class Publication(models.Model):
    """What was published at once in a window, by whom, and what was told there before: enough to undo it."""

    place = models.ForeignKey(CarePlace, on_delete=models.PROTECT, related_name="publications")
    key = models.UUIDField()
    gesture = models.CharField(max_length=6, choices=Gesture)
    window_start = models.DateField()
    window_end = models.DateField()
    free_half_days = models.IntegerField()
    # The last message that it wrote: while none came after, from anybody, it may be undone.
    message_no = models.BigIntegerField()
    before = models.BinaryField()
    by = told_by()
    at = models.DateTimeField()
    undoes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="undone_by")

    class Meta:
        verbose_name = "publication de places"
        constraints = [
            models.UniqueConstraint(name="publication_once", fields=["place", "key"]),
            models.CheckConstraint(name="publication_window", condition=Q(window_start__lt=F("window_end"))),
            models.CheckConstraint(
                name="publication_undoes", condition=Q(gesture="UNDO", undoes__isnull=False) | (~Q(gesture="UNDO") & Q(undoes=None))
            ),
        ]  # fmt: skip


class Stop(models.Model):
    """No child is received from `start`, before `end` (null: until further notice, or for good when `is_final`)."""

    place = models.ForeignKey(CarePlace, on_delete=models.PROTECT, related_name="stops")
    start = models.DateField()
    end = models.DateField(null=True)
    is_final = models.BooleanField(default=False)
    publication = models.OneToOneField(Publication, on_delete=models.PROTECT, related_name="stop")
    told_at = models.DateTimeField()
    told_by = told_by()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "arrêt de l’accueil"
        constraints = [
            models.CheckConstraint(name="stop_in_order", condition=Q(end=None) | Q(start__lt=F("end"))),
            models.CheckConstraint(name="stop_for_good_has_no_end", condition=Q(is_final=False) | Q(end=None)),
        ]


class ContactsTold(models.Model):
    """Contacts and what is hidden, in the professional's own words; the last row of a place prevails, the others are kept.

    `hidden_lat`, `hidden_lon`: where everybody may believe that the place is, in the commune `hidden_insee`; null when the
    address is shown.
    """

    place = models.ForeignKey(CarePlace, on_delete=models.PROTECT, db_index=False, related_name="contacts_told")
    phone = models.CharField(max_length=25, blank=True)
    email = models.CharField(max_length=254, blank=True)
    web = models.CharField(max_length=200, blank=True)
    hides_address = models.BooleanField(default=False)
    hides_email = models.BooleanField(default=False)
    hides_phone = models.BooleanField(default=False)
    hidden_insee = models.CharField(max_length=5, blank=True)
    hidden_lat = models.FloatField(null=True)
    hidden_lon = models.FloatField(null=True)
    told_at = models.DateTimeField()
    told_by = told_by()
    is_last = models.BooleanField(default=True)

    class Meta:
        verbose_name = "coordonnées dites par la personne"
        constraints = [
            models.UniqueConstraint(name="contacts_one_last", fields=["place"], condition=Q(is_last=True)),
            models.CheckConstraint(name="contacts_one_stays", condition=~Q(hides_email=True, hides_phone=True)),
            models.CheckConstraint(
                name="contacts_hidden_point", condition=Q(hides_address=False) | Q(hidden_lat__isnull=False, hidden_lon__isnull=False)
            ),
        ]  # fmt: skip
        indexes = [models.Index(name="contacts_told_place", fields=["place", "-told_at"])]


class ClosedDay(models.Model):
    """A day on which a structure is closed although its hours say otherwise."""

    place = models.ForeignKey(CarePlace, on_delete=models.PROTECT, db_index=False, related_name="closed_days")
    day = models.DateField()
    publication = models.OneToOneField(Publication, on_delete=models.PROTECT, related_name="closed_day")
    told_at = models.DateTimeField()
    told_by = told_by()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "jour de fermeture"
        constraints = [
            models.UniqueConstraint(name="closed_day_once", fields=["place", "day"], condition=Q(withdrawn_at=None))
        ]


class Purpose(models.TextChoices):
    WEEK = "WEEK", "Sa semaine"
    SAME = "SAME", "Tout est comme avant"


class ProLink(models.Model):
    """A link sent to the known address of a place: its keyed hash alone, until when it opens, what it was used for."""

    place = models.ForeignKey(CarePlace, on_delete=models.PROTECT, related_name="links")
    purpose = models.CharField(max_length=4, choices=Purpose)
    secret_key = models.UUIDField(unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, null=True, related_name="+")
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "lien envoyé à un professionnel"
        constraints = [
            models.CheckConstraint(name="pro_link_in_order", condition=Q(made_at__lt=F("expires_at"))),
            models.CheckConstraint(
                name="pro_link_used_for_something",
                condition=Q(used_at=None, publication=None) | Q(used_at__isnull=False, publication__isnull=False),
            ),
        ]
