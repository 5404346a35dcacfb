"""Identifiers of people, encrypted at rest beside a keyed hash that serves equality joins and look-ups."""

from django.db import models


class IdentifierKind(models.TextChoices):
    NIR = "NIR", "Numéro de sécurité sociale"
    IBAN = "IBAN", "Compte bancaire"


class Identifier(models.Model):
    """One NIR or IBAN. Other tables hold its `key` only; the text is read through `portal.people.vault`."""

    key = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=4, choices=IdentifierKind)
    ciphertext = models.BinaryField()

    class Meta:
        verbose_name = "identifiant chiffré"
