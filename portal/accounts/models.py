"""Users of the portal, the dated postings and links that give them a role, and what guards their second factor."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, TypedDict

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Value

from portal.organisations.models import BodyMission, Branch


class Role(models.TextChoices):
    FUND_CASEWORKER = "FUND_CASEWORKER", "Gestion CMG, caisse"
    PAJEMPLOI_CASEWORKER = "PAJEMPLOI_CASEWORKER", "Gestion Pajemploi"
    SUPERVISOR = "SUPERVISOR", "Encadrement"
    AUTHORISING_OFFICER = "AUTHORISING_OFFICER", "Ordonnateur"
    ACCOUNTING_OFFICER = "ACCOUNTING_OFFICER", "Agent comptable"
    AUDITOR = "AUDITOR", "Audit"
    ARIPA_CASEWORKER = "ARIPA_CASEWORKER", "Pensions alimentaires"
    CONTROLLER = "CONTROLLER", "Contrôle, agent assermenté"
    CONTROL_CASEWORKER = "CONTROL_CASEWORKER", "Gestion du contrôle"
    FRAUD_PANEL = "FRAUD_PANEL", "Commission fraude"
    DATA_PROTECTION = "DATA_PROTECTION", "Protection des données"
    BOARD_MEMBER = "BOARD_MEMBER", "Conseil d’administration"
    PARTNER_AGENT = "PARTNER_AGENT", "Organisme partenaire"
    CHILDMINDER = "CHILDMINDER", "Assistante maternelle ou assistant maternel"
    STRUCTURE_MANAGER = "STRUCTURE_MANAGER", "Direction de structure"
    DESK_ADVISER = "DESK_ADVISER", "Relais petite enfance"
    PARENT = "PARENT", "Parent"


class Door(models.TextChoices):
    """How someone signs in. It is given once and never changes: an agent who has children holds two accounts."""

    AGENT = "AGENT", "ProConnect"
    FAMILY = "FAMILY", "FranceConnect"
    PROFESSIONAL = "PROFESSIONAL", "Adresse électronique"


class User(AbstractUser):
    """Someone who signs in. What they may do comes from their postings or link on the day, never from the account."""

    story = models.CharField("présentation en une ligne (démonstration)", max_length=200, blank=True)
    door = models.CharField("porte", max_length=12, choices=Door, default=Door.AGENT)
    # Sessions begun before are over: set when a second factor is taken away.
    sessions_since = models.DateTimeField("sessions valables depuis", null=True, blank=True)

    class Meta:
        verbose_name = "compte"

    @property
    def full_name(self) -> str:
        return self.get_full_name() or self.username


def days(first: str, last: str) -> Func:
    """The half-open days from one date to another, without end when the second is NULL."""
    return Func(F(first), F(last), function="daterange", output_field=DateRangeField())


if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


def branch_of(role: str) -> Branch:
    """The branch whose work a role is here: the family's, but for those who collect. `accounts_serves` says the same."""
    return Branch.COLLECTION if role == Role.PAJEMPLOI_CASEWORKER else Branch.FAMILY


AT_JOINT_FUND = Q(fund__startswith="CCSS")


class Serves(TypedDict):
    """What a posting in force bears: the code of the files that it opens, empty for every fund."""

    serves: str


class PostingQuerySet(models.QuerySet["Posting"]):
    def in_force_on(self, day: date) -> "models.QuerySet[WithAnnotations[Posting, Serves]]":
        """Those that give their role that day, each with the fund whose files it `serves`: its own, and at a joint fund the
        one whose files were taken over in the posting's branch (numbers do not move).

        A joint fund gives no role before its first day, nor for a branch that is not the role's. The database says which
        (`accounts_serves`): triggers ask it too.
        """
        found = self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day), starts_on__lte=day)
        serves = Func("role", "fund", "branch", Value(day), function="accounts_serves", output_field=models.CharField())
        return found.annotate(serves=serves).filter(serves__isnull=False)

    def of_files(self, funds: Sequence[str]) -> "PostingQuerySet":
        """Those at one of `funds`, or at the joint fund that took its files over, whatever the day."""
        taken = BodyMission.objects.filter(body=OuterRef("fund"), branch=OuterRef("branch"), former__in=funds)
        return self.filter(Q(fund__in=funds) | Exists(taken))


