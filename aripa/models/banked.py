"""What a movement of money asks of the bank: one row a movement, written with it, and where it stands."""

from django.db import models
from django.db.models import Q


class Waits(models.TextChoices):
    """Why nothing is on its way to the bank for a movement."""

    NO = "", "rien n’attend"
    NO_ACCOUNT = "NO_ACCOUNT", "pas de compte bancaire valable"
    CAME_BACK = "CAME_BACK", "versement revenu de la banque"
    FILE_REFUSED = "FILE_REFUSED", "fichier refusé en entier par la banque"


ORDERED = Q(waits="", tries__gt=0, since__isnull=True)
WAITING = ~Q(waits="") & Q(since__isnull=False)


class BankMove(models.Model):
    """The debit or the transfer of one movement. Its number makes the references of its orders, the first and those
    that follow (`tries`): nothing of a case, of a fund or of a person is in them.

    While `waits` is set, the money is owed and no order is under way; `since` is the day on which that began.
    """

    case = models.ForeignKey(
        "aripa.Case", on_delete=models.PROTECT, related_name="bank_moves", db_index=False, db_constraint=False
    )
    number = models.IntegerField()
    day = models.DateField()
    kind = models.CharField(max_length=12)
    party = models.CharField(max_length=9)
    parent_no = models.CharField(max_length=40)
    amount_cents = models.BigIntegerField()
    month = models.DateField(null=True)
    tries = models.SmallIntegerField()
    waits = models.CharField(max_length=12, choices=Waits, blank=True)
    since = models.DateField(null=True)

    class Meta:
        verbose_name = "mouvement demandé à la banque"
        constraints = [
            models.UniqueConstraint(name="bankmove_once", fields=["case", "number"]),
            models.CheckConstraint(name="bankmove_moves", condition=Q(amount_cents__gt=0)),
            models.CheckConstraint(name="bankmove_ordered_or_waits", condition=ORDERED | WAITING),
        ]
        indexes = [
            models.Index(name="bankmove_waits", fields=["since", "id"], condition=~Q(waits="")),
            models.Index(name="bankmove_day", fields=["day", "kind"]),
        ]

    @property
    def end_to_end_id(self) -> str:
        """The reference of its last order."""
        return reference_of(self.pk, self.tries)


def reference_of(pk: int, tries: int) -> str:
    """``SNP-0000000042``, then ``SNP-0000000042-2``."""
    first = f"SNP-{pk:010}"
    return first if tries == 1 else f"{first}-{tries}"


def pk_of(end_to_end_id: str) -> int:
    """The number of the row that an order of pensions serves."""
    return int(end_to_end_id.split("-")[1])
