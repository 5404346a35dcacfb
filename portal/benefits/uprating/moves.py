"""The moves of an uprating: one row of the journal a move, and what a preview that ends does to it."""

from portal.audit.operations import journal
from portal.benefits.models import Uprating, UpratingLine, UpratingState
from portal.benefits.models.uprated import ALLOWED_MOVES


def locked(pk: int) -> Uprating:
    """Raises Uprating.DoesNotExist."""
    return Uprating.objects.select_for_update(of=("self",)).select_related("run").get(pk=pk)


def move(uprating: Uprating, to: UpratingState, by: str, **detail: object) -> None:
    former = UpratingState(uprating.state)
    assert to in ALLOWED_MOVES[former], f"{former} cannot become {to}"
    uprating.state = to
    uprating.save()
    told(uprating, by, "moved", **{"from": former, "to": to, **detail})


def told(uprating: Uprating, by: str, act: str, **detail: object) -> None:
    journal(actor=by, action=f"benefits.uprating.{act}", subject=f"uprating:{uprating.pk}", detail=detail)


def forget_families(uprating: Uprating) -> None:
    """What the last preview kept of families, which nobody compares any more."""
    if uprating.run_id is not None:
        UpratingLine.objects.filter(run_id=uprating.run_id).delete()


def note_preview(*, run_pk: int) -> None:
    """The uprating whose last preview has just ended was seen; what was confirmed before is to be confirmed again."""
    uprating = Uprating.objects.select_for_update(of=("self",)).filter(run_id=run_pk).first()
    if uprating is not None and UpratingState.PREVIEWED in ALLOWED_MOVES[UpratingState(uprating.state)]:
        uprating.confirmed_by, uprating.confirmed_at, uprating.confirmed_digest = "", None, ""
        move(uprating, UpratingState.PREVIEWED, "portail", run=run_pk)
