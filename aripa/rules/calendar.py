"""The dates of ARIPA: CSS R. 582-5 to R. 582-8, D. 582-2; Code de procédure civile, art. 642, by analogy.

Day 0 is the day of the event; a deadline of N days is the end of day N. One that binds a parent and ends on a day that
is not worked goes on to the next working day; one that binds the fund does not.
"""

from calendar import monthrange
from datetime import date, timedelta

from aripa.rules.figures import first_day_of, number_on
from portal.legislation.calendar import months_later, next_bank_day, next_business_day

DAY = timedelta(days=1)


def deadline_for_parent(received_on: date, days: int) -> date:
    """The last day on which the parent may still answer or pay."""
    return next_business_day(received_on + timedelta(days=days))


def deadline_for_fund(since: date, days: int) -> date:
    """The last day on which the fund may still act."""
    return since + timedelta(days=days)


def month_shifted(day: date, months: int) -> date:
    """The first day of the month that is `months` later (or earlier)."""
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def due_on(month: date, due_day: int) -> date:
    """The day on which the term of `month` falls due; the last of the month for a day that it does not have."""
    return month.replace(day=min(due_day, monthrange(month.year, month.month)[1]))


def first_due_day(after: date, due_day: int) -> date:
    """The first due day on or after `after`."""
    this_month = due_on(after.replace(day=1), due_day)
    return this_month if this_month >= after else due_on(month_shifted(after, 1), due_day)


def discharge_date(live_on: date, due_day: int) -> date:
    """First term paid to the fund: the first due day once the notice of set-up is old enough (CSS L. 582-1 III)."""
    return first_due_day(live_on + timedelta(days=number_on("choice.live_notice_days", live_on)), due_day)


def debit_day(due: date) -> date:
    """The day of the debit: the due day, or the next bank day."""
    return next_bank_day(due)


def payout_day(received_on: date) -> date:
    """The day after effective receipt, or the next bank day (CSS R. 582-7)."""
    return next_bank_day(received_on + timedelta(days=number_on("creditor_payout_max_days", received_on)))


def first_payout_limit(complete_on: date) -> date:
    """Sixty days after a complete file (CSS R. 582-5): the fund's own deadline."""
    return deadline_for_fund(complete_on, number_on("first_payment_max_days", complete_on))


def asf_day(month: date) -> date:
    """When the ASF of `month` is computed and paid: the fifth of the next month, or the next bank day."""
    return next_bank_day(month_shifted(month, 1).replace(day=5))


def first_control_by(since: date) -> date:
    """The fund's last day to control the debtor after a claim of ASF (CSS D. 523-2, III)."""
    key = "asf_debtor_first_control_months"
    return months_later(since, number_on(key, max(since, first_day_of(key))))


def next_control_by(found_on: date) -> date:
    """The fund's last day to control the debtor again (CSS D. 523-2, III)."""
    key = "asf_debtor_control_period_months"
    return months_later(found_on, number_on(key, max(found_on, first_day_of(key))))


def account_day(since: date) -> date:
    """When a creditor is told where a recovery stands, if nothing else made an account leave before."""
    key = "choice.account_months"
    return next_business_day(months_later(since, number_on(key, max(since, first_day_of(key)))))


def anniversary(of: date, year: int) -> date:
    """The same day in `year`; 28 February for one born on 29 February."""
    return of.replace(year=year, day=min(of.day, monthrange(year, of.month)[1]))


def day_it_is_unpaid(due: date) -> date:
    """For a term that no debit settles on its day: five days after it fell due."""
    return due + timedelta(days=number_on("choice.unpaid_after_days", due))


def unpaid_notice_day(unpaid_on: date) -> date:
    """The first working day after the day the term became unpaid: the notice leaves."""
    return next_business_day(unpaid_on + DAY)


def unpaid_notice_limit(due: date) -> date:
    """The last day on which the notice may leave (CSS R. 582-8 I): the fund's own deadline."""
    return deadline_for_fund(due, number_on("unpaid_notice_max_days", due))


def _procedure_days(key: str, on: date) -> int:
    """A delay of CSS R. 582-8, which came in June 2021: the months of intermediation before it count the same days."""
    return number_on(key, max(on, first_day_of(key)))


def settle_by(notice_received_on: date) -> date:
    """The last day to pay the term that the notice names (CSS R. 582-8 I)."""
    return deadline_for_parent(notice_received_on, _procedure_days("unpaid_regularisation_days", notice_received_on))


def plan_instalment_by(agreed_on: date, number: int) -> date:
    """The last day of an instalment of a plan: the first (0) within ten days, then one a month (CSS R. 582-8 II)."""
    first = agreed_on + timedelta(days=_procedure_days("arrears_plan_first_payment_days", agreed_on))
    return next_business_day(due_on(month_shifted(first, number), first.day))


def arrears_answer_by(notice_received_on: date) -> date:
    """The last day to pay the arrears asked for, or to accept a plan (CSS R. 582-8 II)."""
    return deadline_for_parent(notice_received_on, _procedure_days("arrears_answer_days", notice_received_on))


def information_by(notice_received_on: date) -> date:
    """The last day to answer the notice of opening (CSS D. 582-2)."""
    return deadline_for_parent(notice_received_on, number_on("information_deadline_days", notice_received_on))


def second_information_by(notice_received_on: date) -> date:
    """The last day to answer the warning of a penalty (CSS D. 582-2)."""
    return deadline_for_parent(notice_received_on, number_on("information_second_deadline_days", notice_received_on))


def penalty_payment_by(notice_received_on: date) -> date:
    """The last day to pay the penalty (CSS D. 582-2)."""
    return deadline_for_parent(notice_received_on, number_on("penalty_payment_deadline_days", notice_received_on))


def garnishee_answer_by(decided_on: date) -> date:
    """The last day on which a garnishee answers an order (CPCE L. 213-5, R. 213-13)."""
    days = number_on("garnishee_answer_days", max(decided_on, first_day_of("garnishee_answer_days")))
    return next_business_day(decided_on + timedelta(days=days))


def day_after(deadline: date) -> date:
    """The first day on which a deadline that was not met has its effect."""
    return deadline + DAY


def is_within_lookback(month: date, asked_on: date, months: int) -> bool:
    """Whether `month` is one of the `months` calendar months before that of `asked_on`."""
    return month_shifted(asked_on, -months) <= month.replace(day=1) < asked_on.replace(day=1)


def is_excess_kept(received_on: date, next_due_on: date) -> bool:
    """Whether what is left of a receipt waits for the next term instead of going back to the debtor."""
    return next_due_on - received_on <= timedelta(days=number_on("choice.excess_kept_days", received_on))
