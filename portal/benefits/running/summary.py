"""A run in a few lines of French, for the terminal."""

from portal.batches.models import Run
from portal.benefits.models import AwardStatus
from portal.benefits.running.issuing import unexplained_cents
from portal.benefits.running.kinds import title_of
from portal.benefits.running.reasons import reason_of
from portal.frame.templatetags.portal import count, digest_groups, money


def summary_lines(run: Run) -> list[str]:
    """What the run did: families and euros by status and territory, what waits, the digest to sign."""
    totals, sums = run.totals, run.totals["sums"]
    seconds = (run.finished_at - run.started_at).total_seconds() if run.finished_at else 0
    lines = [
        f"run {run.pk}",
        f"{title_of(run)}, arrêté {run.ordinal}{' (essai à blanc)' if run.dry_run else ''} : "
        f"{run.get_state_display()}, {seconds:.1f} s",
        f"À la charge des caisses {money(sums['gross_change_cents'])} = CRDS {money(sums['crds_change_cents'])}"
        f" + à verser {money(sums['paid_cents'])} + reporté {money(sums['put_aside_cents'])}"
        f" + abandonné {money(sums['given_up_cents'])}"
        f" + repris d’un trop-versé {money(sums['recovered_cents'])} "
        f" + déjà reçu {money(sums.get('due_again_cents', 0))} − versé en trop {money(sums['excess_cents'])},"
        f" écart {money(unexplained_cents(run))}",
    ]
    for status, found in totals["statuses"].items():
        lines.append(
            f"  {AwardStatus(status).label} : {_families(found['families'])}, {money(found['paid_cents'])} à verser"
        )
    for place, found in totals["territories"].items():
        lines.append(f"  {place} : {_families(found['families'])}, {money(found['paid_cents'])} à verser")
    for status, reasons in totals["reasons"].items():
        for code, families in sorted(reasons.items()):
            lines.append(f"    {AwardStatus(status).label}, {code} : {_families(families)}. {reason_of(status, code)}")
    return [*lines, f"Empreinte {digest_groups(run.digest)}"]


def _families(number: int) -> str:
    return f"{count(number)} famille{'s' if number > 1 else ''}"
