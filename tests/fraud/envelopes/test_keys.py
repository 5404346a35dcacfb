"""Keys: made, asked for and certified, rotated with an overlap, revoked; entries of the directory given and taken in."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from django.core.management import CommandError, call_command
from django.db import connection

from fraud.envelopes import certificates, jose, keys
from fraud.envelopes.certificates import ChainRefused
from fraud.envelopes.directory_file import EntryRefused, export, take_in
from fraud.envelopes.sealing import now
from fraud.envelopes.sending import deliver, send
from fraud.models import AuthorisedOfficer, BodyKey, BodyNature, ExchangeBody, KeyUse, OutgoingState
from tests.fraud.envelopes.scene import AGENCY, CAF, DAY, MESSAGE, SINCE, make_body, root, trust


def test_a_rotated_key_and_the_one_before_both_serve(officers, received):
    key, certificate = root()
    before = BodyKey.objects.get(body=CAF, use=KeyUse.SIGN)
    early = {"body_code": CAF, "use": KeyUse.SIGN, "root": certificate, "root_key": key, "by": "test"}
    assert keys.rotate(at=before.valid_to - timedelta(days=31), **early) is None
    sent_before = send(message=MESSAGE, documents=[], sender=CAF, recipient=AGENCY, officer_pk=officers[0].pk)

    made = keys.new_key(**early | {"valid_from": now() - timedelta(minutes=1)})
    sent_after = send(message=MESSAGE, documents=[], sender=CAF, recipient=AGENCY, officer_pk=officers[0].pk)

    assert keys.key_of(body_code=CAF, use=KeyUse.SIGN, at=now()) == made
    assert {deliver(envelope_pk=one.pk).state for one in (sent_before, sent_after)} == {OutgoingState.ACCEPTED}
    assert keys.rotate(at=before.valid_to - timedelta(days=1), **early) is None, "the new one lasts"


def test_a_key_waits_for_the_certificate_that_the_authority_gives(officers):
    asked = keys.new_request(body_code=CAF, use=KeyUse.SIGN, by="test")
    assert keys.key_of(body_code=CAF, use=KeyUse.SIGN, at=now()) != asked
    request = x509.load_pem_x509_csr(asked.request.encode())
    key, certificate = root()
    days = {"valid_from": SINCE + timedelta(days=1), "valid_to": SINCE + timedelta(days=500)}
    chain = certificates.certify(
        request.public_key(), body=CAF, use="SIGN", root=certificate, root_key=key, **days
    )  # fmt: skip

    installed = keys.install(certificates=certificates.pem([chain]), by="test")

    assert installed == asked
    assert keys.key_of(body_code=CAF, use=KeyUse.SIGN, at=now()) == asked
    wrong = certificates.certify(request.public_key(), body=AGENCY, use="SIGN", root=certificate, root_key=key, **days)
    with pytest.raises(ChainRefused, match="un autre organisme"):
        keys.install(certificates=certificates.pem([wrong]), by="test")


def test_a_certificate_of_an_unknown_authority_or_for_two_uses_is_refused(officers):
    own_key, own_root = certificates.make_root("Inconnue", valid_from=SINCE, days=900)
    made = jose.new_key()
    days = {"valid_from": SINCE, "valid_to": SINCE + timedelta(days=300)}
    chain = certificates.certify(made.public_key, body=CAF, use="SIGN", root=own_root, root_key=own_key, **days)
    with pytest.raises(ChainRefused, match="aucune autorité"):
        keys.install(certificates=certificates.pem([chain, own_root]), by="test")
    # A body's own certificate, quite genuine, certifies nobody else.
    key, certificate = root()
    genuine = certificates.certify(made.public_key, body=CAF, use="SIGN", root=certificate, root_key=key, **days)
    below = certificates.certify(
        jose.new_key().public_key, body=AGENCY, use="SIGN", root=genuine, root_key=made.private_key, **days
    )
    with pytest.raises(ChainRefused, match="aucune autorité"):
        keys.install(certificates=certificates.pem([below, genuine]), by="test")
    with pytest.raises(ChainRefused):
        keys.install(certificates="bonjour", by="test")


@pytest.fixture
def entry(officers: Any) -> bytes:
    """The agency's entry, as another portal would be given it."""
    return export(body_code=AGENCY, endpoint="https://agence.example", at=now())


