"""What a run keeps of its payouts for advances already paid: covered months whole, later ones for a share at most."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import polars as pl
from django.db.models import Q

from cmg.models import Settlement
from cmg.models.remedies import Advance, AdvanceMonth, AdvanceNetting, AdvanceState
from cmg.remedies.advances import OPEN_STATES, share_of
from cmg.rules.figures import cmg_parameters
from portal.banking.models import OrderState, PaymentOrder
from portal.batches.models import Run
from portal.casework.moves import move

KEPT = {"declaration_no": pl.String, "netted_cents": pl.Int64}


@dataclass(frozen=True)
class Payout:
    """One payout about to leave: what one declaration gives its family in this run."""

    declaration_no: str
    employer_no: str
    cents: int


def net_payouts(run: Run, payouts: list[Payout], *, by: str, on: date) -> pl.DataFrame:
    """Keep what may be kept of `payouts` and write it; returns declaration_no, netted_cents of those that are cut.

    Inside the transaction that issues the run. Nothing is kept for an advance none of whose months was settled yet,
    nor for one whose money did not arrive, nor on a month of which another declaration is still held.
    """
    advances = _open_advances({payout.employer_no for payout in payouts}, lock=True)
    return _net(run, payouts, advances, on, lambda advance, payout, cents: _write(advance, run, payout, cents, by))


def kept_if_issued(run: Run, payouts: list[Payout], *, on: date) -> pl.DataFrame:
    """What `net_payouts` would keep now; nothing is locked or written."""
    advances = _open_advances({payout.employer_no for payout in payouts}, lock=False)

    def count(advance: Advance, _payout: Payout, cents: int) -> None:
        advance.netted_cents += cents
        advance.state = AdvanceState.PARTLY_NETTED

    return _net(run, payouts, advances, on, count)


def _net(
    run: Run, payouts: list[Payout], advances: dict[str, list[Advance]], on: date,
    keep: Callable[[Advance, Payout, int], None],
) -> pl.DataFrame:  # fmt: skip
    """Walk through the payouts in their order, and `keep` of each what may be kept.

    Advances of the month itself come first; what all others take together stays within the share of one payout.
    """
    policy = Fraction(cmg_parameters().value("policy.advance_netting_share_max", on))
    settled = _settled(run, advances)
    kept: dict[str, int] = {}
    for payout in sorted(payouts, key=lambda one: one.declaration_no):
        mine = advances.get(payout.employer_no, [])
        for advance in sorted(mine, key=lambda one: run.month not in _covered(one)):
            if advance.pk not in settled:
                continue
            taken = kept.get(payout.declaration_no, 0)
            cents = _kept_of(advance, run.month, payout.cents, taken, policy)
            if cents:
                keep(advance, payout, cents)
                kept[payout.declaration_no] = taken + cents
    return pl.DataFrame({"declaration_no": list(kept), "netted_cents": list(kept.values())}, schema=KEPT)


def _open_advances(families: set[str], *, lock: bool) -> dict[str, list[Advance]]:
    found = Advance.objects.filter(employer_no__in=families, state__in=OPEN_STATES)
    found = found.select_for_update(of=("self",)) if lock else found
    advances = list(found.prefetch_related("months").order_by("pk"))
    references = [advance.end_to_end_id for advance in advances]
    arrived = set(
        PaymentOrder.objects.filter(end_to_end_id__in=references, state=OrderState.BOOKED).values_list(
            "end_to_end_id", flat=True
        )
    )
    by_family: dict[str, list[Advance]] = {}
    for advance in advances:
        if advance.end_to_end_id in arrived:
            by_family.setdefault(advance.employer_no, []).append(advance)
    return by_family


def _covered(advance: Advance) -> set[date]:
    return {one.care_month for one in advance.months.all()}


def _kept_of(advance: Advance, month: date, payout: int, taken: int, policy: Fraction) -> int:
    """Of a covered month whatever is left; of a later one, what the share leaves after what was `taken`."""
    covered = _covered(advance)
    if month not in covered and month < max(covered):
        return 0
    most = payout if month in covered else int(payout * share_of(advance, policy))
    return max(0, min(most - taken, advance.outstanding_cents))


def _settled(run: Run, advances: dict[str, list[Advance]]) -> set[int]:
    """Advances of which a covered month was settled with a right since they were granted, `run` included, and of which
    the month of `run` has nothing held any more."""
    words = _last_words(run, advances)
    found = set()
    for advance in (one for mine in advances.values() for one in mine):
        months = {one.care_month: one.ordinal_before for one in advance.months.all()}
        here = run.month in months
        counted = {run.month: months[run.month]} if here else months
        solved = any(_is_solved(words.get((advance.employer_no, month), []), since) for month, since in counted.items())
        begun = advance.state == AdvanceState.PARTLY_NETTED and not here
        if solved or begun:
            found.add(advance.pk)
    return found


def _is_solved(rows: list[Settlement], since: int) -> bool:
    """Nothing of the month waits, and a later run than `since` found its right: no part of a case still open is taken."""
    if any(row.status == "HELD" or (row.status == "SETTLED" and row.payout_blocked) for row in rows):
        return False
    return any(row.status == "SETTLED" and row.decision == "RIGHT" and row.run.ordinal > since for row in rows)


def _last_words(run: Run, advances: dict[str, list[Advance]]) -> dict[tuple[str, date], list[Settlement]]:
    """By family and covered month: what was last decided of each declaration, as issued or by `run`. One query."""
    months = {month for mine in advances.values() for advance in mine for month in _covered(advance)}
    rows = Settlement.objects.filter(employer_no__in=list(advances), care_month__in=months, run__dry_run=False)
    counted = rows.filter(Q(run=run) | Q(run__state__in=("ISSUED", "RECONCILED"))).select_related("run")
    last = counted.order_by("employer_no", "declaration_no", "-run__ordinal", "-version")
    found: dict[tuple[str, date], list[Settlement]] = {}
    for row in last.distinct("employer_no", "declaration_no"):
        found.setdefault((row.employer_no, row.care_month), []).append(row)
    return found


def _write(advance: Advance, run: Run, payout: Payout, cents: int, by: str) -> None:
    covered = any(one.care_month == run.month for one in advance.months.all())
    AdvanceNetting.objects.create(
        advance=advance, run=run, declaration_no=payout.declaration_no, care_month=run.month, covered=covered,
        payout_cents=payout.cents, netted_cents=cents,
    )  # fmt: skip
    advance.netted_cents += cents
    to = AdvanceState.NETTED if advance.outstanding_cents == 0 else AdvanceState.PARTLY_NETTED
    move(
        advance, to, by=by, reason=f"{cents} centimes gardés sur {payout.declaration_no}",
        netted_cents=advance.netted_cents,
    )  # fmt: skip
    if to == AdvanceState.NETTED:
        AdvanceMonth.objects.filter(advance=advance).update(is_live=False)
