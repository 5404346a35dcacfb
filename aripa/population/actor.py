"""One case in a story: what everybody in it can do and know."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from aripa.life.living import CREDITOR, DEBTOR
from aripa.life.state import Case, State
from aripa.population.cast import CaseCast, Row
from aripa.population.chance import Chance
from aripa.population.story import Story


def days(number: int) -> timedelta:
    return timedelta(days=number)


class Actor:
    """The parents of one case, the debtor's employer and bank, in a story."""

    def __init__(self, story: Story, cast: CaseCast, chance: Chance) -> None:
        self.story, self.cast, self.chance = story, cast, chance
        self.number = cast.case_no
        self._accounts: dict[str, int] = {}
        self._has_claimed = self._was_live = self._is_pursued = False

    @property
    def case(self) -> Case | None:
        return self.story.case(self.number)

    @property
    def is_over(self) -> bool:
        case = self.case
        return case is None or case.state in (State.ENDED, State.REJECTED)

    def is_dead(self, party: str) -> bool:
        return self.case is not None and party in self.case.dead

    def plan(self, after: int, what: Callable[[], None]) -> None:
        self.story.plan(self.story.day + days(after), what)

    def tell(self, kind: str, **said: Any) -> None:
        self.story.tell(self.number, kind, **said)

    def row(self, party: str) -> Row | None:
        title = self.cast.title
        number = title["creditor_no"] if party == CREDITOR else title["debtor_no"]
        return self.story.last_known(number) if number else None

    def give_account(self, party: str) -> None:
        row = self.row(party)
        if row is None:
            return
        day, number = self.story.day, self._accounts.get(party, 0) + 1
        self._accounts[party] = number
        changes: Row = {
            "iban": (row["nir"].number, number),
            "bank_statement_on": day - days(self.chance.between(3, 60)),
        }
        if party == DEBTOR:
            changes |= {"payment_means": self.cast.traits.means, "mandate_ref": None, "mandate_signed_on": None}
            changes["employer_no"] = self.cast.traits.employer
            changes["payment_day"] = row["payment_day"] or self.chance.pick((None, 1, 1, 10, 15))
            if self.cast.traits.means == "DIRECT_DEBIT":
                signed = {"mandate_ref": f"IFPA-{self.number}-{number}", "mandate_signed_on": day - days(1)}
                changes |= signed
        self.story.know_parent(row, **changes)

    def claim(self, code: str) -> None:
        case = self.case
        if case is None or self.is_dead(CREDITOR) or code in {one.code for one in case.claims} or self._has_claimed:
            return
        self._has_claimed = code != "D"
        self.tell("ASF_CLAIM", reason=code)
