"""A case of CAF63, who works on it, and requests at each step."""

from datetime import date, datetime, time
from typing import Any
from uuid import uuid4

from django.utils import timezone

from fraud.cases.opening import open_case
from fraud.models import CaseSource, ControlCase, Receipt, SwornOfficer, ThirdPartyRequest
from fraud.thirdparties import asking
from fraud.thirdparties.asking import Wanted
from fraud.thirdparties.living import live_day
from portal.accounts.models import Posting, Role, User

ASKED, SENT, RECEIVED, DUE = date(2026, 8, 20), date(2026, 8, 31), date(2026, 9, 2), date(2026, 10, 2)
DAY = date(2026, 10, 26)
PDF = b"%PDF-1.4 made up"
ROLES = {
    "philippe": Role.CONTROLLER, "sylvie": Role.CONTROL_CASEWORKER, "helene": Role.AUTHORISING_OFFICER, "nathalie": Role.FUND_CASEWORKER,
}  # fmt: skip


def at(day: date, hour: int = 10) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))


def who(name: str) -> User:
    """Somebody of CAF63, made the first time; Hélène is national."""
    user, is_new = User.objects.get_or_create(
        username=name, defaults={"first_name": name.capitalize(), "last_name": "Test"}
    )
    if is_new and name in ROLES:
        fund = "" if ROLES[name] == Role.AUTHORISING_OFFICER else "CAF63"
        Posting.objects.create(user=user, role=ROLES[name], fund=fund, starts_on=date(2020, 1, 1))
    if name == "philippe":
        swear(user)
    return user


def swear(user: User, until: date = date(2030, 1, 1)) -> None:
    known = {"sworn_on": date(2020, 1, 1), "court": "Clermont-Ferrand", "approved_on": date(2020, 1, 1), "until": until}
    SwornOfficer.objects.get_or_create(user=user, approval_no="AG-1", defaults=known)


def case_of(subject: str = "cmg:employer:E1", fund: str = "CAF63") -> ControlCase:
    return open_case(
        fund=fund, subject=subject, title="Famille Martin", source=CaseSource.PARTNER, legal_basis="CSS L. 114-9",
        purpose="Vérifier les ressources déclarées", benefit="CMG", officer_pk=who("philippe").pk, on=date(2026, 8, 3),
        at=at(date(2026, 8, 3)), by="philippe",
    )  # fmt: skip


WANTED: dict[str, Any] = {
    "kind": "BANK", "name": "Banque Alpha", "address": "1 rue du Port, 63000 Clermont-Ferrand", "purpose": "DECLARATIONS",
    "asked": "Relevés du compte de janvier à juin 2026", "concerned": ("Anne Martin, née le 05/01/1984",),
    "attempt_on": date(2026, 8, 5), "attempt_way": "LETTER",
}  # fmt: skip


def prepared(case: ControlCase, by: str = "sylvie", **more: Any) -> ThirdPartyRequest:
    found, _again = asking.prepare(
        case_pk=case.pk, wanted=Wanted(**WANTED | more), key=uuid4(), by_pk=who(by).pk, on=ASKED, at=at(ASKED)
    )
    return found


def sent(case: ControlCase, *, received_on: date | None = RECEIVED, **more: Any) -> ThirdPartyRequest:
    found = prepared(case, **more)
    asking.send(request_pk=found.pk, by_pk=who("philippe").pk, on=SENT, at=at(SENT))
    if received_on is not None:
        asking.note_receipt(
            request_pk=found.pk, received_on=received_on, receipt=Receipt.NOTICE, by="sylvie", on=received_on, at=at(received_on)
        )  # fmt: skip
    found.refresh_from_db()
    return found


def silent(case: ControlCase, **more: Any) -> ThirdPartyRequest:
    """Received on 2 September: the first silent day is 3 October."""
    found = sent(case, **more)
    live_day(day=date(2026, 10, 3), at=at(date(2026, 10, 3), 5))
    found.refresh_from_db()
    return found
