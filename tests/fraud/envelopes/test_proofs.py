"""A proof, verified from its file alone: without a database, without a network, in another process."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command

from fraud.envelopes import certificates, jose, keeping, keys
from fraud.envelopes.proof import NoSuchExchange, forget_content, proof_of
from fraud.envelopes.sealing import now
from fraud.envelopes.sending import deliver, send
from fraud.envelopes.verifying import NotAProof, read, verify
from fraud.models import OutgoingEnvelope, ReceivedEnvelope
from tests.fraud.envelopes.scene import AGENCY, CAF, MESSAGE, paper, root

# What no process that only proves may do: the commands of the portal are run with every socket shut.
SHUT = """
import runpy, socket, sys
def shut(*args, **kwargs):
    raise AssertionError("a socket was opened")
socket.socket.connect = socket.socket.connect_ex = socket.create_connection = socket.getaddrinfo = shut
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.fixture
def proof(officers: Any, received: Any) -> bytes:
    envelope = send(
        message=MESSAGE, documents=[paper()], sender=CAF, recipient=AGENCY, officer_pk=officers[0].pk
    )  # fmt: skip
    deliver(envelope_pk=envelope.pk)
    return proof_of(envelope.envelope_id, holder=CAF)


@pytest.fixture
def pem() -> str:
    return certificates.pem([root()[1]])


def test_everything_is_proven(proof, pem):
    checks = verify(read(proof), pem)

    assert [check.told for check in checks if not check.holds] == []
    assert len(checks) == 6
    assert "extrait de CRISTAL (CAF63) par Ève Sender" in checks[2].told


def test_the_command_needs_neither_database_nor_network(proof, pem, tmp_path):
    file, roots, home = tmp_path / "preuve.json", tmp_path / "roots.pem", tmp_path / "home"
    file.write_bytes(proof)
    roots.write_text(pem)
    run = subprocess.run(
        [sys.executable, "-c", SHUT, "manage.py", "verify_exchange", file, "--roots", roots],
        cwd=django_settings.BASE_DIR, capture_output=True, text=True, check=False,
        env={**os.environ, "DATABASE_URL": "postgres://nobody@127.0.0.1:9/none", "BROKER_URL": "redis://127.0.0.1:9/0",
             "PORTAL_HOME": str(home)},
    )  # fmt: skip

    assert run.returncode == 0, run.stderr
    assert run.stdout.count("[exact]") == 6
    assert "Tout est prouvé." in run.stdout


def with_document(found: dict[str, Any]) -> None:
    (name,) = found["contents"]
    found["contents"][name] = base64.b64encode(b"%PDF-1.7 autre chose").decode()


def with_another_payload(found: dict[str, Any]) -> None:
    head, payload, tail = found["signed"].split(".")
    said = json.loads(base64.urlsafe_b64decode(payload + "=="))
    said["message"] = {"kind": "test", "text": "Madame Chabrol doit 3 000 €"}
    other = base64.urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=").decode()
    found["signed"] = f"{head}.{other}.{tail}"


def with_a_root_of_ones_own(found: dict[str, Any]) -> None:
    """Signed anew by a key that a root of one's own says is the sender's: everything holds but the authority."""
    own_key, own_root = certificates.make_root("Une autre", valid_from=root()[1].not_valid_before_utc, days=9000)
    made = jose.new_key()
    chain = certificates.certify(
        made.public_key, body=CAF, use="SIGN", valid_from=root()[1].not_valid_before_utc,
        valid_to=root()[1].not_valid_after_utc, root=own_root, root_key=own_key,
    )  # fmt: skip
    kid = jose.thumbprint(made)
    payload = jose.payload_before_proof(found["signed"])
    found["signed"] = jose.sign(payload, made, kid, jose.ENVELOPE)
    found["certificates"][kid] = certificates.pem([chain, own_root])


def with_another_bodys_key(found: dict[str, Any]) -> None:
    """Signed anew by the recipient, whose key and certificate are genuine: it could write anything it likes so."""
    key = keys.key_of(body_code=AGENCY, use="SIGN", at=now())
    payload = jose.payload_before_proof(found["signed"])
    found["signed"] = jose.sign(payload, keys.private_of(key), key.kid, jose.ENVELOPE)


