"""Days for which figures are not written yet: every page opens, says which figure lacks, and offers what remains possible."""

import logging
from collections.abc import Iterator
from datetime import date
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from portal.accounts.models import Door, FamilyLink, LinkedBy, Role, User
from portal.batches.models import Run
from portal.benefits.models import BenefitOverpayment, DeferredSum, SumState
from portal.benefits.small.tasks import give_up
from tests.aripa.agents import agent, client_of, on_day, text_of
from tests.portal.access import DAY, Line
from tests.portal.benefits.access import LINES, benefit_objects

pytestmark = pytest.mark.django_db
JANUARY, MARCH, APRIL, LATER = date(2027, 1, 15), date(2027, 3, 15), date(2027, 4, 15), date(2029, 1, 15)
DAYS = (JANUARY, APRIL, LATER)
OPENED = {name: line for name, line in LINES.items() if line.get is not None}
# What people of each page are told while the figure lacks.
NO_THRESHOLD = {
    JANUARY: "Le seuil de janvier 2027 n’est pas connu.", APRIL: "Le seuil d’avril 2027 n’est pas connu.",
    LATER: "Le seuil de janvier 2029 n’est pas connu.",
}  # fmt: skip
CEILING_FILE = "portal/legislation/common/social_security_ceiling.yaml"
BMAF_FILE = "portal/legislation/common/bmaf.yaml"
OF_SMALL_SUMS = ("small_sums", "overpaid", "small_policy", "note_overpaid")
OF_PARENTS = ("own_home", "own_schooling")


@pytest.fixture(scope="module")
def known(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Any]]:
    """The objects of the table of access, as they stood in October 2026; a parent of the family of CAF63."""
    from django.db import transaction

    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(django_settings, "PORTAL_DAY", DAY)
        found = benefit_objects(tmp_path_factory.mktemp("days"))
        parent = User.objects.create(username="mother", door=Door.FAMILY)
        subject = f"family:{found['benefit_fund_here']}/{found['benefit_no_here']}"
        FamilyLink.objects.create(
            user=parent, subject=subject, since=date(2026, 1, 1), how=LinkedBy.BENEFICIARY_NO
        )  # fmt: skip
        for role in sorted({role for line in LINES.values() for role in line.who} - {Role.PARENT}):
            agent(f"to-come-{Role(role).value.lower()}", "CAF63", role=role)
        yield found
        transaction.set_rollback(True)


def client_for(line: Line) -> Client:
    """Somebody who may open the page: a caseworker or a director rather than another."""
    usual = [Role.FUND_CASEWORKER, Role.AUTHORISING_OFFICER, Role.PARENT, *Role]
    role = next(one for one in usual if one in line.who)
    return client_of(User.objects.get(username="mother" if role == Role.PARENT else f"to-come-{role.value.lower()}"))


def address(name: str, known: dict[str, Any]) -> str:
    return reverse(name, kwargs={key: known[value] for key, value in LINES[name].own.items()})


def opened(name: str, known: dict[str, Any]) -> Any:
    name = f"benefits:{name}"
    return client_for(LINES[name]).get(address(name, known))


@pytest.mark.parametrize("day", DAYS)
def test_every_page_opens(known: dict[str, Any], settings: Any, day: date) -> None:
    on_day(settings, day)

    found = {name: client_for(line).get(address(name, known)).status_code for name, line in OPENED.items()}

    assert found == {name: line.get for name, line in OPENED.items()}


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("name", OF_SMALL_SUMS)
def test_pages_of_small_sums_say_that_the_threshold_is_not_known(
    known: dict[str, Any], settings: Any, name: str, day: date
) -> None:
    on_day(settings, day)
    page = text_of(opened(name, known))
    assert NO_THRESHOLD[day] in page
    assert CEILING_FILE in page

    on_day(settings, date(2026, 12, 31))
    page = text_of(opened(name, known))
    assert "n’est pas connu" not in page
    assert "28,00 €" in page


@pytest.mark.parametrize(
    ("day", "term"), [(JANUARY, "2027-2028"), (date(2027, 8, 1), "2027-2028"), (LATER, "2029-2030")]
)
@pytest.mark.parametrize("name", OF_PARENTS)
def test_a_parent_reads_that_the_scale_of_the_start_of_term_is_not_known(
    known: dict[str, Any], settings: Any, name: str, day: date, term: str
) -> None:
    on_day(settings, day)
    assert f"Le barème de la rentrée {term} n’est pas encore connu" in text_of(opened(name, known))

    on_day(settings, date(2026, 8, 1))
    assert "pas encore connu" not in text_of(opened(name, known))


