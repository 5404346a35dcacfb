"""Where an uprating stands: what the files of the installation say of its day, and what the month gave beside the preview."""

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from portal.batches.models import Run, RunState
from portal.benefits.models import Award, Benefit, Uprating, UpratingLine
from portal.benefits.rules.figures import benefit_parameters
from portal.benefits.running.kinds import AEEH
from portal.benefits.uprating.guards import FIGURES
from portal.frame.templatetags.portal import money, short_day
from portal.legislation.figures import as_integer
from portal.legislation.parameters import Parameters

NOT_COMPUTED = (RunState.RUNNING, RunState.SUPERSEDED)


@dataclass(frozen=True)
class InFile:
    """`is_same`: the files hold the value announced, from the day announced, and nothing else changed since the preview."""

    is_same: bool
    is_there: bool
    words: str


def in_file(uprating: Uprating, parameters: Parameters | None = None) -> InFile:
    """What the files say of the day announced, beside what was confirmed."""
    figures = parameters or benefit_parameters()
    lines = {one.since: one.value for one in figures.figures[uprating.key].values if one.value is not None}
    name, day = FIGURES[uprating.key], short_day(uprating.from_day)
    later = [since for since in lines if since > uprating.from_day]
    if uprating.from_day not in lines:
        near = f" Il en a une au {short_day(max(lines))}." if _is_strayed(uprating, figures) else ""
        return InFile(
            is_same=False, is_there=False, words=f"Le barème installé n’a pas de ligne au {day} pour « {name} ».{near}"
        )
    cents = as_integer(lines[uprating.from_day], 100, uprating.key)
    if cents != uprating.value_cents:
        said = (
            f"Le barème installé dit {money(cents)} au {day} ; l’aperçu a été fait avec {money(uprating.value_cents)}."
        )
        return InFile(
            is_same=False,
            is_there=True,
            words=f"{said} Corrigez la ligne, ou retirez cette annonce et proposez l’autre montant.",
        )
    if later or uprating.run is None or figures.digest() != uprating.run.parameters_digest:
        said = f"Le barème installé dit bien {money(cents)} au {day}, mais une autre ligne a changé depuis l’aperçu."
        return InFile(
            is_same=True, is_there=True, words=f"{said} Les différences avec le mois calculé se lisent plus bas."
        )
    return InFile(
        is_same=True,
        is_there=True,
        words=f"Le barème installé est exactement celui de l’aperçu : {money(cents)} au {day}.",
    )


def _is_strayed(uprating: Uprating, figures: Parameters) -> bool:
    """Whether a line was added since the preview on another day than the one announced."""
    if uprating.run is None:
        return False
    return bool(figures.digest() != uprating.run.totals["asked"]["before_digest"])


@dataclass(frozen=True)
class Compared:
    """The preview beside the AEEH run of its month. `changed`: lines of which the run gives other cents; `new`: awards of
    families that the preview did not have."""

    run: Run
    changed: QuerySet[UpratingLine]
    new: QuerySet[Award]


def month_run(uprating: Uprating) -> Run | None:
    """The last AEEH run of the month, computed."""
    runs = Run.objects.filter(kind=AEEH.code, month=uprating.from_day.replace(day=1), dry_run=False)
    return runs.exclude(state__in=NOT_COMPUTED).order_by("-ordinal").first()


def compared(uprating: Uprating) -> Compared | None:
    """None while the month was not computed."""
    run = month_run(uprating)
    if run is None or uprating.run_id is None:
        return None
    # A later run of the month holds only what it corrects: the last word on each family counts.
    month = Award.objects.filter(run__kind=AEEH.code, run__month=run.month, run__dry_run=False).exclude(
        run__state__in=NOT_COMPUTED
    )
    same = month.filter(fund=OuterRef("fund"), beneficiary_no=OuterRef("beneficiary_no")).order_by("-run__ordinal")
    lines = UpratingLine.objects.filter(run_id=uprating.run_id, benefit=Benefit.AEEH)
    told = lines.annotate(given_cents=Subquery(same.values("net_cents")[:1]))
    changed = told.exclude(given_cents=F("after_cents")).exclude(Q(given_cents__isnull=True) & Q(after_cents=0))
    seen = lines.filter(fund=OuterRef("fund"), beneficiary_no=OuterRef("beneficiary_no"))
    new = month.filter(~Exists(seen), net_cents__gt=0)
    return Compared(run, changed, new)
