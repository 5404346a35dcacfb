"""Days of intermediation lived one by one, every case every day: the contract of the days, in its order."""

from datetime import date

from tests.oracle.aripa import figures
from tests.oracle.aripa.calendar import (
    DAY,
    asf_day,
    is_bank_day,
    month_named,
    month_of,
)
from tests.oracle.aripa.case import Case
from tests.oracle.aripa.ending import Ending
from tests.oracle.aripa.flow import Flow, Row, day_in
from tests.oracle.aripa.money import Money
from tests.oracle.aripa.opening import Opening
from tests.oracle.aripa.recovery import Recovery
from tests.oracle.aripa.rights import Rights

MONEY = ("DEBIT_RETURNED", "PAYMENT_RECEIVED", "CREDITOR_REPAID", "EXPENSE")
OTHER = {"CREDITOR": "DEBTOR", "DEBTOR": "CREDITOR"}
OPEN_STATES = ("INFO_REQUESTED", "PENALTY_WARNED", "PENALTY_PRONOUNCED", "INSTRUCTED")


class World(Opening, Ending, Recovery, Money, Rights):
    def take_in(self, flow: Flow) -> "World":
        self.flow = flow
        self.indexes = figures.Indexes(flow)
        return self

    def live(self, first: date, until: date) -> "World":
        day = first
        while day <= until:
            self.live_one(day)
            day += DAY
        return self

    def live_one(self, day: date) -> None:
        self.day = day
        titles = [t for t in self.flow.titles if t.title_no not in self.heard and t.received_on <= day]
        with_title = {t.case_no for t in titles} | {c.number for c in self.cases.values() if c.titles}
        events = [e for e in self.flow.events if e["event_no"] not in self.heard and e["day"] <= day.isoformat()]
        events = [e for e in events if e["case_no"] in with_title]
        self.heard.update([title.title_no for title in titles], [event["event_no"] for event in events])
        for title in titles:
            self.receive_title(title)
        for event in events:
            if event["kind"] not in MONEY:
                self.hear(event)
        for case in self.cases.values():
            self.pass_deadlines(case)
        for event in events:
            if event["kind"] == "NOTICE_RECEIVED":
                self.hear_notice_received(self.case(event["case_no"]), event)
        for case in self.cases.values():
            self.call_term(case)
        for event in sorted((e for e in events if e["kind"] in MONEY), key=lambda e: e["kind"] != "DEBIT_RETURNED"):
            self.take_money(event)
        for case in self.cases.values():
            self.send_debits(case)
        if is_bank_day(day):
            for case in self.cases.values():
                self.pay_out(case)
        month = month_of(day) - 1
        if asf_day(month) == day:
            self.pay_asf(month)

    def hear(self, event: Row) -> None:
        case = self.case(event["case_no"])
        getattr(self, "hear_" + event["kind"].lower(), lambda *_: None)(case, event)

    def hear_notice_received(self, case: Case, event: Row) -> None:
        """Heard again at the end of the deadlines: a letter of the day may be received that day."""
        if event["event_no"] in self.received:
            return
        if event["party"] == "BOTH":
            for party in OTHER:
                self.hear_notice_received(case, event | {"party": party, "event_no": event["event_no"] + party})
            return
        month = month_named(event["month"]) if event["month"] else None
        for letter in case.letters:
            same = (letter.code, letter.to) == (event["letter"], event["party"]) and month in (None, letter.month)
            if same and letter.received_on is None:
                letter.received_on = day_in(event["effective_on"]) or self.day
                self.received.add(event["event_no"])
                return

    def hear_bank_details(self, case: Case, event: Row) -> None:
        if event["party"] == "DEBTOR":
            case.blocked = False

    def hear_offset_consent(self, case: Case, event: Row) -> None:
        case.offset = True

    def pass_deadlines(self, case: Case) -> None:
        case.fund = case.fund or ((case.state or case.is_link) and self.parent(case, "CREDITOR").get("fund", "")) or ""
        if case.suspended_from == self.day:
            self.refund_pot(case)
        if case.moves_on and self.day >= case.moves_on:
            case.fund, case.moves_on = case.moves_to, None
        if case.state in OPEN_STATES:
            self.pass_information(case)
        if case.consent_pending:
            self.pass_consent(case)
        if case.discharge:
            self.pass_unpaid(case)
            if not self.is_held_up(case):
                self.pass_notices(case)
        self.pass_end(case)
        self.announce_index(case)

    def announce_index(self, case: Case) -> None:
        if not case.is_live or self.day < case.discharge or case.end_date:
            return
        if self.indexes.moves_on(self.day, self.title_on(case, self.day)):
            self.write(case, "L07", "CREDITOR", "DEBTOR")
