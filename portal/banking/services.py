"""The services in whose name orders leave outside a run: how their files are numbered, and the name that people read on
their statements. Nobody's files carry the orders of another service."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q

from portal.ledger.models import Account


@dataclass(frozen=True)
class Service:
    """`code` begins the purposes of its orders, `prefix` the numbers of its files; `setting` holds its name."""

    code: str
    prefix: str
    setting: str

    @property
    def name(self) -> str:
        """What the holder of an account reads: the name of a service, never that of a fund or of a town."""
        return str(getattr(settings, self.setting))


CMG = Service("CMG", "CMG", "BANK_ACCOUNT_NAME")
# Which fund follows a pension would say where a parent lives: one national name for every case.
PENSIONS = Service("ARIPA", "SNP", "PENSIONS_NAME")
BENEFITS = Service("FAMILY", "PF", "BANK_ACCOUNT_NAME")
REFUNDS = "CMG_REFUND"
OF_PENSIONS = Q(purpose__startswith=f"{PENSIONS.code}_")
OF_BENEFITS = Q(purpose__startswith=f"{BENEFITS.code}_")
# What bears no other service's code is of the CMG.
OTHERS = (PENSIONS, BENEFITS)
ORDERS_OF = {CMG: ~OF_PENSIONS & ~OF_BENEFITS, PENSIONS: OF_PENSIONS, BENEFITS: OF_BENEFITS}


def service_of_order(purpose: str) -> Service:
    return next((one for one in OTHERS if purpose.startswith(f"{one.code}_")), CMG)


def service_of_file(message_id: str) -> Service:
    return next((one for one in OTHERS if message_id.startswith(f"{one.prefix}-")), CMG)


def account_settled(kind: str, purpose: str) -> Account:
    """The account that a movement of this order settles in the ledger."""
    is_debit = kind == "DEBIT"
    service = service_of_order(purpose)
    if service is BENEFITS:
        return Account.BENEFIT_PAYOUTS
    if service is PENSIONS:
        return Account.SUPPORT_DEBITS if is_debit else Account.SUPPORT_PAYOUTS
    if is_debit:
        return Account.FAMILY_DEBIT
    return Account.FAMILY_REFUND if purpose == REFUNDS else Account.FAMILY_PAYOUT


def account_of_return(kind: str, purpose: str) -> Account:
    """Where the money of an order stands once it came back. A pension that came back is simply owed, or asked, again."""
    service = service_of_order(purpose)
    if service is BENEFITS:
        return Account.BENEFIT_RETURNED
    if service is PENSIONS:
        return account_settled(kind, purpose)
    return Account.UNPAID_DEBIT if kind == "DEBIT" else Account.RETURNED_PAYOUT
