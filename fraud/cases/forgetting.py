"""At the end of its time, a case forgets who it was about; what the programme counts (dates, outcome, cents) stays."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max, Q

from fraud.cases.acting import PORTAL
from fraud.cases.evidence import purge_evidence
from fraud.cases.standing import qualification_of
from fraud.models import (
    Acquittal,
    CaseMove,
    CaseReply,
    CaseState,
    ControlCase,
    Finding,
    IntentEvidence,
    ObtainedInformation,
    PanelSeat,
    PaymentSuspension,
    Penalty,
    PenaltyMove,
    Qualification,
    QualificationOutcome,
    SuspensionProposal,
    SwornReport,
)
from fraud.models.words import GONE
from fraud.rules import delays
from fraud.rules.figures import control_parameters
from portal.audit.operations import journal
from portal.legislation.calendar import months_later

AT_ONCE = 500


def forget_due(*, on: date, at: datetime) -> int:
    """Every closed case whose time is over, each in its transaction; a second call finds none left."""
    # Nothing is forgotten before the shortest of the delays: the others are looked at one by one.
    shortest = months_later(on, -int(control_parameters().value("case_retention.no_anomaly_months", on)))
    found = ControlCase.objects.filter(state=CaseState.CLOSED, anonymised_on=None, closed_on__lte=shortest).order_by(
        "pk"
    )
    done, last = 0, 0
    while pks := list(found.filter(pk__gt=last).values_list("pk", flat=True)[:AT_ONCE]):
        done, last = done + sum(_forget_if_due(pk, on, at) for pk in pks), pks[-1]
    return done


def kept_until(case: ControlCase) -> date:
    """The day on which a closed case forgets."""
    assert case.closed_on is not None
    ended = case.recoveries.aggregate(last=Max("received_on"))["last"]
    qualified = qualification_of(case)
    is_fraud = qualified is not None and qualified.outcome == QualificationOutcome.FRAUD
    return delays.kept_until(case.outcome, max(case.closed_on, ended or case.closed_on), is_fraud, control_parameters())


def _forget_if_due(case_pk: int, on: date, at: datetime) -> int:
    with transaction.atomic():
        case = ControlCase.objects.select_for_update(of=("self",)).get(pk=case_pk)
        if case.anonymised_on is not None or on < kept_until(case):
            return 0
        case.anonymised_on, case.subject, case.new_fact = on, f"control:forgotten:{case.pk}", ""
        case.title, case.purpose = "Dossier anonymisé", GONE
        case.save(update_fields=["anonymised_on", "subject", "new_fact", "title", "purpose"])
        _empty(case)
        for pk in case.evidence.filter(purged_on=None).values_list("pk", flat=True):
            purge_evidence(evidence_pk=pk, by=PORTAL, on=on, at=at)
        journal(actor=PORTAL, action="control.forgotten", subject=case.subject, detail={"case": case.number}, at=at)
    return 1


def _empty(case: ControlCase) -> None:
    """The words of every paper; the database lets them go for a case that forgets, and for no other."""
    of_case = Q(case=case)
    CaseMove.objects.filter(of_case).update(reason="")
    ObtainedInformation.objects.filter(of_case).update(content=GONE, origin=GONE)
    Finding.objects.filter(of_case).update(fact=GONE, source=GONE)
    CaseReply.objects.filter(of_case).exclude(helped_by="").update(helped_by=GONE)
    CaseReply.objects.filter(of_case).update(text=b"")
    SwornReport.objects.filter(of_case).update(text=b"")
    Qualification.objects.filter(of_case).update(question=GONE)
    IntentEvidence.objects.filter(qualification__case=case).update(text=GONE)
    PanelSeat.objects.filter(qualification__case=case).update(reason=GONE)
    PaymentSuspension.objects.filter(of_case).update(missing=GONE, reason=GONE)
    proposals = SuspensionProposal.objects.filter(of_case)
    proposals.exclude(answer_reason="").update(answer_reason=GONE)
    proposals.update(missing=GONE, reason=GONE)
    Penalty.objects.filter(of_case).update(reason=GONE, opinion_text="")
    Acquittal.objects.filter(of_case).update(court=GONE, reference=GONE)
    PenaltyMove.objects.filter(penalty__case=case).update(reason="")
