"""Control cases put to a restricted formation: seen by those who attend alone; what is learnt there is owed to the person."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from fraud.cases.evidence import EvidenceRefused, keep_evidence
from fraud.cases.opening import note_obtained
from fraud.codaf.naming import CodafRefused
from fraud.guarding import refuse_linked
from fraud.models import (
    CodafAttendance,
    CodafCase,
    CodafFormation,
    CodafMeeting,
    CodafMember,
    ControlCase,
    EvidenceItem,
    MeetingState,
    ObtainedInformation,
    ObtainedVia,
)
from fraud.thirdparties.said import Paper
from portal.accounts.models import User
from portal.audit.operations import journal
from portal.organisations.directory import fund_of

TEXT_LEAST = 10


def put_case(*, meeting_pk: int, case_pk: int, by_pk: int, on: date, at: datetime) -> CodafCase:
    """Put a case of the département to a restricted formation; the same again gives the first row.

    Raises CodafRefused, LinkedToThem.
    """
    user, meeting = User.objects.get(pk=by_pk), CodafMeeting.objects.get(pk=meeting_pk)
    case = ControlCase.objects.get(pk=case_pk)
    refuse_linked(user=user, day=on, action="control.codaf.case_put", subject=case.subject)
    if meeting.formation != CodafFormation.RESTRICTED:
        raise CodafRefused({"case": "Un dossier n’est vu qu’en formation restreinte."})
    if meeting.departement not in fund_of(case.fund).departements:
        raise CodafRefused({"case": "Ce dossier est d’un autre département."})
    if meeting.state == MeetingState.CANCELLED:
        raise CodafRefused({"case": "Cette réunion est annulée."})
    with transaction.atomic():
        made, is_new = CodafCase.objects.get_or_create(meeting=meeting, case=case, defaults={"put_by": user})
        if is_new:
            _tell("case_put", user, made, at)
    return made


def note_learnt(
    *, codaf_case_pk: int, member_pk: int, content: str, key: UUID, by_pk: int, on: date, at: datetime
) -> ObtainedInformation:
    """What a member said for the case, in the words of the notice owed to the person (CSS L. 114-21). Raises CodafRefused,
    LinkedToThem."""
    user, found = User.objects.get(pk=by_pk), _case(codaf_case_pk)
    refuse_linked(user=user, day=on, action="control.codaf.learnt", subject=found.case.subject)
    told_by = CodafMember.objects.filter(
        pk=member_pk, attendance__meeting=found.meeting, attendance__attended=True
    ).first()
    if found.meeting.state != MeetingState.HELD or told_by is None:
        raise CodafRefused({"member": "Choisissez qui l’a dit, parmi les présents d’une réunion tenue."})
    if not TEXT_LEAST <= len(content.strip()) <= 1000:
        raise CodafRefused(
            {"content": f"Écrivez ce qui a été appris, en {TEXT_LEAST} à 1000 signes : la personne le lira."}
        )
    with transaction.atomic():
        noted = note_obtained(
            case_pk=found.case_id, via=ObtainedVia.CODAF, reference=f"{found.meeting.number}/{key.hex[:12]}",
            origin=f"{told_by.body}, au comité départemental"[:200], content=content.strip(), on=found.meeting.dated,
        )  # fmt: skip
        _tell("learnt", user, found, at)
    return noted


def pass_to_prosecutor(*, codaf_case_pk: int, by_pk: int, on: date, at: datetime) -> CodafCase:
    """The case was passed to the prosecutor; a second call changes nothing. Raises CodafRefused, LinkedToThem."""
    user, found = User.objects.get(pk=by_pk), _case(codaf_case_pk)
    refuse_linked(user=user, day=on, action="control.codaf.prosecutor", subject=found.case.subject)
    if found.meeting.state != MeetingState.HELD:
        raise CodafRefused({"case": "Cette réunion n’est pas tenue."})
    with transaction.atomic():
        locked = (
            CodafCase.objects.select_for_update(of=("self",)).select_related("meeting", "case").get(pk=codaf_case_pk)
        )
        if locked.prosecutor_on is None:
            locked.prosecutor_on = on
            locked.save(update_fields=["prosecutor_on"])
            _tell("prosecutor", user, locked, at)
    return locked


def keep_restricted_paper(*, meeting_pk: int, member_pk: int, paper: Paper, by_pk: int, at: datetime) -> EvidenceItem:
    """A paper given to a restricted formation, kept as evidence under the number of the meeting. It belongs to no case: those
    who see the case would read what the formation alone may. Raises CodafRefused."""
    user, meeting = User.objects.get(pk=by_pk), CodafMeeting.objects.get(pk=meeting_pk)
    called = CodafMember.objects.filter(pk=member_pk, attendance__meeting=meeting)
    given_by = called.exclude(attendance__in=CodafAttendance.objects.filter(meeting=meeting, attended=False)).first()
    if meeting.formation != CodafFormation.RESTRICTED or given_by is None:
        raise CodafRefused({"member": "Choisissez qui donne cette pièce, parmi les personnes appelées."})
    try:
        return keep_evidence(
            case_pk=None, reference=meeting.number, title=paper.name, content=paper.content, by=user.get_username(), at=at,
            provenance={
                "body": given_by.body, "system": "comité départemental", "extraction_at": meeting.dated.isoformat(),
                "officer": given_by.full_name,
            },
        )  # fmt: skip
    except EvidenceRefused as refused:
        raise CodafRefused({"papers": str(refused)}) from refused


def _case(pk: int) -> CodafCase:
    return CodafCase.objects.select_related("meeting", "case").get(pk=pk)


def _tell(what: str, user: User, found: CodafCase, at: datetime) -> None:
    journal(
        actor=user.get_username(), action=f"control.codaf.{what}", subject=found.case.subject,
        detail={"meeting": found.meeting.number, "case": found.case.number}, at=at,
    )  # fmt: skip
