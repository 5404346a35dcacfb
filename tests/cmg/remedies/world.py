"""One family whose remedies are granted, paid, sent back, deducted and given up in any order: each act as the portal does it.

An act that the portal refuses changes nothing and is no failure. `n` chooses among what there is.
"""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from uuid import uuid4

from django.db import transaction

from cmg.models import Account, Advance, BoardCase, Instalment, Overpayment, Report
from cmg.models.remedies import Channel, Origin, Symptom
from cmg.operations import RunNotIssuable, close_month, issue_run
from cmg.remedies import advances, board, following, overpayments, reports
from cmg.remedies.automatic import advance_what_is_late
from cmg.remedies.daily import issue_remedies
from cmg.remedies.ending import end_what_is_over
from cmg.remedies.limits import RemedyRefused
from portal.accounts.permissions import moment_on
from portal.banking.answers import import_message
from portal.banking.models import OrderState, PaymentOrder
from portal.batches.operations import SignatureRefused, sign
from portal.casework.moves import MoveNotAllowed
from portal.exchange.operations import import_files
from tests.cmg.closing.issued import booking, report, statement
from tests.cmg.files import iban_with_key, row, write
from tests.cmg.remedies.test_board import HARDSHIP

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
REFUSALS = (RemedyRefused, MoveNotAllowed, RunNotIssuable, SignatureRefused)
PAYS = ("560.00", "300.00", "430.00", "600.00")
# Debited, then given back when a correction takes it away: what a sum paid in excess could be kept on.
TAXES = ("", "45.00")
NUMBERS = count(1)


class Killed(Exception):
    """The process dies just before its transaction ends."""


