"""An answer is kept once, whole: its words, its papers as evidence of the case, and what the person will be told of it."""

import json
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from fraud.cases.evidence import EvidenceRefused, keep_evidence
from fraud.cases.opening import note_obtained
from fraud.models import (
    THIRD_PARTY_MOVES,
    AnswerKind,
    ObtainedVia,
    Receipt,
    ThirdPartyAnswer,
    ThirdPartyRequest,
    ThirdPartyState,
)
from fraud.rules import third_party as rules
from fraud.thirdparties.moving import RequestRefused, bring, locked, note_step
from fraud.thirdparties.said import Said
from portal.accounts.letter_doors import THIRD, known_answer
from portal.accounts.models import User
from portal.audit.operations import journal
from portal.people.vault import decrypt, encrypt

T = ThirdPartyState
# Where an answer is still heard. That of a third party already fined is kept for whoever decides of its appeal.
CLOSED = (T.PREPARED, T.WITHDRAWN)
STATE_OF = {AnswerKind.GIVEN: T.ANSWERED, AnswerKind.NOT_HELD: T.ANSWERED, AnswerKind.REFUSED: T.REFUSED}


class RequestOver(Exception):
    """The request waits for no answer: nothing was kept."""


def answer(
    *, request_pk: int, said: Said, key: UUID, by_pk: int | None, day: date, at: datetime
) -> tuple[ThirdPartyAnswer, bool]:
    """Keep an answer, by the link (`by_pk` None) or noted by an officer; with whether it was known: the same form, or the
    same words and papers as the last time.

    Raises RequestOver, RequestRefused for a paper that cannot be kept, ThirdPartyRequest.DoesNotExist.
    """
    try:
        with transaction.atomic():
            found = locked(request_pk)
            if known := known_answer(found.answers.all(), key=key, digest=said.digest):
                return known, True
            if found.state in CLOSED:
                raise RequestOver
            return _keep(found, said, key, by_pk, day, at), False
    except IntegrityError as twice:
        raise RequestOver from twice


def _keep(
    request: ThirdPartyRequest, said: Said, key: UUID, by_pk: int | None, day: date, at: datetime
) -> ThirdPartyAnswer:
    by = User.objects.get(pk=by_pk).get_username() if by_pk else THIRD
    made = ThirdPartyAnswer.objects.create(
        request=request, key=key, kind=said.kind, words=encrypt(said.words.encode()) if said.words else b"",
        contact=encrypt(json.dumps(dict(said.contact), ensure_ascii=False).encode()), papers=len(said.papers),
        content_sha256=said.digest, by_link=by_pk is None, noted_by_id=by_pk, day=day, at=at,
    )  # fmt: skip
    _keep_papers(request, said, by, day, at)
    _follow(request, made, by, day, at)
    if said.kind != AnswerKind.REFUSED:
        note_obtained(
            case_pk=request.case_id, via=ObtainedVia.THIRD_PARTY, reference=f"{request.number}/{made.pk}",
            origin=f"{request.name} ({request.get_kind_display().lower()})"[:200], content=_content(request, said), on=day,
        )  # fmt: skip
    journal(
        actor=by, action="control.third_party.answered", subject=request.case.subject,
        detail={"request": request.number, "kind": said.kind, "papers": len(said.papers)}, at=at,
    )  # fmt: skip
    return made


def _keep_papers(request: ThirdPartyRequest, said: Said, by: str, day: date, at: datetime) -> None:
    officer = said.contact.get("name") or "non dit"
    for one in said.papers:
        try:
            keep_evidence(
                case_pk=request.case_id, reference=request.number, title=one.name, content=one.content, by=by, at=at,
                provenance={
                    "body": request.name, "system": "réponse à une demande", "extraction_at": day.isoformat(),
                    "officer": officer,
                },
            )  # fmt: skip
        except EvidenceRefused as refused:
            raise RequestRefused({"papers": f"{one.name} : {refused}"}) from refused


def _follow(request: ThirdPartyRequest, made: ThirdPartyAnswer, by: str, day: date, at: datetime) -> None:
    """The state after an answer; a fine that is proposed or decided keeps its own, and shows the answer beside."""
    to, reason = STATE_OF[AnswerKind(made.kind)], f"réponse : {made.get_kind_display().lower()}"
    changes: dict[str, object] = {"over_on": day} if to == T.ANSWERED else {}
    if made.by_link and request.received_on is None and request.sent_on is not None:
        changes |= {"received_on": day, "receipt": Receipt.LINK, "due_on": rules.answer_due(day)}
    if to in THIRD_PARTY_MOVES[request.state]:
        bring(request, to, by=by, on=day, at=at, reason=reason, **changes)
    else:
        note_step(request, by=by, on=day, at=at, reason=reason)


def _content(request: ThirdPartyRequest, said: Said) -> str:
    """The words of the notice owed to the person: what was asked, what was answered (CSS L. 114-21)."""
    if said.kind == AnswerKind.NOT_HELD:
        told = "L’organisme répond qu’il n’a pas ces informations."
    else:
        names = ", ".join(one.name for one in said.papers)
        told = f"Pièces reçues : {names}." if names else "Réponse écrite, sans pièce."
    words = f" Il écrit : {said.words}" if said.words else ""
    return f"Demandé : {request.asked} {told}{words}"


def words_of(made: ThirdPartyAnswer) -> str:
    return decrypt(made.words).decode() if made.words else ""


def contact_of(made: ThirdPartyAnswer) -> dict[str, str]:
    return dict(json.loads(decrypt(made.contact))) if made.contact else {}
