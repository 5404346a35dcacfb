"""What a person answers to a parent: a paper to add, yes or no, and the words that the parent reads. One answer an act.

The facts of the answer (a payment, a plan, a finding) are told on the case itself, with their effect shown first; here
only the parent is answered.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from aripa.linking import SUBJECT
from aripa.models import ActKind, AnswerKind, ParentAct, RequestDraft
from aripa.notices import tell_of_answer
from aripa.own.acts import answer_day
from aripa.own.entering import NotPossible
from aripa.own.request import subject_of
from aripa.selectors import visible
from portal.accounts.models import User
from portal.audit.operations import journal
from portal.casework.models import Attachment

WAITING = Q(answer_by__isnull=False, answered_on=None)
WORDS_LEAST, WORDS_MOST = 15, 500
# What a parent may do when a request is refused: the sentence that goes with each reason.
REFUSALS = {
    "NO_TITLE": ("Le document ne fait pas partie de ceux de l’article 373-2-2 du code civil.",
                 "Demandez au juge, ou à votre Caf ou MSA, un document exécutoire, puis refaites la demande."),
    "NOT_ENFORCEABLE": ("Le document n’est pas encore exécutoire (article 373-2-2 du code civil).",
                        "Faites-le signifier à l’autre parent, puis refaites la demande avec la preuve."),
    "NO_CASH": ("Le document ne fixe aucune pension en argent (article 373-2-2 du code civil).",
                "Seul un juge peut fixer une somme : saisissez le juge aux affaires familiales."),
    "RESIDENCE": ("Une condition de résidence en France n’est pas remplie (articles L. 512-1 et L. 582-1).",
                  "Refaites la demande si la situation change. La pension reste due et se paie directement."),
    "TWICE": ("Un dossier est déjà ouvert pour cette pension.",
              "Reliez-le à votre compte avec le numéro inscrit sur nos courriers."),
}  # fmt: skip


@dataclass(frozen=True)
class Answered:
    """One answer: what it says, the words for the parent, and the form it comes from."""

    answer: AnswerKind
    words: str
    key: UUID


def waiting(user: User, day: date) -> QuerySet[ParentAct]:
    """The acts that wait for a person, among the user's cases. A request has no fund before it is admitted: whoever sees
    pensions sees it."""
    own = visible(user, day).values("case_no")
    return ParentAct.objects.filter(WAITING).filter(Q(kind=ActKind.REQUEST) | Q(case_no__in=own))


def papers_of(act: ParentAct) -> QuerySet[Attachment]:
    """What came with the act, and what was added since; a request's papers are its draft's too."""
    about = Q(about=f"aripa.act:{act.pk}")
    if act.kind == ActKind.REQUEST:
        draft = RequestDraft.objects.filter(key=act.key).first()
        about |= Q(subject=subject_of(draft)) if draft else Q()
    return Attachment.objects.filter(about).defer("content").order_by("pk")


def act_of(paper: Attachment) -> int | None:
    """The act that a paper came with; None for a paper of something else."""
    space, _, number = paper.about.partition(":")
    if space == "aripa.act" and number.isdecimal():
        return int(number)
    space, _, number = paper.subject.rpartition(":")
    draft = RequestDraft.objects.filter(pk=number).first() if space == "aripa:request" and number.isdecimal() else None
    act = ParentAct.objects.filter(key=draft.key).first() if draft else None
    return act.pk if act else None


def answer(*, act_pk: int, said: Answered, by: User, at: datetime, on: date) -> tuple[ParentAct, bool]:
    """Answer an act; returns it, and whether this form had answered it before.

    Raises NotPossible when the words are too short, or when somebody answered first: nothing is written then.
    """
    with transaction.atomic():
        act = ParentAct.objects.select_for_update(of=("self",)).get(pk=act_pk)
        if act.answer_key == said.key:
            return act, True
        if act.answered_on is not None or act.answer_by is None:
            raise NotPossible("Cette demande a déjà sa réponse. Rien n’a été écrit deux fois.")
        if len(said.words.strip()) < WORDS_LEAST:
            raise NotPossible("Écrivez au parent une phrase entière : ce qui est décidé, et pourquoi.")
        _write(act, said, by, on)
        if act.kind == ActKind.ALREADY_PAID and act.answered_on:
            _with_its_confirmation(act, said, by, on)
        journal(
            actor=by.get_username(), action="aripa.parent_answered", subject=_subject(act),
            detail={"act": act.pk, "kind": act.kind, "answer": said.answer}, at=at,
        )  # fmt: skip
        tell_of_answer(act)
    return act, False


def _write(act: ParentAct, said: Answered, by: User, on: date) -> None:
    act.answer, act.answer_words, act.answer_key, act.answered_by = said.answer, said.words.strip(), said.key, by
    if said.answer == AnswerKind.PAPERS:
        act.answer_by = answer_day(on)
    else:
        act.answered_on = on
    act.answer_words = act.answer_words[:WORDS_MOST]
    act.save(update_fields=["answer", "answer_words", "answer_key", "answered_by", "answer_by", "answered_on"])


def _with_its_confirmation(act: ParentAct, said: Answered, by: User, on: date) -> None:
    """What the other parent said of the same payment has its answer with it."""
    theirs = ParentAct.objects.filter(WAITING, case_no=act.case_no, facts__about=act.pk)
    theirs.update(answer=said.answer, answered_on=on, answered_by=by)


def _subject(act: ParentAct) -> str:
    return f"aripa:case:{act.case_no}" if act.case_no else SUBJECT + act.parent_no
