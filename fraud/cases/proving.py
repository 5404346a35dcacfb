"""A paper added to a case by hand: from the person, from the fund, or from somebody else, whose words are then told."""

from dataclasses import dataclass
from datetime import date

from fraud.cases.acting import Act, at_work, refuse
from fraud.cases.evidence import EvidenceRefused, keep_evidence
from fraud.cases.opening import note_obtained
from fraud.cases.standing import THE_PERSON
from fraud.models import EvidenceItem, ObtainedVia

GIVEN_BY = {"PERSON": "La personne", "FUND": "La caisse", "OTHER": "Quelqu’un d’autre"}


@dataclass(frozen=True)
class Piece:
    """A document as it is handed: who gave it (PERSON, FUND or OTHER; `body` names others), and what it says of the person."""

    title: str
    content: bytes
    given_by: str
    body: str
    dated: date
    says: str = ""


def add_piece(*, case_pk: int, piece: Piece, act: Act) -> EvidenceItem:
    """Keep it with its provenance. What somebody else gave is noted for the notice of L. 114-21. Raises ActRefused."""
    if piece.dated > act.on or piece.given_by not in GIVEN_BY:
        raise refuse("control.piece_incomplete", "Dites qui a donné cette pièce, et un jour qui n’est pas à venir.")
    is_of_others = piece.given_by == "OTHER"
    if is_of_others and not (piece.body.strip() and piece.says.strip()):
        raise refuse(
            "control.piece_of_whom", "D’un tiers, dites qui et ce que dit la pièce : la personne doit le savoir."
        )
    with at_work(case_pk=case_pk, act=act, action="control.piece_added") as work:
        body = {"PERSON": THE_PERSON, "FUND": work.case.fund, "OTHER": piece.body.strip()[:160]}[piece.given_by]
        reference = f"PIECE-{work.case.number}-{work.case.evidence.count() + 1}"
        provenance = {
            "body": body, "system": "remise à la caisse", "extraction_at": piece.dated.isoformat(),
            "officer": work.person.full_name,
        }  # fmt: skip
        try:
            kept = keep_evidence(
                case_pk=case_pk, reference=reference, title=piece.title, content=piece.content, provenance=provenance,
                by=work.by, at=act.at,
            )  # fmt: skip
        except EvidenceRefused as refused:
            raise refuse("control.piece_refused", str(refused)) from refused
        if is_of_others:
            note_obtained(
                case_pk=case_pk, via=ObtainedVia.THIRD_PARTY, reference=reference, origin=body,
                content=piece.says.strip()[:1000], on=piece.dated,
            )  # fmt: skip
    return kept
