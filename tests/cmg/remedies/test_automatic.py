"""A broken delay: the portal proposes the advance itself, grants it below the threshold, and never insists."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from cmg.models import Advance, Settlement
from cmg.remedies import advances, selectors
from cmg.remedies.automatic import advance_what_is_late
from cmg.remedies.limits import RemedyRefused
from portal.banking.models import PaymentOrder
from portal.casework.models import Dossier
from portal.ledger.models import Account as Ledger
from portal.ledger.operations import balance
from portal.letters.models import Letter, LetterJob
from portal.letters.operations import write_letters
from portal.people.vault import decrypt
from tests.cmg.files import row
from tests.cmg.remedies.families import DAY, MONTH, PAYOUT, Files, closed, issued, moved_away, no_account, received
from tests.cmg.remedies.test_following import another_account

FILED = date(2026, 9, 20)


@pytest.fixture
def held(tmp_path: Path) -> date:
    """The published day of a held family."""
    received(tmp_path, moved_away)
    closed()
    return Dossier.objects.get().deadline


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "granted"), [(0, 0), (1, 1)])
def test_the_day_after_the_promised_one_the_advance_leaves(held: date, days: int, granted: int) -> None:
    done = advance_what_is_late(on=held + timedelta(days=days))

    assert (done.granted, done.proposed, done.impossible) == (granted, 0, {})
    assert Advance.objects.count() == PaymentOrder.objects.count() == granted
    if granted:
        advance = Advance.objects.get()
        assert (advance.amount_cents, advance.state, advance.origin) == (PAYOUT, "GRANTED", "AUTOMATIC")
        assert (advance.proposed_by, advance.decided_by) == ("portail", "portail")
        assert balance(Ledger.ADVANCE, subject="cmg:employer:E1") == PAYOUT
        assert LetterJob.objects.get().kind == "cmg.advance_granted"


@pytest.mark.django_db
def test_a_second_pass_and_a_living_advance_leave_it_alone(held: date) -> None:
    late = held + timedelta(days=1)
    advance_what_is_late(on=late)

    assert advance_what_is_late(on=late).granted == 0
    assert advance_what_is_late(on=late + timedelta(days=30)).granted == 0
    assert Advance.objects.count() == 1


@pytest.mark.django_db
def test_from_the_threshold_on_it_waits_for_a_person(held: date) -> None:
    Settlement.objects.filter(status="HELD").update(
        part_b_cents=150_000, payout_cents=150_000 - Settlement.objects.get().offset_cents
    )

    done = advance_what_is_late(on=held + timedelta(days=1))

    assert (done.granted, done.proposed) == (0, 1)
    assert not PaymentOrder.objects.exists()
    advance = Advance.objects.get()
    assert advances.grant_advance(advance_pk=advance.pk, by="thomas", on=held + timedelta(days=2)).state == "GRANTED"


@pytest.mark.django_db
def test_what_a_person_refused_is_not_proposed_again_by_itself(held: date) -> None:
    Settlement.objects.filter(status="HELD").update(
        part_b_cents=150_000, payout_cents=150_000 - Settlement.objects.get().offset_cents
    )
    late = held + timedelta(days=1)
    advance_what_is_late(on=late)
    advances.refuse_advance(advance_pk=Advance.objects.get().pk, refusal="Aucun droit.", by="thomas", on=late)

    assert advance_what_is_late(on=late + timedelta(days=1)).proposed == 0


@pytest.mark.django_db
def test_a_settled_month_is_not_advanced_however_late_its_dossier(tmp_path: Path) -> None:
    received(tmp_path)
    issued(tmp_path / "out")
    Dossier.objects.create(subject="cmg:employer:E1", title="x", body="FUND", opened_on=DAY, deadline=DAY, reasons="")

    assert advance_what_is_late(on=DAY + timedelta(days=60)).granted == 0
    assert not Advance.objects.exists()


@pytest.fixture
def without_account(tmp_path: Path) -> date:
    def both(files: Files) -> None:
        no_account(files)
        moved_away(files)

    received(tmp_path, both)
    closed()
    return Dossier.objects.get().deadline + timedelta(days=1)


@pytest.mark.django_db
def test_without_an_account_the_advance_waits_where_it_is_seen_and_the_family_is_told_once(
    without_account: date,
) -> None:
    done = advance_what_is_late(on=without_account)
    advance_what_is_late(on=without_account + timedelta(days=1))

    assert list(done.impossible) == ["E1"]
    advance = Advance.objects.get()
    assert (advance.state, advance.amount_cents, advance.waits_for_account) == ("PROPOSED", PAYOUT, True)
    assert advance in selectors.MODELS["advances"]._default_manager.filter(selectors.OPEN["advances"])
    assert LetterJob.objects.get().kind == "cmg.advance_waits"
    assert not PaymentOrder.objects.exists()
    assert write_letters() == 1
    assert "428,70" in decrypt(Letter.objects.get().text).decode()


@pytest.mark.django_db
def test_the_advance_leaves_with_the_first_pass_after_the_account_came(without_account: date, tmp_path: Path) -> None:
    advance_what_is_late(on=without_account)
    another_account(tmp_path)

    done = advance_what_is_late(on=without_account + timedelta(days=1))

    assert (done.granted, done.impossible) == (1, {})
    assert PaymentOrder.objects.get().amount_cents == PAYOUT
    assert advance_what_is_late(on=without_account + timedelta(days=2)).granted == 0


@pytest.mark.django_db
def test_what_nobody_waits_for_any_more_is_cancelled_not_granted(without_account: date, tmp_path: Path) -> None:
    advance_what_is_late(on=without_account)
    Settlement.objects.update(status="SETTLED", decision="RIGHT", decision_month=MONTH, payout_blocked=False)
    another_account(tmp_path)
    with pytest.raises(RemedyRefused, match="n’attend plus"):
        advances.grant_advance(advance_pk=Advance.objects.get().pk, by="thomas", on=without_account)

    done = advance_what_is_late(on=without_account + timedelta(days=1))

    assert done.granted == 0
    advance = Advance.objects.get()
    assert (advance.state, "réglé" in advance.refusal) == ("CANCELLED", True)
    assert not PaymentOrder.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "granted"), [(15, 0), (16, 1)])
def test_a_request_that_waits_for_more_than_fifteen_days(tmp_path: Path, days: int, granted: int) -> None:
    def waiting(files: Files) -> None:
        files["rights_fund"].clear()
        files["rights_pajemploi"].clear()
        files["requests"] = [row("requests", filed_on=f"{DAY - timedelta(days=days):%Y-%m-%d}")]

    received(tmp_path, waiting)
    closed()
    held = Settlement.objects.get()
    assert (held.status, held.anomaly_codes) == ("HELD", "CMG-002")
    Settlement.objects.update(part_b_cents=held.offset_cents + 30_000, payout_cents=30_000)

    assert advance_what_is_late(on=DAY).granted == granted
    assert Dossier.objects.get().deadline > DAY, "the dossier itself is not late"


@pytest.mark.django_db
def test_an_old_request_does_not_advance_a_month_held_for_another_reason(tmp_path: Path) -> None:
    def other(files: Files) -> None:
        moved_away(files)
        files["requests"] = [row("requests", filed_on="2026-09-01", child_id="C9", beneficiary_no="B9")]

    received(tmp_path, other)
    closed()
    assert "CMG-002" not in Settlement.objects.get().anomaly_codes

    assert advance_what_is_late(on=DAY).granted == 0
    assert Settlement.objects.get().care_month == MONTH
