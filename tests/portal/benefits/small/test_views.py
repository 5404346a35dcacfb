"""Pages of small sums: the list and its file, the director's rule after a preview, a sum paid in excess, a family's letter."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.utils import DatabaseError
from django.test import Client

from portal.accounts.models import Role
from portal.accounts.permissions import NATIONAL, moment_on
from portal.audit.models import JournalEntry
from portal.benefits.models import BenefitOverpayment, SmallPaymentPolicy
from portal.benefits.small.deciding import decide_policy
from portal.benefits.small.selectors import policy_on
from portal.frame.templatetags.portal import money
from tests.aripa.agents import agent, client_of, on_day, text_of
from tests.portal.access import DAY
from tests.portal.benefits.rows import family_in
from tests.portal.benefits.small.world import FUND, NUMBER, lived

pytestmark = pytest.mark.django_db
SMALL = "/agent/prestations/petites-sommes/"
RULE, NOTE = f"{SMALL}regle/{FUND}/", f"{SMALL}trop-verses/{FUND}/{NUMBER}/noter/"
US = (FUND, NUMBER)
TYPED = {"policy": "PAY", "from_day": "01/11/2026", "reason": "décision du conseil du 20/10"}
PAID = {
    "benefit": "AEEH",
    "cause": "RIGHT_ENDED",
    "amount": "22,00",
    "month": "9/2026",
    "reason": "droit fini le 1er septembre",
}


@pytest.fixture(autouse=True)
def here(settings: Any, tmp_path: Path) -> None:
    on_day(settings, DAY)
    family_in(tmp_path)
    lived(date(2025, 10, 1), (*US, 12_00), ("CAF59", "0999999", 9_00))
    lived(date(2026, 9, 1), (*US, 5_00))


def client(role: Role = Role.FUND_CASEWORKER) -> Client:
    return client_of(agent(role.value.lower(), "" if role in NATIONAL else FUND, role=role))


def test_the_list_says_what_waits_and_what_ends_next_in_one_s_own_funds() -> None:
    page = text_of(client().get(SMALL))

    assert "17,00 € attendent, en 2 petites sommes" in page
    assert "1 somme (12,00 €) sera abandonnée le dimanche 1er novembre 2026" in page
    assert "Maud Lefèvre" in page
    assert "CAF59" not in page
    assert "26,00 € attendent" in text_of(client(Role.AUTHORISING_OFFICER).get(SMALL))


def test_a_fund_that_pays_from_next_month_gives_nothing_up_and_the_list_says_so() -> None:
    decide_policy(
        fund=FUND, policy="PAY", from_day=date(2026, 11, 1), reason="décidé en conseil", form_key=uuid4(), by="helene",
        at=moment_on(DAY), on=DAY,
    )  # fmt: skip
    page = text_of(client().get(SMALL))

    assert "abandonnée le" not in page
    assert page.count("part avec la prochaine AEEH, la caisse paie tout") == 2
    national = text_of(client(Role.AUTHORISING_OFFICER).get(SMALL))
    assert "1 somme (9,00 €) sera abandonnée" in national
    assert national.count("part avec la prochaine AEEH") == 2


@pytest.mark.parametrize(
    ("query", "count"),
    [("", 2), ("?age=0", 1), ("?age=4", 1), ("?age=2", 0), ("?box=PAID", 0), ("?q=0123456", 2), ("?q=0999999", 0)],
)
def test_filters(query: str, count: int) -> None:
    assert len(client().get(SMALL + query).context["lines"]) == count


def test_a_nir_does_not_stay_in_the_address() -> None:
    assert client().get(SMALL, {"q": "2850363001001 62"}).status_code == 302


def test_the_file_wants_a_reason_and_leaves_a_trace() -> None:
    officer = client(Role.SUPERVISOR)
    assert officer.post(f"{SMALL}export/", {"reason": "court"}).status_code == 302

    answer = officer.post(f"{SMALL}export/?age=4", {"reason": "revue du lundi matin"})
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("CAF63;0123456;AEEH;2025-10;12,00;en attente;")
    assert "Lefèvre" not in answer.content.decode()
    assert JournalEntry.objects.get(action="benefits.small.exported").detail["rows"] == 1
    assert client().post(f"{SMALL}export/", {"reason": "revue du lundi matin"}).status_code == 404


def test_the_director_sees_what_changes_then_decides_once() -> None:
    director, key = client(Role.AUTHORISING_OFFICER), str(uuid4())
    shown = text_of(director.post(RULE, {"key": key, **TYPED}))
    assert "Rien n’est décidé" in shown
    assert "2 sommes attendent, 17,00 €" in shown
    assert "1 petite somme pour 5,00 €" in shown
    assert not SmallPaymentPolicy.objects.exists()

    first = text_of(director.post(RULE, {"key": key, "decide": "1", **TYPED}, follow=True))
    second = text_of(director.post(RULE, {"key": key, "decide": "1", **TYPED}, follow=True))

    assert "C’est décidé" in first
    assert "C’était déjà décidé" in second
    assert (policy_on(FUND, date(2026, 10, 31)), policy_on(FUND, date(2026, 11, 1))) == ("DEFER", "PAY")
    assert policy_on("CAF59", date(2026, 11, 1)) == "DEFER"
    assert JournalEntry.objects.filter(action="benefits.small.policy", subject="fund:CAF63").count() == 1


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"policy": "GIFT"}, "Choisissez ce que"), ({"from_day": "25/10/2026"}, "un jour à venir"),
        ({"from_day": "demain"}, "un jour à venir"), ({"reason": "non"}, "Dites pourquoi"),
        ({"policy": "DEFER"}, "déjà la règle"),
    ],
)  # fmt: skip
def test_what_cannot_be_decided_says_what_to_write(wrong: dict[str, str], told: str) -> None:
    answer = client(Role.AUTHORISING_OFFICER).post(RULE, {"key": str(uuid4()), "decide": "1"} | TYPED | wrong)

    assert answer.status_code == 422
    assert told in text_of(answer)
    assert not SmallPaymentPolicy.objects.exists()


def test_a_caseworker_reads_the_rule_and_cannot_change_it() -> None:
    caseworker = client()
    assert "Seule la direction" in text_of(caseworker.get(RULE))
    assert caseworker.post(RULE, {"key": str(uuid4()), "decide": "1", **TYPED}).status_code == 404
    assert caseworker.get(f"{SMALL}regle/CAF59/").status_code == 404
    assert client(Role.AUTHORISING_OFFICER).get(f"{SMALL}regle/XX/").status_code == 404


def test_a_decision_is_never_rewritten() -> None:
    client(Role.AUTHORISING_OFFICER).post(RULE, {"key": str(uuid4()), "decide": "1", **TYPED})
    for change in (lambda: SmallPaymentPolicy.objects.update(policy="WAIVE"), SmallPaymentPolicy.objects.all().delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_sum_paid_in_excess_is_noted_with_its_receipt() -> None:
    caseworker, key = client(), str(uuid4())
    first = text_of(caseworker.post(NOTE, {"key": key, **PAID}, follow=True))
    again = text_of(caseworker.post(NOTE, {"key": key, **PAID}, follow=True))
    reached = text_of(caseworker.post(NOTE, {"key": str(uuid4()), **PAID}, follow=True))

    assert "22,00 € : abandonnés et comptés" in first
    assert "C’était déjà noté" in again
    assert "à récupérer. Un courrier le dit à la famille ; rien n’est retenu sans son accord" in reached
    assert BenefitOverpayment.objects.count() == 2
    listed = text_of(caseworker.get(f"{SMALL}trop-verses/?state=TO_RECOVER"))
    assert "2 à récupérer, dont il reste 44,00 €" in listed
    assert len(caseworker.get(f"{SMALL}trop-verses/?state=WRITTEN_OFF").context["lines"]) == 0


@pytest.mark.parametrize("wrong", [{"amount": "beaucoup"}, {"amount": "-3"}, {"month": "hier"}, {"month": "9/2024"},
                                   {"cause": ""}, {"reason": "x"}, {"benefit": "CMG"}])  # fmt: skip
def test_a_wrong_field_notes_nothing(wrong: dict[str, str]) -> None:
    answer = client().post(NOTE, {"key": str(uuid4())} | PAID | wrong)

    assert answer.status_code == 422
    assert not BenefitOverpayment.objects.exists()


def test_before_the_threshold_of_a_year_is_published_pages_open_and_nothing_is_claimed(settings: Any) -> None:
    on_day(settings, date(2027, 1, 4))
    caseworker = client()

    for page in (SMALL, f"{SMALL}trop-verses/", RULE, NOTE):
        assert "Le seuil de janvier 2027 n’est pas connu" in text_of(caseworker.get(page)), page
    answer = caseworker.post(NOTE, {"key": str(uuid4())} | PAID)
    assert (answer.status_code, BenefitOverpayment.objects.count()) == (422, 0)
    assert "Rien n’est noté." in text_of(answer)


def test_the_list_costs_as_many_queries_with_many_rows(django_assert_max_num_queries: Any) -> None:
    lived(date(2026, 8, 1), *((FUND, f"8{number:03}", 2_00) for number in range(60)))
    caseworker = client()
    with django_assert_max_num_queries(40):
        assert len(caseworker.get(SMALL).context["lines"]) == 25
    assert money(137_00).replace("\u00a0", " ") in text_of(caseworker.get(SMALL))
