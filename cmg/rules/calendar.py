"""Business days as the articles of the CMG count them; the calendar itself is that of every application."""

from portal.legislation.calendar import (
    banking_day_from,
    easter,
    is_banking_day,
    is_business_day,
    nth_business_day,
    public_holidays,
)

__all__ = ["banking_day_from", "easter", "is_banking_day", "is_business_day", "nth_business_day", "public_holidays"]
