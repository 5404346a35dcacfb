"""From a title or a request to live intermediation (law 3 and 4.2)."""

from datetime import date

from tests.oracle.aripa import figures
from tests.oracle.aripa.base import Base
from tests.oracle.aripa.calendar import (
    DAY,
    deadline,
)
from tests.oracle.aripa.case import Case, Letter
from tests.oracle.aripa.flow import Row, Title, cents

OTHER = {"CREDITOR": "DEBTOR", "DEBTOR": "CREDITOR"}
FRANCE = {"FR", "GP", "GF", "MQ", "RE", "BL", "MF"}
OPEN_STATES = ("INFO_REQUESTED", "PENALTY_WARNED", "PENALTY_PRONOUNCED", "INSTRUCTED")


class Opening(Base):
    def receive_title(self, title: Title) -> None:
        case = self.case(title.case_no)
        case.titles.append(title)
        case.creditor, case.debtor = title.creditor_no, title.debtor_no or case.debtor
        case.violence |= title.has("violence")
        if title.kind == "NONE":
            case.received_on = case.received_on or self.day
            case.fund = case.fund or self.parent(case, "CREDITOR").get("fund", "")
            return
        if title.has("cancels_support"):
            self.cancel(case, title)
        elif case.state in ("", "REJECTED"):
            self.try_opening(case, title, case.early_request)
        elif case.discharge and self.ends_intermediation(case, title):
            self.end(case, "NEW_TITLE", title.effective)
        elif not case.discharge and self.is_refused(case, title, "TITLE_AUTOMATIC"):
            case.state = "REJECTED"
            self.write(case, "L02", "CREDITOR", "DEBTOR")

    def cancel(self, case: Case, title: Title) -> None:
        if case.discharge and not case.ended:
            self.end(case, "NEW_TITLE", title.effective)
        elif case.state in OPEN_STATES:
            case.state = "REJECTED"
            self.write(case, "L02", "CREDITOR", "DEBTOR")

    def ends_intermediation(self, case: Case, title: Title) -> bool:
        return title.has("excluded_by_judge") or (title.has("refused_by_both") and not case.violence)

    def ground(self, case: Case, title: Title, request: Row | None) -> str:
        if request and case.state == "REJECTED":
            return "PARENT_REQUEST"
        by_law = title.dated >= date(2023, 1, 1) or (
            title.kind == "COURT_DECISION" and title.has("divorce") and title.dated >= date(2022, 3, 1)
        )
        excluded = any(t.has("excluded_by_judge") for t in case.titles if t is not title)
        if excluded and title.has("provides_intermediation") and title.kind in figures.JUDGES:
            return "COURT_RESTORED"
        if by_law:
            return "TITLE_AUTOMATIC"
        if title.has("provides_intermediation") and title.received_on >= date(2021, 1, 1):
            return "TITLE_PROVIDED"
        if request and (
            self.day >= date(2021, 1, 1) or (self.day >= date(2020, 10, 1) and request["reason"] == "UNPAID")
        ):
            return "PARENT_REQUEST"
        return ""

    def is_refused(self, case: Case, title: Title, ground: str) -> bool:
        return (
            title.has("excluded_by_judge")
            or (ground != "PARENT_REQUEST" and self.ends_intermediation(case, title))
            or not title.enforceable_on
            or title.enforceable_on > self.day.isoformat()
            or not any(cents(row["cash_share"]) for row in title.rows)
            or self.is_away(case)
            or case.unable
        )

    def is_away(self, case: Case) -> bool:
        creditor, debtor = self.parent(case, "CREDITOR"), self.parent(case, "DEBTOR")
        return (
            "0" in (creditor.get("stable_residence"), creditor.get("lawful_stay"), debtor.get("stable_residence"))
            or any(parent.get("country", "FR") not in FRANCE for parent in (creditor, debtor))
            or any(parent.get("postcode", "").startswith("976") for parent in (creditor, debtor))
        )

    def try_opening(self, case: Case, title: Title, request: Row | None) -> None:
        ground = self.ground(case, title, request)
        if not ground and not request:
            return
        case.origin, case.received_on = ground, self.day
        case.fund = self.parent(case, "CREDITOR").get("fund", "")
        asked = request["party"] if request and ground in ("PARENT_REQUEST", "") else ""
        case.origin = ground or "PARENT_REQUEST"
        parties = ("CREDITOR", "DEBTOR")
        if not ground or self.is_refused(case, title, ground):
            case.state = "REJECTED"
            self.write(case, "L02", *([asked] if asked in OTHER else parties))
            return
        case.state = "INFO_REQUESTED"
        case.information = {party: asked in (party, "BOTH") for party in parties}
        if case.information["DEBTOR"] and not self.can_pay(case):
            case.information["DEBTOR"] = asked != "BOTH"
        self.write(case, "L01", *(party for party in parties if asked != party and not case.information[party]))
        self.go_live_if_complete(case)

    def can_pay(self, case: Case) -> bool:
        debtor = self.parent(case, "DEBTOR")
        return debtor.get("payment_means") not in ("DIRECT_DEBIT", "") or bool(
            debtor.get("iban") and debtor.get("mandate_ref")
        )

    def go_live_if_complete(self, case: Case) -> None:
        if case.state in OPEN_STATES and all(case.information.values()):
            self.go_live(case)

    def go_live(self, case: Case, forced: bool = False) -> None:
        self.write(case, "L05", *case.living())
        case.calls_from = self.first_due_from(case, self.day + 14 * DAY)
        case.discharge = case.discharge or case.calls_from
        case.forced = case.forced or forced
        case.state = "LIVE"

    def hear_request(self, case: Case, event: Row) -> None:
        if case.state not in ("", "REJECTED"):
            return
        if not [t for t in case.titles if t.kind != "NONE"]:
            case.early_request = event
            return
        self.try_opening(case, self.title_on(case, self.day), event)

    def hear_information(self, case: Case, event: Row) -> None:
        party = event["party"]
        if case.state not in OPEN_STATES:
            return
        if event["reason"] == "FULL" and (party != "DEBTOR" or self.can_pay(case)):
            case.information[party] = True
            if party == "DEBTOR" and case.state == "PENALTY_WARNED":
                case.state = "INSTRUCTED"
            self.go_live_if_complete(case)

    def hear_observations_accepted(self, case: Case, event: Row) -> None:
        if case.state in ("PENALTY_WARNED", "PENALTY_PRONOUNCED"):
            case.state, case.without_deadline, case.penalty = "INFO_REQUESTED", True, 0

    def pass_information(self, case: Case) -> None:
        silent = self.last_letter(case, "L01", "CREDITOR")
        requested = case.state in ("INFO_REQUESTED", "INSTRUCTED")
        if requested and silent and not case.information["CREDITOR"] and self.is_closed(silent):
            case.state = "REJECTED"
            self.write(case, "L02", "CREDITOR", "DEBTOR")
        elif case.state == "INFO_REQUESTED" and not case.without_deadline and not case.information["DEBTOR"]:
            first = self.last_letter(case, "L01", "DEBTOR")
            if first and self.over(first, 15):
                case.state = "PENALTY_WARNED"
                self.write(case, "L03", "DEBTOR")
        elif case.state == "PENALTY_WARNED" and self.over(self.last_letter(case, "L03", "DEBTOR"), 10):
            case.state = "PENALTY_PRONOUNCED"
            case.penalty += figures.penalty(self.day)
            self.write(case, "L04", "DEBTOR")
        elif case.state == "PENALTY_PRONOUNCED":
            self.force_the_set_up(case)

    def force_the_set_up(self, case: Case) -> None:
        """T10; a silent creditor blocks it, and so does a complaint."""
        passed = self.over(self.last_letter(case, "L04", "DEBTOR"), 8)
        if passed and case.information["CREDITOR"] and not self.is_held_up(case):
            self.go_live(case, forced=True)
            case.forced_since = self.day

    def is_closed(self, letter: Letter) -> bool:
        """A silent creditor: fifteen days, then thirty more (law, T11)."""
        return letter.received_on is not None and deadline(letter.received_on, 15) + 30 * DAY < self.day
