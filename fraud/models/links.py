"""What ties an officer to somebody: declared once, it closes the file of that person to them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Relation(models.TextChoices):
    SELF = "SELF", "soi-même"
    RELATIVE = "RELATIVE", "un proche"
    COLLEAGUE = "COLLEAGUE", "un collègue"
    OTHER = "OTHER", "un autre lien déclaré"


class DeclaredLink(models.Model):
    """A link of `user` with a family (`subject`, as the ledger names it) or a person (`person_key`, of the vault)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="declared_links")
    subject = models.CharField(max_length=80, blank=True)
    person_key = models.UUIDField(null=True, blank=True)
    relation = models.CharField(max_length=10, choices=Relation)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = "lien déclaré"
        constraints = [
            models.CheckConstraint(
                name="declared_link_names_somebody", condition=~Q(subject="") | Q(person_key__isnull=False)
            ),
            models.CheckConstraint(name="declared_link_half_open", condition=Q(until=None) | Q(until__gt=F("since"))),
        ]
        indexes = [models.Index(name="declared_link_user", fields=["user", "subject"])]
