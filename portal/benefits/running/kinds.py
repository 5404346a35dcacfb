"""The two kinds of runs: the ARS of a start of term, the AEEH of a month. What tells one from the other, as data."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from portal.banking.services import BENEFITS
from portal.batches.models import Run
from portal.benefits.models import Benefit
from portal.frame.templatetags.portal import month_name
from portal.ledger.models import Account

RULE_VERSION = "2026.2"
TERM_MONTH = 8


@dataclass(frozen=True)
class Kind:
    """`code` is that of its runs, `charge` the account of the fund, `words` begin what people read on their statement."""

    code: str
    benefit: Benefit
    charge: Account
    words: str

    @property
    def purpose(self) -> str:
        """Of its payment orders."""
        return f"{BENEFITS.code}_{self.benefit}"

    @property
    def series(self) -> str:
        """Begins the numbers of its bank files."""
        return f"{BENEFITS.prefix}-{self.benefit}"

    def period_words(self, month: date) -> str:
        """``rentrée 2026``, ``octobre 2026``."""
        return f"rentrée {month.year}" if self.benefit == Benefit.ARS else month_name(month)

    def reference(self, run: Run) -> str:
        """Begins our references of a run: with the number of the award they are never used twice."""
        return f"{self.benefit}-{run.month:%Y%m}-{run.ordinal}-V"

    def key_prefix(self, month: date) -> str:
        """Begins the keys of its ledger entries for a period: then the family, then the ordinal of the run."""
        return f"benefit:{self.benefit}:{month:%Y-%m}:"


ARS = Kind("ars-year", Benefit.ARS, Account.BACK_TO_SCHOOL_ALLOWANCE, "ALLOCATION RENTREE SCOLAIRE")
AEEH = Kind("aeeh-month", Benefit.AEEH, Account.DISABLED_CHILD_ALLOWANCE, "AEEH")
KINDS = {kind.code: kind for kind in (ARS, AEEH)}
KIND_OF = {kind.benefit: kind for kind in (ARS, AEEH)}


def kind_of(run: Run) -> Kind:
    """Raises KeyError for a run of another matter."""
    return KINDS[run.kind]


def title_of(run: Run) -> str:
    """``ARS, rentrée 2026``."""
    kind = kind_of(run)
    return f"{kind.benefit}, {kind.period_words(run.month)}"


def term_of_year(school_year: int) -> date:
    """The month that stands for a start of term."""
    return date(school_year, TERM_MONTH, 1)


def day_kept(run: Run, name: str) -> date:
    """A day that the run was asked with: `paid_on` (money leaves), `amounts_on` (amounts are read)."""
    return date.fromisoformat(run.totals[name])


def knew(run: Run, told_at: datetime) -> bool:
    """Whether a run read what was told at that moment. Its day comes first: that of the demonstration is not the clock's."""
    day = timezone.localdate(told_at)
    return day < run.day or (day == run.day and told_at <= run.started_at)
