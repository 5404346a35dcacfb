"""Bodies that may exchange, and the officers designated for it, each by an act with its dates."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class BodyNature(models.TextChoices):
    """What a body is (CSS L. 114-12): only these exchange."""

    SCHEME = "SCHEME", "Organisme d’un régime obligatoire"
    COLLECTION = "COLLECTION", "Organisme de recouvrement"
    BENEFITS = "BENEFITS", "Organisme servant des prestations"
    HOLIDAY_PAY = "HOLIDAY_PAY", "Caisse de congés payés"
    EMPLOYMENT = "EMPLOYMENT", "Opérateur de l’emploi"
    STATE = "STATE", "Administration de l’État"
    HEALTH_AGENCY = "HEALTH_AGENCY", "Agence régionale de santé"


class OfficerCategory(models.TextChoices):
    """Who may be designated (CSS L. 114-16-3); what each may ask and from when is a dated figure."""

    LABOUR_CONTROL = "LABOUR_CONTROL", "Contrôle du travail illégal"
    STATE_CENTRAL = "STATE_CENTRAL", "Administration centrale de l’État"
    SCHEME_MANAGEMENT = "SCHEME_MANAGEMENT", "Gestion d’un régime obligatoire"
    SCHEME_CONTROL = "SCHEME_CONTROL", "Contrôle d’un régime obligatoire"
    NATIONAL_BODY = "NATIONAL_BODY", "Caisse nationale"
    CCMSA = "CCMSA", "Caisse centrale de la MSA"
    POLE_EMPLOI = "POLE_EMPLOI", "France Travail"
    UNEDIC = "UNEDIC", "Unédic"
    AGS = "AGS", "Garantie des salaires"
    HEALTH_AGENCY = "HEALTH_AGENCY", "Agence régionale de santé"


class ExchangeBody(models.Model):
    """A body of the directory. `code` is that of the postings (``CAF63``, ``ARS84``).

    `is_here`: this portal plays it; otherwise its envelopes go to `endpoint` (https).
    """

    code = models.CharField(primary_key=True, max_length=12)
    name = models.CharField(max_length=160)
    nature = models.CharField(max_length=16, choices=BodyNature)
    departements = ArrayField(models.CharField(max_length=3), default=list)
    is_here = models.BooleanField(default=False)
    endpoint = models.URLField(blank=True)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = "organisme des échanges"
        constraints = [
            models.CheckConstraint(name="exchange_body_half_open", condition=Q(until=None) | Q(until__gt=F("since"))),
            models.CheckConstraint(name="exchange_body_reached_one_way", condition=Q(is_here=False) | Q(endpoint="")),
        ]


class AuthorisedOfficer(models.Model):
    """Somebody designated to exchange for a body, by an act with number, date, signatory and quality.

    `user` is empty for officers of bodies that this portal does not play. `scopes`: families of benefits; `territory`:
    départements, empty for the whole country. `valid_to`: first day no longer covered. `revoked_on`: first day it no longer
    holds; leaving the post revokes at once.
    """

    body = models.ForeignKey(ExchangeBody, on_delete=models.PROTECT, related_name="officers")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="designations"
    )
    first_name = models.CharField(max_length=80)
    last_name = models.CharField(max_length=80)
    category = models.CharField(max_length=20, choices=OfficerCategory)
    act_no = models.CharField(max_length=40)
    act_dated = models.DateField()
    signatory = models.CharField(max_length=120)
    signatory_quality = models.CharField(max_length=120)
    scopes = ArrayField(models.CharField(max_length=24), default=list)
    territory = ArrayField(models.CharField(max_length=3), default=list, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField()
    revoked_on = models.DateField(null=True, blank=True)
    designated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "désignation"
        constraints = [
            models.UniqueConstraint(name="designation_once", fields=["body", "act_no", "last_name", "first_name"]),
            models.CheckConstraint(name="designation_half_open", condition=Q(valid_to__gt=F("valid_from"))),
            models.CheckConstraint(
                name="designation_by_another",
                condition=Q(designated_by=None) | Q(user=None) | ~Q(designated_by=F("user")),
            ),
        ]
        indexes = [models.Index(name="designation_user", fields=["user", "valid_from"])]

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"
