"""Reading small sums: what waits for a family, what a fund chose, what is seen in lists. Bounded queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, QuerySet, Sum

from portal.accounts.models import User
from portal.accounts.permissions import funds_on
from portal.accounts.rights import Right
from portal.benefits.models import (
    BenefitOverpayment,
    DeferredSum,
    OverpaymentState,
    SmallPaymentPolicy,
    SmallPolicy,
    SumState,
)
from portal.benefits.persons.selectors import subject_of
from portal.benefits.rules.small_payments import default_policy, last_month_given_up, months_back

# Ages shown, in whole months since the due month: from, words.
AGES = ((0, "moins de 3 mois"), (3, "3 à 5 mois"), (6, "6 à 8 mois"), (9, "9 à 11 mois"), (12, "12 mois et plus"))


@dataclass(frozen=True)
class Waiting:
    """What waits for a family, all benefits together for reading: each is tested alone."""

    cents: int
    sums: list[DeferredSum]

    @property
    def since(self) -> date | None:
        return self.sums[0].month if self.sums else None


def waiting_of(fund: str, beneficiary_no: str) -> Waiting:
    """The small sums kept for a family, the oldest first."""
    found = DeferredSum.objects.filter(fund=fund, beneficiary_no=beneficiary_no, state=SumState.WAITING)
    sums = list(found.order_by("month", "pk"))
    return Waiting(sum(one.amount_cents for one in sums), sums)


def policies_on(funds: Iterable[str], day: date) -> dict[str, str]:
    """What each of these funds does with small sums on `day`; the default where it decided nothing. One query."""
    wanted = sorted(set(funds))
    begun = SmallPaymentPolicy.objects.filter(fund__in=wanted, from_day__lte=day)
    chosen = begun.order_by("fund", "-from_day", "-pk").distinct("fund").values_list("fund", "policy")
    return dict.fromkeys(wanted, default_policy(day)) | dict(chosen)


def policy_on(fund: str, day: date) -> str:
    return policies_on([fund], day)[fund]


def rule_on(fund: str, day: date) -> SmallPaymentPolicy | None:
    """The decision of a fund that is in force on `day`; None when it decided nothing."""
    return history_of(fund).filter(from_day__lte=day).first()


def history_of(fund: str) -> QuerySet[SmallPaymentPolicy]:
    """What a fund decided, the last first."""
    return SmallPaymentPolicy.objects.filter(fund=fund).order_by("-from_day", "-pk")


def sums_seen(user: User, day: date) -> QuerySet[DeferredSum]:
    """The deferred sums of the funds whose benefits the user sees."""
    funds, found = funds_on(user, day, Right.SEE_BENEFITS), DeferredSum.objects.all()
    return found if funds is None else found.filter(fund__in=funds)


def overpayments_seen(user: User, day: date) -> QuerySet[BenefitOverpayment]:
    funds, found = funds_on(user, day, Right.SEE_BENEFITS), BenefitOverpayment.objects.all()
    return found if funds is None else found.filter(fund__in=funds)


def of_age(found: QuerySet[DeferredSum], place: int, day: date) -> QuerySet[DeferredSum]:
    """Those of the band of AGES at `place`."""
    youngest = found.filter(month__lte=months_back(day, AGES[place][0]))
    return youngest if place == len(AGES) - 1 else youngest.filter(month__gt=months_back(day, AGES[place + 1][0]))


@dataclass(frozen=True)
class FundLine:
    """One fund: what waits by age, and what it does with small sums."""

    fund: str
    policy: str
    ages: list[tuple[str, int]]
    count: int
    cents: int


def fund_lines(found: QuerySet[DeferredSum], funds: Iterable[str], day: date) -> list[FundLine]:
    """Each fund of `funds`, those without anything waiting included. As many queries as ages, and one."""
    waiting = found.filter(state=SumState.WAITING)
    total = {fund: (count, cents) for fund, count, cents in _sums(waiting)}
    ages = [{fund: cents for fund, _count, cents in _sums(of_age(waiting, place, day))} for place in range(len(AGES))]
    policies = policies_on([*funds, *total], day)
    return [
        FundLine(
            fund,
            policy,
            [(words, age.get(fund, 0)) for (_from, words), age in zip(AGES, ages, strict=True)],
            *total.get(fund, (0, 0)),
        )
        for fund, policy in sorted(policies.items())
    ]


def _sums(found: QuerySet[DeferredSum]) -> QuerySet[DeferredSum, tuple[str, int, int]]:
    return found.order_by().values_list("fund").annotate(count=Count("pk"), cents=Sum("amount_cents"))


def ending_next(found: QuerySet[DeferredSum], day: date) -> QuerySet[DeferredSum]:
    """Those that the first day of next month gives up, unless something else releases them before: none of a fund that then
    pays."""
    on = months_back(day, -1)
    old = found.filter(state=SumState.WAITING, month__lte=last_month_given_up(on))
    return old.exclude(fund__in=paying_on(old.order_by().values_list("fund", flat=True).distinct(), on))


def paying_on(funds: Iterable[str], day: date) -> set[str]:
    """Those of `funds` that pay every sum on `day`. One query."""
    return {fund for fund, policy in policies_on(funds, day).items() if policy == SmallPolicy.PAY}


def debts_of(fund: str, beneficiary_no: str) -> list[BenefitOverpayment]:
    """What a family is still asked for, or contests; the oldest first."""
    states = (OverpaymentState.TO_RECOVER, OverpaymentState.CONTESTED)
    found = BenefitOverpayment.objects.filter(fund=fund, beneficiary_no=beneficiary_no, state__in=states)
    return list(found.select_related("agreement").order_by("month", "pk"))


@dataclass(frozen=True)
class OverpaymentCounts:
    """What was given up and what is to come, in numbers and cents; what is contested is to recover no more."""

    written_off: int
    written_off_cents: int
    to_recover: int
    left_cents: int
    contested: int
    contested_cents: int


def count_overpayments(found: QuerySet[BenefitOverpayment]) -> OverpaymentCounts:
    """Two figures of each; one query."""
    left = F("amount_cents") - F("recovered_cents") - F("remitted_cents")
    rows = {state: (count, cents) for state, count, cents in
            found.order_by().values_list("state").annotate(count=Count("pk"), cents=Sum(left))}  # fmt: skip
    shown = (OverpaymentState.WRITTEN_OFF, OverpaymentState.TO_RECOVER, OverpaymentState.CONTESTED)
    return OverpaymentCounts(*(figure for state in shown for figure in rows.get(state, (0, 0))))


def families_of(rows: Iterable[DeferredSum | BenefitOverpayment]) -> list[str]:
    """The subjects of some rows."""
    return sorted({subject_of(one.fund, one.beneficiary_no) for one in rows})
