"""Claims, accounts, contacts and papers that meet in two files: each rule finds its case, and leaves alone what looks like it."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from cmg.models import Account
from fraud.models import SharedAccount
from portal.accounts.models import Door, FamilyLink, User
from portal.notices.models import Contact
from tests.aripa.rows import parent_row
from tests.fraud.signals.world import (
    DAY,
    account,
    hits,
    key,
    order,
    paper,
    publish,
    receiving,
    right,
    subjects,
    term,
    told,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _published(db: None) -> None:
    publish()


# DM03


def test_dm03_one_child_in_two_claims() -> None:
    right("E1")
    right("E2", fund="CAF43")

    assert subjects("DM03") == ["cmg:employer:E1", "cmg:employer:E2"]
    assert told("DM03")[0] == "1 autre droit ouvert pour le même enfant"


@pytest.mark.parametrize(
    ("what", "first", "second"),
    [
        ("shared residence told by both", {"shared_residence": True}, {"shared_residence": True}),
        ("one after the other", {"ends_on": date(2026, 9, 1)}, {"starts_on": date(2026, 9, 1)}),
        ("the other is closed", {}, {"status": "CLOSED"}),
        ("another child", {}, {"child_id": "C2"}),
        ("held by Pajemploi", {}, {"side": "P"}),
    ],
)
def test_dm03_leaves_alone_what_looks_alike(what: str, first: dict[str, Any], second: dict[str, Any]) -> None:
    right("E1", **first)
    right("E2", **second)

    assert hits("DM03") == [], what


def test_dm03_two_modes_of_one_claim_are_one_claim() -> None:
    right("E1")
    right("E1", care_mode="HOME_EMPLOYEE")

    assert hits("DM03") == []


# DM06


def test_dm06_one_account_for_files_of_people_who_are_not_tied() -> None:
    shared = uuid4()
    account("E1", iban_key=shared)
    account("E2", iban_key=shared, fund="CAF43")
    parent_row("P9", iban_key=shared, nir_key=key(909))

    found = hits("DM06")
    assert subjects("DM06") == ["aripa:parent:P9", "cmg:employer:E1", "cmg:employer:E2"]
    assert all(hit["is_high"] for hit in found)


def test_dm06_leaves_alone_couples_guardians_and_one_person_with_several_files() -> None:
    couple, guardian, one = uuid4(), uuid4(), uuid4()
    account("E1", iban_key=couple)
    account("E2", iban_key=couple)
    right("E1")
    right("E2", fund="CAF43")
    account("E3", iban_key=guardian)
    account("E4", iban_key=guardian)
    SharedAccount.objects.create(
        iban_key=guardian, shared_by="GUARDIAN", note="UDAF 63", added_by="sylvie", added_on=DAY
    )
    account("E5", iban_key=one, nir_key=key(5))
    account("E6", iban_key=one, nir_key=key(5))
    parent_row("P5", iban_key=one, nir_key=key(5))
    account("E7", iban_key=one, nir_key=None)

    assert hits("DM06") == []


# DM07


def changed_account(contact_hours: float, due_days: int) -> None:
    at = datetime(2026, 10, 10, 9, tzinfo=timezone.get_default_timezone())
    former = account("E1", iban_key=uuid4())
    Account.objects.filter(pk=former.pk).update(known_until=at)
    account("E1", iban_key=uuid4(), known_from=at)
    user = User.objects.create(username="parent", door=Door.FAMILY)
    FamilyLink.objects.create(user=user, subject="cmg:employer:E1", since=date(2025, 1, 1), how="EMPLOYER_NO")
    Contact.objects.create(user=user, address="a@b.fr", asked_at=at + timedelta(hours=contact_hours))
    order(due=date(2026, 10, 10) + timedelta(days=due_days), state="PREPARED")


@pytest.mark.parametrize(
    ("hours", "days", "found"), [(72, 7, 1), (-72, 0, 1), (72.1, 7, 0), (1, 8, 0)]
)  # fmt: skip
def test_dm07_account_and_contact_changed_within_three_days_a_payment_within_seven(
    hours: float, days: int, found: int
) -> None:
    changed_account(hours, days)

    assert len(hits("DM07")) == found


@pytest.mark.parametrize(("said", "found"), [({"phone": "0600000000"}, 1), ({}, 0)])
def test_dm07_of_a_parent_of_a_pension(said: dict[str, Any], found: int) -> None:
    case = receiving(paid=0)
    parent_row("P1", "2026-10-05", nir_key=key(501), iban_key=uuid4(), **said)
    term(case, date(2026, 10, 1), 20000, 0, "SCHEDULED")

    assert len(hits("DM07")) == found


# DM10


def test_dm10_one_document_in_two_files_and_not_twice_in_one() -> None:
    account("E1")
    account("E2", fund="CAF43")
    for subject, digest in (("E1", "a" * 64), ("E2", "a" * 64), ("E1", "b" * 64), ("E1", "b" * 64)):
        paper(f"cmg:employer:{subject}", digest)

    assert subjects("DM10") == ["cmg:employer:E1", "cmg:employer:E2"]
    assert told("DM10") == ["Le même document dans 2 dossiers"] * 2
