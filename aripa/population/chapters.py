"""What life brings to a case, planned from its first day: moves, new titles, deaths, claims, complaints, separations."""

from collections.abc import Callable
from datetime import date, timedelta

from aripa.life.living import CREDITOR, DEBTOR
from aripa.life.state import LIVING, State
from aripa.population.actor import days
from aripa.population.cast import PLACES, STREETS, Row
from aripa.population.people import People

OPEN = (*LIVING, State.SUSPENDED)
UNABLE = {"2a": 300, "2b": 150, "2d": 150, "2f": 120, "1": 80, "2g": 60, "2i": 40, "2k": 50, "3": 40, "4": 10}


class Chapters:
    """Everything of one case that does not answer the fund."""

    def __init__(self, people: People) -> None:
        self.people, self.story, self.chance = people, people.story, people.chance
        self.titles = 1

    def begin(self) -> None:
        """The first title, the request if one is needed, and the chances of each year."""
        cast = self.people.cast
        received = cast.title["received_at"]
        self.story.plan(received, lambda: self.story.bring_title(cast.titles))
        if cast.request_on:
            self.story.plan(cast.request_on, self._ask)
        if cast.title["kind"] == "NONE":
            self.story.plan(received + days(self.chance.between(0, 20)), self._claim_without_title)
        self._yearly(received)
        if cast.traits.becomes_unable:
            self.story.plan(received + days(self.chance.between(120, 900)), self._become_unable)
        if cast.traits.violence_later:
            self.story.plan(received + days(self.chance.between(60, 900)), lambda: self.people.tell("VIOLENCE"))
        if not cast.traits.lone and self.chance.hit(500):
            self.story.plan(received + days(2), lambda: self._live_with("COUPLE", again=600))

    def _yearly(self, received: date) -> None:
        """Chances in a thousand of each year."""
        chances: tuple[tuple[int, Callable[[], None]], ...] = (
            (90, lambda: self._move(CREDITOR)), (60, lambda: self._move(DEBTOR)), (45, self._change_account),
            (45, self._complain), (35, self._ask_end), (55, self._new_amount), (12, self._cancel), (4, self._die),
            (2, self._child_dies), (4, self._leave_france), (50, lambda: self._live_with("COUPLE", again=500)),
            (25, self._serve), (30, lambda: self._plain_claim("D")),
        )  # fmt: skip
        start = received
        while start <= self.story.until:
            for per_mille, happens in chances:
                if self.chance.hit(per_mille):
                    self.story.plan(start + days(self.chance.between(1, 365)), happens)
            start += timedelta(days=365)

    def _is_open(self) -> bool:
        case = self.people.case
        return case is not None and case.state in OPEN and case.end_date is None

    # ---- opening, claims -------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        case, cast = self.people.case, self.people.cast
        if case is not None and case.state is not None:
            return
        party = self.chance.weighted({CREDITOR: 620, DEBTOR: 130, "BOTH": 250})
        if party != CREDITOR and cast.traits.answers == "soon":
            self.people.give_account(DEBTOR)
        unpaid = party == CREDITOR and self.chance.hit(300)
        self.people.tell("REQUEST", party=party, reason="UNPAID" if unpaid else "")

    def _claim_without_title(self) -> None:
        if self.people.case is None or self.people.is_dead(CREDITOR):
            return
        code = self.chance.weighted({"C3": 620, "B1": 230, "A1": 130, "C2": 20})
        opened = self.story.day - days(self.chance.between(20, 400))
        self.people.tell("ASF_CLAIM", reason=code, effective_on=opened)
        if code == "C3":
            if self.chance.hit(400):
                self.people.plan(self.chance.between(50, 130), lambda: self.people.tell("JUDGE_APPLIED"))
            elif self.chance.hit(300):
                self.people.plan(self.chance.between(60, 120), lambda: self.people.tell("UNABLE_TO_PAY", reason="2a"))

    def _plain_claim(self, code: str) -> None:
        case = self.people.case
        if self._is_open() and case and case.discharge_date and self.people.cast.traits.lone:
            self.people.claim(code)

    # ---- life ------------------------------------------------------------------------------------------------------

    def _move(self, party: str) -> None:
        row = self.people.row(party)
        if row is None or self.people.case is None or self.people.is_dead(party) or self.people.is_over:
            return
        fund, postcode, city = self.chance.pick(PLACES)
        address = f"{self.chance.between(1, 120)} {self.chance.pick(STREETS)}"
        self.story.know_parent(row, fund=fund, postcode=postcode, city=city, address=address)
        self.people.tell("MOVE", party=party)

    def _change_account(self) -> None:
        party = self.chance.pick((CREDITOR, DEBTOR, DEBTOR))
        case = self.people.case
        if self._is_open() and case is not None and case.discharge_date and party not in case.dead:
            self.people.give_account(party)
            self.people.tell("BANK_DETAILS", party=party)

    def _complain(self) -> None:
        case = self.people.case
        if self._is_open() and case is not None and not case.complaint and DEBTOR not in case.dead:
            self.people.tell("COMPLAINT", text=self.chance.pick(("Conteste le montant", "Dit avoir payé", "")))
            self.people.plan(self.chance.between(10, 60), lambda: self.people.tell("COMPLAINT_CLOSED"))

    def _ask_end(self) -> None:
        case = self.people.case
        if (
            self._is_open()
            and case is not None
            and case.state != State.SUSPENDED
            and not case.dead
            and not case.consent
        ):
            party = self.chance.weighted({DEBTOR: 450, CREDITOR: 450, "BOTH": 100})
            self.people.tell("END_REQUEST", party=party)

    def _become_unable(self) -> None:
        case = self.people.case
        if self._is_open() and case is not None and not case.unable and DEBTOR not in case.dead:
            self.people.tell("UNABLE_TO_PAY", reason=self.chance.weighted(UNABLE))
            if self.people.cast.traits.lone:
                self.people.plan(self.chance.between(3, 40), lambda: self.people.claim("C1"))
            if self.chance.hit(600):
                self.people.plan(self.chance.between(120, 500), self._become_able)

    def _become_able(self) -> None:
        case = self.people.case
        if case is not None and case.unable and not case.dead and not self.people.is_over and case.end_date is None:
            self.people.tell("ABLE_TO_PAY")

    def _die(self) -> None:
        party = self.chance.pick((CREDITOR, DEBTOR, DEBTOR))
        case = self.people.case
        if self._is_open() and case is not None and not case.dead:
            self.people.tell("DEATH", party=party, effective_on=self.story.day - days(self.chance.between(0, 45)))

    def _child_dies(self) -> None:
        case, child = self.people.case, self.chance.pick(self.people.cast.titles)["child_id"]
        if self._is_open() and case is not None and child not in case.dead:
            self.people.tell("DEATH", child=child, effective_on=self.story.day - days(self.chance.between(0, 30)))

    def _leave_france(self) -> None:
        row = self.people.row(DEBTOR)
        if row is not None and self._is_open():
            abroad = {"country": "BE", "fund": None, "postcode": "1000", "city": "Bruxelles", "stable_residence": False}
            self.story.know_parent(row, **abroad)
            self.people.tell("MOVE", party=DEBTOR)

    def _live_with(self, reason: str, again: int) -> None:
        """With somebody, then alone again some of the time."""
        if self.people.case is None or self.people.is_dead(CREDITOR):
            return
        self.people.tell("LONE_PARENT", reason=reason, effective_on=self.story.day - days(self.chance.between(0, 40)))
        if self.chance.hit(again):
            other = "ALONE" if reason == "COUPLE" else "COUPLE"
            self.people.plan(self.chance.between(90, 900), lambda: self._live_with(other, again // 3))

    def _serve(self) -> None:
        """The fund had the ruling served, at the debtor's expense (R. 582-9)."""
        case = self.people.case
        if self._is_open() and case is not None and DEBTOR not in case.dead:
            served = self.story.day - days(self.chance.between(1, 10))
            self.people.tell("EXPENSE", amount=self.chance.between(35, 90) * 100, reason="SERVICE", effective_on=served)

    # ---- new titles --------------------------------------------------------------------------------------------------

    def _new_amount(self) -> None:
        """A judge changes the amounts from the next month on, now and then from a month gone by."""
        if not self._is_open() or self._has_ended_children():
            return
        factor = self.chance.between(70, 135)
        start = _month_later(self.story.day, 1 if self.chance.hit(850) else 0)
        self._replace([
            {"monthly_total": row["cash_share"] * factor // 100, "cash_share": row["cash_share"] * factor // 100,
             "in_kind": None, "effective_on": start, "amount_end": None, "end_condition": "END_OF_STUDIES"}
            for row in self.people.cast.titles
        ])  # fmt: skip

    def _cancel(self) -> None:
        """A judge ends the support; what was passed on since the day it speaks from is an overpayment."""
        if self._is_open():
            start = _month_later(self.story.day, 1) if self.chance.hit(500) else _month_later(self.story.day, -1)
            gone = {"monthly_total": None, "cash_share": 0, "in_kind": None, "effective_on": start, "amount_end": None}
            self._replace([gone | {"end_condition": None} for _row in self.people.cast.titles], cancels_support=True)

    def _has_ended_children(self) -> bool:
        case = self.people.case
        return any(row["amount_end"] for row in self.people.cast.titles) or bool(case and case.dead)

    def _replace(self, lines: list[Row], **said: object) -> None:
        cast, day = self.people.cast, self.story.day
        former = cast.titles
        self.titles += 1
        head = former[0] | {
            "title_no": f"{former[0]['title_no'].rpartition('-')[0]}-{self.titles}",
            "supersedes": former[0]["title_no"], "kind": "COURT_DECISION", "divorce": False,
            "issuer": f"TJ {self.chance.pick(PLACES)[2]}", "minute_no": f"{day:%y}/{self.chance.between(1, 9999):05}",
            "title_date": day - days(self.chance.between(6, 30)), "provides_intermediation": True,
            "refused_by_both": False, "intermediation_end": None, "indexation": "NONE_MENTIONED", "index_series": None,
            "base_month": None, "first_indexation_on": None, "rounding": None, "sender": "CLERK", "received_at": day,
        } | said  # fmt: skip
        head["enforceable_on"] = head["title_date"]
        children = ("child_id", "child_first_name", "child_birth_date")
        cast.titles = [
            head | {name: row[name] for name in children} | line for row, line in zip(former, lines, strict=True)
        ]
        self.story.bring_title(cast.titles)


def _month_later(day: date, count: int) -> date:
    number = day.year * 12 + day.month - 1 + count
    return date(number // 12, number % 12 + 1, 1)
