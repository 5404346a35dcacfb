"""Agreements of two parents that a fund makes enforceable: the common text, each one's own part, signatures, decision."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

User = settings.AUTH_USER_MODEL


class AgreementState(models.TextChoices):
    WRITING = "WRITING", "En cours d’écriture"
    INVITED = "INVITED", "L’autre parent est invité"
    SHARED = "SHARED", "À compléter et à signer"
    FILED = "FILED", "À l’examen de la caisse"
    ACCEPTED = "ACCEPTED", "Acceptée"
    REFUSED = "REFUSED", "Refusée"
    WITHDRAWN = "WITHDRAWN", "Retirée"
    LAPSED = "LAPSED", "Sans suite"


S = AgreementState


class Agreement(models.Model):
    """One joint request. `shared` is the text both read and sign; `first_own` and `second_own` are of one parent alone.

    A parent who is protected or fears the other is stopped: everything ends for them, and nothing that the other reads
    depends on it. The code of the invitation is made again from `invited`: only its hash can be looked for.
    """

    SUBJECT = "aripa.agreement"
    MOVES: ClassVar = {
        S.WRITING: (S.INVITED, S.WITHDRAWN, S.LAPSED),
        S.INVITED: (S.SHARED, S.WITHDRAWN, S.LAPSED),
        S.SHARED: (S.FILED, S.WITHDRAWN, S.LAPSED),
        S.FILED: (S.ACCEPTED, S.REFUSED, S.WITHDRAWN),
        S.ACCEPTED: (), S.REFUSED: (), S.WITHDRAWN: (), S.LAPSED: (),
    }  # fmt: skip

    key = models.UUIDField(unique=True)
    state = models.CharField(max_length=9, choices=AgreementState, default=S.WRITING)
    first = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    shared = models.JSONField(default=dict)
    first_own = models.JSONField(default=dict)
    second_own = models.JSONField(default=dict)
    started_on = models.DateField()
    lapses_after = models.DateField()
    invited = models.UUIDField(null=True)
    code_hash = models.CharField(max_length=64, blank=True)
    code_until = models.DateField(null=True)
    code_misses = models.SmallIntegerField(default=0)
    first_stopped_on = models.DateField(null=True)
    second_stopped_on = models.DateField(null=True)
    fund = models.CharField(max_length=8, blank=True)
    received_on = models.DateField(null=True)
    answer_by = models.DateField(null=True)
    checks = models.JSONField(default=dict)
    checked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    decided_on = models.DateField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    reason = models.CharField(max_length=500, blank=True)
    case_no = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name = "accord entre parents"
        constraints = [
            models.CheckConstraint(
                name="agreement_filed_whole",
                condition=Q(received_on__isnull=True) | Q(answer_by__isnull=False, second__isnull=False) & ~Q(fund=""),
            ),
            models.CheckConstraint(
                name="agreement_two_people", condition=Q(second__isnull=True) | ~Q(second=F("first"))
            ),
            # Who looked at the papers does not sign the title.
            models.CheckConstraint(
                name="agreement_two_agents",
                condition=Q(decided_by__isnull=True) | Q(checked_by__isnull=True) | ~Q(decided_by=F("checked_by")),
            ),
        ]
        indexes = [
            models.Index(name="agreement_first", fields=["first", "-id"]),
            models.Index(name="agreement_second", fields=["second", "-id"]),
            models.Index(name="agreement_code", fields=["code_hash"], condition=Q(state="INVITED")),
            models.Index(name="agreement_to_decide", fields=["answer_by", "id"], condition=Q(state="FILED")),
            models.Index(
                name="agreement_to_lapse", fields=["lapses_after"], condition=Q(state__in=["WRITING", "INVITED", "SHARED"])
            ),
        ]  # fmt: skip

    @property
    def number(self) -> str:
        return f"AC-{self.pk:07d}"


class AgreementSignature(models.Model):
    """A parent's signature of the text whose digest it bears, with the statement made then; void once the text changes."""

    key = models.UUIDField(unique=True)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="signatures")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    signed_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "signature d’un accord"
        constraints = [
            models.UniqueConstraint(
                name="agreementsignature_one", fields=["agreement", "user"], condition=Q(voided_at__isnull=True)
            )
        ]


class AgreementAsk(models.Model):
    """Papers that the fund asks one parent for, in its own words, with the day they are wanted by."""

    key = models.UUIDField(unique=True)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="asks")
    of = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=500)
    wanted_by = models.DateField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answered_on = models.DateField(null=True)

    class Meta:
        verbose_name = "pièces demandées pour un accord"
        indexes = [models.Index(name="agreementask_of", fields=["agreement", "id"])]
