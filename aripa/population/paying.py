"""How debtors pay: debits that come back, other means, what is settled late, arrears of before and plans."""

from datetime import date

from aripa.life.living import CREDITOR, DEBTOR
from aripa.life.money import UNUSABLE
from aripa.life.recovery import instalments_due
from aripa.life.state import Case, Letter, Movement, State, Term
from aripa.life.terms import month_of, monthly_support
from aripa.population.actor import Actor, days
from aripa.rules.plan import is_plan_admissible, smallest_instalment_cents
from portal.legislation.calendar import next_bank_day

RETURNS = {
    "AM04": 640, "MS02": 60, "MS03": 90, "SL01": 20, "AC04": 60, "AC01": 30, "AC06": 30, "AG01": 10, "MD01": 30, "MD06": 30,
}  # fmt: skip
# The procedure of unpaid terms and the fund's own direct payment apply from then on (R. 582-8, CPCE R. 213-11).
PROCEDURE_FROM = date(2021, 6, 1)
# The first dated figures of intermediation.
FIRST_ARREARS = date(2020, 10, 1)


class Paying(Actor):
    """The debtor's money, and the creditor's when it has to go back."""

    def _term(self, month: date | None, *, arrears: bool = False) -> Term | None:
        terms = self.case.terms if self.case else []
        return next((one for one in terms if one.month == month and one.arrears == arrears), None)

    def _debited(self, movement: Movement) -> None:
        """The bank gives some debits back: most the next day, some once the creditor was paid."""
        if not self.chance.hit(600 if self.cast.traits.defaults else 9):
            return
        code = self.chance.weighted(RETURNS)
        after = 1 if self.chance.hit(700) else self.chance.between(3, 40 if code == "MD06" else 7)
        day = next_bank_day(self.story.day + days(after))
        self.story.plan(day, lambda: self._return(movement, code))

    def _return(self, movement: Movement, code: str) -> None:
        case, term = self.case, self._term(movement.month)
        if case is None or term is None or term.debit is None or term.debit.returned or case.end_date:
            return
        if term.debit.amount != movement.amount or {line.child for line in term.lines} != set(term.debit.parts):
            return
        self.tell("DEBIT_RETURNED", month=movement.month, reason=code, amount=movement.amount)
        if code in UNUSABLE and self.chance.hit(800):
            self.plan(self.chance.between(10, 60), self._new_account)
        if self.cast.traits.lone and self.chance.hit(500):
            self.plan(self.chance.between(5, 35), lambda: self.claim("C1"))

    def _new_account(self) -> None:
        case = self.case
        if case is not None and not self.is_over and DEBTOR not in case.dead:
            self.give_account(DEBTOR)
            self.tell("BANK_DETAILS", party=DEBTOR)

    def _pay_otherwise(self, case: Case) -> None:
        """Debtors by transfer, card, cheque or benefit pay by themselves once the term is called."""
        term = case.terms[-1] if case.terms else None
        means = self.cast.traits.means
        if term is None or term.due_on != self.story.day or means == "DIRECT_DEBIT" or term.suspended:
            return
        if self.cast.traits.defaults and self.chance.hit(250):
            if self.cast.traits.lone and self.chance.hit(500):
                self.plan(self.chance.between(20, 50), lambda: self.claim("C1"))
            return
        share = 1 if not self.chance.hit(40) else 2
        month = term.month if self.chance.hit(700) else None
        self.plan(self.chance.between(1, 4), lambda: self._pay(term.month, means, share=share, named=month))

    def _pay(self, month: date, means: str, *, share: int = 1, named: date | None = None) -> None:
        term = self._term(month)
        if term is not None and term.lacking // share and not self.is_dead(DEBTOR):
            self.tell("PAYMENT_RECEIVED", amount=term.lacking // share, means=means, month=named)

    def _settle(self, letter: Letter) -> None:
        if letter.month and self.chance.hit(890 if self.cast.traits.defaults else 920):
            month, means = letter.month, self.chance.pick(("TRANSFER", "TRANSFER", "CARD", "CHEQUE"))
            share = 2 if self.chance.hit(80) else 1
            named = month if self.chance.hit(500) else None
            self.plan(self.chance.between(3, 19), lambda: self._pay(month, means, share=share, named=named))

    def _answer_overpayment(self, _letter: Letter) -> None:
        if self.chance.hit(550):
            self.plan(self.chance.between(5, 20), self._accept_offset)
        elif self.chance.hit(600):
            self.plan(self.chance.between(10, 60), self._repay)

    def _accept_offset(self) -> None:
        if self.case and self.case.overpaid and not self.case.offsets and not self.is_dead(CREDITOR):
            self.tell("OFFSET_CONSENT")

    def _repay(self) -> None:
        if self.case and self.case.overpaid and not self.is_dead(CREDITOR):
            half = self.case.overpaid // 2
            self.tell("CREDITOR_REPAID", amount=half if half and self.chance.hit(200) else self.case.overpaid)

    def _ask_arrears(self) -> None:
        """Some months before the first one called, the last first."""
        case = self.case
        if case is None or case.discharge_date is None or self.is_over or self.is_dead(CREDITOR) or case.end_date:
            return
        first = month_of(case.discharge_date)
        title = self.story.life(self.number).title()
        for back in range(1, self.chance.between(2, 9)):
            month = _months_before(first, back)
            if not FIRST_ARREARS <= month < month_of(self.story.day):
                continue
            for line in title.lines:
                if line.cash and line.starts_on and line.starts_on <= month:
                    self.tell("ARREARS_REQUEST", month=month, child=line.child, amount=line.cash)

    def _answer_arrears(self, _letter: Letter) -> None:
        if self.chance.hit(450):
            self.plan(self.chance.between(5, 25), self._offer_plan)

    def _offer_plan(self) -> None:
        case = self.case
        owed = [term for term in case.terms if term.arrears and term.lacking] if case else []
        if case is None or not owed or case.plan or self.is_dead(DEBTOR) or case.state == State.SUSPENDED:
            return
        if self.story.day < PROCEDURE_FROM:
            return
        day, total, support = (
            self.story.day,
            sum(term.lacking for term in owed),
            monthly_support(self.story.life(self.number)),
        )
        offered = min(total, max(smallest_instalment_cents(support, day), -(-total // (12 * 100)) * 100))
        if is_plan_admissible(
            total_cents=total, monthly_cents=offered, monthly_support_cents=support, unpaid_terms=len(owed), on=day
        ):
            self.tell("PLAN_ACCEPTED", amount=offered)
            self.plan(self.chance.between(2, 8), self._pay_plan)

    def _pay_plan(self) -> None:
        """An instalment a month until the plan is over or broken; the month is named, for the arrears to get it."""
        case = self.case
        if case is None or case.plan is None or self.is_dead(DEBTOR):
            return
        owed = [term for term in case.terms if term.arrears and term.lacking]
        due = case.plan.monthly * (instalments_due(case.plan, self.story.day) + 1) - case.plan.paid
        amount = min(sum(term.lacking for term in owed), max(due, case.plan.monthly))
        for term in sorted(owed, key=lambda one: one.month):
            part = min(amount, term.lacking)
            if part:
                self.tell("PAYMENT_RECEIVED", amount=part, means="TRANSFER", month=term.month)
                amount -= part
        if not (self.cast.traits.defaults and self.chance.hit(100)):
            self.plan(30, self._pay_plan)


def _months_before(month: date, count: int) -> date:
    number = month.year * 12 + month.month - 1 - count
    return date(number // 12, number % 12 + 1, 1)