@pytest.fixture
def elsewhere(entry: bytes, settings: Any, tmp_path: Path) -> bytes:
    """The same, here where the agency is another's: tables as they would be in the other portal."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("DELETE FROM fraud_bodykey; DELETE FROM fraud_authorisedofficer; DELETE FROM fraud_exchangebody")
        cursor.execute("SET session_replication_role = origin")
    make_body(CAF, BodyNature.SCHEME)
    return entry


def test_an_entry_brings_a_body_its_keys_and_its_officers_and_twice_is_once(elsewhere):
    for _time in range(2):
        body = take_in(elsewhere, at=now(), by="test")

    assert (body.code, body.is_here, body.endpoint) == (AGENCY, False, "https://agence.example")
    assert BodyKey.objects.filter(body=AGENCY, private=None).count() == 2
    officer = AuthorisedOfficer.objects.get(body=AGENCY)
    assert (officer.user, officer.act_no, officer.scopes) == (None, "2025-17", ["CHILDCARE", "HEALTH"])


def test_an_entry_never_gives_back_what_was_withdrawn(elsewhere):
    take_in(elsewhere, at=now(), by="test")
    AuthorisedOfficer.objects.update(revoked_on=DAY)
    keys.revoke(kid=BodyKey.objects.filter(body=AGENCY, use="ENCRYPT").get().kid, at=now(), by="test")

    take_in(elsewhere, at=now(), by="test")

    assert AuthorisedOfficer.objects.get().revoked_on == DAY
    assert BodyKey.objects.filter(body=AGENCY, revoked_at=None).count() == 1


def test_an_entry_speaks_for_its_own_body_alone(entry):
    with pytest.raises(EntryRefused, match="tenu ici"):
        take_in(entry, at=now(), by="test")
    found = json.loads(entry)
    caf = keys.key_of(body_code=CAF, use=KeyUse.SIGN, at=now())
    payload = jose.payload_before_proof(found["signed"])
    found |= {
        "signed": jose.sign(payload, keys.private_of(caf), caf.kid, jose.DIRECTORY),
        "certificates": caf.certificates,
    }
    with pytest.raises(EntryRefused, match="un autre organisme que le sien"):
        take_in(json.dumps(found).encode(), at=now(), by="test")
    with pytest.raises(EntryRefused):
        take_in(b"{}", at=now(), by="test")


def test_the_commands_make_what_an_installation_needs(db, settings, tmp_path):
    trust(settings, tmp_path)
    settings.PORTAL_EXCHANGE_ROOTS = str(tmp_path / "own" / "roots.pem")
    make_body(CAF, BodyNature.SCHEME)
    out = StringIO()

    call_command("exchange_keys", "root", stdout=out)
    call_command("exchange_keys", "root", stdout=out)
    call_command("exchange_keys", "create", "--body", CAF, stdout=out)
    call_command("exchange_keys", "rotate", "--body", CAF, stdout=out)
    call_command("exchange_keys", "request", "--body", CAF, "--use", "SIGN", stdout=out)
    call_command("exchange_keys", "revoke", BodyKey.objects.filter(use="ENCRYPT").get().kid, stdout=out)
    call_command("exchange_keys", "list", stdout=out)
    call_command("exchange_directory", "export", tmp_path / "fiche", body=CAF, stdout=out)

    assert (tmp_path / "own" / "root-key.pem").stat().st_mode & 0o077 == 0
    for told in ("rien à faire", "BEGIN CERTIFICATE REQUEST", "attend son certificat", "révoquée le 26/10/2026"):
        assert told in out.getvalue()
    with pytest.raises(CommandError) as refused:
        call_command("exchange_directory", "import", tmp_path / "fiche", stdout=out)
    assert refused.value.returncode == 2
    assert ExchangeBody.objects.count() == 1
