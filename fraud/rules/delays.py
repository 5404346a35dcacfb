"""The delays of a control case and of a penalty, as days. A last day is the last one on which the person may still act."""

from datetime import date, timedelta

from portal.legislation.calendar import months_later, nth_business_day
from portal.legislation.parameters import Parameters


def reply_until(sent_on: date, parameters: Parameters) -> date:
    """The last day to reply to findings, to a notice or to copies sent that day."""
    return nth_business_day(sent_on, int(parameters.value("case.reply_business_days", sent_on)))


def penalty_reply_until(notified_on: date, parameters: Parameters) -> date:
    """The last day to be heard or to write after a penalty was notified (L. 114-17)."""
    return months_later(notified_on, int(parameters.value("case.penalty_reply_months", notified_on)))


def rectification_until(notified_on: date, parameters: Parameters) -> date:
    """The last day to ask for a correction after an overpayment notice (R. 133-9-2)."""
    return notified_on + timedelta(days=int(parameters.value("case.overpayment_days", notified_on)))


def retention_from(notified_on: date, parameters: Parameters) -> date:
    """The first day on which anything may be withheld after that notice: never before."""
    return rectification_until(notified_on, parameters) + timedelta(days=1)


def appeal_until(notified_on: date, parameters: Parameters) -> date:
    """The last day of a gracious appeal."""
    return months_later(notified_on, int(parameters.value("case.appeal_months", notified_on)))


def opinion_until(appealed_on: date, needs_more: bool, parameters: Parameters) -> date:
    """The last day of the board's opinion; after it, it is deemed given."""
    months = int(parameters.value("case.opinion_months", appealed_on))
    more = int(parameters.value("case.opinion_more_months", appealed_on)) if needs_more else 0
    return months_later(appealed_on, months + more)


def director_until(opinion_on: date, parameters: Parameters) -> date:
    """The last day on which the director may decide after the opinion; the next one, the procedure is abandoned."""
    return months_later(opinion_on, int(parameters.value("case.director_months", opinion_on)))


def suspension_from(reminded_on: date, parameters: Parameters) -> date:
    """The first day on which a suspension may be decided for a paper asked again that day."""
    return reminded_on + timedelta(days=int(parameters.value("case.missing_paper_days", reminded_on)))


def full_check_from(opened_on: date, parameters: Parameters) -> date:
    """The first day on which a family may be fully checked again without a new fact."""
    return months_later(opened_on, int(parameters.value("case.full_check_months", opened_on)))


def claimed_since(noticed_on: date, is_fraud: bool, parameters: Parameters) -> date:
    """The oldest payment that a notice of that day may still claim (L. 553-1)."""
    key = "time_bar.fraud_years" if is_fraud else "time_bar.years"
    return months_later(noticed_on, -12 * int(parameters.value(key, noticed_on)))


def complaint_threshold_cents(began_on: date, parameters: Parameters) -> int:
    """Above it, a complaint must be filed (D. 114-5): eight monthly ceilings when the facts began."""
    ceiling = parameters.value("social_security_ceiling.monthly", began_on)
    return int(ceiling * parameters.value("complaint.ceilings", began_on) * 100)


def must_complain(fraud_cents: int, began_on: date, parameters: Parameters) -> bool:
    """Whether the body has no choice."""
    return fraud_cents > complaint_threshold_cents(began_on, parameters)


def kept_until(outcome: str, ended_on: date, is_fraud: bool, parameters: Parameters) -> date:
    """The day on which a closed case forgets who it was about. `ended_on`: closing, or the last recovery when it is later."""
    if is_fraud:
        return months_later(ended_on, 12 * int(parameters.value("case_retention.fraud_years", ended_on)))
    if outcome == "NO_ACTION":
        return months_later(ended_on, int(parameters.value("case_retention.no_anomaly_months", ended_on)))
    return months_later(ended_on, 12 * int(parameters.value("case_retention.overpayment_years", ended_on)))
