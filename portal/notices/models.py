"""E-mails that tell a person to come and read: to whom, which ones they want, and what became of each."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Contact(models.Model):
    """The address a person gave for notices. It counts once confirmed by the link that was sent to it; the last wins.

    `discreet`: every subject then says « Un message vous attend », whatever it is about.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="contact")
    address = models.EmailField(max_length=254)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    discreet = models.BooleanField(default=False)

    class Meta:
        verbose_name = "adresse pour les avis"


class Unwanted(models.Model):
    """A kind of notice that a person does not want by e-mail; all the others are sent."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False)
    kind = models.CharField(max_length=24)

    class Meta:
        verbose_name = "avis refusé"
        constraints = [models.UniqueConstraint(name="unwanted_once", fields=["user", "kind"])]


class NoticeState(models.TextChoices):
    WAITING = "WAITING", "À envoyer"
    SENDING = "SENDING", "En cours d’envoi"
    SENT = "SENT", "Envoyé"
    FAILED = "FAILED", "En échec, abandonné"


class Notice(models.Model):
    """One e-mail. `key` is unique and readable (``hold:cmg:employer:12:2026-10``): it is sent once, whoever asks.

    `words` is what the kind's subject needs (a month's name, a date): never an amount, a child's name or a place. Without
    `user`, it goes to somebody who may have no account, by the address that its kind finds.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True)
    subject = models.CharField(max_length=80)
    kind = models.CharField(max_length=24)
    key = models.CharField(max_length=160)
    words = models.CharField(max_length=80, blank=True)
    path = models.CharField(max_length=200)
    state = models.CharField(max_length=7, choices=NoticeState, default=NoticeState.WAITING)
    attempts = models.SmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    asked_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = "avis"
        constraints = [
            models.UniqueConstraint(name="notice_once", fields=["user", "key"]),
            models.UniqueConstraint(name="notice_once_outside", fields=["key"], condition=Q(user=None)),
        ]
        indexes = [
            models.Index(name="notice_left", fields=["next_try_at"], condition=Q(state__in=["WAITING", "SENDING"])),
            models.Index(fields=["subject", "id"]),
        ]


class Seen(models.Model):
    """What a person has opened: it is no longer counted as unread."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False)
    kind = models.CharField(max_length=12)
    ref = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = "lu"
        constraints = [models.UniqueConstraint(name="seen_once", fields=["user", "kind", "ref"])]
