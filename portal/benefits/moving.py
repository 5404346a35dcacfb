"""What the benefits hold, told to joint funds: each family, its money in the ledger and at the bank, the small sums that wait."""

from django.db.models import Q, Value
from django.db.models.functions import Concat

from portal.banking.models import PaymentOrder
from portal.benefits.models import DeferredSum, FamilyFile, SumState
from portal.exchange.received import CURRENT
from portal.organisations.joint.moving import Holding, register_holding

ON_ITS_WAY = Q(state__in=["PREPARED", "SENT", "ACCEPTED"])


def register_holdings() -> None:
    """``family:CAF15/0123456`` is the subject of the family 0123456 of CAF15."""
    register_holding(Holding(
        "benefits.family", "famille de l’ARS et de l’AEEH,familles de l’ARS et de l’AEEH", lambda: FamilyFile.objects.filter(CURRENT), Q(),
        key="beneficiary_no", subject=lambda former: f"family:{former}/",
    ))  # fmt: skip
    register_holding(Holding(
        "benefits.order", "ordre de paiement d’ARS ou d’AEEH,ordres de paiement d’ARS ou d’AEEH", PaymentOrder.objects.all,
        ON_ITS_WAY, of=_of_fund, key="end_to_end_id", deadline="due_on",
    ))  # fmt: skip
    # It waits since its month: begun again, the wait would be longer than the law says.
    register_holding(Holding(
        "benefits.small_sum", "petite somme qui attend,petites sommes qui attendent", DeferredSum.objects.all,
        Q(state=SumState.WAITING), deadline="month", cents="amount_cents",
    ))  # fmt: skip


def _of_fund(code: str) -> Q:
    subjects = FamilyFile.objects.filter(CURRENT, fund=code).values(
        told=Concat(Value("family:"), "fund", Value("/"), "beneficiary_no")
    )
    return Q(subject__in=subjects)
