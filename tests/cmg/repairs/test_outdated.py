"""What people approved stands while every cent does, and falls with the first that differs."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from cmg.models import Account, Regularisation, RegularisationState
from cmg.operations import ProposalOutdated
from cmg.repairs import regularising
from portal.accounts.models import User
from portal.banking.models import PaymentOrder
from portal.batches.models import Run
from portal.batches.operations import SignatureRefused
from portal.ledger.proof import check_ledger
from tests.cmg.closing.test_numbers_of_then import renumbered
from tests.cmg.remedies.families import c01, issued, received
from tests.cmg.repairs.test_repairs import do

JULY, AUGUST = date(2019, 7, 1), date(2019, 8, 1)
DAY, MOVED = date(2019, 9, 30), datetime(2026, 10, 26, 10, tzinfo=ZoneInfo("Europe/Paris"))


@pytest.fixture
def proposed(tmp_path: Path) -> Regularisation:
    """C01: July and August debited without a right, which the fund opened again since."""
    received(tmp_path, c01)
    issued(tmp_path / "july", JULY, date(2019, 7, 26))
    issued(tmp_path / "august", AUGUST, date(2019, 8, 26))
    do("CHANGE_RIGHT", by="nathalie", status="ACTIVE", ends_on=date(2021, 9, 1))
    found = regularising.propose_regularisation(employer_no="E1", reason="droit rouvert", by="nathalie", on=DAY)
    assert found is not None
    return found


def approve(found: Regularisation, by: str = "thomas") -> Regularisation:
    return regularising.approve_regularisation(regularisation_pk=found.pk, by=by, on=DAY)


def execute(found: Regularisation, folder: Path) -> Regularisation:
    return regularising.execute_regularisation(regularisation_pk=found.pk, out=folder / "out", by="thomas", on=DAY)


def credits() -> list[int]:
    return sorted(PaymentOrder.objects.filter(kind="CREDIT").values_list("amount_cents", flat=True))


def moved_and_relinked() -> None:
    renumbered("CAF43", "B43", MOVED)


def another_income_of_the_same_bracket() -> None:
    do("CHANGE_RIGHT", by="nathalie", annual_resources_cents=3_000_100)


def another_bracket() -> None:
    do("CHANGE_RIGHT", by="nathalie", annual_resources_cents=1_500_000)


def closed_again() -> None:
    do("CHANGE_RIGHT", by="nathalie", ends_on=date(2019, 8, 1))


def number_of_nobody() -> None:
    """Changed while the months lasted: the account never bore the right's number once they were over."""
    renumbered("CAF43", "B43", datetime(2019, 7, 15, tzinfo=ZoneInfo("Europe/Paris")))


@pytest.mark.django_db
@pytest.mark.parametrize("change", [moved_and_relinked, another_income_of_the_same_bracket])
def test_what_leaves_every_cent_leaves_what_was_approved(
    proposed: Regularisation, change: Callable[[], None], tmp_path: Path
) -> None:
    approve(proposed)
    change()

    assert regularising.changes_since(proposed) == []
    assert execute(proposed, tmp_path).state == "EXECUTED"

    assert credits() == [29_562, 29_562, 41_013, 41_013]
    assert check_ledger() == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "months", "after"),
    [
        (another_bracket, [JULY, AUGUST], ("SETTLED", 0, 46_882, 0)),
        (closed_again, [AUGUST], ("SETTLED", 41_013, 0, 0)),
        (number_of_nobody, [JULY, AUGUST], ("HELD", 0, 0, 41_013)),
    ],
)
def test_a_cent_that_differs_voids_it_whole_and_is_told_before_and_after(
    proposed: Regularisation, change: Callable[[], None], months: list[date], after: tuple, tmp_path: Path
) -> None:
    approve(proposed)
    change()

    with pytest.raises(ProposalOutdated):
        execute(proposed, tmp_path)

    assert credits() == [], "one month that changed keeps the other from leaving alone"
    found = regularising.changes_since(proposed)
    assert [one.month for one in found] == months
    for one in found:
        assert (one.before.debit_cents, one.before.payout_cents) == (0, 29_562)
        assert (one.after.status, one.after.debit_cents, one.after.payout_cents, one.after.held_cents) == after


@pytest.mark.django_db
def test_nobody_approves_what_is_no_longer_true(proposed: Regularisation) -> None:
    another_bracket()

    with pytest.raises(ProposalOutdated):
        approve(proposed)

    assert Regularisation.objects.get().state == "PROPOSED"


@pytest.mark.django_db
def test_a_renewed_list_takes_the_place_of_the_former_and_wants_its_own_second_person(
    proposed: Regularisation, tmp_path: Path
) -> None:
    approve(proposed)
    another_bracket()

    new = regularising.renew_regularisation(regularisation_pk=proposed.pk, by="thomas", on=date(2026, 10, 26))

    assert new is not None
    proposed.refresh_from_db()
    assert (proposed.state, new.state, new.proposed_by) == ("DROPPED", "PROPOSED", "thomas")
    assert [(one.care_month, one.refund_cents, one.arrears_cents) for one in new.months.order_by("care_month")] == [
        (JULY, 41_013, 46_882), (AUGUST, 41_013, 46_882),
    ], "claimed in 2019, in time: renewed in 2026 they are not lost"  # fmt: skip
    with pytest.raises(SignatureRefused, match="une autre personne"):
        approve(new)
    approve(new, by="nathalie")
    execute(new, tmp_path)
    assert credits() == [41_013, 41_013, 46_882, 46_882]
    assert check_ledger() == []


@pytest.mark.django_db
def test_months_in_doubt_are_no_movement_of_a_new_list(proposed: Regularisation) -> None:
    """A hold after a settlement moves nothing: nobody is told that 410,13 come back."""
    number_of_nobody()

    assert regularising.renew_regularisation(regularisation_pk=proposed.pk, by="nathalie", on=DAY) is None

    assert set(Run.objects.filter(scope__isnull=False).values_list("state", flat=True)) == {"SUPERSEDED"}
    assert Account.objects.filter(employer_no="E1", known_until__isnull=True).count() == 1


@pytest.mark.django_db
def test_the_page_says_what_changed_and_one_click_proposes_the_new_list(
    proposed: Regularisation, settings: Any, tmp_path: Path
) -> None:
    settings.PORTAL_BANK_FOLDER = tmp_path / "bank"
    approve(proposed)
    another_bracket()
    thomas = Client()
    thomas.force_login(User.objects.get(username="thomas"))
    decide = f"/agent/regularisations/{proposed.pk}/decider/"

    sent = thomas.post(decide, {"act": "execute"})

    assert sent.status_code == 302
    page = thomas.get(sent["Location"].partition("#")[0]).content.decode()
    assert "Cette liste n’est plus juste" in page
    assert '<s><span class="visually-hidden">avant : </span>295,62</s> <b>468,82</b>' in page
    first = thomas.post(decide, {"act": "renew"})
    again = thomas.post(decide, {"act": "renew"})
    new = Regularisation.objects.get(state=RegularisationState.PROPOSED)
    assert first["Location"] == again["Location"]
    assert f"/{new.pk}/" in first["Location"]
    assert Regularisation.objects.count() == 2
