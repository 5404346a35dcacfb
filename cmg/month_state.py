"""Where a month of CMG stands: its balance and the next gesture. The rest is of every run (`portal.batches.room`)."""

from collections.abc import Mapping, Sequence

from portal.batches.models import Run
from portal.batches.room import Balance, Seat, gesture_of


def balance_of(sums: Mapping[str, int]) -> Balance:
    """The contributions of a run beside everything that covers them."""
    return Balance(
        ("Cotisations", sums["contributions_cents"]),
        [
            ("déduction de l’employeur", sums["deduction_cents"]),
            ("prises en charge", sums["part_a_cents"]),
            ("imputées sur l’aide", sums["offset_cents"]),
            ("à prélever aux familles", sums["debit_cents"] - sums["withholding_tax_cents"]),
        ],
    )


def next_gesture(run: Run | None, seats: Sequence[Seat], *, declared: bool, changed: bool) -> str:
    """Who must do what now, in one sentence."""
    if run is None:
        return "Clôturer le mois quand les fichiers sont là." if declared else "Attendre les premières déclarations."
    if changed:
        return "Clôturer à nouveau : des fichiers ou des signalements de familles sont arrivés depuis le calcul."
    return gesture_of(run, seats, seat_words=", avant l’émission de 16 h")
