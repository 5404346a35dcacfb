"""A run keeps, releases, gives up and deducts small sums: exact cents, once, in rows and in the books."""

from datetime import date
from uuid import uuid4

import polars as pl
import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from portal.accounts.permissions import moment_on
from portal.audit.models import JournalEntry
from portal.batches.models import Run
from portal.benefits.models import Award, DeferredSum, SumState
from portal.benefits.small.applying import WaitingChanged, apply, record
from portal.benefits.small.deciding import decide_policy
from portal.benefits.small.overpaying import Overpaid, note
from portal.benefits.small.proof import check_small_sums
from portal.benefits.small.selectors import waiting_of
from portal.benefits.small.withdrawing import take_back
from portal.ledger.models import Account
from portal.ledger.operations import balance
from tests.portal.benefits.small.world import (
    FUND,
    NUMBER,
    applied,
    award_of,
    computed,
    debts,
    issue,
    lived,
    run_of,
    states,
)

pytestmark = pytest.mark.django_db
MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)
US, SUBJECT = (FUND, NUMBER), f"family:{FUND}/{NUMBER}"
OTHER = ("CAF59", "0999999")


def policy(kind: str, fund: str = FUND, day: date = MAY) -> None:
    decide_policy(
        fund=fund, policy=kind, from_day=day, reason="décision de la direction", form_key=uuid4(), by="helene",
        at=moment_on(day), on=day,
    )  # fmt: skip


def overpaid(cents: int, on: date = MAY) -> None:
    what = Overpaid(*US, "AEEH", "RIGHT_ENDED", cents, on.replace(day=1))
    note(what=what, reason="droit fini en avril", form_key=uuid4(), by="nathalie", on=on)


def test_a_small_sum_waits_then_leaves_with_the_next() -> None:
    first = lived(MAY, (*US, 27_99), (*OTHER, 28_00))

    assert award_of(first) == ("DEFERRED", 0, 0, 0)
    assert award_of(first, OTHER[1]) == ("PAID", 0, 0, 28_00)
    assert states() == [(27_99, "WAITING")]
    assert (waiting_of(*US).cents, waiting_of(*US).since) == (27_99, MAY)
    assert balance(Account.BENEFIT_DEFERRED, subject=SUBJECT) == -27_99
    assert balance(Account.BENEFIT_PAYOUTS, subject=SUBJECT) == 0

    second = lived(JUNE, (*US, 1))

    assert award_of(second) == ("PAID", 27_99, 0, 28_00)
    assert states() == [(27_99, "PAID")]
    assert DeferredSum.objects.get().released_by_id == second.pk
    assert balance(Account.BENEFIT_DEFERRED, subject=SUBJECT) == 0
    assert balance(Account.BENEFIT_PAYOUTS, subject=SUBJECT) == -28_00
    assert waiting_of(*US).cents == 0
    assert check_small_sums() == []


def test_several_small_sums_wait_together_and_the_look_alike_of_another_fund_does_not_count() -> None:
    lived(MAY, (*US, 10_00), ("CAF59", NUMBER, 17_99))
    second = lived(JUNE, (*US, 10_00))
    third = computed(JULY, (*US, 7_99))

    assert award_of(second)[0] == "DEFERRED"
    assert award_of(third) == ("DEFERRED", 0, 0, 0)
    assert check_small_sums() == []


def test_a_right_that_ended_moves_nothing_and_what_waits_still_waits() -> None:
    lived(MAY, (*US, 10_00))
    row = applied(run_of(JUNE), (*US, 0)).row(0, named=True)

    assert (row["status"], row["released_cents"], row["paid_cents"]) == (None, 0, 0)


