"""Everything that somebody could try on an envelope: each is refused by its name, kept as a hash, and journaled."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws
from joserfc.jws import JWSRegistry

from fraud.directory.operations import revoke as revoke_designation
from fraud.envelopes import jose, keys
from fraud.envelopes.certificates import certify, pem
from fraud.envelopes.content import Document, pack, payload_of
from fraud.envelopes.receiving import receive
from fraud.envelopes.sealing import bytes_most, now, sealed, told
from fraud.models import (
    AuthorisedOfficer,
    BodyKey,
    BodyNature,
    ExchangeBody,
    KeyUse,
    OfficerCategory,
    ReceivedEnvelope,
    RefusedEnvelope,
)
from portal.accounts.models import Posting
from portal.audit.models import JournalEntry
from tests.fraud.envelopes.scene import (
    AGENCY,
    CAF,
    DAY,
    MESSAGE,
    NOON,
    SINCE,
    make_body,
    make_keys,
    make_officer,
    paper,
    root,
)


@dataclass
class Craft:
    """An envelope made by hand, with anything in it changed."""

    officer: AuthorisedOfficer
    documents: list[Document] = field(default_factory=lambda: [paper()])
    changes: dict[str, Any] = field(default_factory=dict)

    def payload(self) -> dict[str, Any]:
        said = payload_of(
            envelope_id=uuid4(), sender=CAF, recipient=AGENCY, officer=told(self.officer), sent_at=now(), sequence=1,
            message=MESSAGE, documents=self.documents,
        )  # fmt: skip
        return said | self.changes

    def signed(self, by: str = CAF) -> str:
        key = keys.key_of(body_code=by, use=KeyUse.SIGN, at=now())
        return jose.sign(self.payload(), keys.private_of(key), key.kid, jose.ENVELOPE)

    def sealed(self, signed: str = "", documents: list[Document] | None = None, recipient: str = AGENCY) -> bytes:
        inner = pack(signed or self.signed(), self.documents if documents is None else documents)
        return sealed(inner, recipient=recipient, at=now())


def raw(header: dict[str, Any], payload: bytes, signature: bytes = b"x" * 64) -> str:
    parts = (json.dumps(header).encode(), payload, signature)
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def signing_kid(body: str = CAF) -> str:
    return BodyKey.objects.get(body=body, use=KeyUse.SIGN).kid


def replayed(one: Craft) -> bytes:
    """The same number sealed anew: other bytes, so not a second posting of the first."""
    signed = one.signed()
    assert receive(one.sealed(signed), client="").code in ("", "UNKNOWN_KIND")
    return one.sealed(signed)


def altered(one: Craft) -> bytes:
    content = bytearray(one.sealed())
    middle = content.index(b".", content.index(b".") + 1) + 200
    content[middle] = ord("A") if content[middle] != ord("A") else ord("B")
    return bytes(content)


def payload_altered(one: Craft) -> bytes:
    head, _payload, tail = one.signed().split(".")
    other = base64.urlsafe_b64encode(json.dumps(one.payload() | {"sequence": 9}).encode()).rstrip(b"=").decode()
    return one.sealed(f"{head}.{other}.{tail}")


def document_swapped(one: Craft) -> bytes:
    """Other bytes under the hash that was signed."""
    signed = one.signed()
    contents = {one.documents[0].sha256: base64.b64encode(b"%PDF faux").decode()}
    inner = json.dumps({"signed": signed, "contents": contents}).encode()
    return sealed(inner, recipient=AGENCY, at=now())


def alg_none(one: Craft) -> bytes:
    payload = json.dumps(one.payload()).encode()
    return one.sealed(raw({"alg": "none", "kid": signing_kid(), "typ": jose.ENVELOPE}, payload))


def public_key_as_secret(one: Craft) -> bytes:
    """HS256 with the public key, that everybody has, as the secret."""
    public = keys.public_of(BodyKey.objects.get(kid=signing_kid())).public_key
    secret = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    header = {"alg": "HS256", "kid": signing_kid(), "typ": jose.ENVELOPE}
    unsigned = raw(header, json.dumps(one.payload()).encode()).rpartition(".")[0]
    tag = hmac.new(secret, unsigned.encode(), hashlib.sha256).digest()
    return one.sealed(f"{unsigned}.{base64.urlsafe_b64encode(tag).rstrip(b'=').decode()}")


def key_in_the_header(one: Craft) -> bytes:
    own = jose.new_key()
    header = {"alg": "ES256", "kid": signing_kid(), "typ": jose.ENVELOPE, "jwk": own.as_dict(private=False)}
    return one.sealed(jws.serialize_compact(header, json.dumps(one.payload()), own, registry=_loose()))


def _loose() -> JWSRegistry:
    return JWSRegistry(algorithms=["ES256"], strict_check_header=False)


def critical_header(one: Craft) -> bytes:
    header = {"alg": "ES256", "kid": signing_kid(), "typ": jose.ENVELOPE, "crit": ["exp"], "exp": 1}
    return one.sealed(raw(header, json.dumps(one.payload()).encode()))


def unknown_key_same_name(one: Craft) -> bytes:
    """Signed by a key of one's own, under the name of the sender's."""
    return one.sealed(jose.sign(one.payload(), jose.new_key(), signing_kid(), jose.ENVELOPE))


def written_twice(one: Craft) -> bytes:
    payload = json.dumps(one.payload())[:-1] + ', "sender": "CAF43"}'
    key = keys.key_of(body_code=CAF, use=KeyUse.SIGN, at=now())
    header = {"alg": "ES256", "kid": key.kid, "typ": jose.ENVELOPE}
    return one.sealed(jws.serialize_compact(header, payload, keys.private_of(key), algorithms=["ES256"]))


def changed(**changes: Any) -> Callable[[Craft], bytes]:
    def attack(one: Craft) -> bytes:
        one.changes = changes
        return one.sealed()

    return attack


def forged_provenance(one: Craft) -> bytes:
    one.documents = [Document("facture.pdf", "application/pdf", b"%PDF", "FICOBA", NOON, body="DGFIP")]
    return one.sealed()


def receipt_as_envelope(one: Craft) -> bytes:
    key = keys.key_of(body_code=CAF, use=KeyUse.SIGN, at=now())
    return one.sealed(jose.sign(one.payload(), keys.private_of(key), key.kid, jose.RECEIPT))


def officer_of_the_wrong_body(one: Craft) -> bytes:
    one.officer = AuthorisedOfficer.objects.get(body=AGENCY)
    return one.sealed()


def officer_beautified(one: Craft) -> bytes:
    """The act is real, its dates are not."""
    one.changes = {"officer": told(one.officer) | {"valid_to": "2030-01-01"}}
    return one.sealed()


def revoked_today(one: Craft) -> bytes:
    content = one.sealed()
    revoke_designation(officer_pk=one.officer.pk, on=DAY, reason="a quitté le service", by="test")
    return content


def left_the_post(one: Craft) -> bytes:
    content = one.sealed()
    Posting.objects.filter(user=one.officer.user).update(ends_on=DAY)
    return content


def expired_yesterday(one: Craft) -> bytes:
    one.officer = make_officer(CAF, OfficerCategory.SCHEME_CONTROL, "expired", act_no="2025-9", valid_to=DAY)
    return one.sealed()


def expired_since_it_was_sent(one: Craft) -> bytes:
    """In force on the day of sending, over on the day of receipt."""
    one.officer = make_officer(CAF, OfficerCategory.SCHEME_CONTROL, "ending", act_no="2025-8", valid_to=DAY)
    one.changes = {"sent_at": (now() - timedelta(days=1)).isoformat()}
    return one.sealed()


def key_revoked(one: Craft) -> bytes:
    content = one.sealed()
    keys.revoke(kid=signing_kid(), at=now() - timedelta(hours=1), by="test")
    return content


def key_over(one: Craft) -> bytes:
    make_keys(CAF, valid_from=NOON - timedelta(days=400), days=365)
    key = BodyKey.objects.filter(body=CAF, use=KeyUse.SIGN).latest("pk")
    return one.sealed(jose.sign(one.payload(), keys.private_of(key), key.kid, jose.ENVELOPE))


def body_that_is_no_more(one: Craft) -> bytes:
    content = one.sealed()
    ExchangeBody.objects.filter(code=CAF).update(until=DAY)
    return content


ATTACKS: list[tuple[str, Callable[[Craft], bytes], str]] = [
    ("the same envelope sealed a second time", replayed, "REPLAYED"),
    ("a bit of the sealed content changed", altered, "ALTERED"),
    ("the signed message changed", payload_altered, "BAD_SIGNATURE"),
    ("a document swapped under its hash", document_swapped, "DOCUMENT_ALTERED"),
    ("a document removed", lambda one: one.sealed(documents=[]), "DOCUMENT_MISSING"),
    ("a document added", lambda one: one.sealed(documents=[paper(), paper(b"de plus")]), "DOCUMENT_ADDED"),
    ("a document said to come from another body", forged_provenance, "FORGED_PROVENANCE"),
    ("no signature at all", alg_none, "FORBIDDEN_ALGORITHM"),
    ("the public key as a shared secret", public_key_as_secret, "FORBIDDEN_ALGORITHM"),
    ("one’s own key in the header", key_in_the_header, "FORBIDDEN_HEADER"),
    ("a header that must be understood", critical_header, "FORBIDDEN_HEADER"),
    ("a receipt sent as an envelope", receipt_as_envelope, "FORBIDDEN_HEADER"),
    ("one’s own key under the sender’s name", unknown_key_same_name, "BAD_SIGNATURE"),
    ("another body’s key", lambda one: one.sealed(one.signed(by=AGENCY)), "WRONG_KEY"),
    ("a field written twice", written_twice, "DUPLICATE_KEYS"),
    ("a sender that nobody knows", changed(sender="CAF99"), "UNKNOWN_SENDER"),
    ("a sender merged into another body", body_that_is_no_more, "UNKNOWN_SENDER"),
    ("written to another body", changed(recipient=CAF), "WRONG_RECIPIENT"),
    ("a field missing", changed(officer={}), "MALFORMED"),
    ("dated before the tolerance", changed(sent_at="2026-10-01T10:00:00+02:00"), "TOO_OLD"),
    ("dated tomorrow", changed(sent_at="2026-10-27T10:00:00+01:00"), "IN_THE_FUTURE"),
    ("an hour without its zone", changed(sent_at="2026-10-26T10:00:00"), "MALFORMED"),
    ("an officer of the recipient’s", officer_of_the_wrong_body, "NOT_DESIGNATED"),
    ("an officer whose act says more than the directory", officer_beautified, "NOT_DESIGNATED"),
    ("a designation withdrawn today", revoked_today, "REVOKED"),
    ("an officer who left", left_the_post, "LEFT_THE_POST"),
    ("a designation that ended yesterday", expired_yesterday, "EXPIRED"),
    ("a designation that ended on the way", expired_since_it_was_sent, "EXPIRED"),
    ("a revoked key", key_revoked, "KEY_REVOKED"),
    ("a key past its date", key_over, "KEY_NOT_IN_FORCE"),
    ("no envelope", lambda _one: b"bonjour", "MALFORMED"),
    ("bytes", lambda _one: b"\xff\xfe\x00", "MALFORMED"),
    ("too large", lambda _one: b"x" * (bytes_most(now()) + 1), "OVERSIZED"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "attack", "code"), ATTACKS, ids=[one[0] for one in ATTACKS])
def test_an_attack_is_refused_kept_and_journaled(officers, received, said, attack, code):
    content = attack(Craft(officers[0]))
    before = ReceivedEnvelope.objects.count(), len(received)

    answer = receive(content, client="")

    assert answer.code == code, said
    assert (ReceivedEnvelope.objects.count(), len(received)) == before
    kept = RefusedEnvelope.objects.get()
    assert (kept.code, kept.size) == (code, len(content))
    told_of = JournalEntry.objects.get(action="control.envelope_refused")
    assert told_of.subject == f"sha256:{kept.sha256}"


def test_the_look_alike_of_every_attack_enters(officers, received):
    assert receive(Craft(officers[0]).sealed(), client="").code == ""
    assert len(received) == 1


def test_an_envelope_for_a_body_that_is_not_here_cannot_be_opened(officers, received):
    make_body("DGFIP", BodyNature.STATE, is_here=False, endpoint="https://dgfip.example")
    private = jose.new_key()
    root_key, certificate = root()
    made = certify(
        private.public_key, body="DGFIP", use=KeyUse.ENCRYPT, valid_from=SINCE, valid_to=SINCE + timedelta(days=365),
        root=certificate, root_key=root_key,
    )  # fmt: skip
    keys.install(certificates=pem([made]), by="test")

    answer = receive(Craft(officers[0]).sealed(recipient="DGFIP"), client="")

    assert (answer.code, answer.receipt) == ("WRONG_RECIPIENT", "")


def test_an_envelope_sealed_for_us_and_written_to_another_is_not_ours(officers, received):
    """Who received it honestly could seal it again for somebody else, who would believe that it was written to them."""
    make_body("CAF43", BodyNature.SCHEME)
    make_keys("CAF43")

    assert receive(Craft(officers[0]).sealed(recipient="CAF43"), client="").code == "WRONG_RECIPIENT"


def test_the_same_refused_bytes_are_counted_and_kept_once(officers, received):
    content = altered(Craft(officers[0]))

    for _time in range(3):
        receive(content, client="")

    assert RefusedEnvelope.objects.get().times == 3


@pytest.mark.parametrize(
    ("minutes", "code"), [(5, ""), (6, "IN_THE_FUTURE"), (-96 * 60, ""), (-96 * 60 - 1, "TOO_OLD")]
)
def test_a_clock_may_be_late_or_early_within_the_tolerance(officers, received, settings, minutes, code):
    content = Craft(officers[0], changes={"sent_at": (NOON + timedelta(minutes=minutes)).isoformat()}).sealed()
    settings.PORTAL_DAY = None

    assert receive(content, client="", at=NOON).code == code


def test_a_certificate_of_another_body_does_not_bring_the_envelope(officers, received):
    content = Craft(officers[0]).sealed()

    assert receive(content, client="CAF43").code == "WRONG_CLIENT"
    assert receive(content, client=CAF).code == ""


def test_the_day_of_paris_decides_not_that_of_greenwich(officers, received):
    """At half past midnight in Paris it is still yesterday in Greenwich: a designation that ended yesterday is over."""
    ending = make_officer(CAF, OfficerCategory.SCHEME_CONTROL, "midnight", act_no="2025-7", valid_to=date(2026, 10, 26))
    at = NOON.replace(hour=0, minute=30)

    content = Craft(ending, changes={"sent_at": at.isoformat()}).sealed()

    assert receive(content, client="", at=at).code == "EXPIRED"