class Posting(models.Model):
    """One role at one body, from `starts_on` to `ends_on` (first day no longer covered).

    `fund` is a fund's code (``CAF63``): the posting opens the files of that fund and no others, whatever the role. Empty for
    the national bodies (Pajemploi, officers, audit, data protection). At a joint fund (``CCSS48``) it is held for one
    `branch`, and only there. `granted_by` is empty for what was set up with the installation.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="postings")
    role = models.CharField(max_length=24, choices=Role)
    fund = models.CharField(max_length=8, blank=True)
    branch = models.CharField(max_length=10, choices=Branch, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = "affectation"
        constraints = [
            models.CheckConstraint(
                name="posting_half_open", condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on"))
            ),
            models.UniqueConstraint(name="posting_once", fields=["user", "role", "fund", "branch", "starts_on"]),
            models.CheckConstraint(
                name="posting_branch_at_joint_fund",
                condition=Q(AT_JOINT_FUND, branch__in=Branch.values) | Q(~AT_JOINT_FUND, branch=""),
            ),
            models.CheckConstraint(
                name="posting_data_protection_national", condition=~Q(role="DATA_PROTECTION") | Q(fund="")
            ),
            models.CheckConstraint(
                name="posting_granted_by_another", condition=Q(granted_by__isnull=True) | ~Q(granted_by=F("user"))
            ),
            ExclusionConstraint(
                name="posting_one_officer_at_a_time",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("role", RangeOperators.NOT_EQUAL),
                    (days("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
                condition=Q(role__in=["AUTHORISING_OFFICER", "ACCOUNTING_OFFICER"]),
            ),
        ]
        indexes = [models.Index(fields=["role", "fund"])]

    @property
    def place(self) -> str:
        """Where, in a few words: ``CAF63``, ``CCSS48, famille``, or national."""
        return f"{self.fund}, {self.get_branch_display().lower()}" if self.branch else self.fund or "national"


class LinkedBy(models.TextChoices):
    BENEFICIARY_NO = "BENEFICIARY_NO", "Identité et numéro d’allocataire"
    EMPLOYER_NO = "EMPLOYER_NO", "Identité et numéro d’employeur"
    PARENT_NO = "PARENT_NO", "Identité et numéro de parent"


def space(subject: str) -> Func:
    """What a subject belongs to: ``cmg`` of ``cmg:employer:00123``."""
    return Func(F(subject), Value(":"), Value(1), function="split_part", output_field=models.CharField())


class FamilyLink(models.Model):
    """What is a parent's own: `subject` is the ledger's (``cmg:employer:00123``, ``aripa:parent:P7``).

    In each space, one subject for one account; and one account for one subject at a time. Contact data is never a key.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="family_links")
    subject = models.CharField(max_length=80)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    how = models.CharField(max_length=16, choices=LinkedBy)

    class Meta:
        verbose_name = "rattachement à une famille"
        constraints = [
            models.CheckConstraint(
                name="familylink_half_open", condition=Q(until__isnull=True) | Q(until__gt=F("since"))
            ),
            ExclusionConstraint(
                name="familylink_one_family",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    (space("subject"), RangeOperators.EQUAL),
                    (days("since", "until"), RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="familylink_one_account",
                expressions=[("subject", RangeOperators.EQUAL), (days("since", "until"), RangeOperators.OVERLAPS)],
            ),
        ]


class ResetState(models.TextChoices):
    ASKED = "ASKED", "Demandée"
    APPROVED = "APPROVED", "Approuvée"
    REFUSED = "REFUSED", "Refusée"


RESET_MOVES = {
    ResetState.ASKED: {ResetState.APPROVED, ResetState.REFUSED},
    ResetState.APPROVED: set(),
    ResetState.REFUSED: set(),
}


class FactorReset(models.Model):
    """Somebody lost their second factor: one person asks, another decides, and neither is the one concerned."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="factor_resets")
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=ResetState, default=ResetState.ASKED)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "reprise du second facteur"
        constraints = [
            models.CheckConstraint(
                name="factorreset_four_eyes",
                condition=~Q(asked_by=F("user"))
                & (Q(decided_by__isnull=True) | (~Q(decided_by=F("asked_by")) & ~Q(decided_by=F("user")))),
            ),
            models.CheckConstraint(
                name="factorreset_decided_by_somebody",
                condition=Q(state="ASKED", decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(state="ASKED") & Q(decided_by__isnull=False, decided_at__isnull=False)),
            ),
            models.UniqueConstraint(name="factorreset_one_asked", fields=["user"], condition=Q(state="ASKED")),
        ]


class Tries(models.Model):
    """Tries at one door that did not end well yet. Rows, so that every process and every host counts the same."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.IntegerField(default=0)
    last_at = models.DateTimeField()
    locked_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "essais"
        indexes = [models.Index(fields=["last_at"])]


class Mission(models.TextChoices):
    """What the software of an outside body may do here, and nothing else."""

    CLERK = "CLERK", "Greffe : transmettre des titres"
    LAWYER = "LAWYER", "Avocat : transmettre des titres"
    NOTARY = "NOTARY", "Notaire : transmettre des titres"
    GARNISHEE = "GARNISHEE", "Tiers : répondre aux ordres de paiement direct"


class AccessKey(models.Model):
    """The key of a body's software: one mission, from `starts_on` to `ends_on` (first day no longer covered).

    `body` names the body whatever key it holds today (of a garnishee, the reference it is written to under). The secret
    is shown once, when the key is opened; only its hash is kept.
    """

    public_id = models.CharField(max_length=12, unique=True)
    secret_hash = models.CharField(max_length=64)
    mission = models.CharField(max_length=10, choices=Mission)
    body = models.CharField(max_length=100)
    name = models.CharField(max_length=120)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "clé d’un organisme"
        constraints = [
            models.CheckConstraint(
                name="accesskey_half_open", condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on"))
            )
        ]
