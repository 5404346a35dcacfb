"""What the pages of regularisations read: lists by state, and what each one moves in the end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet, Sum

from cmg.models import Advance, AdvanceNetting, AdvanceState, Regularisation, RegularisationState, RegularisedMonth
from cmg.repairs import standing
from cmg.selectors import funds_of
from portal.accounts.models import User

OPEN_ADVANCES = (AdvanceState.PAID, AdvanceState.PARTLY_NETTED)
OPEN_STATES = (RegularisationState.PROPOSED, RegularisationState.APPROVED)


@dataclass(frozen=True)
class Sums:
    """In cents. `refund`: contributions given back, never netted; `arrears`: aid still owed, of which `kept` at most
    goes on the advances already paid; `debit`: contributions still due; `excess`: aid paid that was not due."""

    refund: int
    arrears: int
    kept: int
    debit: int
    excess: int

    @property
    def leaving(self) -> int:
        """What reaches the family."""
        return self.refund + self.arrears - self.kept


def regularisations_of(user: User, day: date) -> QuerySet[Regularisation]:
    """Those of the user's funds."""
    funds = funds_of(user, day)
    return Regularisation.objects.all() if funds is None else Regularisation.objects.filter(fund__in=funds)


@dataclass(frozen=True)
class Waiting:
    """What waits for one person: corrections and releases that somebody else proposed, corrections to execute."""

    to_approve: int
    to_execute: int
    releases: int

    @property
    def total(self) -> int:
        return self.to_approve + self.to_execute + self.releases


def waiting_for(user: User, day: date) -> Waiting:
    """Counted as the lists behind it are: the menu never says more than the page shows. Two queries."""
    username = user.get_username()
    counts = regularisations_of(user, day).aggregate(
        to_approve=Count("pk", filter=Q(state=RegularisationState.PROPOSED) & ~Q(proposed_by=username)),
        to_execute=Count("pk", filter=Q(state=RegularisationState.APPROVED)),
    )
    releases = standing.releases_to_approve(user, day).exclude(proposed_by=username).count()
    return Waiting(counts["to_approve"], counts["to_execute"], releases)


def counts_of(found: QuerySet[Regularisation]) -> dict[str, int]:
    """How many in each state, in one query."""
    return dict(found.order_by().values("state").annotate(count=Count("pk")).values_list("state", "count"))


def open_of(employer_no: str) -> Regularisation | None:
    """The one that is proposed or approved for a family: there is at most one."""
    return Regularisation.objects.filter(employer_no=employer_no, state__in=OPEN_STATES).first()


def sums_of(regularisation: Regularisation) -> Sums:
    """What a regularisation moves, and what of the arrears is kept on advances: at most, until it is executed. Two
    queries."""
    months = list(regularisation.months.all())
    arrears = sum(one.arrears_cents for one in months)
    executed = regularisation.state == RegularisationState.EXECUTED
    return Sums(
        refund=sum(one.refund_cents for one in months),
        arrears=arrears,
        kept=_kept(months) if executed else min(arrears, _outstanding(regularisation.employer_no)),
        debit=sum(max(0, one.debit_due_cents - one.debited_cents) for one in months),
        excess=sum(max(0, one.paid_cents - one.payout_due_cents) for one in months),
    )


def _kept(months: Sequence[RegularisedMonth]) -> int:
    """What the runs of the months really kept."""
    nettings = AdvanceNetting.objects.filter(run_id__in=[one.run_id for one in months])
    return int(nettings.aggregate(cents=Sum("netted_cents", default=0))["cents"])


def _outstanding(employer_no: str) -> int:
    advances = Advance.objects.filter(employer_no=employer_no, state__in=OPEN_ADVANCES)
    return sum(one.outstanding_cents for one in advances)
