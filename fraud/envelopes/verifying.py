"""Proving an exchange from its file alone: no database, no network, no word of the portal that made it."""

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from fraud.envelopes import jose
from fraud.envelopes.certificates import SIGN, Certified, ChainRefused, certified
from fraud.envelopes.content import Opened, opened, sha256
from fraud.envelopes.receipt import Receipt, said
from fraud.envelopes.refusals import SENTENCES, EnvelopeRefused
from fraud.rules.designation import latest_end, opened_on
from portal.legislation.parameters import NoParameterInForce

FORMAT = "portail-preuve-echange/1"
FIELDS = {"format", "signed", "receipt", "sha256", "contents", "certificates"}
PARIS = ZoneInfo("Europe/Paris")


class NotAProof(ValueError):
    """The file is not one by which an exchange is proven."""


@dataclass(frozen=True)
class Check:
    """One thing that was looked at, and whether it holds."""

    holds: bool
    told: str


@dataclass(frozen=True)
class Proof:
    """A file as it was read; `payload` is what it says of itself, signed or not."""

    signed: str
    receipt: str
    contents: Mapping[str, bytes]
    certificates: Mapping[str, str]
    payload: Mapping[str, Any]


def read(content: bytes) -> Proof:
    """The file. Raises NotAProof."""
    try:
        found = jose.strict(content)
        if not isinstance(found, dict) or set(found) != FIELDS or found["format"] != FORMAT:
            raise NotAProof("Ce fichier n’est pas la preuve d’un échange.")
        contents = {name: base64.b64decode(text, validate=True) for name, text in found["contents"].items()}
        payload = jose.payload_before_proof(found["signed"])
        return Proof(found["signed"], found["receipt"], contents, found["certificates"], payload)
    except (EnvelopeRefused, AttributeError, TypeError, binascii.Error) as wrong:
        raise NotAProof("Ce fichier n’est pas la preuve d’un échange.") from wrong


def verify(proof: Proof, roots: str) -> list[Check]:
    """Every check, in the order in which one reads them. What depends on something false is false too."""
    return [*_signature(proof, roots), *_documents(proof), _whole(proof), _officer(proof), *_receipt(proof, roots)]


def _tried(told: str, look: Callable[[], str]) -> Check:
    """`look` returns what it found, or raises what is false."""
    try:
        return Check(True, f"{told} : {look()}")
    except (EnvelopeRefused, ChainRefused) as false:
        return Check(False, f"{told} : {false}")
    except (KeyError, ValueError, TypeError, AttributeError):
        return Check(False, f"{told} : {SENTENCES['MALFORMED']}")


def _signer(proof: Proof, compact: str, kind: str, body: str, at: datetime, roots: str) -> Certified:
    """Whose certificate signed `compact`: that body's, for signing, valid then, by a root that is trusted."""
    kid = jose.kid_of_signed(compact, kind)
    if kid not in proof.certificates:
        raise ChainRefused("Le certificat du signataire manque.")
    found = certified(proof.certificates[kid], roots, at)
    if jose.thumbprint(found.key) != kid or found.use != SIGN:
        raise ChainRefused("Le certificat n’est pas celui de la clé qui a signé.")
    if found.body != body:
        raise ChainRefused(f"Le certificat est celui de {found.body}, pas de {body}.")
    return found


def _signature(proof: Proof, roots: str) -> list[Check]:
    def chain() -> str:
        signer = _signer(proof, proof.signed, jose.ENVELOPE, proof.payload["sender"], _sent_at(proof), roots)
        return f"{signer.body}, empreinte {signer.fingerprint[:16]}…, valable le {_told(_sent_at(proof))}"

    def signature() -> str:
        kid = jose.kid_of_signed(proof.signed, jose.ENVELOPE)
        public = certified(proof.certificates[kid], roots, None).key
        payload = jose.verified(proof.signed, public)
        return f"{payload['sender']} à {payload['recipient']}, n° {payload['id']}, le {_told(_sent_at(proof))}"

    return [_tried("Certificat de l’émetteur", chain), _tried("Signature de l’enveloppe", signature)]


