"""What follows a childminder's missing declaration, and the decisions of départements that the portal records.

The database itself refuses a suspension grounded on a missing declaration, and a withdrawal grounded on it alone: no
screen, no superuser and no later change of a ground gets round it (migration 0002).
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from monenfant.models.places import CarePlace
from monenfant.rules.follow_up import AVAILABILITY_NOT_DECLARED, GROUNDS, OPEN_STATES


class FollowUpState(models.TextChoices):
    DUE = "DUE", "À déclarer"
    OVERDUE = "OVERDUE", "Échéance passée"
    REMINDED = "REMINDED", "Rappel envoyé"
    REFERRED = "REFERRED", "Transmis au département"
    WARNED = "WARNED", "Avertissement"
    RECORDED = "RECORDED", "Manquement noté au dossier"
    COMPLIANT = "COMPLIANT", "Déclaré"
    EXEMPT = "EXEMPT", "Non concerné"


class GroundCode(models.TextChoices):
    AVAILABILITY_NOT_DECLARED = "AVAILABILITY_NOT_DECLARED", "Disponibilités non déclarées"
    PUBLICATION_NOT_AUTHORISED = "PUBLICATION_NOT_AUTHORISED", "Publication non autorisée"
    SAFETY = "SAFETY", "Sécurité des enfants"
    HEALTH = "HEALTH", "Santé des enfants"
    DEVELOPMENT = "DEVELOPMENT", "Épanouissement des enfants"


class DeclarationFollowUp(models.Model):
    """One deadline of one childminder. There is no state beyond the breach that is noted, and cured by declaring."""

    place = models.ForeignKey(CarePlace, on_delete=models.PROTECT, related_name="follow_ups")
    deadline = models.DateField()
    state = models.CharField(max_length=9, choices=FollowUpState, default=FollowUpState.DUE)
    moved_on = models.DateField()
    cured_on = models.DateField(null=True)

    class Meta:
        verbose_name = "suivi d’une déclaration"
        constraints = [
            models.UniqueConstraint(name="follow_up_once", fields=["place", "deadline"]),
            models.CheckConstraint(name="follow_up_state", condition=Q(state__in=FollowUpState.values)),
            models.CheckConstraint(name="follow_up_cured", condition=Q(cured_on=None) | Q(state="COMPLIANT")),
        ]
        indexes = [
            models.Index(name="follow_up_state_day", fields=["state", "moved_on"]),
            models.Index(name="follow_up_campaign", fields=["deadline", "state"]),
            # What each day reads: few are open, once a campaign is over.
            models.Index(name="follow_up_open", fields=["place"], condition=Q(state__in=OPEN_STATES)),
        ]


class FollowUpMove(models.Model):
    """One move of a follow-up: from, to, when, by whom (null: the portal, at a date), why."""

    follow_up = models.ForeignKey(DeclarationFollowUp, on_delete=models.PROTECT, related_name="moves")
    before = models.CharField(max_length=9, choices=FollowUpState)
    after = models.CharField(max_length=9, choices=FollowUpState)
    on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=500)

    class Meta:
        verbose_name = "passage d’un suivi"
        constraints = [
            models.CheckConstraint(
                name="follow_up_warned_by_a_person",
                condition=~Q(after__in=["WARNED", "RECORDED"]) | Q(by__isnull=False),
            )
        ]


class SuspensionDecision(models.Model):
    """A suspension that a département decided and the portal records."""

    place = models.ForeignKey(CarePlace, on_delete=models.PROTECT, related_name="suspensions")
    departement = models.CharField(max_length=3)
    decided_on = models.DateField()
    grounds = ArrayField(models.CharField(max_length=26, choices=GroundCode))
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    form_key = models.UUIDField(null=True, blank=True, unique=True)

    class Meta:
        verbose_name = "suspension d’agrément"
        constraints = [
            models.CheckConstraint(
                name="suspension_never_for_a_missing_declaration",
                condition=~Q(grounds__contains=[AVAILABILITY_NOT_DECLARED]),
            ),
            models.CheckConstraint(
                name="suspension_known_grounds", condition=Q(grounds__contained_by=list(GROUNDS), grounds__len__gt=0)
            ),
        ]


class WithdrawalDecision(models.Model):
    """A withdrawal that a département decided, the person heard and the joint commission (CCPD) consulted."""

    place = models.ForeignKey(CarePlace, on_delete=models.PROTECT, related_name="withdrawals")
    departement = models.CharField(max_length=3)
    heard_on = models.DateField()
    commission_on = models.DateField()
    decided_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    form_key = models.UUIDField(null=True, blank=True, unique=True)

    class Meta:
        verbose_name = "retrait d’agrément"
        constraints = [
            models.CheckConstraint(
                name="withdrawal_after_hearing",
                condition=Q(heard_on__lte=F("decided_on"), commission_on__lte=F("decided_on")),
            )
        ]


class WithdrawalGround(models.Model):
    """One ground of a withdrawal, and the reference of the paper that proves it."""

    decision = models.ForeignKey(WithdrawalDecision, on_delete=models.PROTECT, related_name="grounds")
    code = models.CharField(max_length=26, choices=GroundCode)
    evidence = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "motif d’un retrait"
        constraints = [
            models.UniqueConstraint(name="withdrawal_ground_once", fields=["decision", "code"]),
            models.CheckConstraint(name="withdrawal_known_ground", condition=Q(code__in=GROUNDS)),
        ]
