"""What parents do on their own pages: each act with its receipt, and the drafts of their requests."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class ActKind(models.TextChoices):
    ALREADY_PAID = "ALREADY_PAID", "J’ai déjà payé"
    CONFIRMED = "CONFIRMED", "Paiement direct confirmé"
    DENIED = "DENIED", "Paiement direct non reçu"
    HARDSHIP = "HARDSHIP", "Je ne peux pas payer ce mois-ci"
    PLAN = "PLAN", "Plan proposé"
    MEANS = "MEANS", "Moyen et jour de paiement"
    ACCOUNT = "ACCOUNT", "Compte bancaire"
    ANSWER = "ANSWER", "Réponse à l’ouverture du dossier"
    END = "END", "Demande de fin"
    END_YES = "END_YES", "Accord pour la fin"
    END_NO = "END_NO", "Refus de la fin"
    OFFSET = "OFFSET", "Accord pour déduire"
    REPAY = "REPAY", "Remboursement en une fois"
    ARREARS = "ARREARS", "Arriéré demandé"
    RELEASE = "RELEASE", "Demande de mainlevée"
    REQUEST = "REQUEST", "Demande d’intermédiation"
    ASF = "ASF", "Demande d’ASF"


class AnswerKind(models.TextChoices):
    """What a person answered. PAPERS keeps the act waiting: something is missing before anybody can decide."""

    PAPERS = "PAPERS", "Pièce demandée"
    GRANTED = "GRANTED", "Accepté"
    REFUSED = "REFUSED", "Refusé"
    CONFIRMED = "CONFIRMED", "Réglé par la réponse de l’autre parent"


class ParentAct(models.Model):
    """One thing a parent asked or said. `key` is the form's: the same form again shows the first receipt.

    `facts` is what the receipt tells again (amounts, months): no address, no account but its last four characters.
    `events` are the numbers of the events it became; `answer_by` is the day by which a person answers, when one must.
    `answer` is the last thing a person said of it, `answer_words` what the parent reads of it.
    """

    key = models.UUIDField(unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    parent_no = models.CharField(max_length=40)
    case_no = models.CharField(max_length=40, blank=True)
    party = models.CharField(max_length=9, blank=True)
    kind = models.CharField(max_length=12, choices=ActKind)
    facts = models.JSONField(default=dict)
    events = models.JSONField(default=list)
    day = models.DateField()
    at = models.DateTimeField()
    answer_by = models.DateField(null=True)
    answered_on = models.DateField(null=True)
    answer = models.CharField(max_length=9, choices=AnswerKind, blank=True)
    answer_words = models.CharField(max_length=500, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answer_key = models.UUIDField(null=True)

    class Meta:
        verbose_name = "acte d’un parent"
        indexes = [
            models.Index(name="parentact_own", fields=["parent_no", "-id"]),
            models.Index(name="parentact_case", fields=["case_no", "kind"]),
            models.Index(
                name="parentact_waits", fields=["answer_by"], condition=Q(answer_by__isnull=False, answered_on=None)
            ),
        ]

    @property
    def number(self) -> str:
        return f"P-{self.pk:07d}"


class RequestDraft(models.Model):
    """A request for intermediation being written: its answers, kept at each page, right or wrong."""

    key = models.UUIDField(unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField(default=dict)
    updated_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    case_no = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name = "demande en cours d’écriture"
        constraints = [
            models.UniqueConstraint(name="requestdraft_one_open", fields=["user"], condition=Q(sent_at__isnull=True))
        ]
