"""The papers of a control case: what was sent to the person, found, told, asked and answered. None is changed afterwards."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from fraud.models.cases import ControlCase, ObtainedInformation


class PaperKind(models.TextChoices):
    INFORMATION = "INFORMATION", "Lettre d’information"
    DOCUMENTS = "DOCUMENTS", "Rappel de documents"
    FINDINGS = "FINDINGS", "Constats"
    NOTICE = "NOTICE", "Avis de l’article L. 114-21"
    COPIES = "COPIES", "Copie des informations"
    SUSPENSION = "SUSPENSION", "Décision de suspension"
    RESULT = "RESULT", "Résultat de la vérification"
    OVERPAYMENT = "OVERPAYMENT", "Notification d’une somme versée en trop"
    PENALTY_NOTIFIED = "PENALTY_NOTIFIED", "Pénalité envisagée"
    PENALTY_DECIDED = "PENALTY_DECIDED", "Décision de pénalité"
    PENALTY_WARNING = "PENALTY_WARNING", "Avertissement"
    PENALTY_REVIEWED = "PENALTY_REVIEWED", "Décision après recours"
    PENALTY_ENDED = "PENALTY_ENDED", "Fin de la procédure de pénalité"
    PENALTY_HEARING = "PENALTY_HEARING", "Convocation à un entretien"
    PENALTY_DEMAND = "PENALTY_DEMAND", "Mise en demeure de payer une pénalité"
    CONTRAINTE = "CONTRAINTE", "Contrainte"


class CaseAct(models.Model):
    """One form sent for a case, once: a second sending of the same form finds this row, and nothing is done twice."""

    form_key = models.UUIDField(unique=True)
    case = models.ForeignKey(ControlCase, on_delete=models.PROTECT, related_name="acts")
    action = models.CharField(max_length=40)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        verbose_name = "acte sur un dossier de contrôle"


class CasePaper(models.Model):
    """One letter of a case. `until`: the last day to act that it gives."""

    case = models.ForeignKey(ControlCase, on_delete=models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=16, choices=PaperKind)
    sent_on = models.DateField()
    until = models.DateField(null=True)
    job = models.OneToOneField("letters.LetterJob", on_delete=models.PROTECT, related_name="control_paper")
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        verbose_name = "courrier d’un dossier de contrôle"
        constraints = [
            models.UniqueConstraint(
                name="control_paper_once", fields=["case", "kind"],
                condition=Q(kind__in=["INFORMATION", "FINDINGS", "RESULT"]),
            )
        ]  # fmt: skip
        indexes = [models.Index(name="control_paper_case", fields=["case", "id"])]


class Finding(models.Model):
    """One fact found: its period (half-open), what it makes the person owe or be owed, and where it comes from."""

    case = models.ForeignKey(ControlCase, on_delete=models.PROTECT, related_name="findings")
    fact = models.CharField(max_length=1000)
    since = models.DateField()
    until = models.DateField()
    owed_by_cents = models.BigIntegerField(default=0)
    owed_to_cents = models.BigIntegerField(default=0)
    source = models.CharField(max_length=300)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        verbose_name = "constat"
        constraints = [
            models.CheckConstraint(name="finding_half_open", condition=Q(until__gt=F("since"))),
            models.CheckConstraint(
                name="finding_not_below_zero", condition=Q(owed_by_cents__gte=0, owed_to_cents__gte=0)
            ),
            models.CheckConstraint(name="finding_has_a_source", condition=~Q(fact="") & ~Q(source="")),
        ]


class ToldInformation(models.Model):
    """What of others' words a notice told: content and origin, as they are kept in `obtained`."""

    paper = models.ForeignKey(CasePaper, on_delete=models.PROTECT, related_name="told")
    obtained = models.OneToOneField(ObtainedInformation, on_delete=models.PROTECT, related_name="told")

    class Meta:
        verbose_name = "information communiquée à la personne"


class CopyRequest(models.Model):
    """The person asked for a copy of what others said; `paper` is the sending, empty until then."""

    case = models.ForeignKey(ControlCase, on_delete=models.PROTECT, related_name="copy_requests")
    asked_on = models.DateField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    paper = models.ForeignKey(CasePaper, on_delete=models.PROTECT, null=True, related_name="copy_requests")

    class Meta:
        verbose_name = "demande de copie"


class ReplyForm(models.TextChoices):
    WRITTEN = "WRITTEN", "par écrit"
    ORAL = "ORAL", "de vive voix"


class CaseReply(models.Model):
    """What the person answered, encrypted. `helped_by`: who assisted or represented them. `has_said_all`: they have nothing
    to add, and need not wait for the end of the delay."""

    case = models.ForeignKey(ControlCase, on_delete=models.PROTECT, related_name="replies")
    received_on = models.DateField()
    form = models.CharField(max_length=7, choices=ReplyForm)
    helped_by = models.CharField(max_length=160, blank=True)
    is_represented = models.BooleanField(default=False)
    has_said_all = models.BooleanField(default=False)
    text = models.BinaryField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        verbose_name = "réponse de la personne"
        constraints = [
            models.CheckConstraint(
                name="reply_represented_by_somebody", condition=Q(is_represented=False) | ~Q(helped_by="")
            )
        ]


