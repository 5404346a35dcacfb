"""What was asked of a third party lives as long as its case knows whom it is about; the trace of it stays."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from fraud.cases.forgetting import forget_due as forget_cases
from fraud.models import ControlCase, EvidenceItem, ThirdPartyAnswer, ThirdPartyFine, ThirdPartyRequest
from fraud.thirdparties import asking, fining, links
from fraud.thirdparties.answering import contact_of
from fraud.thirdparties.forgetting import forget_due
from fraud.thirdparties.letters import concerned_of
from fraud.thirdparties.living import live_day
from fraud.thirdparties.moving import RequestRefused
from portal.audit.models import JournalEntry
from tests.fraud.cases.world import moved_by_hand
from tests.fraud.thirdparties.test_requests import given, tell
from tests.fraud.thirdparties.world import DAY, PDF, at, case_of, sent, silent, who

pytestmark = pytest.mark.django_db
CLOSED, FORGOTTEN = date(2026, 11, 3), date(2027, 5, 3)


def close(case: ControlCase) -> None:
    """Without anomaly: it is forgotten six months later."""
    with moved_by_hand():
        ControlCase.objects.filter(pk=case.pk).update(state="CLOSED", outcome="NO_ACTION", closed_on=CLOSED)


def lived(day: date) -> int:
    forget_cases(on=day, at=at(day))
    return forget_due(on=day, at=at(day))


def test_forgotten_with_its_case_and_not_a_day_before() -> None:
    case, alive = case_of(), case_of("cmg:employer:E2")
    found, other = sent(case), sent(alive)
    token = links.token_of(found)
    made, _again = tell(found, given("Compte clos en mai.", PDF))
    tell(other, given("Voici.", PDF))
    close(case)
    assert lived(FORGOTTEN - timedelta(days=1)) == 0
    found.refresh_from_db()
    assert (concerned_of(found), found.purged_on) == (["Anne Martin, née le 05/01/1984"], None)

    assert [lived(FORGOTTEN), lived(FORGOTTEN)] == [1, 0]

    found.refresh_from_db()
    made.refresh_from_db()
    assert (found.number, found.kind, found.state, found.persons, found.purged_on) == (
        "T-2026-1", "BANK", "ANSWERED", 1, FORGOTTEN,
    )  # fmt: skip
    assert (found.name, found.address, found.asked, concerned_of(found), bytes(found.secret)) == (
        "effacé", "effacé", "effacé", [], b"",
    )  # fmt: skip
    assert (bytes(made.words), contact_of(made), made.papers, made.purged_on) == (b"", {}, 1, FORGOTTEN)
    assert bytes(EvidenceItem.objects.get(reference="T-2026-1").content) == b""
    assert [one.to_state for one in found.moves.exclude(reason="")] == []
    assert found.moves.count() == 4
    assert links.find(token) is None
    assert JournalEntry.objects.filter(action="control.third_party.forgotten").count() == 1
    other.refresh_from_db()
    assert other.purged_on is None
    assert bytes(EvidenceItem.objects.get(reference=other.number).content)


def test_once_forgotten_nothing_moves_and_its_page_says_so(client: Client, settings) -> None:
    case = case_of()
    found = sent(case)
    close(case)
    lived(FORGOTTEN)

    assert live_day(day=FORGOTTEN, at=at(FORGOTTEN)).total() == 0
    with pytest.raises(RequestRefused, match="effacée"):
        asking.withdraw(request_pk=found.pk, reason="plus utile du tout", by_pk=who("sylvie").pk, on=DAY, at=at(DAY))
    client.force_login(who("sylvie"))
    page = client.get(reverse("fraud:third_request", args=[found.pk])).content.decode()
    assert "Le contenu est effacé depuis le" in page
    assert "Banque Alpha" not in page
    assert client.get(reverse("fraud:third_act", args=[found.pk, "retirer"])).status_code == 409


def test_a_fine_to_be_decided_keeps_its_request_until_it_is() -> None:
    case = case_of()
    found = silent(case)
    fining.propose_fine(
        request_pk=found.pk,
        by_pk=who("sylvie").pk,
        on=date(2026, 10, 5),
        at=at(date(2026, 10, 5)),
        reason="Aucune réponse",
    )
    close(case)
    assert lived(FORGOTTEN) == 0

    fine = ThirdPartyFine.objects.get()
    day = FORGOTTEN + timedelta(days=1)
    fining.decide_fine(
        fine_pk=fine.pk, accepted=False, decision="Le tiers a répondu", by_pk=who("helene").pk, on=day, at=at(day)
    )
    assert lived(day) == 1
    fine.refresh_from_db()
    assert (fine.amount_cents, fine.reason, fine.decision, fine.state) == (150_000, "effacé", "effacé", "DROPPED")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE fraud_thirdpartyanswer SET words = '', contact = '', purged_on = '2026-10-26'",
        "UPDATE fraud_thirdpartymove SET reason = ''",
        "UPDATE fraud_thirdpartyrequest SET name = 'effacé', address = 'effacé', asked = 'effacé', concerned = '', secret = '', "
        "purged_on = '2026-10-26'",
    ],
)
def test_the_database_lets_nothing_go_while_the_case_lives(sql: str) -> None:
    tell(sent(case_of()), given("Voici."))
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert ThirdPartyAnswer.objects.get().purged_on is None


@pytest.mark.parametrize(
    "change",
    [
        "purged_on = NULL",
        "name = 'Banque Alpha'",
        "state = 'WITHDRAWN'",
        "concerned = 'x'",
        "prepared_on = '2026-01-01'",
    ],
)
def test_the_database_keeps_the_shell(change: str) -> None:
    case = case_of()
    found = sent(case)
    close(case)
    lived(FORGOTTEN)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE fraud_thirdpartyrequest SET {change} WHERE id = %s", (found.pk,))


def test_the_database_wants_papers_and_answers_gone_first() -> None:
    case = case_of()
    found = sent(case)
    tell(found, given("Voici.", PDF))
    close(case)
    forget_cases(on=FORGOTTEN, at=at(FORGOTTEN))
    with pytest.raises(IntegrityError, match="ne sont pas effacées"), transaction.atomic():
        ThirdPartyRequest.objects.filter(pk=found.pk).update(
            name="effacé", address="effacé", asked="effacé", concerned=b"", secret=b"", purged_on=FORGOTTEN
        )
