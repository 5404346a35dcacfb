"""Transfers of benefits that came to nothing and of which nothing is owed any more."""

from django.db import models


class EndedTransfer(models.Model):
    """A transfer that the bank refused or sent back, whose money was taken back by a correction or paid the debt that it had
    caused: nobody looks at it again, and migration 0006 has the database refuse that it is ordered again."""

    # Without the database's own check, which locks the order: a message of the bank that holds it may wait for our turn. The
    # trigger looks whether it is there.
    order = models.OneToOneField(
        "banking.PaymentOrder", on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    ended_on = models.DateField()

    class Meta:
        verbose_name = "virement revenu dont plus rien n’est dû"
