"""A caseworker enters schooling and CDAPH decisions: as a received row, a new version each, once, and nothing covered unseen."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from portal.accounts.models import Role
from portal.audit.models import JournalEntry
from portal.benefits.models import CommissionDecision, EnteredFacts, Schooling
from portal.exchange.models import FileOrigin, ReceivedFile
from tests.aripa.agents import agent, client_of, on_day, text_of
from tests.portal.access import DAY
from tests.portal.benefits.rows import family_in, row, take_in

pytestmark = pytest.mark.django_db
DECISION, SCHOOLING = "/agent/prestations/decision/CAF63/0123456/", "/agent/prestations/scolarite/CAF63/0123456/"
TYPED = {
    "decision_no": "D7", "child_id": "K1", "incapacity_rate": "80", "has_support": "0", "complement": "3",
    "complement_by_help": "1", "chose_compensation": "0", "filed_on": "12/06/2026", "decided_on": "18/09/2026",
    "starts_on": "01/07/2026", "ends_on": "01/07/2029", "reason": "décision reçue le 20/10",
}  # fmt: skip
SCHOOL = {
    "child_id": "K1", "school_year": "2026", "status": "APPRENTICE", "monthly_pay": "740,5", "source": "SCHOOL",
    "declared_on": "26/10/2026",
}  # fmt: skip


@pytest.fixture(autouse=True)
def here(settings: Any, tmp_path: Path) -> None:
    on_day(settings, DAY)
    family_in(tmp_path)


@pytest.fixture
def client() -> Client:
    return client_of(agent("nathalie", "CAF63", role=Role.FUND_CASEWORKER))


def sent(client: Client, path: str, typed: dict[str, str], **more: str) -> Any:
    return client.post(path, {"key": str(uuid4()), "read": ""} | typed | more, follow=True)


def test_a_decision_enters_as_a_file_of_its_kind(client: Client) -> None:
    page = text_of(sent(client, DECISION, TYPED))

    one = CommissionDecision.objects.get()
    file = ReceivedFile.objects.get(pk=one.file_id)
    assert (one.decision_no, one.complement, f"{one.starts_on} {one.ends_on}") == ("D7", 3, "2026-07-01 2029-07-01")
    assert (file.kind, file.origin, file.rows_applied) == ("commission-decisions", FileOrigin.AGENT, 1)
    entered = EnteredFacts.objects.get()
    assert (entered.file_id, entered.done_by, entered.reason) == (file.pk, "nathalie", "décision reçue le 20/10")
    assert f"Décision enregistrée, référence {entered.number}" in page
    assert JournalEntry.objects.filter(action="benefits.decision.entered", subject="family:CAF63/0123456").count() == 1


@pytest.mark.parametrize(
    ("case", "typed", "lone", "is_asked", "words"),
    [
        ("alone, no category", {"complement": "0", "chose_compensation": "1"}, "1", True, "catégorie non dite, PCH choisie"),
        ("nobody told whether alone", {"complement": "0", "chose_compensation": "1"}, "", True, "catégorie non dite, PCH choisie"),
        ("a couple", {"complement": "0", "chose_compensation": "1"}, "0", False, "catégorie non dite, PCH choisie"),
        ("the category is told", {"complement": "2", "chose_compensation": "1"}, "1", False, "PCH choisie : non payé"),
        ("no compensation", {"complement": "0"}, "1", False, "aucun"),
    ],
)  # fmt: skip
def test_the_category_is_asked_for_when_compensation_was_chosen(
    client: Client,
    tmp_path: Path,
    case: str,
    typed: dict[str, str],
    lone: str,
    is_asked: bool,
    words: str,  # noqa: FBT001
) -> None:
    """The decision enters all the same: the base is paid meanwhile."""
    cells = {"isolated_parent": lone, "updated_at": "2026-08-02T06:00:00+02:00"}
    take_in(tmp_path, "benefit-families", row("benefit-families", **cells), name="lone")
    assert "la catégorie, même si la PCH est choisie" in text_of(client.get(DECISION))

    page = text_of(sent(client, DECISION, TYPED | {"complement_by_help": "0"} | typed))

    assert CommissionDecision.objects.count() == 1
    # On the family's page, for as long as it lacks, with the way to tell it.
    assert [page.count(told) for told in ("Demandez-la à la MDPH", "Dire la catégorie")] == [int(is_asked)] * 2, case
    assert words in page


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({}, ""),
        ({"ends_on": "31/12/2027"}, "un complément se décide pour 3 à 5 ans"),
        (
            {"incapacity_rate": "60", "has_support": "1", "ends_on": "30/06/2028"},
            "l’allocation se décide pour 2 à 5 ans",
        ),
    ],
)
def test_an_unusual_length_is_told_and_enters_all_the_same(client: Client, told: dict[str, str], words: str) -> None:
    page = text_of(sent(client, DECISION, TYPED | told))

    assert CommissionDecision.objects.count() == 1
    assert ("Durée à vérifier" in page) == bool(words)
    assert words in page


def test_sent_twice_it_enters_once_and_shows_the_first_receipt(client: Client) -> None:
    key = str(uuid4())
    sent(client, DECISION, TYPED, key=key)
    page = text_of(sent(client, DECISION, TYPED | {"complement": "4"}, key=key))

    assert "rien n’a été fait deux fois" in page
    assert [one.complement for one in CommissionDecision.objects.all()] == [3]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"ends_on": "01/07/2026"}, "doit venir après le premier jour"),
        ({"incapacity_rate": "quatre-vingts"}, "Un nombre entier de 0 à 100, par exemple 80"),
        ({"filed_on": "31/02/2026"}, "Une date qui existe, par exemple 12/06/2026"),
        ({"child_id": "K9"}, "À choisir dans la liste"),
        ({"has_support": ""}, "À choisir dans la liste"),
    ],
)
def test_what_a_file_would_be_refused_for_is_told_at_the_field_and_nothing_enters(
    client: Client, changes: dict[str, str], told: str
) -> None:
    answer = client.post(DECISION, {"key": str(uuid4()), "read": ""} | TYPED | changes)

    assert answer.status_code == 422
    assert told in text_of(answer)
    assert (CommissionDecision.objects.count(), EnteredFacts.objects.count()) == (0, 0)
    assert ReceivedFile.objects.filter(origin=FileOrigin.AGENT).count() == 0


def test_a_correction_is_a_new_version_and_the_former_stays(client: Client, tmp_path: Path) -> None:
    take_in(tmp_path, "commission-decisions", row("commission-decisions"))
    former = CommissionDecision.objects.get()

    sent(client, f"{DECISION}?numero=D1", TYPED | {"complement": "4"}, read=str(former.pk))

    old, new = CommissionDecision.objects.order_by("pk")
    assert (old.pk, old.complement, old.known_until is not None) == (former.pk, 3, True)
    assert (new.decision_no, new.complement, new.known_until) == ("D1", 4, None)
    assert "1</td>" in text_of(client.get("/agent/prestations/personnes/CAF63/0123456/"))


def test_a_version_that_came_meanwhile_is_not_covered(client: Client, tmp_path: Path) -> None:
    take_in(tmp_path, "commission-decisions", row("commission-decisions"))
    seen = CommissionDecision.objects.get()
    newer = row("commission-decisions", complement="5", updated_at="2026-09-01T06:00:00+02:00")
    take_in(tmp_path, "commission-decisions", newer, name="b")

    answer = client.post(f"{DECISION}?numero=D1", {"key": str(uuid4()), "read": str(seen.pk)} | TYPED)

    assert answer.status_code == 409
    assert CommissionDecision.objects.get(known_until=None).complement == 5


def test_the_decision_of_another_family_is_never_taken_over(client: Client, tmp_path: Path) -> None:
    family_in(tmp_path / "b", "0999")
    take_in(tmp_path, "commission-decisions", row("commission-decisions", beneficiary_no="0999", decision_no="D7"))
    theirs = CommissionDecision.objects.get()

    answer = client.post(DECISION, {"key": str(uuid4()), "read": str(theirs.pk)} | TYPED)

    assert answer.status_code == 422
    assert "déjà celui d’une décision de cette caisse" in text_of(answer)
    assert CommissionDecision.objects.get().beneficiary_no == "0999"
    assert client.get(f"{DECISION}?numero=D7").status_code == 404


def test_a_later_file_wins_and_an_older_one_changes_nothing(client: Client, tmp_path: Path) -> None:
    sent(client, DECISION, TYPED)
    older = row("commission-decisions", decision_no="D7", complement="5", updated_at="2026-10-20T06:00:00+02:00")
    take_in(tmp_path, "commission-decisions", older, name="older")
    assert CommissionDecision.objects.get(known_until=None).complement == 3

    later = older | {"updated_at": "2026-10-28T06:00:00+01:00"}
    take_in(tmp_path, "commission-decisions", later, name="later")
    assert CommissionDecision.objects.get(known_until=None).complement == 5


@pytest.mark.parametrize(
    ("help_told", "category", "by_help"),
    [
        ({"work_cut": "50"}, "3", "1"),
        ({"work_cut": "49"}, "2", "1"),
        ({"expenses": "700,00"}, "3", "0"),
        ({"work_cut": "100", "needs_supervision": "1"}, "6", "1"),
        ({}, "0", "0"),
    ],
)
def test_the_category_is_proposed_from_help_and_expenses_and_nothing_is_entered(
    client: Client, help_told: dict[str, str], category: str, by_help: str
) -> None:
    answer = client.post(DECISION, {"propose": "1", "read": ""} | TYPED | help_told)

    asked = {one.name: one.value for one in answer.context["complement"]}
    assert (asked["complement"], asked["complement_by_help"]) == (category, by_help)
    assert EnteredFacts.objects.count() == 0


def test_help_that_is_no_number_is_told(client: Client) -> None:
    answer = client.post(DECISION, {"propose": "1", "read": ""} | TYPED | {"work_cut": "101", "expenses": "beaucoup"})

    assert answer.status_code == 422
    assert "Un nombre entier de 0 à 100" in text_of(answer)


def test_schooling_enters_and_is_corrected(client: Client) -> None:
    sent(client, SCHOOLING, SCHOOL)
    one = Schooling.objects.get()
    assert (one.status, one.monthly_pay_cents, one.source) == ("APPRENTICE", 740_50, "SCHOOL")

    unseen = client.post(SCHOOLING, {"key": str(uuid4()), "read": ""} | SCHOOL | {"status": "NONE"})
    assert unseen.status_code == 422
    assert "déjà enregistrée" in text_of(unseen)

    sent(
        client, f"{SCHOOLING}?enfant=K1&rentree=2026", SCHOOL | {"status": "NONE", "monthly_pay": ""}, read=str(one.pk)
    )
    assert Schooling.objects.get(known_until=None).status == "NONE"


def test_the_fund_of_another_posting_is_not_treated(client: Client, tmp_path: Path) -> None:
    family_in(tmp_path / "b", "0999", "CAF59")

    for page in ("decision", "scolarite"):
        assert client.get(f"/agent/prestations/{page}/CAF59/0999/").status_code == 404
        assert client.post(f"/agent/prestations/{page}/CAF59/0999/", TYPED).status_code == 404


def test_the_database_keeps_what_was_entered(client: Client) -> None:
    sent(client, SCHOOLING, SCHOOL)

    with pytest.raises(IntegrityError), transaction.atomic():
        EnteredFacts.objects.update(reason="autre")
