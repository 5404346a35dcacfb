"""Whatever is done, refused, killed or sent back by the bank, in any order: every cent of a remedy is somewhere, once."""

import os
from pathlib import Path

import pytest
from django.db import transaction
from django.db.models import Q
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cmg.models import Advance, Overpayment, Refund, Settlement
from cmg.remedies.overpayments import CLOSED_STATES
from cmg.remedies.proof import check_remedies
from cmg.remedies.reports import contesting
from portal.banking.models import PaymentOrder
from portal.ledger.models import Account as Ledger
from portal.ledger.operations import balance
from portal.ledger.proof import check_ledger
from tests.cmg.remedies.families import closed, moved_away, received
from tests.cmg.remedies.world import OCTOBER, World


@pytest.fixture
def held(tmp_path: Path) -> Path:
    received(tmp_path, moved_away)
    closed()
    return tmp_path


def snapshot() -> tuple:
    rows = [list(model.objects.order_by("pk").values_list()) for model in (Advance, Overpayment, Refund, PaymentOrder)]
    return (*rows, [balance(account) for account in Ledger])


def contested_cents() -> int:
    """What is owed of sums that the family contests, or whose month it reported."""
    month = Q(care_month=OCTOBER) if contesting(OCTOBER) else Q()
    contested = Q(state="CONTESTED") | (month & ~Q(state__in=["OPENED", *CLOSED_STATES]) if month else Q(pk=None))
    return sum(one.outstanding_cents for one in Overpayment.objects.filter(contested))


def due_cents() -> int:
    """The aid of October as last issued: when it rises, less of it was in excess."""
    found = Settlement.objects.filter(care_month=OCTOBER, status="SETTLED", run__state="ISSUED", run__dry_run=False)
    last = found.order_by("-run__ordinal", "-version").first()
    return last.payout_cents if last else 0


def steps(text: str) -> list[tuple[str, int, bool]]:
    """``grant booked:2 october!``: the act, the choice, and whether it is killed."""
    found = []
    for word in text.split():
        name, _, n = word.rstrip("!").partition(":")
        found.append((name, int(n or 0), word.endswith("!")))
    return found


ARRIVED = "propose grant files booked "
TAXED = "linked corrected:4 october files booked booked:1 corrected:5 october notify "
IN_EXCESS = "linked october files booked corrected:1 october notify confirm plan "
# Where a sequence starts, so that most draws have money to move.
STARTS = (
    "",
    "propose grant files ",
    ARRIVED,
    ARRIVED + "linked october ",
    IN_EXCESS,
    IN_EXCESS + "collect files ",
    TAXED,
    TAXED + "contest ",
)
STEPS = st.builds(
    lambda start, more: steps(start) + more,
    st.sampled_from(STARTS),
    st.lists(
        st.tuples(st.sampled_from(sorted(World.acts)), st.integers(0, 11), st.sampled_from([False, False, False, True])),
        min_size=3, max_size=14,
    ),
)  # fmt: skip


@pytest.mark.django_db
@settings(
    max_examples=int(os.environ.get("ANY_ORDER_EXAMPLES", "15")), deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(done=STEPS)
@example(done=steps(ARRIVED + "linked october files booked november"))
@example(done=steps(ARRIVED + "returned convert waive linked account october cancel november"))
@example(done=steps("propose grant files refused account resend! resend files booked linked october november"))
@example(done=steps("propose grant files linked october booked november corrected:3 october"))
@example(done=steps(ARRIVED + "convert notify confirm plan collect files remit booked returned remit"))
@example(done=steps(IN_EXCESS + "collect files drop booked remit returned:1 again collect corrected:3 october"))
@example(
    done=steps(IN_EXCESS + "collect files refused again collect files booked corrected:0 october corrected:1 october")
)
@example(done=steps(TAXED + "contest corrected:1 october answered confirm plan collect"))
@example(done=steps(TAXED + "reported:1 corrected:1 october answered corrected:6 october corrected:2 october"))
@example(done=steps(TAXED + "confirm remit corrected:1 october corrected:0 october"))
def test_every_cent_of_a_remedy_is_somewhere_once(held: Path, done: list[tuple[str, int, bool]]) -> None:
    with transaction.atomic():
        world = World(held)
        for name, n, killed in done:
            before = snapshot() if killed else None
            contested, due = contested_cents(), due_cents()
            world.act(name, n, killed=killed)
            if name in ("october", "november"):
                taken = contested - contested_cents()
                assert taken <= max(0, due_cents() - due), f"{name}:{n} kept {taken} of what is contested"
            assert before is None or before == snapshot(), f"{name} died and left something"
            _prove(f"after {name}:{n}")
        transaction.set_rollback(True)


def _prove(where: str) -> None:
    assert check_ledger() + check_remedies() == [], where
    for advance in Advance.objects.all():
        parts = (advance.netted_cents, advance.outstanding_cents, advance.converted_cents, advance.waived_cents)
        assert min(parts) >= 0, where
        assert sum(parts) == advance.amount_cents, where
        assert (advance.state == "NETTED") == (advance.netted_cents == advance.amount_cents), where
    for found in Overpayment.objects.all():
        assert min(found.repaid_cents, found.remitted_cents, found.outstanding_cents) >= 0, where
        assert found.amount_cents == found.repaid_cents + found.remitted_cents + found.outstanding_cents, where
        assert found.outstanding_cents == 0 or found.state not in ("SETTLED", "REMITTED", "ABANDONED", "CANCELLED"), (
            where
        )
    for refund in Refund.objects.exclude(due_cents=None):
        assert refund.debited_cents == refund.due_cents + refund.amount_cents, where