def _documents(proof: Proof) -> list[Check]:
    said_of = proof.payload.get("documents")
    if not isinstance(said_of, list):
        return [Check(False, f"Documents : {SENTENCES['MALFORMED']}")]

    def one(document: Mapping[str, Any]) -> str:
        content = proof.contents.get(document["sha256"])
        if content is None:
            raise EnvelopeRefused("DOCUMENT_MISSING")
        if sha256(content) != document["sha256"] or len(content) != document["size"]:
            raise EnvelopeRefused("DOCUMENT_ALTERED")
        if document["provenance"]["body"] != proof.payload["sender"]:
            raise EnvelopeRefused("FORGED_PROVENANCE")
        source = document["provenance"]
        return (
            f"empreinte {document['sha256'][:16]}…, extrait de {source['system']} ({source['body']}) par {source['officer']}, "
            f"le {_told(datetime.fromisoformat(source['extraction_at']))}"
        )

    return [_tried(f"Document « {_name(document)} »", partial(one, document)) for document in said_of]


def _name(document: Any) -> str:
    return str(document.get("name", "?")) if isinstance(document, dict) else "?"


def _whole(proof: Proof) -> Check:
    """Nothing added, no field missing."""
    return _tried("Contenu complet", lambda: f"{len(_opened(proof).documents)} document(s), rien d’ajouté")


def _opened(proof: Proof) -> Opened:
    return opened(proof.payload, proof.contents)


def _officer(proof: Proof) -> Check:
    def held() -> str:
        officer, day = proof.payload["officer"], _sent_at(proof).astimezone(PARIS).date()
        since, until = date.fromisoformat(officer["valid_from"]), date.fromisoformat(officer["valid_to"])
        if date.fromisoformat(officer["act_dated"]) < opened_on(officer["category"]):
            raise EnvelopeRefused("NOT_OPEN_YET")
        if until > latest_end(since):
            raise EnvelopeRefused("TOO_LONG")
        if not since <= day < until:
            raise EnvelopeRefused("NOT_YET" if day < since else "EXPIRED")
        return (
            f"{officer['first_name']} {officer['last_name']}, acte n° {officer['act_no']} de {officer['signatory']}, "
            f"en vigueur ce jour"
        )

    try:
        return _tried("Désignation de l’agent", held)
    except NoParameterInForce:
        return Check(False, f"Désignation de l’agent : {SENTENCES['NOT_OPEN_YET']}")


def _receipt(proof: Proof, roots: str) -> list[Check]:
    if not proof.receipt:
        return [Check(False, "Accusé de réception : il n’y en a pas, rien ne prouve que l’enveloppe soit arrivée.")]

    def receipt() -> str:
        found = said(jose.payload_before_proof(proof.receipt))
        signer = _signer(proof, proof.receipt, jose.RECEIPT, proof.payload["recipient"], found.at, roots)
        jose.verified(proof.receipt, signer.key)
        _of_this_envelope(found, proof)
        how = f"refusée ({found.code})" if found.code else "acceptée"
        return f"{signer.body} l’a {how} le {_told(found.at)}"

    return [_tried("Accusé de réception", receipt)]


def _of_this_envelope(found: Receipt, proof: Proof) -> None:
    if found.signed and (found.envelope_id, found.signed) != (proof.payload["id"], sha256(proof.signed.encode())):
        raise EnvelopeRefused("ALTERED")
    # Refused before it was opened: such a receipt names only what was posted.
    if not found.signed and found.code == "":
        raise EnvelopeRefused("MALFORMED")


def _sent_at(proof: Proof) -> datetime:
    found = datetime.fromisoformat(proof.payload["sent_at"])
    if found.tzinfo is None:
        raise EnvelopeRefused("MALFORMED")
    return found


def _told(at: datetime) -> str:
    return f"{at.astimezone(PARIS):%d/%m/%Y à %H h %M}"