@pytest.mark.parametrize(
    ("kind", "cents", "status", "released", "paid"),
    [
        ("PAY", 1, "PAID", 10_00, 10_01), ("PAY", 0, "PAID", 10_00, 10_00), ("WAIVE", 1, "WAIVED", 0, 0),
        ("WAIVE", 18_00, "PAID", 10_00, 28_00), ("WAIVE", 0, None, 0, 0),
    ],
)  # fmt: skip
def test_what_the_director_decided_counts_from_its_day(
    kind: str, cents: int, status: str | None, released: int, paid: int
) -> None:
    policy(kind, day=date(2026, 5, 27))
    lived(MAY, (*US, 10_00))

    row = applied(run_of(JUNE), (*US, cents)).row(0, named=True)

    assert states() == [(10_00, "WAITING")]
    assert (row["status"], row["released_cents"], row["paid_cents"]) == (status, released, paid)


@pytest.mark.parametrize(
    ("case", "kind", "waiting", "cents", "whole", "expected"),
    [
        ("a small benefit is given up", "WAIVE", 0, 5_00, 27_99, ("WAIVED", 0, 0)),
        ("what is added to one that reaches T is kept", "WAIVE", 0, 5_00, 28_00, ("DEFERRED", 0, 0)),
        ("up to a cent under T", "WAIVE", 0, 27_99, 153_01, ("DEFERRED", 0, 0)),
        ("and leaves at T", "WAIVE", 0, 28_00, 153_01, ("PAID", 0, 28_00)),
        ("with what waits, a cent under T", "WAIVE", 22_99, 5_00, 153_01, ("DEFERRED", 0, 0)),
        ("with what waits, at T", "WAIVE", 23_00, 5_00, 153_01, ("PAID", 23_00, 28_00)),
        ("a fund that defers, whatever the month gives", "DEFER", 0, 5_00, 153_01, ("DEFERRED", 0, 0)),
        ("a small benefit of a fund that defers", "DEFER", 0, 5_00, 5_00, ("DEFERRED", 0, 0)),
        ("a fund that pays", "PAY", 0, 5_00, 153_01, ("PAID", 0, 5_00)),
    ],
)
def test_a_fund_gives_up_a_benefit_under_the_threshold_never_a_difference_of_another(
    case: str, kind: str, waiting: int, cents: int, whole: int, expected: tuple[str, int, int]
) -> None:
    if waiting:
        lived(MAY, (*US, waiting))
    if kind != "DEFER":
        policy(kind, day=JUNE)
    row = applied(run_of(JUNE), (*US, cents), whole=whole).row(0, named=True)

    assert (row["status"], row["released_cents"], row["paid_cents"]) == expected, case


@pytest.mark.parametrize(("month", "released"), [(MAY, 0), (JUNE, 28_00), (JULY, 28_00)])
def test_what_reaches_the_threshold_leaves_with_nothing_new_not_with_the_correction_of_an_older_month(
    month: date, released: int
) -> None:
    for run in [computed(MAY, (*US, 14_00)), computed(JUNE, (*US, 14_00))]:
        issue(run)
    row = applied(run_of(month), (*US, 0)).row(0, named=True)

    assert (row["status"], row["released_cents"]) == (("PAID", released) if released else (None, 0))


def test_a_sum_given_up_is_in_the_books() -> None:
    policy("WAIVE")
    told = issue(computed(MAY, (*US, 5_00)))

    assert told["waived_cents"] == 5_00
    assert balance(Account.WRITTEN_OFF, subject=SUBJECT) == -5_00
    assert balance(Account.BENEFIT_PAYOUTS, subject=SUBJECT) == 0
    assert states() == []
    assert check_small_sums() == []


def test_ars_is_never_kept_nor_tested_again_after_crds() -> None:
    run = lived(MAY, (*US, 14_93), benefit="ARS")

    assert award_of(run) == ("PAID", 0, 0, 14_93)
    assert states() == []


