"""Rows that rules compare, put into their tables as files would, and the people who read leads."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from aripa.models import AsfMonth, Case, Household, Term
from cmg.models import Account, Declaration, Employee, Right
from fraud.models import (
    CareDay,
    DeclaredResource,
    EmployerPay,
    KnownAddress,
    KnownDeath,
    Lead,
    ProvenStay,
    RuleMove,
    RuleState,
    RuleVersion,
    SchoolFact,
)
from fraud.signals.matchers import MATCHERS
from fraud.signals.publishing import publish_rules
from fraud.signals.running import _values
from monenfant.models import Approval, CareStructure
from monenfant.rules.structures import STRUCTURES_REPORT_FROM
from portal.accounts.models import Door, Posting, Role, User
from portal.banking.models import PaymentOrder
from portal.casework.models import Attachment
from portal.exchange.models import FileState, ReceivedFile
from tests.aripa.rows import parent_row

DAY = date(2026, 10, 26)
NOW = datetime(2026, 10, 26, 8, 0, tzinfo=UTC)
FROM = datetime(2026, 1, 5, tzinfo=UTC)
SEPTEMBER = date(2026, 9, 1)
CHILDMINDER, CRECHE = "CHILDMINDER", "CRECHE"
lines = count(1)


def key(number: int) -> UUID:
    return UUID(int=number)


def _received() -> dict[str, Any]:
    return {"file_id": 1, "line": next(lines), "known_from": FROM}


def account(number: str = "E1", **said: Any) -> Account:
    values = {
        "bucket": 1, "nir_key": key(hash(number) % 10**9 + 1), "nir_valid": True, "last_name": "Martin", "first_names": "Anne",
        "name_key": "MARTIN ANNE", "fund": "CAF63", "beneficiary_no": f"B-{number}", "iban_key": uuid4(), "iban_valid": True,
        "all_in_one": False,
    }  # fmt: skip
    return Account.objects.create(**_received() | {"employer_no": number} | values | said)


def right(employer: str = "E1", **said: Any) -> Right:
    values = {
        "side": "F", "bucket": 1, "right_no": f"R-{next(lines)}", "fund": "CAF63", "beneficiary_no": f"B-{employer}",
        "nir_valid": True, "employer_no": employer, "child_id": "C1", "child_birth_date": date(2024, 3, 10),
        "care_mode": "CHILDMINDER", "status": "ACTIVE", "starts_on": date(2025, 1, 1), "prepare": "NONE",
    }  # fmt: skip
    return Right.objects.create(**_received() | values | said)


def declaration(employer: str = "E1", month: date = date(2026, 9, 1), **said: Any) -> Declaration:
    values = {
        "declaration_no": f"D-{next(lines)}", "version": 1, "kind": "ORIGINAL", "employer_no": employer, "bucket": 1,
        "employee_no": "S1", "care_month": month, "child_ids": "C1", "child_birth_dates": "2024-03-10",
        "net_salary_cents": 56000, "hours_hundredths": 12000, "received_at": FROM,
    }  # fmt: skip
    return Declaration.objects.create(**_received() | values | said)


def employee(employer: str = "E1", licence: str = "A63-1", **said: Any) -> Employee:
    values = {"employee_no": "S1", "bucket": 1, "employee_kind": "CHILDMINDER", "licence_no": licence}
    return Employee.objects.create(**_received() | {"employer_no": employer} | values | said)


def care(side: str, day: date, arrived: int | None, departed: int | None, **said: Any) -> CareDay:
    values = {"provider_no": "S1" if side == "CHILDMINDER" else "CR1", "child_id": "C1",
              "employer_no": "E1" if side == "CHILDMINDER" else None}  # fmt: skip
    return CareDay.objects.create(
        **_received() | {"side": side, "day": day, "arrived": arrived, "departed": departed} | values | said
    )


def approval(**said: Any) -> Approval:
    values = {
        "approval_number": "A63-1", "childminder_no": "AM1", "departement": "63", "last_name": "Roy", "start": date(2022, 1, 1),
        "end": date(2027, 1, 1), "max_children": 2, "place": "HOME", "employer_kind": "PARENTS", "insee_code": "63113",
        "lat": 45.7, "lon": 3.0, "shown_lat": 45.7, "shown_lon": 3.0, "updated_at": FROM,
    }  # fmt: skip
    return Approval.objects.create(**_received() | values | said)


def structure(**said: Any) -> CareStructure:
    values = {
        "cnaf_id": "CR1", "siret": "21750001600019", "name": "Les Lucioles", "type": "COLLECTIVE", "funding": "PSU",
        "capacity": 24, "age_min_months": 2, "age_max_months": 48, "listing_status": "LISTED", "insee_code": "63300",
        "lat": 45.9, "lon": 3.1, "fund": "CAF63", "updated_at": FROM, "obligation_start": STRUCTURES_REPORT_FROM,
    }  # fmt: skip
    return CareStructure.objects.create(**_received() | values | said)


def address(source: str, nir: int, home: str = "H1", since: str = "2026-01-01", until: str | None = None) -> None:
    KnownAddress.objects.create(
        **_received(), source=source, nir_key=key(nir), address_key=home, starts_on=date.fromisoformat(since),
        ends_on=date.fromisoformat(until) if until else None,
    )  # fmt: skip


def pay(nir: int, month: str, cents: int, siret: str = "12345678900011") -> None:
    EmployerPay.objects.create(
        **_received(), nir_key=key(nir), employer_siret=siret, month=date.fromisoformat(month), net_cents=cents
    )


def resource(nir: int, quarter: str, cents: int) -> None:
    DeclaredResource.objects.create(
        **_received(), nir_key=key(nir), fund="CAF63", quarter=date.fromisoformat(quarter), net_cents=cents
    )


def death(nir: int, on: str) -> None:
    KnownDeath.objects.create(**_received(), nir_key=key(nir), died_on=date.fromisoformat(on))


def school(nature: str, fund: str = "CAF63", enrolled: bool | None = None, **said: Any) -> None:
    values = {"reference_no": f"S-{next(lines)}", "beneficiary_no": "B-E1", "child_id": "C1", "school_year": 2026,
              "is_enrolled": enrolled, "dated": date(2026, 8, 18)}  # fmt: skip
    SchoolFact.objects.create(**_received() | {"nature": nature, "fund": fund} | values | said)


def stay(nir: int, start: str, end: str) -> None:
    ProvenStay.objects.create(
        **_received(), reference_no=f"P-{next(lines)}", fund="CAF63", nir_key=key(nir), paper="Passeport",
        starts_on=date.fromisoformat(start), ends_on=date.fromisoformat(end),
    )  # fmt: skip


def publish() -> None:
    """Every rule published, and the opinion of the data protection officer on each that waits for one."""
    publish_rules(on=DAY, at=NOW, by="nationale")
    opine(*RuleVersion.objects.filter(state=RuleState.AWAITING))


def opine(*waiting: RuleVersion) -> None:
    """Favourable opinions, all at once: tests of `give_opinion` itself are elsewhere."""
    moved = {"from_state": RuleState.AWAITING, "to_state": RuleState.RUNNING, "at": NOW, "dated": DAY}
    RuleMove.objects.bulk_create(
        RuleMove(rule=rule, by="kowalski", reason="Avis favorable : vu.", **moved) for rule in waiting
    )
    RuleVersion.objects.filter(pk__in=[rule.pk for rule in waiting]).update(state=RuleState.RUNNING)


def hits(code: str, on: date = DAY) -> list[dict[str, Any]]:
    """What the query of a rule finds, as a run asks it."""
    values = _values(RuleVersion.objects.get(code=code, state="RUNNING"), on) | {"first": 0, "last": 63}
    with connection.cursor() as cursor:
        cursor.execute(MATCHERS[code].hits, values)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def told(code: str) -> list[str]:
    """The titles of what a rule finds: every hit can be told in words."""
    return [MATCHERS[code].tell(hit).title for hit in hits(code)]


def receive(*kinds: str) -> None:
    for kind in kinds:
        ReceivedFile.objects.create(
            name=f"{kind}.csv",
            kind=kind,
            sha256=uuid4().hex,
            size=1,
            state=FileState.APPLIED,
            received_at=NOW,
            rows_read=1,
        )


def person(username: str, role: Role = Role.CONTROLLER, fund: str = "CAF63") -> User:
    user = User.objects.create(username=username, door=Door.AGENT, first_name=username.title(), last_name="Test")
    Posting.objects.create(user=user, role=role, fund=fund, starts_on=date(2024, 1, 1))
    return user


def lead(code: str = "DM05", **said: Any) -> Lead:
    number = next(lines)
    values = {
        "rule_version": 1, "fund": "CAF63", "subject": f"cmg:employer:X{number}", "key": f"k{number}", "title": "Un signal",
        "facts": {"facts": []}, "found_on": DAY,
    }  # fmt: skip
    return Lead.objects.create(**{"rule_code": code} | values | said)


def subjects(code: str) -> list[str]:
    return sorted(hit["subject"] for hit in hits(code))


def receiving(number: str = "P1", nir: int = 501, *, violence: bool = False, paid: int = 18700) -> Case:
    parent_row(number, nir_key=key(nir), birth_name="Faure", first_names="Léa")
    household = Household.objects.create(creditor_no=number, bucket=1, memory={}, lived_until=DAY)
    case = Case.objects.create(
        case_no=f"C-{number}", household=household, title_no="T", violence=violence, fund="CAF63", overpaid_cents=0,
        fees_due_cents=0, penalty_due_cents=0, state="ACTIVE", debtor_no="D1",
    )  # fmt: skip
    if paid:
        asf(case, SEPTEMBER, paid)
    return case


def asf(case: Case, month: date, paid: int, recoverable: int | None = None) -> None:
    amounts = dict.fromkeys(
        ("net_cents", "support_due_cents", "support_received_cents", "surplus_cents", "still_owed_cents"), 0
    )  # fmt: skip
    AsfMonth.objects.create(
        case=case, month=month, child_id="K1", kind="ADVANCE", opening_case="D", amount_cents=paid, paid_cents=paid,
        recoverable_cents=paid if recoverable is None else recoverable, **amounts,
    )  # fmt: skip


def term(case: Case, month: date, due: int, received: int, status: str = "PAID", **said: Any) -> None:
    Term.objects.create(
        case=case, month=month, child_id="K1", is_arrears=said.pop("is_arrears", False), due_on=month.replace(day=10),
        title_no="T", due_cents=due, to_creditor_cents=received, to_asf_cents=0, advanced_cents=0, status=status,
    )  # fmt: skip


def overlapping(minutes: int, days: int = 1) -> None:
    account()
    declaration()
    for number in range(days):
        day = SEPTEMBER + timedelta(days=number)
        care(CHILDMINDER, day, 8 * 60, 18 * 60)
        care(CRECHE, day, 18 * 60 - minutes, 19 * 60)


def order(due: date, state: str, pk: int = 1, cents: int = 10000, subject: str = "cmg:employer:E1") -> None:
    PaymentOrder.objects.create(
        id=pk, kind="CREDIT", purpose="CMG", subject=subject, end_to_end_id=f"o{pk}", name="x", iban_key=uuid4(),
        amount_cents=cents, due_on=due, remittance="x", state=state,
    )  # fmt: skip


def paper(subject: str, digest: str = "a" * 64) -> None:
    Attachment.objects.create(
        subject=subject, about="x", name="x.pdf", content_type="application/pdf", size=1, sha256=digest, content=b"x",
        given_by="x", given_at=NOW,
    )  # fmt: skip
