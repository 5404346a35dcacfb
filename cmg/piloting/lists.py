"""The list behind each figure: the same rows, one line each, in the same scope."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncMonth

from cmg.models import Advance, AdvanceState, Refund, RefundState, Regularisation, RegularisationState, Report
from cmg.models import Settlement as Row
from cmg.operations import KIND
from cmg.piloting.scope import Scope
from portal.banking.models import OrderState, PaymentOrder
from portal.batches.models import Run, RunState
from portal.casework.models import Dossier, DossierState
from portal.casework.selectors import OPEN
from portal.frame.templatetags.portal import month_name, short_day
from portal.legislation.words import sum_in_words

OUTSTANDING = (AdvanceState.PAID, AdvanceState.PARTLY_NETTED)
NOT_GRANTED = (AdvanceState.PROPOSED, AdvanceState.REFUSED, AdvanceState.CANCELLED)
SUBJECT = "cmg:employer:"
OLD_DAYS = 8


@dataclass(frozen=True)
class Listed:
    """One kind of list: its title, its rows, their heading and cells (the employer number first, never shown as is)."""

    title: str
    rows: Callable[[Scope], QuerySet[Any]]
    heading: tuple[str, ...]
    cells: Callable[[Any], tuple[str, ...]]
    empty: str
    order: tuple[str, ...] = ("pk",)


def _of_funds(scope: Scope, name: str = "fund") -> Q:
    return Q() if scope.funds is None else Q(**{f"{name}__in": scope.funds})


def _of_months(scope: Scope, name: str) -> Q:
    """The month chosen, or everything up to the day's month; a date counts in its month."""
    if scope.month is None:
        return Q()
    return Q(**{name: scope.month})


def held(scope: Scope) -> QuerySet[Row]:
    """Declarations that the portal's last word on them holds."""
    live = Run.objects.filter(kind=KIND, dry_run=False).exclude(state__in=[RunState.SUPERSEDED, RunState.RUNNING])
    later = Row.objects.filter(
        declaration_id=OuterRef("declaration_id"), run__in=live, run__ordinal__gt=OuterRef("run__ordinal")
    )
    found = Row.objects.filter(_of_funds(scope), _of_months(scope, "care_month"), run__in=live, status="HELD")
    return found.exclude(Exists(later))


def dossiers(scope: Scope) -> QuerySet[Dossier]:
    found = Dossier.objects.filter(OPEN).filter(_of_funds(scope)).select_related("owner")
    return found.annotate(month=TruncMonth("opened_on")).filter(_of_months(scope, "month"))


def late_dossiers(scope: Scope) -> QuerySet[Dossier]:
    return dossiers(scope).filter(deadline__lt=scope.day)


def old_dossiers(scope: Scope) -> QuerySet[Dossier]:
    """Open for more than eight days: two thirds of the longest hold."""
    return dossiers(scope).filter(opened_on__lt=date.fromordinal(scope.day.toordinal() - OLD_DAYS))


def answered_dossiers(scope: Scope) -> QuerySet[Dossier]:
    """Those whose answer is counted: no longer open, or past their deadline."""
    found = Dossier.objects.filter(~OPEN | Q(deadline__lt=scope.day)).filter(_of_funds(scope)).select_related("owner")
    first = found.annotate(month=TruncMonth("opened_on"))
    return first.filter(_of_months(scope, "month") if scope.month else Q(month__gte=scope.first_month))


def advances(scope: Scope) -> QuerySet[Advance]:
    found = Advance.objects.exclude(state__in=NOT_GRANTED).filter(_of_funds(scope))
    found = found.annotate(month=TruncMonth("decided_on"))
    return found.filter(
        _of_months(scope, "month") if scope.month else Q(month__gte=scope.first_month) | Q(state__in=OUTSTANDING)
    )


def outstanding(scope: Scope) -> QuerySet[Advance]:
    return advances(scope).filter(state__in=OUTSTANDING)


def proposed_advances(scope: Scope) -> QuerySet[Advance]:
    return Advance.objects.filter(_of_funds(scope), state=AdvanceState.PROPOSED)


def refunds(scope: Scope) -> QuerySet[PaymentOrder]:
    found = PaymentOrder.objects.filter(purpose="CMG_REFUND").exclude(
        state__in=[OrderState.REJECTED, OrderState.RETURNED]
    )
    mine = Row.objects.filter(_of_funds(scope), care_month__range=(scope.values["first"], scope.values["last"]))
    return found.filter(settlement_id__in=mine.values("pk"))


def waiting_refunds(scope: Scope) -> QuerySet[Refund]:
    waiting = (RefundState.REQUESTED, RefundState.DETECTED, RefundState.VERIFIED, RefundState.RETURNED)
    return Refund.objects.filter(_of_funds(scope), _of_months(scope, "care_month"), state__in=waiting)


def reports(scope: Scope) -> QuerySet[Report]:
    """Those whose first answer is due or given."""
    found = Report.objects.filter(_of_funds(scope)).annotate(month=TruncMonth("opened_at"))
    months = Q(month__date=scope.month) if scope.month else Q(month__date__gte=scope.first_month)
    return found.filter(months).filter(Q(answered_at__isnull=False) | Q(first_answer_by__lt=scope.day))


