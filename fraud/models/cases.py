"""The control case: one check on one file, its moves, and what was learnt from others for it."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class CaseState(models.TextChoices):
    OPENED = "OPENED", "Ouvert"
    INFORMED = "INFORMED", "Personne informée"
    INVESTIGATING = "INVESTIGATING", "En vérification"
    FINDINGS_SENT = "FINDINGS_SENT", "Constats envoyés"
    ADVERSARIAL = "ADVERSARIAL", "Échange contradictoire"
    DECISION = "DECISION", "À décider"
    NO_ACTION = "NO_ACTION", "Sans suite"
    ADJUSTED = "ADJUSTED", "Droit corrigé"
    OVERPAYMENT = "OVERPAYMENT", "Somme versée en trop"
    PENALTY_PROCEDURE = "PENALTY_PROCEDURE", "Procédure de pénalité"
    COMPLAINT = "COMPLAINT", "Plainte"
    CLOSED = "CLOSED", "Clos"


S = CaseState
CASE_MOVES = {
    S.OPENED: {S.INFORMED},
    S.INFORMED: {S.INVESTIGATING},
    S.INVESTIGATING: {S.FINDINGS_SENT},
    S.FINDINGS_SENT: {S.ADVERSARIAL},
    S.ADVERSARIAL: {S.DECISION},
    S.DECISION: {S.NO_ACTION, S.ADJUSTED, S.OVERPAYMENT, S.PENALTY_PROCEDURE, S.COMPLAINT},
    S.NO_ACTION: {S.CLOSED},
    S.ADJUSTED: {S.CLOSED},
    S.OVERPAYMENT: {S.PENALTY_PROCEDURE, S.COMPLAINT, S.CLOSED},
    S.PENALTY_PROCEDURE: {S.COMPLAINT, S.CLOSED},
    S.COMPLAINT: {S.CLOSED},
    S.CLOSED: set(),
}


class CaseSource(models.TextChoices):
    PROGRAMME = "PROGRAMME", "Axe du programme"
    RANDOM_SAMPLE = "RANDOM_SAMPLE", "Tirage au sort"
    DATA_MATCH = "DATA_MATCH", "Croisement de données"
    PARTNER = "PARTNER", "Signalement d’un partenaire"
    SELF_REPORT = "SELF_REPORT", "Signalé par la personne"


class CaseOutcome(models.TextChoices):
    NO_ACTION = "NO_ACTION", "Sans suite"
    ADJUSTED = "ADJUSTED", "Droit corrigé"
    OVERPAYMENT = "OVERPAYMENT", "Somme versée en trop"
    PENALTY = "PENALTY", "Pénalité"
    COMPLAINT = "COMPLAINT", "Plainte"


class ControlCase(models.Model):
    """One check on one beneficiary's file. `number` is ``C-2026-118``; `subject` is the ledger's (``cmg:employer:00123``).

    Money: `owed_by_cents` paid in excess, of which `fraud_cents`; `owed_to_cents` what the family had not received;
    `avoided_cents` what will not be paid wrongly. Null until it is decided: unknown is not zero.

    `new_fact`: why the family is checked again within twelve months. `anonymised_on`: the case no longer says who it was about.
    """

    number = models.CharField(max_length=20, unique=True)
    fund = models.CharField(max_length=8)
    subject = models.CharField(max_length=80)
    title = models.CharField(max_length=160)
    source = models.CharField(max_length=14, choices=CaseSource)
    legal_basis = models.CharField(max_length=80)
    purpose = models.CharField(max_length=300)
    axis_code = models.CharField(max_length=20, blank=True)
    benefit = models.CharField(max_length=24)
    on_site = models.BooleanField(default=False)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="control_cases")
    opened_on = models.DateField()
    state = models.CharField(max_length=18, choices=CaseState, default=CaseState.OPENED)
    outcome = models.CharField(max_length=12, choices=CaseOutcome, blank=True)
    owed_by_cents = models.BigIntegerField(null=True)
    owed_to_cents = models.BigIntegerField(null=True)
    fraud_cents = models.BigIntegerField(null=True)
    avoided_cents = models.BigIntegerField(null=True)
    decided_on = models.DateField(null=True)
    annulled_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    new_fact = models.CharField(max_length=300, blank=True)
    anonymised_on = models.DateField(null=True)

    class Meta:
        verbose_name = "dossier de contrôle"
        constraints = [
            models.UniqueConstraint(
                name="control_case_one_open", fields=["fund", "subject"], condition=~Q(state="CLOSED")
            ),
            models.CheckConstraint(name="control_case_has_a_basis", condition=~Q(legal_basis="") & ~Q(purpose="")),
        ]
        indexes = [
            models.Index(name="control_case_list", fields=["fund", "state", "opened_on", "id"]),
            models.Index(name="control_case_subject", fields=["subject"]),
        ]


class CaseMove(models.Model):
    """One move of a case: from, to, by whom, when, why. Never changed, never removed."""

    case = models.ForeignKey(ControlCase, on_delete=models.PROTECT, related_name="moves")
    from_state = models.CharField(max_length=18, choices=CaseState, blank=True)
    to_state = models.CharField(max_length=18, choices=CaseState)
    at = models.DateTimeField()
    dated = models.DateField()
    by = models.CharField(max_length=150)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = "étape d’un dossier de contrôle"
        indexes = [models.Index(name="control_move_case", fields=["case", "id"])]


class ObtainedVia(models.TextChoices):
    EXCHANGE = "EXCHANGE", "Échange entre organismes"
    THIRD_PARTY = "THIRD_PARTY", "Demande à un tiers"
    RNCPS = "RNCPS", "Répertoire national (RNCPS)"
    CODAF = "CODAF", "Comité départemental"


class ObtainedInformation(models.Model):
    """What others said about the person, for this case: it must be told to them before any decision (CSS L. 114-21).

    `content` and `origin` are the words of that notice; `reference` names the exchange, request or look-up, once a case.
    """

    case = models.ForeignKey(ControlCase, on_delete=models.PROTECT, related_name="obtained")
    via = models.CharField(max_length=12, choices=ObtainedVia)
    reference = models.CharField(max_length=80)
    origin = models.CharField(max_length=200)
    content = models.CharField(max_length=1000)
    obtained_on = models.DateField()

    class Meta:
        verbose_name = "information obtenue d’un tiers"
        constraints = [models.UniqueConstraint(name="obtained_once", fields=["case", "via", "reference"])]
