"""What the runs of ARS and AEEH tell the kernel when it starts: who issues them and tells whom they refuse, why not to sign
yet, what proves them, what follows when a transfer comes to nothing."""

from portal.banking.answers import take_back_with
from portal.batches.operations import ISSUERS, SIGNING_CHECKS
from portal.benefits.running.coming_back import pay_debts, wait_for_turn
from portal.benefits.running.issuing import why_not_to_sign
from portal.benefits.running.kinds import KINDS
from portal.benefits.running.proof import check_benefits
from portal.benefits.running.telling import issue_and_tell, register_notice
from portal.ledger.proof import prove_with


def register_runs() -> None:
    for kind in KINDS:
        ISSUERS[kind], SIGNING_CHECKS[kind] = issue_and_tell, why_not_to_sign
    register_notice()
    prove_with(check_benefits)
    take_back_with(pay_debts, after=wait_for_turn)
