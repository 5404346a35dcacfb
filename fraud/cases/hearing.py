"""The person is heard: what others said is told (CSS L. 114-21), its copies are sent, what they answer is kept."""

from dataclasses import dataclass
from datetime import date

from fraud.cases.acting import Act, at_work, refuse
from fraud.cases.letters import copies_facts, obtained_facts, send_paper
from fraud.cases.standing import papers_to_copy, untold_of
from fraud.models import CasePaper, CaseReply, CaseState, CopiedItem, CopyRequest, PaperKind, ToldInformation
from fraud.rules import delays
from fraud.rules.figures import control_parameters
from portal.people.vault import encrypt

BEFORE_FINDINGS = (CaseState.OPENED, CaseState.INFORMED, CaseState.INVESTIGATING)


@dataclass(frozen=True)
class Said:
    """A reply: on what day, how, with whose help, whether they have said all."""

    text: str
    received_on: date
    form: str
    helped_by: str = ""
    is_represented: bool = False
    has_said_all: bool = False


def begin_adversarial(*, case_pk: int, act: Act) -> None:
    """The findings are with the person: their reply is awaited."""
    with at_work(case_pk=case_pk, act=act, action="control.adversarial") as work:
        work.move(CaseState.ADVERSARIAL, "la personne peut répondre")


def send_notice(*, case_pk: int, act: Act) -> CasePaper:
    """Tell the content and the origin of everything that others said and that was not told yet; the delay to reply starts anew."""
    with at_work(case_pk=case_pk, act=act, action="control.notice_sent") as work:
        obtained = list(untold_of(work.case))
        if not obtained:
            raise refuse("control.nothing_to_tell", "Rien n’a été obtenu d’un tiers que la personne ne sache déjà.")
        if work.case.state == CaseState.CLOSED:
            raise refuse("control.move_not_allowed", "Le dossier est clos.")
        until = delays.reply_until(act.on, control_parameters())
        facts = obtained_facts(obtained) | {"until": until.isoformat()}
        paper = send_paper(work, PaperKind.NOTICE, facts, until=until)
        ToldInformation.objects.bulk_create(ToldInformation(paper=paper, obtained=one) for one in obtained)
    return paper


def note_copy_asked(*, case_pk: int, asked_on: date, act: Act) -> CopyRequest:
    """The person asks for a copy: no decision until it is sent."""
    if asked_on > act.on:
        raise refuse("control.day_to_come", "Ce jour n’est pas encore venu.")
    with at_work(case_pk=case_pk, act=act, action="control.copy_asked") as work:
        if not work.case.obtained.exists():
            raise refuse("control.nothing_to_copy", "Rien n’a été obtenu d’un tiers : il n’y a pas de copie à donner.")
        return CopyRequest.objects.create(case=work.case, asked_on=asked_on, by=work.by, at=act.at)


def send_copies(*, case_pk: int, act: Act) -> CasePaper:
    """Send the copies that were asked for, and keep which documents were joined; the delay to reply starts anew."""
    with at_work(case_pk=case_pk, act=act, action="control.copies_sent") as work:
        due = work.case.copy_requests.filter(paper=None)
        if not due.exists():
            raise refuse("control.no_copy_due", "Aucune copie n’est demandée.")
        if untold_of(work.case).exists():
            raise refuse("control.notice_missing", "Envoyez d’abord l’avis de l’article L. 114-21 : la copie le suit.")
        until = delays.reply_until(act.on, control_parameters())
        papers = list(papers_to_copy(work.case))
        facts = copies_facts(list(work.case.obtained.order_by("pk")), papers) | {"until": until.isoformat()}
        paper = send_paper(work, PaperKind.COPIES, facts, until=until)
        CopiedItem.objects.bulk_create(CopiedItem(paper=paper, item=one) for one in papers)
        due.update(paper=paper)
    return paper


def note_reply(*, case_pk: int, said: Said, act: Act) -> CaseReply:
    """Keep what the person said, written or told, assisted or represented."""
    if not said.text.strip() or said.received_on > act.on:
        raise refuse("control.reply_incomplete", "Écrivez ce qui a été dit, et un jour qui n’est pas à venir.")
    if said.is_represented and not said.helped_by.strip():
        raise refuse("control.reply_incomplete", "Dites qui représente la personne.")
    with at_work(case_pk=case_pk, act=act, action="control.reply_noted") as work:
        if work.case.state in BEFORE_FINDINGS or work.case.state == CaseState.CLOSED:
            raise refuse("control.move_not_allowed", "Une réponse se note entre l’envoi des constats et la clôture.")
        return CaseReply.objects.create(
            case=work.case, received_on=said.received_on, form=said.form, helped_by=said.helped_by.strip()[:160],
            is_represented=said.is_represented, has_said_all=said.has_said_all, text=encrypt(said.text.strip().encode()),
            by=work.by, at=act.at,
        )  # fmt: skip


def ready_to_decide(*, case_pk: int, act: Act) -> None:
    """The delay is over, everything was told and sent: somebody may decide. Raises ActRefused with what is missing."""
    with at_work(case_pk=case_pk, act=act, action="control.ready") as work:
        work.move(CaseState.DECISION, "la personne a été informée et entendue")
