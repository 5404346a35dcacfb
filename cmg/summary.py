"""A run in a few lines of French, for the terminal."""

from cmg.operations import unexplained_cents
from cmg.reconciliation.catalogue import catalogue
from portal.batches.models import Run
from portal.legislation.words import sum_in_words

STATUS_WORDS = {
    "SETTLED": "réglées",
    "HELD": "retenues",
    "REJECTED": "rejetées (copies)",
    "SUPERSEDED": "remplacées",
    "CANCELLED": "annulées",
}


def grouped(number: int) -> str:
    """``1 234`` with no-break spaces."""
    return f"{number:,}".replace(",", "\u00a0")


def digest_groups(digest: str) -> str:
    """A digest in groups of four, as it is read aloud before a signature."""
    return " ".join(digest[start : start + 4].upper() for start in range(0, len(digest), 4))


def summary_lines(run: Run) -> list[str]:
    """What the run did: counts, euros, holds by reason, the digest to sign."""
    totals = run.totals
    sums, statuses = totals["sums"], totals["statuses"]
    seconds = (run.finished_at - run.started_at).total_seconds() if run.finished_at else 0
    counted = ", ".join(f"{statuses[key]} {word}" for key, word in STATUS_WORDS.items() if statuses.get(key))
    lines = [
        f"run {run.pk}",
        f"Mois {run.month:%m/%Y}, arrêté {run.ordinal}{' (essai à blanc)' if run.dry_run else ''} : "
        f"{run.get_state_display()}, {seconds:.1f} s",
        f"Déclarations : {totals['declarations']} ({counted})",
        f"Cotisations {sum_in_words(sums['contributions_cents'])} = déduction {sum_in_words(sums['deduction_cents'])}"
        f" + prises en charge {sum_in_words(sums['part_a_cents'])} + imputées {sum_in_words(sums['offset_cents'])}"
        f" + à prélever {sum_in_words(sums['debit_cents'] - sums['withholding_tax_cents'])},"
        f" écart {sum_in_words(unexplained_cents(totals))}",
        f"À verser {sum_in_words(sums['payout_cents'])}, dont suspendus {sum_in_words(totals['blocked_payout_cents'])}",
        f"Retenus : {totals['held_families']} familles, {sum_in_words(totals['held_debit_cents'])} non prélevés",
    ]
    for code, count in sorted(totals["codes"].items()):
        lines.append(
            f"  {code} {catalogue()[code].label} : {count['families']} familles,"
            f" {count['repaired']} réparées seules, {count['held']} retenues"
        )
    lines.append(f"Empreinte {digest_groups(run.digest)}")
    return lines
