"""Reads of what was received."""

from collections.abc import Mapping

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from portal.exchange.flows import kinds_of_others
from portal.exchange.models import ReceivedFile, RejectedRow


def files_of(benefit: str) -> QuerySet[ReceivedFile]:
    """Files of this benefit, and those of none (not recognised, or made by the portal): rows of another benefit are for
    its own agents."""
    return ReceivedFile.objects.exclude(kind__in=kinds_of_others(benefit))


def rows_of(file: ReceivedFile, filters: Mapping[str, str]) -> QuerySet[RejectedRow]:
    """The rows of a file that did not enter; whether somebody reads this file is the caller's to check."""
    found = RejectedRow.objects.filter(file=file)
    if filters.get("state"):
        found = found.filter(state=filters["state"])
    text = filters.get("q", "")
    if text.isdecimal():
        return found.filter(line=int(text[:9]))
    return found.annotate(told=Cast("errors", TextField())).filter(told__icontains=text) if text else found
