"""What a run keeps of its payouts for advances already paid: covered months whole, later ones for a share at most."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import polars as pl

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
    nor for one whose money did not arrive.
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
    """Walk through the payouts in their order, and `keep` of each what may be kept."""
    policy = Fraction(cmg_parameters().value("policy.advance_netting_share_max", on))
    kept: dict[str, int] = {}
    for payout in sorted(payouts, key=lambda one: one.declaration_no):
        for advance in advances.get(payout.employer_no, []):
            left = payout.cents - kept.get(payout.declaration_no, 0)
            cents = _kept_of(advance, run.month, left, payout.cents, policy)
            if cents:
                keep(advance, payout, cents)
                kept[payout.declaration_no] = kept.get(payout.declaration_no, 0) + cents
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


def _kept_of(advance: Advance, month: date, left: int, payout: int, policy: Fraction) -> int:
    covered = {one.care_month for one in advance.months.all()}
    if month in covered:
        return min(left, advance.outstanding_cents)
    if month < max(covered) or not _is_settled(advance):
        return 0
    return min(left, int(payout * share_of(advance, policy)), advance.outstanding_cents)


def _is_settled(advance: Advance) -> bool:
    """At least one covered month was settled, and its payout has begun to pay the advance back."""
    return advance.state == AdvanceState.PARTLY_NETTED


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
