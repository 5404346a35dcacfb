"""The committee of the Puy-de-Dôme: two plenaries this year and a third in November, one restricted formation that Philippe
attended, one joint operation to follow. 2025 had two plenaries: one too few."""

from datetime import date, timedelta
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from fraud.codaf.cases import keep_restricted_paper, note_learnt, put_case
from fraud.codaf.following import Joint, decide_operation, end_operation, send_decisions
from fraud.codaf.meeting import Planned, call_members, hear_guest, hold_meeting, note_decision, plan_meeting
from fraud.codaf.naming import Named, name_member
from fraud.demo.hours import at_hour
from fraud.demo.third_parties import EMPLOYER, picture
from fraud.models import CodafMeeting, CodafMember, ThirdPartyRequest
from fraud.thirdparties.said import Paper
from portal.accounts.models import User

WHERE, SINCE = "63", date(2025, 1, 6)
PREFECT, PROSECUTOR = "M. Antoine Delmas, sous-préfet", "Mme Isabelle Fabre, procureure adjointe"
# Category, first name, name, body.
MEMBERS = (
    ("PROSECUTOR", "Isabelle", "Fabre", "Tribunal judiciaire de Clermont-Ferrand"),
    ("PREFECTURE", "Antoine", "Delmas", "Préfecture du Puy-de-Dôme"),
    ("POLICE", "Samira", "Lakhal", "Direction de la police nationale"),
    ("GENDARMERIE", "Yves", "Charbonnel", "Groupement de gendarmerie"),
    ("PUBLIC_FINANCES", "Claire", "Monier", "Direction des finances publiques"),
    ("LABOUR", "Damien", "Souchal", "DREETS, contrôle du travail illégal"),
    ("GENERAL_SCHEME", "Nadège", "Pinet", "Urssaf Auvergne"),
    ("AGRICULTURAL", "Luc", "Bayle", "MSA Auvergne"),
    ("FRANCE_TRAVAIL", "Julie", "Ferreira", "France Travail Auvergne"),
    ("HEALTH_AGENCY", "Clémence", "Ortega", "Agence régionale de santé"),
)
PLENARIES = (
    (date(2025, 3, 18), "Bilan 2024 et programme de l’année"),
    (date(2025, 10, 14), "Travail illégal dans le bâtiment"),
    (date(2026, 3, 24), "Bilan 2025 et programme de l’année"),
    (date(2026, 6, 23), "Transports et aide à domicile"),
)
RESTRICTED, NEXT = date(2026, 10, 6), date(2026, 11, 17)


def load(folder: Path, on: date) -> None:
    """Members, meetings, what they decided and what follows; called once."""
    members = _members()
    met = [_plenary(dated, agenda, members) for dated, agenda in PLENARIES if dated < on]
    if on < NEXT:
        planned = _planned(
            "PLENARY", NEXT, "Bilan de l’année, logement et prestations familiales", on - timedelta(days=7)
        )
        _call(planned, list(members.values()), on - timedelta(days=7))
    if met and met[-1].dated < on:
        _decisions(met[-1], members, on)
    if on > RESTRICTED:
        _restricted(members)


def _pk(name: str) -> int:
    return User.objects.get(username=name).pk


def _members() -> dict[str, CodafMember]:
    """Philippe holds the permanent secretariat; the others by their names."""
    own = Named(
        "Philippe", "Aubert", "Caf du Puy-de-Dôme", "GENERAL_SCHEME", SINCE, secretariat_act="2024-63-7",
        user_pk=_pk("philippe"),
    )  # fmt: skip
    found = {"Aubert": name_member(departement=WHERE, named=own, by_pk=_pk("helene"), at=at_hour(SINCE, 14))}
    for category, first, last, body in MEMBERS:
        told = Named(first, last, body, category, SINCE)
        found[last] = name_member(departement=WHERE, named=told, by_pk=_pk("philippe"), at=at_hour(SINCE, 14))
    return found


def _planned(formation: str, dated: date, agenda: str, planned_on: date) -> CodafMeeting:
    told = Planned(formation, dated, "Préfecture, salle Pascal", agenda, PROSECUTOR, PREFECT)
    key = uuid5(NAMESPACE_URL, f"demo:codaf:{formation}:{dated}")
    made, _again = plan_meeting(
        departement=WHERE, planned=told, key=key, by_pk=_pk("philippe"), on=planned_on, at=at_hour(planned_on, 14)
    )
    return made


def _call(meeting: CodafMeeting, members: list[CodafMember], day: date) -> None:
    call_members(
        meeting_pk=meeting.pk, member_pks=[one.pk for one in members], by_pk=_pk("philippe"), at=at_hour(day, 14)
    )