class World:
    def __init__(self, folder: Path) -> None:
        self.folder, self.day, self.version, self.ibans = folder, date(2026, 10, 26), 1, 1

    def act(self, name: str, n: int, *, killed: bool = False) -> None:
        """One day later, one act; a refusal or a death leaves everything as it was."""
        self.day += timedelta(days=1)
        try:
            with transaction.atomic():
                self.acts[name](self, n)
                if killed:
                    raise Killed
        except (*REFUSALS, Killed):
            return

    def propose(self, n: int) -> None:
        month = (OCTOBER, NOVEMBER)[n % 2]
        most = advances.estimate("E1", [month])
        advances.propose_advance(
            employer_no="E1", months=[month], amount_cents=max(1, most // (1 + n % 3)), origin=Origin.PROPOSED,
            reason="retenu", by="nathalie", on=self.day,
        )  # fmt: skip

    def grant(self, n: int) -> None:
        advances.grant_advance(advance_pk=self._one(Advance, n).pk, by="nathalie", on=self.day)

    def by_itself(self, _n: int) -> None:
        advance_what_is_late(on=self.day)
        end_what_is_over(on=self.day)

    def prefer(self, n: int) -> None:
        advances.prefer_share(advance_pk=self._one(Advance, n).pk, percent=50 + n % 51, by="E1")

    def cancel(self, n: int) -> None:
        advances.cancel_advance(advance_pk=self._one(Advance, n).pk, reason="fini", by="thomas", on=self.day)

    def convert(self, n: int) -> None:
        advances.convert_advance(advance_pk=self._one(Advance, n).pk, cause="aucun droit", by="thomas", on=self.day)

    def waive(self, n: int) -> None:
        advances.waive_advance(advance_pk=self._one(Advance, n).pk, reason="erreur", by="thomas", on=self.day)

    def files(self, _n: int) -> None:
        issue_remedies(self._folder(), on=self.day)

    def booked(self, n: int) -> None:
        self._bank(n, OrderState.SENT, lambda order: statement(booking(order), number=next(NUMBERS)))

    def refused(self, n: int) -> None:
        self._bank(n, OrderState.SENT, lambda order: report(order, "RJCT", "AC04"))

    def returned(self, n: int) -> None:
        back = {"returned": "AC04"}
        self._bank(n, OrderState.BOOKED, lambda order: statement(booking(order, **back), number=next(NUMBERS)))

    def resend(self, n: int) -> None:
        waiting = following.returned_credits("E1")
        if waiting:
            following.resend(order_pk=waiting[n % len(waiting)].pk, by="thomas", on=self.day)

    def account(self, _n: int) -> None:
        self.ibans += 1
        known = Account.objects.get(employer_no="E1", known_until__isnull=True)
        cells = row("accounts", beneficiary_no=known.beneficiary_no, iban=iban_with_key(str(self.ibans % 9 + 1)),
                    updated_at=f"{self.day}T10:00:00+01:00")  # fmt: skip
        import_files([write(self._folder(), "accounts", [cells])])

    def linked(self, n: int) -> None:
        """The two sides agree on the family's number, or not any more."""
        cells = row("accounts", beneficiary_no=("B1", "B1", "B9")[n % 3], iban=iban_with_key(str(self.ibans % 9 + 1)),
                    updated_at=f"{self.day}T11:00:00+01:00")  # fmt: skip
        import_files([write(self._folder(), "accounts", [cells])])

    def corrected(self, n: int) -> None:
        self.version += 1
        cells = row("declarations", version=str(self.version), kind="CORRECTION", net_salary=PAYS[n % len(PAYS)],
                    withholding_tax=TAXES[n // len(PAYS) % len(TAXES)],
                    received_at=f"{self.day}T12:00:00+01:00")  # fmt: skip
        import_files([write(self._folder(), "declarations", [cells])])

    def november(self, _n: int) -> None:
        cells = row("declarations", declaration_no="N", care_month="2026-11", received_at="2026-11-25T10:00:00+01:00")
        import_files([write(self._folder(), "declarations", [cells])])
        self._issue(NOVEMBER)

    def october(self, _n: int) -> None:
        self._issue(OCTOBER)

    def notify(self, n: int) -> None:
        overpayments.notify_overpayment(overpayment_pk=self._one(Overpayment, n).pk, by="nathalie", on=self.day)

    def contest(self, n: int) -> None:
        overpayments.contest_overpayment(
            overpayment_pk=self._one(Overpayment, n).pk, words="faux", by="E1", on=self.day
        )

    def reported(self, n: int) -> None:
        """The family says that October is wrong, and waits for the answer."""
        reports.open_report(
            form_key=uuid4(), employer_no="E1", channel=Channel.WEB, symptom=list(Symptom)[n % len(Symptom)],
            months=[OCTOBER], words="faux", by="E1", at=moment_on(self.day),
        )  # fmt: skip

    def answered(self, n: int) -> None:
        reports.answer_report(
            report_pk=self._one(Report, n).pk, answer="Voici le calcul.", by="thomas", at=moment_on(self.day)
        )

    def confirm(self, n: int) -> None:
        self.day += timedelta(days=21)
        overpayments.confirm_overpayment(
            overpayment_pk=self._one(Overpayment, n).pk, reason="due", by="nathalie", on=self.day
        )

    def plan(self, n: int) -> None:
        overpayments.agree_instalments(
            overpayment_pk=self._one(Overpayment, n).pk, months=1 + n % 3, first_due_on=self.day + timedelta(days=5),
            by="E1", on=self.day,
        )  # fmt: skip

    def collect(self, _n: int) -> None:
        self.day += timedelta(days=31)
        overpayments.collect_instalments(on=self.day)

    def again(self, n: int) -> None:
        overpayments.present_again(
            instalment_pk=self._one(Instalment, n).pk, due_on=self.day + timedelta(days=9), by="thomas", on=self.day
        )

    def remit(self, n: int) -> None:
        pk = self._one(Overpayment, n).pk
        overpayments.propose_remission(overpayment_pk=pk, by="nathalie")
        overpayments.remit_overpayment(overpayment_pk=pk, reason="précarité", by="thomas", on=self.day)

    def drop(self, n: int) -> None:
        overpayments.cancel_overpayment(
            overpayment_pk=self._one(Overpayment, n).pk, reason="x", by="thomas", on=self.day
        )

    def aid(self, n: int) -> None:
        case = board.refer_family(
            employer_no="E1", fund="CAF63", words="Découvert.", hardship=HARDSHIP, by="E1", on=self.day
        )
        board.complete_case(case_pk=case.pk, by="nathalie")
        board.schedule_case(case_pk=case.pk, held_on=self.day, by="nathalie", on=self.day)
        for member in ("nathalie", "thomas"):
            board.vote(case_pk=case.pk, amount_cents=100 * (n % 3), words="vu", by=member, on=self.day)
        assert BoardCase.objects.get(pk=case.pk).state in ("GRANTED", "REFUSED")

    def _one(self, model: type, n: int):  # type: ignore[no-untyped-def]
        found = list(model.objects.order_by("pk"))  # type: ignore[attr-defined]
        if not found:
            raise RemedyRefused("rien")
        return found[n % len(found)]

    def _folder(self) -> Path:
        return self.folder / str(next(NUMBERS))

    def _bank(self, n: int, state: OrderState, says: Callable[[PaymentOrder], bytes]) -> None:
        orders = list(PaymentOrder.objects.filter(state=state).order_by("pk"))
        if orders:
            import_message(says(orders[n % len(orders)]), name="message.xml", on=self.day)

    def _issue(self, month: date) -> None:
        run = close_month(month=month, on=self.day)
        sign(run_pk=run.pk, username="helene", on=self.day)
        sign(run_pk=run.pk, username="bruno", on=self.day)
        issue_run(run_pk=run.pk, out=self._folder(), on=self.day, by="test")

    acts = {  # noqa: RUF012
        name: value for name, value in list(locals().items()) if not name.startswith("_") and name != "act"
    }
