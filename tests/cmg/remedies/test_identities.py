"""Whatever is done with an advance, in whatever order: granted = netted + outstanding + converted + waived."""

from datetime import date
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cmg.models import Advance
from cmg.remedies import advances
from cmg.remedies.netting import Payout, net_payouts
from portal.casework.moves import MoveNotAllowed
from portal.ledger.models import Account as Ledger
from portal.ledger.operations import balance
from portal.ledger.proof import check_ledger
from tests.cmg.remedies.families import DAY, MONTH, PAYOUT, closed, moved_away, received
from tests.cmg.remedies.test_advances import paid, run_of

PAYOUTS = st.tuples(st.sampled_from([MONTH, date(2026, 11, 1), date(2026, 12, 1)]), st.integers(1, 2 * PAYOUT))
ENDINGS = st.sampled_from(["", "convert", "waive"])


@pytest.fixture
def held(tmp_path: Path) -> None:
    received(tmp_path, moved_away)
    closed()


@pytest.mark.django_db
@settings(
    max_examples=60, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(granted=st.integers(1, PAYOUT), payouts=st.lists(PAYOUTS, max_size=6), ending=ENDINGS)
def test_every_cent_of_an_advance_is_somewhere(
    held: None, granted: int, payouts: list[tuple[date, int]], ending: str
) -> None:
    with transaction.atomic():
        advance = paid(granted)
        for number, (month, cents) in enumerate(payouts):
            kept = dict(net_payouts(run_of(month), [Payout(f"P{number}", "E1", cents)], by="test", on=DAY).iter_rows())
            assert kept.get(f"P{number}", 0) <= (cents if month == MONTH else cents // 2)
        _end(advance, ending)
        advance.refresh_from_db()
        parts = (advance.netted_cents, advance.outstanding_cents, advance.converted_cents, advance.waived_cents)
        assert sum(parts) == granted
        assert min(parts) >= 0
        assert sum(one.netted_cents for one in advance.nettings.all()) == advance.netted_cents
        # Netting is booked by the run that issues the payouts; here the run's entries are not posted.
        assert balance(Ledger.ADVANCE, subject="cmg:employer:E1") == advance.outstanding_cents + advance.netted_cents
        assert check_ledger() == []
        transaction.set_rollback(True)


def _end(advance: Advance, ending: str) -> None:
    try:
        if ending == "convert":
            advances.convert_advance(advance_pk=advance.pk, cause="aucun droit", by="thomas", on=DAY)
        elif ending == "waive":
            advances.waive_advance(advance_pk=advance.pk, reason="erreur", by="thomas", on=DAY)
    except MoveNotAllowed:
        advance.refresh_from_db()
        assert advance.state == "NETTED"