def with_the_certificate_of_another_key(found: dict[str, Any]) -> None:
    kid = jose.kid_of_signed(found["signed"], jose.ENVELOPE)
    found["certificates"][kid] = keys.key_of(body_code=CAF, use="ENCRYPT", at=now()).certificates


def with_a_forged_receipt(found: dict[str, Any]) -> None:
    """The receipt of another envelope, of the same body and quite genuine."""
    payload = jose.payload_before_proof(found["receipt"])
    key = jose.new_key()
    kid = jose.kid_of_signed(found["receipt"], jose.RECEIPT)
    found["receipt"] = jose.sign(payload | {"status": "ACCEPTED"}, key, kid, jose.RECEIPT)


FALSE: list[tuple[str, Callable[[dict[str, Any]], object], str]] = [
    ("a document replaced", with_document, "ne correspond pas à son empreinte"),
    ("a document missing", lambda found: found["contents"].clear(), "Un document annoncé manque"),
    ("a document added", lambda found: found["contents"].update({"ab": "AAAA"}), "ajouté après la signature"),
    ("the message changed", with_another_payload, "La signature est fausse"),
    ("another authority", with_a_root_of_ones_own, "ne remonte à aucune autorité reconnue"),
    ("signed by the recipient", with_another_bodys_key, "Le certificat est celui de ARS84, pas de CAF63"),
    ("another key’s certificate", with_the_certificate_of_another_key, "n’est pas celui de la clé qui a signé"),
    ("no certificate", lambda found: found["certificates"].clear(), "Le certificat du signataire manque"),
    ("no receipt", lambda found: found.update(receipt=""), "rien ne prouve que l’enveloppe soit arrivée"),
    ("a forged receipt", with_a_forged_receipt, "Accusé de réception : La signature est fausse"),
]


@pytest.mark.parametrize(("said", "change", "told"), FALSE, ids=[one[0] for one in FALSE])
def test_what_is_false_is_said_and_the_status_is_one(proof, pem, tmp_path, said, change, told):
    found = json.loads(proof)
    change(found)
    file, roots, out = tmp_path / "preuve.json", tmp_path / "roots.pem", StringIO()
    file.write_text(json.dumps(found))
    roots.write_text(pem)

    with pytest.raises(CommandError) as refused:
        call_command("verify_exchange", file, roots=roots, stdout=out)

    assert refused.value.returncode == 1
    assert told in out.getvalue(), said
    assert "[FAUX]" in out.getvalue()


def test_the_receipt_of_another_envelope_proves_nothing(proof, officers, pem):
    other = send(message=MESSAGE, documents=[], sender=CAF, recipient=AGENCY, officer_pk=officers[0].pk)
    found = json.loads(proof) | {"receipt": deliver(envelope_pk=other.pk).receipt}

    wrong = [check.told for check in verify(read(json.dumps(found).encode()), pem) if not check.holds]

    assert wrong == ["Accusé de réception : Le contenu a été altéré."]


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\xff", b'{"format": "autre"}'])
def test_what_is_no_proof_is_status_two(content, pem, tmp_path):
    file, roots = tmp_path / "x", tmp_path / "roots.pem"
    file.write_bytes(content)
    roots.write_text(pem)

    with pytest.raises(NotAProof):
        read(content)
    with pytest.raises(CommandError) as refused:
        call_command("verify_exchange", file, roots=roots)
    assert refused.value.returncode == 2


@pytest.mark.parametrize(("gone", "left"), [(CAF, AGENCY), (AGENCY, CAF)])
def test_one_side_erased_leaves_its_hash_and_receipt_and_the_others_proof(proof, pem, gone, left):
    number = ReceivedEnvelope.objects.get().envelope_id

    forget_content([number], holder=gone)

    with pytest.raises(keeping.Forgotten):
        proof_of(number, holder=gone)
    for envelope in (OutgoingEnvelope.objects.get(), ReceivedEnvelope.objects.get()):
        assert envelope.sha256
        assert envelope.receipt
    assert [one.told for one in verify(read(proof_of(number, holder=left)), pem) if not one.holds] == []
    with pytest.raises(NoSuchExchange):
        proof_of(number, holder="CAF59")
