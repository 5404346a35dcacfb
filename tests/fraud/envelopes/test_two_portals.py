"""Two portals, two databases, two processes: a request goes over TLS, its answer comes back with a document, both proven."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from fraud.envelopes import certificates
from fraud.envelopes.directory_file import export, take_in
from fraud.envelopes.proof import proof_of
from fraud.envelopes.sealing import now
from fraud.envelopes.sending import deliver, send
from fraud.envelopes.transport import DOOR
from fraud.envelopes.verifying import read, verify
from fraud.models import (
    AuthorisedOfficer,
    BodyKey,
    BodyNature,
    OfficerCategory,
    OutgoingEnvelope,
    OutgoingState,
    ReceivedEnvelope,
)
from portal.audit.operations import verify_chain
from tests.fraud.envelopes.scene import AGENCY, CAF, make_body, make_keys, make_officer, root
from tests.fraud.envelopes.two_portals import Portal, standing_in, two


def settle(portal: Portal, nature: str, category: str, settings: Any) -> bytes:
    """Its own body, keys and officer; the entry that it gives to the other."""
    with standing_in(portal, settings):
        make_body(portal.body, nature)
        make_keys(portal.body)
        make_officer(portal.body, category, f"officer-{portal.body.lower()}")
        return export(body_code=portal.body, endpoint=portal.address, at=now())


def tls(portal: Portal) -> dict[str, Any]:
    return {"cert": str(portal.folder / f"{portal.body}.pem"), "verify": str(portal.folder / "ca.pem")}


def posted(to: Portal, by: Portal, content: bytes) -> requests.Response:
    return requests.post(
        to.address + DOOR, data=content, headers={"Content-Type": "application/jose"}, timeout=120, **tls(by)
    )


def wait_for(portal: Portal, settings: Any) -> None:
    end = time.monotonic() + 300
    while True:
        try:
            return requests.get(f"{portal.address}/healthz", timeout=10, **tls(portal)).raise_for_status()
        except requests.RequestException:
            assert time.monotonic() < end, portal.log()
            time.sleep(0.1)


@pytest.fixture
def portals(transactional_db: None, settings: Any, tmp_path: Path) -> Any:
    with two(tmp_path, settings) as (fund, agency):
        fund.start()
        agency.start()
        entries = [
            settle(fund, BodyNature.SCHEME, OfficerCategory.SCHEME_CONTROL, settings),
            settle(agency, BodyNature.HEALTH_AGENCY, OfficerCategory.HEALTH_AGENCY, settings),
        ]
        for portal, entry in zip((fund, agency), reversed(entries), strict=True):
            with standing_in(portal, settings):
                take_in(entry, at=now(), by="test")
        wait_for(fund, settings)
        wait_for(agency, settings)
        yield fund, agency


def test_a_request_and_its_answer_cross_two_portals(portals, settings):
    fund, agency = portals
    with standing_in(fund, settings):
        assert not BodyKey.objects.filter(body=AGENCY).exclude(private=None).exists()
        officer = AuthorisedOfficer.objects.get(body=CAF)
        asked = send(
            message={"kind": "test.request"}, documents=[], sender=CAF, recipient=AGENCY, officer_pk=officer.pk
        )
        sealed = bytes(asked.sealed)
        # Four posts of the same bytes at once: one is treated, all have its receipt.
        with ThreadPoolExecutor(4) as pool:
            at_once = list(pool.map(lambda _number: posted(agency, fund, sealed), range(4)))
        assert {answer.status_code for answer in at_once} == {200}, agency.log()
        assert len({answer.text for answer in at_once}) == 1
        asked = deliver(envelope_pk=asked.pk)
        assert asked.state == OutgoingState.ACCEPTED, (asked.last_error, asked.refusal, agency.log())

    with standing_in(agency, settings):
        assert ReceivedEnvelope.objects.get().receipt == asked.receipt
        (waiting,) = OutgoingEnvelope.objects.all()
        answered = deliver(envelope_pk=waiting.pk)
        assert answered.state == OutgoingState.ACCEPTED, (answered.last_error, answered.refusal, fund.log())

    with standing_in(fund, settings):
        came = ReceivedEnvelope.objects.get()
        assert came.kind == "test.answer"
        proof = read(proof_of(came.envelope_id, holder=CAF))
        assert [one.told for one in verify(proof, certificates.pem([root()[1]])) if not one.holds] == []
        assert list(proof.contents.values()) == [b"%PDF-1.7 attestation"]
        # The same once more, as when the receipt was lost on the way: the same receipt, nothing treated twice.
        again = posted(agency, fund, sealed)
        assert (again.status_code, again.text) == (200, asked.receipt)
        assert "Set-Cookie" not in again.headers
        assert verify_chain() == []
        published = requests.get(f"{agency.address}/api/v1/exchanges/keys", timeout=120, **tls(fund))
        keys_there = published.json()["keys"]
        assert {one["kid"] for one in keys_there} == set(
            BodyKey.objects.filter(body=AGENCY).values_list("kid", flat=True)
        )

    with standing_in(agency, settings):
        assert OutgoingEnvelope.objects.count() == ReceivedEnvelope.objects.count() == 1

    with pytest.raises(requests.ConnectionError):
        requests.get(f"{agency.address}/healthz", verify=str(agency.folder / "ca.pem"), timeout=120)
