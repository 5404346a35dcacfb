"""Reads of what was received."""

from django.db.models import QuerySet

from portal.exchange.flows import kinds_of_others
from portal.exchange.models import ReceivedFile


def files_of(benefit: str) -> QuerySet[ReceivedFile]:
    """Files of this benefit, and those of none (not recognised, or made by the portal): rows of another benefit are for
    its own agents."""
    return ReceivedFile.objects.exclude(kind__in=kinds_of_others(benefit))
