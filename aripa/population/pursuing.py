"""Forced recovery: the tool a person decides, what the third party answers and pays, the release."""

from aripa.life.living import DEBTOR
from aripa.life.state import Case, Letter, State
from aripa.population.paying import PROCEDURE_FROM, Paying

TOOLS = {
    "DIRECT_PAYMENT": 620, "BENEFIT_WITHHOLDING": 180, "BANK_SEIZURE": 90, "WAGE_SEIZURE": 50, "PUBLIC_RECOVERY": 60,
}  # fmt: skip
PAYER_OF = {
    "DIRECT_PAYMENT": "GARNISHEE", "BENEFIT_WITHHOLDING": "BENEFIT_FORCED", "BANK_SEIZURE": "OFFICER",
    "WAGE_SEIZURE": "OFFICER", "PUBLIC_RECOVERY": "PUBLIC_ACCOUNTANT",
}  # fmt: skip


class Pursuing(Paying):
    """What is done about a debtor under forced recovery."""

    def _pursue(self) -> None:
        """A person decides a tool; another time when a complaint is open."""
        case = self.case
        if case is None or self.is_over or not case.is_forced or self.is_dead(DEBTOR):
            self._is_pursued = False
            return
        if self.story.has_told_today(self.number) or self._is_calm(case) or self.story.day < PROCEDURE_FROM:
            self.plan(20, self._pursue)
            return
        tool = self.chance.weighted(TOOLS)
        ref = {"DIRECT_PAYMENT": self.cast.traits.employer, "PUBLIC_RECOVERY": "DDFIP63"}.get(
            tool, f"{tool[:4]}-{self.number}"
        )
        pay = self.chance.between(1250, 3200) * 100 if tool == "DIRECT_PAYMENT" and self.chance.hit(700) else None
        self.tell("RECOVERY_DECISION", reason=tool, ref=ref, amount=pay)
        if tool in ("BANK_SEIZURE", "WAGE_SEIZURE"):
            self.tell(
                "EXPENSE", amount=self.chance.between(45, 160) * 100, reason="OFFICER", effective_on=self.story.day
            )
        if tool == "BANK_SEIZURE":
            self.plan(self.chance.between(20, 40), lambda: self._seize_once())
        elif tool != "DIRECT_PAYMENT":
            self.plan(self.chance.between(20, 45), lambda: self._collect(tool, 0))

    def _is_calm(self, case: Case) -> bool:
        return case.complaint or (case.calm_until is not None and self.story.day <= case.calm_until)

    def _garnishee_answers(self, letter: Letter) -> None:
        if letter.to == "GARNISHEE" and self.case and self.case.orders:
            ref = self.case.orders[-1].ref
            holds = self.chance.hit(820)
            self.plan(
                self.chance.between(5, 12), lambda: self._hear_garnishee(ref, "ACCEPTED" if holds else "NOT_HELD")
            )

    def _open_order(self, ref: str | None = None) -> bool:
        orders = self.case.orders if self.case else []
        return any(one.state in ("SENT", "ACCEPTED") and (ref is None or one.ref == ref) for one in orders)

    def _hear_garnishee(self, ref: str, answer: str) -> None:
        if not self._open_order(ref) or self.story.has_told_today(self.number):
            return
        self.tell("GARNISHEE_ANSWER", ref=ref, reason=answer)
        if answer == "ACCEPTED":
            self.plan(self.chance.between(12, 30), lambda: self._collect("DIRECT_PAYMENT", 0))
        else:
            self._is_pursued = False
            self.plan(self.chance.between(10, 30), self._pursue)

    def _collect(self, tool: str, times: int) -> None:
        """What the tool brings each month: the current term and an instalment of what is owed."""
        case = self.case
        if case is None or self.is_dead(DEBTOR) or not self._open_order() or (self.is_over and not case.is_forced):
            return
        owed = sum(term.lacking for term in case.terms if not term.suspended)
        order = next(one for one in reversed(case.orders) if one.state in ("SENT", "ACCEPTED"))
        instalment = order.instalments[times] if times < len(order.instalments) else 0
        amount = order.current + instalment if tool == "DIRECT_PAYMENT" else min(owed, order.current + 60_00)
        amount = min(amount, owed + case.fees + case.costs + case.penalty)
        if amount > 0 and not self.chance.hit(60):
            self.tell("PAYMENT_RECEIVED", amount=amount, means=PAYER_OF[tool])
        if times >= 6 and not case.complaint and self._can_be_released(case) and self.chance.hit(600):
            self.plan(3, self._ask_release)
        if tool == "DIRECT_PAYMENT" and self.chance.hit(15):
            self.plan(10, lambda: self._hear_garnishee(order.ref, "ENDED"))
        self.plan(self.chance.between(29, 31), lambda: self._collect(tool, times + 1))

    def _seize_once(self) -> None:
        case = self.case
        owed = sum(term.lacking for term in case.terms if not term.suspended) if case else 0
        if owed and not self.is_dead(DEBTOR):
            self.tell("PAYMENT_RECEIVED", amount=max(1, owed * self.chance.between(3, 10) // 10), means="OFFICER")
            self.plan(self.chance.between(30, 60), self._pursue_again)

    def _pursue_again(self) -> None:
        if self.case and any(term.lacking and not term.suspended for term in self.case.terms):
            self._pursue()

    def _can_be_released(self, case: Case) -> bool:
        fallen = [term for term in case.terms if not term.suspended]
        since = [term for term in fallen if case.forced_since and term.due_on >= case.forced_since]
        return case.state == State.FORCED and len(since) >= 6 and not any(term.lacking for term in fallen)

    def _ask_release(self) -> None:
        is_quiet = not self.story.has_told_today(self.number)
        if self.case and is_quiet and self._can_be_released(self.case) and not self.is_dead(DEBTOR):
            self.tell("RELEASE_REQUEST")
            self._is_pursued = False
