"""The departmental committee (CODAF): members, meetings, who attended, what was decided, what follows."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from fraud.models.cases import ControlCase
from fraud.rules.codaf import Convener, Formation


class CodafFormation(models.TextChoices):
    PLENARY = Formation.PLENARY.value, "Plénière"
    RESTRICTED = Formation.RESTRICTED.value, "Formation restreinte"


class CodafConvener(models.TextChoices):
    CHAIRS = Convener.CHAIRS.value, "la préfecture et le parquet"
    PROSECUTOR = Convener.PROSECUTOR.value, "le procureur de la République"


class MeetingState(models.TextChoices):
    PLANNED = "PLANNED", "Prévue"
    HELD = "HELD", "Tenue"
    CANCELLED = "CANCELLED", "Annulée"


class OperationState(models.TextChoices):
    DECIDED = "DECIDED", "À mener"
    DONE = "DONE", "Menée"
    ABANDONED = "ABANDONED", "Abandonnée"


MEETING_MOVES: dict[str, set[str]] = {
    MeetingState.PLANNED: {MeetingState.HELD, MeetingState.CANCELLED},
    MeetingState.HELD: set(),
    MeetingState.CANCELLED: set(),
}
OPERATION_MOVES: dict[str, set[str]] = {
    OperationState.DECIDED: {OperationState.DONE, OperationState.ABANDONED},
    OperationState.DONE: set(),
    OperationState.ABANDONED: set(),
}


class CodafMember(models.Model):
    """Somebody who may sit for a category in a département, from `valid_from`, before `valid_to`.

    `user` when they have an account here. Members of the permanent secretariat bear the act by which the two chairs
    appointed them (`secretariat_act`).
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="codaf_seats")
    first_name = models.CharField(max_length=80)
    last_name = models.CharField(max_length=80)
    body = models.CharField(max_length=160)
    category = models.CharField(max_length=20)
    departement = models.CharField(max_length=3)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    secretariat_act = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = "membre du CODAF"
        constraints = [
            models.UniqueConstraint(
                name="codaf_member_once",
                fields=["departement", "category", "body", "last_name", "first_name", "valid_from"],
            ),
            models.CheckConstraint(
                name="codaf_member_half_open", condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from"))
            ),
        ]
        indexes = [models.Index(name="codaf_member_list", fields=["departement", "category", "id"])]

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"


class CodafMeeting(models.Model):
    """One meeting, in one département. `number` is ``CODAF-63-2026-4``. A plenary has two chairs; a restricted formation is
    called by the prosecutor, and opens to those who attend it alone."""

    SUBJECT = "codaf"
    MOVES = MEETING_MOVES

    number = models.CharField(max_length=24, unique=True)
    departement = models.CharField(max_length=3)
    formation = models.CharField(max_length=10, choices=CodafFormation)
    dated = models.DateField()
    place = models.CharField(max_length=120)
    convener = models.CharField(max_length=10, choices=CodafConvener)
    prefect = models.CharField(max_length=120, blank=True)
    prosecutor = models.CharField(max_length=120)
    agenda = models.CharField(max_length=2000)
    state = models.CharField(max_length=9, choices=MeetingState, default=MeetingState.PLANNED)
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    form_key = models.UUIDField(unique=True)

    class Meta:
        verbose_name = "réunion du CODAF"
        constraints = [
            models.CheckConstraint(
                name="codaf_restricted_by_prosecutor",
                condition=Q(formation="RESTRICTED", convener="PROSECUTOR") | Q(formation="PLENARY", convener="CHAIRS"),
            ),
            models.CheckConstraint(
                name="codaf_chaired", condition=~Q(prosecutor="") & (Q(formation="RESTRICTED") | ~Q(prefect=""))
            ),
        ]
        indexes = [models.Index(name="codaf_meeting_list", fields=["departement", "dated", "id"])]


class CodafMove(models.Model):
    """One move of a meeting, or of a joint operation. Never changed, never removed."""

    meeting = models.ForeignKey(CodafMeeting, on_delete=models.PROTECT, related_name="moves")
    operation = models.ForeignKey("JointOperation", on_delete=models.PROTECT, null=True, related_name="moves")
    from_state = models.CharField(max_length=9, blank=True)
    to_state = models.CharField(max_length=9)
    at = models.DateTimeField()
    dated = models.DateField()
    by = models.CharField(max_length=150)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = "étape du CODAF"
        indexes = [models.Index(name="codaf_move", fields=["meeting", "id"])]


