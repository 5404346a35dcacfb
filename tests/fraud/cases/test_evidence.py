"""Papers that prove: kept once, proven again at each opening, marked, never changed."""

import hashlib
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from django.db import DatabaseError, connection, transaction
from PIL import Image

from fraud.cases import watermark
from fraud.cases.evidence import (
    EvidenceAltered,
    EvidenceGone,
    EvidenceRefused,
    keep_evidence,
    open_evidence,
    purge_evidence,
)  # fmt: skip
from fraud.cases.opening import open_case
from fraud.cases.watermark import CannotBeShown
from fraud.guarding import LinkedToThem
from fraud.models import ControlCase, DeclaredLink, EvidenceItem
from portal.accounts.models import User
from portal.audit.models import JournalEntry

pytestmark = pytest.mark.django_db
DAY, NOW = date(2026, 10, 26), datetime(2026, 10, 26, 9, tzinfo=UTC)
SUBJECT = "cmg:employer:00123"
FROM = {"body": "ARS84", "system": "Harpe", "extraction_at": "2026-10-05T10:12:00", "officer": "Clémence Ortega"}


@pytest.fixture
def officer() -> User:
    return User.objects.create(username="philippe", first_name="Philippe", last_name="Aubert", door="AGENT")


@pytest.fixture
def case(officer: User) -> ControlCase:
    return open_case(
        fund="CAF63", subject=SUBJECT, title="Garde", source="PARTNER", legal_basis="CSS L. 114-9", purpose="Heures",
        benefit="CMG", officer_pk=officer.pk, on=DAY, at=NOW, by="philippe",
    )  # fmt: skip


def a_picture() -> bytes:
    kept = BytesIO()
    Image.new("RGB", (40, 40), "white").save(kept, "PNG")
    return kept.getvalue()


def kept(case: ControlCase | None, content: bytes = b"Relev\xc3\xa9 du mois", **changed: object) -> EvidenceItem:
    asked = {"reference": "EX-2026-7", "title": "Relevé", "provenance": FROM, "by": "portail", "at": NOW} | changed
    return keep_evidence(case_pk=case.pk if case else None, content=content, **asked)  # type: ignore[arg-type]


def test_a_paper_is_kept_once_encrypted_with_where_it_comes_from(case: ControlCase) -> None:
    first = kept(case)
    assert kept(case).pk == first.pk
    assert b"Relev" not in bytes(EvidenceItem.objects.get().content)
    assert first.sha256 == hashlib.sha256(b"Relev\xc3\xa9 du mois").hexdigest()
    assert first.provenance == FROM


@pytest.mark.parametrize("name", ["body", "system", "extraction_at", "officer"])
def test_without_its_provenance_a_paper_is_refused(case: ControlCase, name: str) -> None:
    with pytest.raises(EvidenceRefused):
        kept(case, provenance=FROM | {name: " "})
    assert not EvidenceItem.objects.exists()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04\x00\xff", b"a\x00b"])
def test_only_pdf_pictures_and_text_are_kept(case: ControlCase, content: bytes) -> None:
    with pytest.raises(EvidenceRefused):
        kept(case, content)


def test_what_belonged_to_no_case_is_tied_to_one_once(case: ControlCase) -> None:
    alone = kept(None)
    assert kept(case).pk == alone.pk
    assert EvidenceItem.objects.get().case == case
    with pytest.raises(DatabaseError, match="ne se modifie pas"), transaction.atomic():
        EvidenceItem.objects.update(case=None)


def test_text_pictures_and_pdf_open_as_a_pdf_that_bears_the_officer_and_the_hour(
    case: ControlCase, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages: list[str] = []
    document = watermark._document

    def noted(html: str) -> bytes:
        pages.append(html)
        return document(html)

    monkeypatch.setattr(watermark, "_document", noted)
    text = open_evidence(evidence_pk=kept(case).pk, user=officer, at=NOW)
    open_evidence(evidence_pk=kept(case, a_picture()).pk, user=officer, at=NOW)
    open_evidence(evidence_pk=kept(case, text).pk, user=officer, at=NOW)
    assert text.startswith(b"%PDF-")
    assert all("Philippe Aubert — 26/10/2026 10:00" in page for page in pages)
    assert "data:image/jpeg;base64," in pages[2]
    assert JournalEntry.objects.filter(action="control.evidence_read", actor="philippe").count() == 3


def test_a_paper_that_no_longer_agrees_with_its_hash_is_not_shown(case: ControlCase, officer: User) -> None:
    one, other = kept(case), kept(case, b"autre chose")
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE fraud_evidenceitem SET content = %s WHERE id = %s", (bytes(other.content), one.pk))
        cursor.execute("SET session_replication_role = origin")
    with pytest.raises(EvidenceAltered):
        open_evidence(evidence_pk=one.pk, user=officer, at=NOW)
    assert JournalEntry.objects.filter(action="control.evidence_altered").count() == 1
    assert not JournalEntry.objects.filter(action="control.evidence_read").exists()


def test_a_declared_link_closes_the_paper_and_leaves_its_trace(case: ControlCase, officer: User) -> None:
    DeclaredLink.objects.create(user=officer, subject=SUBJECT, relation="RELATIVE", since=DAY)
    with pytest.raises(LinkedToThem):
        open_evidence(evidence_pk=kept(case).pk, user=officer, at=NOW)
    assert JournalEntry.objects.filter(action="control.linked_refused").count() == 1


def test_a_broken_pdf_is_kept_and_cannot_be_shown(case: ControlCase, officer: User) -> None:
    with pytest.raises(CannotBeShown):
        open_evidence(evidence_pk=kept(case, b"%PDF-1.7 broken").pk, user=officer, at=NOW)


def test_purged_its_hash_stays_and_nothing_opens(case: ControlCase, officer: User) -> None:
    one = kept(case)
    purge_evidence(evidence_pk=one.pk, by="portail", on=DAY, at=NOW)
    purge_evidence(evidence_pk=one.pk, by="portail", on=DAY, at=NOW)
    left = EvidenceItem.objects.get()
    assert (bytes(left.content), left.sha256) == (b"", one.sha256)
    assert JournalEntry.objects.filter(action="control.evidence_purged").count() == 1
    with pytest.raises(EvidenceGone):
        open_evidence(evidence_pk=one.pk, user=officer, at=NOW)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE fraud_evidenceitem SET sha256 = repeat('0', 64)",
        "UPDATE fraud_evidenceitem SET content = 'x'",
        "UPDATE fraud_evidenceitem SET purged_on = '2026-10-26'",
        "UPDATE fraud_evidenceitem SET title = 'autre'",
        "DELETE FROM fraud_evidenceitem",
        "TRUNCATE fraud_evidenceitem",
    ],
)  # fmt: skip
def test_the_database_refuses_any_change_of_a_proof(case: ControlCase, sql: str) -> None:
    kept(case)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert EvidenceItem.objects.count() == 1
