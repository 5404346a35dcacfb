"""Appointments of families with a desk, asked for without an account.

What a family writes of itself is sealed but its name, by which its desk finds it; nothing is asked of a child. Who holds
a request is its desk or, with `desk_no` empty, the fund. All of it is erased with the request; `DeskMonth` alone stays.
"""

from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, IntegerRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from monenfant.rules import appointments as rules
from portal.notices.models import NoticeState


class AppointmentState(models.TextChoices):
    NEW = "NEW", "Attend une réponse"
    PROPOSED = "PROPOSED", "Horaires proposés"
    CONFIRMED = "CONFIRMED", "Rendez-vous fixé"
    HELD = "HELD", "Rendez-vous tenu"
    NO_SHOW = "NO_SHOW", "Famille non venue"
    CANCELLED = "CANCELLED", "Annulé"


class Need(models.TextChoices):
    FIND = "FIND", "Trouver un mode d’accueil"
    HIRE = "HIRE", "Employer une assistante maternelle ou un assistant maternel"
    COST = "COST", "Comprendre le coût et les aides"
    HOURS = "HOURS", "Faire garder le soir, la nuit ou le week-end"
    SOON = "SOON", "Trouver une solution en urgence"
    OTHER = "OTHER", "Autre chose"


class Route(models.TextChoices):
    DESK = "DESK", "Relais de la commune"
    INFO_POINT = "INFO_POINT", "Lieu d’information le plus proche"
    FUND = "FUND", "Caf du département"


class Way(models.TextChoices):
    ON_SITE = "ON_SITE", "Sur place"
    BY_PHONE = "BY_PHONE", "Par téléphone"


class Mover(models.TextChoices):
    FAMILY = "FAMILY", "Vous"
    DESK = "DESK", "Relais"
    FUND = "FUND", "Caf"
    PORTAL = "PORTAL", "Portail"


MEETING = Func(F("starts_at"), F("ends_at"), function="tstzrange", output_field=DateTimeRangeField())
MINUTES = Func(F("start_minute"), F("end_minute"), function="int4range", output_field=IntegerRangeField())


class AppointmentRequest(models.Model):
    """A request and the appointment it becomes. `due_on`: by when whoever must act does (an answer, a choice, the
    meeting). `starts_at` outlives a move, so that calendars are told that the former time is over."""

    MOVES, SUBJECT = rules.ALLOWED_MOVES, "appointment"

    key = models.UUIDField(unique=True)
    secret = models.UUIDField(unique=True, default=uuid4)
    insee_code = models.CharField(max_length=5)
    departement = models.CharField(max_length=3)
    needs = ArrayField(models.CharField(max_length=5, choices=Need))
    expected_from = models.DateField(null=True)
    name = models.CharField(max_length=80)
    sealed = models.BinaryField()
    route = models.CharField(max_length=10, choices=Route)
    desk_no = models.CharField(max_length=40, blank=True)
    fund = models.CharField(max_length=8)
    first_desk_no = models.CharField(max_length=40, blank=True)
    adviser = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=9, choices=AppointmentState, default=AppointmentState.NEW)
    round = models.SmallIntegerField(default=0)
    way = models.CharField(max_length=8, choices=Way, blank=True)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    sequence = models.SmallIntegerField(default=0)
    asked_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    due_on = models.DateField()
    escalated_on = models.DateField(null=True)
    erase_on = models.DateField()

    class Meta:
        verbose_name = "demande de rendez-vous"
        constraints = [
            models.CheckConstraint(name="appointment_state", condition=Q(state__in=AppointmentState.values)),
            models.CheckConstraint(
                name="appointment_needs", condition=Q(needs__contained_by=Need.values, needs__len__gt=0)
            ),
            models.CheckConstraint(
                name="appointment_time_when_fixed",
                condition=~Q(state__in=rules.TAKEN) | Q(starts_at__isnull=False, ends_at__isnull=False),
            ),
            models.CheckConstraint(
                name="appointment_in_order",
                condition=Q(starts_at=None, ends_at=None) | Q(starts_at__lt=F("ends_at")),
            ),
            models.CheckConstraint(
                name="appointment_routed",
                condition=Q(route="FUND", first_desk_no="", desk_no="") | (~Q(route="FUND") & ~Q(first_desk_no="")),
            ),
            models.CheckConstraint(
                name="appointment_passed_to_the_fund", condition=Q(escalated_on=None) | Q(desk_no="")
            ),
            ExclusionConstraint(
                name="appointment_one_at_a_time",
                expressions=[("desk_no", RangeOperators.EQUAL), (MEETING, RangeOperators.OVERLAPS)],
                condition=Q(state__in=rules.TAKEN) & ~Q(desk_no=""),
            ),
        ]
        indexes = [
            models.Index(name="appointment_desk_due", fields=["desk_no", "state", "due_on", "id"]),
            models.Index(name="appointment_fund_due", fields=["departement", "state", "due_on", "id"]),
            models.Index(name="appointment_desk_week", fields=["desk_no", "starts_at"]),
            models.Index(name="appointment_day", fields=["state", "starts_at"]),
            models.Index(name="appointment_erase", fields=["erase_on"]),
        ]

    @property
    def number(self) -> str:
        return f"RV-{self.pk:06d}"

    @property
    def holder(self) -> str:
        """The number of the desk, or the code of the fund, that answers."""
        return self.desk_no or self.fund


