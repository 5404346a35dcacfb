"""From the opening to the findings: the person is told first; what is found is written with its source before it is sent."""

from dataclasses import dataclass
from datetime import date, timedelta

from fraud.cases.acting import Act, at_work, check_may, check_words, refuse
from fraud.cases.letters import documents_facts, findings_facts, information_facts, lines_of, send_paper
from fraud.cases.standing import is_sworn, sworn_on
from fraud.guarding import link_of
from fraud.models import CasePaper, CaseState, Finding, PaperKind, SwornReport
from fraud.rules import delays
from fraud.rules.figures import control_parameters
from portal.accounts.models import User
from portal.accounts.rights import Right
from portal.legislation.parameters import NoParameterInForce
from portal.people.vault import encrypt

DOCUMENTS_CAME = "control.documents_received"
OPEN_TO_FINDINGS = (CaseState.INFORMED, CaseState.INVESTIGATING)


@dataclass(frozen=True)
class Found:
    """A fact as it is written: its period (half-open), its amounts in cents, its source."""

    fact: str
    since: date
    until: date
    source: str
    owed_by_cents: int = 0
    owed_to_cents: int = 0


def send_information(*, case_pk: int, documents: str, act: Act) -> CasePaper:
    """Tell the person of the check: what, why, the documents expected, that somebody may help. Raises what `at_work` does."""
    if not lines_of(documents):
        raise refuse("control.no_documents", "Écrivez au moins un document attendu, ou « aucun document ».")
    check_words(documents)
    with at_work(case_pk=case_pk, act=act, action="control.informed") as work:
        work.check_table(CaseState.INFORMED)
        paper = send_paper(work, PaperKind.INFORMATION, information_facts(work.case, documents))
        work.move(CaseState.INFORMED, "lettre d’information envoyée")
    return paper


def start_investigation(*, case_pk: int, act: Act) -> None:
    """Begin to check. On site, only a sworn and approved officer."""
    with at_work(case_pk=case_pk, act=act, action="control.investigated") as work:
        work.move(CaseState.INVESTIGATING, "vérification commencée")


def hand_over(*, case_pk: int, officer_pk: int, act: Act) -> None:
    """Give the case to another officer of the fund, who has no declared link with the family."""
    officer = User.objects.get(pk=officer_pk)
    with at_work(case_pk=case_pk, act=act, action="control.handed", detail={"officer": officer.username}) as work:
        check_may(officer, work.case, Right.TREAT_CONTROL, act.on)
        if link_of(user=officer, day=act.on, subject=work.case.subject) is not None:
            raise refuse("control.officer_linked", "Cette personne ne peut pas recevoir ce dossier.")
        if work.case.on_site and not is_sworn(officer_pk, act.on):
            raise refuse(
                "control.officer_not_sworn", "Une vérification sur place demande un agent assermenté et agréé."
            )
        work.change(officer=officer)


def remind_documents(*, case_pk: int, documents: str, act: Act) -> CasePaper:
    """Ask again for what did not come; only after it may a suspension be decided, thirty days later."""
    if not lines_of(documents):
        raise refuse("control.no_documents", "Écrivez au moins un document attendu.")
    check_words(documents)
    with at_work(case_pk=case_pk, act=act, action="control.documents_reminded") as work:
        if work.case.state not in OPEN_TO_FINDINGS:
            raise refuse(
                "control.move_not_allowed",
                "Des documents se redemandent pendant la vérification, après la lettre d’information.",
            )
        until = delays.suspension_from(act.on, control_parameters())
        return send_paper(work, PaperKind.DOCUMENTS, documents_facts(documents, act.on), until=until)


def note_documents(*, case_pk: int, act: Act) -> None:
    """The documents asked for are there: nothing is asked again by itself. The act is the record."""
    with at_work(case_pk=case_pk, act=act, action=DOCUMENTS_CAME) as work:
        if work.case.state not in OPEN_TO_FINDINGS:
            raise refuse("control.move_not_allowed", "Des documents se reçoivent pendant la vérification.")


def add_finding(*, case_pk: int, found: Found, act: Act) -> Finding:
    """Write one fact, before the findings are sent."""
    if not found.fact.strip() or not found.source.strip() or found.until <= found.since:
        raise refuse("control.finding_incomplete", "Un constat a un fait, une période et une source.")
    if min(found.owed_by_cents, found.owed_to_cents) < 0:
        raise refuse("control.finding_incomplete", "Un montant n’est jamais négatif : dites à qui il est dû.")
    if found.until > act.on + timedelta(days=1):
        raise refuse("control.finding_to_come", "Un constat porte sur ce qui a eu lieu : sa période n’est pas à venir.")
    check_known_figures(found.since)
    check_words(found.fact, found.source)
    with at_work(case_pk=case_pk, act=act, action="control.found") as work:
        if work.case.state != CaseState.INVESTIGATING:
            raise refuse("control.findings_closed", "Un constat s’écrit pendant la vérification : avant, la personne n’est "
                         "pas informée ; après, elle a déjà reçu les constats.")  # fmt: skip
        return Finding.objects.create(case=work.case, by=work.by, at=act.at, **vars(found))


def check_known_figures(since: date) -> None:
    """Thresholds are told in ceilings of the day the facts began: before the first one known, nothing is guessed."""
    try:
        control_parameters().value("social_security_ceiling.monthly", since)
    except NoParameterInForce as unknown:
        raise refuse("control.finding_too_old", f"Ces faits sont trop anciens. {unknown}") from unknown


def file_report(*, case_pk: int, text: str, act: Act) -> SwornReport:
    """Keep the report of the sworn officer who acts: evidence until disproved."""
    if not text.strip():
        raise refuse("control.report_empty", "Écrivez le rapport.")
    with at_work(case_pk=case_pk, act=act, action="control.reported") as work:
        sworn = sworn_on(work.user.pk, act.on) if work.user is not None else None
        if sworn is None:
            raise refuse(
                "control.officer_not_sworn",
                "Seul un agent assermenté et agréé à ce jour fait un rapport qui vaut preuve.",
            )
        return SwornReport.objects.create(
            case=work.case, sworn=sworn, dated=act.on, text=encrypt(text.strip().encode()), at=act.at
        )


def send_findings(*, case_pk: int, act: Act) -> CasePaper:
    """Send what was found, with the delay to reply."""
    with at_work(case_pk=case_pk, act=act, action="control.findings_sent") as work:
        work.check_table(CaseState.FINDINGS_SENT)
        findings = list(work.case.findings.order_by("since", "pk"))
        if not findings:
            raise refuse("control.no_finding", "Aucun constat n’est écrit : notez au moins un fait.")
        until = delays.reply_until(act.on, control_parameters())
        paper = send_paper(work, PaperKind.FINDINGS, findings_facts(findings, act.on), until=until)
        work.move(CaseState.FINDINGS_SENT, "constats envoyés")
    return paper
