"""Users of the portal, and the dated postings that give them a role at a body."""

from datetime import date

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q


class Role(models.TextChoices):
    FUND_CASEWORKER = "FUND_CASEWORKER", "Gestion CMG, caisse"
    PAJEMPLOI_CASEWORKER = "PAJEMPLOI_CASEWORKER", "Gestion Pajemploi"
    SUPERVISOR = "SUPERVISOR", "Encadrement"
    AUTHORISING_OFFICER = "AUTHORISING_OFFICER", "Ordonnateur"
    ACCOUNTING_OFFICER = "ACCOUNTING_OFFICER", "Agent comptable"
    AUDITOR = "AUDITOR", "Audit"


class User(AbstractUser):
    """Someone who signs in. What they may do comes from their postings on the day, never from the account alone."""

    story = models.CharField("présentation en une ligne (démonstration)", max_length=200, blank=True)

    class Meta:
        verbose_name = "compte"

    @property
    def full_name(self) -> str:
        return self.get_full_name() or self.username


class PostingQuerySet(models.QuerySet["Posting"]):
    def in_force_on(self, day: date) -> "PostingQuerySet":
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day), starts_on__lte=day)


class Posting(models.Model):
    """One role at one body, from `starts_on` to `ends_on` (first day no longer covered).

    `fund` is a fund's code (``CAF63``); empty for the national bodies (Pajemploi, officers).
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="postings")
    role = models.CharField(max_length=24, choices=Role)
    fund = models.CharField(max_length=8, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = "affectation"
        constraints = [
            models.CheckConstraint(
                name="posting_half_open", condition=Q(ends_on__isnull=True) | Q(ends_on__gt=models.F("starts_on"))
            ),
            models.UniqueConstraint(name="posting_once", fields=["user", "role", "fund", "starts_on"]),
        ]
        indexes = [models.Index(fields=["role", "fund"])]