def proposed_regularisations(scope: Scope) -> QuerySet[Regularisation]:
    return Regularisation.objects.filter(_of_funds(scope), state=RegularisationState.PROPOSED)


def _dossier_cells(row: Dossier) -> tuple[str, ...]:
    owner = row.owner.full_name if row.owner else "À attribuer"
    return (row.subject.removeprefix(SUBJECT), row.title, row.fund, DossierState(row.state).label,
            short_day(row.opened_on), short_day(row.deadline), owner, sum_in_words(row.held_cents))  # fmt: skip


def _advance_cells(row: Advance) -> tuple[str, ...]:
    return (row.employer_no, "", row.fund, AdvanceState(row.state).label, short_day(row.decided_on or row.proposed_on),
            sum_in_words(row.amount_cents), sum_in_words(row.outstanding_cents if row.state in OUTSTANDING else 0))  # fmt: skip


def _held_cells(row: Row) -> tuple[str, ...]:
    return (row.employer_no, "", row.fund, month_name(row.care_month), row.anomaly_codes.replace("|", ", "),
            sum_in_words(row.held_debit_cents), sum_in_words(row.payout_cents))  # fmt: skip


def _order_cells(row: PaymentOrder) -> tuple[str, ...]:
    return (row.subject.removeprefix(SUBJECT), row.name, OrderState(row.state).label, short_day(row.due_on),
            sum_in_words(row.amount_cents))  # fmt: skip


def _refund_cells(row: Refund) -> tuple[str, ...]:
    return (row.employer_no, "", row.fund, month_name(row.care_month), RefundState(row.state).label,
            short_day(row.deadline), sum_in_words(row.amount_cents or row.debited_cents))  # fmt: skip


def _report_cells(row: Report) -> tuple[str, ...]:
    return (row.employer_no, "", row.fund, row.number, row.get_symptom_display(), short_day(row.first_answer_by),
            short_day(row.answered_at) or "pas encore")  # fmt: skip


def _regularisation_cells(row: Regularisation) -> tuple[str, ...]:
    return (row.employer_no, "", row.fund, short_day(row.proposed_on), row.reason, sum_in_words(row.moved_cents))


DOSSIER_HEADING = ("Famille", "Caisse", "État", "Ouvert le", "Échéance", "Responsable", "Non prélevé")
ADVANCE_HEADING = ("Famille", "Caisse", "État", "Décidée le", "Accordé", "Reste à déduire")
REFUND_HEADING = ("Famille", "Caisse", "Mois de garde", "État", "Promis pour le", "Montant")
# The second cell is the family's name; empty, the view finds it by the number.
LISTS: dict[str, Listed] = {
    "retenues": Listed("Familles retenues", held,
                       ("Famille", "Caisse", "Mois de garde", "Motifs", "Non prélevé", "Aide prévue"), _held_cells,
                       "Aucun prélèvement n’est retenu."),
    "dossiers": Listed("Dossiers ouverts", dossiers, DOSSIER_HEADING, _dossier_cells, "Aucun dossier n’est ouvert.",
                       ("opened_on", "pk")),
    "dossiers-anciens": Listed("Dossiers ouverts depuis plus de 8 jours", old_dossiers, DOSSIER_HEADING, _dossier_cells,
                               "Aucun dossier n’est ouvert depuis plus de 8 jours.", ("opened_on", "pk")),
    "dossiers-en-retard": Listed("Dossiers au-delà de leur échéance", late_dossiers, DOSSIER_HEADING, _dossier_cells,
                                 "Aucun dossier n’a dépassé son échéance.", ("deadline", "pk")),
    "delais": Listed("Dossiers répondus, ou qui auraient dû l’être", answered_dossiers, DOSSIER_HEADING, _dossier_cells,
                     "Aucun dossier n’est encore répondu ni en retard.", ("deadline", "pk")),
    "avances": Listed("Avances accordées", advances, ADVANCE_HEADING, _advance_cells, "Aucune avance n’est accordée."),
    "avances-a-deduire": Listed("Avances versées, à déduire", outstanding, ADVANCE_HEADING, _advance_cells,
                                "Aucune avance ne reste à déduire."),
    "avances-proposees": Listed("Avances qui attendent une décision", proposed_advances, ADVANCE_HEADING, _advance_cells,
                                "Aucune avance n’attend de décision."),
    "remboursements": Listed("Cotisations remboursées", refunds, ("Famille", "État", "Date", "Montant"), _order_cells,
                             "Rien n’a été remboursé."),
    "remboursements-en-attente": Listed("Remboursements en attente", waiting_refunds, REFUND_HEADING, _refund_cells,
                                        "Aucun remboursement n’attend."),
    "signalements": Listed("Signalements répondus, ou qui auraient dû l’être", reports,
                           ("Famille", "Caisse", "Numéro", "Ce qui se passe", "Première réponse avant le", "Répondu le"),
                           _report_cells, "Aucun signalement n’est encore répondu ni en retard."),
    "corrections": Listed("Corrections qui attendent une seconde personne", proposed_regularisations,
                          ("Famille", "Caisse", "Proposée le", "Raison", "Montants qui bougent"), _regularisation_cells,
                          "Aucune correction n’attend."),
}  # fmt: skip