class CodafAttendance(models.Model):
    """Who is called to a meeting, and whether they came (`attended`, unknown until it is held)."""

    meeting = models.ForeignKey(CodafMeeting, on_delete=models.PROTECT, related_name="attendance")
    member = models.ForeignKey(CodafMember, on_delete=models.PROTECT, related_name="attendance")
    attended = models.BooleanField(null=True)

    class Meta:
        verbose_name = "présence au CODAF"
        constraints = [models.UniqueConstraint(name="codaf_attendance_once", fields=["meeting", "member"])]


class CodafGuest(models.Model):
    """Somebody from outside, heard in plenary."""

    meeting = models.ForeignKey(CodafMeeting, on_delete=models.PROTECT, related_name="guests")
    full_name = models.CharField(max_length=160)
    quality = models.CharField(max_length=200)

    class Meta:
        verbose_name = "personne entendue par le CODAF"
        constraints = [models.UniqueConstraint(name="codaf_guest_once", fields=["meeting", "full_name"])]


class CodafCase(models.Model):
    """A control case put to a restricted formation; `prosecutor_on` when it was passed to the prosecutor."""

    meeting = models.ForeignKey(CodafMeeting, on_delete=models.PROTECT, related_name="cases")
    case = models.ForeignKey(ControlCase, on_delete=models.PROTECT, related_name="codaf")
    put_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    prosecutor_on = models.DateField(null=True)

    class Meta:
        verbose_name = "dossier au CODAF"
        constraints = [models.UniqueConstraint(name="codaf_case_once", fields=["meeting", "case"])]


class CodafDecision(models.Model):
    """What a meeting decided, sent to the national mission (MICAF) by the permanent secretariat."""

    meeting = models.ForeignKey(CodafMeeting, on_delete=models.PROTECT, related_name="decisions")
    text = models.CharField(max_length=1000)
    form_key = models.UUIDField(unique=True)
    sent_on = models.DateField(null=True)
    sent_by = models.ForeignKey(CodafMember, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "décision du CODAF"
        constraints = [
            models.CheckConstraint(
                name="codaf_decision_sent_by_secretariat",
                condition=Q(sent_on=None, sent_by=None) | Q(sent_on__isnull=False, sent_by__isnull=False),
            )
        ]


class JointOperation(models.Model):
    """An operation decided by a meeting: what, when, with whom, then what it gave. Counts are unknown until it is done."""

    SUBJECT = "codaf_operation"
    MOVES = OPERATION_MOVES

    meeting = models.ForeignKey(CodafMeeting, on_delete=models.PROTECT, related_name="operations")
    title = models.CharField(max_length=200)
    planned_on = models.DateField()
    categories = ArrayField(models.CharField(max_length=20))
    lead = models.ForeignKey(CodafMember, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=9, choices=OperationState, default=OperationState.DECIDED)
    done_on = models.DateField(null=True)
    checks = models.PositiveIntegerField(null=True)
    sanctions = models.PositiveIntegerField(null=True)
    result = models.CharField(max_length=1000, blank=True)
    form_key = models.UUIDField(unique=True)

    class Meta:
        verbose_name = "opération conjointe"
        constraints = [
            models.CheckConstraint(
                name="codaf_operation_done_whole",
                condition=~Q(state="DONE") | Q(done_on__isnull=False, checks__isnull=False, sanctions__isnull=False),
            ),
            models.CheckConstraint(name="codaf_operation_joint", condition=Q(categories__len__gte=2)),
        ]
        indexes = [models.Index(name="codaf_operation_list", fields=["state", "planned_on", "id"])]


class CodafReport(models.Model):
    """A periodic report to the national mission: the figures of a year as they stood that day, and its letter (PDF)."""

    departement = models.CharField(max_length=3)
    year = models.PositiveSmallIntegerField()
    made_on = models.DateField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    figures = models.JSONField()
    letter_key = models.CharField(max_length=120)
    sent_on = models.DateField(null=True)
    sent_by = models.ForeignKey(CodafMember, on_delete=models.PROTECT, null=True, related_name="+")
    form_key = models.UUIDField(unique=True)

    class Meta:
        verbose_name = "compte rendu du CODAF"
        constraints = [
            models.CheckConstraint(
                name="codaf_report_sent_by_secretariat",
                condition=Q(sent_on=None, sent_by=None) | Q(sent_on__isnull=False, sent_by__isnull=False),
            )
        ]
        indexes = [models.Index(name="codaf_report_list", fields=["departement", "id"])]