def test_a_run_computed_again_keeps_nothing_twice() -> None:
    run = computed(MAY, (*US, 10_00))
    Award.objects.filter(run=run).delete()
    assert states() == []

    run = computed(JUNE, (*US, 10_00))
    assert issue(run)["kept_cents"] == 10_00
    with pytest.raises(IntegrityError), transaction.atomic():
        record(run_pk=run.pk, day=run.day)
    assert states() == [(10_00, "WAITING")]


def test_two_runs_that_counted_on_the_same_sum_do_not_both_pay_it() -> None:
    lived(MAY, (*US, 20_00))
    early, late = computed(JUNE, (*US, 9_00)), computed(JULY, (*US, 9_00))
    issue(early)

    with pytest.raises(WaitingChanged) as refused, transaction.atomic():
        issue(late)

    assert refused.value.families == [f"{FUND}/{NUMBER}"]
    assert states() == [(20_00, "PAID")]
    assert balance(Account.BENEFIT_PAYOUTS, subject=SUBJECT) == -29_00


def test_without_an_agreement_nothing_is_ever_withheld() -> None:
    overpaid(10_00)
    overpaid(40_00)

    for month in (JULY, date(2026, 8, 1), date(2026, 9, 1), date(2027, 9, 1)):
        assert award_of(lived(month, (*US, 153_01))) == ("PAID", 0, 0, 153_01)
    assert debts() == [(10_00, 0, "TO_RECOVER"), (40_00, 0, "TO_RECOVER")]
    assert balance(Account.BENEFIT_OVERPAYMENT, subject=SUBJECT) == 50_00
    assert check_small_sums() == []


def corrected(month: date, cents: int, already: int, *, status: str = "PAID") -> Run:
    """A second run of a month, whose award says the whole net amount and what earlier runs settled of it."""
    run = run_of(month)
    Award.objects.create(
        run=run, slice_number=0, benefit="AEEH", fund=FUND, beneficiary_no=NUMBER, territory="METROPOLE", month=month,
        status=status, children=1, gross_cents=cents, crds_cents=0, net_cents=cents, already_cents=already, paid_cents=0,
        facts={},
    )  # fmt: skip
    return run


def test_a_correction_that_adds_nothing_leaves_what_waits_and_is_issued() -> None:
    lived(MAY, (*US, 10_00))

    assert record(run_pk=corrected(MAY, 10_00, 10_00).pk, day=MAY)["released_cents"] == 0
    assert states() == [(10_00, "WAITING")]


def test_a_correction_keeps_what_it_adds_alone() -> None:
    lived(MAY, (*US, 10_00))
    record(run_pk=corrected(MAY, 15_00, 10_00, status="DEFERRED").pk, day=MAY)

    assert states() == [(10_00, "WAITING"), (5_00, "WAITING")]
    assert balance(Account.BENEFIT_DEFERRED, subject=SUBJECT) == -15_00


@pytest.mark.parametrize(
    ("fall", "taken", "after"),
    [
        (10_00, 10_00, [(10_00, "UNDUE")]), (25_00, 10_00, [(10_00, "UNDUE")]),
        (7_00, 7_00, [(10_00, "UNDUE"), (3_00, "WAITING")]),
    ],
)  # fmt: skip
def test_a_sum_never_paid_is_taken_back_before_anything_is_claimed(
    fall: int, taken: int, after: list[tuple[int, str]]
) -> None:
    lived(MAY, (*US, 10_00))
    what, run = Overpaid(*US, "AEEH", "RIGHT_ENDED", fall, MAY), corrected(MAY, 10_00 - taken, 10_00)

    assert take_back(what=what, run_pk=run.pk, on=JUNE) == taken
    assert take_back(what=what, run_pk=run.pk, on=JUNE) == 0
    assert states() == after
    assert balance(Account.DISABLED_CHILD_ALLOWANCE, subject=SUBJECT) == 10_00 - taken
    assert check_small_sums() == []