class SuspensionAnswer(models.TextChoices):
    DECIDED = "DECIDED", "Décidée"
    DECLINED = "DECLINED", "Refusée"


class SuspensionProposal(models.Model):
    """Who treats a case asks the director for a suspension: which documents are missing since which reminder, and why the
    right depends on them. It changes nothing for the person; another person decides it, or declines it with a reason."""

    case = models.ForeignKey(ControlCase, on_delete=models.PROTECT, related_name="suspension_proposals")
    reminder = models.ForeignKey(CasePaper, on_delete=models.PROTECT, related_name="+")
    missing = models.CharField(max_length=500)
    reason = models.CharField(max_length=1000)
    proposed_on = models.DateField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=8, choices=SuspensionAnswer, blank=True)
    answer_reason = models.CharField(max_length=500, blank=True)
    answered_on = models.DateField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "suspension proposée"
        constraints = [
            models.UniqueConstraint(name="suspension_proposed_once", fields=["case"], condition=Q(answer="")),
            models.CheckConstraint(name="suspension_proposal_reasoned", condition=~Q(reason="") & ~Q(missing="")),
            models.CheckConstraint(
                name="suspension_answered_by_another",
                condition=Q(answer="", answered_on=None, answered_by=None)
                | (~Q(answer="") & Q(answered_on__gte=F("proposed_on")) & ~Q(answered_by=F("proposed_by"))
                   & Q(answered_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="suspension_declined_with_a_reason", condition=~Q(answer="DECLINED") | ~Q(answer_reason="")
            ),
        ]  # fmt: skip


class PaymentSuspension(models.Model):
    """A reasoned decision that a benefit waits for a paper asked twice. It stops nothing by itself: the benefit's own service
    applies it, and lifts it when the paper comes (`lifted_on`). `proposal`: null for those decided before there were any."""

    case = models.ForeignKey(ControlCase, on_delete=models.PROTECT, related_name="suspensions")
    proposal = models.OneToOneField(SuspensionProposal, on_delete=models.PROTECT, null=True, related_name="suspension")
    reminder = models.ForeignKey(CasePaper, on_delete=models.PROTECT, related_name="+")
    paper = models.OneToOneField(CasePaper, on_delete=models.PROTECT, related_name="suspension")
    missing = models.CharField(max_length=500)
    reason = models.CharField(max_length=1000)
    earliest_on = models.DateField()
    decided_on = models.DateField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    lifted_on = models.DateField(null=True)

    class Meta:
        verbose_name = "suspension décidée"
        constraints = [
            models.CheckConstraint(name="suspension_not_before", condition=Q(decided_on__gte=F("earliest_on"))),
            models.CheckConstraint(name="suspension_reasoned", condition=~Q(reason="") & ~Q(missing="")),
        ]


class SwornOfficer(models.Model):
    """That an officer took the oath and is approved, by dates (CSS L. 114-10). Half-open; `until` is the first day without."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sworn")
    sworn_on = models.DateField()
    court = models.CharField(max_length=120)
    approval_no = models.CharField(max_length=40)
    approved_on = models.DateField()
    until = models.DateField()

    class Meta:
        verbose_name = "assermentation et agrément"
        constraints = [
            models.UniqueConstraint(name="sworn_once", fields=["user", "approval_no"]),
            models.CheckConstraint(
                name="sworn_before_the_end", condition=Q(until__gt=F("approved_on")) & Q(until__gt=F("sworn_on"))
            ),
        ]


class SwornReport(models.Model):
    """A report by a sworn officer: evidence until disproved. Written on site, encrypted."""

    case = models.ForeignKey(ControlCase, on_delete=models.PROTECT, related_name="reports")
    sworn = models.ForeignKey(SwornOfficer, on_delete=models.PROTECT, related_name="reports")
    dated = models.DateField()
    text = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = "rapport d’un agent assermenté"


class CaseOverpayment(models.Model):
    """Ties a case to a sum paid in excess of the family's own account: its notice, plan and repayments are kept there."""

    case = models.ForeignKey(ControlCase, on_delete=models.PROTECT, related_name="overpayments")
    overpayment = models.OneToOneField("cmg.Overpayment", on_delete=models.PROTECT, related_name="control_case")

    class Meta:
        verbose_name = "somme versée en trop d’un dossier de contrôle"


class CaseRecovery(models.Model):
    """Money that came back for a case. `reference` names the movement, once a case."""

    case = models.ForeignKey(ControlCase, on_delete=models.PROTECT, related_name="recoveries")
    received_on = models.DateField()
    cents = models.BigIntegerField()
    reference = models.CharField(max_length=80)

    class Meta:
        verbose_name = "somme recouvrée"
        constraints = [
            models.UniqueConstraint(name="recovery_once", fields=["case", "reference"]),
            models.CheckConstraint(name="recovery_not_nothing", condition=~Q(cents=0)),
        ]
        indexes = [models.Index(name="recovery_case", fields=["case", "received_on"])]


class ControlDay(models.Model):
    """A day that every case has lived, and what happened then."""

    day = models.DateField(unique=True)
    counts = models.JSONField()
    ended_at = models.DateTimeField()

    class Meta:
        verbose_name = "jour vécu des dossiers de contrôle"