def _held(meeting: CodafMeeting, absent: tuple[str, ...]) -> CodafMeeting:
    came = {row.pk: row.member.last_name not in absent for row in meeting.attendance.select_related("member")}
    return hold_meeting(
        meeting_pk=meeting.pk, came=came, by_pk=_pk("philippe"), on=meeting.dated, at=at_hour(meeting.dated, 17)
    )


def _plenary(dated: date, agenda: str, members: dict[str, CodafMember]) -> CodafMeeting:
    before = dated - timedelta(days=30)
    meeting = _planned("PLENARY", dated, agenda, before)
    _call(meeting, list(members.values()), before)
    return _held(meeting, ("Bayle",))


def _decisions(meeting: CodafMeeting, members: dict[str, CodafMember], on: date) -> None:
    """The June plenary heard somebody, decided two things, and two operations: one done in September, one in November."""
    who = {"by_pk": _pk("philippe"), "at": at_hour(meeting.dated, 17)}
    hear_guest(
        meeting_pk=meeting.pk, full_name="Marc Tourret", quality="Fédération des transporteurs d’Auvergne", **who
    )  # type: ignore[arg-type]
    for number, text in enumerate((
        "Contrôler ensemble les transports de personnes au second semestre.",
        "Échanger chaque trimestre la liste des employeurs verbalisés.",
    )):  # fmt: skip
        key = uuid5(NAMESPACE_URL, f"demo:codaf:decision:{number}")
        note_decision(meeting_pk=meeting.pk, text=text, key=key, **who)  # type: ignore[arg-type]
    sent_on = meeting.dated + timedelta(days=3)
    send_decisions(meeting_pk=meeting.pk, by_pk=_pk("philippe"), on=sent_on, at=at_hour(sent_on, 14))
    _operation(meeting, "Marchés de Clermont-Ferrand et de Thiers", date(2026, 9, 17), members, "done", on)
    _operation(meeting, "Transports de personnes autour d’Issoire", date(2026, 11, 5), members, "follow", on)


def _operation(
    meeting: CodafMeeting, title: str, planned_on: date, members: dict[str, CodafMember], name: str, on: date
) -> None:
    joint = Joint(title, planned_on, ("LABOUR", "GENERAL_SCHEME", "GENDARMERIE"), members["Souchal"].pk)
    made, _again = decide_operation(
        meeting_pk=meeting.pk, joint=joint, key=uuid5(NAMESPACE_URL, f"demo:codaf:operation:{name}"), by_pk=_pk("philippe"),
        on=meeting.dated, at=at_hour(meeting.dated, 17),
    )  # fmt: skip
    if name == "done" and planned_on < on:
        told = planned_on + timedelta(days=5)
        end_operation(
            operation_pk=made.pk, done=True, done_on=planned_on, checks=34, sanctions=3, by_pk=_pk("philippe"),
            on=told, at=at_hour(told, 14),
            result="34 stands contrôlés, trois procès-verbaux pour travail dissimulé.",
        )  # fmt: skip


def _restricted(members: dict[str, CodafMember]) -> None:
    """Called by the prosecutor for one case: what the labour directorate said of it is owed to the family."""
    before = RESTRICTED - timedelta(days=6)
    meeting = _planned("RESTRICTED", RESTRICTED, "Un transporteur : emplois non déclarés", before)
    called = [members[name] for name in ("Aubert", "Fabre", "Delmas", "Souchal", "Charbonnel")]
    _call(meeting, called, before)
    _held(meeting, ("Charbonnel",))
    request = ThirdPartyRequest.objects.filter(name=EMPLOYER.name).first()
    if request is None:
        return
    who = {"by_pk": _pk("philippe"), "on": RESTRICTED, "at": at_hour(RESTRICTED, 17)}
    put = put_case(meeting_pk=meeting.pk, case_pk=request.case_id, **who)  # type: ignore[arg-type]
    note_learnt(
        codaf_case_pk=put.pk, member_pk=members["Souchal"].pk, key=uuid5(NAMESPACE_URL, "demo:codaf:learnt"),
        content="Présence au dépôt constatée les 4 et 11 juin 2026, sans déclaration d’embauche à ces dates.", **who,  # type: ignore[arg-type]
    )  # fmt: skip
    paper = Paper(
        "releve-de-presence.png", picture("DREETS, contrôle du 11 juin 2026", "Relevé de présence au dépôt", "Une page")
    )
    keep_restricted_paper(
        meeting_pk=meeting.pk,
        member_pk=members["Souchal"].pk,
        paper=paper,
        by_pk=_pk("philippe"),
        at=at_hour(RESTRICTED, 17),
    )
