"""Months put right, as their family reads it: one sentence a movement, and one total."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cmg.family.movements import Movement
from cmg.models import AdvanceNetting, Regularisation, RegularisationState
from portal.banking.models import PaymentOrder
from portal.frame.templatetags.portal import money, month_name

SHOWN_DAYS = timedelta(days=60)


@dataclass(frozen=True)
class Corrected:
    """One correction that was executed."""

    title: str
    sentences: list[str]
    total: str


def corrected(employer_no: str, movements: Iterable[Movement], day: date) -> list[Corrected]:
    """The corrections of the last two months, the latest first. Four queries when there is one, one otherwise."""
    found = Regularisation.objects.filter(
        employer_no=employer_no, state=RegularisationState.EXECUTED, executed_on__gt=day - SHOWN_DAYS
    )
    done = list(found.order_by("-pk").prefetch_related("months"))
    if not done:
        return []
    runs = {month.run_id: one.pk for one in done for month in one.months.all()}
    orders = PaymentOrder.objects.filter(run_id__in=runs, subject=done[0].subject).values_list("pk", "run_id")
    by_correction = {pk: runs[run] for pk, run in orders if run is not None}
    kept = list(
        AdvanceNetting.objects.filter(run_id__in=runs, advance__employer_no=employer_no).select_related("advance")
    )
    mine = [one for one in movements if one.order_pk in by_correction]
    return [
        _told(
            sorted(month.care_month for month in one.months.all()),
            [line for line in mine if by_correction[line.order_pk or 0] == one.pk],
            [part for part in kept if runs[part.run_id] == one.pk],
        )
        for one in done
    ]  # fmt: skip


def _told(months: Sequence[date], lines: Sequence[Movement], kept: Sequence[AdvanceNetting]) -> Corrected:
    ordered = sorted(lines, key=lambda one: (one.month or date.min, one.purpose))
    said = [f"{one.what}, {month_name(one.month)} : {one.sentence}" for one in ordered]
    said += [
        f"Aide à la garde, {month_name(part.care_month)} : {money(part.netted_cents)} dus, déduits de l’avance déjà reçue."
        for part in sorted(kept, key=lambda one: (one.care_month, one.pk))
    ]
    return Corrected(_title(months), said, _total(lines, kept))


def _title(months: Sequence[date]) -> str:
    named = [month_name(month) for month in months]
    if len(named) == 1:
        return f"Votre mois de {named[0]} est corrigé"
    return f"Vos mois de {', '.join(named[:-1])} et {named[-1]} sont corrigés"


def _total(lines: Sequence[Movement], kept: Sequence[AdvanceNetting]) -> str:
    given = sum(one.cents for one in lines if not one.is_debit)
    taken = sum(one.cents for one in lines if one.is_debit)
    said = [f"En tout : {money(given)} pour vous" + (f", {money(taken)} à payer." if taken else ".")]
    left = sum(advance.outstanding_cents for advance in {part.advance for part in kept})
    if left:
        said.append(f"Il reste {money(left)} d’avance à déduire de la prochaine aide.")
    return " ".join(said)
