"""What people do in one case: how they answer letters, and what the day of the engine sets off."""

from aripa.life.living import CREDITOR, DEBTOR, Outcome
from aripa.life.state import LIVING, Case, Letter, State
from aripa.population.actor import days
from aripa.population.paying import PROCEDURE_FROM
from aripa.population.pursuing import Pursuing

ACKNOWLEDGED = ("L01", "L03", "L04", "L08", "L09", "L13")
HALF_TIMES = ("L05", "L11", "L14", "L15", "L16")


class People(Pursuing):
    """The parents of one case, in a story."""

    def react(self, out: Outcome) -> None:
        """To the letters and debits of the day, and to what the case has become."""
        for letter in out.letters:
            if letter.case == self.number:
                self._read(letter)
        for movement in out.movements:
            if movement.case == self.number and movement.kind == "DEBIT":
                self._debited(movement)
        case = self.case
        if case is not None:
            self._pay_otherwise(case)
            if case.state == State.FORCED and not self._is_pursued:
                self._is_pursued = True
                self.plan(self.chance.between(4, 25), self._pursue)

    def _read(self, letter: Letter) -> None:
        if letter.code in ACKNOWLEDGED and self.chance.hit(960) or (letter.code in HALF_TIMES and self.chance.hit(500)):
            self.plan(self.chance.between(2, 7), lambda: self._acknowledge(letter))
        follow = {
            "L01": self._answer, "L03": self._answer_warning, "L04": self._answer_decision, "L08": self._settle,
            "L09": self._answer_arrears, "L11": self._garnishee_answers, "L13": self._answer_end,
            "L16": self._answer_overpayment, "L05": self._go_live,
        }.get(letter.code)  # fmt: skip
        if follow:
            follow(letter)

    def _acknowledge(self, letter: Letter) -> None:
        """The receipt, known a day or so after; nothing when what the letter asked is settled or dropped."""
        case = self.case
        if case is None or (letter.code in ACKNOWLEDGED and not self._awaits(case, letter)):
            return
        if letter.code in ("L08", "L09") and self.story.day < PROCEDURE_FROM:
            self.story.plan(PROCEDURE_FROM + days(3), lambda: self._acknowledge(letter))
            return
        on = max(letter.day, self.story.day - days(self.chance.below(3)))
        month = letter.month if letter.code == "L08" else None
        self.tell("NOTICE_RECEIVED", letter=letter.code, party=letter.to, effective_on=on, month=month)

    def _awaits(self, case: Case, letter: Letter) -> bool:
        if letter.code == "L13":
            return case.consent is not None and case.consent.notice.received_on is None
        if letter.code in ("L08", "L09"):
            found = [term.notice for term in case.terms if letter.code == "L09" or term.month == letter.month]
            return any(one and one.code == letter.code and one.received_on is None for one in found)
        answer = case.answers.get(letter.to)
        opening = answer.notice if answer else None
        notice = {"L01": opening, "L03": case.warning, "L04": case.decision}[letter.code]
        return notice is not None and notice.received_on is None

    def _answer(self, letter: Letter) -> None:
        how = self.cast.traits.answers
        if letter.to == CREDITOR:
            if not self.chance.hit(15):
                self.plan(self.chance.between(4, 16), lambda: self._inform(CREDITOR, "FULL"))
        elif how == "soon":
            self.plan(self.chance.between(4, 17), lambda: self._inform(DEBTOR, "FULL"))
        elif self.chance.hit(400):
            self.plan(
                self.chance.between(6, 15), lambda: self._inform(DEBTOR, self.chance.pick(("PARTIAL", "REFUSED")))
            )

    def _answer_warning(self, _letter: Letter) -> None:
        if self.cast.traits.answers == "warned":
            self.plan(self.chance.between(4, 11), lambda: self._inform(DEBTOR, "FULL"))
        elif self.chance.hit(350):
            self.plan(self.chance.between(3, 8), self._observe)

    def _observe(self) -> None:
        case = self.case
        if case and case.state in (State.PENALTY_WARNED, State.PENALTY_PRONOUNCED):
            self.tell("OBSERVATIONS_ACCEPTED")
            self.plan(self.chance.between(5, 25), lambda: self._inform(DEBTOR, "FULL"))

    def _answer_decision(self, _letter: Letter) -> None:
        if self.cast.traits.answers == "late":
            self.plan(self.chance.between(3, 40), lambda: self._inform(DEBTOR, "FULL"))

    def _inform(self, party: str, how: str) -> None:
        """A full answer comes with an account; the debtor's with a mandate and a way to pay."""
        case = self.case
        if case is None or case.state is None or self.is_over or party in case.dead:
            return
        if how == "FULL":
            self.give_account(party)
        if case.state not in (*LIVING, State.SUSPENDED):
            self.tell("INFORMATION", party=party, reason=how)

    def _go_live(self, _letter: Letter) -> None:
        if self._was_live:
            return
        self._was_live = True
        case = self.case
        if case is None or case.discharge_date is None:
            return
        if self.chance.hit(150):
            self.plan(self.chance.between(3, 40), self._ask_arrears)
        low = any(row["cash_share"] < 180_00 for row in self.cast.titles)
        if self.cast.traits.lone and low and self.chance.hit(450):
            self.plan(self.chance.between(5, 90), lambda: self.claim("D"))

    def _answer_end(self, _letter: Letter) -> None:
        how = self.chance.weighted({"END_CONSENT": 600, "END_REFUSAL": 200, "": 200})
        if how:
            self.plan(self.chance.between(4, 25), lambda: self._say_end(how))

    def _say_end(self, how: str) -> None:
        asked = self.case.consent if self.case else None
        if asked and not asked.agreed:
            self.tell(how, party=DEBTOR if asked.party == CREDITOR else CREDITOR)
