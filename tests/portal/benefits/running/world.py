"""Families of ARS and AEEH, runs closed, signed and issued, and what the bank answers: the steps that tests of money share."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

from cmg.demo.people import create_people
from portal.accounts.permissions import moment_on
from portal.banking.answers import import_message
from portal.banking.models import PaymentOrder
from portal.batches.models import Run
from portal.batches.operations import sign
from portal.benefits.models import Award, SmallPaymentPolicy
from portal.benefits.running.closing import close_aeeh, close_ars
from portal.benefits.running.issuing import issue_run
from portal.ledger.models import Account
from portal.ledger.operations import balance
from portal.ledger.proof import check_applications, check_ledger
from portal.legislation.calendar import months_later
from tests.cmg.closing.issued import booking, report, statement
from tests.cmg.files import iban_with_key
from tests.portal.benefits.rows import row, take_in

AUGUST, OCTOBER, MONTH = date(2026, 8, 10), date(2026, 10, 26), date(2026, 10, 1)
# Of 2026, one child: whole euros of the ceiling, cents before and after CRDS.
CEILING_OF_ONE = 28_956
PRIMARY, PRIMARY_NET, MIDDLE, MIDDLE_NET, HIGH, HIGH_NET = 42_901, 42_687, 45_267, 45_041, 46_836, 46_602
EIGHT, TWELVE, SEVENTEEN = "2018-05-14", "2014-03-02", "2009-03-02"
# The base of the AEEH of 2026.
BASE = 15_301
DECISION = {"incapacity_rate": "80", "complement": "0", "complement_by_help": "0", "ends_on": "2028-07-01"}


class World:
    """Files come in one by one, each newer than the last; `close` and `issue` act as two people sign."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.files = folder, 0
        create_people()

    def send(self, kind: str, **cells: Any) -> None:
        self.files += 1
        heard = {"updated_at": f"2026-09-01T06:{self.files // 60:02d}:{self.files % 60:02d}+02:00"}
        report = take_in(self.folder / str(self.files), kind, row(kind) | heard | cells)
        assert (report.applied, report.errors) == (1, {}), report

    def family(
        self, number: str, children: Sequence[str] = (EIGHT,), *, income: str | None = "20000.00", fund: str = "CAF63",
        **cells: Any,
    ) -> None:  # fmt: skip
        """A family with an account, children `number-1` and on born on `children`, and an income of 2024 unless None."""
        own = {"beneficiary_no": number, "fund": fund}
        self.send("benefit-families", **own, **{"nir": "", "iban": iban_with_key(number)} | cells)
        for place, born in enumerate(children, start=1):
            self.send("benefit-children", **own, child_id=f"{number}-{place}", birth_date=born, dependent_from=born)
        if income is not None:
            self.send("benefit-resources", **own, net_category_income=income)

    def schooling(self, number: str, child: int = 1, **cells: Any) -> None:
        self.send("schooling", beneficiary_no=number, child_id=f"{number}-{child}", **cells)

    def decision(self, number: str, child: int = 1, **cells: Any) -> None:
        self.send(
            "commission-decisions", beneficiary_no=number,
            **{"child_id": f"{number}-{child}", "decision_no": f"D-{number}-{child}", "starts_on": "2025-07-01"}
            | DECISION | cells,
        )  # fmt: skip

    def aeeh_family(self, number: str = "101", **cells: Any) -> None:
        """A family whose child has the base of the AEEH."""
        self.family(number, **cells)
        self.decision(number)

    def ended(self, number: str = "101") -> None:
        """The decision ended before the months of the tests."""
        self.decision(number, ends_on="2026-07-15")

    def stay(self, number: str, place: str, first: str, end: str) -> None:
        self.send(
            "boarding-periods", beneficiary_no=number, child_id=f"{number}-1", place=place, starts_on=first, ends_on=end
        )

    def days_at_home(self, number: str, month: date, days: int, *, boarded: bool = True) -> None:
        """So many days at home in a month otherwise spent boarded: as many thirtieths. Told again, the days are others."""
        if boarded:
            self.stay(number, "BOARDED", f"{month}", f"{months_later(month, 1)}")
        self.stay(number, "HOME", f"{month}", f"{month.replace(day=days + 1)}")

    def policy(self, policy: str, day: date) -> None:
        """What the fund does with small sums from a day on."""
        SmallPaymentPolicy.objects.create(
            fund="CAF63", from_day=day, policy=policy, reason="x", form_key=uuid4(), decided_by="helene", decided_on=day,
            decided_at=moment_on(day),
        )  # fmt: skip

    def moved(self, number: str) -> None:
        """The family has another account."""
        self.send("benefit-families", beneficiary_no=number, nir="", iban=iban_with_key("9"))

    def ars(self, on: date = AUGUST, **asked: Any) -> Run:
        return close_ars(school_year=2026, on=on, **asked)

    def aeeh(self, month: date = MONTH, on: date = OCTOBER) -> Run:
        return close_aeeh(month=month, on=on)

    def issue(self, run: Run, on: date | None = None) -> Run:
        day = on or run.day
        signed(run, day)
        issue_run(run_pk=run.pk, out=self.out, on=day, by="test")
        run.refresh_from_db()
        proven()
        return run

    @property
    def out(self) -> Path:
        return self.folder / "out"


def signed(run: Run, on: date) -> None:
    for username in ("helene", "bruno"):
        sign(run_pk=run.pk, username=username, on=on)


def proven() -> None:
    assert check_ledger() == []
    assert check_applications() == []


def award(number: str, run: Run) -> Award:
    return Award.objects.get(run=run, beneficiary_no=number)


def said(run: Run) -> dict[str, tuple[str, str, int]]:
    """By family: status, reason without its prefix, cents that leave."""
    rows = Award.objects.filter(run=run).values_list("beneficiary_no", "status", "refusal", "paid_cents")
    return {number: (status, code.removeprefix("benefits."), cents) for number, status, code, cents in rows}


def balances() -> dict[str, int]:
    """What is not zero in the ledger."""
    return {account.name: cents for account in Account if (cents := balance(account))}


def order_of(number: str) -> PaymentOrder:
    return PaymentOrder.objects.filter(subject=f"family:CAF63/{number}").latest("pk")


def booked(number: str = "101") -> None:
    """The last transfer of a family went through."""
    order = order_of(number)
    bank_says(booking(order), number=order.pk)


def bank_refuses(order: PaymentOrder, on: date = OCTOBER) -> None:
    import_message(report(order, "RJCT", "AC04"), name=f"rejet-{order.pk}.xml", on=on)
    proven()


def bank_says(*entries: str, on: date = AUGUST, number: int = 1) -> None:
    import_message(statement(*entries, number=number), name=f"releve-{number}.xml", on=on)
    proven()


__all__ = ["booking"]
