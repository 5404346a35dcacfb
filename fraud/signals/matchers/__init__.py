"""One matcher a rule, by its code."""

from fraud.signals.matchers import accounts, care, missing, received
from fraud.signals.matchers.base import Matcher

MATCHERS: dict[str, Matcher] = {
    one.code: one for module in (received, care, accounts, missing) for one in module.MATCHERS
}
