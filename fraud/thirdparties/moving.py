"""One move of a request: checked against its table, saved, journaled, and its row written."""

from datetime import date, datetime

from django.db.models import QuerySet

from fraud.models import ThirdPartyMove, ThirdPartyRequest
from portal.casework.moves import move
from portal.frame.refusals import FieldsRefused

PURGED = "Cette demande est effacée avec son dossier : il en reste la trace, et rien ne s’y fait plus."


class RequestRefused(FieldsRefused):
    """Why an act of a request is not possible."""


def locked(request_pk: int) -> ThirdPartyRequest:
    """The request, nobody else's until the end of the transaction. Raises ThirdPartyRequest.DoesNotExist, or RequestRefused
    for one that is erased: nothing of it moves any more."""
    rows: QuerySet[ThirdPartyRequest] = ThirdPartyRequest.objects.select_for_update(of=("self",))
    found = rows.select_related("case").get(pk=request_pk)
    if found.purged_on is not None:
        raise RequestRefused({"request": PURGED})
    return found


def bring(
    request: ThirdPartyRequest, to: str, *, by: str, on: date, at: datetime, reason: str, **changes: object
) -> None:
    """Bring a locked request to a state. Raises MoveNotAllowed, and nothing is changed then."""
    former = request.state
    # The reason is the move's, which is emptied with the request: the journal never is.
    move(request, to, by=by, reason="", at=at, **changes)
    ThirdPartyMove.objects.create(
        request=request, from_state=former, to_state=to, at=at, dated=on, by=by, reason=reason[:500]
    )


def note_step(request: ThirdPartyRequest, *, by: str, on: date, at: datetime, reason: str) -> None:
    """What happened to a request whose state stays."""
    ThirdPartyMove.objects.create(
        request=request, from_state=request.state, to_state=request.state, at=at, dated=on, by=by, reason=reason[:500]
    )
