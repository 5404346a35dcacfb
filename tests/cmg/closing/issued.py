"""A month issued, changed and issued again, and what the bank answers: the steps that tests of money share."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from cmg.demo.people import create_people
from cmg.operations import close_month, issue_run
from portal.banking.answers import MessageReport, import_message
from portal.banking.models import PaymentOrder
from portal.batches.models import Run
from portal.batches.operations import sign
from portal.exchange.operations import import_files
from portal.ledger.models import Account
from portal.ledger.operations import balance
from portal.ledger.proof import check_ledger
from tests.cmg.files import clean_family, row, write

MONTH, DAY = date(2026, 10, 1), date(2026, 10, 26)
HOME: dict[str, dict[str, str]] = {
    "employees": {"employee_kind": "HOME_EMPLOYEE"},
    "rights_fund": {"care_mode": "HOME_EMPLOYEE", "annual_resources": "96000"},
    "rights_pajemploi": {"care_mode": "HOME_EMPLOYEE", "annual_resources": "96000"},
    "declarations": {"net_salary": "1600.00", "hours": "130", "maintenance_allowance": ""},
}
CAMT = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


class Portal:
    """One family's files and months. Each `send` is a file of its own; each `issue` closes, signs twice and issues."""

    def __init__(self, folder: Path, base: Mapping[str, dict[str, str]] | None = None) -> None:
        self.folder, self.files, self.base = folder, 0, base or {}
        create_people()
        for kind, rows in clean_family().items():
            if rows:
                self.send(kind)

    def send(self, flow: str, /, **cells: Any) -> None:
        self.files += 1
        import_files([write(self.folder / str(self.files), flow, [row(flow, **(self.base.get(flow, {}) | cells))])])

    def issue(self, month: date = MONTH, on: date = DAY) -> Run:
        run = close_month(month=month, on=on)
        sign(run_pk=run.pk, username="helene", on=on)
        sign(run_pk=run.pk, username="bruno", on=on)
        issue_run(run_pk=run.pk, out=self.folder / f"out-{run.pk}", on=on, by="test")
        run.refresh_from_db()
        assert check_ledger() == []
        return run


def ordered(run: Run) -> dict[str, int]:
    """Cents ordered by a run, by purpose."""
    return dict(PaymentOrder.objects.filter(run=run).values_list("purpose", "amount_cents"))


def balances() -> dict[str, int]:
    """What is not zero in the ledger."""
    return {account.name: cents for account in Account if (cents := balance(account))}


def booking(order: PaymentOrder, *, returned: str = "", credit: bool | None = None, cents: int | None = None,
            currency: str = "EUR", extra: str = "") -> str:  # fmt: skip
    """An entry of a camt.053 for `order`; `returned` is the reason of a movement that came back."""
    came_in = (order.kind == "DEBIT") != bool(returned) if credit is None else credit
    reason = f"<RtrInf><Rsn><Cd>{returned}</Cd></Rsn></RtrInf>" if returned else ""
    amount = f'<Amt Ccy="{currency}">{(order.amount_cents if cents is None else cents) / 100:.2f}</Amt>'
    return (
        f"<Ntry>{amount}<CdtDbtInd>{'CRDT' if came_in else 'DBIT'}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>"
        f"<NtryDtls><TxDtls><Refs><EndToEndId>{order.end_to_end_id}</EndToEndId></Refs>{amount}{reason}{extra}"
        "</TxDtls></NtryDtls></Ntry>"
    )


def statement(*entries: str, number: int = 1) -> bytes:
    return (
        f'<Document xmlns="{CAMT}"><BkToCstmrStmt><GrpHdr><MsgId>S{number}</MsgId></GrpHdr><Stmt>'
        f"<ElctrncSeqNb>{number}</ElctrncSeqNb>{''.join(entries)}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def report(order: PaymentOrder, status: str, reason: str = "") -> bytes:
    """A pain.002 about one order."""
    why = f"<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></StsRsnInf>" if reason else ""
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt><GrpHdr><MsgId>R</MsgId>'
        "</GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>x</OrgnlMsgId></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><TxInfAndSts>"
        f"<OrgnlEndToEndId>{order.end_to_end_id}</OrgnlEndToEndId><TxSts>{status}</TxSts>{why}"
        "</TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    ).encode()


def receive(content: bytes, on: date = DAY) -> MessageReport:
    return import_message(content, name="message.xml", on=on)