class ProposedTime(models.Model):
    """One of the times offered in a round; the former rounds are history."""

    request = models.ForeignKey(AppointmentRequest, on_delete=models.CASCADE, related_name="times")
    round = models.SmallIntegerField()
    position = models.SmallIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        verbose_name = "horaire proposé"
        constraints = [
            models.UniqueConstraint(name="proposed_time_place", fields=["request", "round", "position"]),
            models.UniqueConstraint(name="proposed_time_once", fields=["request", "round", "starts_at"]),
            models.CheckConstraint(
                name="proposed_time_most", condition=Q(position__gte=1, position__lte=rules.TIMES_MOST)
            ),
            models.CheckConstraint(name="proposed_time_in_order", condition=Q(starts_at__lt=F("ends_at"))),
        ]


class AppointmentMove(models.Model):
    """One move: from, to, when, by whom, and the words that the family reads. The first has no state before it; a request
    passed on to the fund stays in its state."""

    request = models.ForeignKey(AppointmentRequest, on_delete=models.CASCADE, related_name="moves")
    before = models.CharField(max_length=9, choices=AppointmentState, blank=True)
    after = models.CharField(max_length=9, choices=AppointmentState)
    at = models.DateTimeField()
    by = models.CharField(max_length=6, choices=Mover)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    words = models.CharField(max_length=300)

    class Meta:
        verbose_name = "passage d’une demande de rendez-vous"


class MailKind(models.TextChoices):
    RECEIVED = "RECEIVED", "Demande reçue"
    PROPOSED = "PROPOSED", "Horaires proposés"
    CONFIRMED = "CONFIRMED", "Rendez-vous fixé"
    CANCELLED = "CANCELLED", "Rendez-vous annulé"
    PASSED_ON = "PASSED_ON", "Demande transmise à la Caf"
    REMINDER = "REMINDER", "Rappel de la veille"
    TO_DESK = "TO_DESK", "Une demande attend le relais"


class AppointmentMail(models.Model):
    """One e-mail to a family, or to its desk. `key` is unique and readable: it is sent once, whoever asks for it."""

    request = models.ForeignKey(AppointmentRequest, on_delete=models.CASCADE, related_name="mails")
    kind = models.CharField(max_length=9, choices=MailKind)
    key = models.CharField(max_length=80, unique=True)
    state = models.CharField(max_length=7, choices=NoticeState, default=NoticeState.WAITING)
    attempts = models.SmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = "courriel d’un rendez-vous"
        indexes = [
            models.Index(
                name="appointment_mail_left", fields=["next_try_at"], condition=Q(state__in=["WAITING", "SENDING"])
            )
        ]


class DeskHours(models.Model):
    """A stretch of each week in which a desk receives families; minutes are counted from midnight."""

    desk_no = models.CharField(max_length=40)
    weekday = models.SmallIntegerField()
    start_minute = models.SmallIntegerField()
    end_minute = models.SmallIntegerField()

    class Meta:
        verbose_name = "heures d’un relais"
        constraints = [
            models.CheckConstraint(name="desk_hours_weekday", condition=Q(weekday__gte=0, weekday__lte=6)),
            models.CheckConstraint(
                name="desk_hours_in_order",
                condition=Q(start_minute__gte=0, start_minute__lt=F("end_minute"), end_minute__lte=24 * 60),
            ),
            ExclusionConstraint(
                name="desk_hours_apart",
                expressions=[("desk_no", RangeOperators.EQUAL), ("weekday", RangeOperators.EQUAL),
                             (MINUTES, RangeOperators.OVERLAPS)],
            ),
        ]  # fmt: skip


class DeskFeed(models.Model):
    """The private address of a desk's agenda, that a calendar polls; another secret closes the former one."""

    desk_no = models.CharField(max_length=40, unique=True)
    secret = models.UUIDField(unique=True, default=uuid4)
    renewed_at = models.DateTimeField()
    renewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "adresse d’un agenda"


class DeskMonth(models.Model):
    """How many requests of a month were asked of a desk, or of a fund, and what became of those that are erased."""

    holder = models.CharField(max_length=40)
    month = models.DateField()
    asked = models.IntegerField(default=0)
    passed_on = models.IntegerField(default=0)
    held = models.IntegerField(default=0)
    no_show = models.IntegerField(default=0)
    cancelled = models.IntegerField(default=0)

    class Meta:
        verbose_name = "rendez-vous d’un relais, par mois"
        constraints = [models.UniqueConstraint(name="desk_month_once", fields=["holder", "month"])]
