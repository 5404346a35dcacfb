"""What the pages of the runs share: who may do what, the run asked for, the context of its state."""

from typing import Any

from django.http import Http404, HttpRequest

from portal.accounts.permissions import today
from portal.accounts.rights import Right, holders
from portal.banking.issue import bank_files_of
from portal.batches.models import Run, RunState
from portal.batches.pages import seats_on, voided_of
from portal.batches.room import STATE_TONES, Balance, gesture_of
from portal.benefits.running import selectors
from portal.benefits.running.closing import digests_of
from portal.benefits.running.kinds import ARS, day_kept, kind_of, title_of
from portal.benefits.small.recording import is_beyond_agreed
from portal.frame.forms import may
from portal.frame.paging import count_up_to

SEE, CLOSERS = holders(Right.SEE_BENEFITS), holders(Right.CLOSE_MONTH)
SIGNERS = holders(Right.SIGN_FIRST, Right.SIGN_SECOND)


def get_run(pk: int) -> Run:
    """A run of ARS or AEEH; else « page introuvable »."""
    run = selectors.runs().filter(pk=pk).first()
    if run is None:
        raise Http404
    return run


def is_changed(run: Run) -> bool:
    """Whether something came since the calculation of a run that is not issued."""
    if run.state not in (RunState.TO_SIGN, RunState.SIGNED):
        return False
    inputs, decisions = digests_of(run)
    if inputs != run.inputs_digest or is_beyond_agreed(run, today()):
        return True
    # What people told waits for the next run once somebody has signed this one.
    signed = run.signatures.filter(voided_at__isnull=True).exists()
    return run.state == RunState.TO_SIGN and decisions != run.decisions_digest and not signed


def run_context(request: HttpRequest, run: Run) -> dict[str, Any]:
    """The state of a run: what each of its pages says of it."""
    seats, counted, changed = seats_on(run, today()), "sums" in run.totals, is_changed(run)
    items = selectors.open_items_of(run, request.user, today())  # type: ignore[arg-type]
    return {
        "run": run, "title": title_of(run), "tone": STATE_TONES.get(RunState(run.state), "wait"), "seats": seats,
        "voided": voided_of(run), "changed": changed, "counted": counted,
        "gesture": gesture(run, seats, changed=changed),
        "balance": balance_of(run.totals["sums"]) if counted else None,
        "may_close": may(request, CLOSERS), "may_sign": may(request, SIGNERS),
        "bank_files": bank_files_of(run.pk), "open_count": count_up_to(items), "answers": answers_count(request, run),
        "paid_on": day_kept(run, "paid_on") if "paid_on" in run.totals else None,
    }  # fmt: skip


def answers_count(request: HttpRequest, run: Run) -> int:
    """How many tellings of schooling wait for another run of this start of term; none unless this is its last one."""
    if (
        kind_of(run) is not ARS
        or selectors.runs().filter(kind=run.kind, month=run.month, ordinal__gt=run.ordinal).exists()
    ):
        return 0
    return count_up_to(selectors.answers_waiting(run, request.user, today()))  # type: ignore[arg-type]


def gesture(run: Run, seats: list[Any], *, changed: bool) -> str:
    if changed:
        return "Calculer à nouveau : des fichiers ou des réponses sont arrivés depuis le calcul."
    if run.state == RunState.DONE:
        return "Rien : aucun montant n’a changé depuis l’arrêté émis."
    return gesture_of(run, seats, seat_words=", avant l’émission")


def balance_of(sums: dict[str, int]) -> Balance:
    """What the funds bear in this run beside everything that it becomes."""
    aside = sums["put_aside_cents"]
    rare = [
        ("petites sommes reportées" if aside > 0 else "petites sommes d’avant, versées aussi", aside),
        ("petites sommes abandonnées", sums["given_up_cents"]),
        ("repris d’un trop-versé", sums["recovered_cents"]),
        ("déjà reçus, dus de nouveau", sums.get("due_again_cents", 0)),
        ("versés en trop auparavant", -sums["excess_cents"]),
    ]
    usual = [("CRDS retenue", sums["crds_change_cents"]), ("à verser aux familles", sums["paid_cents"])]
    return Balance(("À la charge des caisses", sums["gross_change_cents"]), usual + [one for one in rare if one[1]])
