"""What the pages of a run share, whatever its kind: its two seats, a signature given on a page, a calculation asked for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from portal.accounts import sessions
from portal.accounts.permissions import today
from portal.batches import operations as batches
from portal.batches.models import Run, RunState, Signature
from portal.batches.room import Bar, Seat, bar_of, seats_of
from portal.batches.selectors import people_by_role, progress
from portal.frame.templatetags.portal import digest_groups

WAIT_FOR_WORKER = 60
ASKED = "demande"
WAITING = "Demandé, le calcul va commencer. Vous pouvez fermer cette page."


@dataclass(frozen=True)
class Outlier:
    """One amount to be ticked as seen before a signature; `verb` says what the money does, `url` explains it."""

    pk: int
    label: str
    cents: int
    verb: str
    url: str


def seats_on(run: Run, day: date) -> list[Seat]:
    """The two seats of a run: who signed, and who may."""
    given = run.signatures.filter(voided_at__isnull=True).select_related("user").order_by("signed_at")
    return seats_of(list(given), people_by_role(batches.SIGNING_ORDER, day))


def voided_of(run: Run) -> list[Signature]:
    """The signatures that no longer count, the last first."""
    return list(run.signatures.filter(voided_at__isnull=False).select_related("user").order_by("-signed_at", "-pk")[:2])


def signature_context(request: HttpRequest, run: Run, seats: list[Seat], *, last_step: str) -> dict[str, Any]:
    """What `components/sign_form.html` and the receipt need. `last_step`: what the second signature lets go."""
    return {
        "seen": request.POST.getlist("seen"),
        "refusal": batches.signature_refusal(run, request.user.get_username(), today()),
        "receipt": receipt_of(request, run, seats, last_step=last_step),
        "fresh": sessions.is_factor_fresh(request),
    }


def receipt_of(request: HttpRequest, run: Run, seats: list[Seat], *, last_step: str) -> dict[str, object] | None:
    """What the signed-in person signed, and what comes next; None when they have not."""
    own = next((seat.signature for seat in seats if seat.signature and seat.signature.user_id == request.user.pk), None)
    if own is None:
        return None
    steps = [
        {"text": f"Signature de l’{seat.role}{' : ' + ' ou '.join(seat.people) if seat.people else ''}.",
         "done": seat.signature is not None}
        for seat in seats
    ]  # fmt: skip
    last = {"text": last_step, "done": run.issued_at is not None}
    done = f"Vous avez signé l’empreinte {digest_groups(own.digest)[:19]}…"
    return {"number": f"S-{own.pk}", "at": own.signed_at, "done": done, "steps": [*steps, last]}


def has_signed(request: HttpRequest, run: Run) -> bool:
    """Whether the person already signed the digest that this form was read with: the form was sent twice."""
    own = run.signatures.filter(voided_at__isnull=True, user__username=request.user.get_username())
    return own.filter(digest=request.POST.get("digest", "")).exists()


def sign_as_read(request: HttpRequest, run: Run, to_see: Iterable[str], *, unseen: str) -> str:
    """Sign the digest that was read; or why not, in French (`unseen`: amounts of the list `to_see` are not ticked)."""
    read = request.POST.get("digest", "")
    if not sessions.is_factor_fresh(request):
        return "Votre second facteur date de plus de quelques minutes : confirmez que c’est vous, puis signez."
    if read != run.digest:
        return batches.DIGEST_CHANGED
    if not set(to_see) <= set(request.POST.getlist("seen")):
        return unseen
    try:
        batches.sign(run_pk=run.pk, username=request.user.get_username(), on=today(), digest=read)
    except batches.SignatureRefused as refusal:
        return str(refusal)
    return ""


def asked_query() -> str:
    """Marks the address of a page whose calculation has just been asked for: it waits for a worker to begin."""
    return f"?{ASKED}={int(timezone.now().timestamp())}"


def is_asked(request: HttpRequest, run: Run | None) -> bool:
    """Whether a calculation asked for a moment ago has not begun yet."""
    text = request.GET.get(ASKED, "")
    if not text.isdecimal() or len(text) > 12:
        return False
    since, now = int(text), timezone.now().timestamp()
    begun = run is not None and run.started_at.timestamp() >= since
    return not begun and since <= now + 1 and now - since < WAIT_FOR_WORKER


def bar_context(run: Run | None, *, asked: bool) -> dict[str, object]:
    """What a bar needs; `asked`: the calculation waits for a worker."""
    bar = Bar(0, 0, "WAITING", WAITING) if asked or run is None else bar_of(run, progress(run), timezone.now())
    moving = asked or (run is not None and run.state == RunState.RUNNING)
    return {"run": run, "progress": bar, "moving": moving}