def test_what_waits_for_another_month_is_not_taken_back() -> None:
    lived(MAY, (*US, 10_00))
    what = Overpaid(*US, "AEEH", "RIGHT_ENDED", 10_00, JUNE)

    assert take_back(what=what, run_pk=run_of(JUNE).pk, on=JUNE) == 0
    assert states() == [(10_00, "WAITING")]


def test_a_family_given_twice_is_refused_and_no_family_is_none() -> None:
    run = run_of(MAY)
    with pytest.raises(ValueError, match="twice"):
        applied(run, (*US, 1), (*US, 2))
    none = applied(run)
    assert none.height == 0
    assert none.columns[-1] == "paid_cents"
    kept = pl.DataFrame({
        "fund": [FUND], "beneficiary_no": [NUMBER], "net_cents": [1], "whole_cents": [1], "due_again_cents": [0], "mine": ["x"],
    })  # fmt: skip
    assert apply(kept, run_pk=run.pk, benefit="AEEH", day=run.day)["mine"].to_list() == ["x"]


def test_what_is_recorded_is_in_the_journal() -> None:
    run = lived(MAY, (*US, 10_00))

    entry = JournalEntry.objects.get(action="benefits.small.recorded")
    assert (entry.subject, entry.detail["families"], entry.detail["kept_cents"]) == (f"run:{run.pk}", 1, 10_00)


@pytest.mark.parametrize(
    ("sentence", "sql"),
    [
        ("ne change pas", "UPDATE benefits_deferredsum SET amount_cents = 1"),
        ("ne change pas", "UPDATE benefits_deferredsum SET month = '2026-06-01', state = 'WAIVED', ended_on = '2026-10-26'"),
        ("", "DELETE FROM benefits_deferredsum"),
        ("", "TRUNCATE benefits_deferredsum"),
        ("deferred_ends_one_way", "UPDATE benefits_deferredsum SET state = 'PAID', ended_on = '2026-10-26'"),
        ("deferred_paid_by_another_run",
         "UPDATE benefits_deferredsum SET state = 'PAID', ended_on = '2026-10-26', released_by_id = run_id"),
    ],
)  # fmt: skip
def test_the_database_keeps_what_waits(sentence: str, sql: str) -> None:
    lived(MAY, (*US, 10_00))

    with pytest.raises(DatabaseError, match=sentence), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert states() == [(10_00, "WAITING")]


@pytest.mark.parametrize("state", [SumState.WAITING, SumState.PAID, SumState.WAIVED])
def test_the_database_refuses_that_a_sum_ends_twice(state: str) -> None:
    lived(MAY, (*US, 27_00))
    second = lived(JUNE, (*US, 1_00))
    third = run_of(JULY)

    with pytest.raises(DatabaseError, match="deux fois"), transaction.atomic():
        DeferredSum.objects.update(state=state, released_by=third if state == SumState.PAID else None)
    assert DeferredSum.objects.get().released_by_id == second.pk


def test_the_database_refuses_a_deferred_ars_and_a_sum_that_begins_paid() -> None:
    run, other = run_of(MAY), run_of(JUNE)
    common = {"fund": FUND, "beneficiary_no": NUMBER, "run": run, "amount_cents": 1, "month": MAY}
    with pytest.raises(DatabaseError, match="deferred_never_ars"), transaction.atomic():
        DeferredSum.objects.create(benefit="ARS", **common)
    with pytest.raises(DatabaseError, match="commence par attendre"), transaction.atomic():
        DeferredSum.objects.create(benefit="AEEH", state="PAID", released_by=other, ended_on=MAY, **common)


def test_the_proof_finds_a_cent_that_only_one_side_knows() -> None:
    DeferredSum.objects.create(
        fund=FUND, beneficiary_no=NUMBER, benefit="AEEH", run=run_of(MAY), amount_cents=1, month=MAY
    )
    assert check_small_sums() == [
        f"{SUBJECT} : 0,00\u00a0€ de petites sommes reportées au grand livre, 0,01\u00a0€ qui attendent"
    ]
