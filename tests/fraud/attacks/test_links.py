"""A declared link closes every door: the file, its people, the lists, the searches, the choices of other forms."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cmg.models import Request
from fraud.codaf import cases as committee_cases
from fraud.exchanges import ending
from fraud.exchanges.drafting import Person
from fraud.guarding import LinkedToThem, link_of
from fraud.models import AuthorisedOfficer, ControlCase, DeclaredLink
from fraud.signals.people import linked_subjects
from fraud.signals.selectors import case_steps
from fraud.thirdparties.said import Paper
from portal.accounts.models import User
from portal.audit.models import JournalEntry
from tests.aripa.agents import client_of, on_day, text_of
from tests.aripa.rows import parent_row, title_row
from tests.fraud.codaf.world import committee, restricted_held
from tests.fraud.exchanges.conftest import pair  # noqa: F401
from tests.fraud.exchanges.world import DAY as EXCHANGED
from tests.fraud.exchanges.world import NOON, asked, drafted
from tests.fraud.signals.world import _received, account, key, right
from tests.fraud.thirdparties.world import DAY, PDF, at, case_of, prepared, who

pytestmark = pytest.mark.django_db
SINCE = date(2025, 1, 1)


def linked(user: User, **whom: Any) -> None:
    DeclaredLink.objects.create(user=user, relation="RELATIVE", since=SINCE, **whom)


def test_a_link_with_a_person_closes_the_file_and_a_link_with_the_file_its_person() -> None:
    sylvie, mine, other = who("sylvie"), account("E1"), account("E2")
    linked(sylvie, person_key=mine.nir_key)
    assert link_of(user=sylvie, day=DAY, subject="cmg:employer:E1") is not None
    assert link_of(user=sylvie, day=DAY, subject="cmg:employer:E2") is None

    philippe = who("philippe")
    linked(philippe, subject="cmg:employer:E2")
    assert link_of(user=philippe, day=DAY, people=[other.nir_key]) is not None
    assert link_of(user=philippe, day=DAY, people=[mine.nir_key]) is None
    assert link_of(user=philippe, day=date(2024, 12, 31), people=[other.nir_key]) is None


@pytest.mark.parametrize("known_by", ["pension", "right", "request"])
def test_a_link_with_the_other_parent_closes_the_file_and_a_stranger_s_does_not(known_by: str) -> None:
    mine, theirs, sylvie = account("E1"), account("E2"), who("sylvie")
    other = key(77)
    parent_row("P1", nir_key=mine.nir_key)
    parent_row("P2", nir_key=other if known_by == "pension" else None)
    title_row("C1", creditor_no="P1", debtor_no="P2")
    if known_by == "right":
        right("E1", nir_key=other, employer_no=None)
    if known_by == "request":
        Request.objects.create(
            **_received(), request_no="R1", fund="CAF63", beneficiary_no=mine.beneficiary_no, nir_key=other, child_id="C1",
            care_mode="CHILDMINDER", filed_on=SINCE,
        )  # fmt: skip
    parent_row("P3", nir_key=theirs.nir_key)
    parent_row("P4", nir_key=key(78))
    title_row("C2", creditor_no="P3", debtor_no="P4")

    linked(sylvie, person_key=other)

    assert link_of(user=sylvie, day=DAY, subject="cmg:employer:E1") is not None
    assert link_of(user=sylvie, day=DAY, subject="cmg:employer:E2") is None
    closed = linked_subjects(sylvie, DAY)
    assert "cmg:employer:E1" in closed
    assert not closed & {"cmg:employer:E2", "aripa:parent:P3", "aripa:parent:P4"}
    assert closed >= ({"aripa:parent:P1", "aripa:parent:P2"} if known_by == "pension" else set())


def test_a_link_with_a_file_does_not_close_that_of_a_former_companion_s_new_family() -> None:
    mine, new, sylvie = account("E1"), account("E3"), who("sylvie")
    for number, nir in (("P1", mine.nir_key), ("P2", key(77)), ("P3", new.nir_key)):
        parent_row(number, nir_key=nir)
    title_row("C1", creditor_no="P1", debtor_no="P2")
    title_row("C2", creditor_no="P3", debtor_no="P2")
    linked(sylvie, subject="cmg:employer:E1")
    for subject, is_closed in (("aripa:parent:P1", True), ("aripa:parent:P2", True), ("cmg:employer:E3", False)):
        assert (link_of(user=sylvie, day=DAY, subject=subject) is not None) is is_closed, subject
        assert (subject in linked_subjects(sylvie, DAY)) is is_closed, subject


@pytest.mark.parametrize("by_person", [True, False])
def test_a_closed_case_is_found_by_no_list_no_search_and_no_choice(settings: Any, by_person: bool) -> None:
    on_day(settings, DAY)
    mine, case, other = account("E1"), case_of(), case_of("cmg:employer:E2")
    ControlCase.objects.filter(pk=other.pk).update(officer=who("sylvie"))
    prepared(case, name="Banque du Parent")
    sylvie = who("sylvie")
    client = client_of(sylvie)
    assert case.number in text_of(client.get("/agent/controle/dossiers/?q=E1"))
    linked(sylvie, **({"person_key": mine.nir_key} if by_person else {"subject": case.subject}))

    for address in ("", "?q=E1", f"?q={case.number}", "?q=Martin"):
        assert f">{case.number}<" not in text_of(client.get(f"/agent/controle/dossiers/{address}")), address
    assert f">{other.number}<" in text_of(client.get("/agent/controle/dossiers/"))
    assert sum(number for _state, _words, number in case_steps(sylvie, DAY)) == 1
    assert "Banque du Parent" not in text_of(client.get("/agent/controle/tiers/?q=Parent"))
    refused = client.get(f"/agent/controle/dossiers/{case.number}/")
    assert refused.status_code == 403
    assert JournalEntry.objects.filter(action="control.linked_refused", actor="sylvie").exists()


def test_names_of_restricted_papers_are_closed_as_the_papers_are(settings: Any) -> None:
    on_day(settings, DAY)
    members, case = committee(), case_of()
    met = restricted_held(members)
    committee_cases.put_case(meeting_pk=met.pk, case_pk=case.pk, by_pk=who("philippe").pk, on=DAY, at=at(DAY))
    committee_cases.keep_restricted_paper(
        meeting_pk=met.pk, member_pk=members["LABOUR"].pk, paper=Paper("releve-martin.pdf", PDF), by_pk=who("philippe").pk,
        at=at(DAY),
    )  # fmt: skip
    client, address = client_of(who("philippe")), f"/agent/codaf/reunions/{met.pk}/"
    assert "releve-martin" in text_of(client.get(address))
    assert case.number in text_of(client.get(f"{address}parquet/"))
    linked(who("philippe"), subject=case.subject)

    assert "releve-martin" not in text_of(client.get(address))
    assert case.number not in text_of(client.get(f"{address}parquet/"))


def named(pair: tuple[AuthorisedOfficer, AuthorisedOfficer]) -> Any:  # noqa: F811
    _out, side = asked(pair, person=Person(last_name="Fournier", first_name="Claire", born_on="1990-05-12"))
    return side


@pytest.mark.parametrize("act", ["joindre", "elements/ESTABLISHMENT_STAY"])
def test_a_wrong_form_shows_an_exchange_to_nobody_close(pair, settings, act) -> None:  # noqa: F811
    """A form sent wrong on purpose showed the page again, content and all, without a line in the journal."""
    on_day(settings, EXCHANGED)
    side, client = named(pair), client_of(pair[1].user)
    wrong = {"key": str(uuid4()), "paper": SimpleUploadedFile("x.pdf", PDF)}
    address = f"/partenaire/{side.key}/{act}/"
    reads = JournalEntry.objects.filter(action="control.exchange_read")
    before = reads.count()
    assert "Fournier" in client.post(address, wrong).content.decode()
    assert reads.count() == before + 1

    linked(pair[1].user, person_key=side.person_key)
    answer = client.post(address, {"key": str(uuid4())} | ({"paper": SimpleUploadedFile("x.pdf", PDF)}))
    assert answer.status_code == 409
    assert "Fournier" not in answer.content.decode()


def test_nobody_close_closes_an_exchange(pair) -> None:  # noqa: F811
    made = drafted(pair)
    linked(pair[0].user, person_key=made.person_key)
    with pytest.raises(LinkedToThem):
        ending.close(exchange_pk=made.pk, by_pk=pair[0].user_id, on=EXCHANGED, at=NOON)
    made.refresh_from_db()
    assert made.state == "DRAFT"
