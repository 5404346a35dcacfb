"""Requests to third parties."""

from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.utils import timezone

from fraud.cases.evidence import keep_evidence
from fraud.models import ControlCase, ThirdPartyRequest
from fraud.thirdparties import fining
from fraud.thirdparties.links import token_of
from portal.accounts.models import Posting, Role, User
from portal.accounts.rights import Right, holders
from portal.letters.models import Letter, LetterJob
from portal.people.vault import encrypt
from tests.fraud.thirdparties.world import at, case_of, silent, who
from tests.portal.access import EVERYBODY, HALF, STRANGER, Line

SEE, TREAT, DIRECT = holders(Right.SEE_CONTROL), holders(Right.TREAT_CONTROL), holders(Right.DIRECT_CONTROL)
PROPOSED_ON = date(2026, 10, 5)


def _of(**names: str) -> dict[str, Any]:
    """The same things of a request of one's fund, and of another's."""
    return {
        "own": {key: f"{name}_here" for key, name in names.items()},
        "others": {key: f"{name}_elsewhere" for key, name in names.items()},
    }


LINES: dict[str, Line] = {
    "fraud:third_parties": Line(SEE),
    "fraud:third_new": Line(TREAT, 200, 404, **_of(case="third_case")),
    "fraud:third_request": Line(SEE, **_of(pk="third_request")),
    "fraud:third_letter": Line(SEE, **_of(pk="third_request", letter="third_letter")),
    # The paper of the fixture is text that anybody may mark; opening it needs no picture.
    "fraud:third_paper": Line(SEE, **_of(pk="third_request", paper="third_paper")),
    # A form without its key is none of ours; a national role reads the requests of every fund, and treats none.
    "fraud:third_act": Line(
        TREAT, 200, 404, own={"pk": "third_request_here", "code": "reponse"}, others={"pk": "third_request_elsewhere", "code": "reponse"}
    ),
    "fraud:third_fines": Line(DIRECT),
    "fraud:third_fine": Line(DIRECT, 200, 404, **_of(pk="third_fine")),
    # Without an account: the code of the letter comes first, whoever is signed in.
    "fraud:third_answer": Line(
        EVERYBODY, 200, 422, own={"token": "third_token"}, outside=200, but={STRANGER: (200, 422), HALF: (200, 422)}
    ),
    "fraud:third_answer_receipt": Line(EVERYBODY, 302, own={"token": "third_token", "key": "told_key_here"}, outside=302),
}  # fmt: skip


def objects(folder: Path, known: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for place, fund in (("here", "CAF63"), ("elsewhere", "CAF59")):
        request = _silent(case_of(f"cmg:employer:third-{place}", fund), fund)
        fine = fining.propose_fine(
            request_pk=request.pk, reason="Aucune réponse", by_pk=who("philippe").pk, on=PROPOSED_ON, at=at(PROPOSED_ON)
        )
        paper = keep_evidence(
            case_pk=request.case_id, reference=request.number, title="Relevé", content=b"Solde : 12 euros", by="x", at=timezone.now(),
            provenance={"body": "x", "system": "x", "extraction_at": "x", "officer": "x"},
        )  # fmt: skip
        found |= {
            f"third_case_{place}": request.case_id, f"third_request_{place}": request.pk, f"third_fine_{place}": fine.pk,
            f"third_paper_{place}": paper.pk, f"third_letter_{place}": _letter(request), "third_token": token_of(request),
        }  # fmt: skip
    return found


def _silent(case: ControlCase, fund: str) -> ThirdPartyRequest:
    Posting.objects.get_or_create(user=who("philippe"), role=Role.CONTROLLER, fund=fund, starts_on=date(2020, 1, 1))
    return silent(case)


def _letter(request: ThirdPartyRequest) -> int:
    """A letter as if it had been written: a PDF is made elsewhere."""
    job = LetterJob.objects.get(key=f"thirdparty:{request.number}:sent")
    return Letter.objects.create(
        job=job, number=request.number, kind=job.kind, title="x", subject=job.subject, dated=job.dated, pages=1,
        written_at=timezone.now(), sha256=sha256(b"x").hexdigest(), pdf=encrypt(b"x"), text=encrypt(b"<p>x</p>"),
    ).pk  # fmt: skip


def hold(user: User, role: Role, known: dict[str, Any]) -> None:
    """Nothing more."""
