"""The papers of a case as they stand on a day: rows read into what the rules ask for. Nothing is written here."""

from datetime import date

from django.db.models import Max, Min, QuerySet, Sum
from django.db.models.functions import Coalesce

from fraud.models import (
    PENALTY_OVER,
    CasePaper,
    Complaint,
    ControlCase,
    EvidenceItem,
    ObtainedInformation,
    PaperKind,
    Penalty,
    Qualification,
    QualificationOutcome,
    SwornOfficer,
)
from fraud.rncps.confirming import unconfirmed
from fraud.rules.figures import control_parameters
from fraud.rules.procedure import CasePapers, last_day_to_reply

THE_PERSON = "La personne"


def papers_of(case: ControlCase, on: date) -> CasePapers:
    """A dozen short queries, all by the case's index."""
    sent = dict(case.papers.values_list("kind").annotate(last=Max("sent_on")))
    # A delay runs from the receipt once it is known, from the sending until then.
    reached = dict(case.papers.values_list("kind").annotate(last=Max(Coalesce("delivery__received_on", "sent_on"))))
    found = case.findings.aggregate(owed_by=Sum("owed_by_cents"), owed_to=Sum("owed_to_cents"), since=Min("since"))
    asked = case.copy_requests.aggregate(first=Min("asked_on"))["first"]
    qualified = qualification_of(case)
    is_fraud = qualified is not None and qualified.outcome == QualificationOutcome.FRAUD
    owed_by = case.owed_by_cents if case.owed_by_cents is not None else found["owed_by"] or 0
    return CasePapers(
        is_on_site=case.on_site,
        is_officer_sworn=is_sworn(case.officer_id, on),
        has_sworn_report=case.reports.exists(),
        informed_on=sent.get(PaperKind.INFORMATION),
        findings=case.findings.count(),
        findings_on=reached.get(PaperKind.FINDINGS),
        untold=tuple(untold_of(case).values_list("origin", flat=True)),
        unconfirmed=tuple(unconfirmed(case.pk).values_list("pk", flat=True)[:20]),
        noticed_on=reached.get(PaperKind.NOTICE),
        copy_asked_on=asked,
        copies_sent_on=reached.get(PaperKind.COPIES),
        is_copy_due=case.copy_requests.filter(paper=None).exists(),
        has_said_all=case.replies.filter(has_said_all=True, received_on__gte=_last_sent(sent)).exists(),
        owed_by_cents=owed_by,
        owed_to_cents=found["owed_to"] or 0,
        fraud_cents=owed_by if is_fraud else 0,
        facts_since=found["since"],
        qualification=qualified.outcome if qualified is not None else "",
        # What an account gives up, below the threshold, has no letter: the tie alone says that it was treated.
        is_overpayment_noticed=PaperKind.OVERPAYMENT in sent or case.overpayments.exists(),
        is_penalty_over=not Penalty.objects.filter(case=case).exclude(state__in=PENALTY_OVER).exists(),
        has_complaint=Complaint.objects.filter(case=case).exists(),
    )


def untold_of(case: ControlCase) -> QuerySet[ObtainedInformation]:
    """What others said that no notice told yet."""
    return case.obtained.filter(told=None).order_by("pk")


def papers_to_copy(case: ControlCase) -> QuerySet[EvidenceItem]:
    """The documents of the case that came from others: neither the fund's own nor the person's."""
    found = case.evidence.filter(purged_on=None).exclude(provenance__body__in=[case.fund, THE_PERSON])
    return found.defer("content").order_by("pk")


def qualification_of(case: ControlCase) -> Qualification | None:
    """The last one that the panel gave."""
    return case.qualifications.exclude(outcome="").order_by("-pk").first()


def is_sworn(user_pk: int, on: date) -> bool:
    """Whether an officer is sworn and approved on that day (CSS L. 114-10)."""
    return sworn_on(user_pk, on) is not None


def sworn_on(user_pk: int, on: date) -> SwornOfficer | None:
    found = SwornOfficer.objects.filter(user_id=user_pk, sworn_on__lte=on, approved_on__lte=on, until__gt=on)
    return found.order_by("-until").first()


def last_day_of(case: ControlCase, on: date) -> date | None:
    """The last day to reply, as the papers stand."""
    return last_day_to_reply(papers_of(case, on), control_parameters())


def last_paper(case: ControlCase, kind: PaperKind) -> CasePaper | None:
    return case.papers.filter(kind=kind).order_by("-pk").first()


def _last_sent(sent: dict[str, date]) -> date:
    kinds = (PaperKind.FINDINGS, PaperKind.NOTICE, PaperKind.COPIES)
    return max((sent[kind] for kind in kinds if kind in sent), default=date.min)
