"""The panel: two members at least think the same, none of them investigated, and fraud rests on proofs of intent."""

from dataclasses import dataclass

from django.db.models import Q

from fraud.cases.acting import Act, at_work, refuse
from fraud.models import (
    CaseMove,
    CasePaper,
    CaseReply,
    CaseState,
    ControlCase,
    EvidenceItem,
    Finding,
    IntentEvidence,
    PanelSeat,
    Qualification,
    QualificationOutcome,
    ThirdPartyRequest,
)
from fraud.rules.figures import control_parameters
from portal.accounts.models import User
from portal.accounts.rights import Right

QUALIFIED_IN = (CaseState.DECISION, CaseState.OVERPAYMENT)


@dataclass(frozen=True)
class Intent:
    """One proof of intent: what it shows, and the paper that shows it when there is one."""

    text: str
    item_pk: int | None = None


def ask_panel(*, case_pk: int, question: str, intent: tuple[Intent, ...], act: Act) -> Qualification:
    """Lay the facts before the panel, once the person was heard; with what may show the intent, or nothing."""
    if not question.strip():
        raise refuse("control.question_missing", "Écrivez ce que la commission doit dire.")
    with at_work(case_pk=case_pk, act=act, action="control.panel_asked") as work:
        if work.case.state not in QUALIFIED_IN:
            raise refuse(
                "control.move_not_allowed", "La commission se prononce quand la personne a été informée et entendue."
            )
        if work.case.qualifications.filter(outcome="").exists():
            raise refuse("control.panel_asked_already", "La commission est déjà saisie.")
        asked = Qualification.objects.create(
            case=work.case, question=question.strip()[:1000], asked_by=work.by, asked_on=act.on
        )
        for one in intent:
            if one.item_pk is not None and not EvidenceItem.objects.filter(pk=one.item_pk, case=work.case).exists():
                raise refuse("control.evidence_elsewhere", "Cette pièce n’est pas de ce dossier.")
            IntentEvidence.objects.create(qualification=asked, text=one.text.strip()[:500], item_id=one.item_pk)
    return asked


def give_view(*, qualification_pk: int, outcome: str, reason: str, act: Act) -> Qualification:
    """One member says what they think. When enough members think the same, that is what the panel says."""
    if outcome not in QualificationOutcome.values or not reason.strip():
        raise refuse("control.view_incomplete", "Choisissez un avis et dites pourquoi.")
    seen = Qualification.objects.get(pk=qualification_pk)
    with at_work(case_pk=seen.case_id, act=act, action="control.panel_view", right=Right.QUALIFY_FRAUD) as work:
        asked = Qualification.objects.select_for_update(of=("self",)).get(pk=qualification_pk)
        _check_member(work.person, work.case, asked)
        if outcome == QualificationOutcome.FRAUD and not asked.intent.exists():
            raise refuse(
                "control.no_intent", "Aucune preuve de l’intention n’est versée : la fraude ne peut pas être retenue."
            )
        PanelSeat.objects.create(
            qualification=asked, member=work.person, outcome=outcome, reason=reason.strip()[:1000], at=act.at
        )
        _conclude(asked, outcome, act)
        if asked.outcome == QualificationOutcome.FRAUD and work.case.state == CaseState.OVERPAYMENT:
            work.change(fraud_cents=work.case.owed_by_cents)
    return asked


def _conclude(asked: Qualification, outcome: str, act: Act) -> None:
    least = int(control_parameters().value("case.panel_members", act.on))
    if asked.seats.filter(outcome=outcome).count() < least:
        return
    asked.outcome, asked.decided_on = outcome, act.on
    asked.save(update_fields=["outcome", "decided_on"])


def _check_member(user: User, case: ControlCase, asked: Qualification) -> None:
    if asked.outcome:
        raise refuse("control.panel_over", "La commission s’est déjà prononcée.")
    if asked.seats.filter(member=user).exists():
        raise refuse("control.view_given", "Vous avez déjà donné votre avis.")
    if is_investigator(user, case):
        raise refuse("control.investigator_on_panel", "Vous avez instruit ce dossier : vous n’y siégez pas.")


def is_investigator(user: User, case: ControlCase) -> bool:
    """Whether they took part in the check: in charge of it, author of a step, a finding, a letter or a reply as it was noted, of
    the sworn report, or of a request to a third party."""
    name = user.get_username()
    acted = any(
        model.objects.filter(case=case, by=name).exists() for model in (CaseMove, CasePaper, Finding, CaseReply)
    )
    asked = ThirdPartyRequest.objects.filter(Q(officer=user) | Q(sent_by=user), case=case).exists()
    return case.officer_id == user.pk or acted or asked or case.reports.filter(sworn__user=user).exists()
