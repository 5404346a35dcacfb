"""The rules of a run's own benefit, over the families of a slice or over facts that were kept."""

import polars as pl

from portal.batches.models import Run
from portal.benefits.models import Benefit
from portal.benefits.running import aeeh, ars
from portal.benefits.running.kinds import day_kept, kind_of
from portal.benefits.running.loading import Buckets


def decided_of(run: Run, buckets: Buckets) -> pl.DataFrame:
    """What the rules say of the families of some buckets (columns deciding.DECIDED)."""
    if kind_of(run).benefit == Benefit.ARS:
        return ars.decide(term_of(run), buckets)
    return aeeh.decide(run.month, buckets)


def decided_again(run: Run, awards: pl.DataFrame) -> pl.DataFrame:
    """What facts kept with awards (family, fund, beneficiary_no, facts) give now, by the rules of the run."""
    if kind_of(run).benefit == Benefit.ARS:
        return ars.again(awards, term_of(run))
    return aeeh.again(awards, run.month)


def term_of(run: Run) -> ars.Term:
    return ars.Term(run.month.year, day_kept(run, "amounts_on"), day_kept(run, "paid_on"))
