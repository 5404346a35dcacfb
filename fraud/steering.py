"""What the dashboard of the direction shows of control: the ways there, and what waits for this very person."""

from datetime import date

from django.urls import reverse

from fraud.access import cases_of
from fraud.cases.selectors import suspensions_to_decide, to_sign
from fraud.directory.selectors import to_review
from fraud.models import CaseState, LookQuestion, ParliamentReport
from fraud.programme.selectors import bodies_of, near_dates, shown_of, waiting_for
from fraud.rules.parliament import ReportState, is_overdue
from fraud.signals.selectors import open_leads
from fraud.thirdparties.selectors import count_fines_to_decide
from portal.accounts.models import User
from portal.accounts.permissions import is_national, may
from portal.accounts.rights import Right
from portal.frame.paging import count_up_to
from portal.frame.steering import Section, Waiting, Way
from portal.frame.templatetags.portal import count, long_day, plural, short_day

DATE_SAID = {
    "draft": "projet",
    "adopted": "adoption",
    "reviewed": "revue à mi-année",
    "closed": "clôture",
    "reported": "synthèse",
}


def control_section(user: User, day: date) -> Section:
    """« Contrôle et échanges », for those who may go there."""
    ways = []
    if may(user, Right.SEE_CONTROL, day):
        ways.append(_control(user, day))
    if may(user, Right.SEE_PROGRAMME, day):
        ways.append(_programme(user, day))
        ways.append(Way("Règles de croisement", reverse("fraud:rules")))
    if may(user, Right.DIRECT_CONTROL, day) or may(user, Right.SAMPLE_JOURNAL, day):
        ways.append(_directory(user, day))
        ways.append(_rncps(user, day))
    if may(user, Right.SEE_PROGRAMME, day):
        ways.append(_report(day))
    if may(user, Right.SAMPLE_JOURNAL, day):
        ways.append(Way("Journal relu par sondage", reverse("fraud:journal")))
    return Section("Contrôle et échanges", ways)


def _rncps(user: User, day: date) -> Way:
    """What is asked of the directory is watched for the whole country; at a fund, its direction authorises."""
    if is_national(user, day, Right.DIRECT_CONTROL) or may(user, Right.SAMPLE_JOURNAL, day):
        return Way("Répertoire national (RNCPS) : suivi et habilitations", reverse("fraud:rncps_oversight"))
    return Way("Répertoire national (RNCPS) : habilitations", reverse("fraud:rncps_authorisations"))


def _control(user: User, day: date) -> Way:
    read = count_up_to(open_leads(user, day))
    cases = count_up_to(cases_of(user, day).exclude(state=CaseState.CLOSED))
    said = f"{_many(read, 'signal à lire,signaux à lire')}, {_many(cases, 'dossier ouvert,dossiers ouverts')}"
    return Way("Signaux et dossiers de contrôle", reverse("fraud:control"), said)


def _directory(user: User, day: date) -> Way:
    left = count_up_to(to_review(user, day)) if may(user, Right.DIRECT_CONTROL, day) else 0
    said = _many(left, "désignation à relire ce trimestre,désignations à relire ce trimestre") if left else ""
    return Way("Annuaire des échanges : qui est désigné", reverse("fraud:directory"), said)


def _report(day: date) -> Way:
    awaited = ParliamentReport.objects.exclude(state=ReportState.SENT).order_by("due_on", "pk").first()
    if awaited is None:
        return Way("Rapport au Parlement sur le RNCPS", reverse("fraud:rncps_reports"))
    late = is_overdue(awaited.state, awaited.due_on, day)
    said = f"{awaited.get_state_display().lower()}, à remettre le {long_day(awaited.due_on)}"
    return Way("Rapport au Parlement sur le RNCPS", reverse("fraud:rncps_reports"), said, late)


def _programme(user: User, day: date) -> Way:
    bodies = bodies_of(user, day)
    late = near_dates(bodies, day)
    said = " ; ".join(
        f"{DATE_SAID[one.code]} {year} de {body} {'en retard depuis' if one.alert == 'LATE' else 'avant'} le {short_day(one.due)}"
        for body, year, one in late[:3]
    )
    standing = [found for body in bodies[:20] if (found := shown_of(user, day, body, day.year)) is not None]
    if not said and standing:
        said = f"{day.year} : {standing[0].get_status_display().lower()}"
    return Way(
        "Programme de contrôle", reverse("fraud:programme"), said, any(one.alert == "LATE" for _b, _y, one in late)
    )


def _many(number: int, words: str) -> str:
    return f"{count(number)} {plural(words, number)}"


def control_waiting(user: User, day: date) -> list[Waiting]:
    """What this person alone can do: sign, adopt, give an opinion, answer."""
    found = [
        _penalties(user, day),
        _suspensions(user, day),
        _fines(user, day),
        _programmes(user, day),
        _questions(user),
    ]
    return [one for one in found if one is not None]


def _penalties(user: User, day: date) -> Waiting | None:
    if not may(user, Right.DIRECT_CONTROL, day):
        return None
    words = "pénalité à signer,pénalités à signer"
    return Waiting(count_up_to(to_sign(user, day)), words, reverse("fraud:penalties_to_sign"))


def _suspensions(user: User, day: date) -> Waiting | None:
    if not may(user, Right.DIRECT_CONTROL, day):
        return None
    words = "suspension proposée à décider,suspensions proposées à décider"
    return Waiting(count_up_to(suspensions_to_decide(user, day)), words, reverse("fraud:penalties_to_sign"))


def _fines(user: User, day: date) -> Waiting | None:
    if not may(user, Right.DIRECT_CONTROL, day):
        return None
    words = "amende d’un tiers à décider,amendes de tiers à décider"
    return Waiting(count_fines_to_decide(user, day), words, reverse("fraud:third_fines"))


def _programmes(user: User, day: date) -> Waiting | None:
    waiting = list(waiting_for(user, day)[:50])
    if not waiting:
        return None
    link = reverse("fraud:programme_version", args=[waiting[0].pk])
    words = "programme de contrôle attend votre acte,programmes de contrôle attendent votre acte"
    if may(user, Right.DIRECT_CONTROL, day):
        words = "programme de contrôle à adopter,programmes de contrôle à adopter"
    return Waiting(len(waiting), words, link)


def _questions(user: User) -> Waiting | None:
    waiting = LookQuestion.objects.filter(manager=user, answered_at=None).order_by("answer_by", "pk")
    first = waiting.first()
    if first is None:
        return None
    words = "question sur une consultation,questions sur des consultations"
    return Waiting(waiting.count(), words, reverse("fraud:journal_question", args=[first.pk]))