def test_in_april_the_month_cannot_be_asked_for_and_march_can(known: dict[str, Any], settings: Any) -> None:
    on_day(settings, APRIL)
    officer, runs, close = client_for(LINES["benefits:close"]), reverse("benefits:runs"), reverse("benefits:close")
    page = text_of(officer.get(runs))
    assert "AEEH, avril 2027 ne se calcule pas encore." in page
    assert BMAF_FILE in page

    refused = officer.post(close, {"period": "aeeh-month:2027-04"})

    assert refused.status_code == 409
    assert f"aucune valeur connue au 01/04/2027. L’exploitant du portail écrit sa ligne dans {BMAF_FILE}" in text_of(
        refused
    )
    assert officer.post(close, {"period": "aeeh-month:2027-03"}).status_code == 302
    on_day(settings, MARCH)
    assert "ne se calcule pas encore" not in text_of(officer.get(runs))


def test_the_command_refuses_april_and_begins_no_run(known: dict[str, Any]) -> None:
    before = Run.objects.count()
    for month in ("2027-04", "2029-01"):
        with pytest.raises(CommandError, match=BMAF_FILE) as refused:
            call_command("close_aeeh", month, "--on", APRIL.isoformat(), stdout=StringIO())
        assert refused.value.returncode == 2
    assert Run.objects.count() == before


@pytest.mark.parametrize(("kind", "typed", "file"), [
    ("aeeh", {"date": "15/04/2027", "territory": "METROPOLE", "incapacity_rate": "80", "has_support": "0", "complement": "0",
              "complement_by_help": "1", "isolated_parent": "0", "boarding_fully_covered": "0"}, BMAF_FILE),
    ("small_payment", {"date": "15/01/2027", "benefit": "AEEH", "territory": "METROPOLE", "operation": "PAYMENT", "amount": "10",
                       "deferred_balance": "0", "policy": "DEFER"}, CEILING_FILE),
])  # fmt: skip
def test_simulators_open_and_say_what_lacks(settings: Any, kind: str, typed: dict[str, str], file: str) -> None:
    on_day(settings, APRIL)
    page = f"/simulateurs/{kind}/"

    assert Client().get(page).status_code == Client().get("/simulateurs/ars/").status_code == 200
    answer = Client().post(page, typed)

    assert answer.status_code == 422
    assert file in text_of(answer)


def test_a_sum_paid_in_excess_is_not_noted_without_a_threshold(known: dict[str, Any], settings: Any) -> None:
    on_day(settings, JANUARY)
    name, before = "benefits:note_overpaid", BenefitOverpayment.objects.count()
    typed = {
        "benefit": "AEEH",
        "cause": "RIGHT_ENDED",
        "amount": "22,00",
        "month": "12/2026",
        "reason": "droit terminé tôt",
    }

    answer = client_for(LINES[name]).post(address(name, known), {"key": str(uuid4()), **typed})

    assert answer.status_code == 422
    assert "Rien n’est noté." in text_of(answer)
    assert BenefitOverpayment.objects.count() == before


def test_what_waited_twelve_months_waits_on_until_the_threshold_is_known(
    known: dict[str, Any], settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Due in November 2025: given up on 1 December 2026, if nothing had kept it; on 1 January 2027 nobody can say."""
    on_day(settings, JANUARY)
    waiting = DeferredSum.objects.filter(state=SumState.WAITING).count()
    assert waiting

    with caplog.at_level(logging.WARNING):
        give_up(day="2027-01-01")

    assert DeferredSum.objects.filter(state=SumState.WAITING).count() == waiting
    assert "Plafond mensuel de la sécurité sociale : aucune valeur connue au 01/01/2027" in caplog.text
    assert "douze mois passés le 01/12/2026" in text_of(opened("small_sums", known))
    give_up(day="2026-12-31")
    assert DeferredSum.objects.filter(state=SumState.WAITING).count() == 0


def test_before_the_new_year_the_page_says_on_what_the_end_depends(known: dict[str, Any], settings: Any) -> None:
    on_day(settings, date(2026, 12, 15))

    assert "si le seuil de janvier 2027 est connu ce jour-là" in text_of(opened("small_sums", known))
