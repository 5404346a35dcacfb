"""What was asked of a third party lives as long as its case knows whom it is about; that it was asked, and when, stays."""

from collections.abc import Iterator
from datetime import date, datetime

from django.db import transaction

from fraud.cases.evidence import purge_evidence
from fraud.models import EvidenceItem, ThirdPartyFine, ThirdPartyRequest, ThirdPartyState
from fraud.models.words import GONE
from portal.audit.operations import journal

BY, AT_ONCE = "portail", 500
T = ThirdPartyState


def forget_due(*, on: date, at: datetime) -> int:
    """Every request whose case forgot whom it was about (`fraud.cases.forgetting` knows the day), each in its transaction.

    One whose fine is still to be decided waits for it: the third party may answer. A second call finds none left.
    """
    return sum(_forget(pk, on, at) for pk in _due())


def _due() -> Iterator[int]:
    found = ThirdPartyRequest.objects.filter(purged_on=None, case__anonymised_on__isnull=False)
    found, last = found.exclude(state=T.FINE_PROPOSED).order_by("pk"), 0
    while pks := list(found.filter(pk__gt=last).values_list("pk", flat=True)[:AT_ONCE]):
        yield from pks
        last = pks[-1]


def _forget(pk: int, on: date, at: datetime) -> bool:
    with transaction.atomic():
        row = ThirdPartyRequest.objects.select_for_update(of=("self",)).select_related("case").get(pk=pk)
        if row.purged_on is not None or row.state == T.FINE_PROPOSED:
            return False
        for paper in EvidenceItem.objects.filter(reference=row.number, purged_on=None).values_list("pk", flat=True):
            purge_evidence(evidence_pk=paper, by=BY, on=on, at=at)
        row.answers.update(words=b"", contact=b"", purged_on=on)
        row.moves.exclude(reason="").update(reason="")
        ThirdPartyFine.objects.filter(request=row).update(reason=GONE, decision=GONE)
        _empty(row, on)
        journal(
            actor=BY, action="control.third_party.forgotten", subject=row.case.subject,
            detail={"request": row.number, "case": row.case.number}, at=at,
        )  # fmt: skip
    return True


def _empty(row: ThirdPartyRequest, on: date) -> None:
    row.name = row.address = row.asked = GONE
    row.no_attempt_reason = GONE if row.no_attempt_reason else ""
    row.concerned, row.secret, row.purged_on = b"", b"", on
    row.save(update_fields=["name", "address", "asked", "no_attempt_reason", "concerned", "secret", "purged_on"])
