"""Where a run stands, in words and figures: the bar, a balance, the two seats of the signature, who acts next.

Pure: pages read rows and the clock, and pass them in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.accounts.models import Role
from portal.batches.models import Run, RunState, Signature
from portal.batches.operations import SIGNING_ORDER
from portal.batches.selectors import Progress
from portal.frame.templatetags.portal import hour

SLOW, DEAD = timedelta(seconds=8), timedelta(seconds=120)
ROLES = {Role.AUTHORISING_OFFICER: "ordonnateur", Role.ACCOUNTING_OFFICER: "agent comptable"}


@dataclass(frozen=True)
class Bar:
    """A run's progress. `state`: WAITING, RUNNING, SLOW, INTERRUPTED, FAILED or DONE; `words` say it."""

    done: int
    total: int
    state: str
    words: str

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0


def bar_of(run: Run, progress: Progress, now: datetime) -> Bar:
    """The bar from the rows alone: the same figures after a reload, or on another screen."""
    state = _bar_state(run, progress, now)
    return Bar(progress.rows_done, progress.rows_total, state, _bar_words(state, run, progress))


def _bar_state(run: Run, progress: Progress, now: datetime) -> str:
    if run.state != RunState.RUNNING:
        return "DONE"
    if progress.failed:
        return "FAILED"
    if now - (progress.last_beat or run.started_at) > DEAD:
        return "INTERRUPTED"
    if not progress.last_beat:
        return "WAITING"
    return "SLOW" if now - progress.last_beat > SLOW else "RUNNING"


def _bar_words(state: str, run: Run, progress: Progress) -> str:
    last = hour(progress.last_beat or run.started_at)
    close = "Vous pouvez fermer cette page."
    return {
        "DONE": f"Calcul terminé en {duration(run)}." if run.finished_at else "Calcul terminé.",
        "WAITING": f"Demandé à {hour(run.started_at)}, le calcul va commencer. {close}",
        "RUNNING": f"En marche, dernière tranche à {last}. {close}",
        "SLOW": f"C’est plus long que d’habitude, dernière tranche à {last}. {close}",
        "INTERRUPTED": f"Arrêté à {last}. Le portail reprend seul où il en était ; rien n’est à refaire. {close}",
        "FAILED": f"{progress.failed} tranche{'s' if progress.failed > 1 else ''} à reprendre : le portail réessaie. {close}",
    }[state]


def duration(run: Run) -> str:
    """``2,2 s``, ``2 min 04 s``."""
    assert run.finished_at is not None
    tenths = max(1, int((run.finished_at - run.started_at) / timedelta(milliseconds=100)))
    if tenths < 600:
        return f"{tenths // 10},{tenths % 10}\u00a0s"
    return f"{tenths // 600}\u00a0min\u00a0{tenths // 10 % 60:02d}\u00a0s"


@dataclass(frozen=True)
class Balance:
    """`whole` equals the sum of `terms`, but for `unexplained` cents."""

    whole: tuple[str, int]
    terms: list[tuple[str, int]]

    @property
    def unexplained(self) -> int:
        return self.whole[1] - sum(cents for _label, cents in self.terms)


@dataclass(frozen=True)
class Seat:
    """One of the two signatures, given or still to give, and who may give it."""

    role: str
    signature: Signature | None
    people: list[str]
    is_next: bool


def seats_of(signatures: Sequence[Signature], people: Mapping[str, list[str]]) -> list[Seat]:
    """The two seats in their order. `people` names, by role, those who hold it on the page's day."""
    given = {signature.role: signature for signature in signatures}
    first_free = next((role for role in SIGNING_ORDER if role not in given), None)
    return [
        Seat(ROLES[role], given.get(role), people.get(role, []), is_next=role == first_free) for role in SIGNING_ORDER
    ]


STATE_TONES = {RunState.RUNNING: "wait", RunState.TO_SIGN: "wait", RunState.SIGNED: "ok", RunState.ISSUED: "ok",
               RunState.RECONCILED: "ok"}  # fmt: skip


def gesture_of(run: Run, seats: Sequence[Seat], *, seat_words: str) -> str:
    """Who must do what now, in one sentence; `seat_words` ends that of a signature (« avant l’émission de 16 h »)."""
    if run.state == RunState.TO_SIGN:
        seat = next(seat for seat in seats if seat.is_next)
        return f"Signature de l’{seat.role}{' : ' + ' ou '.join(seat.people) if seat.people else ''}{seat_words}."
    return GESTURES.get(RunState(run.state), "")


GESTURES = {
    RunState.RUNNING: "Attendre la fin du calcul.",
    RunState.SIGNED: "Émettre vers la banque : les deux signatures sont données.",
    RunState.ISSUED: "Attendre les réponses de la banque et rapprocher ses lignes.",
    RunState.RECONCILED: "Rien : chaque mouvement est rapproché.",
}
